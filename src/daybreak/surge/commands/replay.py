"""`daybreak surge replay FIXTURE.json --out OUT.json`: reference cases through our methods in compat mode."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from daybreak.surge.errors import BadInput
from daybreak.surge.replaying import replay
from daybreak.surge.written_whole import keep_apart, written_whole


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The words that the sub-command takes."""
    parser.add_argument("fixture", type=Path, metavar="FIXTURE.json", help="a file of reference cases")
    parser.add_argument("--out", type=Path, required=True, metavar="OUT.json", help="where the results go")


def run(options: argparse.Namespace) -> int:
    """Replay every case; 1 if one or more could not be run (they have an error in the results)."""
    keep_apart([options.fixture], [options.out])
    try:
        document = json.loads(options.fixture.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        raise BadInput(str(options.fixture), "be JSON", "something else", "Give a reference file.") from None
    if not isinstance(document, dict):
        raise BadInput(
            str(options.fixture), "be a JSON object", type(document).__name__, "Give a reference file."
        )
    results = replay(document)
    with written_whole(options.out) as part:
        part.write_text(json.dumps(results, allow_nan=False) + "\n", encoding="utf-8")
    failed = {name: result["error"] for name, result in results.items() if "error" in result}
    for name, error in failed.items():
        print(f"daybreak surge replay: case {name}: {error}", file=sys.stderr)
    print(f"{len(results) - len(failed)} of {len(results)} cases replayed into {options.out}")
    return 1 if failed else 0
