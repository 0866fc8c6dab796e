"""Two workers of a real dask cluster, one of them killed midway: nothing is lost and no number changes."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from distributed import Client, LocalCluster

from daybreak.surge import BadInput, Counts, detect
from daybreak.surge.cluster import mapped_over_cluster
from tests.surge.toy import LIMIT


@pytest.fixture(scope="module")
def cluster() -> Iterator[LocalCluster]:
    """A scheduler and two worker processes of one thread each on this machine."""
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as started:
        yield started


def address_of(cluster: LocalCluster) -> str:
    return "dask://" + cluster.scheduler_address.removeprefix("tcp://")


def slow_square(number: int) -> tuple[int, int]:
    """The square, after a moment, and the process that computed it."""
    time.sleep(0.1)
    return number * number, os.getpid()


@pytest.mark.filterwarnings("ignore")
def test_the_cluster_gives_the_numbers_of_one_machine(cluster: LocalCluster) -> None:
    counts = Counts.of(np.random.default_rng(2).poisson(3, (30, 700)))
    alone = detect(counts, LIMIT)
    spread = detect(counts, LIMIT, on=address_of(cluster))
    assert np.array_equal(alone.alarm, spread.alarm)
    assert alone.reasons == spread.reasons


@pytest.mark.filterwarnings("ignore")
def test_a_worker_killed_midway_loses_nothing(cluster: LocalCluster) -> None:
    results: list[Any] = []
    killed = 0
    for result in mapped_over_cluster(slow_square, range(30), address_of(cluster)):
        results.append(result)
        if len(results) == 5:
            killed = result[1]
            os.kill(killed, signal.SIGKILL)
    assert [square for square, _ in results] == [number * number for number in range(30)]
    assert {worker for _, worker in results[15:]} - {killed}
    with Client(cluster.scheduler_address, set_as_default=False) as client:
        assert client.nthreads()


def test_a_cluster_that_does_not_answer_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("daybreak.surge.cluster.CONNECT_SECONDS", 1)
    with pytest.raises(BadInput, match="on must name a dask scheduler that answers"):
        detect(Counts.of([1, 2]), LIMIT, on="dask://127.0.0.1:9")
