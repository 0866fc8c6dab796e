"""Random directories and questions for the finder's tests."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import numpy as np
from hypothesis import strategies as st

from daybreak.finder.listings import Listings
from daybreak.finder.query import Condition, InCounty, InState, Near, Place, Query

GROUPS = {
    "kind": ["detox", "residential", "outpatient"],
    "medication": ["methadone", "buprenorphine"],
    # "detox" stands in two groups on purpose.
    "setting": ["hospital", "detox"],
    "empty": [],
}
COLUMNS = [
    "BU",
    "detox",
    "methadone",
    "residential",
    "hospital",
    "outpatient",
    "buprenorphine",
    "smoking",
    "OTP",
]
COUNTIES = ["KY/Fayette", "KY/Clark", "TN/Clark", "AK/Aleutians West"]
STATES = ["KY", "TN", "AK"]
NAMES = [
    "Hope House",
    "Hôpe Center",
    "St. Joseph's Recovery",
    "New Dawn",
    "Newport Clinic",
    "Straße Ward",
    "--",
]
PREFIXES = ["hope", "HOPE", "ho", "new", "st", "joseph’s", "Strasse", "clinic", "New Dawn", "zzz", "?", "é"]
NOW_MINUTES, TODAY_DAYS = 29_000_000, 20_138

# Clustered so that circles hold something, with both sides of 180 degrees, a pole, an antipode and repeats.
CENTERS = [(38.04, -84.5), (51.88, -179.95), (51.88, 179.95), (89.9, 10.0), (-38.04, 95.5), (0.0, 0.0)]


@st.composite
def points(draw: st.DrawFn) -> tuple[float, float]:
    latitude, longitude = draw(st.sampled_from(CENTERS))
    nudges = st.sampled_from([0.0, 0.0, 0.03, -0.07, 0.4, -0.9, 2.5])
    # A long tail of digits keeps a point off the rim of any circle.
    tail = draw(st.integers(0, 50)) * 1.2345678e-5
    latitude = min(max(latitude + draw(nudges) + tail, -90.0), 90.0)
    longitude = longitude + draw(nudges) + tail
    return latitude, (longitude + 180.0) % 360.0 - 180.0


@st.composite
def directories(draw: st.DrawFn, *, largest: int = 12) -> Listings:
    n = draw(st.integers(0, largest))
    seeds = draw(st.lists(st.integers(1, 2**128 - 1), min_size=n, max_size=n, unique=True))
    located = [draw(st.none() | points()) for _ in range(n)]
    nowhere = (float("nan"), float("nan"))
    counties = [draw(st.sampled_from(["", *COUNTIES])) for _ in range(n)]
    states = [county[:2] or draw(st.sampled_from(["", *STATES])) for county in counties]
    owners = draw(
        st.lists(st.integers(0, n - 1), max_size=n).flatmap(lambda more: st.permutations([*range(n), *more]))
        if n
        else st.just([])
    )
    m = len(owners)
    # 0 and 1 are not stated, 2 yes, 3 no.
    said = [draw(st.integers(0, 4 ** len(COLUMNS) - 1)) for _ in range(m)]
    stated = [[(code >> (2 * at)) & 3 for at in range(len(COLUMNS))] for code in said]
    days = st.sampled_from([-1, 0, TODAY_DAYS + 5, TODAY_DAYS, TODAY_DAYS - 400, TODAY_DAYS - 3000, 15_000])
    until = st.sampled_from([0, 0, NOW_MINUTES - 1, NOW_MINUTES, NOW_MINUTES + 60])
    return Listings(
        ids=[str(uuid.UUID(int=seed)) for seed in seeds],
        latitude=np.array([(point or nowhere)[0] for point in located]),
        longitude=np.array([(point or nowhere)[1] for point in located]),
        counties=counties,
        states=states,
        names=[draw(st.sampled_from(NAMES)) for _ in range(n)],
        payloads=[draw(st.binary(max_size=4)) for _ in range(n)],
        service_listing=np.array(owners, np.int32),
        service_checked_days=np.array([draw(days) for _ in range(m)], np.int32),
        service_open_until=np.array([draw(until) for _ in range(m)], np.int64),
        columns=COLUMNS,
        groups=GROUPS,
        yes=np.array([(s, c) for s in range(m) for c in range(len(COLUMNS)) if stated[s][c] == 2], np.int32),
        no=np.array([(s, c) for s in range(m) for c in range(len(COLUMNS)) if stated[s][c] == 3], np.int32),
    )


def places() -> st.SearchStrategy[Place | None]:
    near = st.builds(
        lambda point, radius: Near(point[0], point[1], radius),
        points(),
        st.sampled_from([0.5, 5.0, 25.0, 60.0, 100.0, 300.0, 500.0]),
    )
    return st.one_of(
        st.none(),
        near,
        near,
        st.sampled_from([*COUNTIES, "KY/Robertson", "WY/Teton"]).map(InCounty),
        st.sampled_from([*STATES, "WY"]).map(InState),
    )


def questions() -> st.SearchStrategy[Query]:
    condition = st.builds(
        Condition,
        st.lists(st.sampled_from(COLUMNS), min_size=1, max_size=3).map(tuple),
        st.booleans(),
    )
    return st.builds(
        Query,
        conditions=st.lists(condition, max_size=4).map(tuple),
        excluded=st.lists(st.sampled_from(COLUMNS), max_size=2).map(tuple),
        place=places(),
        origin=st.none() | points(),
        name_words=st.lists(st.sampled_from(PREFIXES), max_size=2).map(tuple),
        now_minutes=st.just(NOW_MINUTES),
        today_days=st.just(TODAY_DAYS),
    )


def seeded_directory(n: int, seed: int, *, services: Sequence[int] = ()) -> Listings:
    """A directory too large for Hypothesis: many words of services, and more hits than a byte counts.

    ``services`` says how many each listing has; without it, about half of them have another one.
    """
    rng = np.random.default_rng(seed)
    counties = rng.choice(COUNTIES, n).tolist()
    owners = rng.permutation(np.concatenate([np.arange(n), rng.integers(0, n, n // 2)]))
    if services:
        owners = rng.permutation(np.repeat(np.arange(n), services))
    said = rng.integers(0, 4, (len(owners), len(COLUMNS)))
    latitude, longitude = rng.normal(38.04, 0.8, n), (rng.normal(180.0, 0.8, n) + 180.0) % 360.0 - 180.0
    latitude[::50], longitude[::50] = np.nan, np.nan
    return Listings(
        ids=[str(uuid.UUID(bytes=rng.bytes(16))) for _ in range(n)],
        latitude=latitude,
        longitude=longitude,
        counties=counties,
        states=[county[:2] for county in counties],
        names=rng.choice(NAMES, n).tolist(),
        payloads=[bytes([at % 256]) for at in range(n)],
        service_listing=owners.astype(np.int32),
        service_checked_days=rng.integers(TODAY_DAYS - 5, TODAY_DAYS, len(owners)),
        service_open_until=rng.choice([0, NOW_MINUTES - 1, NOW_MINUTES], len(owners)),
        columns=COLUMNS,
        groups=GROUPS,
        yes=np.argwhere(said == 2),
        no=np.argwhere(said == 3),
    )
