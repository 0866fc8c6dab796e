"""Asks who is there before a view of the desk runs: the page, or 404 for everybody whom it is not for."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from daybreak.accounts.rules.roles import PERMISSIONS
from daybreak.accounts.viewers import Viewer

View = Callable[..., HttpResponseBase]
OPEN = "open"
SIGNED_IN = "signed-in"


class DeskRequest(HttpRequest):
    """A request at /desk/, where the middleware has set who is looking."""

    viewer: Viewer


class NotYours(Http404):
    """A page that is not for whoever asked; answered like one that does not exist."""


def needs(permission: str) -> Callable[[View], View]:
    """Guard a view: whoever has not this permission gets 404, as if the page did not exist, whatever the method.

    ``permission`` is a word of rules.roles.PERMISSIONS, or "signed-in" for a page of everybody at the desk. The view
    carries it as ``permission_needed``: the middleware asks for it before any other decorator of the view runs, and tests
    compare it with config/access.csv. A view below /desk/ that carries none is shown to nobody.
    """
    if permission != SIGNED_IN and permission not in PERMISSIONS:
        raise ValueError(f"The permission must be one of {', '.join(PERMISSIONS)}; got {permission!r}.")

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *rest: Any, **named: Any) -> HttpResponseBase:
            require(request, permission)
            return view(request, *rest, **named)

        guarded.permission_needed = permission  # type: ignore[attr-defined]
        return guarded

    return guard


def require(request: HttpRequest, permission: str) -> None:
    """Raise NotYours unless whoever asks has this permission ("open": everybody has)."""
    if permission == OPEN:
        return
    viewer: Viewer | None = getattr(request, "viewer", None)
    if viewer is None or viewer.person is None or (permission != SIGNED_IN and not viewer.may(permission)):
        raise NotYours


def signed_in(view: View) -> View:
    """Mark a page of django-allauth as everybody's own (second factor, password): 404 for strangers.

    It looks at the user, not at the viewer: a request that django-allauth resumes, after somebody has shown again who they
    are, is one of its own making.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *rest: Any, **named: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            raise NotYours
        return view(request, *rest, **named)

    guarded.permission_needed = SIGNED_IN  # type: ignore[attr-defined]
    return guarded


def open_to_all(view: View) -> View:
    """Mark a page of the desk that somebody opens before signing in."""

    @wraps(view)
    def opened(request: HttpRequest, *rest: Any, **named: Any) -> HttpResponseBase:
        return view(request, *rest, **named)

    opened.permission_needed = OPEN  # type: ignore[attr-defined]
    return opened
