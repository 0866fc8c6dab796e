"""`daybreak surge detect COUNTS --method NAME --out ALARMS`: a table of counts through one detector."""

from __future__ import annotations

import argparse
import sys
from contextlib import ExitStack
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from daybreak.surge.counts import IntArray, Period
from daybreak.surge.detector import Detector, Mode
from daybreak.surge.discovery_rate import discoveries
from daybreak.surge.errors import BadInput
from daybreak.surge.methods import METHODS, detector_named
from daybreak.surge.table_detection import SERIES_A_READ, Answer, Question, detect_table
from daybreak.surge.tables import FORMATS, Table, day_of, format_of, open_table, period_of
from daybreak.surge.tables_written import LongWriter, write_wide
from daybreak.surge.written_whole import keep_apart, written_whole


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The words that the sub-command takes."""
    add = parser.add_argument
    add(
        "counts", type=Path, metavar="COUNTS",
        help="wide .csv, .json or .parquet: first column a date or an index, then one a series; empty = did not report",
    )  # fmt: skip
    add("--method", required=True, metavar="NAME", help=f"one of: {', '.join(METHODS)}")
    add(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a setting; see: daybreak surge methods NAME",
    )
    add("--alpha", type=float, metavar="A", help="the nominal false-alarm rate (the setting alpha)")
    add(
        "--period", choices=[each.name.lower() for each in Period],
        help="how long a row lasts; by the dates if there are any, week if not",
    )  # fmt: skip
    add("--test", metavar="FIRST:LAST", help="rows from 1, inclusive, or dates; all rows by default")
    add(
        "--mode",
        choices=[each.value for each in Mode],
        default=Mode.CORRECTED.value,
        help="compat copies R's defects",
    )
    add(
        "--exposure",
        type=Path,
        metavar="FILE",
        help="people, visits …: a table with the same rows and columns",
    )
    add(
        "--out",
        type=Path,
        required=True,
        metavar="ALARMS",
        help="the tested rows as 1, 0 or empty (not tested)",
    )
    add("--p-values", type=Path, metavar="FILE", help="the tested rows as p-values")
    add(
        "--long", type=Path, metavar="FILE",
        help="one row a time and series: count, expected, upper bound, score, p-value, alarm, reason",
    )  # fmt: skip
    add(
        "--fdr", type=float, metavar="Q",
        help="alarms by false discovery rate: at each time, over all series, at most the share Q is expected to be false",
    )  # fmt: skip
    add(
        "--from",
        dest="from_format",
        choices=FORMATS,
        help="the format of the input, if its suffix does not say",
    )
    add(
        "--to",
        dest="to_format",
        choices=FORMATS,
        help="the format of the outputs, if their suffixes do not say",
    )
    add("--cores", type=int, default=1, metavar="N", help="processor cores to use (1)")
    add("--on", metavar="dask://HOST:PORT", help="spread the work over a dask cluster")
    add(
        "--block", type=int, default=SERIES_A_READ, metavar="N", help=f"series read at once ({SERIES_A_READ})"
    )


def run(options: argparse.Namespace) -> int:
    """Test the table and write the alarms."""
    detector = detector_named(options.method)
    outputs = {path: format_of(path, options.to_format, "--to") for path in _outputs(options)}
    keep_apart([options.counts, options.exposure], list(outputs))
    table = open_table(options.counts, options.from_format)
    exposure = None if options.exposure is None else open_table(options.exposure, None)
    question = Question(
        method=options.method,
        period=period_for(options.period, table),
        tested=rows_of(options.test, table),
        settings=settings_of(detector, options.set, options.alpha),
        mode=Mode(options.mode),
        cores=options.cores,
        on=options.on,
        block=options.block,
    )
    wants_p = options.p_values is not None or options.fdr is not None
    with ExitStack() as open_files:
        parts = {path: open_files.enter_context(written_whole(path)) for path in outputs}
        each = None
        if options.long is not None:
            long = LongWriter(parts[options.long], outputs[options.long], table)
            each = open_files.enter_context(long).add
        answer = detect_table(table, question, exposure=exposure, p_values=wants_p, each=each)
        alarm = answer.alarm
        if answer.p_value is not None and np.isnan(answer.p_value).all() and (answer.alarm >= 0).any():
            _no_p_values(options)
        elif options.fdr is not None and answer.p_value is not None:
            alarm = discoveries(answer.p_value, options.fdr)
        rows = question.tested.tolist()
        write_wide(parts[options.out], outputs[options.out], table, rows, alarm)
        if options.p_values is not None and answer.p_value is not None:
            write_wide(parts[options.p_values], outputs[options.p_values], table, rows, answer.p_value)
    _say(table, question, answer, int((alarm == 1).sum()), int((alarm == 1).any(axis=0).sum()))
    return 0


def _outputs(options: argparse.Namespace) -> list[Path]:
    paths = [path for path in (options.out, options.p_values, options.long) if path is not None]
    if len(set(paths)) != len(paths):
        raise BadInput("--out, --p-values and --long", "name different files", "one twice", "Name each.")
    return paths


def _no_p_values(options: argparse.Namespace) -> None:
    if options.fdr is not None:
        raise BadInput(
            "--fdr", "be used with a method that gives p-values", options.method, "predictive is one of them."
        )
    print(f"daybreak surge detect: {options.method} gives no p-values; the file is empty.", file=sys.stderr)


def period_for(given: str | None, table: Table) -> Period:
    """How long a row lasts: as said, else by the dates, else a week."""
    if given is not None:
        return Period.named(given)
    found = period_of(table.dates)
    if found is None and table.dates is not None and len(table.dates) > 1:
        raise BadInput(
            f"{table.source}, its dates",
            "be a day, week, month or year apart",
            "another step",
            "Say --period.",
        )
    return found or Period.WEEK


def settings_of(detector: Detector, given: list[str], alpha: float | None) -> dict[str, Any]:
    """Settings by name from NAME=VALUE words and --alpha."""
    settings: dict[str, Any] = {}
    for each in given:
        name, equals, value = each.partition("=")
        if not equals or not name.strip():
            raise BadInput("--set", "look like NAME=VALUE", repr(each), "For example --set baseline=14")
        if name.strip() in settings:
            raise BadInput("--set", "name each setting once", repr(name.strip()), "Leave one out.")
        settings[name.strip()] = value.strip()
    if alpha is not None:
        if "alpha" not in {each.name for each in fields(detector.settings)}:
            raise BadInput(
                "--alpha", "be used with a method that has a nominal false-alarm rate", detector.name,
                f"See: daybreak surge methods {detector.name}",
            )  # fmt: skip
        if "alpha" in settings:
            raise BadInput("alpha", "be given once", "--alpha and --set alpha", "Leave one out.")
        settings["alpha"] = alpha
    return settings


def rows_of(words: str | None, table: Table) -> IntArray:
    """The 0-based rows of FIRST:LAST: 1-based rows, inclusive, or dates; either may be left out."""
    everything = np.arange(table.times, dtype=np.int64)
    if words is None:
        return everything
    # a time of day may hold colons, a date or row number holds none
    first, colon, last = words.partition(":")
    if not colon:
        raise BadInput("--test", "look like FIRST:LAST", repr(words), "For example 101:200")
    rows = everything[_first(first.strip(), table) : _last(last.strip(), table)]
    if not rows.size:
        raise BadInput("--test", "hold one row or more", repr(words), f"{table.source} has {table.times}.")
    return rows


def _first(word: str, table: Table) -> int:
    if not word:
        return 0
    return _row(word, table) - 1 if word.isdecimal() else _day_place(word, table, "left")


def _last(word: str, table: Table) -> int:
    if not word:
        return table.times
    return _row(word, table) if word.isdecimal() else _day_place(word, table, "right")


def _row(word: str, table: Table) -> int:
    if not 1 <= int(word) <= table.times:
        raise BadInput("--test", f"name rows from 1 to {table.times}", word, "Rows count from 1.")
    return int(word)


def _day_place(word: str, table: Table, side: Any) -> int:
    try:
        day = np.datetime64(day_of(word), "D")
    except ValueError:
        raise BadInput("--test", "hold row numbers or dates", repr(word), "Write YYYY-MM-DD.") from None
    if table.dates is None:
        raise BadInput("--test", "hold row numbers", repr(word), f"{table.source} has no dates.")
    return int(np.searchsorted(table.dates, day, side=side))


def _say(table: Table, question: Question, answer: Answer, alarms: int, alarmed: int) -> None:
    print(
        f"{alarms} alarms in {alarmed} of {len(table.names)} series; {len(question.tested)} rows tested as "
        f"{question.period.name.lower()}s."
    )
    for reason, number in sorted(answer.untested.items(), key=lambda pair: -pair[1])[:5]:
        print(f"Not tested {number} times: {reason}")
    if table.dates is not None and len(table.dates) > 1 and question.period in (Period.DAY, Period.WEEK):
        steps = np.diff(table.dates).astype(np.int64)
        if steps.max() > np.median(steps) * 1.5:
            row = table.labels[int(steps.argmax())]
            print(f"Note: rows are missing, first after {row}; add them with empty cells.", file=sys.stderr)
