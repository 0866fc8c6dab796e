"""What somebody asks of the ledger, and how a source is narrowed to it: by what the viewer sees, never by what is hidden."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from daybreak.events.models import Charge, Event, Exhibit, Mention, Operation
from daybreak.events.queries.visibility import Source
from daybreak.vocabulary.precision import PLACES, end_of, start_of
from daybreak.vocabulary.substances import within


@dataclass(frozen=True, slots=True)
class Asked:
    """Filters of the ledger; "" and None = everything. ``since`` and ``until`` are local days, both within.

    ``substance`` means it and every narrower one. ``operation`` is a slug. ``words`` are looked for in blocks and charges.
    ``as_of``: as the ledger stood at that moment; None = now.
    """

    kinds: tuple[str, ...] = ()
    agency: str = ""
    since: date | None = None
    until: date | None = None
    substance: str = ""
    zip: str = ""
    county: str = ""
    operation: str = ""
    fatal: bool | None = None
    certainty: str = ""
    words: str = ""
    as_of: datetime | None = None


def present(as_of: datetime | None) -> Q:
    """The versions that stood at a moment: those known by then and not replaced until later."""
    if as_of is None:
        return Q(known_until=None)
    return Q(known_from__lte=as_of) & (Q(known_until=None) | Q(known_until__gt=as_of))


def narrowed(source: Source, asked: Asked) -> QuerySet[Event] | None:
    """The source's events that answer what is asked; None where the viewer sees too little of the source to say.

    A filter on something that is hidden finds nothing: else it would tell what it hides.
    """
    if (asked.kinds and source.kind not in asked.kinds) or asked.agency not in {"", source.agency}:
        return None
    if not _answers(source, asked):
        return None
    rows = Event.objects.filter(present(asked.as_of), feed=source.feed_id, kind=source.kind)
    since, until = shown_days(source, asked.since, asked.until)
    if since:
        rows = rows.filter(occurred_on__gte=since)
    if until:
        rows = rows.filter(occurred_on__lte=until)
    exact: dict[str, object] = {
        name: getattr(asked, name)
        for name in ("zip", "county", "certainty", "fatal")
        if getattr(asked, name) not in {"", None}
    }
    rows = rows.filter(**exact)
    if asked.operation:
        named = Operation.objects.filter(agency=source.agency_id, slug=asked.operation)
        number = named.values_list("pk", flat=True).first()
        rows = rows.filter(operation=number) if number is not None else rows.none()
    if asked.substance:
        rows = rows.filter(_names(source, asked.substance))
    for word in asked.words.split():
        rows = rows.filter(_says(source, word))
    return rows


def shown_days(source: Source, since: date | None, until: date | None) -> tuple[date | None, date | None]:
    """The days to look at, so that a row is found by the day that is shown of it, which is the first of its period."""
    if source.is_coarse:
        if since is not None and start_of(since, source.time) != since:
            since = end_of(since, source.time) + timedelta(days=1)
        until = until and end_of(until, source.time)
    return since, until


def _answers(source: Source, asked: Asked) -> bool:
    """Whether every filter asks for something that the viewer sees in this source."""
    finest = PLACES.index(source.place)
    return not (
        (asked.zip and finest > PLACES.index("zip"))
        or (asked.county and finest > PLACES.index("county"))
        or (asked.substance and not _shows_substances(source))
        or (asked.operation and not source.shows("operation"))
        or (asked.fatal is not None and not source.shows("fatal"))
        or (asked.certainty and not source.shows("certainty"))
        or (asked.words and not (source.place == "block" or source.shows("charges")))
    )


def _shows_substances(source: Source) -> bool:
    return source.shows("exhibits" if source.kind == "seizure" else "substances")


def _names(source: Source, substance: str) -> Q:
    """The events that name the substance; a seizure names what its exhibits are."""
    slugs = sorted(within(substance))
    if source.kind == "seizure":
        return Q(Exists(Exhibit.objects.filter(event=OuterRef("pk"), substance__in=slugs)))
    seen = Mention.objects.filter(event=OuterRef("pk"), substance__in=slugs).exclude(standing="ruled-out")
    return Q(Exists(seen))


def _says(source: Source, word: str) -> Q:
    found = Q(pk__in=[])
    if source.place == "block":
        found |= Q(block__icontains=word)
    if source.shows("charges") and source.kind == "arrest":
        charge = Charge.objects.filter(event=OuterRef("pk"))
        found |= Q(Exists(charge.filter(Q(statute__icontains=word) | Q(offense__icontains=word))))
    return found
