"""What a hurried or hostile user gives: refused in one sentence, no half file left, nobody's words repeated."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow
import pyarrow.parquet as parquet
import pytest

from daybreak.surge.commands import STOPPED, main

WEEKS = ["2024-01-01", "2024-01-08", "2024-01-15"]


def table(folder: Path, header: str = "week,Adams", rows: list[str] | None = None) -> Path:
    path = folder / "counts.csv"
    lines = [header, *(rows or [f"{week},{n}" for n, week in enumerate(WEEKS)])]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    assert main(words) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    return said


def detect_words(path: Path, *more: str) -> list[str]:
    return ["detect", str(path), "--method", "threshold", "--out", str(path.with_name("alarms.csv")), *more]


@pytest.mark.parametrize(
    ("header", "rows", "said"),
    [
        ("week,Adams", ["3-Jan-22,1", "10-Jan-22,2"], "row 1 must begin with a date, got something else"),
        ("week,Adams", ["01-03-2022,1", "01-10-2022,2"], "must begin with a date, got '01-03-2022'"),
        ("week,Adams", ["22-01-03,1", "22-01-10,2"], "must begin with a date, got '22-01-03'"),
        ("week,Adams", ["20220103,1", "20220110,2"], "must begin with a date, got '20220103'"),
        ("week,Adams", ["start,1", "2022-01-10,2"], "row 1 must begin with a date, got something else"),
        ("week,Adams", ["1,1", "1,2"], "row 2 must begin with a date or an index of its own, got one twice"),
        ("week,Adams", [",1", ",2"], "row 1 must begin with a date or an index of its own, got none"),
        ("week;Adams", ["2022-01-03;1"], "It is parted by semicolons: save it with commas."),
        ("week,=1+1", ["1,1"], "column 2 must have a name that no spreadsheet or terminal would run"),
        ("week,\x1b[31mA", ["1,1"], "column 2 must have a name that no spreadsheet or terminal would run"),
        ("week,Adams", ["1,1e15"], "column Adams must be at most 1,000,000,000, got 1e+15"),
    ],
)
def test_a_table_that_would_be_misread_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], header: str, rows: list[str], said: str
) -> None:
    path = table(tmp_path, header, rows)
    assert said in refused(detect_words(path), capsys)
    assert list(tmp_path.iterdir()) == [path]


def test_a_name_in_the_column_of_dates_is_not_repeated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = table(tmp_path, rows=["2024-01-01,1", "Jane Doe 555-1234,2"])
    assert "Jane" not in refused(detect_words(path), capsys)


@pytest.mark.parametrize("document", ["[" * 100_000, '{"week": ["1"], "A": [1' + "0" * 400 + "]}"])
def test_json_that_breaks_its_reader_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], document: str
) -> None:
    path = tmp_path / "counts.json"
    path.write_text(document, encoding="utf-8")
    assert "must be" in refused(detect_words(path), capsys)


@pytest.mark.parametrize("kind", ["date", "bool", "digits"])
def test_parquet_columns_that_are_no_numbers_do_not_become_counts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    column = {"date": pyarrow.array([19000], pyarrow.date32()), "bool": [True], "digits": ["3"]}[kind]
    path = tmp_path / "counts.parquet"
    parquet.write_table(pyarrow.table({"week": WEEKS[:1], "A": column}), path)
    assert "column A must hold numbers" in refused(detect_words(path), capsys)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--test", "²:3"], "--test must hold row numbers or dates"),
        (["--set", "events=1e400"], "setting events of threshold must be int"),
        (["--set", "events=inf"], "setting events of threshold must be int"),
    ],
)
def test_a_number_that_is_none_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    assert said in refused(detect_words(table(tmp_path), *words), capsys)


def test_an_input_is_never_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = table(tmp_path)
    before = path.read_bytes()
    same = str(tmp_path / ".." / tmp_path.name / path.name)
    assert "must be a file of its own" in refused([*detect_words(path)[:-1], same], capsys)
    assert path.read_bytes() == before


@pytest.mark.parametrize("missing", ["--p-values", "--out"])
def test_all_outputs_are_written_or_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], missing: str
) -> None:
    path = table(tmp_path)
    gone = str(tmp_path / "nowhere" / "file.csv")
    words = detect_words(path, "--long", str(tmp_path / "long.csv"), missing, gone)
    assert f"{gone}: No such file or directory." in refused(words, capsys)
    assert list(tmp_path.iterdir()) == [path]


def test_an_old_output_stays_when_the_new_one_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, out = table(tmp_path, rows=["1,-1"]), tmp_path / "alarms.csv"
    out.write_text("last week's alarms", encoding="utf-8")
    refused(detect_words(path, "--long", str(tmp_path / "long.csv")), capsys)
    assert out.read_text(encoding="utf-8") == "last week's alarms"
    assert sorted(tmp_path.iterdir()) == [out, path]


def nowcast_words(path: Path, *more: str) -> list[str]:
    words = ["nowcast", str(path), "--event", "died", "--report", "told", "--now", "2024-01-20"]
    return [*words, "--max-delay", "3", "--out", str(path.with_name("now.csv")), *more]


def test_a_line_list_without_a_header_is_not_repeated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "list.csv"
    path.write_text("Jane Doe,2024-01-01,2024-01-02\n" * 2, encoding="utf-8")
    said = refused(nowcast_words(path), capsys)
    assert "Jane" not in said
    assert "Begin the file with a line of column names." in said


@pytest.mark.parametrize("name", ["list.csv", "list.parquet"])
def test_a_line_list_of_other_bytes_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    path = tmp_path / name
    path.write_bytes("died,told,Año\n".encode("latin-1"))
    assert "must be" in refused(nowcast_words(path), capsys)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--max-delay", "1000000000"], "the triangle must have at most 100,000,000 cells"),
        (["--silent-below", "9"], "--silent-below must lie between 0 and 1"),
        (["--above", "nan"], "--above must be a number of cases"),
    ],
)
def test_a_nowcast_of_impossible_size_or_chance_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    path = tmp_path / "list.csv"
    path.write_text(
        "died,told\n" + "".join(f"2024-01-{n:02},2024-01-{n + 1:02}\n" for n in range(1, 20)), "utf-8"
    )
    assert said in refused(nowcast_words(path, *words), capsys)
    assert list(tmp_path.iterdir()) == [path]


SERIES = {"name": "a", "freq": 52, "observed": [1, 2]}


@pytest.mark.parametrize(
    "document",
    [{"series": 3, "cases": 3}, {"series": [SERIES], "cases": ["x"]}, {"schema": [1]}],
)
def test_a_reference_file_of_another_shape_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], document: dict[str, object]
) -> None:
    path = tmp_path / "fixture.json"
    path.write_text(json.dumps({"schema": "surveillance-parity/1"} | document), "utf-8")
    refused(["replay", str(path), "--out", str(tmp_path / "out.json")], capsys)
    assert list(tmp_path.iterdir()) == [path]


def test_a_broken_case_does_not_take_the_others_with_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = {"id": "good", "series": "a", "fn": "rki", "range": [2], "control": {"b": 0, "w": 1, "actY": True}}
    cases = [good | {"id": "control", "control": 3}, good | {"id": "range", "range": ["x"]}, good]
    path, out = tmp_path / "fixture.json", tmp_path / "out.json"
    path.write_text(
        json.dumps({"schema": "surveillance-parity/1", "series": [SERIES], "cases": cases}), "utf-8"
    )
    assert main(["replay", str(path), "--out", str(out)]) == 1
    results = json.loads(out.read_text("utf-8"))
    assert "error" in results["control"]
    assert "error" in results["range"]
    assert set(results["good"]) == {"upperbound", "alarm"}
    assert capsys.readouterr().err.count("must have the reference shape") == 2


def test_ctrl_c_ends_in_one_sentence_and_leaves_no_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("daybreak.surge.commands.detect.detect_table", interrupted)
    path = table(tmp_path)
    assert main(detect_words(path, "--long", str(tmp_path / "long.csv"))) == STOPPED
    assert capsys.readouterr().err == "daybreak surge detect: stopped; no file was written.\n"
    assert list(tmp_path.iterdir()) == [path]
