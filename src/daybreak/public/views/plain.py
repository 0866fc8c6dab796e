"""The page without anything but text, for an old phone or a weak signal."""

from __future__ import annotations

from urllib.parse import quote_plus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from daybreak.public import speech
from daybreak.public.forms import read_question
from daybreak.public.jinja import draw
from daybreak.public.queries.brief import MOST_TEXT, brief
from daybreak.public.queries.helplines import helpline
from daybreak.public.views.opening import private

# Stricter than any other page: it loads nothing at all. "data:" is the empty icon that keeps browsers from asking for one.
NOTHING_POLICY = (
    "default-src 'none'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@private
def text(request: HttpRequest, language: str) -> HttpResponse:
    """A whole search with its results in less than 5 kB."""
    answer = brief(read_question(request.GET), language=language, at=timezone.now())
    other = f"{speech.PREFIX[speech.other(language)]}/text"
    # A long search would stand in the page twice: then the other language begins anew.
    asked = quote_plus(answer.text)
    response = HttpResponse(
        draw(
            "text.html", language,
            answer=answer, most=MOST_TEXT, line=helpline(settings.DAYBREAK_STATE, language),
            other_url=f"{other}?q={asked}" if asked and len(asked) <= MOST_TEXT else other,
        )
    )  # fmt: skip
    response.headers["Content-Security-Policy"] = NOTHING_POLICY
    return response
