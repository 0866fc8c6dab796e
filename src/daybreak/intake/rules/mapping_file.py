"""Mappings as JSON files: read with every mistake named, written so that the same mapping gives the same bytes."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from daybreak.intake.rules.mapping import FORMAT, Column, FileShape, Mapping, MappingError
from daybreak.intake.rules.mapping_check import check

_LARGEST = 1_000_000
_TOP = (
    "daybreak_mapping", "name", "title", "version", "kind", "timezone", "clock_change", "earliest", "file", "columns",
    "key", "token", "constants",
)  # fmt: skip
_COLUMN = (
    "column", "use", "number", "formats", "pivot", "midnight", "unit", "standing", "substance", "no_means", "unknown", "codes",
    "values", "blanks", "only", "only_starting", "why",
)  # fmt: skip
_SHAPE = ("encoding", "delimiter", "table", "header_line", "short_rows")


def load(text: str | bytes) -> Mapping:
    """The mapping in a JSON document; raises MappingError that names the key, what must stand there, and what does."""
    if len(text) > _LARGEST:
        raise MappingError(f"A mapping must be shorter than {_LARGEST:,} characters; this is no mapping.")
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise MappingError(
            "A mapping must be a JSON document; this text is none. Export one from the desk and edit that."
        ) from None
    return mapping_from(document)


def dump(mapping: Mapping) -> str:
    """The mapping as JSON, with nothing in it that is as it is by default; ends with a line end."""
    made: dict[str, Any] = {"daybreak_mapping": FORMAT, "name": mapping.name}
    if mapping.title:
        made["title"] = mapping.title
    made |= {"version": mapping.version, "kind": mapping.kind, "timezone": mapping.timezone}
    made["clock_change"] = {"twice": mapping.twice, "skipped": mapping.skipped}
    made["earliest"] = mapping.earliest.isoformat()
    shape = {name: getattr(mapping.shape, name) for name in _SHAPE}
    made["file"] = {name: value for name, value in shape.items() if value != getattr(FileShape(), name)}
    made["columns"] = [_written(column) for column in mapping.columns]
    made["key"] = list(mapping.key)
    if mapping.token:
        made["token"] = list(mapping.token)
    made["constants"] = dict(mapping.constants)
    return json.dumps(made, indent=2, ensure_ascii=False) + "\n"


def _written(column: Column) -> dict[str, Any]:
    plain = Column(column.heading, column.use)
    made: dict[str, Any] = {"column": column.heading, "use": column.use}
    for name in _COLUMN[2:]:
        value = getattr(column, name)
        if value != getattr(plain, name):
            made[name] = (
                sorted(value)
                if isinstance(value, frozenset)
                else list(value)
                if isinstance(value, tuple)
                else value
            )
    return made


def mapping_from(document: Any) -> Mapping:
    """A checked mapping from a parsed document; raises MappingError."""
    top = _table(document, "the mapping", _TOP)
    edition = top.get("daybreak_mapping")
    if edition != FORMAT:
        raise MappingError(
            f'"daybreak_mapping" must be {FORMAT}, the edition of this file format; got {_shown(edition)}.'
        )
    clock = _table(top.get("clock_change", {}), "clock_change", ("twice", "skipped"))
    columns = top.get("columns")
    if not isinstance(columns, list) or not columns:
        raise MappingError('"columns" must be a list of {"column": heading, "use": what it means}.')
    mapping = Mapping(
        name=_text(top, "name"),
        title=_text(top, "title", ""),
        version=_number(top, "version", 1),
        kind=_text(top, "kind"),
        timezone=_text(top, "timezone"),
        columns=tuple(_column(one, f"columns[{number}]") for number, one in enumerate(columns)),
        key=_texts(top, "key"),
        token=_texts(top, "token"),
        constants=_constants(top.get("constants", {})),
        shape=_shape(top.get("file", {})),
        twice=_text(clock, "twice", "refuse"),
        skipped=_text(clock, "skipped", "refuse"),
        earliest=_day(top.get("earliest", "1990-01-01")),
    )
    check(mapping)
    return mapping


def _column(value: Any, where: str) -> Column:
    given = _table(value, where, _COLUMN)
    values = given.get("values", {})
    if not isinstance(values, dict) or not all(isinstance(one, str) for one in values.values()):
        raise MappingError(
            f'"{where}.values" must be a table from texts of cells to texts that they stand for.'
        )
    pivot = given.get("pivot")
    if pivot is not None and (not isinstance(pivot, int) or isinstance(pivot, bool)):
        raise MappingError(f'"{where}.pivot" must be a number from 0 to 99; got {_shown(pivot)}.')
    plain = Column("", "")
    texts = {
        name: _text(given, name, getattr(plain, name), where)
        for name in ("midnight", "unit", "standing", "substance", "no_means", "unknown", "codes", "why")
    }
    return Column(
        heading=_text(given, "column", None, where),
        use=_text(given, "use", None, where),
        number=_number(given, "number", 1, where),
        formats=_texts(given, "formats", where),
        pivot=pivot,
        values={_fold(key): one for key, one in values.items()},
        blanks=frozenset(map(_fold, _texts(given, "blanks", where))),
        only=frozenset(map(_fold, _texts(given, "only", where))),
        only_starting=tuple(map(_fold, _texts(given, "only_starting", where))),
        **texts,
    )


def _shape(value: Any) -> FileShape:
    given = _table(value, "file", _SHAPE)
    return FileShape(
        encoding=_text(given, "encoding", "", "file"),
        delimiter=_text(given, "delimiter", "", "file"),
        table=_text(given, "table", "", "file"),
        header_line=_number(given, "header_line", 0, "file"),
        short_rows=_text(given, "short_rows", "refuse", "file"),
    )


def _constants(value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(one, str) for one in value.values()):
        raise MappingError('"constants" must be a table of texts, such as {"state": "KY"}.')
    return dict(value)


def _fold(text: str) -> str:
    return " ".join(text.split()).casefold()


def _table(value: Any, where: str, known: tuple[str, ...]) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise MappingError(f'"{where}" must be a table {{"name": value}}; got {_shown(value)}.')
    strangers = sorted(set(value) - set(known))
    if strangers:
        raise MappingError(
            f'"{where}" has {_shown(strangers[0])}, which is not known; it may have {", ".join(known)}.'
        )
    return value


def _text(given: dict[str, Any], name: str, default: str | None = None, where: str = "") -> str:
    value = given.get(name, default)
    if not isinstance(value, str) or (default is None and not value.strip()):
        raise MappingError(f'"{where + "." if where else ""}{name}" must be a text; got {_shown(value)}.')
    return value


def _texts(given: dict[str, Any], name: str, where: str = "") -> tuple[str, ...]:
    value = given.get(name, [])
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise MappingError(
            f'"{where + "." if where else ""}{name}" must be a list of texts; got {_shown(value)}.'
        )
    return tuple(value)


def _number(given: dict[str, Any], name: str, default: int, where: str = "") -> int:
    value = given.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1_000_000:
        raise MappingError(
            f'"{where + "." if where else ""}{name}" must be a whole number; got {_shown(value)}.'
        )
    return value


def _day(value: Any) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise MappingError(f'"earliest" must be a day such as 2000-01-01; got {_shown(value)}.') from None


def _shown(value: Any) -> str:
    return f"{value!r}"[:60]
