"""The scans' search: likelihood ratios of zones and windows, over all centroids, observed and replicated."""

from __future__ import annotations

from math import log
from typing import Any

import numpy as np

from daybreak.surge._kernels import compiled
from daybreak.surge._kernels.scan_draws import draw_cells, draw_from_urn, fill_uniforms

POISSON = 0
BERNOULLI = 1
LEVELS = 48
LEVELS_A_UNIT = 2.0
_HALVINGS = 24


@compiled
def ratio(kind: Any, count: Any, base: Any, cases: Any, total: Any) -> Any:
    """Log likelihood ratio of a high rate (Kulldorff 1997), 0 where the rate inside is not higher.

    kind POISSON: `base` is the expected count, `total` is not used. BERNOULLI: `base` are the people (cases and
    controls) inside, `total` all people.
    """
    outside = cases - count
    if kind == POISSON:
        if count <= base:
            return 0.0
        value = count * log(count / base)
        if outside > 0.0:
            value += outside * log(outside / (cases - base))
        return value
    elsewhere = total - base
    if count * elsewhere <= outside * base:
        return 0.0
    value = count * log(count / base)
    if base > count:
        value += (base - count) * log((base - count) / base)
    if outside > 0.0:
        value += outside * log(outside / elsewhere)
    if elsewhere > outside:
        value += (elsewhere - outside) * log((elsewhere - outside) / elsewhere)
    if total > cases:
        value -= (total - cases) * log((total - cases) / total)
    return value - cases * log(cases / total)


@compiled
def level_table(kind: Any, cases: Any, total: Any, least: Any, size: Any) -> Any:
    """(LEVELS, size + 1): no base at or above table[level, count] has a ratio beyond level / LEVELS_A_UNIT.

    The last column is infinite: it stands for all larger counts, whose ratios are always computed. Counts below
    `least` have 0: no base is below it.
    """
    table = np.zeros((LEVELS, size + 1))
    table[:, size] = np.inf
    for count in range(max(1, least), size):
        # Where the rates inside and outside are equal; a hair above, against rounding.
        top = (count if kind == POISSON else count * total / cases) * (1.0 + 1e-9)
        bottom = 0.0 if kind == POISSON else count * (1.0 - 1e-9)
        for level in range(LEVELS):
            target = level / LEVELS_A_UNIT
            low = bottom
            high = top
            if kind == BERNOULLI and ratio(kind, float(count), float(count), cases, total) < target * (
                1.0 - 1e-9
            ):
                high = low
            for _ in range(_HALVINGS):
                middle = 0.5 * (low + high)
                if ratio(kind, float(count), max(middle, float(count) * kind), cases, total) > target:
                    low = middle
                else:
                    high = middle
            table[level, count] = high
            top = high
    return table


@compiled
def _row_of(best: Any) -> Any:
    return min(LEVELS - 1, np.int64(best * LEVELS_A_UNIT))


@compiled
def best_in_space(
    z: Any, start: Any, neighbour: Any, weight: Any, counts: Any, facts: Any, table: Any, best: Any
) -> Any:
    """The best ratio above `best` among the zones of centroid z, and the place of the zone's last neighbour (-1: none).

    start: (centroids + 1,) where each centroid's neighbours begin. weight: base of the zone that ends at a neighbour,
    infinite where the next one is as far away (a circle holds both). counts: (points,) cases. facts: kind, cases, total.
    """
    # Unsigned places: signed ones would be checked for counting from the end, at four times the cost of the loop.
    size = np.uint64(table.shape[1] - 1)
    level = np.uint64(_row_of(best))
    place: Any = np.int64(-1)
    count: Any = np.uint64(0)
    for j in range(np.uint64(start[z]), np.uint64(start[z + 1])):
        count += np.uint64(counts[np.uint64(neighbour[j])])
        if weight[j] < table[level, min(count, size)]:
            value = ratio(facts[0], np.float64(count), weight[j], facts[1], facts[2])
            if value > best:
                best = value
                place = np.int64(j)
                level = np.uint64(_row_of(best))
    return best, place


@compiled
def gather(
    point: Any, time: Any, n: Any, times: Any, first: Any, fill: Any, run_time: Any, run_count: Any
) -> None:
    """Sort n events by point and time: point p's runs stand at first[p] … fill[p] - 1, a time and a count each."""
    points = fill.shape[0]
    by_time = np.zeros(times + 1, np.int64)
    for k in range(n):
        by_time[time[k] + 1] += 1
    for t in range(times):
        by_time[t + 1] += by_time[t]
    order = np.empty(n, np.int64)
    for k in range(n):
        order[by_time[time[k]]] = k
        by_time[time[k]] += 1
    first[:] = 0
    for k in range(n):
        first[point[k] + 1] += 1
    for p in range(points):
        first[p + 1] += first[p]
        fill[p] = first[p]
    for k in order:
        p = point[k]
        place = fill[p]
        if place > first[p] and run_time[place - 1] == time[k]:
            run_count[place - 1] += 1
        else:
            run_time[place] = time[k]
            run_count[place] = 1
            fill[p] = place + 1


@compiled
def _insert(day: Any, held: Any, days: Any, when: Any, count: Any) -> Any:
    """Add a run to the zone's days, sorted; returns how many days there are now."""
    i = days
    while i > 0 and day[i - 1] > when:
        i -= 1
    if i > 0 and day[i - 1] == when:
        held[i - 1] += count
        return days
    for k in range(days, i, -1):
        day[k] = day[k - 1]
        held[k] = held[k - 1]
    day[i] = when
    held[i] = count
    return days + 1


