"""How long a large list takes to load, and how much memory: the national file of 2015 grown to 100,000 rows.

Run `script/bench loading`. Each load is a process of its own with a home of its own (a new SQLite file; with --database
postgres://… that database, which must be empty): first the list, then the same list again, then the list with every row
changed. Prints seconds, processor time (on a shared machine the better measure), rows a second and the highest memory of
each. The rows are the real ones with other house numbers, names and ZIPs, drawn with a seed; nobody is to call them.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
NATIONAL = ROOT / "data" / "samhsa" / "samhsa_directory_2015_geocoded.csv"
SEED = 20130701
# Runs the command in this process and says on stderr how much processor time and memory (kB) it took.
MEASURED = """
import resource, sys
from daybreak.config.command import main
code = main(sys.argv[1:])
used = resource.getrusage(resource.RUSAGE_SELF)
print("measured", used.ru_utime + used.ru_stime, used.ru_maxrss, file=sys.stderr)
sys.exit(code)
"""


def grown(path: Path, rows: int, *, changed: bool = False) -> None:
    """Write the national list with that many rows: the real ones first, then copies of them under another name and number.

    ``changed``: every row takes one more payment code, as if each place had answered anew.
    """
    draw = random.Random(SEED)
    with (
        NATIONAL.open(encoding="utf-8", newline="") as lines,
        path.open("w", encoding="utf-8", newline="") as out,
    ):
        reader = csv.DictReader(lines)
        real = list(reader)
        writer = csv.DictWriter(out, fieldnames=list(reader.fieldnames or ()))
        writer.writeheader()
        for number in range(rows):
            row = dict(real[number % len(real)])
            if number >= len(real):
                round_, digits = number // len(real), draw.randrange(1, 9999)
                row["Name1"] = f"{row['Name1']} {round_}"
                row["Address1"] = f"{digits} {row['Address1'].partition(' ')[2] or 'Main Street'}"
            if changed:
                row["Keys"] = f"{row['Keys']} SS"
            writer.writerow(row)


def load(path: Path, home: Path, database: str) -> tuple[float, float, float]:
    """Seconds, seconds of the processor and megabytes of one load."""
    environment = os.environ | {"DAYBREAK_HOME": str(home)}
    if database:
        environment["DATABASE_URL"] = database
    command = [
        sys.executable,
        "-c",
        MEASURED,
        "load",
        "samhsa",
        str(path),
        "--edition",
        "2015",
        "--json",
        "--no-publish",
    ]
    start = time.perf_counter()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - start
    if done.returncode:
        raise SystemExit(f"bench/loading.py: the load ended with {done.returncode}: {done.stderr[-1000:]}")
    print(f"    {done.stdout.strip()[:300]}")
    processor, kilobytes = done.stderr.rsplit("measured", 1)[1].split()[:2]
    return seconds, float(processor), int(kilobytes) / 1e3


def main() -> None:
    """Grow, load three times, print."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--rows", type=int, default=100_000)
    ask.add_argument(
        "--database", default="", help="postgres://… of an empty database; default: a new SQLite file"
    )
    given = ask.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        home.mkdir()
        environment = (
            os.environ
            | {"DAYBREAK_HOME": str(home)}
            | ({"DATABASE_URL": given.database} if given.database else {})
        )
        subprocess.run([str(BIN / "daybreak"), "migrate"], env=environment, check=True, capture_output=True)
        first, other = Path(folder) / "list.csv", Path(folder) / "changed.csv"
        grown(first, given.rows)
        grown(other, given.rows, changed=True)
        for name, path in (("new", first), ("the same again", first), ("every row changed", other)):
            seconds, processor, megabytes = load(path, home, given.database)
            print(
                f"{name:18} {given.rows:,} rows  {seconds:.1f} s  {processor:.1f} s of processor  "
                f"{given.rows / seconds:,.0f} rows/s  peak {megabytes:,.0f} MB"
            )


if __name__ == "__main__":
    main()
