"""Looks for files that break a reader: coverage-guided, ten minutes each, from real files cut short and the kept corpus.

Run `script/bench fuzz` (all readers), or `script/bench fuzz hsds-json --minutes 2`. What must hold stands in
tests/fuzz/targets.py. The smallest inputs that reached new code are kept in tests/fuzz/corpus; one that breaks a reader is
left there as well, so that the tests fail until it is mended. Prints, for each reader, runs, runs a second, and the code
reached (libFuzzer's edges and features). Ends with 1 where something broke.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CORPUS = ROOT / "tests" / "fuzz" / "corpus"
# Names only; the child knows the rest. Kept in the order in which they run.
READERS = (
    "samhsa", "survey2015", "csv", "mapping", "findtreatment", "geojson", "hsds-json", "hsds-ndjson", "hsds-csv", "meetings",
    "taxonomy",
)  # fmt: skip
MOST_KEPT_BYTES = 40_000
CHILD = """
import os, sys
import atheris
with atheris.instrument_imports(include=["daybreak.directory.readers", "daybreak.directory.rules", "daybreak.directory.actions"]):
    os.environ["DJANGO_SETTINGS_MODULE"] = "daybreak.config.settings"
    import django
    django.setup()
    from tests.fuzz.targets import READERS, chosen
name, folder, words = sys.argv[1], sys.argv[2], sys.argv[3]
reader = READERS[name]
for number, seed in enumerate(reader.seeds()):
    open(f"{folder}/seed{number}", "wb").write(seed)
    reader.check(seed, True)  # reads the places and code lists, which is not the reader's time
with open(words, "w") as out:
    for word in reader.words:
        out.write('"' + "".join(f"\\\\x{byte:02x}" for byte in word.encode()) + '"\\n')
atheris.Setup([sys.argv[0], *sys.argv[4:], folder], lambda data: reader.check(data, chosen(data)))
atheris.Fuzz()
"""


def fuzzed(reader: str, seconds: int, home: Path) -> tuple[str, bool]:
    """One reader: a line of what was reached, and whether all held."""
    kept = CORPUS / reader
    kept.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        work, broken = Path(scratch) / "work", Path(scratch) / "broken"
        for folder in (work, broken):
            folder.mkdir()
        for path in kept.iterdir():
            (work / path.name).write_bytes(path.read_bytes())
        words = Path(scratch) / "words"
        words.touch()
        run = [sys.executable, "-c", CHILD, reader, str(work), str(words)]
        limits = ["-timeout=20", "-rss_limit_mb=2500", "-max_len=12000", f"-artifact_prefix={broken}/"]
        environment = os.environ | {"DAYBREAK_HOME": str(home), "PYTHONPATH": str(ROOT)}
        start = time.perf_counter()
        done = subprocess.run(
            [*run, f"-dict={words}", f"-max_total_time={seconds}", "-print_final_stats=1", *limits],
            env=environment, cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip
        took = time.perf_counter() - start
        for path in broken.iterdir():
            (kept / path.name).write_bytes(path.read_bytes())
        if done.returncode:
            print(done.stderr[-3000:])
        _keep(work, kept)
    return _said(reader, done.stderr, took), done.returncode == 0


def _keep(work: Path, kept: Path) -> None:
    """Put the smallest inputs that reached something new in place of the kept ones; what broke a reader stays."""
    for path in kept.iterdir():
        if not path.name.startswith(("crash-", "timeout-", "oom-", "slow-", "found-")):
            path.unlink()
    room = MOST_KEPT_BYTES
    for path in sorted(work.iterdir(), key=lambda each: (each.stat().st_size, each.name)):
        room -= path.stat().st_size
        if room < 0:
            break
        if not path.name.startswith("seed"):
            (kept / path.name).write_bytes(path.read_bytes())


def _said(reader: str, log: str, took: float) -> str:
    runs = re.search(r"stat::number_of_executed_units:\s+(\d+)", log)
    reached = re.findall(r"cov: (\d+) ft: (\d+) corp: (\d+)", log)
    edges, features, inputs = reached[-1] if reached else ("?", "?", "?")
    count = int(runs[1]) if runs else 0
    speed = f"{reader:14} {took:6.0f} s  {count:9,} runs  {count / took:7,.0f}/s"
    return f"{speed}  edges {edges}  features {features}  inputs {inputs}"


def main() -> None:
    """Fuzz, reduce, print."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("readers", nargs="*", default=[], help=f"of: {', '.join(READERS)}; default: all")
    ask.add_argument("--minutes", type=float, default=10)
    given = ask.parse_args()
    if strangers := set(given.readers) - set(READERS):
        ask.error(f"there is no reader {', '.join(sorted(strangers))}; there are {', '.join(READERS)}")
    held = True
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        subprocess.run(
            [str(Path(sys.executable).parent / "daybreak"), "migrate"],
            env=os.environ | {"DAYBREAK_HOME": str(home)}, check=True, capture_output=True,
        )  # fmt: skip
        for reader in given.readers or READERS:
            line, well = fuzzed(reader, int(given.minutes * 60), home)
            held &= well
            print(line, "" if well else "  BROKE", flush=True)
    raise SystemExit(not held)


if __name__ == "__main__":
    main()
