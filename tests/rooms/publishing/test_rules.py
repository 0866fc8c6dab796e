"""What a brief is made of: marked numbers, runs of lines, bars from zero, and what is too few to print."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybreak.publishing.rules.bars import sheet
from daybreak.publishing.rules.brief import Bar, Chart, Number, Span, figures_in, fill, linked, plain
from daybreak.publishing.rules.facts import hidden_in_public, runs


def number(name: str, shown: str) -> Number:
    return Number(name, shown, Decimal(1), "ledger", "heroin arrests", known_on=date(2013, 7, 15))


def test_numbers_are_marked_in_the_order_in_which_they_are_printed() -> None:
    sentence = linked(
        "8 of 18 and 8 more, 1.8 in all: 18.", [number("n1", "8"), number("n2", "18"), number("n3", "8")]
    )
    assert [(span.text, span.number) for span in sentence if span.number] == [
        ("8", "n1"),
        ("18", "n2"),
        ("8", "n3"),
    ]
    assert plain(sentence) == "8 of 18 and 8 more, 1.8 in all: 18."


def test_a_part_of_a_longer_number_is_never_marked() -> None:
    assert linked("In 2013 there were 1,180 g for $13.", [number("n1", "13"), number("n2", "180")]) == (
        Span("In 2013 there were 1,180 g for $13."),
    )


def test_a_pattern_needs_all_its_pieces() -> None:
    assert fill("{many} of {what}.", many=number("n1", "7"), what="them") == (
        Span("7", "n1"),
        Span(" of "),
        Span("them"),
        Span("."),
    )
    with pytest.raises(KeyError):
        fill("{many} of {what}.", many="7")


def test_a_number_that_nobody_could_check_is_refused() -> None:
    with pytest.raises(ValueError, match="what it counts"):
        Number("n1", "7", Decimal(7), "ledger", "")
    with pytest.raises(ValueError, match="computed from"):
        Number("n1", "7", Decimal(7), "computed", "Sum")
    with pytest.raises(ValueError, match="origin"):
        Number("n1", "7", Decimal(7), "guessed", "Sum")


def test_figures_are_read_as_they_are_printed() -> None:
    assert figures_in("$235,900.20 for 1,180 g, up 57% by July 11.") == ["235900.20", "1180", "57", "11"]


@given(st.lists(st.integers(1, 400)))
def test_runs_hold_every_line_once(lines: list[int]) -> None:
    found = [line for first, last in runs(lines) for line in range(first, last + 1)]
    assert found == sorted(set(lines))


@given(st.integers(0, 60), st.integers(0, 60))
def test_neither_a_small_count_nor_a_small_rest_is_printed(people: int, others: int) -> None:
    shown = not hidden_in_public(people, people + others)
    assert not (shown and people < 10)
    assert not (shown and 0 < others < 10)
    assert shown or people < 10 or others < 10


@given(
    st.lists(st.decimals(0, 5000, places=3), min_size=1, max_size=12),
    st.sampled_from([328, 640]),
)
def test_bars_begin_at_zero_and_are_as_long_as_their_values(values: list[Decimal], width: int) -> None:
    bars = tuple(Bar(f"Month {place}", value, f"{value} g", "n1") for place, value in enumerate(values))
    drawn = sheet(Chart("c", "t", "s", "x", bars), width)
    longest = max(values)
    for one in drawn.bars:
        assert one.x == drawn.zero
        assert one.number_x < width
        if longest:
            most = max(each.length for each in drawn.bars)
            assert one.length == pytest.approx(float(one.bar.value / longest) * most, abs=0.2)
        assert one.y + one.height <= drawn.height
