"""Publishing never leaves a half index, and swapping never fails a search."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import uuid
from pathlib import Path

import numpy as np
import pytest

from daybreak.finder.building import build
from daybreak.finder.generations import (
    DamagedGeneration,
    Finder,
    NotPublished,
    open_generation,
    publish,
)
from daybreak.finder.listings import Listings
from daybreak.finder.query import Condition, Near, Query
from daybreak.finder.search import search
from daybreak.finder.warm import warm


def directory(n: int, *, payload: bytes = b"text", seed: int = 1) -> Listings:
    rng = np.random.default_rng(seed)
    return Listings(
        ids=[str(uuid.UUID(bytes=rng.bytes(16))) for _ in range(n)],
        latitude=rng.uniform(36, 39, n),
        longitude=rng.uniform(-89, -82, n),
        counties=["KY/Fayette"] * n,
        states=["KY"] * n,
        names=["Hope House"] * n,
        payloads=[payload] * n,
        service_listing=np.arange(n, dtype=np.int32),
        service_checked_days=np.full(n, 20_000, np.int32),
        service_open_until=np.zeros(n, np.int64),
        columns=["detox", "methadone"],
        groups={"kind": ["detox"]},
        yes=np.array([(at, 0) for at in range(0, n, 2)], np.int32),
        no=np.array([(at, 1) for at in range(0, n, 3)], np.int32),
    )


QUERY = Query(
    (Condition(("detox",)),), place=Near(38.0, -85.0, 50.0), name_words=("hope",), today_days=20_100
)


def test_a_published_index_answers_as_the_one_in_memory(tmp_path):
    built = build(directory(300))
    name = publish(built, tmp_path, built_at_minutes=7, notes={"sources": "two files"})
    index = Finder(tmp_path, verify=True).index()
    assert (index.generation, index.built_at_minutes, dict(index.notes)) == (
        name,
        7,
        {"sources": "two files"},
    )
    assert search(index, QUERY) == search(built, QUERY)
    assert search(index, QUERY).total > 0
    assert index.stated(0) == built.stated(0)
    assert index.payload(299) == b"text"


def test_an_empty_directory_can_be_published_and_searched(tmp_path):
    publish(directory(0), tmp_path, built_at_minutes=0)
    index = Finder(tmp_path, verify=True).index()
    warm(index)
    answer = search(index, QUERY)
    assert (answer.total, answer.hits, answer.near_misses) == (0, (), ())
    assert answer.facets == {"kind": {"detox": 0}}


def test_every_array_of_an_index_is_read_only_built_or_opened(tmp_path):
    built = build(directory(3))
    publish(built, tmp_path, built_at_minutes=0)
    for index in (built, Finder(tmp_path).index()):
        assert not any(array.flags.writeable for array in index.shelf)
        assert {type(array) for array in index.shelf} == {np.ndarray}


def test_built_and_opened_arrays_share_one_compiled_kernel(tmp_path):
    from daybreak.finder import _judging, _kernels, _ranking

    def signatures() -> dict[str, int]:
        modules = (_judging, _kernels, _ranking)
        kernels = {name: kernel for module in modules for name, kernel in vars(module).items()}
        return {
            name: len(kernel.signatures) for name, kernel in kernels.items() if hasattr(kernel, "signatures")
        }

    built = build(directory(50))
    warm(built)
    before = signatures()
    publish(built, tmp_path, built_at_minutes=0)
    index = Finder(tmp_path).index()
    search(index, QUERY)
    search(index, Query(excluded=("methadone",), origin=(1.0, 2.0)))
    assert before == signatures()
    for name in ("answer", "lowest_keys", "describe", "mark", "stand_in_circle"):
        assert before[name] == 1


def test_nothing_published_says_so(tmp_path):
    with pytest.raises(NotPublished, match="must hold a published index; got no file 'current'"):
        Finder(tmp_path).index()


def test_a_new_generation_is_seen_and_the_old_index_still_answers(tmp_path):
    publish(directory(10), tmp_path, built_at_minutes=1)
    finder = Finder(tmp_path)
    old = finder.index()
    assert finder.index() is old
    for moment in range(2, 6):
        publish(directory(10 * moment), tmp_path, built_at_minutes=moment)
    assert finder.index().n_listings == 50
    assert not (tmp_path / old.generation).exists()
    assert search(old, Query()).total == 10


def test_two_earlier_generations_are_kept_and_no_more(tmp_path):
    names = [publish(directory(2), tmp_path, built_at_minutes=at) for at in range(5)]
    assert sorted(path.name for path in tmp_path.glob("g*")) == names[2:]


@pytest.mark.parametrize("harm", ["cut", "gone", "no manifest", "schema", "pointer"])
def test_a_damaged_generation_falls_back_to_the_one_before(tmp_path, harm):
    publish(directory(10), tmp_path, built_at_minutes=1)
    name = publish(directory(20), tmp_path, built_at_minutes=2)
    home = tmp_path / name
    if harm == "cut":
        os.truncate(home / "yes.npy", 130)
    elif harm == "gone":
        (home / "posts.npy").unlink()
    elif harm == "no manifest":
        (home / "manifest.json").write_text("{")
    elif harm == "schema":
        manifest = json.loads((home / "manifest.json").read_text())
        (home / "manifest.json").write_text(json.dumps({**manifest, "schema": 99}))
    else:
        (tmp_path / "current").write_text("../../elsewhere")
    finder = Finder(tmp_path)
    # A pointer that names nothing falls back to the newest generation that is whole.
    assert finder.index().n_listings == (20 if harm == "pointer" else 10)
    assert finder.damage is not None
    assert "must" in finder.damage
    assert "got" in finder.damage
    publish(directory(30), tmp_path, built_at_minutes=3)
    assert finder.index().n_listings == 30
    assert finder.damage is None


def test_a_flipped_byte_is_found_by_its_checksum(tmp_path):
    name = publish(directory(10), tmp_path, built_at_minutes=1)
    path = tmp_path / name / "x.npy"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(DamagedGeneration, match=r"x\.npy must have the SHA-256 of its manifest"):
        Finder(tmp_path, verify=True).index()


def test_damage_while_serving_keeps_the_index_in_hand(tmp_path):
    publish(directory(10), tmp_path, built_at_minutes=1)
    finder = Finder(tmp_path)
    held = finder.index()
    name = publish(directory(20), tmp_path, built_at_minutes=2)
    (tmp_path / name / "no.npy").unlink()
    assert finder.index() is held
    assert finder.damage is not None


PUBLISHER = """
import sys
from pathlib import Path
from daybreak.finder.generations import publish
from tests.finder.test_generations import directory
index = directory(400, payload=b"p" * 20_000, seed=2)
from daybreak.finder.building import build
index = build(index)
print("ready", flush=True)
while True:
    publish(index, Path(sys.argv[1]), built_at_minutes=2)
    print("published", flush=True)
