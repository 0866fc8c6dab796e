"""The plan of the house as the tests read it: floors from pyproject.toml, files from the checkout."""

from __future__ import annotations

import ast
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "daybreak"

# The files of a room, in the order in which they may use each other: a door uses the doors after it.
# Doors in one entry are strangers.
DOORS: tuple[tuple[str, ...], ...] = (
    ("urls",),
    ("views", "management"),
    ("forms",),
    ("actions",),
    ("queries",),
    ("models",),
    ("readers", "channels"),
    ("rules",),
)
NUMERIC = {"surge", "finder"}
NEVER_READ = {".git", ".venv", "var", "__pycache__", "dist", "build", "node_modules"}


def project() -> dict[str, Any]:
    """pyproject.toml."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        return tomllib.load(file)


@cache
def floors() -> dict[str, int]:
    """Room → floor, 0 the lowest, from import-linter's contract: the table stands in one place only."""
    contracts = project()["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["id"] == "floors")
    return {
        room.strip(" ()"): number
        for number, layer in enumerate(reversed(layers))
        for room in layer.split("|")
    }


def rooms() -> list[Path]:
    """The folders of the rooms that are built."""
    return sorted(path.parent for path in SOURCE.glob("*/__init__.py"))


def modules(folder: Path = SOURCE) -> list[Path]:
    """Every Python file under a folder."""
    return sorted(path for path in folder.rglob("*.py") if "__pycache__" not in path.parts)


def dotted(path: Path) -> str:
    """The module name of a file under src/."""
    parts = path.relative_to(SOURCE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Line and dotted name of everything that a file imports, also inside functions and for types only."""
    package = dotted(path) if path.name == "__init__.py" else dotted(path).rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            source = node.module or ""
            if node.level:
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                source = ".".join([*above, source] if source else above)
            for alias in node.names:
                yield node.lineno, f"{source}.{alias.name}"


def files() -> list[Path]:
    """Every file that belongs to the project: what git knows or would add; without git, all but what tools made."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if listed.returncode == 0:
        found = [ROOT / name for name in listed.stdout.split("\0") if name]
        return sorted(path for path in found if path.is_file())
    return sorted(
        path
        for path in ROOT.rglob("*")
        if path.is_file()
        and not NEVER_READ.intersection(path.relative_to(ROOT).parts)
        and not any(part.endswith("_cache") for part in path.parts)
    )