@compiled
def best_in_space_time(  # noqa: PLR0915 - splitting the loop multiplies its compile time
    z: Any, start: Any, neighbour: Any, weight: Any, clock: Any, base: Any, alive: Any, longest: Any,
    first: Any, fill: Any, run_time: Any, run_count: Any, facts: Any, table: Any, scratch: Any, summed: Any, best: Any,
) -> Any:  # fmt: skip
    """The best ratio above `best` of centroid z, its zone's last neighbour (-1: none) and its window [from, to).

    Only windows are looked at that begin (and, unless all must last to the end, end) with a case of the zone, and only
    those that hold a case of the neighbour that came last: any other has as many cases at a smaller base.

    clock: (times + 1,) base of all times before, for zones whose base is weight × clock; base: (points, times + 1) the
    same for each point where it is not such a product, else (0, 0). alive: windows must last to the end. scratch:
    (2, times) and summed: (times + 1,) room to work in.
    """
    size = table.shape[1] - 1
    row = table[_row_of(best)]
    times = scratch.shape[1]
    product = base.shape[0] == 0
    place: Any = np.int64(-1)
    begin: Any = np.int64(0)
    end: Any = np.int64(0)
    days = np.int64(0)
    low = times
    high = np.int64(-1)
    day = scratch[0]
    held = scratch[1]
    elapsed = clock if product else summed
    if not product:
        summed[:] = 0.0
    for j in range(start[z], start[z + 1]):
        p = neighbour[j]
        if not product:
            for t in range(times + 1):
                summed[t] += base[p, t]
        if fill[p] > first[p]:
            low = min(low, run_time[first[p]])
            high = max(high, run_time[fill[p] - 1])
            for k in range(first[p], fill[p]):
                days = _insert(day, held, days, run_time[k], run_count[k])
        if high < 0 or weight[j] == np.inf:
            continue
        scale = weight[j] if product else 1.0
        for last in range(days - 1, -1, -1):
            stop = times if alive else day[last] + 1
            if stop <= low:
                break
            count = np.int64(0)
            for i in range(last, -1, -1):
                since = day[i]
                if stop - since > longest:
                    break
                count += held[i]
                if since <= high:
                    inside = scale * (elapsed[stop] - elapsed[since])
                    if inside < row[min(count, size)]:
                        value = ratio(facts[0], float(count), inside, facts[1], facts[2])
                        if value > best:
                            best = value
                            place = j
                            begin = since
                            end = stop
                            row = table[_row_of(best)]
            if alive:
                break
        low = times
        high = np.int64(-1)
    return best, place, begin, end


@compiled
def search(
    start: Any, neighbour: Any, weight: Any, clock: Any, base: Any, alive: Any, longest: Any, facts: Any, table: Any,
    points: Any, point: Any, time: Any,
) -> Any:  # fmt: skip
    """For every centroid its best ratio, the place of its zone's last neighbour (-1: none) and its window [from, to)."""
    centroids = start.shape[0] - 1
    n = point.shape[0]
    times = clock.shape[0] - 1
    value = np.zeros(centroids)
    where = np.full((centroids, 3), -1, np.int64)
    first = np.zeros(points + 1, np.int64)
    fill = np.zeros(points, np.int64)
    run_time = np.empty(n, np.int64)
    run_count = np.empty(n, np.int64)
    scratch = np.empty((2, times), np.int64)
    summed = np.empty(times + 1)
    gather(point, time, n, times, first, fill, run_time, run_count)
    for z in range(centroids):
        value[z], where[z, 0], where[z, 1], where[z, 2] = best_in_space_time(
            z, start, neighbour, weight, clock, base, alive, longest, first, fill, run_time, run_count, facts, table,
            scratch, summed, 0.0,
        )  # fmt: skip
    return value, where


@compiled
def replicate(
    seed: Any, first_replicate: Any, out: Any, urn: Any, slots: Any, slot_time: Any, who_point: Any, who_time: Any,
    keep: Any, alias: Any, start: Any, neighbour: Any, weight: Any, clock: Any, base: Any, alive: Any, longest: Any,
    facts: Any, table: Any, points: Any, draws: Any,
) -> None:  # fmt: skip
    """Fill `out` with the largest ratios of the replicates first_replicate, first_replicate + 1 …

    urn: draw people for slots, else cells (who_point, who_time are theirs) by (keep, alias).
    """
    times = clock.shape[0] - 1
    centroids = start.shape[0] - 1
    spatial = times == 1 and base.shape[0] == 0
    uniform = np.empty(draws)
    point = np.empty(draws, np.int64)
    time = np.empty(draws, np.int64)
    swapped = np.empty(draws, np.int64)
    order = np.arange(who_point.shape[0])
    first = np.zeros(points + 1, np.int64)
    fill = np.zeros(points, np.int64)
    run_time = np.empty(draws, np.int64)
    run_count = np.empty(draws, np.int64)
    scratch = np.empty((2, times), np.int64)
    summed = np.empty(times + 1)
    for r in range(out.shape[0]):
        fill_uniforms(seed, first_replicate + r, uniform)
        if urn:
            n = draw_from_urn(
                uniform, slots[0], slots[1], slot_time, who_point, who_time, order, swapped, point, time
            )
        else:
            n = draw_cells(uniform, keep, alias, who_point, who_time, point, time)
        best = 0.0
        if spatial:
            fill[:] = 0
            for k in range(n):
                fill[point[k]] += 1
            for z in range(centroids):
                best = best_in_space(z, start, neighbour, weight, fill, facts, table, best)[0]
        else:
            gather(point, time, n, times, first, fill, run_time, run_count)
            for z in range(centroids):
                best = best_in_space_time(
                    z, start, neighbour, weight, clock, base, alive, longest, first, fill, run_time, run_count, facts,
                    table, scratch, summed, best,
                )[0]  # fmt: skip
        out[r] = best
