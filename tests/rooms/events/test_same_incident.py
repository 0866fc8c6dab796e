"""The plain rule for one incident: near in place and time, gated at a day, measured on synthetic reports."""

from __future__ import annotations

import math
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybreak.events.rules.same_incident import Closeness, Report, incidents, linked_pairs, same_incident

SOURCES = ("fire-ems", "police")
NOON = datetime(2013, 7, 1, 12, tzinfo=UTC)
EMS = Report("e", "fire-ems", NOON, latitude=38.04, longitude=-84.5)


def police(minutes: float = 0, north_km: float = 0, **changes: object) -> Report:
    at = NOON + timedelta(minutes=minutes)
    return replace(Report("p", "police", at, latitude=38.04 + north_km / 111.19, longitude=-84.5), **changes)


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (police(59), True),
        (police(-60), True),
        (police(61), False),
        (police(0, 0.49), True),
        (police(0, 0.51), False),
        (police(359, source="coroner"), True),
        (police(361, source="coroner"), False),
        (police(0, source="fire-ems"), False),
        (police(10, latitude=None), None),
        (police(10, place="zip"), None),
        (police(-720, time="day"), None),
        (police(-1500, time="day"), None),
        (police(-48 * 60, time="day"), False),
        (police(10, 3, time="day"), False),
    ],
)
def test_the_rule_at_its_edges(other: Report, same: bool | None) -> None:
    assert same_incident(EMS, other) is same
    assert same_incident(other, EMS) is same


@given(st.floats(0, 10**5), st.floats(0, 2), st.integers(0, 1440))
def test_reports_a_day_apart_are_never_one_incident_whatever_the_settings(
    minutes: float, km: float, window: int
) -> None:
    widest = Closeness(otherwise_minutes=window, minutes_with={"coroner": 1440})
    for source in ("police", "coroner"):
        if same_incident(EMS, police(minutes, km, source=source), widest):
            assert minutes <= 1440


@pytest.mark.parametrize(
    "settings",
    [{"otherwise_minutes": 1441}, {"minutes_with": {"coroner": 3000}}, {"km": 0}, {"otherwise_minutes": -1}],
)
def test_a_window_past_the_gate_is_refused(settings: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="must be"):
        Closeness(**settings)


def synthetic(seed: int, *, hard: bool) -> list[Report]:
    """2,000 overdoses of a year in a county: who reports, with noise as in the reference; "n:source" names the event n.

    Clean: about 12 minutes and 110 m of error. Hard: besides, in one event of four one report has a wrong address, and in one
    of ten one report's time is off by up to 12 hours.
    """
    draw, made = random.Random(seed), []
    for number in range(2000):
        at = datetime(2013, 1, 1, tzinfo=UTC) + timedelta(minutes=draw.uniform(0, 525_600))
        north, east = draw.uniform(-15, 15), draw.uniform(-15, 15)
        misplaced, mistimed = (
            "" if not hard or draw.random() >= share else draw.choice(SOURCES) for share in (0.25, 0.1)
        )
        for source, share in (("fire-ems", 0.857), ("police", 0.549), ("coroner", 0.0945)):
            if draw.random() >= share:
                continue
            wrong = source == misplaced
            off_hours = draw.uniform(-12, 12) if source == mistimed else 0
            late = draw.uniform(0, 300) if source == "coroner" else 0
            y = draw.uniform(-15, 15) if wrong else north + draw.gauss(0, 0.11 / math.sqrt(2))
            x = draw.uniform(-15, 15) if wrong else east + draw.gauss(0, 0.11 / math.sqrt(2))
            when = at + timedelta(minutes=draw.gauss(0, 12) + late, hours=off_hours)
            made.append(
                Report(f"{number}:{source}", source, when, "minute", 38.04 + y / 111.19, -84.5 + x / 87.6)
            )
    return made


def measured(reports: list[Report], closeness: Closeness = Closeness()) -> tuple[float, float]:  # noqa: B008
    """Precision and recall of the linked pairs."""
    event = {report.reference: report.reference.partition(":")[0] for report in reports}
    found = {frozenset((one.reference, other.reference)) for one, other in linked_pairs(reports, closeness)}
    by_event: dict[str, list[str]] = {}
    for reference, number in event.items():
        by_event.setdefault(number, []).append(reference)
    true = {
        frozenset((one, other))
        for members in by_event.values()
        for place, one in enumerate(members)
        for other in members[:place]
    }
    right = len(found & true)
    return right / len(found), right / len(true)


def test_on_clean_reports_the_rule_finds_nearly_all_and_little_else() -> None:
    precision, recall = measured(synthetic(1, hard=False))
    assert precision >= 0.99
    assert recall >= 0.97


def test_on_hard_reports_it_misses_many_and_still_says_little_that_is_wrong() -> None:
    precision, recall = measured(synthetic(1, hard=True))
    assert precision >= 0.98
    assert 0.6 <= recall <= 0.8


def test_an_hour_for_all_loses_the_coroner() -> None:
    reports = synthetic(1, hard=False)
    hour = Closeness(minutes_with={})
    assert measured(reports, hour)[1] < measured(reports)[1] - 0.05


def test_every_report_stands_in_one_incident_with_each_source_once() -> None:
    reports = synthetic(2, hard=True)
    groups = incidents(reports)
    assert sorted(report.reference for group in groups for report in group) == sorted(
        r.reference for r in reports
    )
    assert all(len({report.source for report in group}) == len(group) for group in groups)


def test_the_nearest_in_time_goes_first_where_two_fit() -> None:
    first, second = police(30, reference="far"), police(5, reference="near")
    together = {frozenset(report.reference for report in group) for group in incidents([EMS, first, second])}
    assert together == {frozenset({"e", "near"}), frozenset({"far"})}
