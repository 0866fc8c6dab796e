"""What changed, for programs that look in for a person: Atom feeds of the whole directory and of a search."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from daybreak.public import speech
from daybreak.public.forms import BadQuestion, read_page, read_question
from daybreak.public.jinja import draw
from daybreak.public.middleware import OPEN_DATA
from daybreak.public.queries.asking import understand
from daybreak.public.queries.cards import label
from daybreak.public.queries.feed import Entry, Feed, feed, sayable
from daybreak.public.views.opening import private, public, site_address
from daybreak.vocabulary.places import Found

TYPE = "application/atom+xml; charset=utf-8"


@public
def changes(request: HttpRequest, language: str) -> HttpResponse:
    """Everything that publications changed."""
    found = feed(None, language=language, page=read_page(request.GET))
    return _drawn(request, language, found, key="changes", page_of="/", query="")


@private
def find_changes(request: HttpRequest, language: str) -> HttpResponse:
    """What changed among the listings that a search finds or found."""
    question, at = read_question(request.GET), timezone.now()
    asked = understand(question, at=at)
    if not isinstance(asked.place, Found):
        raise BadQuestion("near", "known-place")
    found = feed(asked.query, language=language, page=question.page)
    query = question.query()
    said = [asked.place.label, *(label(need, language) for need in asked.needs), *asked.name_words]
    return _drawn(
        request, language, found,
        key=f"find?{urlencode(question.pairs())}", page_of=f"/find?{query}", query=query, said=said,
    )  # fmt: skip


def _drawn(
    request: HttpRequest,
    language: str,
    found: Feed,
    *,
    key: str,
    page_of: str,
    query: str,
    said: list[str] | None = None,
) -> HttpResponse:
    here, prefix = site_address(request), speech.PREFIX[language]
    self_url = f"{here}{request.path}" + (f"?{query}" if query else "")
    body = draw(
        "changes.atom", language,
        feed=found, said=[sayable(word) for word in said or ()], here=here, self_url=self_url,
        page_url=f"{here}{prefix}{page_of}",
        feed_id=_tag("", f"{prefix}/{key}"), tag=lambda entry: entry_id(entry, prefix),
        moment=_moment, between="&" if query else "?",
    )  # fmt: skip
    return HttpResponse(body, content_type=TYPE, headers=OPEN_DATA)


def _moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def entry_id(entry: Entry, prefix: str) -> str:
    """The same for the same change for ever, in every feed of a language and wherever it is read from."""
    return _tag(f"{entry.at:%Y-%m-%d}", f"{prefix}/{entry.key}")


def _tag(day: str, rest: str) -> str:
    """A tag URI (RFC 4151) in the name of the first host of DAYBREAK_HOSTS."""
    host = next((name.lstrip(".") for name in settings.ALLOWED_HOSTS if name.strip(".*[:]1")), "localhost")
    return f"tag:{host.lower()},{day or '2026'}:{rest.lstrip('/')}"
