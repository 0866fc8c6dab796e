"""A seeded random directory in the shape of the national one, of any size, and questions to it."""

from __future__ import annotations

import uuid
from dataclasses import replace

import numpy as np

from daybreak.finder.listings import Listings
from daybreak.finder.query import Condition, InCounty, InState, Near, Place, Query

SEED = 2015
GROUP_SIZES = (6, 9, 8, 14, 12, 5, 10, 7, 9, 10)
CODES = 300
NOW_MINUTES, TODAY_DAYS = 29_800_000, 20_694
TOWNS = 400
WORDS = [
    "hope",
    "new",
    "dawn",
    "center",
    "recovery",
    "house",
    "mary",
    "behavioral",
    "health",
    "county",
    "clinic",
]
STATES = [f"{a}{b}" for a in "ABCDEFG" for b in "KLMNOPQR"][:52]
_BLOCK = 65_536


def directory(n: int, rng: np.random.Generator) -> Listings:
    """n listings around 400 towns, 1 to 3 services each, about 15 needs and 45 codes stated per service."""
    towns = np.column_stack([rng.uniform(25, 48, TOWNS), rng.uniform(-123, -68, TOWNS)])
    weight = rng.pareto(1.1, TOWNS) + 0.2
    town = rng.choice(TOWNS, n, p=weight / weight.sum())
    latitude = towns[town, 0] + rng.normal(0, 0.15, n)
    longitude = towns[town, 1] + rng.normal(0, 0.2, n)
    missing = rng.random(n) < 0.01
    latitude[missing], longitude[missing] = np.nan, np.nan
    states = [STATES[t % len(STATES)] for t in town]
    service_listing = np.repeat(np.arange(n), rng.choice([1, 2, 3], n, p=[0.7, 0.2, 0.1])).astype(np.int32)
    m = len(service_listing)
    needs = [f"need-{at}" for at in range(sum(GROUP_SIZES))]
    starts = np.cumsum((0, *GROUP_SIZES))
    common = np.concatenate([rng.beta(0.6, 3.0, len(needs)), rng.beta(0.5, 2.8, CODES)]).astype(np.float32)
    yes, no = _statements(m, common, rng)
    made_up = rng.choice(WORDS, (n, 4))
    rare = rng.choice([f"{a}{b}" for a in WORDS for b in range(400)], n)
    return Listings(
        ids=[str(uuid.UUID(bytes=rng.bytes(16))) for _ in range(n)],
        latitude=latitude,
        longitude=longitude,
        counties=[f"{state}/Town {t}" for state, t in zip(states, town, strict=True)],
        states=states,
        names=[" ".join((*words, last)) for words, last in zip(made_up.tolist(), rare.tolist(), strict=True)],
        payloads=[b"{}"] * n,
        service_listing=service_listing,
        service_checked_days=rng.integers(TODAY_DAYS - 4000, TODAY_DAYS, m).astype(np.int32),
        service_open_until=np.where(rng.random(m) < 0.02, NOW_MINUTES + 600, 0),
        columns=[*needs, *(f"C{at}" for at in range(CODES))],
        groups={f"group-{g}": needs[starts[g] : starts[g + 1]] for g in range(len(GROUP_SIZES))},
        yes=yes,
        no=no,
    )


def _statements(m: int, common: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of yes and no, drawn in blocks so that memory stays flat."""
    yes, no = [], []
    for first in range(0, m, _BLOCK):
        draw = rng.random((min(_BLOCK, m - first), len(common)), np.float32)
        for said, flags in ((yes, draw < common), (no, (draw > 0.9) & (draw >= common))):
            pairs = np.argwhere(flags).astype(np.int32)
            pairs[:, 0] += first
            said.append(pairs)
    return np.concatenate(yes), np.concatenate(no)


def first_of(listings: Listings, n: int) -> Listings:
    """The first ``n`` listings, whose services come first too."""
    m = int(np.searchsorted(listings.service_listing, n))
    return replace(
        listings,
        **{
            name: getattr(listings, name)[:n]
            for name in ("ids", "latitude", "longitude", "counties", "states", "names", "payloads")
        },
        **{
            name: getattr(listings, name)[:m]
            for name in ("service_listing", "service_checked_days", "service_open_until")
        },
        **{
            name: getattr(listings, name)[: np.searchsorted(getattr(listings, name)[:, 0], m)]
            for name in ("yes", "no")
        },
    )


def questions(listings: Listings, count: int, rng: np.random.Generator) -> list[Query]:
    """Half near a listing, the rest by county, by state and anywhere; 0 to 5 conditions, 1 in 6 with name words.

    No two are the same.
    """
    located = np.flatnonzero(~np.isnan(listings.latitude))
    asked: dict[Query, None] = {}
    while len(asked) < count:
        at = int(located[rng.integers(len(located))])
        origin = (float(listings.latitude[at]) + 0.01, float(listings.longitude[at]))
        kind = rng.random()
        place: Place | None = None
        if kind < 0.5:
            place = Near(*origin, float(rng.choice([10, 25, 25, 50, 100, 250, 500])))
        elif kind < 0.65:
            place = InCounty(listings.counties[at])
        elif kind < 0.8:
            place = InState(listings.states[at])
        conditions = []
        for _ in range(int(rng.integers(0, 6))):
            # Three times out of four a person picks within one group; else by code.
            pool = list(listings.groups.values())[int(rng.integers(len(listings.groups)))]
            names = pool if rng.random() < 0.75 else listings.columns[-CODES:]
            needs = rng.choice(names, int(rng.integers(1, 4)), replace=False).tolist()
            conditions.append(Condition(tuple(needs), bool(rng.random() < 0.3)))
        query = Query(
            conditions=tuple(conditions),
            excluded=tuple(rng.choice(listings.columns, int(rng.random() < 0.2)).tolist()),
            place=place,
            origin=origin if rng.random() < 0.7 else None,
            name_words=(str(rng.choice(WORDS))[:3],) if rng.random() < 1 / 6 else (),
            now_minutes=NOW_MINUTES,
            today_days=TODAY_DAYS,
        )
        asked[query] = None
    return list(asked)
