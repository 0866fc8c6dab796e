"""Expected cases of each place and step, from a population that changes over the years and differs by stratum."""

from __future__ import annotations

import numpy as np

from daybreak.surge.counts import DateArray, FloatArray, IntArray
from daybreak.surge.errors import BadInput
from daybreak.surge.scan.dates import Steps
from daybreak.surge.scan.inputs import Events, People

Stratum = tuple[str, ...]


def person_days(year: IntArray, people: FloatArray, edges: DateArray) -> FloatArray:
    """(groups, steps) person-days of each step.

    Parameters
    ----------
    year : (years,) different, increasing; a year's people are those of its 1 July.
    people : (groups, years); between two of these days the number changes evenly, before the first and after the last
        it does not change.
    edges : (steps + 1,) first day of each step and the day after the last.
    """
    known = np.array([np.datetime64(f"{each:04d}-07-01", "D") for each in year]).astype(np.float64)
    edge = edges.astype(np.float64)
    grid = np.unique(np.concatenate([edge, known[(known > edge[0]) & (known < edge[-1])]]))
    weight = np.empty((len(year), len(edge) - 1))
    for k in range(len(year)):  # what one more person in year k adds to each step: exact, as all is linear
        height = np.interp(grid, known, np.eye(len(year))[k])
        total = np.concatenate([[0.0], np.cumsum(np.diff(grid) * (height[1:] + height[:-1]) / 2)])
        weight[k] = np.diff(total[np.searchsorted(grid, edge)])
    return np.asarray(people @ weight)


def expected_cases(cases: Events, people: People, steps: Steps, places: int) -> FloatArray:
    """(places, steps) expected cases: each stratum's cases shared out by its person-days.

    Raises
    ------
    BadInput : a stratum has cases but no people.
    """
    expected = np.zeros((places, steps.count))
    strata = sorted(set(people.strata))
    number = {stratum: n for n, stratum in enumerate(strata)}
    of_line = np.array([number[each] for each in people.strata], np.int64)
    counted = dict.fromkeys(strata, 0)
    for stratum, count in zip(cases.strata, cases.number, strict=True):
        if stratum not in counted:
            raise BadInput(
                "--population", "have people in every stratum of the cases", f"none in {' '.join(stratum) or '(all)'}",
                "Give both files the same covariates, coded alike.",
            )  # fmt: skip
        counted[stratum] += int(count)
    for stratum in strata:
        if counted[stratum] == 0:
            continue
        days = _stratum(people, of_line == number[stratum], steps, places)
        total = days.sum()
        if total <= 0:
            raise BadInput(
                "--population", "have people in every stratum of the cases", f"0 in {' '.join(stratum) or '(all)'}",
                "Correct the population.",
            )  # fmt: skip
        expected += counted[stratum] * days / total
    return expected


def _stratum(people: People, lines: np.ndarray, steps: Steps, places: int) -> FloatArray:
    """(places, steps) person-days; places with the same years are reckoned together."""
    days = np.zeros((places, steps.count))
    place, year, number = people.place[lines], people.year[lines], people.number[lines]
    order = np.lexsort((year, place))
    place, year, number = place[order], year[order], number[order]
    alike: dict[tuple[int, ...], list[int]] = {}
    begins = np.flatnonzero(np.diff(place, prepend=-1))
    for first, last in zip(begins, np.append(begins[1:], len(place)), strict=True):
        years = tuple(int(y) for y in year[first:last])
        if len(set(years)) < len(years):
            raise BadInput(
                "--population",
                "have one line a place, year and stratum",
                "two",
                "Add them up, or leave one out.",
            )
        alike.setdefault(years, []).append(int(first))
    for years, firsts in alike.items():
        rows = np.array(firsts)[:, None] + np.arange(len(years))
        days[place[firsts]] = person_days(np.array(years), number[rows], steps.edges)
    return days
