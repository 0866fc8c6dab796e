"""Times the finder beside SQLite and PostGIS: the same seeded directory, the same questions, the same answers.

Run: script/bench finder [--listings 12000,1000000] [--queries 2000] [--peer-queries 200] [--plot FILE.svg]

Our answer holds exact facets and near misses; the peers give the total and the first page only. Before anything is
timed, every total and every page is compared. Every question is asked once before it is timed (of us and of the
peers), no two are the same, and nobody keeps answers. PostGIS is left out, with a word, where it is not installed:
on Debian, apt-get install postgresql-15-postgis-3.
"""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path

import numpy as np
from _cluster import cluster, missing
from _grown import NOW_MINUTES, SEED, directory, first_of, questions
from _peers import Postgis, Sqlite
from _plot import chart

from daybreak.finder.building import build
from daybreak.finder.generations import Finder, publish
from daybreak.finder.index import Index
from daybreak.finder.listings import Listings
from daybreak.finder.query import InCounty, InState, Near, Query
from daybreak.finder.search import search
from daybreak.finder.warm import warm

KINDS = {"near": Near, "county": InCounty, "state": InState, "anywhere": type(None)}

FRESH = """
import sys, time; from pathlib import Path
t0 = time.perf_counter()
from daybreak.finder.generations import Finder; from daybreak.finder.warm import warm
from daybreak.finder.search import search; from daybreak.finder.query import Condition, Near, Query
def memory():
    lines = dict(line.split(":", 1) for line in open("/proc/self/status"))
    return {name: int(lines[name].split()[0]) // 1024 for name in ("RssAnon", "RssFile")}
t1 = time.perf_counter(); index = Finder(Path(sys.argv[1])).index()
t2 = time.perf_counter(); warm(index)
t3 = time.perf_counter()
search(index, Query((Condition(("need-1",)),), place=Near(38, -84, 50), name_words=("hope",)))
t4 = time.perf_counter()
for at in range(90):
    search(index, Query((Condition((f"need-{at}",)),), origin=(38, -84)))
parts = (("import", t0, t1), ("open", t1, t2), ("warm", t2, t3), ("first query", t3, t4))
print(*[f"{name} {(b - a) * 1e3:.1f} ms" for name, a, b in parts], f"memory in MB after 100 queries {memory()}", sep=", ")
"""


def timed(
    run: Callable[[Query], object],
    queries: Iterable[Query],
    processor_seconds: Callable[[], float] = time.thread_time,
) -> tuple[np.ndarray, np.ndarray]:
    """Milliseconds by the clock, and of processor time (steady on a busy machine)."""
    wall, busy = [], []
    for query in queries:
        start_busy, start = processor_seconds(), time.perf_counter()
        run(query)
        end = time.perf_counter()
        busy.append((processor_seconds() - start_busy) * 1e3)
        wall.append((end - start) * 1e3)
    return np.array(wall), np.array(busy)


def said(times: tuple[np.ndarray, np.ndarray]) -> str:
    wall, busy = times
    p50, p99 = np.percentile(wall, (50, 99))
    return f"p50 {p50:.3f} ms, p99 {p99:.3f} ms (processor p50 {np.median(busy):.3f}, p99 {np.percentile(busy, 99):.3f})"


def seconds(work: Callable[[], object]) -> tuple[float, object]:
    start = time.perf_counter()
    done = work()
    return time.perf_counter() - start, done


def published(listings: Listings, folder: Path) -> Index:
    """Builds, writes and opens an index, and says what that cost."""
    building, built = seconds(lambda: build(listings))
    assert isinstance(built, Index)
    print(f"\n{built.n_listings:,} listings, {built.n_services:,} services, {len(built.columns)} columns")
    writing, _ = seconds(lambda: publish(built, folder, built_at_minutes=NOW_MINUTES))
    size = sum(path.stat().st_size for path in folder.rglob("*.npy") if "payload" not in path.name)
    opening = [seconds(lambda: Finder(folder).index())[0] * 1e3 for _ in range(20)]
    print(
        f"build {building:.2f} s, publish (write, checksum, sync) {writing:.2f} s, {size / 1e6:.0f} MB on disk"
    )
    print(f"open p50 {np.median(opening):.1f} ms, worst {max(opening):.1f} ms")
    index = Finder(folder).index()
    warm(index)
    return index


def ours(index: Index, queries: list[Query]) -> dict[str, np.ndarray]:
    """Times of all questions and of each kind of place."""
    for query in queries:
        search(index, query)
    found = {}
    everything = timed(lambda query: search(index, query), queries)
    print(f"finder, with facets and near misses, {len(queries)} queries: {said(everything)}")
    found["all"] = everything[0]
    for name, kind in KINDS.items():
        own = np.array([isinstance(query.place, kind) for query in queries])
        part = everything[0][own], everything[1][own]
        print(f"  {name:9} n={own.sum():4}  {said(part)}")
        found[name] = part[0]
    return found


