"""Operations: the list, one with its totals, and the form for a new one."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from daybreak.accounts.guard import DeskRequest, needs
from daybreak.accounts.models import Agency
from daybreak.events.actions.catalogue import NameTaken, record_operation
from daybreak.events.actions.reading import note_reading
from daybreak.events.forms.asking import DayField, end_of_day
from daybreak.events.forms.writing import OperationForm
from daybreak.events.queries.operations import one_operation, operation_totals, operations
from daybreak.events.views.saying import page


def own_agency(request: DeskRequest) -> Agency:
    """The viewer's agency; 404 for somebody without one."""
    found = Agency.objects.filter(pk=request.viewer.agency_id).first() if request.viewer.agency_id else None
    if found is None:
        raise Http404
    return found


def as_of_asked(request: DeskRequest) -> tuple[datetime | None, str]:
    """The day in the address as its last moment, and what was written; (None, "") where there is none that can be read."""
    try:
        day = DayField(required=False).clean(request.GET.get("as_of", ""))
    except ValidationError:
        return None, ""
    return (end_of_day(day), day.isoformat()) if day else (None, "")


@needs("see-ledger")
@require_safe
def operation_list(request: DeskRequest) -> HttpResponse:
    """The operations that the viewer may know of, the newest first."""
    return page(request, "operations.html", operations=operations(request.viewer))


@needs("see-ledger")
@require_safe
def operation(request: DeskRequest, public_id: UUID) -> HttpResponse:
    """One operation and what it produced, now or as known on a day."""
    as_of, written = as_of_asked(request)
    held = one_operation(request.viewer, public_id, as_of=as_of)
    if held is None:
        raise Http404
    totals = operation_totals(request.viewer, held, at=request.viewer.at, as_of=as_of)
    note_reading(by=request.viewer, what="operation", rows=totals.rows, subject=f"operation:{held.public_id}")
    return page(request, "operation.html", totals=totals, operation=held, as_of=written, rows=totals.rows)


@needs("edit-ledger")
@require_http_methods(["GET", "HEAD", "POST"])
def operation_new(request: DeskRequest) -> HttpResponse:
    """Name an operation of the own agency."""
    form = OperationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = record_operation(
                by=request.viewer.signature,
                agency=own_agency(request),
                at=request.viewer.at,
                **form.cleaned_data,
            )
        except (NameTaken, ValueError) as problem:
            form.add_error("name", str(problem))
        else:
            return HttpResponseRedirect(reverse("operation", args=[made.public_id]))
    return page(
        request, "write.html", 400 if form.errors else 200, form=form, what="operation", back="operations"
    )
