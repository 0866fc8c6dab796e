"""Reproduces every table of the early-warning engine: speed beside R, calibration, detection, scans, nowcasts.

Run: script/bench surge [--only speed,streamed,fixtures,noise,noufaily,bursts,scan,nowcast] [--quick]

Speed runs R's surveillance (Debian: apt-get install r-cran-surveillance) on the same series in the same run. Reference
cases and real series are read from $DAYBREAK_FIXTURES; a part that needs what is missing says so and is left out.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path

import _calibration
import _evaluation
import _nowcast
import _replayed
import _scan
import _surge_speed


def speed(quick: bool) -> None:
    """R and ours, microseconds a series-week."""
    if shutil.which("Rscript") is None:
        print("left out: Rscript is not installed. On Debian: apt-get install r-cran-surveillance")
        return
    _surge_speed.speed(*((200, 4, 40) if quick else (1000, 20, 200)))


PARTS: dict[str, Callable[[bool], None]] = {
    "speed": speed,
    "streamed": lambda _quick: _surge_speed.streamed_alone(),
    "fixtures": lambda _quick: _replayed.main(),
    "noise": lambda quick: _calibration.tables(quick=quick),
    "noufaily": lambda quick: _evaluation.noufaily(quick=quick),
    "bursts": lambda quick: _evaluation.bursts(quick=quick),
    "scan": lambda quick: _scan.main(quick=quick),
    "nowcast": lambda quick: _nowcast.main(12 if quick else 60),
}


def main() -> None:
    """Run the parts that were asked for, each under its heading, with the seconds it took."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--only", default=",".join(PARTS), help="parts, with commas between")
    ask.add_argument("--quick", action="store_true", help="fewer series and repetitions: a look, no result")
    given = ask.parse_args()
    chosen = given.only.split(",")
    if unknown := set(chosen) - set(PARTS):
        ask.error(f"--only must name parts of {', '.join(PARTS)}; got {', '.join(sorted(unknown))}")
    if not Path(os.environ.get("DAYBREAK_FIXTURES", "")).is_dir() or not os.environ.get("DAYBREAK_FIXTURES"):
        print(
            "DAYBREAK_FIXTURES names no folder: what needs the reference files is left out.", file=sys.stderr
        )
    for name in chosen:
        print(f"\n== {name}", flush=True)
        began, processor = time.perf_counter(), time.process_time()
        PARTS[name](given.quick)
        took = time.perf_counter() - began
        print(
            f"-- {name}: {took:.0f} s by the clock, {time.process_time() - processor:.0f} s of processor",
            flush=True,
        )


if __name__ == "__main__":
    main()