def beside(index: Index, peer: Sqlite | Postgis, queries: list[Query]) -> tuple[float, float]:
    """Compares every answer with a peer's, then times both; returns the peer's p50 and p99."""
    differ, answered = 0, []
    for query in queries:
        mine = search(index, query)
        differ += (mine.total, [hit.listing_id for hit in mine.hits]) != peer.search(query)
        answered.append(mine.total > 0)
    opening = np.median([seconds(peer.open)[0] * 1e3 for _ in range(5)])
    print(f"{peer.name}: {peer.size() / 1e6:.0f} MB on disk, open {opening:.1f} ms, total and page only")
    print(f"  {differ} of {len(queries)} answers differ from ours")
    theirs = timed(peer.search, queries, peer.processor_seconds)
    mine_times = timed(lambda query: search(index, query), queries)
    for what, own in (("all", np.ones(len(queries), np.bool_)), ("with answers", np.array(answered))):
        print(f"  {what}, n={own.sum()}")
        for clock, slow, fast in (
            ("by the clock", theirs[0][own], mine_times[0][own]),
            ("processor", theirs[1][own], mine_times[1][own]),
        ):
            (slow50, slow99), (fast50, fast99) = np.percentile(slow, (50, 99)), np.percentile(fast, (50, 99))
            print(
                f"    {clock:12} p50 {slow50:.2f} / ours {fast50:.3f} ms = {slow50 / fast50:.1f}x; "
                f"p99 {slow99:.2f} / ours {fast99:.3f} ms = {slow99 / fast99:.1f}x"
            )
    return float(np.median(theirs[0])), float(np.percentile(theirs[0], 99))


def measured(
    listings: Listings,
    given: argparse.Namespace,
    with_peers: bool,
    lines: dict[str, list[tuple[float, float]]],
) -> None:
    """Builds, searches and compares one size; adds its points to the lines of the plot."""
    queries = questions(listings, given.queries, np.random.default_rng(SEED + 1))
    size = len(listings.ids)
    with tempfile.TemporaryDirectory() as scratch, ExitStack() as running:
        folder = Path(scratch)
        index = published(listings, folder / "generations")
        found = ours(index, queries)
        for name, times in (("finder", found["all"]), ("finder, anywhere", found["anywhere"])):
            lines.setdefault(f"{name} p50", []).append((size, float(np.median(times))))
            lines.setdefault(f"{name} p99", []).append((size, float(np.percentile(times, 99))))
        command = [sys.executable, "-c", FRESH, str(folder / "generations")]
        fresh = subprocess.run(command, check=True, capture_output=True, text=True)
        print(f"fresh process: {fresh.stdout.strip()}")
        if not with_peers:
            return
        makers: list[Callable[[], Sqlite | Postgis]] = [lambda: Sqlite(index, listings, folder)]
        if missing() is None:
            socket = running.enter_context(cluster())
            makers.append(lambda: Postgis(index, listings, socket))
        for make in makers:
            loading, peer = seconds(make)
            assert isinstance(peer, Sqlite | Postgis)
            print(f"{peer.short} loaded and indexed in {loading:.1f} s")
            p50, p99 = beside(index, peer, queries[: given.peer_queries])
            lines.setdefault(f"{peer.short} p50", []).append((size, p50))
            lines.setdefault(f"{peer.short} p99", []).append((size, p99))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--listings", default="12000", help="sizes, with commas; peers at each")
    parser.add_argument("--queries", type=int, default=2_000)
    parser.add_argument("--peer-queries", type=int, default=200, help="0 = no peers")
    parser.add_argument("--between", default="", help="more sizes, with commas, without peers, for the plot")
    parser.add_argument("--plot", type=Path, help="where to draw cost against size (SVG)")
    given = parser.parse_args()
    with_peers = {int(size) for size in given.listings.split(",")} if given.peer_queries else set()
    between = {int(size) for size in f"{given.listings},{given.between}".split(",") if size}
    sys.stdout.reconfigure(line_buffering=True)
    # A polite kill must still stop the server and remove its folder.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    if with_peers and missing():
        print(f"Without PostGIS: it needs {missing()}")
    whole = directory(max(between), np.random.default_rng(SEED))
    lines: dict[str, list[tuple[float, float]]] = {}
    # The largest first: it is what everybody waits for.
    for size in sorted(between, reverse=True):
        listings = whole if size == max(between) else first_of(whole, size)
        measured(listings, given, size in with_peers, lines)
    if given.plot:
        drawn = chart("Cost of a search", "listings", "milliseconds", lines)
        given.plot.write_text(drawn, encoding="utf-8")


if __name__ == "__main__":
    main()
