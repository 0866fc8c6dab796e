"""Charts: the words of a signal, what is drawn and what is not, and a picture that needs no program of the system."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from daybreak.surge import BadInput, Counts, Outcome, detect
from daybreak.surge.charts import Saying, chart, finding, picture, png, why
from daybreak.surge.charts.ink import DARK, LIGHT, folded, text_width
from daybreak.surge.charts.scale import count_ticks
from daybreak.surge.charts.words import number, wait
from daybreak.surge.commands import main
from daybreak.surge.counts import Period
from daybreak.surge.outcome import DID_NOT_REPORT
from tests.surge.toy import LIMIT

SVG = "{http://www.w3.org/2000/svg}"


def weeks(values: list[float]) -> Counts:
    first = np.datetime64("2014-05-05")
    dates = first + 7 * np.arange(len(values))
    return Counts.of(values, names=["Deaths"], period="week", dates=dates)


def said_by_hand(counts: Counts, **columns: list[float]) -> Outcome:
    """An outcome with the given columns, all rows tested."""
    times = counts.times
    given = {name: np.array(values, dtype=float)[:, None] for name, values in columns.items()}
    nothing = np.full((times, 1), np.nan)
    return Outcome(
        tested=np.arange(times),
        expected=given.get("expected", nothing),
        upper_bound=given.get("upper_bound", nothing),
        score=given.get("score", nothing),
        p_value=given.get("p_value", nothing),
        alarm=given["alarm"].astype(np.int8),
        reason=given.get("reason", np.zeros((times, 1))).astype(np.uint8),
        reasons=("", DID_NOT_REPORT, "needs 5 years, has 2"),
        extra={
            name: given[name]
            for name in ("recurrence_days", "window_rows", "window_expected")
            if name in given
        },
    )


def elements(svg: str, tag: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(svg).iter(SVG + tag))


def text_of(svg: str) -> str:
    return " ".join(each.text or "" for each in elements(svg, "text")).replace("\u00a0", " ")


def test_an_alarm_says_how_many_came_how_many_were_expected_and_how_seldom_that_is() -> None:
    counts = weeks([7])
    outcome = said_by_hand(counts, expected=[2.1], p_value=[1 / 340], alarm=[1])
    assert why(counts, outcome, 0, 0, unit="deaths") == (
        "7 deaths in the week of 5 May 2014; 2.1 were expected. So many come by chance once in 340 weeks."
    )


def test_a_recurrence_interval_is_said_rather_than_the_p_value() -> None:
    counts = weeks([7])
    outcome = said_by_hand(counts, expected=[2], p_value=[0.001], recurrence_days=[70], alarm=[1])
    assert why(counts, outcome, 0, 0).endswith("So many come by chance once in 10 weeks.")


def test_a_window_of_several_rows_is_said_with_its_own_sum_and_expectation() -> None:
    counts = weeks([4, 1, 6])
    outcome = said_by_hand(
        counts, expected=[1, 1, 1], p_value=[1, 1, 0.001], alarm=[0, 0, 1], window_rows=[1, 1, 2],
        window_expected=[1, 1, 2.4],
    )  # fmt: skip
    assert why(counts, outcome, 2, 0).startswith("7 cases in the 2 weeks to 25 May 2014; 2.4 were expected.")


def test_quiet_untested_and_silent_times_are_told_apart_and_a_silent_one_is_no_zero() -> None:
    counts = weeks([1, 3, np.nan])
    outcome = said_by_hand(counts, expected=[1, np.nan, np.nan], alarm=[0, -1, -1], reason=[0, 2, 1])
    assert [why(counts, outcome, time, 0) for time in range(3)] == [
        "1 case in the week of 5 May 2014; 1 was expected. No alarm.",
        "3 cases in the week of 12 May 2014. Not tested: needs 5 years, has 2.",
        "No report for the week of 19 May 2014.",
    ]


def test_a_day_is_said_as_a_day() -> None:
    counts = Counts.of([7, 1], names=["Deaths"], period="day", dates=["2014-05-05", "2014-05-06"])
    outcome = said_by_hand(counts, expected=[2, 2], alarm=[1, 0])
    assert why(counts, outcome, 0, 0) == "7 cases on 5 May 2014; 2 were expected."
    assert finding(counts, outcome, 0) == "Deaths: more cases than usual on 5 May 2014"


def test_a_window_that_alarms_on_a_row_without_a_case_still_has_a_mark() -> None:
    counts = weeks([9, 0, 1])
    outcome = said_by_hand(counts, expected=[1, 1, 1], alarm=[1, 1, 0], p_value=[0.001, 0.001, 1])
    five = weeks([9, 0, 9, 0, 9])
    many = said_by_hand(five, expected=[1] * 5, alarm=[1] * 5, p_value=[0.1, 0.1, 0.001, 0.1, 0.1])
    assert len(elements(chart(counts, outcome), "circle")) == 2 * 2  # on the plot and beside the sentence
    triangles = [e for e in elements(chart(five, many), "path") if e.get("class") == "f-alarm"]
    assert len(triangles) == 2


def test_a_count_that_is_an_alarm_only_with_those_before_it_says_so() -> None:
    counts = weeks([5, 3])
    outcome = said_by_hand(counts, expected=[3, 3], alarm=[1, 1])
    assert why(counts, outcome, 1, 0, adds_up=True) == (
        "3 cases in the week of 12 May 2014; 3 were expected. Together with the weeks before, that is an alarm."
    )
    assert (
        finding(counts, outcome, 0)
        == "Deaths: more cases than usual in 2 of 2 weeks, first in the week of 5 May 2014"
    )


def test_a_method_without_an_expectation_says_its_limit() -> None:
    counts = weeks([9])
    assert "; the limit was 5." in why(counts, said_by_hand(counts, upper_bound=[5], alarm=[1]), 0, 0)
    assert "; its score was 4.2." in why(counts, said_by_hand(counts, score=[4.2], alarm=[1]), 0, 0)


@pytest.mark.parametrize(
    ("rows", "period", "said"),
    [
        (340.2, Period.WEEK, "once in 340 weeks"),
        (23.4, Period.DAY, "once in 23 days"),
        (1.2, Period.DAY, "every day"),
        (52 * 30, Period.WEEK, "once in 30 years"),
        (52 * 101, Period.WEEK, "less than once in 100 years"),
        (np.inf, Period.MONTH, "less than once in 100 years"),
    ],
)
def test_chances_are_said_as_waits_and_never_finer_than_a_model_knows(
    rows: float, period: Period, said: str
) -> None:
    assert wait(rows, period) == said


def test_numbers_have_as_many_digits_as_a_reader_needs() -> None:
    assert [number(value) for value in (0.042, 0.24, 2.0, 2.14, 11.7, 1240.2, 0.001, np.inf)] == [
        "0.04", "0.2", "2", "2.1", "12", "1,240", "0", "no limit",
    ]  # fmt: skip


def test_the_title_is_the_finding() -> None:
    counts = weeks([1, 9, 2])
    first = said_by_hand(counts, expected=[1, 1, 1], alarm=[0, 1, 0])
    assert (
        finding(counts, first, 0, unit="deaths")
        == "Deaths: more deaths than usual in the week of 12 May 2014"
    )
    last = said_by_hand(counts, expected=[1, 1, 1], alarm=[0, 1, 1])
    assert finding(counts, last, 0) == "Deaths: 2 cases in the week of 19 May 2014; 1 was expected"
    quiet = said_by_hand(counts, alarm=[0, 0, -1])
    assert finding(counts, quiet, 0) == "Deaths: none of 2 tested weeks stood out"


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


def test_a_picture_is_a_png_twice_as_large_as_the_drawing() -> None:
    counts = weeks([1, 2, 9])
    drawing = chart(counts, detect(counts, LIMIT), theme="light", width=360)
    height = int(str(ElementTree.fromstring(drawing).get("height")))
    picture_bytes = png(drawing)
    assert picture_bytes[:8] == b"\x89PNG\r\n\x1a\n"
    assert int.from_bytes(picture_bytes[16:20], "big") == 720
    assert int.from_bytes(picture_bytes[20:24], "big") == 2 * height


def test_a_picture_cannot_follow_its_readers_mode() -> None:
    counts = weeks([1, 2, 9])
    with pytest.raises(BadInput, match="fixed theme"):
        png(chart(counts, detect(counts, LIMIT)))


def test_without_the_extra_a_picture_is_refused_with_the_name_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def absent(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(picture, "import_module", absent)
    with pytest.raises(BadInput, match=r'Install "daybreak\[charts\]", or ask for \.svg'):
        png("<svg/>")


def test_without_a_font_a_picture_without_words_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    class Wordless:
        @staticmethod
        def svg_to_bytes(**_: object) -> bytes:
            return b"the same, with and without a letter"

    monkeypatch.setattr(picture, "import_module", lambda _: Wordless)
    with pytest.raises(BadInput, match="find a font"):
        png("<svg/>")


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "counts.csv"
    rows = "".join(
        f"2014-{m:02d}-01,{n},{n + 1}\n" for m, n in zip(range(1, 8), [1, 2, 0, 30, 1, 1, 2], strict=True)
    )
    path.write_text("month,A,B\n" + rows)
    return path


def test_the_command_draws_one_series_and_prints_why(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = table.with_name("a.svg")
    words = [
        "chart",
        str(table),
        "--series",
        "A",
        "--method",
        "threshold",
        "--unit",
        "deaths",
        "--out",
        str(out),
    ]
    assert main(words) == 0
    printed = capsys.readouterr().out
    assert "1 alarm in 7 tested months." in printed
    assert "30 deaths in April 2014" in printed
    assert "A: " in str(elements(out.read_text(), "title")[0].text)
    assert "Method: threshold" in text_of(out.read_text())


def test_the_command_writes_the_same_as_a_table(table: Path) -> None:
    out = table.with_name("a.csv")
    assert main(["chart", str(table), "--series", "A", "--method", "threshold", "--out", str(out)]) == 0
    lines = out.read_text().splitlines()
    assert lines[0] == "month,count,expected,upper_bound,score,p_value,alarm,why"
    assert len(lines) == 8
    assert re.match(r"2014-04-01,30,.*,1,30 cases in April 2014", lines[4])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--series", "C", "--out", "x.svg"], "--series must be a column of"),
        (["--series", "A", "--out", "x.gif"], "--out must end in one of .svg, .png, .csv"),
        (["--series", "A", "--out", "x.svg", "--incomplete", "-1"], "--incomplete must be 0 or more rows"),
    ],
)
def test_the_command_refuses_with_the_cure(
    table: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    assert main(["chart", str(table), "--method", "threshold", *words]) == 1
    assert said in capsys.readouterr().err
