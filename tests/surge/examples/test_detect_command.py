"""`daybreak surge detect` and `methods`: from a file of counts to a file of alarms, on the command line."""

from __future__ import annotations

import csv
import json
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from daybreak.surge import METHODS, Counts, detect, detector_named
from daybreak.surge.commands import USAGE_ERROR, main
from daybreak.surge.tables import open_table

DAYS = np.datetime64("2024-01-01") + np.arange(40)
VALUES = np.random.default_rng(4).poisson([0.5, 3, 12], (40, 3)).astype(float)
VALUES[35] = [9, 20, 40]
VALUES[36, 1] = np.nan
NAMES = ["Adams", "Berks", "Cameron"]


@pytest.fixture
def counts(tmp_path: Path) -> Path:
    return write(tmp_path / "counts.csv", VALUES)


def write(path: Path, values: np.ndarray, label: str = "day") -> Path:
    rows = [",".join([label, *NAMES])]
    for day, row in zip(DAYS, values, strict=True):
        rows.append(",".join([str(day), *("" if np.isnan(cell) else f"{cell:g}" for cell in row)]))
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def read(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.reader(lines))


def test_the_alarms_have_the_columns_of_the_counts_and_the_tested_rows(counts: Path, tmp_path: Path) -> None:
    out = tmp_path / "alarms.csv"
    assert (
        main(
            [
                "detect",
                str(counts),
                "--method",
                "ears-c1",
                "--alpha",
                "0.01",
                "--test",
                "30:38",
                "--out",
                str(out),
            ]
        )
        == 0
    )
    rows = read(out)
    assert rows[0] == ["day", *NAMES]
    assert [row[0] for row in rows[1:]] == [str(day) for day in DAYS[29:38]]
    ours = detect(
        Counts.of(VALUES, period="day", dates=DAYS), "ears-c1", {"alpha": 0.01}, tested=range(29, 38)
    )
    words = {1: "1", 0: "0", -1: ""}
    assert [row[1:] for row in rows[1:]] == [[words[int(alarm)] for alarm in each] for each in ours.alarm]
    assert rows[7] == [str(DAYS[35]), "1", "1", "1"]
    assert rows[8][2] == ""


def test_rows_may_be_chosen_by_date_and_either_end_left_open(counts: Path, tmp_path: Path) -> None:
    def tested(words: str) -> list[str]:
        out = tmp_path / "alarms.csv"
        assert main(["detect", str(counts), "--method", "ears-c1", "--test", words, "--out", str(out)]) == 0
        return [row[0] for row in read(out)[1:]]

    assert (
        tested("2024-01-30:2024-02-02")
        == tested("30:33")
        == ["2024-01-30", "2024-01-31", "2024-02-01", "2024-02-02"]
    )
    assert tested("39:") == ["2024-02-08", "2024-02-09"]
    assert tested(":2") == ["2024-01-01", "2024-01-02"]


def test_an_index_instead_of_dates_stays_an_index(tmp_path: Path) -> None:
    path, out = tmp_path / "counts.csv", tmp_path / "alarms.csv"
    path.write_text("n,a\n" + "".join(f"{n},1\n" for n in range(1, 21)), encoding="utf-8")
    words = [
        "detect",
        str(path),
        "--method",
        "ears-c1",
        "--period",
        "day",
        "--test",
        "19:20",
        "--out",
        str(out),
    ]
    assert main(words) == 0
    assert read(out) == [["n", "a"], ["19", "0"], ["20", "0"]]


LEAST = next(
    each.name for each in fields(detector_named("ears-c1").settings) if each.metadata["r"] == "minSigma"
)


def test_settings_are_given_by_our_name_or_rs(counts: Path, tmp_path: Path) -> None:
    def alarms(*settings: str) -> list[list[str]]:
        out = tmp_path / "alarms.csv"
        given = [word for setting in settings for word in ("--set", setting)]
        words = ["detect", str(counts), "--method", "ears-c1", "--mode", "compat", "--out", str(out), *given]
        assert main(words) == 0
        return read(out)

    assert alarms(f"{LEAST}=2", "baseline=14") == alarms("minSigma=2", "baseline=14")
    assert alarms(f"{LEAST}=30") != alarms(f"{LEAST}=0")


@pytest.mark.parametrize("kind", ["csv", "json", "parquet"])
def test_p_values_and_the_long_table_say_the_same_in_every_format(
    counts: Path, tmp_path: Path, kind: str
) -> None:
    out, wide, long = (tmp_path / f"{name}.{kind}" for name in ("alarms", "p", "long"))
    words = [
        "detect",
        str(counts),
        "--method",
        "ears-c1",
        "--test",
        "30:38",
        "--block",
        "2",
        "--out",
        str(out),
    ]
    assert main([*words, "--p-values", str(wide), "--long", str(long)]) == 0
    ours = detect(Counts.of(VALUES, period="day", dates=DAYS), "ears-c1", tested=range(29, 38))
    np.testing.assert_array_equal(open_table(wide).block(0, 3), ours.p_value)
    columns = long_table(long)
    assert columns["series"] == [name for name in NAMES for _ in range(9)]
    assert columns["count"] == [None if np.isnan(cell) else cell for cell in VALUES[29:38].ravel(order="F")]
    assert columns["p_value"] == [None if np.isnan(cell) else cell for cell in ours.p_value.ravel(order="F")]
    reasons = columns["reason"]
    assert reasons[9 + 7] == "did not report"
    assert columns["alarm"][9 + 7] is None


