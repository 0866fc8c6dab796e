"""Deaths by group of ICD-10 codes, agency by agency; the groups overlap and never add up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from daybreak.accounts.viewers import Viewer
from daybreak.events.models import Cause
from daybreak.events.queries.asked import Asked, narrowed
from daybreak.events.queries.visibility import sources
from daybreak.events.rules.causes import DeathCodes, DeathsByGroup, deaths_by_group


@dataclass(frozen=True, slots=True)
class AgencyDeaths:
    """One agency's deaths in a span of days. ``events`` counts rows that may stand for several deaths each (``deaths``)."""

    agency: str
    agency_name: str
    deaths: int
    groups: DeathsByGroup


def deaths_by_cause(
    viewer: Viewer, *, since: date, until: date, as_of: datetime | None = None, county: str = ""
) -> list[AgencyDeaths]:
    """Each agency's deaths by group, where the viewer sees rows with their codes; others are left out, not counted as none."""
    asked = Asked(kinds=("death",), since=since, until=until, as_of=as_of, county=county)
    found = []
    seen = [
        one
        for one in sources(viewer, kinds=("death",))
        if one.shows("causes") and one.shows("underlying") and narrowed(one, asked) is not None
    ]
    for agency in sorted({one.agency for one in seen}):
        ours = [one for one in seen if one.agency == agency]
        deaths: list[DeathCodes] = []
        for source in ours:
            rows = narrowed(source, asked)
            if rows is None:
                continue
            codes: dict[int, set[str]] = {}
            for event, code in Cause.objects.filter(event__in=rows.order_by().values("pk")).values_list(
                "event_id", "code"
            ):
                codes.setdefault(event, set()).add(code)
            for pk, underlying, count in rows.order_by().values_list("pk", "underlying", "count"):
                deaths += [DeathCodes(underlying, frozenset(codes.get(pk, ())))] * count
        found.append(AgencyDeaths(agency, ours[0].agency_name, len(deaths), deaths_by_group(deaths)))
    return found
