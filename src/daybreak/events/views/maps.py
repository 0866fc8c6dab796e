"""The map of one month or year: rates where the population is known, withheld areas hatched, a table beside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from daybreak.accounts.guard import DeskRequest, needs
from daybreak.events.forms.asking import ChartFilters
from daybreak.events.queries.asked import Asked
from daybreak.events.queries.charting import chooser
from daybreak.events.queries.places import Areas, areas
from daybreak.events.queries.population import population
from daybreak.events.queries.visibility import agencies_seen
from daybreak.events.rules.map_drawn import Key, Shape, choropleth
from daybreak.events.views.drawn import as_words, drawing, table
from daybreak.events.views.ledger import query_without
from daybreak.events.views.saying import county, page, words
from daybreak.events.views.sheets import scope_lines
from daybreak.vocabulary.gazetteer import county_numbers, county_outline, zip_area
from daybreak.vocabulary.precision import end_of, start_of

PER = 100_000


@dataclass(frozen=True, slots=True)
class MapRow:
    """One area of the table. ``count`` None = withheld; ``rate`` per 100,000 people and year, None = not known."""

    code: str
    name: str
    count: int | None
    rate: float | None


@dataclass(frozen=True, slots=True)
class MapPage:
    """What the map shows."""

    form: ChartFilters
    kind: str
    by: str
    period: str
    day: date
    every: list[Areas]
    one: Areas | None
    rows: list[MapRow]
    rates: bool


def _chosen(request: DeskRequest) -> MapPage | None:
    agencies = [(agency.slug, agency.name) for agency in agencies_seen(request.viewer)]
    form = ChartFilters(request.GET, agencies=agencies)
    if not form.is_valid():
        return None
    given = form.cleaned_data
    picked = chooser(request.viewer, kind=given["kind"], at=request.viewer.at)
    by = given["by"] or "zip"
    period = given["period"] if given["period"] in {"month", "year"} else "year"
    day = start_of(given["since"] or picked.newest, period)
    every = areas(
        request.viewer,
        kind=picked.kind,
        by=by,
        period=period,
        day=day,
        at=request.viewer.at,
        substance=given["substance"],
    )
    named = [one for one in every if one.agency == given["agency"]] if given["agency"] else every
    one = max(named, key=lambda each: (each.whole, sum(area.count or 0 for area in each.areas)), default=None)
    rows = _rows(one, by, day, period) if one else []
    shown = {
        "kind": picked.kind, "agency": one.agency if one else given["agency"], "by": by, "period": period, "since": day,
        "substance": given["substance"],
    }  # fmt: skip
    rates = bool(rows) and all(row.rate is not None for row in rows if row.count is not None)
    return MapPage(
        ChartFilters(shown, agencies=agencies), picked.kind, by, period, day, every, one, rows, rates
    )


def _rows(one: Areas, by: str, day: date, period: str) -> list[MapRow]:
    people = population(day.year)
    years = ((end_of(day, period) - day).days + 1) / 365.25
    found = []
    for area in one.areas:
        living = people.get(area.code)
        rate = area.count * PER / living / years if area.count is not None and living else None
        found.append(
            MapRow(area.code, county(area.code) if by == "county" else _zip_name(area.code), area.count, rate)
        )
    return sorted(found, key=lambda row: (-(row.rate or 0), -(row.count or 0), row.code))


def _zip_name(code: str) -> str:
    area = zip_area(code)
    return f"{code} {area.city}" if area else code


@needs("see-ledger")
@require_safe
def area_map(request: DeskRequest) -> HttpResponse:
    """The map of one agency's counts, with a table."""
    shown = _chosen(request)
    if shown is None:
        agencies = [(agency.slug, agency.name) for agency in agencies_seen(request.viewer)]
        form = ChartFilters(request.GET, agencies=agencies)
        form.is_valid()
        return page(request, "map.html", 400, form=form, map=None)
    said = words("words_map.txt", map=shown)
    return page(request, "map.html", form=shown.form, map=shown, said=said, query=query_without(request))


@needs("see-ledger")
@require_safe
def area_map_drawn(request: DeskRequest, form: str) -> HttpResponse:
    """The map as SVG or PNG, or its table as CSV."""
    shown = _chosen(request)
    if shown is None:
        return page(request, "map.html", 400, form=ChartFilters(request.GET, agencies=[]), map=None)
    if form == "csv":
        asked = Asked(kinds=(shown.kind,), since=shown.day, until=end_of(shown.day, shown.period))
        rows = [
            (
                row.code,
                row.name,
                "withheld" if row.count is None else row.count,
                "" if row.rate is None else f"{row.rate:.1f}",
            )
            for row in shown.rows
        ]
        scope = scope_lines(request, asked, len(rows), cut=False)
        return table(f"{shown.kind}-map", ("area", "name", "count", "per_100000_a_year"), rows, scope)
    said = as_words(words("words_map.txt", map=shown))
    key = Key(*words("words_key.txt", map=shown))
    values = {row.code: row.rate if shown.rates else row.count for row in shown.rows}
    shapes, ground = _shapes(shown)
    # What is not in a released cell is withheld: few people, or none, which is not to be told apart.
    if shown.one is not None and not shown.one.whole:
        values = {shape.code: values.get(shape.code) for shape in shapes}
    return drawing(
        f"{shown.kind}-map",
        form,
        request.GET.get("width", ""),
        lambda width, theme: choropleth(shapes, values, said, key, ground=ground, width=width, theme=theme),
    )


def _shapes(shown: MapPage) -> tuple[list[Shape], list[Shape]]:
    """The areas to draw and the outlines to find one's way by."""
    outlines = [Shape(number, key[3:], county_outline(key)) for number, key in county_numbers().items()]
    if shown.by == "county":
        return outlines, []
    found = []
    for row in shown.rows:
        area = zip_area(row.code)
        if area is not None:
            found.append(Shape(row.code, row.name, middle=(area.longitude, area.latitude)))
    return found, outlines
