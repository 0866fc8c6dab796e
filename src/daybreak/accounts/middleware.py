"""What Django calls around the pages of the desk, and around no other: session, person, locks, second factor, layout."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import CsrfViewMiddleware
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone

from daybreak.accounts.actions.signing_in import ENROLLED
from daybreak.accounts.guard import NotYours, require
from daybreak.accounts.queries import has_second_factor
from daybreak.accounts.rules.rail import rail
from daybreak.accounts.rules.roles import ROLES, lock_minutes, needs_second_factor
from daybreak.accounts.viewers import Viewer, nobody, viewer_of

Answer = Callable[[HttpRequest], HttpResponse]

ROOT = "/desk/"
SIGN_IN = "/desk/sign-in"
SEEN = "daybreak_seen"
# How old the noted moment of the last request may get: a page view must not cost a write each.
_NOTE_SECONDS = 60
# Where somebody may be who has signed in with a password only, though the role asks for a second factor.
ENROLMENT = frozenset(
    {
        "account_logout",
        "account_reauthenticate",
        "mfa_reauthenticate",
        "mfa_index",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_list_webauthn",
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
    }
)


def is_desk(path: str) -> bool:
    """Whether an address belongs to the desk; nothing of this module acts elsewhere, so open pages set no cookie."""
    return path == "/desk" or path.startswith(ROOT)


def desk(get_response: Answer) -> Answer:
    """Session, protection of forms, and the viewer, for addresses of the desk."""
    inside: Any = SessionMiddleware(AuthenticationMiddleware(_watched(get_response)))
    forms = CsrfViewMiddleware(inside)

    def answer(request: HttpRequest) -> HttpResponse:
        if not is_desk(request.path_info):
            return get_response(request)
        response: Any = forms(request)
        response.headers["Cache-Control"] = "private, no-store"
        # With "no-referrer" browsers send forms with "Origin: null", which the protection of forms must refuse.
        response.headers["Referrer-Policy"] = "same-origin"
        return response  # type: ignore[no-any-return]

    def process_view(request: HttpRequest, view: Any, rest: Any, named: Any) -> HttpResponse | None:
        if not is_desk(request.path_info):
            return None
        permission = getattr(view, "permission_needed", None)
        if permission is None:
            raise NotYours
        require(request, permission)
        return forms.process_view(request, view, rest, named)

    answer.process_view = process_view  # type: ignore[attr-defined]
    return answer


def _watched(get_response: Answer) -> Answer:
    """Knows who is looking, and sends whoever must sign in again, or enrol, there instead."""

    def answer(request: HttpRequest) -> HttpResponse:
        at = timezone.now()
        viewer = viewer_of(request.user, at=at)
        request.viewer = viewer  # type: ignore[attr-defined]
        elsewhere = _elsewhere(request, viewer, at) if viewer.person else None
        if elsewhere is not None:
            request.viewer = nobody(at=at) if not request.user.is_authenticated else viewer  # type: ignore[attr-defined]
            return elsewhere
        return get_response(request)

    return answer


def _elsewhere(request: HttpRequest, viewer: Viewer, at: datetime) -> HttpResponse | None:
    """Where somebody who is signed in must go first; None = on to the page."""
    now = int(at.timestamp())
    seen = request.session.get(SEEN)
    if seen is not None and now - seen >= 60 * lock_minutes(
        viewer.roles, law_enforcement=viewer.law_enforcement
    ):
        logout(request)
        return _sign_in_again(request)
    if seen is None or now - seen >= _NOTE_SECONDS:
        request.session[SEEN] = now
    if needs_second_factor(viewer.roles) and not _second_factor_shown(request):
        if has_second_factor(
            request.user.pk
        ):  # enrolled meanwhile, in another browser: this one has not shown it
            logout(request)
            return _sign_in_again(request)
        if _name_of(request.path_info) not in ENROLMENT:
            return HttpResponseRedirect(reverse("mfa_index"))
    return None


def _second_factor_shown(request: HttpRequest) -> bool:
    """Whether this session was begun with a second factor (a passkey is one), or has just enrolled one."""
    return bool(request.session.get(ENROLLED)) or any(
        record.get("method") == "mfa" for record in get_authentication_records(request, request.user)
    )


def _sign_in_again(request: HttpRequest) -> HttpResponse:
    """To the sign-in page, which says why, and back to the same page after."""
    asked = {"locked": "1"}
    if request.method in {"GET", "HEAD"} and request.path_info != ROOT:
        asked["next"] = request.get_full_path()
    return HttpResponseRedirect(f"{SIGN_IN}?{urlencode(asked)}")


def _name_of(path: str) -> str:
    try:
        return resolve(path).url_name or ""
    except Resolver404:
        return ""


@cache
def _exists(path: str) -> bool:
    return _name_of(path) != ""


def about_the_desk(request: HttpRequest) -> dict[str, Any]:
    """What every template of the desk may say: ``viewer``, ``role_names``, ``rail``, ``url`` (route name → address) and more."""
    viewer = getattr(request, "viewer", None)
    if viewer is None:
        return {}
    return {
        "viewer": viewer,
        "role_names": [role.name for role in ROLES.values() if role.slug in viewer.roles],
        "rail": rail(viewer, request.path_info, _exists),
        "url": reverse,
        "password_length": settings.DAYBREAK_PASSWORD_LENGTH,
        "directory_name": directory["name"] if (directory := _directory()) else "",
    }


def _directory() -> dict[str, Any] | None:
    """The city's own directory, where one is set."""
    apps = settings.SOCIALACCOUNT_PROVIDERS.get("openid_connect", {}).get("APPS", [])
    return apps[0] if apps else None
