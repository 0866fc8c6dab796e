"""Agencies, their contacts, and what they let each other see."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from daybreak.accounts import actions
from daybreak.accounts.actions import NotPossible
from daybreak.accounts.forms import PLACE_WORDS, TIME_WORDS, AgencyForm, AgreementForm, ContactForm
from daybreak.accounts.guard import DeskRequest, needs
from daybreak.accounts.models import Agency, AgencyContact, Agreement
from daybreak.accounts.queries import agency_by, agreements_of
from daybreak.accounts.rules.agencies import AGENCY_KINDS, SHARED_FIELDS


@require_safe
@needs("manage-agencies")
def list_agencies(request: DeskRequest) -> HttpResponse:
    """Every agency, and every agreement."""
    told = {"agencies": Agency.objects.all(), "agreements": agreements_of(at=request.viewer.at)}
    return render(request, "accounts/agencies.html", {**told, **_words()})


@require_http_methods(["GET", "HEAD", "POST"])
@needs("manage-agencies")
def add_agency(request: DeskRequest) -> HttpResponse:
    """Add an agency."""
    form = AgencyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            agency = actions.add_agency(
                by=request.viewer.signature, at=request.viewer.at, **form.cleaned_data
            )
        except NotPossible as wrong:
            form.add_error(None, str(wrong))
        else:
            return _back(agency, "added")
    return render(request, "accounts/agency_add.html", {"form": form})


@require_safe
@needs("manage-agencies")
def one_agency(request: DeskRequest, slug: str) -> HttpResponse:
    """One agency: contacts, and agreements both ways."""
    return _page(request, _agency(slug), said=request.GET.get("said", ""))


@require_POST
@needs("manage-agencies")
def change_agency(request: DeskRequest, slug: str, step: str) -> HttpResponse:
    """One step: add or remove a contact, retire the agency."""
    agency = _agency(slug)
    changed: dict[str, Any] = {"by": request.viewer.signature, "at": request.viewer.at}
    form = ContactForm(request.POST) if step == "add-contact" else None
    try:
        if form is not None:
            if not form.is_valid():
                return _page(request, agency, form=form)
            actions.add_contact(**changed, agency=agency, **form.cleaned_data)
        elif step == "remove-contact":
            number = request.POST.get("contact", "")
            contact = get_object_or_404(AgencyContact, agency=agency, pk=number if number.isdecimal() else 0)
            actions.remove_contact(**changed, contact=contact)
        elif step == "retire":
            actions.retire_agency(**changed, agency=agency)
        else:
            raise Http404
    except NotPossible as wrong:
        return _page(request, agency, form=form, wrong=str(wrong))
    return _back(agency, step)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("manage-agencies")
def write_agreement(request: DeskRequest, slug: str) -> HttpResponse:
    """Write what this agency lets another see."""
    giver = _agency(slug)
    form = AgreementForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        terms = dict(form.cleaned_data)
        terms["fields"] = terms.pop("fields_shared")
        try:
            actions.write_agreement(by=request.viewer.signature, at=request.viewer.at, giver=giver, **terms)
        except NotPossible as wrong:
            form.add_error(None, str(wrong))
        else:
            return _back(giver, "agreed")
    return render(request, "accounts/agreement.html", {"form": form, "giver": giver})


@require_POST
@needs("manage-agencies")
def end_agreement(request: DeskRequest, agreement: UUID) -> HttpResponse:
    """End an agreement, at once or after a day."""
    found = get_object_or_404(Agreement.objects.select_related("giver"), public_id=agreement)
    day = request.POST.get("on", "").strip()
    try:
        on = date.fromisoformat(day) if day else None
        actions.end_agreement(by=request.viewer.signature, at=request.viewer.at, agreement=found, on=on)
    except NotPossible as wrong:
        return _page(request, found.giver, wrong=str(wrong))
    except ValueError:
        return _page(request, found.giver, wrong="The last day must look like 2026-11-23.")
    return _back(found.giver, "ended")


def _agency(slug: str) -> Agency:
    found = agency_by(slug)
    if found is None:
        raise Http404
    return found


def _page(
    request: DeskRequest, agency: Agency, *, form: ContactForm | None = None, wrong: str = "", said: str = ""
) -> HttpResponse:
    told = {
        "agency": agency, "contacts": agency.contacts.all(), "form": form or ContactForm(), "wrong": wrong, "said": said,
        "agreements": agreements_of(agency, at=request.viewer.at),
    }  # fmt: skip
    return render(request, "accounts/agency.html", {**told, **_words()}, status=409 if wrong else 200)


def _words() -> dict[str, Any]:
    return {
        "kinds": AGENCY_KINDS,
        "place_words": PLACE_WORDS,
        "time_words": TIME_WORDS,
        "all_fields": len(SHARED_FIELDS),
    }


def _back(agency: Agency, said: str) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('desk_agency', args=[agency.slug])}?{urlencode({'said': said})}")
