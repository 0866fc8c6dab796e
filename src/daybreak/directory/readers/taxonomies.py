"""Reads a taxonomy: Open Eligibility's XML, or a CSV of terms such as a licensee of another taxonomy has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree as Xml

from daybreak.directory.readers.tables import UnusableFile, columns_by_alias, open_sheet
from daybreak.directory.rules.identity import fold

ALIASES = {
    "code": ("code", "term code", "id", "taxonomy code", "term id"),
    "name": ("name", "term", "title", "term name", "label"),
    "description": ("description", "definition", "scope note"),
    "parent": ("parent", "parent code", "parent id", "parent_id", "broader"),
}
_LEVELS = {"top_level", "second_level", "third_level", "fourth_level", "fifth_level"}
_DECLARATION = re.compile(rb"\A\s*(?:\xef\xbb\xbf)?<\?xml[^>]*\?>")
LONGEST_CODE = 200
LONGEST_NAME = 300


@dataclass(frozen=True, slots=True)
class Term:
    """One term. ``parent`` is the code of the term above it, "" = it stands at the top; ``line`` is 0 where none is known."""

    code: str
    name: str
    description: str = ""
    parent: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class RefusedTerm:
    """A term that cannot be kept, and why."""

    line: int
    reason: str


def read_terms(data: bytes) -> tuple[list[Term], list[RefusedTerm]]:
    """The terms in ``data``, parents before children, and what could not be read; raises UnusableFile where it is neither."""
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        terms, refused = _from_xml(data), list[RefusedTerm]()
    else:
        terms, refused = _from_csv(data)
    if not terms:
        raise UnusableFile(
            "The file holds no term. A CSV needs the headings code and name (description and parent where there are any)."
        )
    return _parents_first(terms, refused)


def _from_xml(data: bytes) -> list[Term]:
    # Open Eligibility's own file declares XML 2.0, which no parser knows.
    body = _DECLARATION.sub(b"", data)
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise UnusableFile("The XML file must hold no DOCTYPE and no entities. Remove them.")
    try:
        root = Xml.fromstring(body)  # noqa: S314 - no DOCTYPE, so no entities
    except (Xml.ParseError, ValueError, LookupError) as problem:
        raise UnusableFile(f"The XML file cannot be read: {problem}. Is the file whole?") from None
    described = {
        (entry.get("title") or "").casefold(): " ".join("".join(entry.itertext()).split())
        for entry in root.iter("category")
    }
    terms: list[Term] = []
    met: set[str] = set()
    for section in root:
        _walk(section, "", described, met, terms)
    return terms


def _walk(
    node: Xml.Element,
    parent: str,
    described: dict[str, str],
    met: set[str],
    terms: list[Term],
    depth: int = 0,
) -> None:
    if depth > len(_LEVELS):
        raise UnusableFile(f"The XML file must have at most {len(_LEVELS)} levels of terms; got more.")
    for child in node:
        if child.tag not in _LEVELS:
            continue
        name = " ".join((child.get("title") or "").split())
        code = (child.get("id") or "").strip()
        if not name or not code:
            raise UnusableFile(
                f"Each <{child.tag}> must have an id and a title; one below {parent or 'the top'!r} has not."
            )
        if (
            code in met
        ):  # one id twice (1206: Medical Care, Primary Care); the second keeps its name in its code
            code = f"{code}-{fold(name).replace(' ', '-')}"
        if code in met:
            raise UnusableFile(
                f"The id {code!r} stands twice with the same title. Give each term its own id."
            )
        met.add(code)
        terms.append(Term(code, name, described.get(name.casefold(), "") if depth == 0 else "", parent))
        _walk(child, code, described, met, terms, depth + 1)


def _from_csv(data: bytes) -> tuple[list[Term], list[RefusedTerm]]:
    sheet = open_sheet(data)
    columns = columns_by_alias(sheet.headings[0], ALIASES)
    lacking = [field for field in ("code", "name") if field not in columns]
    if lacking:
        raise UnusableFile(
            f"The headings must hold {' and '.join(lacking)}. Rename the columns, and load again."
        )
    fields = [
        next((name for name, at in columns.items() if at == column), "")
        for column in range(len(sheet.headings[0]))
    ]
    terms: list[Term] = []
    refused: list[RefusedTerm] = []
    met: set[str] = set()
    for record in sheet.records(fields):
        cells = {field: " ".join(record.cells[at].split()) for field, at in columns.items()}
        code, name = cells["code"], cells["name"]
        reason = _wrong(code, name, met)
        if reason:
            refused.append(RefusedTerm(record.line, reason))
            continue
        met.add(code)
        terms.append(Term(code, name, cells.get("description", ""), cells.get("parent", ""), record.line))
    return terms, refused


def _wrong(code: str, name: str, met: set[str]) -> str:
    if not code or not name:
        return "a term must have a code and a name"
    if len(code) > LONGEST_CODE or len(name) > LONGEST_NAME:
        return f"a code may have {LONGEST_CODE} letters and a name {LONGEST_NAME}"
    return "the code stands twice in the file" if code in met else ""


def _parents_first(terms: list[Term], refused: list[RefusedTerm]) -> tuple[list[Term], list[RefusedTerm]]:
    """Order the terms so that each follows its parent; a parent that is missing, or a circle, is refused."""
    by_code = {term.code: term for term in terms}
    done: dict[str, Term] = {}
    wrong: dict[str, RefusedTerm] = {}
    for term in terms:
        if term.code in done:
            continue
        path = list(_path(term, by_code, done))
        top = path[-1]
        if top.parent and top.parent not in done:
            missing = top.parent not in by_code
            reason = (
                f"its parent {top.parent[:40]!r} is not in the file" if missing else "it stands below itself"
            )
            for lost in path:
                wrong.setdefault(
                    lost.code,
                    RefusedTerm(lost.line, f"{lost.code[:40]}: {reason}, or the parent was refused"),
                )
            continue
        done |= {each.code: each for each in reversed(path)}
    kept = [term for code, term in done.items() if code not in wrong]
    return kept, [*refused, *wrong.values()]


def _path(term: Term, by_code: dict[str, Term], done: dict[str, Term]) -> Iterator[Term]:
    """The term and those above it that are not placed yet, up to the first that is missing or was met."""
    met: set[str] = set()
    at: Term | None = term
    while at is not None and at.code not in done and at.code not in met:
        met.add(at.code)
        yield at
        at = by_code.get(at.parent) if at.parent else None
