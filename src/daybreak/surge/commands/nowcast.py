"""`daybreak surge nowcast LINELIST --event COLUMN --report COLUMN --now DATE --out FILE`: what late reports will add."""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from daybreak.surge.counts import IntArray
from daybreak.surge.errors import BadInput
from daybreak.surge.late_detection import detect_on_nowcast, detect_partial
from daybreak.surge.line_lists import LineList, read_line_list
from daybreak.surge.nowcast import METHODS, Nowcast, nowcast
from daybreak.surge.silence import Silence, silences, with_silence
from daybreak.surge.tables import FORMATS, day_of, format_of
from daybreak.surge.tables_parquet import write_parquet
from daybreak.surge.triangle import Triangle
from daybreak.surge.written_whole import keep_apart, written_whole

COLUMNS = ("series", "known", "expected", "median", "lower", "upper", "share_known")
LAGS = {"day": 31, "week": 13}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The words that the sub-command takes."""
    add = parser.add_argument
    add("line_list", type=Path, metavar="LINELIST", help="one row an event, .csv or .parquet")
    add("--event", required=True, metavar="COLUMN", help="the column of the date on which it happened")
    add("--report", required=True, metavar="COLUMN", help="the column of the date on which it was reported")
    add("--by", metavar="COLUMN", help="the column that tells series apart (county, drug …)")
    add(
        "--now",
        required=True,
        metavar="DATE",
        help="the last day of which reports are known; later ones are left out",
    )
    add("--from-day", metavar="DATE", help="first day of the first row; the earliest event by default")
    add("--period", choices=tuple(LAGS), default="day", help="how long a row lasts (day)")
    add(
        "--max-delay",
        type=int,
        metavar="N",
        help="longest delay told apart, in periods; longer ones count as that",
    )
    add(
        "--method",
        choices=tuple(METHODS),
        default="learned",
        help="; ".join(f"{k}: {v}" for k, v in METHODS.items()),
    )
    add("--window", type=int, metavar="N", help="learn from the last N rows alone")
    add("--level", type=float, default=0.95, metavar="P", help="what the intervals hold at least (0.95)")
    add("--above", type=float, metavar="U", help="also the probability that a row's final count is above U")
    add(
        "--detect",
        metavar="METHOD",
        help="also test the rows, incomplete as they are, by this method (predictive)",
    )
    add("--alpha", type=float, metavar="A", help="the nominal false-alarm rate of --detect")
    add(
        "--silent-below", type=float, default=0.001, metavar="P",
        help="a source whose silence is less probable than P did not report: its last periods are unknown, not zero (0.001)",
    )  # fmt: skip
    add(
        "--out",
        type=Path,
        required=True,
        metavar="FILE",
        help="one row a period and series: .csv, .json or .parquet",
    )
    add("--from", dest="from_format", choices=("csv", "parquet"), help="the format of the line list")
    add("--to", dest="to_format", choices=FORMATS, help="the format of the output")


def run(options: argparse.Namespace) -> int:
    """Nowcast the rows that are not complete yet."""
    kind = format_of(options.out, options.to_format, "--to")
    keep_apart([options.line_list], [options.out])
    if not 0 <= options.silent_below <= 1:
        raise BadInput(
            "--silent-below", "lie between 0 and 1", f"{options.silent_below:g}", "0.001 is usual."
        )
    if options.above is not None and not np.isfinite(options.above):
        raise BadInput("--above", "be a number of cases", f"{options.above:g}", "Leave it out.")
    listed = read_line_list(options.line_list, options.event, options.report, options.by, options.from_format)
    triangle = _triangle(listed, options)
    found = silences(triangle)
    triangle = with_silence(triangle, found, options.silent_below)
    cast = nowcast(triangle, method=options.method, window=options.window)
    columns = _columns(cast, options.level, options.above)
    if options.detect is not None:
        columns |= _alarms(triangle, cast, options.detect, options.alpha)
    with written_whole(options.out) as part:
        _write(part, kind, columns)
    _say(listed, cast, found, options)
    return 0


def _triangle(listed: LineList, options: argparse.Namespace) -> Triangle:
    lags = LAGS[options.period] if options.max_delay is None else options.max_delay + 1
    if lags < 2:
        raise BadInput("--max-delay", "be 1 or more", str(options.max_delay), "Leave it out.")
    triangle = Triangle.of_line_list(
        listed.event,
        listed.report,
        period=options.period,
        first=None if options.from_day is None else _date("--from-day", options.from_day),
        last=_date("--now", options.now),
        lags=lags,
        series=listed.series,
    )
    if triangle.times < lags:
        raise BadInput(
            "the line list",
            f"reach back {lags} {options.period}s",
            str(triangle.times),
            "Shorten --max-delay.",
        )
    return triangle


def _date(option: str, word: str) -> Any:
    try:
        return np.datetime64(day_of(word), "D")
    except ValueError:
        raise BadInput(option, "be a date", repr(word), "Write YYYY-MM-DD.") from None


def _columns(cast: Nowcast, level: float, above: float | None) -> dict[str, Any]:
    """One row a period and series, series after series; known is empty where the source did not report."""
    low, high = cast.interval(level)
    dates = np.asarray(cast.dates)
    columns: dict[str, Any] = {
        "date": np.tile(dates, len(cast.names)),
        "series": [name for name in cast.names for _ in cast.rows],
    }
    numbers = (cast.known, cast.expected, cast.quantile(0.5), low, high, cast.share)
    columns |= {name: array.ravel(order="F") for name, array in zip(COLUMNS[1:], numbers, strict=True)}
    if above is not None:
        columns["probability_above"] = cast.probability_above(above).ravel(order="F")
    return columns


def _alarms(triangle: Triangle, cast: Nowcast, method: str, alpha: float | None) -> dict[str, Any]:
    """Bounds of complete counts, how probably they are passed, and the test of what is known so far."""
    settings = {} if alpha is None else {"alpha": alpha}
    late = detect_on_nowcast(triangle, method, settings, rows=cast.rows)
    partial = detect_partial(triangle, method, settings, rows=cast.rows)
    columns = {
        "upper_bound": late.upper_bound,
        "probability_above_bound": late.probability,
        "p_value_of_known": partial.p_value,
        "alarm_of_known": np.where(partial.alarm < 0, np.nan, partial.alarm),
    }
    return {name: array.ravel(order="F") for name, array in columns.items()}


def _write(path: Path, kind: str, columns: dict[str, Any]) -> None:
    if kind == "parquet":
        write_parquet(path, columns)
        return
    rows = list(_plain(columns))
    if kind == "json":
        records = [dict(zip(columns, row, strict=True)) for row in rows]
        path.write_text(json.dumps(records, ensure_ascii=False) + "\n", encoding="utf-8")
        return
    with path.open("w", encoding="utf-8", newline="") as lines:
        out = csv.writer(lines, lineterminator="\n")
        out.writerow(columns)
        out.writerows(rows)


def _plain(columns: dict[str, Any]) -> Iterator[list[Any]]:
    whole = {"known", "median", "lower", "upper", "alarm_of_known"}
    for row in zip(*columns.values(), strict=True):
        yield [_cell(name in whole, value) for name, value in zip(columns, row, strict=True)]


def _cell(whole: bool, value: Any) -> Any:
    if isinstance(value, str):
        return value
    if isinstance(value, np.datetime64):
        return str(value)
    if np.isnan(value):
        return None
    return int(value) if whole else float(value)


def _say(listed: LineList, cast: Nowcast, found: tuple[Silence, ...], options: argparse.Namespace) -> None:
    rows: IntArray = cast.rows
    print(f"{len(rows)} {options.period}s of {len(cast.names)} series nowcast into {options.out}.")
    if listed.undated:
        print(f"{listed.undated} events without an event date or a report date are left out.")
    for name, each in zip(cast.names, found, strict=True):
        if each.probability < options.silent_below:
            print(
                f"{name}: nothing reported for {each.periods} {options.period}s (probability {each.probability:.2g} if it "
                "were only quiet): taken as did not report."
            )
