"""People, their roles, and invitations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from daybreak.accounts import actions
from daybreak.accounts.actions import NotPossible
from daybreak.accounts.forms import InvitationForm, RoleForm
from daybreak.accounts.guard import DeskRequest, needs
from daybreak.accounts.models import Agency
from daybreak.accounts.queries import PersonSeen, people, person_by
from daybreak.accounts.rules.people import givable
from daybreak.accounts.rules.roles import PERMISSIONS, ROLES


@require_safe
@needs("manage-people")
def list_people(request: DeskRequest) -> HttpResponse:
    """Everybody, with roles and how far they have come."""
    asked = {name: request.GET.get(name, "")[:100] for name in ("text", "agency", "role")}
    found = people(at=request.viewer.at, **asked)
    return render(
        request,
        "accounts/people.html",
        {"people": found, "asked": asked, "agencies": Agency.objects.all(), "roles": ROLES.values()},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs("manage-people")
def invite(request: DeskRequest) -> HttpResponse:
    """Invite somebody."""
    may_give = givable(request.viewer.roles)
    form = InvitationForm(request.POST or None, givable=may_give)
    if request.method == "POST" and form.is_valid():
        try:
            person, _ = actions.invite_person(
                by=request.viewer.signature, at=request.viewer.at, site=_site(request), giver=request.viewer,
                **form.cleaned_data,
            )  # fmt: skip
        except NotPossible as wrong:
            form.add_error(None, str(wrong))
        else:
            return _back(person.public_id, "invited")
    roles = [ROLES[slug] for slug in may_give]
    return render(request, "accounts/invite.html", {"form": form, "roles": roles, "permissions": PERMISSIONS})


@require_safe
@needs("manage-people")
def one_person(request: DeskRequest, person: UUID) -> HttpResponse:
    """One person: roles now and before, and what can be done."""
    return _page(request, _seen(request, person), said=request.GET.get("said", ""))


@require_POST
@needs("manage-people")
def change_person(request: DeskRequest, person: UUID, step: str) -> HttpResponse:
    """One step: give or end a role, suspend, restore, invite again, remove a lost second factor."""
    seen = _seen(request, person)
    if step not in STEPS:
        raise Http404
    form = RoleForm(request.POST, givable=givable(request.viewer.roles)) if step == "give-role" else None
    if form is not None and not form.is_valid():
        return _page(request, seen, form=form)
    changed: dict[str, Any] = {"by": request.viewer.signature, "at": timezone.now(), "person": seen.person}
    try:
        STEPS[step](request, form, {**changed, "giver": request.viewer})
    except NotPossible as wrong:
        return _page(request, seen, form=form, wrong=str(wrong))
    return _back(person, step)


def _give(request: DeskRequest, form: Any, changed: dict[str, Any]) -> None:
    actions.give_role(**changed, **form.cleaned_data)


def _end(request: DeskRequest, form: Any, changed: dict[str, Any]) -> None:
    actions.end_role(**changed, role=request.POST.get("role", ""))


def _invite(request: DeskRequest, form: Any, changed: dict[str, Any]) -> None:
    actions.invite_again(**changed, site=_site(request))


def _plainly(action: Callable[..., Any]) -> Callable[[DeskRequest, Any, dict[str, Any]], None]:
    return lambda request, form, changed: action(**changed)


STEPS: dict[str, Callable[[DeskRequest, Any, dict[str, Any]], None]] = {
    "give-role": _give,
    "end-role": _end,
    "invite": _invite,
    "suspend": _plainly(actions.suspend_person),
    "restore": _plainly(actions.restore_person),
    "forget-factor": _plainly(actions.remove_second_factor),
}


def _seen(request: DeskRequest, person: UUID) -> PersonSeen:
    found = person_by(person, at=request.viewer.at)
    if found is None:
        raise Http404
    return found


def _page(
    request: DeskRequest, seen: PersonSeen, *, form: RoleForm | None = None, wrong: str = "", said: str = ""
) -> HttpResponse:
    may_give = givable(request.viewer.roles)
    if form is None:
        form = RoleForm(givable=may_give, initial={"agency": seen.agency.slug if seen.agency else None})
    told = {"seen": seen, "form": form, "wrong": wrong, "said": said, "may_give": may_give}
    return render(request, "accounts/person.html", told, status=409 if wrong else 200)


def _back(person: UUID, said: str) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('desk_person', args=[person])}?{urlencode({'said': said})}")


def _site(request: DeskRequest) -> str:
    return request.build_absolute_uri("/")
