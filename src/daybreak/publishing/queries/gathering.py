"""Gathers what a brief says: for a viewer, as known at the end of one day and, for what changed, of an earlier one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from django.conf import settings
from django.db.models import Count as Number
from django.db.models import Q

from daybreak.accounts.models import Agency, Agreement
from daybreak.accounts.viewers import Viewer
from daybreak.directory.models import Record, Source
from daybreak.events.models import Figure
from daybreak.events.queries.figures import as_compared, figures
from daybreak.events.queries.rows import local_zone
from daybreak.events.queries.staffing import staffing
from daybreak.events.rules import comparisons
from daybreak.publishing.queries.known import Known
from daybreak.publishing.queries.operations import operations_known
from daybreak.publishing.queries.series import series_of, withheld_of
from daybreak.publishing.rules.facts import (
    Conflict,
    Count,
    Facts,
    FocusFact,
    ListingFact,
    OperationFact,
    Series,
    StaffingFact,
)
from daybreak.vocabulary.substances import substance as named

HEALTH_KINDS = ("overdose", "ed-visit", "naloxone")


class NoBrief(Exception):
    """The viewer may not read briefs, or belongs to no agency."""


def facts_for(viewer: Viewer, *, as_of: date, before: date, made_at: datetime) -> Facts:
    """Everything that a brief for this viewer says. Raises NoBrief, and ValueError where ``before`` is not before ``as_of``."""
    if viewer.agency_id is None or not viewer.may("see-brief") or not viewer.may("see-ledger"):
        raise NoBrief
    if as_of > made_at.astimezone(local_zone()).date():
        raise ValueError("The day of a brief must not lie in the future.")
    if before >= as_of:
        raise ValueError("The day to compare with must be before the day of the brief.")
    own = Agency.objects.get(pk=viewer.agency_id)
    earlier = _facts(Known(viewer, before, made_at), own, before)
    return replace(_facts(Known(viewer, as_of, made_at), own, before), earlier=earlier)


def _facts(known: Known, own: Agency, before: date) -> Facts:
    published = figures(known.viewer, as_of=known.moment)
    place = _place(published, own)
    operations = operations_known(known, place=place)
    focus = next((one.substance for one in operations if one.substance and one.ended_on is None), "")
    series = [
        one
        for kind in ("arrest", "death", "complaint")
        for one in series_of(known, kind=kind, substance=focus, place=place)
    ]
    series += [one for kind in HEALTH_KINDS for one in series_of(known, kind=kind, substance="", place=place)]
    whole = series_of(known, kind="death", substance="", place=place) if focus else []
    return Facts(
        as_of=known.day,
        before=before,
        agency=own.name,
        place=place,
        synthetic=own.synthetic,
        substance=focus,
        members=tuple(_members(known)),
        series=tuple(series),
        operations=tuple(operations),
        figures=tuple(_published(one) for one in published),
        conflicts=tuple(_conflicts(published, [*series, *whole], operations)),
        withheld=tuple(withheld_of(known, kinds=HEALTH_KINDS)),
        staffing=_staffing(known),
        listings=tuple(_listings(known.day)),
    )


def _place(published: list[Figure], own: Agency) -> str:
    """The place that the own agency's figures name most often; else its jurisdiction."""
    named_by: dict[str, int] = defaultdict(int)
    for figure in published:
        named_by[figure.place] += 1
    return max(sorted(named_by), key=lambda place: named_by[place], default=own.jurisdiction)


def _members(known: Known) -> Iterable[str]:
    """The agencies that gave or received something under an agreement in force on the day, by name."""
    held = Agreement.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=known.day),
        Q(withdrawn_at=None) | Q(withdrawn_at__gt=known.moment),
        starts_on__lte=known.day,
    )
    pairs = held.values_list("giver", "receiver")
    return (
        Agency.objects.filter(pk__in={one for pair in pairs for one in pair})
        .order_by("name")
        .values_list("name", flat=True)
    )


def _published(figure: Figure) -> Count:
    return Count(as_compared(figure), "published", source=figure.source, note=figure.note)


def _conflicts(
    published: list[Figure], series: Iterable[Series], operations: Iterable[OperationFact]
) -> list[Conflict]:
    """Published numbers of one measure and period that differ from each other or from the ledger, the newest period first."""
    groups: dict[tuple[object, ...], list[Count]] = defaultdict(list)
    for said in published:
        noted = _published(said)
        groups[_measure(noted.figure)].append(noted)
    for count in [count for one in series for count in one.counts]:
        if _measure(count.figure) in groups:
            groups[_measure(count.figure)].append(count)
    for operation in operations:
        for key, held in groups.items():
            arrests = operation.arrests
            if arrests and key[:2] == ("arrest", "events") and key[3] == operation.name:
                held += [arrests] if arrests.figure.until == held[0].figure.until else []
    found = []
    for held in groups.values():
        reasons = _reasons(held)
        if len({one.figure.value for one in held}) > 1:
            figure = held[0].figure
            found.append(
                Conflict(
                    figure.kind,
                    figure.statistic,
                    figure.substance,
                    figure.operation,
                    figure.since,
                    figure.until,
                    tuple(held),
                    reasons,
                )
            )
    return sorted(
        found, key=lambda one: (-one.until.toordinal(), -one.since.toordinal(), one.kind, one.substance)
    )


def _measure(figure: comparisons.Figure) -> tuple[object, ...]:
    return (
        figure.kind, figure.statistic, figure.substance, figure.operation, figure.place, figure.since, figure.until,
    )  # fmt: skip


def _reasons(held: list[Count]) -> tuple[str, ...]:
    """Why they differ, as far as the numbers themselves say it."""
    published = [one for one in held if one.origin == "published"]
    agencies = {one.figure.agency for one in held}
    found = []
    if len(agencies) > 1:
        found.append("other-agency")
    if len({one.figure.definition for one in published}) > 1:
        found.append("other-definition")
    by_agency: dict[str, set[Decimal]] = defaultdict(set)
    for one in published:
        by_agency[one.figure.agency].add(one.figure.value)
    if any(len(values) > 1 for values in by_agency.values()):
        found.append("revised")
    if len(published) < len(held) and len({one.figure.value for one in held}) > 1:
        found.append("ledger-open")
    return tuple(found)


def _staffing(known: Known) -> StaffingFact | None:
    since = date(known.day.year, 1, 1)
    held = staffing(known.viewer, since=since, until=known.day, as_of=known.moment)
    if held is None or not held.assignments:
        return None
    focuses = [
        FocusFact(
            one.operation.name if one.operation else named(one.substance).name if one.substance else one.area,
            one.posts,
            one.hours,
        )
        for one in held.focuses
    ]
    given = tuple((one.unit, one.hours) for one in held.given_up)
    return StaffingFact(since, known.day, tuple(focuses), given, held.new_hours)


def _listings(day: date) -> list[ListingFact]:
    """Each list of treatment places in the edition that was in force on the day; lists that are younger did not exist."""
    newest: dict[str, Source] = {}
    for source in Source.objects.filter(as_of__lte=day).order_by("as_of", "slug"):
        newest[source.family] = source
    places = dict(
        Record.objects.filter(
            source__in=list(newest.values()),
            location__addresses__state_province__iexact=settings.DAYBREAK_STATE,
        )
        .values_list("source")
        .annotate(n=Number("location", distinct=True))
        .values_list("source", "n")
    )
    return [
        ListingFact(source.title, source.as_of, places[source.pk])
        for source in sorted(newest.values(), key=lambda one: (-one.as_of.toordinal(), one.title))
        if places.get(source.pk)
    ]
