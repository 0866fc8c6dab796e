"""What holds for every file: sizes, opening sentences, names, links, checksums, and no traces of anybody's machine."""

from __future__ import annotations

import ast
import csv
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.plan import ROOT, SOURCE, files, modules

LINES = 400
NOUNLESS = {"utils", "util", "helpers", "helper", "common", "base", "manager", "managers", "service", "misc"}
TEXT = {
    ".py",
    ".md",
    ".toml",
    ".html",
    ".css",
    ".js",
    ".txt",
    ".cfg",
    ".ini",
    ".json",
    ".yml",
    ".yaml",
    ".sh",
    "",
}
# Written in pieces so that this file does not find itself.
MACHINE = re.compile(r"(?<![\w.])/(?:wor" r"k|roo" r"t|hom" r"e/\w+|Use" r"rs|mn" r"t|farm)/")
# Written in this project, under its own licence, and edited like code: they have no source but us.
OURS = {
    "bundle.csv",
    "taxonomy/open_eligibility/needs.csv",
    "vocabulary/findtreatment_labels.csv",
    "vocabulary/groups.csv",
    "vocabulary/helplines.csv",
    "vocabulary/lexicon.csv",
    "vocabulary/meeting_types.csv",
    "vocabulary/need_codes.csv",
    "vocabulary/needs.csv",
    "vocabulary/shorthand.csv",
}
REQUIRED = [
    "README.md", "GLOSSARY.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "LICENSE", "pyproject.toml",
    "requirements.lock", "script/bootstrap", "script/server", "script/test", "script/check", "script/bench",
    ".ci/run", "docs/tutorials", "docs/how-to", "docs/reference", "docs/explanation", "docs/decisions",
]  # fmt: skip


def python_files() -> list[Path]:
    return [path for path in files() if path.suffix == ".py"]


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", REQUIRED)
def test_a_house_has_it(path: str) -> None:
    assert (ROOT / path).exists()


@pytest.mark.parametrize("script", ["bootstrap", "server", "test", "check", "bench"])
def test_scripts_are_short_plain_shell_that_can_be_run(script: str) -> None:
    path = ROOT / "script" / script
    text = path.read_text()
    assert text.startswith("#!/bin/sh\n# ")
    assert "set -eu" in text
    assert len(text.splitlines()) <= 100
    assert path.stat().st_mode & 0o111


def test_no_python_file_is_long() -> None:
    long = {
        name(path): count
        for path in python_files()
        if "migrations" not in path.parts
        and (count := len(path.read_text(encoding="utf-8").splitlines())) > LINES
    }
    assert long == {}


def test_every_module_opens_with_a_sentence() -> None:
    silent = []
    for path in python_files():
        text = path.read_text(encoding="utf-8")
        said = (ast.get_docstring(ast.parse(text)) or "").strip()
        first = said.split("\n\n")[0].rstrip()
        empty_package = path.name == "__init__.py" and not text.strip()
        if not empty_package and "migrations" not in path.parts and not first.endswith((".", "?", ":", ")")):
            silent.append(name(path))
    assert silent == []


def test_every_module_has_a_noun_for_a_name() -> None:
    assert [name(path) for path in modules() if {path.stem, *path.relative_to(SOURCE).parts} & NOUNLESS] == []


def test_no_function_is_a_test_that_asserts_nothing() -> None:
    hollow = []
    for path in (path for path in python_files() if path.name.startswith("test_")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                words = ("Assert(", "raises", "assert_", "expect", "check_", "warns")
                if not any(word in ast.dump(node) for word in words):
                    hollow.append(f"{name(path)}:{node.lineno} {node.name}")
    assert hollow == []


def test_nothing_names_a_path_of_somebodys_machine() -> None:
    found = []
    for path in files():
        if path.suffix in TEXT and "data" not in path.relative_to(ROOT).parts[:1]:
            for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
                if MACHINE.search(line):
                    found.append(f"{name(path)}:{number}: {line.strip()[:80]}")
    assert found == []


def test_locks_hold_no_address() -> None:
    locks = sorted(ROOT.glob("requirements*.lock"))
    assert len(locks) == 2
    for lock in locks:
        assert "://" not in lock.read_text(), f"{lock.name} names an address"
        assert "--hash=sha256:" in lock.read_text()


def test_the_changelog_has_unreleased_lines() -> None:
    text = (ROOT / "CHANGELOG.md").read_text()
    unreleased = re.search(r"^## Unreleased\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert unreleased
    assert re.search(r"^- \S", unreleased[1], re.MULTILINE)


def anchors(text: str) -> set[str]:
    """The anchors that a forge makes from headings."""
    heads = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {
        re.sub(r"[^\w\- ]", "", head.replace("`", "")).strip().lower().replace(" ", "-") for head in heads
    }


def broken_links(path: Path) -> Iterator[str]:
    """Links of a Markdown file that lead to no file or no heading of the project."""
    text = path.read_text(encoding="utf-8")
    prose = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    targets = re.findall(r"!?\[[^\]]*\]\(([^)\s]+)[^)]*\)", prose)
    targets += re.findall(r"<(?:img|a)\b[^>]*(?:src|href)=\"([^\"]+)\"", prose)
    for target in targets:
        if re.match(r"[a-z]+:", target) or target.startswith("/"):
            continue
        place, _, anchor = target.partition("#")
        goal = (path.parent / place).resolve() if place else path
        if not goal.exists():
            yield f"{name(path)}: {target}"
        elif anchor and goal.suffix == ".md" and anchor not in anchors(goal.read_text(encoding="utf-8")):
            yield f"{name(path)}: {target} has no such heading"


def test_links_in_the_documents_lead_somewhere() -> None:
    documents = [
        path
        for path in files()
        if path.suffix == ".md" and path.relative_to(ROOT).parts[0] not in {"data", "content"}
    ]
    assert len(documents) >= 10
    assert [broken for path in documents for broken in broken_links(path)] == []


def sources() -> list[Path]:
    return sorted((ROOT / "data").rglob("SOURCES.csv"))


def listed(table: Path) -> dict[str, dict[str, str]]:
    with table.open(encoding="utf-8", newline="") as file:
        return {row["file"]: row for row in csv.DictReader(file)}


def is_ours(path: Path) -> bool:
    """Whether a file under data/ was written here: the lists of sources, mappings from columns, our vocabulary."""
    place = path.relative_to(ROOT / "data").as_posix()
    return path.name == "SOURCES.csv" or place in OURS or place.startswith("mappings/")


def test_every_data_file_is_on_one_list_of_sources() -> None:
    named = [table.parent / entry for table in sources() for entry in listed(table)]
    assert len(named) == len(set(named)), "a file is on two lists"
    there = {path for path in files() if path.is_relative_to(ROOT / "data") and not is_ours(path)}
    assert {name(path) for path in there - set(named)} == set(), "these have no row in a SOURCES.csv"
    assert {name(path) for path in set(named) - there} == set(), "these are listed but not there"


def test_every_data_file_has_its_checksum_source_and_licence() -> None:
    wrong = []
    for table in sources():
        for entry, row in listed(table).items():
            path = table.parent / entry
            if path.exists() and hashlib.sha256(path.read_bytes()).hexdigest() != row["sha256"]:
                wrong.append(f"{name(path)}: another checksum than in SOURCES.csv")
            if not row["source"].strip() or not row["licence"].strip():
                wrong.append(f"{name(path)}: needs a source and a licence")
    assert wrong == []
