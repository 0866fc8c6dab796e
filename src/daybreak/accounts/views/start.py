"""The start page: what waits for the person who looks."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from daybreak.accounts.guard import open_to_all
from daybreak.accounts.waiting import waiting_for


@open_to_all
@require_safe
def door(request: HttpRequest) -> HttpResponse:
    """The address as people type it, without the last slash."""
    return HttpResponseRedirect(reverse("desk"))


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """What waits; whoever has not signed in is sent to do so."""
    if request.viewer.person is None:  # type: ignore[attr-defined]
        return HttpResponseRedirect(reverse("account_login"))
    return render(request, "accounts/start.html", {"items": waiting_for(request.viewer)})  # type: ignore[attr-defined]
