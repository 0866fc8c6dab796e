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

from daybreak.directory.readers.samhsa import FIRST_YEAR, LAST_YEAR
from daybreak.directory.readers.tables import UnusableFile
from daybreak.vocabulary import needs

TEXT_FIELDS = (
    "name", "program", "detail", "address_1", "address_2", "city", "state", "zip", "whole_address", "latitude",
    "longitude", "note", "website", "codes", "county",
)  # fmt: skip
PHONE_FIELDS = {"phone": "main", "intake": "intake", "hotline": "hotline"}
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LONGEST_TITLE = 300
_KEYS = {
    "source": {"slug", "title", "family", "as_of", "citation"},
    "file": {"encoding", "delimiter", "codes_edition"},
    "rows": {"solo_practitioners_unpublished"},
}
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
    path = next((path for path in tries if path.suffix in {".toml", ".json"} and _is_file(path)), None)
    if path is None:
        known = ", ".join(sorted(path.stem for path in folder.glob("*.toml"))) or "none"
        raise UnusableFile(
            f"--mapping must name a saved mapping ({known}) or a .toml or .json file; got {name!r}."
        )
    try:
        text = path.read_text(encoding="utf-8")
        content = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except RecursionError:
        raise UnusableFile(
            f"The mapping {path.name} cannot be read: its brackets are nested too deeply. A mapping has tables of texts only."
        ) from None
    except (ValueError, OSError) as problem:
        raise UnusableFile(f"The mapping {path.name} cannot be read: {problem}") from None
    return mapping_from(content, path.name)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name too long for a file, a folder that may not be read
        return False


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
    check.writable(content)
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
    facts = content.get("facts", [])
    check.that(isinstance(facts, list), "facts", "must be a list of tables: [[facts]] with need and column")
    edition = check.edition(shape)
    check.that(
        edition is not None or "codes" not in columns,
        "file.codes_edition",
        "must be the year of the SAMHSA codes",
    )
    return ListMapping(
        slug=check.slug(source, "slug"),
        title=check.title(source),
        family=check.slug(source, "family"),
        as_of=check.day(source),
        citation=check.text(source, "source", "citation", needed=False),
        encoding=check.encoding(shape),
        delimiter=check.delimiter(shape),
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
        facts=tuple(check.fact(rule, number) for number, rule in enumerate(facts, 1)),
        solo_unpublished=check.yes_or_no(rows, "rows", "solo_practitioners_unpublished"),
        codes_edition=edition,
    )


def _shown(value: Any) -> str:
    """What stood there, for a message: not a page of it."""
    try:
        text = repr(value)
    except ValueError:  # an integer of thousands of digits
        return "a huge number"
    return text if len(text) <= 100 else f"{text[:100]}…"


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
        for name in sorted(set(found) - _KEYS.get(key, set(found))):
            self.that(False, f"{key}.{name}", f"is not known; [{key}] has {', '.join(sorted(_KEYS[key]))}")
        return dict(found)

    def writable(self, content: Any) -> None:
        """No text anywhere that no database keeps. With a list of what is still to look at: tables can be deep."""
        waiting: list[tuple[str, Any]] = [("", content)]
        while waiting:
            key, value = waiting.pop()
            if isinstance(value, dict):
                waiting += [(f"{key}.{name}".strip("."), part) for name, part in value.items()]
                waiting += [(f"a name in [{key}]" if key else "a name", name) for name in value]
            elif isinstance(value, list):
                waiting += [(f"{key}[{number}]", part) for number, part in enumerate(value, 1)]
            elif isinstance(value, str):
                bad = next(
                    (letter for letter in value if letter == "\0" or "\ud800" <= letter <= "\udfff"), ""
                )
                self.that(not bad, key, f"must not hold the character {bad!r}; take it out")

    def title(self, source: Mapping[str, Any]) -> str:
        value = self.text(source, "source", "title")
        must = f"must be at most {_LONGEST_TITLE} characters; it has {len(value):,}"
        self.that(len(value) <= _LONGEST_TITLE, "source.title", must)
        return value

    def delimiter(self, shape: Mapping[str, Any]) -> str:
        value = self.text(shape, "file", "delimiter", needed=False)
        right = not value or (len(value) == 1 and not value.isalnum() and value not in '" \r\n')
        self.that(
            right, "file.delimiter", f'must be one character, such as ";" or a tab; got {_shown(value)}'
        )
        return value

    def edition(self, shape: Mapping[str, Any]) -> int | None:
        value = shape.get("codes_edition")
        right = isinstance(value, int) and not isinstance(value, bool) and FIRST_YEAR <= value <= LAST_YEAR
        must = f"must be a year from {FIRST_YEAR} to {LAST_YEAR}, such as 2015; got {_shown(value)}"
        self.that(value is None or right, "file.codes_edition", must)
        return value

    def yes_or_no(self, table: Mapping[str, Any], where: str, key: str) -> bool:
        value = table.get(key, False)
        self.that(isinstance(value, bool), f"{where}.{key}", f"must be true or false; got {_shown(value)}")
        return bool(value)

    def text(self, table: Mapping[str, Any], where: str, key: str, *, needed: bool = True) -> str:
        value = table.get(key, "")
        right = isinstance(value, str) and (bool(value.strip()) or not needed)
        self.that(
            right,
            f"{where}.{key}",
            f"must be a text; got {_shown(value)}" if value else "must be given, as a text",
        )
        return str(value)

    def slug(self, source: Mapping[str, Any], key: str) -> str:
        value = self.text(source, "source", key)
        must = f"must be lower-case letters, digits and hyphens, at most 60; got {_shown(value)}"
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
            f"must be the day for which the list speaks, as 2024-12-31; got {_shown(source.get('as_of'))}",
        )
        assert isinstance(value, date)  # noqa: S101 - said to the type checker; checked above
        return value

    def encoding(self, shape: Mapping[str, Any]) -> str:
        value = self.text(shape, "file", "encoding", needed=False)
        try:
            "name,zip\n".encode(value or "utf-8").decode(value or "utf-8")
        except (LookupError, ValueError):
            self.that(
                False, "file.encoding", f"must be an encoding such as utf-8 or latin-1; got {_shown(value)}"
            )
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
            self.that(
                right, f"{key}.{name}", f"must be the heading of a column, as text; got {_shown(value)}"
            )
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
            isinstance(need, str) and need in needs.needs(),
            f"{where}.need",
            f"must be one of data/vocabulary/needs.csv; got {_shown(need)}",
        )
        self.that(isinstance(answer, bool), f"{where}.answer", f"must be true or false; got {_shown(answer)}")
        self.that(
            isinstance(column, str),
            f"{where}.column",
            f"must be the heading of a column; got {_shown(column)}",
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
