"""The documents of the early-warning engine say what the code does: commands run, numbers are those printed."""

from __future__ import annotations

import csv
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from daybreak.surge import METHODS, Counts, detect, detector_named
from daybreak.surge.charts.words import MONTHS
from daybreak.surge.commands import COMMANDS
from tests.surge.documents_anew import (
    CARDS,
    DRAWN,
    NAMES,
    ROOT,
    TUTORIALS,
    card_anew,
    commands,
    followed,
    index_anew,
    written,
)
from tests.surge.reference_files import fixtures_folder

DOCS = ROOT / "docs"
HEADINGS = [
    "How it works", "What it assumes", "Settings", "How good it is", "When not to use it", "compat and corrected",
    "Source",
]  # fmt: skip


def tutorial(name: str) -> str:
    return (TUTORIALS / name).read_text(encoding="utf-8")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which one may follow the tutorials."""
    (tmp_path / "data").symlink_to(ROOT / "data")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", NAMES)
def test_every_command_of_a_tutorial_prints_and_draws_what_the_tutorial_shows(name: str, desk: Path) -> None:
    steps = list(commands(tutorial(name)))
    assert len(steps) >= 3
    for command, shown in steps:
        assert followed(command) == shown, command
        if picture := DRAWN.get((name, written(command))):
            assert (desk / written(command)).read_text() == (TUTORIALS / f"{picture}.svg").read_text()
            followed(command, "--width", "360")
            assert (desk / written(command)).read_text() == (TUTORIALS / f"{picture}-360.svg").read_text()
            assert f'srcset="{picture}-360.svg"' in tutorial(name)
    if name == "pennsylvania-overdoses.md":
        with (desk / "surges.csv").open() as lines:
            surges = {
                (row["week_start"], at) for row in csv.DictReader(lines) for at in row if row[at] == "1"
            }
        assert ("2019-12-23", "Butler") in surges
        assert "Butler County, in the week of 23 December 2019" in " ".join(tutorial(name).split())


def leads(text: str) -> list[tuple[date, date, date, int]]:
    """Rows of the tables of leads: the week that stood out, when it was known, the newspaper's day, the lead."""
    day = r"(\d{4}-\d{2}-\d{2})"
    rows = re.findall(
        rf"^\| [^|]+ \| {day} \| {day} \| \[{day}\]\([^)]+\)[^|]* \| (\d+) \|$", text, re.MULTILINE
    )
    return [(*(date.fromisoformat(each) for each in row[:3]), int(row[3])) for row in rows]  # type: ignore[misc]


@pytest.mark.parametrize(
    ("name", "waiting_days", "unit_days"),
    [("connecticut-deaths.md", 30, 7), ("pennsylvania-overdoses.md", 1, 1)],
)
def test_a_lead_is_the_time_from_when_a_signal_was_known_to_the_newspaper(
    name: str, waiting_days: int, unit_days: int
) -> None:
    text = tutorial(name)
    found = leads(text)
    assert found
    printed = "\n".join(line for _, lines in commands(text) for line in lines)
    for week, known, newspaper, lead in found:
        assert known == week + timedelta(6 + waiting_days)
        assert lead == (newspaper - known).days // unit_days
        assert f"the week of {week.day} {MONTHS[week.month - 1]} {week.year}; " in printed


def test_how_seldom_the_week_of_october_was_is_as_its_command_prints() -> None:
    text = " ".join(tutorial("connecticut-deaths.md").split())
    said = re.search(r"October 2013 is different: once in (\d+) years, and again in the week after", text)
    assert said
    assert (
        f"20 October 2013; 0.4 were expected. So many come by chance once in {said[1]} years. The next week"
        in text
    )
    assert (
        re.search(r"one in these (\d+) is what", text)[1]
        in text.split(" tested weeks. 3 deaths")[0].split()[-1]
    )  # type: ignore[index]


