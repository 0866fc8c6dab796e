"""Times the finder on a seeded random directory shaped like the national one, beside SQLite FTS5 + R*Tree.

Run: python bench/finder.py [--listings 12000] [--queries 2000] [--peer-queries 200]
"""

from __future__ import annotations

import argparse
import math
import sqlite3
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path

import numpy as np

from daybreak.finder._kernels import EARTH_RADIUS_MILES
from daybreak.finder.generations import Finder, publish
from daybreak.finder.index import Index, _transposed, build
from daybreak.finder.listings import Listings
from daybreak.finder.query import Condition, InCounty, InState, Near, Place, Query
from daybreak.finder.search import search
from daybreak.finder.warm import warm

SEED = 2015
GROUP_SIZES = (6, 9, 8, 14, 12, 5, 10, 7, 9, 10)
CODES = 300
NOW_MINUTES, TODAY_DAYS = 29_800_000, 20_694
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


def directory(n: int, rng: np.random.Generator) -> Listings:
    """n listings around 400 towns, 1 to 3 services each, about 9 needs and 45 codes stated per service."""
    towns = np.column_stack([rng.uniform(25, 48, 400), rng.uniform(-123, -68, 400)])
    weight = rng.pareto(1.1, 400) + 0.2
    town = rng.choice(400, n, p=weight / weight.sum())
    latitude = towns[town, 0] + rng.normal(0, 0.15, n)
    longitude = towns[town, 1] + rng.normal(0, 0.2, n)
    missing = rng.random(n) < 0.01
    latitude[missing], longitude[missing] = np.nan, np.nan
    states = [STATES[t % len(STATES)] for t in town]
    service_listing = np.repeat(np.arange(n), rng.choice([1, 2, 3], n, p=[0.7, 0.2, 0.1])).astype(np.int32)
    m = len(service_listing)
    needs = [f"need-{at}" for at in range(sum(GROUP_SIZES))]
    starts = np.cumsum((0, *GROUP_SIZES))
    k = len(needs) + CODES
    common = np.concatenate([rng.beta(0.6, 3.0, len(needs)), rng.beta(0.5, 2.8, CODES)])
    draw = rng.random((m, k), np.float32)
    made_up = rng.choice(WORDS, (n, 4))
    rare = rng.choice([f"{a}{b}" for a in WORDS for b in range(400)], n)
    return Listings(
        ids=[str(uuid.UUID(bytes=rng.bytes(16))) for _ in range(n)],
        latitude=latitude,
        longitude=longitude,
        counties=[f"{state}/Town {t}" for state, t in zip(states, town, strict=True)],
        states=states,
        names=[" ".join((*words, last)) for words, last in zip(made_up.tolist(), rare.tolist(), strict=True)],
        payloads=[bytes(1_500)] * n,
        service_listing=service_listing,
        service_checked_days=rng.integers(TODAY_DAYS - 4000, TODAY_DAYS, m).astype(np.int32),
        service_open_until=np.where(rng.random(m) < 0.02, NOW_MINUTES + 600, 0),
        columns=[*needs, *(f"C{at}" for at in range(CODES))],
        groups={f"group-{g}": needs[starts[g] : starts[g + 1]] for g in range(len(GROUP_SIZES))},
        yes=np.argwhere(draw < common).astype(np.int32),
        no=np.argwhere((draw > 0.9) & (draw >= common)).astype(np.int32),
    )


def questions(listings: Listings, count: int, rng: np.random.Generator) -> list[Query]:
    """Half near a listing, the rest by county, by state and anywhere; 0 to 5 conditions, 1 in 6 with name words."""
    located = np.flatnonzero(~np.isnan(listings.latitude))
    asked = []
    for _ in range(count):
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
        asked.append(
            Query(
                conditions=tuple(conditions),
                excluded=tuple(rng.choice(listings.columns, int(rng.random() < 0.2)).tolist()),
                place=place,
                origin=origin if rng.random() < 0.7 else None,
                name_words=(str(rng.choice(WORDS))[:3],) if rng.random() < 1 / 6 else (),
                now_minutes=NOW_MINUTES,
                today_days=TODAY_DAYS,
            )
        )
    return asked


