"""What the desk answers where a form is stale or a step is not allowed."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was sent without its mark: it lay open too long, or came from another site."""
    return render(request, "accounts/stale.html", status=403)
