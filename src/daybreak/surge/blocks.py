"""Series in blocks: over the cores of this machine or a dask cluster, with the same numbers either way."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from daybreak.surge.cluster import mapped_over_cluster
from daybreak.surge.counts import Counts, IntArray
from daybreak.surge.detector import Detector, Mode
from daybreak.surge.errors import BadInput
from daybreak.surge.outcome import Outcome, empty_outcome, joined

SERIES_A_BLOCK = 256
"""Small enough for a processor's cache and to share work evenly, large enough to drown a call's own cost."""


def spread(
    detector: Detector,
    counts: Counts,
    tested: IntArray,
    settings: Any,
    mode: Mode,
    *,
    cores: int = 1,
    on: str | None = None,
) -> Outcome:
    """The detector's outcome on all series, computed block by block; where it is computed changes no number."""
    if cores < 1:
        raise BadInput("cores", "be 1 or more", str(cores), "Leave it out for one core.")
    if counts.series == 0:
        return empty_outcome(tested, 0)
    if on is not None:
        work = partial(_run, detector, tested, settings, mode)
        return joined(list(mapped_over_cluster(work, blocks_of(counts), on)))

    def tested_block(first: int) -> Outcome:
        # Cut here, in the thread that uses it: blocks that one thread cuts for all keep the others waiting.
        return detector.run(counts.columns(first, first + SERIES_A_BLOCK), tested, settings, mode)

    firsts = range(0, counts.series, SERIES_A_BLOCK)
    if cores == 1:
        return joined([tested_block(first) for first in firsts])
    with ThreadPoolExecutor(cores) as pool:  # kernels hold no interpreter lock
        return joined(list(pool.map(tested_block, firsts)))


def _run(detector: Detector, tested: IntArray, settings: Any, mode: Mode, part: Counts) -> Outcome:
    return detector.run(part, tested, settings, mode)


def blocks_of(counts: Counts, size: int = SERIES_A_BLOCK) -> Iterator[Counts]:
    """Neighbouring series, at most `size` at a time."""
    for first in range(0, counts.series, size):
        yield counts.columns(first, first + size)