"""


def test_kill_9_amid_a_publish_leaves_a_whole_generation_in_force(tmp_path):
    folder = tmp_path / "generations"
    publish(directory(10), folder, built_at_minutes=1)
    root = Path(__file__).parents[2]
    moments = random.Random(9)
    unfinished = 0
    for _ in range(6):
        publisher = subprocess.Popen(
            [sys.executable, "-c", PUBLISHER, str(folder)],
            stdout=subprocess.PIPE,
            cwd=root,
            env={**os.environ, "PYTHONPATH": f"{root}/src{os.pathsep}{root}"},
        )
        assert publisher.stdout is not None
        assert publisher.stdout.readline() == b"ready\n"
        threading.Event().wait(moments.uniform(0.0, 0.12))
        publisher.send_signal(signal.SIGKILL)
        publisher.wait()
        publisher.stdout.close()
        unfinished += len(list(folder.glob(".unfinished-*")))
        finder = Finder(folder, verify=True)
        assert finder.index().n_listings in (10, 400)
        assert finder.damage is None
    assert unfinished > 0, "no kill fell into a publish: the moments must be chosen anew"
    name = publish(directory(7), folder, built_at_minutes=3)
    assert Finder(folder, verify=True).index().generation == name
    assert not list(folder.glob(".unfinished-*"))


def test_searches_in_many_threads_survive_swaps(tmp_path):
    publish(directory(100), tmp_path, built_at_minutes=0)
    finder = Finder(tmp_path)
    warm(finder.index())
    stop = threading.Event()
    errors: list[BaseException] = []
    seen: set[int] = set()

    def ask() -> None:
        try:
            while not stop.is_set():
                index = finder.index()
                assert search(index, Query()).total == index.n_listings == 100 + index.built_at_minutes
                assert search(index, QUERY, everything=True).total <= index.n_listings
                seen.add(index.built_at_minutes)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for moment in range(1, 9):
        publish(directory(100 + moment), tmp_path, built_at_minutes=moment)
    stop.set()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(seen) > 2
    assert finder.index().built_at_minutes == 8


def test_opening_one_generation_that_is_not_there_says_which(tmp_path):
    with pytest.raises(DamagedGeneration, match=r"g000009/manifest.json must be readable; got no such file"):
        open_generation(tmp_path, "g000009")


def test_publishing_refuses_to_keep_no_earlier_generation(tmp_path):
    with pytest.raises(ValueError, match="keep must be 1 or more; got 0"):
        publish(directory(1), tmp_path, built_at_minutes=0, keep=0)
