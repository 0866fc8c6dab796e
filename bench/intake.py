"""How long a million ambulance runs take into the ledger, and how much memory: `daybreak intake` on one synthetic CSV.

Run `script/bench intake [--rows N] [--database postgresql://…]`. Three imports, each a process of its own: the file, the same
file again, and the file with every tenth row changed. Prints seconds, processor time of all its processes (on a shared
machine the better measure), rows a second and the highest memory of each. The rows are drawn with a seed; nobody is in them.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

BIN = Path(sys.executable).parent
SEED = 20130708
START = datetime(2011, 1, 1, tzinfo=UTC)
MAPPING = {
    "daybreak_mapping": 1,
    "name": "runs",
    "kind": "overdose",
    "timezone": "America/New_York",
    "clock_change": {"twice": "first", "skipped": "later"},
    "columns": [
        {"column": "Run Number", "use": "key"},
        {"column": "Dispatched", "use": "occurred", "formats": ["%m/%d/%Y %H:%M"]},
        {"column": "Reported", "use": "reported", "formats": ["%m/%d/%Y %H:%M"]},
        {"column": "Scene Address", "use": "address"},
        {"column": "ZIP", "use": "zip"},
        {"column": "County", "use": "county"},
        {"column": "Suspected Drug", "use": "substance"},
        {"column": "Naloxone Doses", "use": "naloxone-doses"},
        {"column": "Outcome", "use": "fatal"},
        {"column": "Age", "use": "age", "unit": "years"},
        {"column": "Sex", "use": "sex"},
        {"column": "Crew Notes", "use": "drop", "why": "narrative"},
        {"column": "Patient Name", "use": "drop", "why": "name"},
    ],
    "key": ["Run Number"],
    "constants": {"state": "KY"},
}
ZIPS = (
    "40502",
    "40503",
    "40504",
    "40505",
    "40507",
    "40508",
    "40509",
    "40510",
    "40511",
    "40513",
    "40514",
    "40515",
)
DRUGS = ("Heroin", "Fentanyl", "Cocaine", "Oxycodone", "Heroin; Fentanyl", "Methamphetamine", "Unknown")
STREETS = ("E Main St", "N Limestone", "Newtown Pike", "Nicholasville Rd", "W Third St", "Georgetown St")
MEASURED = """
import resource, sys
from daybreak.config.command import main
code = main(sys.argv[1:])
own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
seconds = own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime
print("measured", seconds, own.ru_maxrss, children.ru_maxrss, file=sys.stderr)
sys.exit(code)
"""
AGENCY = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "daybreak.config.settings"
import django; django.setup()
from daybreak.accounts.models import Agency
Agency.objects.get_or_create(slug="fire", defaults={"name": "Fire", "kind": "fire-ems"})
"""


def write_runs(path: Path, rows: int, *, changed: bool = False) -> None:
    """A CSV of ambulance runs over ten years; one row in 500 has a day that is none. ``changed``: each tenth is now fatal."""
    draw = random.Random(SEED)
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow([column["column"] for column in MAPPING["columns"]])
        for number in range(rows):
            at = START + timedelta(minutes=draw.randrange(10 * 365 * 1440))
            late = at + timedelta(minutes=draw.randrange(20, 3000))
            outcome = draw.choice(("Non-fatal", "Fatal", "Unknown"))
            writer.writerow([
                f"F{number:08d}", f"{at:%m/%d/%Y %H:%M}" if number % 500 else "02/30/2013 10:00", f"{late:%m/%d/%Y %H:%M}",
                f"{draw.randrange(100, 2999)} {draw.choice(STREETS)}", draw.choice(ZIPS), "Fayette", draw.choice(DRUGS),
                draw.randrange(4), ("Fatal" if outcome != "Fatal" else "Unknown") if changed and number % 10 == 1 else outcome,
                draw.randrange(15, 80), draw.choice("MFU"),
                "pinpoint pupils, given naloxone, alert on arrival", "Synthetic Person",
            ])  # fmt: skip


def run(*words: str, environment: dict[str, str]) -> tuple[float, float, float, str]:
    """Seconds, processor seconds, megabytes and what was printed, of one `daybreak` command."""
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, *words], env=environment, capture_output=True, text=True, check=False
    )
    seconds = time.perf_counter() - start
    measured = [line for line in done.stderr.splitlines() if line.startswith("measured ")]
    if done.returncode not in {0, 3} or not measured:
        sys.exit(f"daybreak {words[0]} ended with {done.returncode}:\n{done.stderr[-3000:]}")
    _, processor, own_kb, child_kb = measured[-1].split()
    return seconds, float(processor), (int(own_kb) + int(child_kb)) / 1024, done.stdout


def main() -> None:
    """Write the files, bring them in, print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--database", default="", help="an empty PostgreSQL database (a new SQLite file)")
    parser.add_argument("--once", action="store_true", help="only the first of the three imports")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="daybreak-intake-") as folder:
        home = Path(folder) / "home"
        home.mkdir()
        environment = os.environ | {"DAYBREAK_HOME": str(home)}
        if options.database:
            environment["DATABASE_URL"] = options.database
        mapping = Path(folder) / "runs.json"
        mapping.write_text(json.dumps(MAPPING))
        subprocess.run([str(BIN / "daybreak"), "migrate", "-v", "0"], env=environment, check=True)
        subprocess.run([sys.executable, "-c", AGENCY], env=environment, check=True)
        first, changed = Path(folder) / "runs.csv", Path(folder) / "changed.csv"
        write_runs(first, options.rows)
        cases = [("new", first)]
        if not options.once:
            write_runs(changed, options.rows, changed=True)
            cases += [("the same file again", first), ("every tenth row changed", changed)]
        print(
            f"{options.rows:,} rows, {first.stat().st_size / 1e6:.0f} MB, {options.database.partition(':')[0] or 'SQLite'}"
        )
        for name, path in cases:
            seconds, processor, megabytes, out = run(
                "intake",
                str(path),
                "--agency",
                "fire",
                "--mapping",
                str(mapping),
                "--json",
                environment=environment,
            )
            told = json.loads(out)
            sums = ", ".join(
                f"{told[word]:,} {word}" for word in ("added", "updated", "unchanged", "refused")
            )
            print(
                f"{name}: {seconds:.1f} s, {processor:.1f} s of processors, {options.rows / seconds:,.0f} rows/s, "
                f"{megabytes:.0f} MB at most; {sums}"
            )


if __name__ == "__main__":
    main()
