"""The evaluation's measures, thresholds and testers on numbers that can be followed by hand."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from daybreak.surge import BadInput
from daybreak.surge.commands import main
from daybreak.surge.commands.evaluate import entries_of
from daybreak.surge.evaluation.bursts import BurstPlan, burst_streams, calm_streams, planted_in
from daybreak.surge.evaluation.harness import Entry, evaluate
from daybreak.surge.evaluation.measures import (
    difference,
    measures_of,
    ratio_of,
    tally,
    threshold_at_alerts,
    threshold_at_rate,
)
from daybreak.surge.evaluation.oracle import known_mean_windows, upper_tail
from daybreak.surge.evaluation.scenarios import noufaily_scenarios, parameters_of
from daybreak.surge.evaluation.seen import recent_of

ALARM = np.array([[1, 0], [1, 0], [0, 1], [1, 0], [0, 0]], dtype=bool)
OUTBREAK = np.array([[0, 0], [0, 0], [2, 0], [1, 0], [0, 0]], dtype=float)


def test_measures_are_those_counted_by_hand() -> None:
    found = measures_of(tally(ALARM, OUTBREAK), rows_a_year=52)
    assert found["fpr"].value == pytest.approx((2 / 3 + 1 / 5) / 2)  # two of three calm rows, one of five
    assert found["false_alerts_a_year"].value == pytest.approx(52 / 5)  # the run of two is one alert
    assert found["pod"].value == 1.0
    assert found["pod_first"].value == 0.0
    assert found["delay"].value == 1.0
    assert found["sensitivity"].value == 0.5
    assert found["ppv"].value == pytest.approx(1 / 4)


def test_an_alarm_that_goes_on_after_an_outbreak_is_no_new_alert() -> None:
    alarm, outbreak = np.array([[False], [True], [True]]), np.array([[0.0], [3.0], [0.0]])
    counted = tally(alarm, outbreak)
    assert counted.false_alerts.tolist() == [0.0]
    assert counted.false_rate.tolist() == [0.5]


def test_the_error_of_a_paired_difference_leaves_out_what_is_shared() -> None:
    one, other = np.array([1.0, 0, 1, np.nan]), np.array([1.0, 0, 0, 1])
    found = difference(one, other)
    assert found.value == pytest.approx(1 / 3)
    assert found.error == pytest.approx(1 / 3)  # of 0, 0, 1: sd 0.577 / sqrt 3
    assert ratio_of(np.array([1.0, 1.0]), np.array([2.0, 2.0])) == (0.5, 0.0)


def test_a_threshold_takes_ties_whole_or_not_at_all() -> None:
    surprise = np.array([[5.0], [4.0], [4.0], [1.0]])
    calm = np.zeros((4, 1))
    assert (surprise >= threshold_at_rate(surprise, calm, 0.5)).sum() == 1
    assert (surprise >= threshold_at_rate(surprise, calm, 0.75)).sum() == 3
    assert (surprise >= threshold_at_rate(surprise, calm, 0.1)).sum() == 0


def test_a_threshold_for_alerts_counts_runs() -> None:
    surprise = np.array([[0.0], [3.0], [2.0], [0.0], [1.5], [0.0]])
    assert threshold_at_alerts(surprise, 1) == pytest.approx(
        1.5
    )  # 3 and 2 are one alert; at 1.5 there are two
    assert (surprise >= threshold_at_alerts(surprise, 1)).sum() == 2


def test_parameters_are_those_of_the_paper() -> None:
    assert parameters_of(1) == (0.1, 0.0, 1.5, 0.0, 0.0)
    assert parameters_of(8) == (-2.0, 0.005, 2.0, 0.1, 0.3)
    assert parameters_of(28) == (5.0, 0.0001, 1.2, 0.05, 0.01)
    with pytest.raises(BadInput):
        parameters_of(29)


def test_the_tail_of_known_parameters_is_exact() -> None:
    assert upper_tail(np.array([2.0]), np.array([1.0]), 1.0)[0] == pytest.approx(1 - 2 * np.exp(-1))
    # NB of size 1: geometric with P(Y >= 2) = (mean / (1 + mean))^2, variance / mean = 1 + mean
    assert upper_tail(np.array([2.0]), np.array([1.0]), 2.0)[0] == pytest.approx(0.25)
    values, mean = np.array([[1.0], [2.0]]), np.ones((2, 1))
    both = known_mean_windows(values, mean, 1.0, (1, 2))[1, 0]
    assert both == pytest.approx(min(1 - 2 * np.exp(-1), 1 - np.exp(-2) * (1 + 2 + 2)))


def test_one_who_knows_the_parameters_has_the_power_that_was_measured_before() -> None:
    """Reference, section 6: weekly FPR .0080, POD .529; one and two weeks .0099, .584 (28 x 150 simulations)."""
    one, two = evaluate(noufaily_scenarios(40, 7), [])
    for result, fpr, pod in ((one, 0.0080, 0.529), (two, 0.0099, 0.584)):
        assert abs(result.own["fpr"].value - fpr) < 4 * result.own["fpr"].error
        assert abs(result.own["pod"].value - pod) < 4 * result.own["pod"].error
    assert two.own["pod"].value > one.own["pod"].value


def test_the_words_of_detectors_keep_settings_together() -> None:
    entries = entries_of(
        "ears-c1:alpha=0.01,baseline=14,farrington-flexible:least_cases=0,4,mode=compat,predictive"
    )
    assert [each.detector.name for each in entries] == ["ears-c1", "farrington-flexible", "predictive"]
    assert entries[0].settings == {"alpha": "0.01", "baseline": "14"}
    assert entries[1].settings == {"least_cases": "0,4"}
    assert entries[1].mode.value == "compat"
    assert Entry.of("tests.surge.toy:LIMIT:limit=2").settings == {"limit": "2"}
    with pytest.raises(BadInput, match="must be module:object"):
        Entry.of("tests.surge.toy:NOTHING")


def test_what_is_seen_of_a_day_grows_with_its_reports() -> None:
    reported = np.zeros((4, 3, 1))
    reported[1, :, 0] = (1, 2, 4)  # seven events of row 1: one known at once, three a day later
    recent = recent_of(reported, np.array([2, 3]), 3)
    assert recent[0, :, 0].tolist() == [0, 3, 0]
    assert recent[1, :, 0].tolist() == [0, 0, 7]


def test_bursts_are_added_to_the_streams_and_nothing_else() -> None:
    plan = BurstPlan(training=30, watched=20, means=(0.5,), sizes=(4,), lengths=(1,), within=1)
    calm, burst = calm_streams(plan, 5, 1), burst_streams(plan, 50, 1)
    assert calm.reported.shape == (50, len(plan.delays), 5)
    extra = burst.reported.sum(axis=1)[plan.training] - burst.mean[plan.training]
    assert 3 < extra.mean() < 5
    series = np.random.default_rng(3).poisson(1.0, (60, 4)).astype(float)
    calm, planted = planted_in(series, plan, 2, 1)
    assert (calm.reported.sum(axis=1) == series).all()
    assert planted.reported.shape == (32, len(plan.delays), 8)


def test_the_command_judges_series_of_ones_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    counts, truth, out = (tmp_path / name for name in ("counts.csv", "truth.csv", "out.json"))
    values, sick = [1, 1, 1, 9, 1, 5], [0, 0, 0, 8, 0, 0]
    for path, column in ((counts, values), (truth, sick)):
        path.write_text("week,a\n" + "".join(f"{n},{v}\n" for n, v in enumerate(column, 1)), encoding="utf-8")
    words = ["evaluate", "--scenarios", str(counts), "--truth", str(truth), "--test", "3:6"]
    words += [
        "--detector",
        "tests.surge.toy:LIMIT:limit=3",
        "--detectors",
        "threshold:events=9",
        "--out",
        str(out),
    ]
    assert main(words) == 0
    records = {each["detector"]: each for each in json.loads(out.read_text(encoding="utf-8"))}
    assert records["tests.surge.toy:LIMIT:limit=3"]["own_fpr"] == pytest.approx(1 / 3)
    assert records["threshold:events=9"]["own_fpr"] == 0
    assert records["threshold:events=9"]["own_pod"] == 1
    assert "POD" in capsys.readouterr().out


def test_the_command_refuses_a_truth_that_does_not_fit(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, rows in (("counts.csv", 3), ("truth.csv", 2)):
        (tmp_path / name).write_text("week,a\n" + "".join(f"{n},1\n" for n in range(rows)), encoding="utf-8")
    words = ["evaluate", "--scenarios", str(tmp_path / "counts.csv"), "--truth", str(tmp_path / "truth.csv")]
    assert main(words) == 1
    assert "have the rows and columns" in capsys.readouterr().err


def test_the_command_repeats_itself_for_a_seed(tmp_path: Path) -> None:
    found = []
    for name in ("one", "two"):
        words = ["evaluate", "--repetitions", "2", "--seed", "5", "--detectors", "ears-c1"]
        assert main([*words, "--out", str(tmp_path / name)]) == 0
        with (tmp_path / name / "evaluation.csv").open(encoding="utf-8") as file:
            found.append(list(csv.DictReader(file)))
        assert (tmp_path / name / "evaluation.txt").is_file()
    assert found[0] == found[1]
    assert [row["detector"] for row in found[0]] == ["oracle, 1 row", "oracle, 1 and 2 rows", "ears-c1"]
