"""Seizures with their value, and one seizure with each exhibit and the price row that it rests on."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from daybreak.accounts.guard import DeskRequest, needs
from daybreak.events.actions.reading import note_reading
from daybreak.events.queries.prices import rows_for_valuing
from daybreak.events.queries.seizures import Seizure, known_day, seizures_page, worth
from daybreak.events.queries.single import event_history
from daybreak.events.views.ledger import after_of, filters_of, query_without
from daybreak.events.views.saying import page, substance
from daybreak.events.views.sheets import Cell, csv_answer, scope_lines, xlsx_answer

MOST_EXPORTED = 20_000
COLUMNS = (
    "seizure", "agency", "day", "operation", "exhibit", "substance", "quantity", "unit", "laboratory", "level", "value_usd",
    "price", "not_valued_because",
)  # fmt: skip


@needs("see-ledger")
@require_safe
def seizures(request: DeskRequest) -> HttpResponse:
    """The list, newest first, with mass and value of each."""
    form = filters_of(request)
    if not form.is_valid():
        return page(request, "seizures.html", 400, form=form, found=None)
    found = seizures_page(
        request.viewer, form.asked(kinds=("seizure",)), at=request.viewer.at, after=after_of(request)
    )
    return page(
        request,
        "seizures.html",
        form=form,
        found=found,
        query=query_without(request, "after"),
        next_query=query_without(request, "after", after=str(found.next or "")),
    )


@needs("export-ledger")
@require_safe
def seizures_file(request: DeskRequest, sheet: str) -> HttpResponse:
    """Every exhibit with its values, as CSV or Excel."""
    filters = filters_of(request)
    if not filters.is_valid():
        return page(request, "seizures.html", 400, form=filters, found=None)
    asked = filters.asked(kinds=("seizure",))
    found = seizures_page(request.viewer, asked, at=request.viewer.at, limit=MOST_EXPORTED)
    note_reading(by=request.viewer, what="seizures-export", rows=[one.row for one in found.seizures])
    rows = [cells for one in found.seizures for cells in _cells(one)]
    answer = csv_answer if sheet == "csv" else xlsx_answer
    scope = scope_lines(request, asked, len(rows), cut=found.next is not None)
    return answer(f"seizures-{request.viewer.at:%Y-%m-%d}", COLUMNS, rows, scope)


def _cells(one: Seizure) -> list[list[Cell]]:
    """A row for each exhibit and level; values unrounded, so that whoever adds them up rounds once."""
    row = one.row
    found: list[list[Cell]] = []
    for level, valuation in one.worth.by_level.items():
        values = {each.exhibit.reference: each for each in valuation.valued}
        reasons = {each.exhibit.reference: each.reason for each in valuation.not_valued}
        for thing in row.exhibits:
            reference = f"{row.handle}/{thing.number}"
            valued = values.get(reference)
            found.append(
                [
                    str(row.handle),
                    row.agency,
                    row.day.isoformat(),
                    row.operation,
                    thing.number,
                    substance(thing.substance),
                    thing.quantity,
                    thing.unit,
                    thing.laboratory,
                    level,
                    None if valued is None else valued.mid_usd,
                    valued.price.reference if valued else "",
                    reasons.get(reference, ""),
                ]
            )
    return found


@needs("see-ledger")
@require_safe
def seizure(request: DeskRequest, handle: UUID) -> HttpResponse:
    """One seizure: exhibits, masses, values at both levels, and the price rows."""
    history = event_history(request.viewer, handle)
    if history is None or history.versions[0].row.kind != "seizure":
        raise Http404
    row = history.versions[0].row
    note_reading(by=request.viewer, what="seizure", rows=[row], subject=f"event:{row.handle}")
    prices = rows_for_valuing({row.agency})
    found = worth([row], prices, known_by=known_day(request.viewer.at))
    levels = {
        level: {
            "valued": {one.exhibit.reference: one for one in valuation.valued},
            "reasons": {one.exhibit.reference: one.reason for one in valuation.not_valued},
        }
        for level, valuation in found.by_level.items()
    }
    return page(request, "seizure.html", row=row, worth=found, levels=levels, history=history)
