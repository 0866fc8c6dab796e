"""Events over time, substances over time, and the map: each as a page, a drawing and a table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from daybreak.accounts.guard import DeskRequest, needs
from daybreak.events.forms.asking import ChartFilters, days_or
from daybreak.events.queries.asked import Asked
from daybreak.events.queries.charting import (
    Chooser,
    agency_lines,
    busiest_agency,
    chooser,
    countable_agencies,
    substance_lines,
)
from daybreak.events.queries.counting import Series, Window
from daybreak.events.queries.released import Released, released_cells
from daybreak.events.queries.substances import measured_lag
from daybreak.events.queries.visibility import agencies_seen
from daybreak.events.rules.lag import NotMeasurable
from daybreak.events.rules.lines_drawn import Line, lines, multiples
from daybreak.events.rules.released_cells import ReleasedCell
from daybreak.events.views.drawn import as_words, drawing, table
from daybreak.events.views.ledger import query_without
from daybreak.events.views.saying import page, substance, words
from daybreak.events.views.sheets import Cell, scope_lines

MOST_PERIODS = 400


@dataclass(frozen=True, slots=True)
class Chosen:
    """What one chart shows, after defaults."""

    form: ChartFilters
    chooser: Chooser
    window: Window
    agency: str
    given: dict[str, Any]


def chosen(request: DeskRequest, *, months: int) -> Chosen | None:
    """The chart that the address asks for; None where the address says something impossible."""
    agencies = [(agency.slug, agency.name) for agency in agencies_seen(request.viewer)]
    form = ChartFilters(request.GET, agencies=agencies)
    if not form.is_valid():
        return None
    given = form.cleaned_data
    picked = chooser(request.viewer, kind=given["kind"], at=request.viewer.at)
    since, until = days_or(given, until=picked.newest, months=months)
    window = Window(since, until, given["period"] or "month")
    if len(window.starts) > MOST_PERIODS:
        window = Window(since, until, "month" if (until - since).days < 31 * MOST_PERIODS else "year")
    shown = {
        **{name: given[name] for name in ("substance", "county", "falling", "rising", "by")},
        "kind": picked.kind, "agency": given["agency"], "since": since, "until": until, "period": window.period,
    }  # fmt: skip
    return Chosen(ChartFilters(shown, agencies=agencies), picked, window, given["agency"], given)


def wrong(request: DeskRequest, template: str) -> HttpResponse:
    """The page again, with what is wrong beside the fields."""
    agencies = [(agency.slug, agency.name) for agency in agencies_seen(request.viewer)]
    form = ChartFilters(request.GET, agencies=agencies)
    form.is_valid()
    return page(request, template, 400, form=form, chosen=None)


def _over_time(request: DeskRequest, picked: Chosen) -> list[Series]:
    return agency_lines(
        request.viewer,
        kind=picked.chooser.kind,
        window=picked.window,
        at=request.viewer.at,
        substance=picked.given["substance"],
        agency=picked.agency,
        county=picked.given["county"],
    )


def _cells(request: DeskRequest, picked: Chosen) -> list[Released]:
    """Released cells of the window: months of counties. With a substance asked there are none: cells know no substance."""
    if picked.given["substance"]:
        return []
    years = range(max(picked.window.since.year, picked.window.until.year - 4), picked.window.until.year + 1)
    return released_cells(
        request.viewer,
        kind=picked.chooser.kind,
        years=list(years),
        at=request.viewer.at,
        agency=picked.agency,
    )


@needs("see-ledger")
@require_safe
def over_time(request: DeskRequest) -> HttpResponse:
    """Counts of each agency, period by period."""
    picked = chosen(request, months=24)
    if picked is None:
        return wrong(request, "time.html")
    found = _over_time(request, picked)
    cells = [
        (
            one.agency_name,
            _matrix([cell for cell in one.cells if _in_window(cell, picked.window, picked.given["county"])]),
        )
        for one in _cells(request, picked)
    ]
    return page(
        request,
        "time.html",
        chosen=picked,
        form=picked.form,
        found=found,
        cells=cells,
        query=query_without(request),
        said=_time_words(picked, found),
    )


@dataclass(frozen=True, slots=True)
class Matrix:
    """Released cells as a table: (time, first day, a number or None = withheld for each county), the newest first."""

    counties: tuple[str, ...]
    rows: tuple[tuple[str, date, tuple[int | None, ...]], ...]


def _matrix(cells: list[ReleasedCell]) -> Matrix:
    counties = tuple(sorted({cell.county for cell in cells}))
    held = {(cell.time, cell.since, cell.county): cell.people for cell in cells}
    starts = sorted({(cell.since, cell.time == "year") for cell in cells}, reverse=True)
    times = [(start, "year" if whole_year else "month") for start, whole_year in starts]
    return Matrix(
        counties,
        tuple(
            (time, start, tuple(held.get((time, start, county)) for county in counties))
            for start, time in times
        ),
    )


def _in_window(cell: ReleasedCell, window: Window, county: str) -> bool:
    """Months of counties that lie in the window: the released cells that a page lists; finer ones stand on the map."""
    return (
        (cell.time, cell.place) in {("month", "county"), ("year", "county")}
        and cell.since >= window.starts[0]
        and cell.since <= window.until
        and county in {"", cell.county}
    )


def _time_words(picked: Chosen, found: list[Series]) -> list[str]:
    busiest = max(found, key=lambda one: one.total, default=None)
    return words(
        "words_time.txt",
        kind=picked.chooser.kind,
        window=picked.window,
        found=found,
        busiest=busiest,
        given=picked.given,
    )


@needs("see-ledger")
@require_safe
def over_time_drawn(request: DeskRequest, form: str) -> HttpResponse:
    """The lines of the agencies as SVG, PNG or CSV."""
    picked = chosen(request, months=24)
    if picked is None:
        return wrong(request, "time.html")
    found = _over_time(request, picked)
    if form == "csv":
        return _series_table(request, f"{picked.chooser.kind}-over-time", found, picked)
    said = as_words(_time_words(picked, found))
    drawn = [Line(one.agency_name, one.counts, one.incomplete) for one in found]
    return drawing(
        f"{picked.chooser.kind}-over-time",
        form,
        request.GET.get("width", ""),
        lambda width, theme: lines(picked.window.starts, drawn, said, width=width, theme=theme),
    )


def _series_table(request: DeskRequest, name: str, found: list[Series], picked: Chosen) -> HttpResponse:
    rows: list[list[Cell]] = [
        [one.agency, one.kind, one.substance, start.isoformat(), picked.window.period,
         "not reported" if count is None else count]
        for one in found
        for start, count in zip(one.starts, one.counts, strict=True)
    ]  # fmt: skip
    asked = Asked(
        kinds=(picked.chooser.kind,),
        agency=picked.agency,
        since=picked.window.since,
        until=picked.window.until,
    )
    scope = scope_lines(request, asked, len(rows), cut=False)
    return table(name, ("agency", "kind", "substance", "from", "period", "count"), rows, scope)


def _substances(request: DeskRequest, picked: Chosen) -> tuple[str, list[Series]]:
    viewer, kind, window = request.viewer, picked.chooser.kind, picked.window
    agency = picked.agency or busiest_agency(viewer, kind, window)
    also = tuple(name for name in (picked.given["falling"], picked.given["rising"]) if name)
    if not agency:
        return "", []
    return agency, substance_lines(viewer, kind=kind, window=window, at=viewer.at, agency=agency, also=also)


def _substance_words(picked: Chosen, found: list[Series]) -> list[str]:
    return words("words_substances.txt", kind=picked.chooser.kind, window=picked.window, found=found)


@needs("see-ledger")
@require_safe
def over_substances(request: DeskRequest) -> HttpResponse:
    """Substances of one agency, small charts on one scale, and the lag between two of them."""
    picked = chosen(request, months=60)
    if picked is None:
        return wrong(request, "substances.html")
    agency, found = _substances(request, picked)
    falling, rising = picked.given["falling"], picked.given["rising"]
    lag = None
    if agency and falling and rising and falling != rising and picked.window.period == "month":
        lag = measured_lag(
            request.viewer,
            kind=picked.chooser.kind,
            agency=agency,
            falling=falling,
            rising=rising,
            window=picked.window,
            at=request.viewer.at,
        )
    return page(
        request,
        "substances.html",
        chosen=picked,
        form=picked.form,
        found=found,
        agencies=countable_agencies(request.viewer, picked.chooser.kind),
        query=query_without(request),
        said=_substance_words(picked, found) if found else [],
        lag=lag,
        measurable=lag is not None and not isinstance(lag, NotMeasurable),
        falling=falling,
        rising=rising,
    )


@needs("see-ledger")
@require_safe
def over_substances_drawn(request: DeskRequest, form: str) -> HttpResponse:
    """The small charts as SVG, PNG or CSV; ``?lines=1`` draws the first five as lines of one chart."""
    picked = chosen(request, months=60)
    if picked is None:
        return wrong(request, "substances.html")
    _, found = _substances(request, picked)
    if form == "csv":
        return _series_table(request, f"{picked.chooser.kind}-substances", found, picked)
    said = as_words(_substance_words(picked, found)) if found else as_words([*words("words_nothing.txt"), ""])
    drawn = [Line(substance(one.substance), one.counts, one.incomplete) for one in found]
    draw = lines if request.GET.get("lines") else multiples
    kept = drawn[:5] if draw is lines else drawn
    return drawing(
        f"{picked.chooser.kind}-substances",
        form,
        request.GET.get("width", ""),
        lambda width, theme: draw(picked.window.starts, kept, said, width=width, theme=theme),
    )
