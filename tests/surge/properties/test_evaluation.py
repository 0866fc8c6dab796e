"""What must hold of the evaluation whatever the numbers: no look ahead, order does not matter, seeds repeat."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from daybreak.surge.evaluation.bursts import BurstPlan, Streams, calm_streams
from daybreak.surge.evaluation.harness import Entry, evaluate
from daybreak.surge.evaluation.measures import alerts_of, threshold_at_alerts, threshold_at_rate
from daybreak.surge.evaluation.scenarios import noufaily_scenarios
from daybreak.surge.evaluation.seen import peer_surprise, surprise_at

PLAN = BurstPlan(training=60, watched=12, means=(0.5, 2.0))


def streams() -> Streams:
    return calm_streams(PLAN, 3, 4)


def test_reports_after_a_day_change_nothing_of_what_is_said_on_it() -> None:
    calm = streams()
    day = int(calm.tested[5])
    later = calm.reported.copy()
    rows, lags = np.indices(later.shape[:2])
    later[rows + lags > day] += 3  # everything that becomes known after that day
    changed = replace(calm, reported=later)
    before, after = (peer_surprise(each, Entry.of("ears-c2"), 60) for each in (calm, changed))
    np.testing.assert_array_equal(before[:6], after[:6])
    assert not np.array_equal(before[6:], after[6:])


def test_permuting_streams_permutes_what_is_said() -> None:
    calm = streams()
    order = np.array([3, 0, 5, 1, 4, 2])
    mixed = replace(calm, reported=np.ascontiguousarray(calm.reported[:, :, order]), mean=calm.mean[:, order])
    for words in ("predictive", "ears-c3"):
        plain, moved = (surprise_at(each, Entry.of(words), PLAN) for each in (calm, mixed))
        np.testing.assert_allclose(moved, plain[:, order], rtol=1e-9)


def test_the_thresholds_keep_what_they_promise() -> None:
    for seed in range(20):
        random = np.random.default_rng(seed)
        surprise = np.round(random.exponential(1.0, (80, 5)), 1)  # many ties
        outbreak = (random.random((80, 5)) < 0.1) * 1.0
        threshold = threshold_at_rate(surprise, outbreak, 0.05)
        calm = outbreak == 0
        rate = ((surprise >= threshold) & calm).sum(axis=0) / calm.sum(axis=0)
        assert 0.03 < rate.mean() <= 0.05 + 1e-12
        assert alerts_of(surprise, threshold_at_alerts(surprise, 3.0)).mean() <= 3.0


def test_a_repetition_does_not_depend_on_how_many_there_are() -> None:
    few, many = noufaily_scenarios(2, 3, only=(5, 14)), noufaily_scenarios(4, 3, only=(5, 14))
    np.testing.assert_array_equal(few.counts.values, many.counts.values[:, [0, 1, 4, 5]])
    first, second = (evaluate(few, [Entry.of("ears-c1")])[-1].own for _ in range(2))
    assert first["fpr"] == second["fpr"]
    assert not np.array_equal(few.counts.values, noufaily_scenarios(2, 4, only=(5, 14)).counts.values)
