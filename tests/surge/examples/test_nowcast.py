"""Nowcasts by hand and by reference: the closed form, Lawless's with and without R's defect, silence, late alarms."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import betanbinom, nbinom, norm

from daybreak.surge.commands import main
from daybreak.surge.delays import clean_lags, counted_delays, learn_delays
from daybreak.surge.detector import Mode
from daybreak.surge.errors import BadInput
from daybreak.surge.late_detection import detect_on_nowcast, detect_partial, partial_counts
from daybreak.surge.nowcast import nowcast, told_until
from daybreak.surge.nowcast_compat import Delays, LevelPrior, delays_of, lawless, with_level_prior
from daybreak.surge.silence import reports_by_period, silence_of, silences, with_silence
from daybreak.surge.triangle import Triangle

NAN = float("nan")
SHARES = np.array([0.4, 0.3, 0.2, 0.1])


def triangle(mean: float = 8.0, times: int = 120, seed: int = 1, series: int = 1) -> Triangle:
    generator = np.random.default_rng(seed)
    counts = generator.poisson(mean, (times, series))
    cells = generator.multinomial(counts, SHARES).transpose(0, 2, 1).astype(float)
    return Triangle(np.ascontiguousarray(cells), tuple(f"s{n}" for n in range(series)))


def test_the_closed_form_is_the_beta_negative_binomial_of_counted_delays() -> None:
    whole = triangle()
    cast = nowcast(whole, method="closed-form")
    assert cast.rows.tolist() == [117, 118, 119]
    delays = whole.as_of(119).delay_counts(119).ravel() + 0.1
    for place, age in enumerate((2, 1, 0)):
        a, b = delays[: age + 1].sum(), delays[age + 1 :].sum()
        known = int(cast.known[place, 0])
        exact = betanbinom.cdf(np.arange(30), known + 1, a, b)
        np.testing.assert_allclose(
            cast.cumulative[place][0][:30], exact[: len(cast.cumulative[place][0])], rtol=1e-9
        )


def test_a_moving_window_counts_the_delays_of_its_rows_alone() -> None:
    cells = np.array([[9.0, 1.0], [1.0, 9.0], [1.0, 9.0], [5.0, NAN]])
    assert counted_delays(cells, None, 0.0).share.tolist() == [16 / 35, 1.0]
    assert counted_delays(cells, 1, 0.0).share.tolist() == [6 / 15, 1.0]


def test_lawless_has_both_terms_of_its_variance_and_compat_loses_the_first() -> None:
    # n_x and N_x of Lawless 1994: g_1 = 3/10, so W = 0.7 for a row of age 0 of which 7 are known
    delays = Delays(np.array([7.0, 3.0]), np.array([7.0, 10.0]), np.array([10.0, 7.0]))
    share, known = 0.7, 7
    of_share = share**2 * 0.3 / (10 * 0.7)
    second = known * (1 - share) / share**2
    first = known * (known + 1) * of_share / share**4
    for mode, variance, below in ((Mode.COMPAT, second, 0.0), (Mode.CORRECTED, first + second, None)):
        law = norm(known / share, np.sqrt(variance))
        lost = law.cdf(known) if below is None else below
        told = lawless(delays, 1, 60, mode)
        np.testing.assert_allclose(told[12], (law.cdf(12) - lost) / (1 - law.cdf(known)), rtol=1e-12)
        assert told[6] == 0


def test_a_level_prior_that_is_certain_of_the_delay_is_one_negative_binomial() -> None:
    delays = Delays(np.array([7e7, 3e7]), np.array([7e7, 1e8]), np.array([10.0, 4.0]))
    told = with_level_prior(delays, 1, 200, LevelPrior(10, 60))
    size = 10**2 / 50
    exact = nbinom.cdf(np.arange(197), size + 4, 1 - 0.3 * 10 / (size + 10))
    np.testing.assert_allclose(told[4:], exact, atol=1e-5)


def test_a_delay_longer_than_the_longest_counts_as_that() -> None:
    delays = delays_of(np.array([0, 0, 1, 3]), np.array([0, 3, 4, 3]), now=3, longest=2)
    assert delays.known.tolist() == [2, 0, 0, 1]
    assert delays.reports.tolist() == [2, 0, 1]
    with pytest.raises(BadInput, match="D must be at most 3"):
        delays_of(np.array([0]), np.array([0]), now=3, longest=4)


def test_a_mixture_of_negative_binomials_is_that_of_scipy() -> None:
    size, stay, weight = np.array([0.5, 3.0, 40.0]), np.array([0.9, 0.5, 0.3]), np.array([0.2, 0.3, 0.5])
    told = told_until(size, stay, weight)
    k = np.arange(len(told))
    exact = sum(w * nbinom.cdf(k, s, 1 - q) for s, q, w in zip(size, stay, weight, strict=True))
    np.testing.assert_allclose(told, exact, atol=1e-8)
    assert told[-1] > 1 - 1e-8


def test_learned_delays_find_the_shares_although_recent_rows_are_cut_off() -> None:
    whole = triangle(mean=200.0, seed=2)
    cells = np.ascontiguousarray(whole.as_of(119).reported[:, :, 0])
    learned = learn_delays(cells)
    np.testing.assert_allclose(learned.share, np.cumsum(SHARES), atol=0.02)
    assert learned.share[-1] == 1
    assert (np.diff(learned.share) > 0).all()


def test_learned_delays_follow_a_drift_that_counted_ones_miss() -> None:
    generator = np.random.default_rng(5)
    slow = np.array([0.1, 0.2, 0.3, 0.4])
    way = np.linspace(0, 1, 120)[:, None]
    chances = (1 - way) * SHARES + way * slow
    cells = np.array([generator.multinomial(200, p) for p in chances]).astype(float)
    seen = Triangle(cells[:, :, None], ("all",)).as_of(119).reported[:, :, 0]
    learned, counted = learn_delays(np.ascontiguousarray(seen)).share[0], counted_delays(seen, None).share[0]
    assert abs(learned - 0.1) < 0.05 < abs(counted - 0.1)


def test_what_comes_after_a_gap_teaches_no_delay() -> None:
    assert clean_lags(np.array([[1.0, 2.0, 3.0], [1.0, NAN, 9.0], [NAN, 4.0, 4.0]])).tolist() == [3, 1, 0]


def test_intervals_hold_at_least_what_they_say_and_are_the_narrowest() -> None:
    cast = nowcast(triangle())
    low, high = cast.interval(0.9)
    for row in range(3):
        told = np.concatenate([[0.0], cast.cumulative[row][0]])
        first, last = (int(end[row, 0] - cast.known[row, 0]) for end in (low, high))
        assert told[last + 1] - told[first] >= 0.9
        narrower = [told[k + last - first] - told[k] for k in range(len(told) - (last - first))]
        assert max(narrower) < 0.9


def test_the_probability_above_a_bound_is_the_rest_of_the_distribution() -> None:
    cast = nowcast(triangle())
    above = cast.probability_above(np.array([[NAN], [cast.known[1, 0] - 1], [cast.known[2, 0] + 2]]))
    assert np.isnan(above[0, 0])
    assert above[1, 0] == 1
    assert above[2, 0] == pytest.approx(1 - cast.cumulative[2][0][2])


def test_a_row_without_any_report_is_predicted_from_its_level_and_stays_unknown() -> None:
    whole = triangle(mean=20)
    cells = whole.as_of(119).reported.copy()
    cells[118:] = NAN
    cast = nowcast(Triangle(cells, whole.names))
    assert np.isnan(cast.known[1:, 0]).all()
    assert cast.share[1:, 0].tolist() == [0, 0]
    assert np.all(np.abs(cast.expected[1:, 0] - 20) < 6)


def test_reports_are_summed_by_the_period_in_which_they_came() -> None:
    cells = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, NAN], [NAN, NAN]])
    np.testing.assert_array_equal(reports_by_period(cells), [1, 5, 9, NAN])


def test_silence_is_told_from_quiet_by_the_probability_of_the_gap() -> None:
    busy, rare = np.full(60, 5.0), np.tile([1.0, 0, 0, 0, 0], 12)
    gap = silence_of(np.append(busy, np.zeros(3)))
    assert (gap.periods, gap.probability < 1e-5) == (3, True)
    # λ = 5 for sure and Poisson: exp(-15); the uncertain level makes the gap a little more probable
    assert np.exp(-15) < gap.probability < np.exp(-13)
    assert silence_of(np.append(rare, np.zeros(4))).probability > 0.01
    assert silence_of(np.append(rare, np.zeros(80))).probability < 0.001
    assert silence_of(np.zeros(60)).probability == 1
    assert silence_of(busy).probability == 1


def test_a_source_that_reports_once_a_week_is_not_silent_between() -> None:
    batches = np.tile([35.0, 0, 0, 0, 0, 0, 0], 20)
    for days in range(1, 7):
        assert silence_of(np.append(batches, [35.0] + [0.0] * days)).probability > 0.01
    assert silence_of(np.append(batches, [35.0] + [0.0] * 40)).probability < 0.01


def test_what_a_silent_source_left_out_is_unknown_in_the_triangle() -> None:
    whole = triangle(mean=20).as_of(119)
    cells = whole.reported.copy()
    cells[np.add.outer(np.arange(120), np.arange(4)) >= 117] = 0
    cells[np.isnan(whole.reported)] = NAN
    silent = Triangle(cells, whole.names)
    found = silences(silent)
    assert found[0].periods == 3
    known = with_silence(silent, found).known_at(119).ravel()
    assert np.isnan(known[117:]).all()
    assert not np.isnan(known[:117]).any()
    assert with_silence(silent, found, below=found[0].probability).known_at(119).ravel()[-1] == 0


def test_a_surge_is_seen_in_partial_counts_and_in_the_nowcast_before_all_is_reported() -> None:
    calm = triangle(mean=6, times=200, seed=7)
    cells = calm.reported.copy()
    cells[199, 0] = 14
    surge = Triangle(cells, calm.names)
    assert detect_partial(surge, settings={"alpha": 0.001}).alarm.tolist() == [[1]]
    assert detect_partial(calm, settings={"alpha": 0.001}).alarm.tolist() == [[0]]
    late = detect_on_nowcast(surge, settings={"alpha": 0.01})
    assert late.alarm[-1, 0] == 1
    assert late.probability[-1, 0] > 0.9
    assert (detect_on_nowcast(calm, settings={"alpha": 0.01}).alarm == 0).all()


def test_partial_counts_carry_the_share_known_as_their_exposure() -> None:
    counts = partial_counts(triangle(mean=100), 119)
    assert counts.exposure is not None
    np.testing.assert_allclose(counts.exposure[-4:, 0], np.cumsum(SHARES)[::-1], atol=0.04)
    assert counts.values[-1, 0] == triangle(mean=100).reported[119, 0, 0]


def test_a_silent_source_is_not_tested() -> None:
    cells = triangle(mean=6, times=200).as_of(199).reported.copy()
    cells[199] = NAN
    outcome = detect_partial(Triangle(cells, ("s0",)))
    assert outcome.alarm.tolist() == [[-1]]
    assert outcome.why(0, 0) == "did not report"


def test_the_command_reads_a_line_list_and_writes_what_is_still_to_come(tmp_path: Path) -> None:
    generator = np.random.default_rng(3)
    event = np.datetime64("2024-01-01") + np.repeat(np.arange(90), generator.poisson(6, 90))
    report = event + generator.choice(4, len(event), p=SHARES)
    lines = ["died,entered,county"]
    lines += [f"{a},{b},{'x' if n % 3 else 'y'}" for n, (a, b) in enumerate(zip(event, report, strict=True))]
    lines += [",2024-01-05,x", "2024-01-05,,x"]
    path, out = tmp_path / "deaths.csv", tmp_path / "nowcast.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    words = [
        "nowcast",
        str(path),
        "--event",
        "died",
        "--report",
        "entered",
        "--by",
        "county",
        "--now",
        "2024-03-20",
    ]
    words += ["--max-delay", "5", "--above", "3", "--detect", "predictive", "--alpha", "0.001"]
    assert main([*words, "--out", str(out)]) == 0
    with out.open(encoding="utf-8") as text:
        rows = list(csv.DictReader(text))
    assert [row["date"] for row in rows[:5]] == [f"2024-03-{day}" for day in range(16, 21)]
    assert {row["series"] for row in rows} == {"x", "y"}
    last = rows[4]
    there = (event == np.datetime64("2024-03-20")) & (report == event)
    assert int(last["known"]) == sum(there & (np.arange(len(event)) % 3 > 0))
    assert int(last["lower"]) <= int(last["median"]) <= int(last["upper"])
    assert 0.2 < float(last["share_known"]) < 0.6
    assert 0 <= float(last["probability_above"]) <= 1
    assert {row["alarm_of_known"] for row in rows} == {"0"}
    assert float(last["upper_bound"]) >= int(last["known"])
    assert 0 <= float(last["probability_above_bound"]) < 0.1
    assert 0.001 < float(last["p_value_of_known"]) <= 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--event", "b"], "must have one column 'b', got 0. Its columns: died, entered"),
        (["--event", "entered"], "--event, --report and --by must name different columns"),
        (["--now", "soon"], "--now must be a date, got 'soon'"),
        (["--max-delay", "0"], "--max-delay must be 1 or more"),
        (["--max-delay", "9"], "the line list must reach back 10 days, got 3"),
    ],
)
def test_a_call_that_cannot_be_answered_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    path = tmp_path / "deaths.csv"
    path.write_text("died,entered\n2024-01-01,2024-01-02\n2024-01-02,2024-01-02\n", encoding="utf-8")
    call = {"--event": "died", "--report": "entered", "--now": "2024-01-03", "--max-delay": "1"}
    call |= dict(zip(words[::2], words[1::2], strict=True))
    flat = [word for pair in call.items() for word in pair]
    assert main(["nowcast", str(path), *flat, "--out", str(tmp_path / "out.csv")]) == 1
    assert said in capsys.readouterr().err


def test_a_cell_that_is_no_date_is_named_by_its_line_and_not_repeated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "deaths.csv"
    path.write_text("died,entered\n2024-01-01,somebody\n", encoding="utf-8")
    words = [
        "--event",
        "died",
        "--report",
        "entered",
        "--now",
        "2024-01-03",
        "--out",
        str(tmp_path / "out.csv"),
    ]
    assert main(["nowcast", str(path), *words]) == 1
    said = capsys.readouterr().err
    assert "line 2, column entered must be a date" in said
    assert "somebody" not in said


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"method": "other"}, "method must be one of: learned, closed-form, lawless"),
        ({"window": 0}, "window must be 1 row or more"),
        ({"at": 500}, "at must be a row from 0 to 119"),
        ({"rows": np.array([130])}, "rows must lie from 0 to 119"),
    ],
)
def test_a_nowcast_that_cannot_be_made_is_refused(change: dict[str, object], said: str) -> None:
    with pytest.raises(BadInput) as caught:
        nowcast(triangle(), **change)
    assert said in str(caught.value)
