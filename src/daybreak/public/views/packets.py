"""The sheets for paper: a page on which staff choose, and the sheet itself."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from daybreak.public import speech
from daybreak.public.forms import read_question
from daybreak.public.queries.packet import Packet, packet
from daybreak.public.queries.question import Question
from daybreak.public.rules.qr import code
from daybreak.public.rules.sheets import MOST_NEEDS, SHEETS
from daybreak.public.views.opening import private, show
from daybreak.vocabulary.needs import groups

# The groups that staff choose from; the others make a list so short that it helps nobody on paper.
GROUPS = ("care", "medication", "payment", "sex", "age", "pregnancy", "language")


@private
def make(request: HttpRequest, language: str) -> HttpResponse:
    """The page on which staff choose place, sheet and needs."""
    return _form(request, language, read_question(request.GET), request.GET.get("for") or "")


@private
def sheet(request: HttpRequest, language: str) -> HttpResponse:
    """One sheet, ready to print; what is missing is asked for on the form."""
    question, kind, at = read_question(request.GET), request.GET.get("for") or "", timezone.now()
    wrong = _wrong(question, kind)
    if wrong:
        return _form(request, language, question, kind, wrong=wrong)
    made = packet(kind, question, language=language, at=at)
    if made.state != "found":
        return _form(request, language, question, kind, wrong=made.state, made=made)
    live = request.build_absolute_uri(f"{speech.PREFIX[language]}/find?{made.live_query}")
    change = f"{question.query()}&for={kind}"
    return show(
        request, "packet.html", language,
        packet=made, code=code(live), host=request.get_host(), printed=at.date(), change_query=change,
    )  # fmt: skip


def _wrong(question: Question, kind: str) -> str:
    """Which field is missing or cannot be used; "" = none."""
    if kind not in SHEETS:
        return "for"
    if not question.near:
        return "near"
    return "need" if len(question.needs) > MOST_NEEDS else ""


def _form(
    request: HttpRequest,
    language: str,
    question: Question,
    kind: str,
    *,
    wrong: str = "",
    made: Packet | None = None,
) -> HttpResponse:
    known = groups()
    choices: list[tuple[str, Any]] = [
        (known[name].es if language == "es" else known[name].en, known[name].needs) for name in GROUPS
    ]
    other = [need for need in question.needs if all(need not in of for _, of in choices)]
    response = show(
        request, "make.html", language,
        groups=choices, other=other, chosen=question.needs, near=question.near, kind=kind, wrong=wrong,
        choices=made.choices if made else (), most=MOST_NEEDS,
    )  # fmt: skip
    response.status_code = 400 if wrong in {"for", "near", "need"} else 200
    return response
