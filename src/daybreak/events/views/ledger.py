"""The ledger's list with its filters, its files, and one event with all its versions."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from daybreak.accounts.guard import DeskRequest, needs
from daybreak.events.actions.reading import note_reading
from daybreak.events.forms.asking import LedgerFilters
from daybreak.events.queries.asked import Asked
from daybreak.events.queries.listing import each_event, events_page
from daybreak.events.queries.single import event_history
from daybreak.events.queries.visibility import CELLS, COUNTS, agencies_seen, sources
from daybreak.events.views.saying import page
from daybreak.events.views.sheets import COLUMNS, csv_answer, row_cells, scope_lines, xlsx_answer

MOST_EXPORTED = 50_000


def filters_of(request: DeskRequest) -> LedgerFilters:
    """The filters in the address, bound and checked."""
    agencies = [(agency.slug, agency.name) for agency in agencies_seen(request.viewer)]
    return LedgerFilters(request.GET, agencies=agencies)


def after_of(request: DeskRequest) -> UUID | None:
    """The handle after which a page goes on; None where there is none that can be read."""
    try:
        return UUID(request.GET.get("after", ""))
    except ValueError:
        return None


def query_without(request: DeskRequest, *left_out: str, **more: str) -> str:
    """The address's query without some of its fields, empty ones left out, and with others put in."""
    kept = [(name, value) for name, value in request.GET.items() if name not in left_out and value]
    return urlencode([*kept, *((name, value) for name, value in more.items() if value)])


@needs("see-ledger")
@require_safe
def ledger(request: DeskRequest) -> HttpResponse:
    """The list, newest first, a page at a time."""
    form = filters_of(request)
    if not form.is_valid():
        return page(request, "ledger.html", 400, form=form, found=None, asked=None, withheld=())
    asked = form.asked()
    found = events_page(request.viewer, asked, after=after_of(request))
    note_reading(by=request.viewer, what="ledger-list", rows=found.rows)
    return page(
        request,
        "ledger.html",
        form=form,
        found=found,
        asked=asked,
        withheld=_not_by_row(request, asked),
        query=query_without(request, "after"),
        next_query=query_without(request, "after", after=str(found.next or "")),
        filtered=asked != Asked(),
    )


def _not_by_row(request: DeskRequest, asked: Asked) -> list[tuple[str, str]]:
    """Agencies and kinds whose events the viewer sees in counts only, so that the list is not taken for all there is."""
    return sorted(
        {
            (one.agency_name, one.kind)
            for one in sources(request.viewer, kinds=asked.kinds, access=(COUNTS, CELLS))
            if asked.agency in {"", one.agency}
        }
    )


@needs("export-ledger")
@require_safe
def ledger_file(request: DeskRequest, sheet: str) -> HttpResponse:
    """The list as CSV or Excel, as far as the viewer sees it."""
    filters = filters_of(request)
    if not filters.is_valid():
        return page(request, "ledger.html", 400, form=filters, found=None, asked=None, withheld=())
    asked = filters.asked()
    rows = list(each_event(request.viewer, asked, most=MOST_EXPORTED))
    note_reading(by=request.viewer, what="ledger-export", rows=rows)
    scope = scope_lines(request, asked, len(rows), cut=len(rows) >= MOST_EXPORTED)
    answer = csv_answer if sheet == "csv" else xlsx_answer
    return answer(f"ledger-{request.viewer.at:%Y-%m-%d}", COLUMNS, map(row_cells, rows), scope)


@needs("see-ledger")
@require_safe
def event(request: DeskRequest, handle: UUID) -> HttpResponse:
    """One event, with what it said before and since when each is known."""
    history = event_history(request.viewer, handle)
    if history is None:
        raise Http404
    rows = [version.row for version in history.versions]
    note_reading(by=request.viewer, what="event", rows=rows[:1], subject=f"event:{rows[0].handle}")
    return page(request, "event.html", history=history, row=rows[0])
