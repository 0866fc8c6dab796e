"""What every page of the room is given: moments in local time, and the words of codes."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render

from daybreak.accounts.guard import DeskRequest
from daybreak.vocabulary.kinds import KINDS


def page(request: DeskRequest, name: str, status: int = 200, **told: Any) -> HttpResponse:
    """A page of the room."""
    return render(request, f"intake/{name}", told | {"when": when, "kinds": KINDS}, status=status)


def when(moment: datetime) -> str:
    """A moment on the local clock: "July 15, 2013, 2:00 PM"."""
    local = moment.astimezone(ZoneInfo(settings.DAYBREAK_TIME_ZONE))
    return format_datetime(local, "MMMM d, y, h:mm a", locale="en_US")
