"""The same flat table, one row a service, in SQLite (FTS5, R*Tree) and PostgreSQL (PostGIS, tsvector).

Both answer with the total and the first page: no facets, no near misses. Both get their best index for each part of a
question: a spatial one for circles, full text for names, B-trees for county and state, and 64-bit words for what a
service offers, which neither can index better: a third of all needs are offered by every sixth service or more.
"""

from __future__ import annotations

import math
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psycopg

from daybreak.finder._kernels import EARTH_RADIUS_MILES
from daybreak.finder.building import _listing_bits, _places, _transposed
from daybreak.finder.index import Index
from daybreak.finder.listings import Listings
from daybreak.finder.query import InCounty, InState, Near, Query
from daybreak.finder.shelf import ROWS

PAGE = 20


def flat_rows(index: Index, listings: Listings) -> Iterator[tuple[object, ...]]:
    """(listing, number, uid, county, state, name, latitude, longitude, x, y, z, checked, open, words...) a service."""
    shelf = index.shelf
    band_number = np.repeat(np.arange(len(shelf.bands)), shelf.bands[:, ROWS])
    places = _places(shelf.bands, band_number, _listing_bits(shelf.bands), shelf.service_start)
    at_of = {listing_id: at for at, listing_id in enumerate(listings.ids)}
    given = [at_of[index.listing_id(row)] for row in range(index.n_listings)]
    starts = shelf.service_start.tolist()
    yes, no = (_transposed(table, places).view(np.int64) for table in (shelf.yes, shelf.no))
    words = np.stack([yes, no], axis=2).reshape(len(places), -1)
    for row, at in enumerate(given):
        latitude, longitude = float(listings.latitude[at]), float(listings.longitude[at])
        known = latitude == latitude
        point = (latitude, longitude, float(shelf.x[row]), float(shelf.y[row]), float(shelf.z[row]))
        about = (listings.ids[at], listings.counties[at], listings.states[at], listings.names[at])
        for number, service in enumerate(range(starts[row], starts[row + 1])):
            moments = (int(shelf.checked_days[service]), int(shelf.open_until[service]))
            yield (
                row,
                number,
                *about,
                *(point if known else (None,) * 5),
                *moments,
                *words[service].tolist(),
            )


@dataclass
class Statement:
    """The parts of a question that both databases are asked in the same words."""

    where: list[str]
    silent: str
    tier: str
    miles: str
    age: str
    box: tuple[float, float, float, float] | None
    """South, north, west, east."""


def statement(index: Index, query: Query, least: str, most: str) -> Statement:
    """``least`` and ``most`` are the dialect's functions for the lower and the higher of two numbers."""
    where, unstated, box = [], [], None
    for condition in query.conditions:
        yes, no = _any(index, "yes", condition.needs), _any(index, "no", condition.needs)
        where.append(f"({yes} OR NOT {no})" if condition.admit_unstated else yes)
        if condition.admit_unstated:
            unstated.append(f"CASE WHEN {yes} THEN 0 ELSE 1 END")
    where += [f"NOT {_any(index, 'yes', (need,))}" for need in query.excluded]
    origin, place = query.origin, query.place
    if isinstance(place, Near):
        angle = place.radius_miles / EARTH_RADIUS_MILES
        tall = math.degrees(angle)
        wide = math.degrees(math.asin(math.sin(angle) / math.cos(math.radians(place.latitude))))
        box = (place.latitude - tall, place.latitude + tall, place.longitude - wide, place.longitude + wide)
        center = (place.latitude, place.longitude)
        where.append(f"{_chord2(center)} <= {(2 * math.sin(angle / 2)) ** 2!r}")
        origin = origin or center
    elif isinstance(place, InCounty):
        where.append(f"s.county = '{place.county}'")
    elif isinstance(place, InState):
        where.append(f"s.state = '{place.state}'")
    silent = " + ".join(unstated) or "0"
    miles = "0"
    if origin:
        arc = f"2 * {EARTH_RADIUS_MILES} * asin({least}(1, sqrt({_chord2(origin)}) / 2))"
        miles = f"coalesce({arc}, 12500)"
    tier = f"CASE WHEN {silent} > 0 THEN 2 WHEN s.open >= {query.now_minutes} THEN 0 ELSE 1 END"
    days = f"CAST({query.today_days} - (500000 - code % 1000000) AS DOUBLE PRECISION)"
    age = f"{least}(10, {most}(0, {days}) / 365.25)"
    return Statement(where, silent, tier, miles, age, box)


