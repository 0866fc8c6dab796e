"""Charts: what is drawn and what is not, on a phone and a desk, in light and dark."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from daybreak.surge import BadInput, Counts, detect
from daybreak.surge.charts import Saying, chart, why
from daybreak.surge.charts.ink import DARK, LIGHT, folded, text_width
from daybreak.surge.charts.scale import count_ticks
from tests.surge.drawings import SVG, elements, said_by_hand, text_of, weeks
from tests.surge.toy import LIMIT


def test_a_chart_has_a_title_a_description_the_finding_and_a_sentence_for_each_alarm() -> None:
    counts = weeks([1, 2, 9, 1, 0, 2])
    svg = chart(counts, detect(counts, LIMIT), "Deaths", saying=Saying(unit="deaths", source="the coroner"))
    root = ElementTree.fromstring(svg)
    assert root[0].tag == SVG + "title"
    assert root[0].text == "Deaths: more deaths than usual in the week of 19 May 2014"
    assert root[1].tag == SVG + "desc"
    assert "Counts from 0 to 9. 1 of 5 tested times are alarms." in str(root[1].text)
    assert "9 deaths in the week of 19 May 2014; the limit was 3." in text_of(svg)
    assert "Source: the coroner" in text_of(svg)
    assert "1 week not tested: needs 1 rows before." in text_of(svg)


def test_a_chart_asks_nobody_for_anything_and_runs_nothing() -> None:
    svg = chart(weeks([1, 2, 9]), detect(weeks([1, 2, 9]), LIMIT))
    assert not re.search(r"<script|href=|url\(|@import|<image|on\w+=", svg)


def test_only_a_chart_for_both_modes_carries_a_stylesheet_and_it_knows_both() -> None:
    counts = weeks([1, 2, 9])
    outcome = detect(counts, LIMIT)
    both = chart(counts, outcome)
    assert "@media (prefers-color-scheme:dark)" in both
    assert all(f"--{token}:{colour}" in both for mode in (LIGHT, DARK) for token, colour in mode.items())
    dark = chart(counts, outcome, theme="dark")
    assert "<style" not in dark
    assert DARK["card"] in dark
    assert LIGHT["card"] not in dark


def contrast(one: str, other: str) -> float:
    """The contrast of two colours by WCAG 2.2."""

    def light(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("mode", [LIGHT, DARK], ids=["light", "dark"])
def test_text_and_marks_can_be_told_from_their_ground(mode: dict[str, str]) -> None:
    for text, ground in (("ink", "card"), ("ink-2", "card"), ("brand", "card"), ("on-alarm", "alarm")):
        assert contrast(mode[text], mode[ground]) >= 4.5, (text, ground)
    for mark in ("bar", "alarm", "brand"):
        assert min(contrast(mode[mark], mode[ground]) for ground in ("card", "band")) >= 3, mark


def test_bars_stand_on_zero_and_are_as_high_as_their_count() -> None:
    counts = weeks([5, 10, 5])
    svg = chart(counts, said_by_hand(counts, alarm=[0, 1, 0]), rows=range(3), theme="light")
    alarm = next(each for each in elements(svg, "rect") if each.get("fill") == LIGHT["alarm"])
    quiet = next(each for each in elements(svg, "path") if each.get("fill") == LIGHT["bar"])
    floor = float(alarm.get("y", 0)) + float(alarm.get("height", 0))
    move = re.match(r"M[\d.]+ ([\d.]+)V([\d.]+)", quiet.get("d", ""))
    assert move
    assert float(move[1]) == pytest.approx(floor, abs=0.2)
    assert float(alarm.get("height", 0)) == pytest.approx(2 * (float(move[1]) - float(move[2])), abs=0.3)


def test_recent_incomplete_rows_are_dashed_and_said_so() -> None:
    counts = weeks([5, 10, 5, 2])
    outcome = said_by_hand(counts, alarm=[0, 0, 0, 0])
    dashed = [e for e in elements(chart(counts, outcome, incomplete=2), "rect") if e.get("stroke-dasharray")]
    assert len(dashed) == 2
    assert "The last 2 weeks are still coming in: dashed." in text_of(chart(counts, outcome, incomplete=2))
    assert "dashed" not in text_of(chart(counts, outcome))


def test_a_statistic_is_not_drawn_as_a_limit_among_counts() -> None:
    counts = weeks([5, 10, 5])
    outcome = said_by_hand(counts, upper_bound=[8, 8, 8], alarm=[0, 1, 0])
    with_limit = chart(counts, outcome, theme="light")
    without = chart(counts, outcome, bound_is_a_count=False, theme="light")
    assert LIGHT["band"] in with_limit
    assert "up to 8" in text_of(with_limit)
    assert LIGHT["band"] not in without


def test_a_method_that_compares_sums_of_four_weeks_says_so_and_draws_no_sum_among_weeks() -> None:
    counts = Counts.of(np.r_[np.full(320, 2.0), 9, 9, 9, 9], names=["Deaths"], period="week")
    outcome = detect(counts, "cdc", tested=range(323, 324))
    assert why(counts, outcome, 0, 0, unit="deaths").startswith(
        "36 deaths in the 4 weeks to week 324; 8 were expected."
    )
    svg = chart(counts, outcome, theme="light")
    assert LIGHT["band"] not in svg
    assert "expected" not in text_of(svg).split("were")[0]


def test_many_alarms_stay_readable_the_first_the_least_likely_and_the_newest_are_said() -> None:
    counts = weeks([9, 9, 12, 9, 9, 9])
    chances = [0.01, 0.01, 0.0001, 0.01, 0.01, 0.01]
    svg = chart(counts, said_by_hand(counts, p_value=chances, expected=[3] * 6, alarm=[1] * 6))
    said = re.findall(r"in the week of (\d+ \w+) 2014; 3 were", text_of(svg))
    assert said[-3:] == ["5 May", "19 May", "9 June"]
    assert "3 more alarms, in the same colour." in text_of(svg)


@pytest.mark.parametrize("width", [280, 360, 760, 1280])
def test_text_stays_inside_the_sheet_at_the_width_of_a_phone_and_of_a_desk(width: int) -> None:
    counts = weeks([float(n % 7) for n in range(160)])
    outcome = detect(counts, LIMIT, {"limit": 5})
    svg = chart(counts, outcome, width=width, saying=Saying(source="a long name of a source " * 6))
    for each in elements(svg, "text"):
        long = text_width(each.text or "", float(each.get("font-size", 0)))
        start = float(each.get("x", 0)) - {"middle": long / 2, "end": long}.get(
            each.get("text-anchor", ""), 0
        )
        assert start >= 0, each.text
        assert start + long <= width, each.text


def test_lines_fold_at_words_and_keep_a_number_with_what_it_counts() -> None:
    lines = folded("So many come by chance once in 340 weeks.", 120, 15)
    assert " ".join(lines).replace("\u00a0", " ") == "So many come by chance once in 340 weeks."
    assert all(text_width(line, 15) <= 120 for line in lines)
    assert any("340\u00a0weeks" in line for line in lines)


def test_ticks_are_whole_numbers_from_zero_that_reach_the_highest_count() -> None:
    assert count_ticks(0.4) == [0, 1]
    assert count_ticks(3) == [0, 1, 2, 3]
    assert count_ticks(17) == [0, 5, 10, 15, 20]
    assert count_ticks(1240)[-1] >= 1240


def test_a_year_of_missing_reports_is_drawn_as_gaps_and_still_drawn() -> None:
    counts = weeks([np.nan] * 52)
    svg = chart(counts, detect(counts, LIMIT))
    assert "no week could be tested" in text_of(svg)
    assert "52 weeks did not report." in text_of(svg)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"series": "Births"}, "series must be a column of the counts, got 'Births'"),
        ({"series": 1}, "series must be 0 to 0, got 1"),
        ({"theme": "sepia"}, "theme must be one of: auto, light, dark, got 'sepia'"),
        ({"width": 100}, "width must be 280 to 2400 px, got 100"),
        ({"rows": range(2, 9)}, "rows must lie in 0 to 3"),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_the_cure(asked: dict[str, object], said: str) -> None:
    counts = weeks([1, 2, 3])
    with pytest.raises(BadInput) as caught:
        chart(counts, detect(counts, LIMIT), **asked)  # type: ignore[arg-type]
    assert said in str(caught.value)
