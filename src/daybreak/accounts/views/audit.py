"""Who did what: the audit as a page, for those who may read it."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from daybreak.accounts.guard import DeskRequest, needs
from daybreak.accounts.models import User
from daybreak.audit.models import Entry
from daybreak.audit.queries import actions_seen, entries, verify

PAGE = 100


@require_safe
@needs("read-audit")
def show_audit(request: DeskRequest) -> HttpResponse:
    """The newest entries; ``before`` pages back by number, ``check`` verifies the whole chain."""
    asked = {name: request.GET.get(name, "")[:200] for name in ("actor", "action", "subject")}
    found = entries(**asked)
    before = request.GET.get("before", "")
    if before.isdecimal() and len(before) < 18:
        found = found.filter(number__lt=int(before))
    page = list(found[: PAGE + 1])
    shown = page[:PAGE]
    told = {
        "entries": shown, "older": shown[-1].number if len(page) > PAGE else None, "asked": asked,
        "actions": actions_seen(), "names": _names(shown), "verified": verify() if "check" in request.GET else None,
    }  # fmt: skip
    return render(request, "accounts/audit.html", told)


def _names(shown: list[Entry]) -> dict[str, str]:
    """The names of the people whom these entries name, by the words that stand in the entries."""
    said = {word for entry in shown for word in (entry.actor, entry.subject) if word.startswith("person:")}
    ids = []
    for word in said:
        try:
            ids.append(UUID(word.removeprefix("person:")))
        except ValueError:
            continue
    people = User.objects.filter(public_id__in=ids).values_list("public_id", "name", "email")
    return {f"person:{public_id}": name or email for public_id, name, email in people}
