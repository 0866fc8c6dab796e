"""`daybreak surge methods [NAME] [--json]`: what each detector asks, its settings, and where it comes from."""

from __future__ import annotations

import argparse
import json
import textwrap
from collections.abc import Mapping
from dataclasses import MISSING, fields
from enum import Enum
from typing import Any, get_type_hints

from daybreak.surge.detector import Detector
from daybreak.surge.methods import METHODS, detector_named

WIDTH = 100


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The words that the sub-command takes."""
    parser.add_argument("name", nargs="?", metavar="NAME", help="explain this one; all by default")
    parser.add_argument("--json", action="store_true", help="as JSON")


def run(options: argparse.Namespace) -> int:
    """Print the table, or one method in full."""
    names = list(METHODS) if options.name is None else [options.name]
    described = {name: description(detector_named(name)) for name in names}
    if options.json:
        print(json.dumps(described, indent=2, ensure_ascii=False))
    elif options.name is None:
        width = max(map(len, described)) + 2
        for name, method in described.items():
            print(f"{name:<{width}}{method['question']}")
        print("\nSettings and source of one: daybreak surge methods NAME")
    else:
        _explain(options.name, described[options.name])
    return 0


def description(detector: Detector) -> dict[str, Any]:
    """A method as plain values: question, source, and each setting's default, kind, meaning and name in R."""
    kinds = get_type_hints(detector.settings)
    return {
        "question": detector.question,
        "source": detector.source,
        "settings": {
            each.name: {
                "default": None if each.default is MISSING else _plain(each.default),
                "kind": getattr(kinds[each.name], "__name__", str(kinds[each.name])),
                "says": each.metadata.get("says", ""),
                "r": each.metadata.get("r", ""),
            }
            for each in fields(detector.settings)
        },
    }


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, Enum) else value


def _explain(name: str, method: Mapping[str, Any]) -> None:
    print(name)
    print(textwrap.fill(method["question"], WIDTH, initial_indent="  ", subsequent_indent="  "))
    print(textwrap.fill(f"Source: {method['source']}", WIDTH, initial_indent="  ", subsequent_indent="  "))
    print("\nSettings (--set NAME=VALUE):")
    for setting, about in method["settings"].items():
        in_r = f"; in R: {about['r']}" if about["r"] else ""
        print(f"  {setting} = {_word(about['default'])}{in_r}")
        print(textwrap.fill(about["says"], WIDTH, initial_indent="      ", subsequent_indent="      "))


def _word(value: Any) -> str:
    """A value as it may be given after --set."""
    if isinstance(value, tuple):
        return ",".join(map(_word, value))
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "none"}[value]
    return str(value)