def long_table(path: Path) -> dict[str, list[object]]:
    if path.suffix == ".parquet":
        import pyarrow.parquet

        return pyarrow.parquet.read_table(path).to_pydict()
    if path.suffix == ".json":
        return json.loads(path.read_text(encoding="utf-8"))
    header, *rows = read(path)
    columns: dict[str, list[object]] = dict(zip(header, map(list, zip(*rows, strict=True)), strict=True))
    for name in ("count", "p_value", "alarm"):
        columns[name] = [float(cell) if cell else None for cell in columns[name]]
    return columns


def test_the_false_discovery_rate_is_over_the_series_of_one_time(counts: Path, tmp_path: Path) -> None:
    out, p = tmp_path / "alarms.csv", tmp_path / "p.csv"
    words = [
        "detect",
        str(counts),
        "--method",
        "ears-c1",
        "--test",
        "36:36",
        "--fdr",
        "0.05",
        "--out",
        str(out),
    ]
    assert main([*words, "--p-values", str(p)]) == 0
    values = sorted(float(cell) for cell in read(p)[1][1:])
    passing = [n for n in (1, 2, 3) if values[n - 1] <= 0.05 * n / 3]
    assert sum(cell == "1" for cell in read(out)[1][1:]) == (max(passing) if passing else 0)


def test_blocks_and_cores_change_nothing(counts: Path, tmp_path: Path) -> None:
    files = []
    for place, more in enumerate((["--block", "1"], ["--block", "3"], ["--cores", "2", "--block", "2"])):
        out = tmp_path / f"alarms{place}.csv"
        assert main(["detect", str(counts), "--method", "ears-c2", "--out", str(out), *more]) == 0
        files.append(out.read_bytes())
    assert files[0] == files[1] == files[2]


def test_exposure_of_the_same_shape_is_used(counts: Path, tmp_path: Path) -> None:
    people = np.full(VALUES.shape, 1000.0)
    people[35] = 8000
    exposure, out = write(tmp_path / "people.csv", people), tmp_path / "alarms.csv"
    words = [
        "detect",
        str(counts),
        "--method",
        "ears-c1",
        "--alpha",
        "0.01",
        "--test",
        "36:36",
        "--out",
        str(out),
    ]
    assert main([*words, "--exposure", str(exposure)]) == 0
    assert read(out)[1][1:] == ["0", "0", "0"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--method", "ears-c4"], "method must be one of: ears-c1"),
        (["--method", "ears-c1", "--set", "baselin=7"], "setting of ears-c1 must be one of: baseline"),
        (["--method", "ears-c1", "--set", "baseline"], "--set must look like NAME=VALUE"),
        (["--method", "ears-c1", "--set", "alpha=0.1", "--alpha", "0.1"], "alpha must be given once"),
        (["--method", "ears-c1", "--test", "30"], "--test must look like FIRST:LAST"),
        (["--method", "ears-c1", "--test", "30:41"], "--test must name rows from 1 to 40, got 41"),
        (["--method", "ears-c1", "--test", "2025-01-01:"], "--test must hold one row or more"),
        (["--method", "ears-c1", "--test", "soon:"], "--test must hold row numbers or dates, got 'soon'"),
        (["--method", "ears-c1", "--fdr", "1.5"], "the false discovery rate must lie between 0 and 1"),
        (["--method", "ears-c1", "--block", "0"], "block must be 1 series or more"),
        (["--method", "ears-c1", "--cores", "0"], "cores must be 1 or more"),
        (["--method", "glr-nb", "--alpha", "0.1"], "--alpha must be used with a method that has a nominal"),
    ],
)
def test_what_cannot_be_done_is_refused_and_nothing_is_written(
    counts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    out = tmp_path / "alarms.csv"
    assert main(["detect", str(counts), "--out", str(out), *words]) == 1
    assert said in capsys.readouterr().err
    assert not out.exists()


def test_a_file_that_is_not_there_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = [
        "detect",
        str(tmp_path / "none.csv"),
        "--method",
        "ears-c1",
        "--out",
        str(tmp_path / "alarms.csv"),
    ]
    assert main(words) == 1
    assert "No such file" in capsys.readouterr().err


def test_missing_rows_are_noticed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "counts.csv"
    path.write_text("day,a\n2024-01-01,1\n2024-01-02,1\n2024-01-03,1\n2024-01-06,1\n", encoding="utf-8")
    assert main(["detect", str(path), "--method", "ears-c1", "--out", str(tmp_path / "alarms.csv")]) == 0
    assert "rows are missing, first after 2024-01-03" in capsys.readouterr().err


def test_methods_lists_every_detector_with_its_question(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["methods"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[: len(METHODS)]] == list(METHODS)
    assert all(line.endswith("?") for line in lines[: len(METHODS)])


def test_methods_explains_one_with_defaults_meanings_and_names_in_r(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["methods", "ears-c1"]) == 0
    said = capsys.readouterr().out
    assert "alpha = 0.001; in R: alpha" in said
    assert main(["methods", "ears-c1", "--json"]) == 0
    settings = json.loads(capsys.readouterr().out)["ears-c1"]["settings"]
    assert settings[LEAST]["r"] == "minSigma"
    assert settings["alpha"]["default"] == 0.001


def test_a_sub_command_without_its_words_is_a_usage_error(counts: Path) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["detect", str(counts)])
    assert caught.value.code == USAGE_ERROR
