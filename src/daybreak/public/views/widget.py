"""The finder inside other people's pages: the small page for their frame, and the page that makes the tag for it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from daybreak.finder.generations import DamagedGeneration, NotPublished
from daybreak.finder.question import QuestionError
from daybreak.public import speech
from daybreak.public.forms import HEIGHTS, SCHEMES, BadQuestion, read_frame, read_question
from daybreak.public.jinja import draw
from daybreak.public.middleware import FRAMED, FRAMED_POLICY, POLICY, problem
from daybreak.public.queries import results
from daybreak.public.queries.question import Question
from daybreak.public.views.opening import private, show, site_address
from daybreak.vocabulary.needs import groups

SHOWN = 4


def widget(request: HttpRequest, language: str) -> HttpResponse:
    """A search and its first results. What is wrong is said inside too, since a frame shows no page that refuses frames."""
    if request.method not in {"GET", "HEAD"}:
        return problem(request, language, "method")
    values: dict[str, Any] = {
        "results": None,
        "kept": (),
        "near": "",
        "q": "",
        "more_url": "",
        "wrong_kind": "",
    }
    status, scheme = 200, "auto"
    try:
        scheme = read_frame(request.GET).scheme
        question = read_question(request.GET)
        values |= {"near": question.near, "q": question.text, "kept": _kept(question)}
        if question.pairs():
            found = results(question, language=language, at=timezone.now())
            more = f"{speech.PREFIX[language]}/find?{question.query()}"
            values |= {"results": found, "cards": found.cards[:SHOWN], "more_url": more}
    except (BadQuestion, QuestionError):
        status, values["wrong_kind"] = 400, "question"
    except (NotPublished, DamagedGeneration):
        status, values["wrong_kind"] = 503, "preparing"
    response = HttpResponse(draw("widget.html", language, scheme=scheme, **values), status=status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Security-Policy"] = FRAMED_POLICY
    setattr(response, FRAMED, True)
    return response


def _kept(question: Question) -> list[tuple[str, str]]:
    """What the small form carries unseen."""
    return [(name, value) for name, value in question.pairs() if name not in {"near", "q"}]


@private
def make(request: HttpRequest, language: str) -> HttpResponse:
    """The tag for somebody's own page: a form, a preview, and the text to copy."""
    question, frame = read_question(request.GET), read_frame(request.GET)
    spoken = frame.language or language
    path = f"{speech.PREFIX[spoken]}/widget"
    query = question.query()
    if frame.scheme != "auto":
        query += f"{'&' if query else ''}scheme={frame.scheme}"
    address = f"{path}?{query}" if query else path
    response = show(
        request, "widget-make.html", language,
        near=question.near, question=question, frame=frame, spoken=spoken, heights=HEIGHTS, schemes=SCHEMES,
        groups=list(groups().values()), address=address, site=site_address(request),
    )  # fmt: skip
    response.headers["Content-Security-Policy"] = f"{POLICY}; frame-src 'self'"
    return response
