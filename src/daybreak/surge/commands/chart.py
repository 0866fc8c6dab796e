"""`daybreak surge chart COUNTS --series NAME --method NAME --out FILE.svg`: one series, what was usual, and the alarms."""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

import numpy as np

from daybreak.surge.charts import Saying, chart, png, why
from daybreak.surge.charts.ink import THEMES
from daybreak.surge.charts.words import ADDS_UP, moment, number, runs
from daybreak.surge.commands.detect import period_for, rows_of, settings_of
from daybreak.surge.counts import Counts, Period
from daybreak.surge.detector import Detector, Mode, settings_from
from daybreak.surge.errors import BadInput
from daybreak.surge.methods import METHODS, detect, detector_named
from daybreak.surge.outcome import UNTESTED, Outcome
from daybreak.surge.tables import FORMATS, Table, open_table
from daybreak.surge.written_whole import keep_apart, written_whole

PICTURES = ("svg", "png", "csv")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The words that the sub-command takes."""
    add = parser.add_argument
    add("counts", type=Path, metavar="COUNTS", help="wide .csv, .json or .parquet, as for detect")
    add("--series", required=True, metavar="NAME", help="the column to draw")
    add("--method", required=True, metavar="NAME", help=f"one of: {', '.join(METHODS)}")
    add("--set", action="append", default=[], metavar="NAME=VALUE", help="a setting of the method")
    add("--alpha", type=float, metavar="A", help="the nominal false-alarm rate (the setting alpha)")
    add("--period", choices=[each.name.lower() for each in Period], help="how long a row lasts")
    add("--test", metavar="FIRST:LAST", help="rows from 1, inclusive, or dates; all rows by default")
    add("--show", metavar="FIRST:LAST", help="rows to draw; the tested ones and some before by default")
    add("--mode", choices=[each.value for each in Mode], default=Mode.CORRECTED.value)
    add(
        "--out", type=Path, required=True, metavar="FILE",
        help="a drawing (.svg), a picture (.png, needs the extra charts) or the same as a table (.csv)",
    )  # fmt: skip
    add("--title", default="", help="the finding in a sentence; made from the numbers by default")
    add("--subtitle", default="", help="what, where, when, unit; made from the table by default")
    add("--unit", default="cases", help="what is counted, in the plural (cases)")
    add("--source", default="", help="where the counts come from, in words")
    add("--incomplete", type=int, default=0, metavar="N", help="the last N rows are still coming in: dashed")
    add("--width", type=int, default=760, metavar="PX", help="px, 280 to 2400 (760; 360 for a phone)")
    add("--theme", choices=THEMES, help="auto follows the reader (default for .svg), light (for .png), dark")
    add("--from", dest="from_format", choices=FORMATS, help="the format of COUNTS if its suffix does not say")


def run(options: argparse.Namespace) -> int:
    """Test the series, draw it, and print why each alarm is one."""
    kind = options.out.suffix.lstrip(".").lower()
    if kind not in PICTURES:
        raise BadInput(
            "--out",
            f"end in one of {', '.join('.' + each for each in PICTURES)}",
            str(options.out),
            "See --help.",
        )
    if options.incomplete < 0:
        raise BadInput("--incomplete", "be 0 or more rows", str(options.incomplete), "Leave it out for none.")
    keep_apart([options.counts], [options.out])
    table = open_table(options.counts, options.from_format)
    counts = _one_series(table, options.series, period_for(options.period, table))
    detector = detector_named(options.method)
    settings = settings_of(detector, options.set, options.alpha)
    outcome = detect(counts, detector, settings, tested=rows_of(options.test, table), mode=options.mode)
    with written_whole(options.out) as part:
        _draw(part, kind, table, counts, outcome, detector, settings, options)
    _say(counts, outcome, options.unit, adds_up=options.method in ADDS_UP)
    return 0


def _draw(
    path: Path, kind: str, table: Table, counts: Counts, outcome: Outcome,
    detector: Detector, settings: dict[str, object], options: argparse.Namespace,
) -> None:  # fmt: skip
    if kind == "csv":
        _write_table(path, table.label, counts, outcome, options)
    else:
        theme = options.theme or ("auto" if kind == "svg" else "light")
        drawing = chart(
            counts, outcome, 0,
            saying=Saying(
                options.title, options.subtitle, options.unit, _method(options.method, settings, options.mode), options.source
            ),
            rows=_shown(options.show, table), incomplete=options.incomplete,
            bound_is_a_count=_bound_is_a_count(detector, settings, options.mode),
            adds_up=options.method in ADDS_UP, width=options.width, theme=theme,
        )  # fmt: skip
        if kind == "svg":
            path.write_text(drawing, encoding="utf-8")
        else:
            path.write_bytes(png(drawing))


def _one_series(table: Table, name: str, period: Period) -> Counts:
    if name not in table.names:
        raise BadInput("--series", f"be a column of {table.source}", repr(name), "Check its spelling.")
    place = table.names.index(name)
    return Counts(table.counts_block(place, place + 1), (name,), period=period, dates=table.dates)


def _shown(words: str | None, table: Table) -> range | None:
    if words is None:
        return None
    rows = rows_of(words, table)
    return range(int(rows[0]), int(rows[-1]) + 1)


def _bound_is_a_count(detector: Detector, settings: dict[str, object], mode: str) -> bool:
    """Whether the upper bound has a place among counts: some methods can give their running statistic instead."""
    returns = getattr(settings_from(detector, settings), "returns", "cases")
    return returns == "cases" or (returns is None and mode == Mode.CORRECTED.value)


def _method(name: str, settings: dict[str, object], mode: str) -> str:
    """The method's name and whatever was not left at its default."""
    changed = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in settings.items())
    as_r = " As R does, defects included." if mode == Mode.COMPAT.value else ""
    return f"Method: {name}, {changed or 'default settings'}.{as_r}"


