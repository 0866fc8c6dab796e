"""What a person can ask the finder, and what it answers: plain values, no arrays."""

from __future__ import annotations

from dataclasses import dataclass, field

MAX_CONDITIONS = 24
MAX_RADIUS_MILES = 500.0


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that one service of a listing must offer: at least one of ``needs`` (OR).

    ``needs`` are column names of the index: our own need names or taxonomy codes.
    ``admit_unstated``: a service that states neither yes nor no to every need still passes,
    and its listing is labelled *ask*. A stated no never passes by this door.
    """

    needs: tuple[str, ...]
    admit_unstated: bool = False


@dataclass(frozen=True, slots=True)
class Near:
    """Within ``radius_miles`` (statute miles, great circle) of a point in degrees, WGS 84."""

    latitude: float
    longitude: float
    radius_miles: float


@dataclass(frozen=True, slots=True)
class InCounty:
    """In one county; ``county`` is the index's county key, "KY/Fayette"."""

    county: str


@dataclass(frozen=True, slots=True)
class InState:
    """In one state or territory, by its two-letter postal code."""

    state: str


Place = Near | InCounty | InState


@dataclass(frozen=True, slots=True)
class Query:
    """One question to the index.

    A listing matches when ONE of its services meets every condition, states yes to none of
    ``excluded``, and the listing lies in ``place`` (None = anywhere).
    ``name_words``: every word must begin a word of the listing's names (AND, prefixes, folded case and accents).
    ``now_minutes``: the moment of asking in whole minutes since 1970-01-01 UTC; openings that
    expired before it do not count. ``today_days``: the same moment in days since 1970-01-01.
    """

    conditions: tuple[Condition, ...] = ()
    excluded: tuple[str, ...] = ()
    place: Place | None = None
    origin: tuple[float, float] | None = None
    name_words: tuple[str, ...] = ()
    now_minutes: int = 0
    today_days: int = 0


@dataclass(frozen=True, slots=True)
class Hit:
    """One listing in the answer, in order.

    ``row`` is the index row; ``tier`` 0 = can take you now, 1 = yes to all, 2 = something not stated.
    ``miles`` is None where the question names no point (``place`` is Near, or ``origin`` is given: a county
    search from a ZIP can still say how far).
    ``service`` is the index row of the service that was matched; ``unstated`` are the conditions
    (positions in ``Query.conditions``) that this service does not state: *ask*.
    """

    row: int
    listing_id: str
    service: int
    tier: int
    miles: float | None
    age_years: float
    unstated: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class NearMiss:
    """How many more listings match if exactly one thing gives way.

    ``kind``: "condition" (``position`` in Query.conditions), "excluded" (position in Query.excluded), "place" or "name".
    ``change``: "drop" (the condition is lifted), "admit-unstated" (a service that does not say passes),
    "radius" (``radius_miles`` is the wider circle), "state" (the county's whole state), "anywhere".
    ``more``: listings that this adds to the present total; only changes that add at least one are given.
    """

    kind: str
    position: int
    change: str
    more: int
    radius_miles: float | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the finder says to one Query.

    ``total`` listings match; ``hits`` is the asked page of them, in order. ``facets[group][need]`` counts listings that
    would match with that group's own conditions lifted and ``need`` required: a condition belongs to a group when
    every one of its needs does; codes belong to no group. Counts are exact; zeros are included.
    """

    total: int
    hits: tuple[Hit, ...]
    facets: dict[str, dict[str, int]] = field(default_factory=dict)
    near_misses: tuple[NearMiss, ...] = ()
    unstated_total: int = 0
