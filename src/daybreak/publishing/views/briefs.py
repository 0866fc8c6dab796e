"""The list of briefs, a brief as a page, and its files."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from daybreak.accounts.guard import DeskRequest, needs
from daybreak.events.queries.rows import local_zone
from daybreak.publishing.actions.briefs import keep_copy, make_brief
from daybreak.publishing.forms import BriefDays
from daybreak.publishing.models import MadeBrief
from daybreak.publishing.printing import FORMS, page_values, printed
from daybreak.publishing.queries.briefs import kept_copy, made_briefs, one_brief
from daybreak.publishing.rules.brief import Brief


@require_safe
@needs("see-brief")
def briefs(request: DeskRequest) -> HttpResponse:
    """The briefs of the agency, and where one is made."""
    today = request.viewer.at.astimezone(local_zone()).date()
    return _list(request, BriefDays(initial={"as_of": today}, today=today), 200)


@require_http_methods(["POST"])
@needs("write-briefs")
def make(request: DeskRequest) -> HttpResponse:
    """Make a brief and open it; days that make no sense come back with what is wrong."""
    form = BriefDays(request.POST, today=request.viewer.at.astimezone(local_zone()).date())
    if not form.is_valid():
        return _list(request, form, 422)
    days = form.cleaned_data
    made = make_brief(
        by=request.viewer.signature, viewer=request.viewer, as_of=days["as_of"], before=days["before"]
    )
    return HttpResponseRedirect(reverse("brief", args=[made.public_id]))


@require_safe
@needs("see-brief")
def brief(request: DeskRequest, public_id: UUID) -> HttpResponse:
    """One brief, as far as the reader may see it today."""
    made, content = _found(request, public_id)
    return render(request, "publishing/brief.html", page_values(content, "") | {"made": made, "forms": FORMS})


@require_safe
@needs("see-brief")
def brief_file(request: DeskRequest, public_id: UUID, form: str) -> HttpResponse:
    """The same brief as a file: a page of its own, PDF or Markdown."""
    made, content = _found(request, public_id)
    kind = FORMS[form] + ("; charset=utf-8" if FORMS[form].startswith("text/") else "")
    response = HttpResponse(
        printed(content, form, site=request.build_absolute_uri("/").rstrip("/")), content_type=kind
    )
    response.headers["Content-Disposition"] = f'attachment; filename="brief-{made.as_of.isoformat()}.{form}"'
    return response


def _list(request: DeskRequest, form: BriefDays, status: int) -> HttpResponse:
    facts = {
        "briefs": made_briefs(request.viewer),
        "form": form,
        "may_make": request.viewer.may("write-briefs"),
    }
    return render(request, "publishing/briefs.html", facts, status=status)


def _found(request: DeskRequest, public_id: UUID) -> tuple[MadeBrief, Brief]:
    made = one_brief(request.viewer, public_id)
    if made is None or not request.viewer.may("see-ledger"):
        raise Http404
    return made, kept_copy(request.viewer, made) or keep_copy(viewer=request.viewer, made=made)
