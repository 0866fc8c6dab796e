"""A saved mapping: which column of somebody's CSV means what, and for which day and from whom the list speaks."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from daybreak.directory.readers.tables import UnusableFile
from daybreak.vocabulary import needs

TEXT_FIELDS = (
    "name", "program", "detail", "address_1", "address_2", "city", "state", "zip", "whole_address", "latitude",
    "longitude", "note", "website", "codes",
)  # fmt: skip
PHONE_FIELDS = {"phone": "main", "intake": "intake", "hotline": "hotline"}
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_TABLES = {"source", "file", "columns", "constants", "blank", "facts", "rows"}


@dataclass(frozen=True, slots=True)
class FactRule:
    """What one column says of one need. ``values`` are folded to lower case; "*" = whatever is written there.

    ``column`` "" = every row of the list says so.
    """

    need: str
    answer: bool
    column: str = ""
    values: frozenset[str] = frozenset("*")
    said: str = ""


@dataclass(frozen=True, slots=True)
class ListMapping:
    """One list: its source, its shape and its columns."""

    slug: str
    title: str
    family: str
    as_of: date
    citation: str = ""
    encoding: str = ""
    delimiter: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    phones: tuple[tuple[str, str], ...] = ()
    constants: Mapping[str, str] = field(default_factory=dict)
    blanks: frozenset[str] = frozenset()
    facts: tuple[FactRule, ...] = ()
    solo_unpublished: bool = False
    codes_edition: int | None = None


def saved_mapping(name: str, folder: Path) -> ListMapping:
    """The mapping saved as ``folder``/NAME.toml or .json, or at the path ``name``; raises UnusableFile."""
    tries = [Path(name), folder / f"{name}.toml", folder / f"{name}.json"]
    path = next((path for path in tries if path.suffix in {".toml", ".json"} and path.is_file()), None)
    if path is None:
        known = ", ".join(sorted(path.stem for path in folder.glob("*.toml"))) or "none"
        raise UnusableFile(
            f"--mapping must name a saved mapping ({known}) or a .toml or .json file; got {name!r}."
        )
    try:
        text = path.read_text(encoding="utf-8")
        content = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except (ValueError, OSError) as problem:
        raise UnusableFile(f"The mapping {path.name} cannot be read: {problem}") from None
    return mapping_from(content, path.name)


def mapping_from(content: Any, name: str) -> ListMapping:
    """A checked mapping from a TOML or JSON document; raises UnusableFile that names the key and the cure."""
    check = _Check(name)
    check.that(isinstance(content, dict), "", "must be a table with [source] and [columns]")
    strangers = set(content) - _TABLES
    check.that(
        not strangers,
        ", ".join(sorted(strangers)),
        f"is not known; a mapping has {', '.join(sorted(_TABLES))}",
    )
    source, shape, rows = (check.table(content, key) for key in ("source", "file", "rows"))
    columns, constants = (
        check.texts(content, "columns", listed=set(PHONE_FIELDS)),
        check.texts(content, "constants"),
    )
    check.that(
        "name" in {**columns, **constants}, "columns.name", "must name the column with the name of the place"
    )
    placed = {"zip", "whole_address", "latitude", "city"} & {*columns, *constants}
    check.that(
        bool(placed), "columns.zip", "must be given, or city, whole_address, or latitude and longitude"
    )
    blank = content.get("blank", [])
    check.that(
        isinstance(blank, list), "blank", 'must be a list of texts that mean "nothing", such as ["NA"]'
    )
    edition = shape.get("codes_edition")
    check.that(
        edition is None or isinstance(edition, int), "file.codes_edition", "must be a year, such as 2015"
    )
    check.that(
        edition is not None or "codes" not in columns,
        "file.codes_edition",
        "must be the year of the SAMHSA codes",
    )
    return ListMapping(
        slug=check.slug(source, "slug"),
        title=check.text(source, "source", "title"),
        family=check.slug(source, "family"),
        as_of=check.day(source),
        citation=check.text(source, "source", "citation", needed=False),
        encoding=check.encoding(shape),
        delimiter=check.text(shape, "file", "delimiter", needed=False),
        columns={
            key: value for key, value in columns.items() if isinstance(value, str) and key not in PHONE_FIELDS
        },
        phones=tuple(
            (PHONE_FIELDS[key], column)
            for key in PHONE_FIELDS
            for column in ([columns[key]] if isinstance(columns.get(key), str) else columns.get(key, []))
        ),
        constants={key: str(value) for key, value in constants.items()},
        blanks=frozenset(str(value).casefold() for value in blank),
        facts=tuple(check.fact(rule, number) for number, rule in enumerate(content.get("facts", []), 1)),
        solo_unpublished=bool(rows.get("solo_practitioners_unpublished", False)),
        codes_edition=edition,
    )


@dataclass(frozen=True, slots=True)
class _Check:
    """Checks one document and complains in whole sentences."""

    name: str

    def that(self, right: bool, key: str, must: str) -> None:
        if not right:
            raise UnusableFile(f"Mapping {self.name}: {key + ' ' if key else ''}{must}.")

    def table(self, content: Mapping[str, Any], key: str) -> Mapping[str, Any]:
        found = content.get(key, {})
        self.that(isinstance(found, dict), key, f"must be a table: [{key}]")
        return dict(found)

    def text(self, table: Mapping[str, Any], where: str, key: str, *, needed: bool = True) -> str:
        value = table.get(key, "")
        right = isinstance(value, str) and (bool(value.strip()) or not needed)
        self.that(
            right, f"{where}.{key}", f"must be a text; got {value!r}" if value else "must be given, as a text"
        )
        return str(value)

    def slug(self, source: Mapping[str, Any], key: str) -> str:
        value = self.text(source, "source", key)
        must = f"must be lower-case letters, digits and hyphens, at most 60; got {value!r}"
        self.that(bool(_SLUG.fullmatch(value)) and len(value) <= 60, f"source.{key}", must)
        return value

    def day(self, source: Mapping[str, Any]) -> date:
        value = source.get("as_of")
        if isinstance(value, str):
            try:
                value = date.fromisoformat(value)
            except ValueError:
                value = None
        right = isinstance(value, date) and not isinstance(value, datetime)
        self.that(
            right,
            "source.as_of",
            f"must be the day for which the list speaks, as 2024-12-31; got {source.get('as_of')!r}",
        )
        assert isinstance(value, date)  # noqa: S101 - said to the type checker; checked above
        return value

    def encoding(self, shape: Mapping[str, Any]) -> str:
        value = self.text(shape, "file", "encoding", needed=False)
        try:
            "".encode(value or "utf-8")
        except LookupError:
            self.that(False, "file.encoding", f"must be an encoding such as utf-8 or latin-1; got {value!r}")
        return value

    def texts(
        self, content: Mapping[str, Any], key: str, *, listed: frozenset[str] | set[str] = frozenset()
    ) -> dict[str, Any]:
        found = self.table(content, key)
        allowed = {*TEXT_FIELDS, *listed}
        for name, value in found.items():
            self.that(
                name in allowed, f"{key}.{name}", f"is not a field; use one of {', '.join(sorted(allowed))}"
            )
            texts = value if name in listed and isinstance(value, list) else [value]
            right = all(isinstance(text, str) and text for text in texts)
            self.that(right, f"{key}.{name}", f"must be the heading of a column, as text; got {value!r}")
        return dict(found)

    def fact(self, rule: Any, number: int) -> FactRule:
        where = f"facts[{number}]"
        self.that(isinstance(rule, dict), where, "must be a table: [[facts]] with need and column")
        strangers = set(rule) - {"need", "answer", "column", "values", "said"}
        self.that(
            not strangers,
            f"{where}.{'/'.join(sorted(strangers))}",
            "is not known; use need, answer, column, values, said",
        )
        need, answer, column = rule.get("need"), rule.get("answer", True), rule.get("column", "")
        self.that(
            need in needs.needs(), f"{where}.need", f"must be one of data/vocabulary/needs.csv; got {need!r}"
        )
        self.that(isinstance(answer, bool), f"{where}.answer", f"must be true or false; got {answer!r}")
        self.that(
            isinstance(column, str), f"{where}.column", f"must be the heading of a column; got {column!r}"
        )
        values = rule.get("values", ["*"])
        right = (
            isinstance(values, Sequence)
            and not isinstance(values, str)
            and all(isinstance(v, str) for v in values)
        )
        self.that(
            right and bool(values),
            f"{where}.values",
            'must be a list of texts, such as ["1"]; "*" = anything',
        )
        self.that(bool(column) or "values" not in rule, f"{where}.column", "must be given where values are")
        folded = frozenset(value.casefold() for value in values)
        return FactRule(str(need), answer, column, folded, self.text(rule, where, "said", needed=False))
