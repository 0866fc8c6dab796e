"""`daybreak surge …`: detect, replay, scan, evaluate and the others, each in a file of its own."""

from __future__ import annotations

import argparse
import sys
from importlib import import_module

from daybreak.surge.errors import BadInput

# Sub-command → what it does in one line. Its module here has `add_arguments(parser)` and `run(options) -> int`.
COMMANDS = {
    "methods": "List the detectors with their settings, or explain one",
    "detect": "Test counts over time for surges: a wide CSV, Parquet or JSON in, alarms out",
    "scan": "Find where cases cluster in space and time",
    "nowcast": "Estimate what late reports will still add to recent counts",
    "evaluate": "Measure detectors on simulated or your own series: false alerts, detection, delay",
    "chart": "Draw one series with its expected band and alarms as SVG or PNG",
    "replay": "Run a file of reference cases exactly as the R packages do",
}
USAGE_ERROR = 2
STOPPED = 130  # as a shell says after Ctrl-C


def main(words: list[str]) -> int:
    """Run one sub-command; returns 0 when done, 1 when the input cannot be used, 2 when the call's words are off."""
    parser = argparse.ArgumentParser(prog="daybreak surge", description="The early-warning engine.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="SUB-COMMAND")
    for name, line in COMMANDS.items():
        module = import_module(f"daybreak.surge.commands.{name}") if words[:1] == [name] else None
        own = commands.add_parser(name, help=line, description=line + ".", allow_abbrev=False)
        if module is not None:
            module.add_arguments(own)
            own.set_defaults(run=module.run)
    options = parser.parse_args(words)
    try:
        return int(options.run(options))
    except BrokenPipeError:  # the reader of our output (head, less) has gone; `daybreak` ends quietly
        raise
    except KeyboardInterrupt:
        print(f"daybreak surge {options.command}: stopped; no file was written.", file=sys.stderr)
        return STOPPED
    except (BadInput, OSError, MemoryError) as error:
        print(f"daybreak surge {options.command}: {_said(error)}", file=sys.stderr)
        return 1


def _said(error: Exception) -> str:
    """One sentence with the place, what was got and the cure."""
    if isinstance(error, OSError):
        what = error.strerror or "it cannot be used"
        return f"{error.filename}: {what}. Check the path and its rights." if error.filename else f"{what}."
    if isinstance(error, MemoryError):
        return "the memory must hold the work, got too much of it. Ask for fewer rows, series or delays."
    return str(error)