def page_sql(parts: Statement, source: str) -> str:
    """Best service of each listing, then all listings counted and the first of them in order."""
    code = f"({parts.tier}) * 100000000 + ({parts.silent}) * 1000000 + 500000 - s.checked"
    where = " AND ".join(parts.where) or "1 = 1"
    return (
        f"SELECT uid, count(*) OVER () FROM (SELECT s.uid AS uid, min({code}) AS code, min({parts.miles}) AS miles "
        f"FROM {source} WHERE {where} GROUP BY s.listing, s.uid) AS matched "
        f"ORDER BY code / 100000000, floor((miles + 1.5 * {parts.age}) * 1000 + 0.5), uid LIMIT {PAGE}"
    )


class Sqlite:
    """SQLite on a file, in the order of the listings, so that grouping needs no sort."""

    short = "SQLite"
    name = f"SQLite {sqlite3.sqlite_version}, FTS5 and R*Tree"

    def __init__(self, index: Index, listings: Listings, folder: Path) -> None:
        self.index, self.path = index, folder / "peer.db"
        db = sqlite3.connect(self.path)
        bits = ", ".join(f"yes{w} INTEGER, no{w} INTEGER" for w in range(-(-len(index.slots) // 64)))
        db.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
            "CREATE VIRTUAL TABLE box USING rtree(id, south, north, west, east);"
            "CREATE VIRTUAL TABLE named USING fts5(words, prefix='3', content='', columnsize=0);"
            "CREATE TABLE service(listing INTEGER, number INTEGER, uid TEXT, county TEXT, state TEXT, x REAL, y REAL,"
            f" z REAL, checked INTEGER, open INTEGER, {bits}, PRIMARY KEY (listing, number)) WITHOUT ROWID;"
        )
        width = 10 + 2 * (-(-len(index.slots) // 64))
        for row in flat_rows(index, listings):
            listing, number, uid, county, state, name, latitude, longitude, *rest = row
            plain = (listing, number, uid, county, state, *rest)
            db.execute(f"INSERT INTO service VALUES({', '.join('?' * width)})", plain)
            if number == 0:
                if latitude is not None:
                    box = (listing, latitude, latitude, longitude, longitude)
                    db.execute("INSERT INTO box VALUES(?, ?, ?, ?, ?)", box)
                db.execute("INSERT INTO named(rowid, words) VALUES(?, ?)", (listing, name))
        db.executescript(
            "CREATE INDEX by_county ON service(county); CREATE INDEX by_state ON service(state);"
            "INSERT INTO named(named) VALUES('optimize'); ANALYZE;"
        )
        db.commit()
        db.close()
        # On the connection that built the file, SQLite stays slow. Its cache may hold the whole file.
        self.db = sqlite3.connect(self.path, cached_statements=10_000)
        self.processor_seconds = time.thread_time
        self.db.execute("PRAGMA cache_size = -4000000")
        self.db.execute("PRAGMA mmap_size = 8000000000")

    def size(self) -> int:
        """Bytes on disk."""
        return self.path.stat().st_size

    def open(self) -> None:
        """A new connection and one row."""
        with sqlite3.connect(self.path) as db:
            db.execute("SELECT 1 FROM service LIMIT 1").fetchone()
        db.close()

    def search(self, query: Query) -> tuple[int, list[str]]:
        """Total, and ids of the first page in order."""
        parts = statement(self.index, query, "min", "max")
        pools = []
        if query.name_words:
            words = " ".join(f"{word}*" for word in query.name_words)
            pools.append(f"SELECT rowid AS id FROM named WHERE named MATCH '{words}'")
        if parts.box:
            south, north, west, east = parts.box
            pools.append(
                f"SELECT id FROM box WHERE south <= {north} AND north >= {south} AND west <= {east} AND east >= {west}"
            )
        # The rarer pool drives, the other one is a lookup: SQLite does not find that out by itself.
        source = f"({pools[-1]}) p CROSS JOIN service s ON s.listing = p.id" if pools else "service s"
        parts.where += [f"+s.listing IN ({pool})" for pool in pools[:-1]]
        rows = self.db.execute(page_sql(parts, source)).fetchall()
        return (rows[0][1] if rows else 0), [row[0] for row in rows]


class Postgis:
    """PostgreSQL on a local socket, everything in memory, statements prepared before they are timed."""

    short = "PostGIS"

    def __init__(self, index: Index, listings: Listings, socket: Path) -> None:
        self.index, self.socket = index, socket
        self.db = self._connect()
        version = self._value("SHOW server_version").split()[0]
        words = range(-(-len(index.slots) // 64))
        bits = ", ".join(f"yes{w} bigint NOT NULL, no{w} bigint NOT NULL" for w in words)
        self.db.execute("CREATE EXTENSION postgis")
        self.name = f"PostgreSQL {version}, PostGIS {self._value('SELECT postgis_lib_version()')}, tsvector"
        self.db.execute(
            "CREATE UNLOGGED TABLE service(listing int NOT NULL, number int NOT NULL, uid uuid NOT NULL, county text,"
            " state text, name text, latitude float8, longitude float8, x float8, y float8, z float8,"
            f" checked int NOT NULL, open bigint NOT NULL, {bits})"
        )
        with self.db.cursor().copy("COPY service FROM STDIN") as copy:
            for row in flat_rows(index, listings):
                line = "\t".join(
                    "\\N" if value is None else repr(value) if isinstance(value, float) else str(value)
                    for value in row
                )
                copy.write(line + "\n")
        self.db.execute(
            "CREATE UNLOGGED TABLE flat AS SELECT service.*, to_tsvector('simple', name) AS words,"
            " ST_SetSRID(ST_MakePoint(longitude, latitude), 4326) AS point FROM service ORDER BY listing, number"
        )
        for sql in (
            "DROP TABLE service",
            "ALTER TABLE flat RENAME TO service",
            "ALTER TABLE service DROP COLUMN name, DROP COLUMN latitude, DROP COLUMN longitude",
            "CREATE INDEX ON service USING gist (point)",
            "CREATE INDEX ON service USING gin (words)",
            "CREATE INDEX ON service (county)",
            "CREATE INDEX ON service (state)",
            "VACUUM ANALYZE service",
        ):
            self.db.execute(sql)

    def _connect(self) -> psycopg.Connection:
        db = psycopg.connect(f"host={self.socket} user=daybreak dbname=postgres", autocommit=True)
        db.prepare_threshold = 0
        db.prepared_max = 10_000
        return db

    def processor_seconds(self) -> float:
        """Processor time of our server process; what its parallel helpers use comes on top, in the peer's favour."""
        with open(f"/proc/{self.db.info.backend_pid}/schedstat") as stat:
            return int(stat.read().split()[0]) / 1e9

    def _value(self, sql: str) -> str:
        row = self.db.execute(sql).fetchone()
        return str(row[0]) if row else ""

    def size(self) -> int:
        """Bytes on disk."""
        return int(self._value("SELECT pg_total_relation_size('service')"))

    def open(self) -> None:
        """A new connection and one row."""
        with self._connect() as db:
            db.execute("SELECT 1 FROM service LIMIT 1").fetchone()

    def search(self, query: Query) -> tuple[int, list[str]]:
        """Total, and ids of the first page in order."""
        parts = statement(self.index, query, "least", "greatest")
        if query.name_words:
            words = " & ".join(f"{word}:*" for word in query.name_words)
            parts.where.append(f"s.words @@ to_tsquery('simple', '{words}')")
        if parts.box:
            south, north, west, east = parts.box
            parts.where.append(f"s.point && ST_MakeEnvelope({west}, {south}, {east}, {north}, 4326)")
        rows = self.db.execute(page_sql(parts, "service s")).fetchall()
        return (rows[0][1] if rows else 0), [str(row[0]) for row in rows]


def _any(index: Index, prefix: str, needs: tuple[str, ...]) -> str:
    words: dict[int, int] = {}
    for need in needs:
        word, bit = divmod(index.slot_of[need], 64)
        words[word] = words.get(word, 0) | 1 << bit
    signed = {word: mask - (1 << 64) if mask >> 63 else mask for word, mask in words.items()}
    return "(" + " OR ".join(f"s.{prefix}{word} & {mask} <> 0" for word, mask in signed.items()) + ")"


def _chord2(point: tuple[float, float]) -> str:
    phi, theta = math.radians(point[0]), math.radians(point[1])
    center = math.cos(phi) * math.cos(theta), math.cos(phi) * math.sin(theta), math.sin(phi)
    parts = (f"(s.{axis} - {at!r}) * (s.{axis} - {at!r})" for axis, at in zip("xyz", center, strict=True))
    return "(" + " + ".join(parts) + ")"
