"""The pages of a counsellor with somebody on the phone: one line, three programs; and a table that compares them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from daybreak.public.forms import read_kept, read_question
from daybreak.public.jinja import draw
from daybreak.public.queries.calls import call
from daybreak.public.queries.compare import comparison
from daybreak.public.views.opening import private, public, show
from daybreak.vocabulary.shorthand import shorthand


@private
def calls(request: HttpRequest, language: str) -> HttpResponse:
    """One line, and three programs that fit it; with ``part`` in the address only what stands below the line."""
    question, kept = read_question(request.GET), read_kept(request.GET)
    answer = call(question, kept, language=language, at=timezone.now())
    if request.GET.get("part"):
        return HttpResponse(draw("calls_answer.html", language, answer=answer))
    return show(
        request, "calls.html", language,
        answer=answer, q=question.text, keys=request.GET.get("keys") != "off", shorthand=shorthand(language).items(),
    )  # fmt: skip


@private
def compare(request: HttpRequest, language: str) -> HttpResponse:
    """Up to three places, need by need."""
    question, kept = read_question(request.GET), read_kept(request.GET)
    table = comparison(
        question,
        kept,
        only_differences=request.GET.get("rows") == "different",
        language=language,
        at=timezone.now(),
    )
    return show(request, "compare.html", language, table=table)


@public
def helpers(request: HttpRequest, language: str) -> HttpResponse:
    """What this site has for people who help others."""
    return show(request, "helpers.html", language)
