"""Counts year by year of each agency, as known on a day; counts of people from health sources as far as they may be printed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from daybreak.accounts.models import Agency
from daybreak.events.queries.asked import Asked
from daybreak.events.queries.visibility import CELLS, COUNTS, ROWS, Source
from daybreak.events.rules.comparisons import Figure
from daybreak.events.rules.released_cells import bound
from daybreak.publishing.queries.known import (
    Coverage,
    Known,
    by_agency,
    counted,
    coverage,
    query_of,
    rows_of,
    sources_known,
)
from daybreak.publishing.rules.facts import Count, Series, Withheld, hidden_in_public
from daybreak.publishing.rules.monthly import last_month, release_of

YEARS = 5
# A feed speaks for a whole year where its first event lies in that year's first month, or before.
_FIRST_MONTH = 1


def series_of(known: Known, *, kind: str, substance: str, place: str) -> list[Series]:
    """Each agency's series of a kind; an agency in which the substance never occurs is left out.

    Counts of people from health sources stand still between two days of release and end with a whole month: two briefs of
    neighbouring days would else differ by one person.
    """
    found = []
    seen = sources_known(known, kind=kind, access=(ROWS, COUNTS))
    for agency, ours in by_agency(seen).items():
        told = coverage(known, ours)
        named = substance if _names_substances(ours) else ""
        if told is None or (substance and not named):
            continue
        one = _series(known, ours, told, agency, named, place)
        if any(count.figure.value for count in one.counts) or one.withheld:
            found.append(one)
    return found


def withheld_of(known: Known, *, kinds: Sequence[str]) -> Iterator[Withheld]:
    """What the ledger holds and the viewer may see in released cells only: said to be there, never counted in a brief.

    Released cells are made of what is known today; an older brief made of them would tell what was known later.
    """
    for kind in kinds:
        seen = sources_known(known, kind=kind, access=(CELLS,))
        for ours in by_agency(seen).values():
            told = coverage(known, ours)
            if told is not None:
                since = date(told.last_event.year, 1, 1)
                yield Withheld(
                    kind, ours[0].agency_name, "", since, min(told.until, _year_end(since)), "living"
                )


def _names_substances(ours: Sequence[Source]) -> bool:
    return all(one.shows("exhibits" if one.kind == "seizure" else "substances") for one in ours)


def _series(
    known: Known, ours: list[Source], told: Coverage, agency: str, substance: str, place: str
) -> Series:
    counts, withheld = [], []
    kind, name = ours[0].kind, ours[0].agency_name
    health = bound(kind, Agency.objects.get(pk=ours[0].agency_id).kind, audience="public")
    heard_on, silent, release = told.heard_on, told.silent, None
    if health:
        release = release_of(known.day)
        known = Known(known.viewer, release - timedelta(days=1), known.made_at)
        earlier = coverage(known, ours)
        if earlier is None:
            unreleased = Withheld(kind, name, substance, told.since, told.until, "month")
            return Series(kind, name, substance, (), (unreleased,), heard_on, silent, release)
        told = replace(earlier, until=last_month(release, earlier.until))
    for year in range(told.last_event.year - YEARS + 1, told.last_event.year + 1):
        since, until = date(year, 1, 1), min(date(year, 12, 31), told.until)
        if told.since > date(year, _FIRST_MONTH, 31) or until < since:
            continue
        asked = Asked(
            kinds=(kind,),
            agency=agency,
            since=since,
            until=until,
            substance=substance,
            as_of=known.moment,
        )
        value = counted(ours, asked)
        if value is None:
            continue
        if health and hidden_in_public(value, _whole(ours, asked)):
            withheld.append(Withheld(kind, name, substance, since, until, "small"))
            continue
        figure = Figure(
            kind=kind, value=Decimal(value), since=since, until=until, known_on=known.day, agency=name, place=place,
            substance=substance,
        )  # fmt: skip
        counts.append(Count(figure, "ledger", rows_of(ours, asked), query_of(asked, as_of=known.day)))
    return Series(kind, name, substance, tuple(counts), tuple(withheld), heard_on, silent, release)


def _whole(ours: list[Source], asked: Asked) -> int | None:
    """The count of all substances that stands beside the one of this substance; None where this is it."""
    if not asked.substance:
        return None
    return counted(
        ours, Asked(kinds=asked.kinds, agency=asked.agency, since=asked.since, until=asked.until, as_of=asked.as_of)
    )  # fmt: skip


def _year_end(day: date) -> date:
    return date(day.year, 12, 31)