class Peer:
    """SQLite with an R*Tree of points, FTS5 of names and bit words per service: total and first page only."""

    def __init__(self, index: Index, listings: Listings, path: Path) -> None:
        self.index = index
        self.db = sqlite3.connect(path)
        bits = ", ".join(f"yes{w} INTEGER, no{w} INTEGER" for w in range(-(-len(index.slots) // 64)))
        self.db.executescript(
            "CREATE VIRTUAL TABLE box USING rtree(id, south, north, west, east);"
            "CREATE VIRTUAL TABLE named USING fts5(words, prefix='3');"
            "CREATE TABLE listing(id INTEGER PRIMARY KEY, uid, county, state, x, y, z);"
            f"CREATE TABLE service(id INTEGER PRIMARY KEY, listing INTEGER, checked, open, {bits});"
        )
        at_of = {listing_id: at for at, listing_id in enumerate(listings.ids)}
        shelf = index.shelf
        yes, no = (
            _transposed(table, index.n_services).view(np.int64).tolist() for table in (shelf.yes, shelf.no)
        )
        for row in range(index.n_listings):
            at = at_of[index.listing_id(row)]
            latitude, longitude = float(listings.latitude[at]), float(listings.longitude[at])
            if latitude == latitude:
                box = (row, latitude, latitude, longitude, longitude)
                self.db.execute("INSERT INTO box VALUES(?, ?, ?, ?, ?)", box)
            self.db.execute("INSERT INTO named(rowid, words) VALUES(?, ?)", (row, listings.names[at]))
            vector = [
                None if value != value else float(value)
                for value in (shelf.x[row], shelf.y[row], shelf.z[row])
            ]
            entry = (row, listings.ids[at], listings.counties[at], listings.states[at], *vector)
            self.db.execute("INSERT INTO listing VALUES(?, ?, ?, ?, ?, ?, ?)", entry)
            for service in index.services_of(row):
                pairs = [word for both in zip(yes[service], no[service], strict=True) for word in both]
                plain = (
                    service,
                    row,
                    int(shelf.checked_days[service]),
                    int(shelf.open_until[service]),
                    *pairs,
                )
                self.db.execute(f"INSERT INTO service VALUES({', '.join('?' * len(plain))})", plain)
        self.db.commit()
        self.db.executescript(
            "CREATE INDEX by_listing ON service(listing); CREATE INDEX by_county ON listing(county);"
            "CREATE INDEX by_state ON listing(state); ANALYZE; VACUUM;"
        )
        self.db.close()
        # On the connection that built the file, SQLite stays slow; see the reference on the stack.
        self.db = sqlite3.connect(path)

    def search(self, query: Query) -> tuple[int, list[str]]:
        """Total, and ids of the first 20 in order."""
        where, unstated, pools = ["1"], [], []
        for condition in query.conditions:
            yes, no = self._any("yes", condition.needs), self._any("no", condition.needs)
            where.append(f"({yes} OR NOT {no})" if condition.admit_unstated else yes)
            if condition.admit_unstated:
                unstated.append(f"NOT {yes}")
        where += [f"NOT {self._any('yes', (need,))}" for need in query.excluded]
        origin, place = query.origin, query.place
        if isinstance(place, Near):
            angle = place.radius_miles / EARTH_RADIUS_MILES
            tall = math.degrees(angle)
            wide = math.degrees(math.asin(math.sin(angle) / math.cos(math.radians(place.latitude))))
            pools.append(
                f"SELECT id FROM box WHERE south <= {place.latitude + tall} AND north >= "
                f"{place.latitude - tall} AND west <= {place.longitude + wide} AND east >= {place.longitude - wide}"
            )
            center = _vector((place.latitude, place.longitude))
            where.append(f"{_chord2(center)} <= {(2 * math.sin(angle / 2)) ** 2!r}")
            origin = origin or (place.latitude, place.longitude)
        elif isinstance(place, InCounty):
            where.append(f"l.county = '{place.county}'")
        elif isinstance(place, InState):
            where.append(f"l.state = '{place.state}'")
        if query.name_words:
            words = " ".join(f"{word}*" for word in query.name_words)
            pools.insert(0, f"SELECT rowid AS id FROM named WHERE named MATCH '{words}'")
        # The rarer pool drives, the other one is a lookup: SQLite does not find that out by itself.
        driver = f"({pools[0]}) p CROSS JOIN listing l ON l.id = p.id" if pools else "listing l"
        where += [f"+l.id IN ({pool})" for pool in pools[1:]]
        silent = " + ".join(f"({part})" for part in unstated) or "0"
        tier = f"CASE WHEN {silent} THEN 2 WHEN s.open >= {query.now_minutes} THEN 0 ELSE 1 END"
        miles = "0"
        if origin:
            arc = f"2 * {EARTH_RADIUS_MILES} * asin(min(1, sqrt({_chord2(_vector(origin))}) / 2))"
            miles = f"coalesce({arc}, 12500)"
        age = f"min(10, max(0, {query.today_days} - s.checked) / 365.25)"
        sql = (
            f"SELECT uid, count(*) OVER () FROM (SELECT l.uid, min({tier} * 1e12 + ({silent}) * 1e9 - s.checked), "
            f"{tier} AS tier, floor(({miles} + 1.5 * {age}) * 1000 + 0.5) AS score "
            f"FROM {driver} CROSS JOIN service s ON s.listing = l.id WHERE {' AND '.join(where)} GROUP BY l.id) "
            "ORDER BY tier, score, uid LIMIT 20"
        )
        rows = self.db.execute(sql).fetchall()
        return (rows[0][1] if rows else 0), [row[0] for row in rows]

    def _any(self, prefix: str, needs: tuple[str, ...]) -> str:
        words: dict[int, int] = {}
        for need in needs:
            word, bit = divmod(self.index.slot_of[need], 64)
            words[word] = words.get(word, 0) | 1 << bit
        signed = {word: mask - (1 << 64) if mask >> 63 else mask for word, mask in words.items()}
        return "(" + " OR ".join(f"s.{prefix}{word} & {mask} <> 0" for word, mask in signed.items()) + ")"


def _vector(point: tuple[float, float]) -> tuple[float, float, float]:
    phi, theta = math.radians(point[0]), math.radians(point[1])
    return math.cos(phi) * math.cos(theta), math.cos(phi) * math.sin(theta), math.sin(phi)


def _chord2(center: tuple[float, float, float]) -> str:
    parts = (f"(l.{axis} - {at!r}) * (l.{axis} - {at!r})" for axis, at in zip("xyz", center, strict=True))
    return "(" + " + ".join(parts) + ")"


def timed(run: Callable[[Query], object], queries: list[Query]) -> tuple[float, float, float]:
    """p50 and p99 by the clock, and p99 of processor time (steady on a busy machine), in milliseconds."""
    wall, busy = [], []
    for query in queries:
        start, start_busy = time.perf_counter(), time.thread_time()
        run(query)
        busy.append((time.thread_time() - start_busy) * 1e3)
        wall.append((time.perf_counter() - start) * 1e3)
    return float(np.percentile(wall, 50)), float(np.percentile(wall, 99)), float(np.percentile(busy, 99))


FIRST = """
import sys, time; from pathlib import Path
t0 = time.perf_counter()
from daybreak.finder.generations import Finder; from daybreak.finder.warm import warm
from daybreak.finder.search import search; from daybreak.finder.query import Condition, Near, Query
t1 = time.perf_counter(); index = Finder(Path(sys.argv[1])).index()
t2 = time.perf_counter(); warm(index)
t3 = time.perf_counter()
search(index, Query((Condition(("need-1",)),), place=Near(38, -84, 50), name_words=("hope",)))
t4 = time.perf_counter()
print(*[f"{name} {(b - a) * 1e3:.1f} ms" for name, a, b in
        (("import", t0, t1), ("open", t1, t2), ("warm", t2, t3), ("first query", t3, t4))], sep=", ")
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--listings", type=int, default=12_000)
    parser.add_argument("--queries", type=int, default=2_000)
    parser.add_argument("--peer-queries", type=int, default=200)
    given = parser.parse_args()
    rng = np.random.default_rng(SEED)
    listings = directory(given.listings, rng)
    queries = questions(listings, given.queries, rng)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "generations"
        start = time.perf_counter()
        built = build(listings)
        between = time.perf_counter()
        publish(built, folder, built_at_minutes=NOW_MINUTES)
        end = time.perf_counter()
        print(f"{built.n_listings} listings, {built.n_services} services, {len(built.columns)} columns")
        print(f"build {between - start:.3f} s, publish (write, checksum, fsync) {end - between:.3f} s")
        opened = []
        for _ in range(20):
            start = time.perf_counter()
            index = Finder(folder).index()
            opened.append((time.perf_counter() - start) * 1e3)
        print(f"open p50 {np.percentile(opened, 50):.1f} ms, worst {max(opened):.1f} ms")
        warm(index)
        for _ in range(2):
            p50, p99, busy = timed(lambda query: search(index, query), queries)
        print(
            f"search with facets and near misses: p50 {p50:.3f} ms, p99 {p99:.3f} ms, p99 of processor time {busy:.3f} ms"
        )
        for name, kind in (
            ("near", Near),
            ("county", InCounty),
            ("state", InState),
            ("anywhere", type(None)),
        ):
            some = [query for query in queries if isinstance(query.place, kind)]
            part = timed(lambda query: search(index, query), some)
            print(
                f"  {name:9} n={len(some):4}  p50 {part[0]:.3f}  p99 {part[1]:.3f}  processor p99 {part[2]:.3f}"
            )
        fresh = subprocess.run(
            [sys.executable, "-c", FIRST, str(folder)], check=True, capture_output=True, text=True
        )
        print(f"fresh process: {fresh.stdout.strip()}")
        if given.peer_queries:
            beside_peer(index, listings, queries[: given.peer_queries], Path(scratch) / "peer.db")


def beside_peer(index: Index, listings: Listings, queries: list[Query], path: Path) -> None:
    """Times SQLite on the same questions after checking that it gives the same totals and pages."""
    peer = Peer(index, listings, path)
    differ = 0
    for query in queries:
        mine = search(index, query)
        differ += (mine.total, [hit.listing_id for hit in mine.hits]) != peer.search(query)
    ours, theirs = timed(lambda query: search(index, query), queries), timed(peer.search, queries)
    print(
        f"SQLite {sqlite3.sqlite_version} (total and page only; no facets, no near misses), {len(queries)} queries,"
    )
    print(f"  {differ} answers differ: p50 {theirs[0]:.2f} ms, p99 {theirs[1]:.2f} ms")
    ratios = [slow / fast for slow, fast in zip(theirs, ours, strict=True)]
    print("  ratio SQLite / finder: p50 {:.1f}x, p99 {:.1f}x, processor p99 {:.1f}x".format(*ratios))


if __name__ == "__main__":
    main()
