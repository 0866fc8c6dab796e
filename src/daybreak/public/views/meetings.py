"""The page of recovery meetings."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from daybreak.public.forms import read_meetings
from daybreak.public.queries.meetings import meeting_page
from daybreak.public.views.opening import private, show


@private
def meetings(request: HttpRequest, language: str) -> HttpResponse:
    """Meetings near a place, by day from today on."""
    page = meeting_page(read_meetings(request.GET), language=language, at=timezone.now())
    return show(request, "meetings.html", language, page=page)