def _write_table(
    path: Path, label: str, counts: Counts, outcome: Outcome, options: argparse.Namespace
) -> None:
    """The tested rows with every number and the sentence of why."""
    adds_up = options.method in ADDS_UP
    with path.open("w", encoding="utf-8", newline="") as lines:
        rows = csv.writer(lines, lineterminator="\n")
        rows.writerow([label, "count", "expected", "upper_bound", "score", "p_value", "alarm", "why"])
        for time, row in enumerate(outcome.tested.tolist()):
            numbers = [
                each[time, 0]
                for each in (outcome.expected, outcome.upper_bound, outcome.score, outcome.p_value)
            ]
            alarm = int(outcome.alarm[time, 0])
            rows.writerow(
                [
                    row + 1 if counts.dates is None else str(counts.dates[row]),
                    _cell(counts.values[row, 0]), *map(_cell, numbers),
                    "" if alarm == UNTESTED else alarm, why(counts, outcome, time, 0, unit=options.unit, adds_up=adds_up),
                ]
            )  # fmt: skip


def _cell(value: float) -> str:
    return "" if np.isnan(value) else f"{value:g}"


def _say(counts: Counts, outcome: Outcome, unit: str, *, adds_up: bool) -> None:
    alarms = int((outcome.alarm[:, 0] == 1).sum())
    tested = int((outcome.alarm[:, 0] != UNTESTED).sum())
    word = counts.period.name.lower()
    print(f"{number(alarms)} alarm{'' if alarms == 1 else 's'} in {number(tested)} tested {word}s.")
    for first, last in runs(outcome, 0):
        more = last - first
        after = (
            f" The next {f'{more} {word}s are alarms' if more > 1 else f'{word} is an alarm'} too."
            if more
            else ""
        )
        print(why(counts, outcome, first, 0, unit=unit, adds_up=adds_up) + after)
    for row, reason in _first_untested(outcome).items():
        print(f"Not tested, first {moment(counts, row)}: {reason}.")


def _first_untested(outcome: Outcome) -> dict[int, str]:
    """Row → reason, once a reason."""
    found: dict[str, int] = {}
    for time in np.flatnonzero(outcome.alarm[:, 0] == UNTESTED):
        found.setdefault(outcome.why(int(time), 0) or "no reason given", int(outcome.tested[time]))
    return {row: reason for reason, row in found.items()}
