"""Bursts found at the same number of false alerts: ours, the peers, and windows that know the mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from scipy import stats

from daybreak.surge.counts import Counts, FloatArray, IntArray
from daybreak.surge.detector import Detector, Mode, setting
from daybreak.surge.evaluation.bursts import BurstPlan, Streams
from daybreak.surge.evaluation.harness import Entry
from daybreak.surge.evaluation.measures import (
    BoolArray,
    Measure,
    alerts_of,
    difference,
    mean_of,
    ratio_of,
    threshold_at_alerts,
)
from daybreak.surge.evaluation.seen import known_mean_surprise, surprise_at
from daybreak.surge.methods import detector_named
from daybreak.surge.outcome import Outcome, empty_outcome

ORACLE = "known-mean windows"
CEILING = 0.60
"""Where no peer finds more than this share, ours is to find half as many again as the best of them."""


@dataclass(frozen=True)
class OwnThresholdSettings:
    """Settings of the 24-hour threshold that each stream sets for itself."""

    alpha: float = setting(0.01, "false alarms a test, if days were Poisson")


def run_own_threshold(
    counts: Counts, tested: IntArray, settings: OwnThresholdSettings, mode: Mode
) -> Outcome:
    """So many events or more in 24 hours, the number fitted to each stream's own mean of all rows before.

    p_value: P(Poisson(mean) ≥ count). Kinder to the method than one number for all streams.
    """
    outcome = empty_outcome(tested, counts.series, ("", "needs 28 rows before it", "did not report"))
    for place, row in enumerate(tested):
        now, before = counts.values[row], counts.values[:row]
        known = (~np.isnan(before)).sum(axis=0)
        mean = (np.nansum(before, axis=0) + 0.5) / np.maximum(known, 1)
        tail = stats.poisson.sf(now - 1, mean)
        able = (known >= 28) & ~np.isnan(now)
        outcome.p_value[place] = np.where(able, tail, np.nan)
        outcome.expected[place] = np.where(able, mean, np.nan)
        outcome.alarm[place] = np.where(able, tail <= settings.alpha, -1)
        outcome.reason[place] = np.where(able, 0, np.where(np.isnan(now), 2, 1))
    return outcome


OWN_THRESHOLD = Detector(
    name="threshold-own",
    question="Have so many events happened within 24 hours that this place would set as its threshold?",
    settings=OwnThresholdSettings,
    run=run_own_threshold,
    source="ODMAP spike alerts, the number set by each place",
)


def peers() -> list[Entry]:
    """The peers, with settings that let each work on one year of days."""
    flexible = {
        "years": 1, "zones": 10, "past_left_out": 14, "threshold_method": "nbPlugin", "least_cases": (0, 4),
    }  # fmt: skip
    plain = ("ears-c1", "ears-c2", "ears-c3", "nssp-ewma", "nssp-regression", "nssp-switch")
    return [
        Entry("threshold-own", OWN_THRESHOLD),
        *(Entry(name, detector_named(name)) for name in plain),
        Entry("farrington-flexible", detector_named("farrington-flexible"), flexible),
    ]


@dataclass(frozen=True)
class Found:
    """One tester: threshold at the allowed alerts, false alerts a stream and year, share of bursts found.

    share: bursts found over those that known-mean windows find, on the same streams; kept: of those that the
    known-mean windows find, the share that it finds too. ahead: its share found minus that of the first entry.
    """

    label: str
    threshold: float
    alerts: Measure
    found: Measure
    share: Measure
    kept: Measure
    ahead: Measure
    each: FloatArray
    untested: float = 0.0
    by_stratum: Mapping[str, Measure] = field(default_factory=dict)


def evaluate_bursts(
    calm: Streams, burst: Streams, plan: BurstPlan, entries: Sequence[Entry], alerts_a_year: float = 4.0
) -> list[Found]:
    """Moves each tester's threshold to the allowed false alerts on calm streams, then looks at the bursts.

    A run of alarms on neighbouring days is one alert; the allowed number is the mean over streams. A burst is found if
    an alarm stands on its first day or one of the `plan.within` days after.
    """
    surprises = [(ORACLE, known_mean_surprise(calm, plan), known_mean_surprise(burst, plan))]
    surprises += [
        (each.label, surprise_at(calm, each, plan), surprise_at(burst, each, plan)) for each in entries
    ]
    years = len(calm.tested) / 365
    hits: list[FloatArray] = []
    results = []
    for label, quiet, loud in surprises:
        threshold = threshold_at_alerts(quiet, alerts_a_year * years)
        each: FloatArray = np.array((loud >= threshold).any(axis=0), dtype=np.float64)
        hits.append(each)
        oracle, first = hits[0], hits[min(1, len(hits) - 1)]
        results.append(
            Found(
                label=label,
                threshold=threshold,
                alerts=mean_of(alerts_of(quiet, threshold) / years),
                found=mean_of(each),
                share=ratio_of(each, oracle),
                kept=mean_of(each[oracle > 0]),
                ahead=difference(each, first),
                each=each,
                untested=float(np.isnan(quiet).mean()),
                by_stratum={
                    name: mean_of(each[burst.stratum == place]) for place, name in enumerate(burst.labels)
                },
            )
        )
    return results


class Lead(NamedTuple):
    """One kind of burst: the share that ours finds, the best peer, what it finds, ours and the oracle's over that."""

    ours: float
    peer: str
    found: float
    ratio: Measure
    oracle: float


@dataclass(frozen=True)
class Criterion:
    """What is asked of the first entry: its share of the oracle, and its lead where peers are blind."""

    share: Measure
    kept: Measure
    lead: Mapping[str, Lead]

    @property
    def smallest_lead(self) -> float:
        """The smallest ratio to the best peer over the kinds where none exceeds the ceiling."""
        return min((each.ratio.value for each in self.lead.values()), default=float("nan"))


def criterion_of(results: Sequence[Found], burst: Streams) -> Criterion:
    """Of results as from `evaluate_bursts`: the oracle, ours, then the peers.

    lead: for each kind of burst where no peer finds more than 60 %, and for all those kinds together; a kind of which no
    peer finds any is left out, having no ratio.
    """
    oracle, ours, others = results[0], results[1], results[2:]
    lead, blind = {}, np.zeros(len(ours.each), bool)
    if others:
        for place, name in enumerate(ours.by_stratum):
            if max(each.by_stratum[name].value for each in others) <= CEILING:
                own = burst.stratum == place
                blind |= own
                lead[name] = _lead(oracle, ours, others, own)
        if len(lead) > 1:
            lead["all of these"] = _lead(oracle, ours, others, blind)
    return Criterion(ours.share, ours.kept, {k: v for k, v in lead.items() if v.found > 0})


def _lead(oracle: Found, ours: Found, others: Sequence[Found], own: BoolArray) -> Lead:
    best = max(others, key=lambda each: float(each.each[own].mean()))
    top = best.each[own]
    ratio, limit = ratio_of(ours.each[own], top), ratio_of(oracle.each[own], top)
    return Lead(float(ours.each[own].mean()), best.label, float(top.mean()), ratio, limit.value)
