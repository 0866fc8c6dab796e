"""What the documents of the early-warning engine repeat from the code, and `python -m tests.surge.documents_anew`.

Run it after a change of a setting, a question or a printed line: it writes the output of the tutorials' commands, their
pictures, and the question and settings of every card anew. The tests compare; people read what changed.
"""

from __future__ import annotations

import contextlib
import dataclasses
import io
import os
import re
import shlex
import tempfile
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any

from daybreak.surge import METHODS, Detector, detector_named
from daybreak.surge.commands import main

ROOT = Path(__file__).parents[2]
TUTORIALS = ROOT / "docs" / "tutorials"
CARDS = ROOT / "docs" / "reference" / "detectors"
NAMES = ["connecticut-deaths.md", "pennsylvania-overdoses.md"]
DRAWN = {  # tutorial and the file that its command writes → the picture in the tutorial
    ("connecticut-deaths.md", "fentanyl.svg"): "connecticut-fentanyl",
    ("pennsylvania-overdoses.md", "york.svg"): "pennsylvania-york",
}
CONSOLE = re.compile(r"```console\n(.*?)\n?```", re.DOTALL)
SETTINGS = re.compile(r"(?<=## Settings\n\n).*?(?=\n\n## )", re.DOTALL)
QUESTION = re.compile(r"(?<=\n\n)\*\*.*?\*\*(?=\n\n## How it works)", re.DOTALL)


def commands(text: str) -> Iterator[tuple[str, list[str]]]:
    """Commands of the console blocks with the lines that stand below them."""
    for block in CONSOLE.findall(text):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, *printed = part.rstrip().split("\n")
            yield command, printed


def followed(command: str, *more: str) -> list[str]:
    """The lines that a command prints, here."""
    words = shlex.split(command)
    if words[:2] != ["daybreak", "surge"]:
        raise ValueError(command)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        if main([*words[2:], *more]) != 0:
            raise ValueError(command)
    return printed.getvalue().splitlines()


def written(command: str) -> str:
    """The file that a command writes."""
    words = shlex.split(command)
    return words[words.index("--out") + 1]


def settings_table(detector: Detector) -> str:
    """A card's table of settings."""
    rows = [
        f"| `{each.name}` | {shown(each.default)} | {each.metadata['says'].replace('|', chr(92) + '|')} "
        f"| {'`' + each.metadata['r'] + '`' if each.metadata['r'] else ''} |"
        for each in dataclasses.fields(detector.settings)
    ]
    return (
        "\n".join(["| Setting | Default | Meaning | In R |", "|---|---|---|---|", *rows])
        if rows
        else "It has none."
    )


def shown(value: Any) -> str:
    """A default as a card writes it."""
    if isinstance(value, bool) or value is None:
        return str(value).lower()
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, tuple):
        return ",".join(str(each) for each in value) or "empty"
    return f"{value:g}" if isinstance(value, float) else str(value) or "empty"


def card_anew(card: str, detector: Detector) -> str:
    """A card with the question and the settings of the code."""
    card = QUESTION.sub(lambda _: f"**{detector.question}**", card, count=1)
    return SETTINGS.sub(lambda _: settings_table(detector), card, count=1)


def index_anew(index: str) -> str:
    """The table of all methods with their questions."""
    for method in METHODS:
        question = detector_named(method).question
        row = re.compile(rf"^\| \[`{method}`\]\({method}\.md\) \| .* \|$(?=\n\| \[)", re.MULTILINE)
        index = row.sub(lambda _, m=method, q=question: f"| [`{m}`]({m}.md) | {q} |", index)
    return index


def tutorial_anew(name: str) -> str:
    """A tutorial with what its commands print now; its pictures are written beside it."""
    text = (TUTORIALS / name).read_text(encoding="utf-8")

    def block(match: re.Match[str]) -> str:
        lines: list[str] = []
        for command, _ in commands(match[0]):
            lines += [f"$ {command}", *followed(command)]
            if picture := DRAWN.get((name, written(command))):
                for suffix, more in (("", []), ("-360", ["--width", "360"])):
                    followed(command, *more)
                    drawing = Path(written(command)).read_text(encoding="utf-8")
                    (TUTORIALS / f"{picture}{suffix}.svg").write_text(drawing, encoding="utf-8")
        return "```console\n" + "\n".join(lines) + "\n```"

    return CONSOLE.sub(block, text)


def all_anew() -> None:
    """Write everything anew."""
    for method in METHODS:
        path = CARDS / f"{method}.md"
        path.write_text(card_anew(path.read_text(encoding="utf-8"), detector_named(method)), encoding="utf-8")
    index = CARDS / "README.md"
    index.write_text(index_anew(index.read_text(encoding="utf-8")), encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "data").symlink_to(ROOT / "data")
        os.chdir(folder)
        for name in NAMES:
            (TUTORIALS / name).write_text(tutorial_anew(name), encoding="utf-8")
        os.chdir(ROOT)


if __name__ == "__main__":
    all_anew()