def test_how_many_alarms_chance_alone_gives_is_reckoned_right() -> None:
    text = " ".join(tutorial("pennsylvania-overdoses.md").split())
    said = re.search(r"67 counties times (\d+) weeks, ([\d,]+) tests\. .* up to (\d+) alarms", text)
    assert said
    tests = int(said[2].replace(",", ""))
    assert tests == 67 * int(said[1])
    assert int(said[3]) == -(-tests // 100)
    assert f"{said[1]} rows tested" in text


def test_how_often_chance_alone_restarts_the_watch_is_as_the_tutorial_says() -> None:
    """500 series at the level of 2012 (177 deaths with heroin in 53 weeks), tested as the tutorial tests."""
    series = np.random.default_rng(2013).poisson(177 / 53, (115, 500)).astype(float)
    outcome = detect(Counts.of(series, period="week"), "glr-nb", {"mu0_harmonics": 0}, tested=range(53, 115))
    alarms = (outcome.alarm == 1).sum(axis=0)
    said = re.search(
        r"(\d+) of them had an alarm in these 62 weeks, (\d+) had two or more, none had 8",
        " ".join(tutorial("connecticut-deaths.md").split()),
    )
    assert said
    assert [int(said[1]), int(said[2]), 0] == [(alarms >= least).sum() for least in (1, 2, 8)]
    weeks = table(ROOT / "data" / "surveillance" / "connecticut_weekly.csv")
    assert sum(int(row["heroin"]) for row in list(weeks.values())[:53]) == 177


@pytest.mark.parametrize("method", METHODS)
def test_a_card_has_the_question_and_the_settings_of_the_code(method: str) -> None:
    detector = detector_named(method)
    card = (CARDS / f"{method}.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (.+)$", card, re.MULTILINE) == HEADINGS
    assert f"**{detector.question}**" in card
    assert card == card_anew(card, detector), "python -m tests.surge.documents_anew"


def test_the_index_of_cards_has_the_questions_of_the_code() -> None:
    index = (CARDS / "README.md").read_text(encoding="utf-8")
    assert index == index_anew(index), "python -m tests.surge.documents_anew"


@pytest.mark.parametrize("method", [*METHODS, "scan", "nowcast"])
def test_a_card_says_how_when_not_and_where_from(method: str) -> None:
    card = (CARDS / f"{method}.md").read_text(encoding="utf-8")
    parts = dict(zip(HEADINGS, re.split(r"^## .+$", card, flags=re.MULTILINE)[1:], strict=True))
    assert re.search(r"^\(1\)", parts["How it works"], re.MULTILINE), "equations have numbers"
    assert len(re.findall(r"^\* ", parts["When not to use it"], re.MULTILINE)) >= 2
    assert len(re.findall(r"^\* ", parts["Source"], re.MULTILINE)) >= 1
    assert "surge-quirks.md" in parts["compat and corrected"] or method == "scan"
    assert f"({method}.md)" in (CARDS / "README.md").read_text(encoding="utf-8")


def test_no_card_is_left_of_a_method_that_is_gone() -> None:
    assert {path.stem for path in CARDS.glob("*.md")} == {*METHODS, "scan", "nowcast", "README"}
    assert {"scan", "nowcast"} <= set(COMMANDS)


def test_the_page_of_differences_has_all_thirteen_with_what_each_mode_does() -> None:
    page = (DOCS / "reference" / "surge-quirks.md").read_text(encoding="utf-8")
    sections = re.split(r"^## (Q\d+)\. .+$", page, flags=re.MULTILINE)
    assert sections[1::2] == [f"Q{number}" for number in range(1, 14)]
    for number, section in zip(sections[1::2], sections[2::2], strict=True):
        assert "**R.**" in section, number
        assert "**corrected**" in section or "**Both modes**" in section, number
        assert f"| [{number}](#" in page


def test_the_examples_of_the_readme_run(capsys: pytest.CaptureFixture[str]) -> None:
    text = (ROOT / "src" / "daybreak" / "surge" / "README.md").read_text(encoding="utf-8")
    names: dict[str, Any] = {}
    blocks = [
        block for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL) if "dask://" not in block
    ]
    for block in blocks:
        exec(compile(block, "README.md", "exec"), names)
    assert names["drawing"].startswith("<svg")
    assert "7 overdoses in the week of 25 December 2023" in capsys.readouterr().out
    assert names["outcome"].alarm[:, 0].tolist() == [-1, 0, 1, 0]


def table(path: Path) -> dict[str, dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return {row["week_start"]: row for row in csv.DictReader(lines)}


@pytest.mark.parametrize(
    ("bundled", "column", "derived", "there"),
    [
        ("connecticut_weekly", "heroin", "ct_heroin_weekly", "count"),
        ("connecticut_weekly", "fentanyl", "ct_fentanyl_weekly", "count"),
        ("connecticut_weekly", "all drugs", "ct_all_weekly", "count"),
        ("pennsylvania_county_weekly", "York", "pa_psp_county_weekly", "York"),
    ],
)
def test_bundled_weeks_are_those_derived_from_the_sources(
    bundled: str, column: str, derived: str, there: str
) -> None:
    ours = table(ROOT / "data" / "surveillance" / f"{bundled}.csv")
    theirs = table(fixtures_folder() / "real" / "derived" / f"{derived}.csv")
    assert {week: row[column] for week, row in ours.items()} == {
        week: row[there] for week, row in theirs.items()
    }
