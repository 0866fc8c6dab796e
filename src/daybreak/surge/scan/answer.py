"""The clusters of a study: the best circle and window, then others that share no place with those before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from daybreak.surge._kernels.scan import BERNOULLI, search
from daybreak.surge.scan.significance import simulate
from daybreak.surge.scan.study import Study

MOST_CLUSTERS = 10


@dataclass(frozen=True)
class Cluster:
    """Places by distance from the circle's middle, first and last day, cases seen and expected, log likelihood ratio.

    p: how often chance alone gives as strong a cluster anywhere in the study; None without replicates. p_gumbel: the
    same by a Gumbel tail, for p-values below 1/replicates. recurrence_days: chance gives one as strong once in so many
    days; prospective scans only.
    """

    locations: tuple[str, ...]
    start: np.datetime64
    end: np.datetime64
    observed: int
    expected: float
    llr: float
    p: float | None = None
    p_gumbel: float | None = None
    recurrence_days: float | None = None


def clusters_of(
    study: Study,
    *,
    replicates: int = 999,
    seed: int = 1,
    sequential: bool = True,
    gumbel: bool = False,
    cores: int = 1,
    on: str | None = None,
    most: int = MOST_CLUSTERS,
) -> list[Cluster]:
    """The clusters, strongest first; none that shares a place with a stronger one (Kulldorff's secondary clusters).

    gumbel: recurrence is then told from the Gumbel tail.
    """
    zones = study.zones
    value, where = search(
        zones.start, zones.neighbour, zones.weight, study.clock, study.base, study.alive, study.longest, study.facts,
        study.table, len(study.places.names), study.point, study.time,
    )  # fmt: skip
    found: list[Cluster] = []
    taken: set[int] = set()
    for z in np.argsort(-value, kind="stable"):
        if value[z] <= 0 or len(found) >= most:
            break
        members = zones.neighbour[zones.start[z] : where[z, 0] + 1]
        if taken.isdisjoint(members.tolist()):
            taken.update(members.tolist())
            found.append(_described(study, members, where[z], float(value[z])))
    if not found or replicates == 0:
        return found
    chance = simulate(
        study, replicates, seed, observed=found[0].llr, sequential=sequential, cores=cores, on=on
    )
    return [_judged(study, each, chance.p_value(each.llr), chance.gumbel(each.llr), gumbel) for each in found]


def _described(study: Study, members: np.ndarray, where: np.ndarray, llr: float) -> Cluster:
    _, first, stop = (int(each) for each in where)
    inside = np.isin(study.point, members) & (study.time >= first) & (study.time < stop)
    if study.base.shape[0]:
        base = float((study.base[members, stop] - study.base[members, first]).sum())
    else:
        base = float(study.zones.weight[where[0]] * (study.clock[stop] - study.clock[first]))
    kind, cases, people = study.facts
    edges = study.steps.edges
    last = edges[-1] if study.clock.size == 2 else edges[stop]
    return Cluster(
        locations=tuple(study.places.names[each] for each in members),
        start=edges[0] if study.clock.size == 2 else edges[first],
        end=last - np.timedelta64(1, "D"),
        observed=int(inside.sum()),
        expected=base * cases / people if kind == BERNOULLI else base,
        llr=llr,
    )


def _judged(study: Study, cluster: Cluster, p: float, tail: float, gumbel: bool) -> Cluster:
    basis = tail if gumbel and np.isfinite(tail) else p
    recurrence = study.steps.days / basis if study.prospective and basis > 0 else None
    return Cluster(
        cluster.locations, cluster.start, cluster.end, cluster.observed, cluster.expected, cluster.llr, p,
        tail if np.isfinite(tail) else None, recurrence,
    )  # fmt: skip
