"""The scan: from read files to clusters with p-values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from daybreak.surge.counts import FloatArray, IntArray
from daybreak.surge.errors import BadInput
from daybreak.surge.scan.clusters import Cluster, Found, find, p_or_none, radius_of
from daybreak.surge.scan.dates import Steps
from daybreak.surge.scan.expected import expected_cases
from daybreak.surge.scan.inputs import Events, People, Places
from daybreak.surge.scan.plan import Plan, Windows, bernoulli_plan, permutation_plan, poisson_plan
from daybreak.surge.scan.replicates import MonteCarlo, monte_carlo
from daybreak.surge.scan.zones import distances, zones_of

MODELS = ("poisson", "bernoulli", "permutation")
ANALYSES = ("retrospective", "prospective", "spatial")
FEW = 10
"""With fewer replicates as large as the observed ratio, the Gumbel tail is the better guess of p."""


@dataclass(frozen=True)
class Question:
    """What is asked of the data.

    model: poisson, bernoulli or permutation. analysis: prospective (clusters that last to the end), retrospective or
    spatial. degrees: positions are latitude and longitude, else x and y. most_share, most_km: size of the circles, as
    share of the expected cases (permutation: cases; Bernoulli: cases and controls) and as radius. longest: steps a
    window has at most; None = half of the study. overlapping: report clusters that share places with stronger ones.
    replicates, seed, sequential, gumbel: see `monte_carlo`.
    """

    model: str
    analysis: str
    degrees: bool = True
    most_share: float = 0.5
    most_km: float = np.inf
    longest: int | None = None
    overlapping: bool = False
    replicates: int = 999
    seed: int = 1
    sequential: bool = True
    gumbel: bool = False

    def __post_init__(self) -> None:
        if self.model not in MODELS or self.analysis not in ANALYSES:
            raise BadInput(
                "model and analysis", f"be of {', '.join(MODELS)} and of {', '.join(ANALYSES)}",
                f"{self.model}, {self.analysis}", "Choose one of each.",
            )  # fmt: skip
        if not 0 < self.most_share <= 1 or not self.most_km > 0:
            raise BadInput(
                "--max-population and --max-km", "be above 0, and the first at most 1",
                f"{self.most_share:g}, {self.most_km:g}", "The usual share is 0.5.",
            )  # fmt: skip
        if self.model == "permutation" and self.analysis == "spatial":
            raise BadInput(
                "--model permutation", "be asked about time", "--analysis spatial", "Choose poisson or bernoulli."
            )


@dataclass(frozen=True)
class Scan:
    """Clusters, strongest first, and the replicates they were judged by; left_out: cases outside the study."""

    clusters: tuple[Cluster, ...]
    chance: MonteCarlo
    cases: int
    left_out: int


def scan(
    question: Question, places: Places, steps: Steps, cases: Events, *, controls: Events | None = None,
    people: People | None = None, cores: int = 1, on: str | None = None,
) -> Scan:  # fmt: skip
    """Find where cases cluster (Kulldorff 1997, 2001; Kulldorff and others 2005).

    Cases and controls outside the study are left out. Results depend on neither `cores` nor `on`.

    Raises
    ------
    BadInput : the model lacks its population or controls, dates are missing, or there are fewer than two cases.
    """
    inside = _within(question, steps, cases, "--cases")
    plan = plan_of(question, places, steps, inside, controls=controls, people=people)
    found = find(plan, overlapping=question.overlapping)
    strongest = found[0].llr if found else 0.0
    chance = monte_carlo(
        plan, strongest, question.replicates, question.seed, sequential=question.sequential, cores=cores, on=on
    )
    clusters = tuple(_cluster(each, question, places, steps, chance) for each in found)
    total = int(inside.number.sum())
    return Scan(clusters, chance, total, int(cases.number.sum()) - total)


def plan_of(
    question: Question, places: Places, steps: Steps, cases: Events, *, controls: Events | None, people: People | None
) -> Plan:
    """The question about these data, ready to be searched."""
    spatial = question.analysis == "spatial"
    windows = Windows.named(question.analysis, steps.count, question.longest)
    point, time = _single(cases, steps, spatial)
    count = len(places.names)
    if len(point) < 2:
        raise BadInput("--cases", "hold 2 cases or more inside the study", str(len(point)), "Widen --start and --end.")

    if question.model == "permutation":
        zones = zones_of(places.position, np.bincount(point, minlength=count).astype(float), **_limits(question))
        strata = [each for each, n in zip(cases.strata, cases.number, strict=True) for _ in range(n)]
        return permutation_plan(zones, windows, point, time, strata, count)
    if question.model == "poisson":
        if people is None:
            raise BadInput("--model poisson", "come with --population", "none", "Give it, or choose permutation.")
        expected = expected_cases(cases, people, steps, count)
        _check_reachable(expected, point, time, spatial)
        zones = zones_of(places.position, expected.sum(axis=1), **_limits(question))
        return poisson_plan(zones, windows, point, time, expected, spatial)
    if controls is None:
        raise BadInput("--model bernoulli", "come with --controls", "none", "Give them, or choose permutation.")
    if any(cases.strata) or any(controls.strata):
        raise BadInput(
            "--model bernoulli", "have no covariates", "some", "Scan each stratum alone, or choose another model."
        )
    more_point, more_time = _single(_within(question, steps, controls, "--controls"), steps, spatial)
    who_point, who_time = np.concatenate([point, more_point]), np.concatenate([time, more_time])
    zones = zones_of(places.position, np.bincount(who_point, minlength=count).astype(float), **_limits(question))
    return bernoulli_plan(zones, windows, point, time, who_point, who_time, count, spatial)


def _limits(question: Question) -> dict[str, float]:
    return {"degrees": question.degrees, "most_share": question.most_share, "most_km": question.most_km}


def _within(question: Question, steps: Steps, events: Events, option: str) -> Events:
    undated = np.isnat(events.date)
    if undated.any() and question.analysis != "spatial":
        raise BadInput(option, "have a date in each line", "none", "Add the third column, or ask --analysis spatial.")
    kept = undated | (steps.of(np.where(undated, steps.edges[0], events.date)) >= 0)
    strata = tuple(each for each, keep in zip(events.strata, kept, strict=True) if keep)
    return Events(events.place[kept], events.number[kept], events.date[kept], events.unit, strata)


def _single(events: Events, steps: Steps, spatial: bool) -> tuple[IntArray, IntArray]:
    """Place and step of each single case."""
    time = np.zeros(len(events.place), np.int64) if spatial else steps.of(events.date)
    return np.repeat(events.place, events.number), np.repeat(time, events.number)


def _check_reachable(expected: FloatArray, point: IntArray, time: IntArray, spatial: bool) -> None:
    at = expected.sum(axis=1)[point] if spatial else expected[point, time]
    if (at <= 0).any():
        raise BadInput(
            "--population", "have people wherever and whenever there are cases", "none at the place of a case",
            "Correct the population, or leave the case out.",
        )  # fmt: skip


def _cluster(found: Found, question: Question, places: Places, steps: Steps, chance: MonteCarlo) -> Cluster:
    p = p_or_none(chance.p_value(found.llr))
    tail = p_or_none(chance.gumbel_p_value(found.llr)) if question.gumbel else None
    spatial = question.analysis == "spatial"
    likely = p
    if tail is not None and p is not None and p * (len(chance.largest) + 1) <= FEW:
        likely = tail
    prospective = question.analysis == "prospective" and likely
    return Cluster(
        locations=tuple(places.names[member] for member in found.members),
        start=str(steps.edges[0] if spatial else steps.edges[found.begin]),
        end=str(steps.edges[-1 if spatial else found.end] - np.timedelta64(1, "D")),
        observed=found.observed,
        expected=found.expected,
        llr=found.llr,
        p=p,
        recurrence_days=steps.days / likely if prospective and likely else None,
        p_gumbel=tail,
        radius=radius_of(found, distances(places.position, found.centroid, question.degrees)),
    )
