"""Refuses a mapping that could not work, or that would let a person's data through."""

from __future__ import annotations

import re
from collections import Counter
from zoneinfo import ZoneInfo

from daybreak.intake.rules.mapping import Column, Mapping, MappingError
from daybreak.intake.rules.personal import CLASSES, class_by_heading
from daybreak.intake.rules.times import has_day, pattern_of
from daybreak.intake.rules.uses import COMMON_OPTIONS, CONSTANTS, USES, WHEN
from daybreak.vocabulary import units
from daybreak.vocabulary.kinds import KINDS
from daybreak.vocabulary.substances import substances

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_MOST_COLUMNS = 1_024
_HIGHEST_NUMBER = 20
# A personal heading may still serve where its use takes nothing personal from it.
_ALLOWED_BESIDE = {"address": {"address"}, "birth-date": set(), "narrative": set(), "name": set()}
_UNUSED = {"drop", "ignore"}
_CHOICES = {
    "midnight": ("time", "day"), "standing": ("suspected", "confirmed", "ruled-out"), "no_means": ("nothing", "ruled-out"),
    "unknown": ("refuse", "leave-out"), "codes": ("", "nibrs"),
}  # fmt: skip
_OPTION_DEFAULTS = Column("", "")


def check(mapping: Mapping) -> None:
    """Raises MappingError at the first thing that is wrong."""
    _must(
        bool(_SLUG.fullmatch(mapping.name)) and len(mapping.name) <= 60,
        "name",
        "lower-case letters, digits and hyphens",
        mapping.name,
    )
    _must(len(mapping.title) <= 200, "title", "at most 200 characters", len(mapping.title))
    _must(mapping.version >= 1, "version", "1 or more", mapping.version)
    _must(mapping.kind in KINDS, "kind", f"one of {', '.join(KINDS)}", mapping.kind)
    _must(_is_zone(mapping.timezone), "timezone", "a time zone such as America/New_York", mapping.timezone)
    _must(
        mapping.twice in {"refuse", "first", "second"},
        "clock_change.twice",
        "refuse, first or second",
        mapping.twice,
    )
    _must(mapping.skipped in {"refuse", "later"}, "clock_change.skipped", "refuse or later", mapping.skipped)
    _must(
        mapping.shape.short_rows in {"refuse", "blank"},
        "file.short_rows",
        "refuse or blank",
        mapping.shape.short_rows,
    )
    _must(len(mapping.shape.delimiter) <= 1, "file.delimiter", "one character", mapping.shape.delimiter)
    _must(
        len(mapping.columns) <= _MOST_COLUMNS,
        "columns",
        f"at most {_MOST_COLUMNS:,} columns",
        len(mapping.columns),
    )
    for name in mapping.constants:
        _must(name in CONSTANTS, "constants", f"one of {', '.join(CONSTANTS)}", name)
    seen = Counter(column.heading for column in mapping.columns)
    for heading, times in seen.items():
        _must(times == 1, "columns", "each heading once", heading)
    for number, column in enumerate(mapping.columns):
        _column(column, f"columns[{number}]")
    _once(mapping)
    _when(mapping)
    _rows(mapping)


def _column(column: Column, where: str) -> None:
    _must(column.use in USES, f"{where}.use", f"one of {', '.join(USES)}", column.use)
    use = USES[column.use]
    _must(1 <= column.number <= _HIGHEST_NUMBER, f"{where}.number", f"1 to {_HIGHEST_NUMBER}", column.number)
    for option, allowed in _CHOICES.items():
        _must(
            getattr(column, option) in allowed,
            f"{where}.{option}",
            f"one of {', '.join(allowed)}",
            getattr(column, option),
        )
    for option in (
        "formats",
        "pivot",
        "midnight",
        "unit",
        "standing",
        "substance",
        "no_means",
        "unknown",
        "codes",
    ):
        given = getattr(column, option) != getattr(_OPTION_DEFAULTS, option)
        takes = ", ".join(sorted(use.options | COMMON_OPTIONS))
        _must(
            not given or option in use.options,
            f"{where}.{option}",
            f"left out, since {use.name} takes only {takes}",
            option,
        )
    for form in column.formats:
        _form(column, form, where)
    if "formats" in use.options:
        _must(bool(column.formats), f"{where}.formats", 'at least one format, such as ["%m/%d/%Y"]', "none")
    if column.pivot is not None:
        _must(0 <= column.pivot <= 99, f"{where}.pivot", "0 to 99", column.pivot)
    if column.use == "substance-flag":
        _must(
            column.substance in substances(),
            f"{where}.substance",
            "a slug of the list of substances",
            column.substance,
        )
    if column.use == "exhibit-quantity" and column.unit:
        _must(
            column.unit in units.units(), f"{where}.unit", f"one of {', '.join(units.units())}", column.unit
        )
    if column.use == "age" and column.unit:
        ages = ("years", "months", "weeks", "days", "hours", "minutes")
        _must(column.unit in ages, f"{where}.unit", f"one of {', '.join(ages)}", column.unit)
    if column.use == "operation":
        _must(
            bool(column.values),
            f"{where}.values",
            "a table of names and slugs, as operations are not guessed",
            "none",
        )
        for slug in column.values.values():
            _must(not slug or bool(_SLUG.fullmatch(slug)), f"{where}.values", "slugs such as pandora", slug)
    if column.use == "drop":
        _must(column.why in {"", *CLASSES}, f"{where}.why", f"one of {', '.join(CLASSES)}", column.why)
    _no_person(column, where)


