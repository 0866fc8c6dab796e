"""Replays every reference case and prints how many agree with the R packages."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.surge.references.test_fixtures import FILES, differences


def main() -> None:
    """One line a file of $DAYBREAK_FIXTURES/dev: cases, and those that differ beyond what the issue exempts."""
    folder = Path(os.environ.get("DAYBREAK_FIXTURES", "")) / "dev"
    if not folder.is_dir():
        print("left out: DAYBREAK_FIXTURES names no folder with dev/")
        return
    for name in FILES:
        document = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        wrong = differences(document)
        points = sum(len(case.get("range") or case.get("p.value") or ()) for case in document["cases"])
        print(f"{name:32}{len(document['cases']):5} cases{points:8} points{len(wrong):4} differ")
        for case, said in wrong.items():
            print(f"    {case}: {said[0]}")
