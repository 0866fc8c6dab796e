"""Charts as files: a picture that needs no program of the system, and the command."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from daybreak.surge import BadInput, detect
from daybreak.surge.charts import chart, picture, png
from daybreak.surge.commands import main
from tests.surge.drawings import elements, text_of, weeks
from tests.surge.toy import LIMIT


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