def _form(column: Column, form: str, where: str) -> None:
    try:
        pattern_of(form)
    except ValueError as problem:
        raise MappingError(
            f'"{where}.formats": {problem}', where=f"{where}.formats", must=f"{problem}"
        ) from None
    if column.use.endswith("-time"):
        right = "%d" not in form and ("%H" in form or "%I" in form)
        _must(right, f"{where}.formats", "a time of day, such as %H:%M", form)
    else:
        _must(has_day(form), f"{where}.formats", "a whole day, such as %m/%d/%Y", form)
    if "%I" in form:
        _must("%p" in form, f"{where}.formats", "%p (AM or PM) with %I", form)
    if "%y" in form:
        _must(
            column.pivot is not None,
            f"{where}.pivot",
            "given for two-digit years, such as 30 (30 is 2030, 31 is 1931)",
            "none",
        )


def _no_person(column: Column, where: str) -> None:
    """A heading that announces persons may be dropped or ignored, and little else."""
    announced = class_by_heading(column.heading)
    if announced and column.use not in _UNUSED:
        allowed = _ALLOWED_BESIDE.get(announced, set())
        _must(
            column.use in allowed, f"{where}.use",
            f"drop, because the heading announces {announced} and the ledger knows no persons", column.use,
        )  # fmt: skip


def _once(mapping: Mapping) -> None:
    seen: set[tuple[str, int]] = set()
    for column in mapping.columns:
        use = USES[column.use]
        if use.many and not use.numbered:
            continue
        place = (column.use, column.number if use.numbered else 1)
        _must(
            place not in seen,
            "columns",
            f"{column.use} once" + (" a number" if use.numbered else ""),
            column.heading,
        )
        seen.add(place)


def _when(mapping: Mapping) -> None:
    uses = {column.use for column in mapping.columns}
    _must(bool(uses & WHEN), "columns", f"one with the use {', '.join(sorted(WHEN))}", "none")
    _must(len(uses & WHEN) == 1, "columns", "one way of saying when", ", ".join(sorted(uses & WHEN)))
    if "occurred-time" in uses:
        _must("occurred-date" in uses, "columns", "occurred-date beside occurred-time", "none")
    if "reported-time" in uses:
        _must("reported-date" in uses, "columns", "reported-date beside reported-time", "none")
    _must(
        not {"reported", "reported-date"} <= uses, "columns", "one way of saying when it was reported", "two"
    )
    parts = uses & {"occurred-quarter", "occurred-month"}
    if parts:
        right = bool(uses & {"occurred-year", "occurred-fiscal-year"}) and len(parts) == 1
        _must(
            right,
            "columns",
            "a year beside one of occurred-quarter and occurred-month",
            ", ".join(sorted(parts)),
        )
    if "occurred-fiscal-year" in uses:
        _must("occurred-month" in uses, "columns", "occurred-month beside occurred-fiscal-year", "none")
    numbers = {
        use: {c.number for c in mapping.columns if c.use == use}
        for use in ("exhibit-drug", "exhibit-quantity")
    }
    orphans = numbers["exhibit-quantity"] - numbers["exhibit-drug"]
    _must(
        not orphans,
        "columns",
        "exhibit-drug for each exhibit-quantity",
        f"number {min(orphans, default=0)} without",
    )


def _rows(mapping: Mapping) -> None:
    headings = {column.heading: column for column in mapping.columns}
    for heading in mapping.key:
        column = headings.get(heading)
        _must(column is not None, "key", "headings that stand under columns", heading)
        announced = class_by_heading(heading)
        _must(
            not announced and (column is None or column.use not in _UNUSED), "key",
            "columns that are kept; a column with persons, or one that is not used, can be no key", heading,
        )  # fmt: skip
    for heading in mapping.token:
        column = headings.get(heading)
        _must(
            column is not None and column.use == "drop",
            "token",
            "headings of columns that are dropped",
            heading,
        )


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ValueError, OSError):  # not found is a KeyError below ValueError's sister
        return False
    except KeyError:
        return False
    return bool(name)


def _must(right: bool, where: str, must: str, got: object) -> None:
    if not right:
        raise MappingError(f'"{where}" must be {must}; got {str(got)[:60]!r}.', where=where, must=must)
