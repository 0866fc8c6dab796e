"""The console command `daybreak`: one line a sub-command, exit codes that scripts can trust."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec

# Sub-command → the Django management command's room, and what it does in one line.
SITE_COMMANDS = {
    "set-up": (
        "config",
        "Make everything ready: database, static files, bundled data, index (does nothing when all is ready)",
    ),
    "serve": ("config", "Set up where needed, then serve the site on $PORT (8000)"),
    "load": (
        "directory",
        "Read a file of listings into the directory: samhsa, findtreatment, csv, geojson and more",
    ),
    "taxonomy": ("directory", "List the taxonomies, or import one, open or licensed"),
    "refresh": ("directory", "Fetch a list over the network (FindTreatment.gov, HSDS) and load it"),
    "feeds": ("directory", "List, add or remove the lists that are fetched again and again"),
    "match": ("directory", "Find the places that several lists name, so that each is shown once"),
    "review": ("directory", "List doubtful pairs of places side by side, and decide them"),
    "quarantine": ("directory", "List the rows that could not be loaded, with line and reason"),
    "export": ("directory", "Write the directory into a folder: HSDS 3.0 as JSON and CSV"),
    "check-hsds": ("directory", "Check files of HSDS 3.0 against its schemas, ours or anybody's"),
    "publish": ("directory", "Write a new generation of the finder's index from the database"),
    "find": ("public", "Search the published listings from a shell"),
    "intake": (
        "intake",
        "Bring an agency's file into the ledger, watch a folder, run what was uploaded",
    ),
    "value": ("events", "Value a seized quantity at a price: exact, rounded once where it is shown"),
    "backup": ("config", "Copy database and state into one checked file, while the site goes on"),
    "restore": ("config", "Put a backup back, on this engine or the other"),
    "watch": ("alerts", "Test all streams of the ledger and print the morning's ranked list"),
    "demo": ("publishing", "Fill an empty installation with a synthetic ledger: lexington-2013"),
    "brief": ("publishing", "Write the task force's brief as it was known on a day: HTML, PDF or Markdown"),
    "people": ("accounts", "Invite people, list them, give and end roles, suspend"),
    "agencies": ("accounts", "Add, list and retire the agencies of the task force"),
    "agreements": ("accounts", "Write, list and end what one agency lets another see"),
    "audit": ("audit", "Verify who did what, show it, or anchor it elsewhere"),
    "send": ("outbox", "Send the messages that are due"),
    "migrate": ("", "Bring the database to the present schema"),
    "check": ("config", "Examine the installation: settings, database, audit, files, index"),
}
# Sub-command of the numeric core, which installs alone → the module whose main(words) runs it, and its line.
CORE_COMMANDS = {
    "surge": (
        "daybreak.surge.commands",
        "Early warning: detect surges, scan for clusters, nowcast, evaluate",
    ),
}
USAGE_ERROR = 2


def main(argv: list[str] | None = None) -> int:
    """Run one sub-command; returns 0 when done, 1 when it failed, 2 when the call's words are off, others as it says."""
    os.umask(0o077)  # whatever is written under the home folder is nobody else's business
    words = sys.argv[1:] if argv is None else argv
    if not words or words[0] in {"-h", "--help", "help"}:
        print(_help())
        return 0
    if words[0] in {"-V", "--version", "version"}:
        print(f"daybreak {import_module('daybreak').__version__}")
        return 0
    if words[0] in CORE_COMMANDS:
        return _ended_by_somebody(_run_core, words)
    if words[0] not in SITE_COMMANDS:
        print(f"daybreak: there is no sub-command {words[0]!r}. See daybreak --help.", file=sys.stderr)
        return USAGE_ERROR
    if find_spec("django") is None:
        print("daybreak: this sub-command needs the site: pip install 'daybreak[site]'.", file=sys.stderr)
        return USAGE_ERROR
    return _ended_by_somebody(_run, words)


def _help() -> str:
    commands = SITE_COMMANDS | CORE_COMMANDS
    width = max(map(len, commands)) + 2
    lines = "\n".join(f"  {name:<{width}}{line}" for name, (_, line) in commands.items())
    return (
        "usage: daybreak SUB-COMMAND [OPTIONS]\n\nSub-commands (each has --help):\n"
        f"{lines}\n\nState lives in $DAYBREAK_HOME (var/ beside the code by default)."
    )


def _run_core(words: list[str]) -> int:
    return int(import_module(CORE_COMMANDS[words[0]][0]).main(words[1:]))


def _ended_by_somebody(run: Callable[[list[str]], int], words: list[str]) -> int:
    """Runs a sub-command; somebody who stops it, or who reads no further, gets no traceback."""
    try:
        return run(words)
    except KeyboardInterrupt:
        print(f"daybreak {words[0]}: stopped.", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader of our output (head, less) has gone
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _run(words: list[str]) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "daybreak.config.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import CommandError
    from django.db import DatabaseError

    from daybreak.config.environment import SettingError

    try:
        _execute(words)
    except (SettingError, ImproperlyConfigured, CommandError) as error:
        print(f"daybreak {words[0]}: {error}", file=sys.stderr)
        return int(getattr(error, "returncode", 1))
    except DatabaseError as error:
        first_line = str(error).partition("\n")[0]
        print(
            f"daybreak {words[0]}: the database refused: {first_line}. Try: daybreak set-up", file=sys.stderr
        )
        return 1
    return 0


def _execute(words: list[str]) -> None:
    """Django's own way of running a command, without its way of reporting errors."""
    import django
    from django.core.management import handle_default_options, load_command_class

    django.setup()
    room = SITE_COMMANDS[words[0]][0]
    command = load_command_class(f"daybreak.{room}" if room else "django.core", words[0].replace("-", "_"))
    setattr(command, "_called_from_command_line", True)  # noqa: B010 - wrong words print the usage and end with 2
    options = command.create_parser("daybreak", words[0]).parse_args(words[1:])
    handle_default_options(options)
    command.execute(*vars(options).pop("args", ()), **vars(options))


if __name__ == "__main__":
    sys.exit(main())
