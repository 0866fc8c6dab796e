"""The shapes that pages are drawn from: plain values, already in the reader's language where they are words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple


@dataclass(frozen=True, slots=True)
class Stated:
    """One fact on a card. ``answer`` is "yes", "ask" (not stated) or "no"; ``year`` is when the source said so, 0 = never."""

    need: str
    label: str
    answer: str
    year: int = 0
    said: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Number:
    """One phone number. ``href`` is a tel: address only while somebody confirmed it within a year; otherwise ""."""

    shown: str
    kind: str
    year: int
    href: str = ""


@dataclass(frozen=True, slots=True)
class Helpline:
    """The line to call where no number of a listing can be trusted."""

    name: str
    shown: str
    href: str


@dataclass(frozen=True, slots=True)
class Card:
    """One listing in a list. ``tier`` 0 = can take you now, 1 = yes to all, 2 = ask.

    ``about``: the point is the middle of its ZIP area, so the miles are about right.
    ``call`` is the one action: a confirmed number, else None and ``helpline`` is the action. ``checked_year`` 0 = never.
    """

    id: str
    url: str
    name: str
    program: str
    street: str
    city: str
    state: str
    zip: str
    county: str
    miles: float | None
    about: bool
    tier: int
    facts: tuple[Stated, ...]
    listed_year: int
    call: Number | None
    helpline: Helpline
    opening: str = ""
    position: int = 0
    latitude: float | None = None
    longitude: float | None = None


class Option(NamedTuple):
    """One box of a facet: how many listings it would give, and whether it is ticked."""

    need: str
    label: str
    listings: int
    on: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """One group of boxes; ``open`` where something in it is ticked or it stands first."""

    group: str
    label: str
    options: tuple[Option, ...]
    open: bool


@dataclass(frozen=True, slots=True)
class Chip:
    """One thing that was understood and can be removed. ``kind``: need, not, place, name.

    ``said`` are the person's own words where the label differs from them ("suboxon" → Buprenorphine).
    """

    kind: str
    label: str
    remove_url: str
    said: str = ""


@dataclass(frozen=True, slots=True)
class NearMissLine:
    """One way to get more: ``kind`` and ``change`` as the finder says them; ``label`` names the condition; ``url`` does it."""

    kind: str
    change: str
    label: str
    more: int
    url: str
    radius: int = 0


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several places with a name, or a near spelling, as a link."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Results:
    """Everything the result page shows.

    ``state``: "found" (``total`` listings), "ask-place" (``choices``), "unknown-place" (``choices`` are near spellings).
    ``fields`` are the hidden and shown form values that carry the search: name → list of values. ``data_query`` asks
    the same of /api/find, ``feed_query`` of /find.atom.
    """

    state: str
    total: int = 0
    asked_total: int = 0
    cards: tuple[Card, ...] = ()
    facets: tuple[Facet, ...] = ()
    chips: tuple[Chip, ...] = ()
    near: tuple[NearMissLine, ...] = ()
    place_label: str = ""
    place_kind: str = ""
    other_places: tuple[Choice, ...] = ()
    choices: tuple[Choice, ...] = ()
    not_understood: tuple[str, ...] = ()
    radius: int = 0
    radius_choices: tuple[int, ...] = ()
    page: int = 1
    pages: int = 1
    previous_url: str = ""
    next_url: str = ""
    map_url: str = ""
    data_query: str = ""
    feed_query: str = ""
    fields: dict[str, list[str]] = field(default_factory=dict)
    helpline: Helpline | None = None


@dataclass(frozen=True, slots=True)
class ServiceView:
    """One service of a listing: its facts by group label, in order; ``unstated`` are the labels nobody stated, by group."""

    name: str
    groups: tuple[tuple[str, tuple[Stated, ...]], ...]
    listed_year: int
    alert: str = ""
    opening: str = ""


@dataclass(frozen=True, slots=True)
class ListingView:
    """One listing whole, for its own page. ``directions_url`` is a map address of another site, opened only by a click."""

    id: str
    name: str
    program: str
    street: str
    street_2: str
    city: str
    state: str
    zip: str
    county: str
    website: str
    website_year: int
    services: tuple[ServiceView, ...]
    ask_first: tuple[str, ...]
    numbers: tuple[Number, ...]
    call: Number | None
    helpline: Helpline
    sources: tuple[tuple[str, int, int], ...]
    listed_year: int
    directions_url: str
    map_url: str
    extra: dict[str, Any] = field(default_factory=dict)
