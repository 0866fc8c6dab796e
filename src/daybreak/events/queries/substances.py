"""Substances over time: which are named most, month by month, and the lag between one that falls and one that rises."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.db.models import Sum

from daybreak.accounts.viewers import Viewer
from daybreak.events.models import Tally
from daybreak.events.queries.counting import Series, Window, countable, nests, series
from daybreak.events.rules.lag import Lag, NotMeasurable, lag_between
from daybreak.vocabulary.substances import ancestors, narrower

SEED = 20130308


@dataclass(frozen=True, slots=True)
class Named:
    """A substance and how many events of the window name it."""

    substance: str
    events: int


def most_named(viewer: Viewer, *, kind: str, window: Window, agency: str, most: int = 8) -> list[Named]:
    """The substances that an agency's events of a kind name most often; an event may stand under several.

    A wider substance ("prescription opioid") counts each event once. It is left out where one narrower substance says the same,
    and a whole class ("any opioid") where two of it are named, since it would only repeat them on one scale.
    """
    ours = [
        one
        for one in countable(viewer, kind)
        if one.agency == agency and one.shows("exhibits" if kind == "seizure" else "substances")
        and nests(one.time, window.period)
    ]  # fmt: skip
    rows = (
        Tally.objects.filter(
            kind=kind,
            substance__in=_named(kind),
            feed__in=[one.feed_id for one in ours],
            on__range=(window.starts[0], window.until),
        )
        .order_by()
        .values_list("substance")
        .annotate(n=Sum("events"))
        .order_by("-n", "substance")
    )
    counted = dict(rows)
    return [Named(slug, number) for slug, number in counted.items() if not _repeats(slug, counted)][:most]


def _repeats(slug: str, counted: Mapping[str, int]) -> bool:
    named = narrower(slug) & counted.keys()
    same = any(counted[other] == counted[slug] for other in named)
    return same or (len(named) > 1 and not ancestors(slug))


def _named(kind: str) -> list[str]:
    """Every substance that events of a kind name: one look at an index each, since they are few and tallies many."""
    found: list[str] = []
    last = ""
    while True:
        rows = Tally.objects.filter(kind=kind, substance__gt=last).order_by("substance")
        following = rows.values_list("substance", flat=True).first()
        if following is None:
            return found
        found.append(following)
        last = following


def measured_lag(
    viewer: Viewer, *, kind: str, agency: str, falling: str, rising: str, window: Window, at: datetime
) -> Lag | NotMeasurable:
    """The lag between two substances of one agency's months; months that are not reported, or still run, are cut off."""
    both = series(viewer, kind=kind, window=window, at=at, substances=(falling, rising), agency=agency)
    if len(both) != 2:
        return NotMeasurable("too-short")
    down, up = _complete(both[0], both[1])
    return _lag(down, up)


def _complete(one: Series, other: Series) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The months for which both were reported whole, from the first to the last of them without a gap."""
    kept: list[tuple[int, int]] = []
    end = len(one.starts) - max(one.incomplete, other.incomplete)
    for first, second in zip(one.counts[:end], other.counts[:end], strict=True):
        if first is None or second is None:
            if kept:
                break
            continue
        kept.append((first, second))
    return tuple(pair[0] for pair in kept), tuple(pair[1] for pair in kept)


@lru_cache(maxsize=256)
def _lag(falling: tuple[int, ...], rising: tuple[int, ...]) -> Lag | NotMeasurable:
    """The bootstrap takes some time and the same counts give the same answer."""
    return lag_between(falling, rising, seed=SEED)
