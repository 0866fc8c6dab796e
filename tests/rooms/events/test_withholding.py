"""Disclosure control: attacks by subtraction, by bounds and by knowing the rule itself find no small count."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from datetime import date, timedelta
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daybreak.events.rules.released_cells import (
    LADDER,
    Count,
    ReleasedCell,
    Step,
    bound,
    checked_ladder,
    no_finer_than,
    released,
    zeros,
)
from daybreak.events.rules.withholding import public_table, shown_cells

Path = tuple[Hashable, ...]
LATER = date(2030, 1, 1)
JULY = date(2013, 7, 1)

paths = st.tuples(st.sampled_from("YZ"), st.sampled_from("abc"), st.sampled_from([1, 2, 3, 4]))
nested = st.dictionaries(paths, st.integers(0, 24), max_size=24)


def indicator(cell: Path, leaves: list[Path]) -> np.ndarray:
    return np.array([float(leaf[: len(cell)] == cell) for leaf in leaves])


@settings(max_examples=150, deadline=None)
@given(nested)
def test_no_linear_combination_of_shown_cells_counts_1_to_9_people_of_any_cell(
    people: dict[Path, int],
) -> None:
    leaves, shown = sorted(people), shown_cells(people)
    rows = np.array([indicator(cell, leaves) for cell in shown]).reshape(len(shown), len(leaves))
    rank = np.linalg.matrix_rank(rows) if rows.size else 0
    for cell in {leaf[:depth] for leaf in leaves for depth in (1, 2, 3)}:
        inside = indicator(cell, leaves)
        count = sum(people[leaf] for leaf in leaves if leaf[: len(cell)] == cell)
        if 0 < count < 10:
            assert cell not in shown
            assert np.linalg.matrix_rank(np.vstack([rows, inside])) > rank, f"{cell} follows from shown cells"


@settings(max_examples=150, deadline=None)
@given(nested)
def test_shown_cells_without_all_shown_cells_within_them_leave_nobody_or_ten(people: dict[Path, int]) -> None:
    shown = shown_cells(people)
    for cell, count in shown.items():
        within = {
            other: number for other, number in shown.items() if other != cell and other[: len(cell)] == cell
        }
        outermost = [
            number for other, number in within.items()
            if not any(other != wider and other[: len(wider)] == wider for wider in within)
        ]  # fmt: skip
        rest = count - sum(outermost)
        assert rest == 0 or rest >= 10


def fewest_candidates(
    publish: Callable[[tuple[int, ...]], Hashable],
    worlds: Iterable[tuple[int, ...]],
    most: int,
    cells: Iterable[tuple[int, ...]],
) -> int:
    """Of all worlds that publish the same, how few values a small cell can have: what one who knows the rule learns.

    ``cells`` are the places of a world whose sum is a cell.
    """
    alike: dict[Hashable, list[tuple[int, ...]]] = defaultdict(list)
    for world in worlds:
        if sum(world) <= most:
            alike[publish(world)].append(world)
    return min(
        len(values)
        for group in alike.values()
        for values in ({sum(world[place] for place in cell) for world in group} for cell in cells)
        if any(0 < value < 10 for value in values)
    )


@pytest.mark.parametrize(
    "leaves",
    [
        [("c", "a", 1), ("c", "a", 2), ("c", "b", 1), ("c", "b", 2)],
        [("c", "a", 1), ("c", "b", 1), ("c", "d", 1), ("c", "d", 2)],
        [("y", "c", "a", 1), ("y", "c", "a", 2), ("y", "e", "b", 1), ("y", "e", "d", 1)],
    ],
)
def test_who_knows_the_rule_and_every_shown_cell_is_left_with_three_values_or_more(
    leaves: list[Path],
) -> None:
    def publish(world: tuple[int, ...]) -> Hashable:
        return frozenset(shown_cells(dict(zip(leaves, world, strict=True))).items())

    cells = [
        tuple(place for place, leaf in enumerate(leaves) if leaf[: len(cell)] == cell)
        for cell in {leaf[:depth] for leaf in leaves for depth in range(1, len(leaf) + 1)}
    ]
    assert fewest_candidates(publish, product(range(11), repeat=4), 99, cells) >= 3


@pytest.mark.parametrize(("names", "most"), [("ab", 40), ("abc", 40), ("abcd", 24)])
def test_who_knows_the_rule_of_public_tables_is_left_with_three_values_or_more(names: str, most: int) -> None:
    def publish(world: tuple[int, ...]) -> Hashable:
        table = public_table(dict(zip(names, world, strict=True)))
        return (*table.cells.values(), table.total)

    cells = [(place,) for place in range(len(names))]
    assert fewest_candidates(publish, product(range(most + 1), repeat=len(names)), most, cells) >= 3


@given(st.dictionaries(st.text(min_size=1, max_size=3), st.integers(0, 40), max_size=8))
def test_a_public_table_withholds_small_counts_and_keeps_the_total_from_giving_them_away(
    people: dict[str, int],
) -> None:
    table = public_table(people)
    for name, count in people.items():
        assert table.cells[name] in {None, count}
        assert count == 0 or count >= 10 or table.cells[name] is None
    hidden = [name for name, count in table.cells.items() if count is None]
    if table.total is not None and hidden:
        assert len(hidden) > 1
        assert table.total - sum(count for count in table.cells.values() if count) >= 10


@given(nested, paths, st.integers(1, 30))
def test_later_people_elsewhere_never_take_back_or_change_what_was_shown(
    people: dict[Path, int], where: Path, more: int
) -> None:
    before = shown_cells(people)
    after = shown_cells({**people, where: people.get(where, 0) + more})
    for cell, count in before.items():
        if where[: len(cell)] != cell:
            assert after[cell] == count


# --- the ladder of days, ZIP codes and months


def reports(*rows: tuple[int, str, int]) -> list[Count]:
    return [Count(JULY + timedelta(days=day), people, zip_code, "21067") for day, zip_code, people in rows]


def seen(counts: list[Count], **how: object) -> set[tuple[str, str, str, int]]:
    return {(c.time, c.since.isoformat(), c.zip, c.people) for c in released(counts, before=LATER, **how)}


def test_one_overdose_in_a_zip_on_a_day_is_seen_nowhere() -> None:
    assert seen(reports((0, "40508", 1))) == set()


def test_a_month_of_scattered_overdoses_is_seen_as_a_month_and_never_by_day() -> None:
    month = reports(*((day, "40508", 1) for day in range(14)))
    assert {row[0] for row in seen(month)} == {"month", "year"}
    assert ("month", "2013-07-01", "40508", 14) in seen(month)


def test_a_surge_of_ten_on_one_day_in_one_zip_is_seen_and_its_month_does_not_give_away_the_rest() -> None:
    counts = reports((3, "40508", 12), (9, "40508", 2))
    assert seen(counts) == {("day", "2013-07-04", "40508", 12)}


def test_a_period_is_seen_only_after_it_has_ended() -> None:
    counts = reports((0, "40508", 15))
    assert released(counts, before=JULY) == []
    assert [c.time for c in released(counts, before=date(2013, 7, 2))] == ["day"]
    assert {c.time for c in released(counts, before=date(2013, 8, 1))} == {"day", "month"}


def test_reports_whose_day_or_zip_is_not_stated_count_where_they_are_known() -> None:
    counts = [
        Count(JULY, 20, "40508", "21067", precision="month"),
        Count(JULY, 30, "", "21067"),
    ]
    found = seen(counts)
    assert ("month", "2013-07-01", "40508", 20) in found
    assert ("day", "2013-07-01", "?", 30) in found
    assert not any(row[0] == "day" and row[2] == "40508" for row in found)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 70), st.sampled_from(["40508", "40505", ""]), st.integers(1, 14)),
        max_size=40,
    ),
    st.sampled_from(["day", "month", "year"]),
    st.sampled_from(["zip", "county"]),
    st.dates(JULY, date(2014, 2, 1)),
)
def test_filters_and_agreements_only_choose_among_released_cells(
    rows: list[tuple[int, str, int]], time: str, place: str, before: date
) -> None:
    cells = released(reports(*rows), before=LATER)
    assert all(cell.people >= 10 for cell in cells)
    assert set(no_finer_than(cells, time=time, place=place)) <= set(cells)
    assert set(released(reports(*rows), before=before)) <= set(cells)
    assert {c for c in cells if c.until < before} == set(released(reports(*rows), before=before))


def test_a_zero_is_shown_only_where_the_feed_was_heard_on_every_day() -> None:
    year = frozenset(date(2012, 1, 1) + timedelta(days=number) for number in range(366))
    heard = {"21067": year, "21239": year - {date(2012, 5, 5)}}
    assert [(c.county, c.people, c.time) for c in zeros([], [], days_heard=heard, before=LATER)] == [
        ("21067", 0, "year")
    ]
    one = [Count(date(2012, 5, 5), 1, "40508", "21067")]
    assert zeros([], one, days_heard=heard, before=LATER) == [], "one person is not nobody"
    assert zeros([], [], days_heard=heard, before=date(2012, 12, 31)) == []


@pytest.mark.parametrize(
    "ladder",
    [
        [],
        [Step("hour", "zip")],
        [Step("day", "block")],
        [Step("week", "zip"), Step("month", "zip")],
        [Step("month", "zip"), Step("day", "county")],
        [Step("day", "county"), Step("month", "zip")],
        [Step("day", "zip"), Step("day", "zip")],
    ],
)
def test_a_ladder_that_is_finer_than_a_day_in_a_zip_or_does_not_nest_is_refused(ladder: list[Step]) -> None:
    with pytest.raises(ValueError, match="must"):
        checked_ladder(ladder)


def test_a_ladder_by_weeks_is_possible() -> None:
    assert checked_ladder([Step("day", "zip"), Step("week", "zip"), Step("week", "county")])
    assert checked_ladder(LADDER) == LADDER


def test_the_threshold_can_only_be_tightened() -> None:
    with pytest.raises(ValueError, match="must be 10 or more"):
        shown_cells({("a",): 12}, least=5)
    with pytest.raises(ValueError, match="must be 10 or more"):
        public_table({"a": 12}, least=9)
    assert seen(reports((0, "40508", 15)), least=20) == set()


@pytest.mark.parametrize(
    ("kind", "source", "audience", "is_bound"),
    [
        ("overdose", "fire-ems", "law-enforcement", True),
        ("overdose", "police", "law-enforcement", False),
        ("overdose", "", "law-enforcement", True),
        ("ed-visit", "hospital", "law-enforcement", True),
        ("toxicology", "coroner", "law-enforcement", True),
        ("death", "coroner", "law-enforcement", False),
        ("death", "coroner", "public", True),
        ("arrest", "police", "public", False),
        ("naloxone", "health-department", "public", True),
        ("seizure", "sheriff", "law-enforcement", False),
    ],
)
def test_who_is_bound_by_what(kind: str, source: str, audience: str, is_bound: bool) -> None:
    assert bound(kind, source, audience=audience) is is_bound


def test_released_cells_carry_nothing_but_time_place_and_count() -> None:
    assert set(ReleasedCell.__slots__) == {"since", "until", "county", "zip", "people", "time", "place"}


def test_ten_people_left_in_ten_cells_of_which_each_must_hold_one_are_not_shown() -> None:
    people = {
        ("county", zip_code, day): number for zip_code in range(10) for day, number in ((1, 10), (2, 1))
    }
    shown = shown_cells(people)
    assert ("county",) not in shown, "110 less ten shown days of 10 would leave one person in each ZIP code"
    assert len(shown) == 10
