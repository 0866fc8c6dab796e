"""The morning list as a rule: what is tested, what is listed, in which order, and what is not known."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from daybreak.alerts.rules.lifecycle import NEXT, VERDICTS, may_follow
from daybreak.alerts.rules.morning import Day, matrix, morning, same_episode

FIRST, LAST = date(2012, 1, 2), date(2013, 7, 14)
DAYS = (LAST - FIRST).days + 1
SHARE = 12 / 365.25


def _quiet(seed: int, mean: float) -> dict[date, int]:
    drawn = np.random.default_rng(seed).poisson(mean, DAYS)
    return {FIRST + timedelta(days=day): int(cases) for day, cases in enumerate(drawn) if cases}


def _listed(counted: dict[int, dict[date, int]], reported: dict[int, tuple[date, date]]) -> tuple[Day, ...]:
    days, values, streams = matrix(counted, reported, LAST)
    return morning(days, values, streams, share=SHARE)


def test_a_burst_is_first_on_the_list_and_quiet_streams_are_not_on_it() -> None:
    counted = {stream: _quiet(stream, 0.8) for stream in range(8)}
    counted[5][LAST] = 14
    said = _listed(counted, dict.fromkeys(counted, (FIRST, LAST)))
    assert [(one.stream, one.place) for one in said if one.place] == [(5, 1)]
    first = said[0]
    assert first.on == LAST
    assert first.observed >= 14
    assert first.expected < 5
    assert first.p < 1e-6
    assert first.recurrence_days > 100_000


def test_a_stream_whose_feed_is_silent_is_not_tested_and_is_never_a_zero() -> None:
    counted = {1: _quiet(1, 0.8), 2: _quiet(2, 0.8)}
    said = _listed(counted, {1: (FIRST, LAST), 2: (FIRST, LAST - timedelta(days=40))})
    silent = next(one for one in said if one.stream == 2)
    assert np.isnan(silent.p)
    assert silent.why == "did not report"
    assert silent.place == 0


def test_a_day_before_the_first_report_is_not_a_zero() -> None:
    counted = {1: {}, 2: {}}
    days, values, streams = matrix(counted, {1: (FIRST, LAST), 2: (FIRST + timedelta(days=3), LAST)}, LAST)
    assert streams == (1, 2)
    assert days[0] == np.datetime64(FIRST)
    assert np.isnan(values[:3, 1]).all()
    assert (values[:, 0] == 0).all()
    assert (values[3:, 1] == 0).all()


def test_cases_outside_the_reported_days_are_not_counted() -> None:
    until = LAST - timedelta(days=5)
    _, values, _ = matrix({1: {LAST: 7, until: 2}}, {1: (FIRST, until)}, LAST)
    assert values[-6, 0] == 2
    assert np.isnan(values[-5:, 0]).all()


@pytest.mark.parametrize(("days", "same"), [(0, True), (14, True), (15, False)])
def test_two_weeks_make_a_new_rise(days: int, same: bool) -> None:
    assert same_episode(LAST - timedelta(days=days), LAST) is same


def test_every_verdict_can_be_reached_and_none_returns_to_new() -> None:
    assert set(NEXT) == {"new", *VERDICTS}
    assert all("new" not in after and state not in after for state, after in NEXT.items())
    assert all(may_follow("new", verdict) for verdict in VERDICTS)
    assert not may_follow("real", "real")
    assert not may_follow("new", "new")
