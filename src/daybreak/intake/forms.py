"""What people type: a file to bring, and a mapping as one row for each column."""

from __future__ import annotations

from collections.abc import Mapping as Table
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.utils.text import slugify

from daybreak.intake.rules.mapping import Column, Mapping
from daybreak.intake.rules.uses import USES
from daybreak.vocabulary.kinds import KINDS

NEW = "new"


class BringForm(forms.Form):
    """A file, the feed it belongs to, and what it holds."""

    file = forms.FileField(allow_empty_file=True)
    feed = forms.CharField(max_length=60)
    feed_name = forms.CharField(max_length=200, required=False)
    expected_days = forms.IntegerField(min_value=1, max_value=400, required=False)
    kind = forms.ChoiceField(choices=[(kind.slug, kind.name) for kind in KINDS.values()])

    def clean(self) -> dict[str, Any]:
        """A new feed needs a name."""
        told = super().clean() or {}
        if told.get("feed") == NEW and not slugify(told.get("feed_name", "")):
            self.add_error("feed_name", "Give the new feed a name of letters or digits.")
        return told


class KeyForm(forms.Form):
    """A key for a feed, and which system it is for."""

    feed = forms.CharField(max_length=60)
    label = forms.CharField(max_length=120)


@dataclass(frozen=True, slots=True)
class Wrong:
    """Why a mapping cannot be used: as the mapping file would be told it, and in parts for the screen.

    ``what`` is the option or part that is wrong ("formats", "columns"); ``place`` and ``heading`` are those of its column, None
    and "" where it is about the whole. ``must`` "" = only the text is known.
    """

    text: str
    must: str = ""
    what: str = ""
    place: int | None = None
    heading: str = ""


@dataclass(frozen=True, slots=True)
class ColumnRow:
    """One row of the mapping's screen: a column, cells of it that may be shown, and why it is proposed so."""

    place: int
    column: Column
    is_key: bool
    shown: tuple[str, ...]
    code: str
    understood: int
    filled: int
    unknown: tuple[str, ...]
    confirm: bool = False

    @property
    def words(self) -> str:
        """The column's table of words as lines "cell = meaning"."""
        return "\n".join(f"{cell} = {meaning}" for cell, meaning in self.column.values.items())

    @property
    def numbered(self) -> bool:
        """Whether its use needs a number, since several belong together."""
        return USES[self.column.use].numbered

    @property
    def needs_a_look(self) -> bool:
        """Whether an option without which nothing can be read is not given yet, or waits to be confirmed."""
        column = self.column
        wanting = {"formats": not column.formats, "substance": not column.substance}
        return any(wanting[name] for name in self.takes & wanting.keys()) or (
            self.confirm or (column.use == "age" and not column.unit)
        )

    @property
    def takes(self) -> frozenset[str]:
        """The options that its use takes."""
        return USES[self.column.use].options


def edited(base: Mapping, given: Table[str, str]) -> Mapping:
    """The mapping with what a person chose on the screen; what the screen does not show stays as in ``base``.

    Raises MappingError by way of rules.mapping_check where the caller checks it; this only puts it together.
    """
    columns = tuple(_edited_column(column, place, given) for place, column in enumerate(base.columns))
    key = tuple(column.heading for place, column in enumerate(columns) if given.get(f"c{place}-key"))
    constants = {
        name: given[f"constant-{name}"].strip()
        for name in ("state", "county", "certainty")
        if given.get(f"constant-{name}", "").strip()
    }
    kept = {name: value for name, value in base.constants.items() if f"constant-{name}" not in given}
    return replace(
        base,
        name=slugify(given.get("name", base.name))[:60] or base.name,
        title=given.get("title", base.title)[:200],
        columns=columns,
        key=key,
        token=tuple(heading for heading in base.token if _dropped(columns, heading)),
        timezone=given.get("timezone", base.timezone).strip(),
        twice=given.get("twice", base.twice),
        skipped=given.get("skipped", base.skipped),
        constants=kept | constants,
    )


def _dropped(columns: tuple[Column, ...], heading: str) -> bool:
    return any(column.heading == heading and column.use == "drop" for column in columns)


def _edited_column(base: Column, place: int, given: Table[str, str]) -> Column:
    use = given.get(f"c{place}-use", base.use)
    if use not in USES:
        return base
    made = base if use == base.use else Column(base.heading, use, values=base.values, blanks=base.blanks)
    if use in {"drop", "ignore"}:
        return Column(base.heading, use, why=base.why if use == "drop" else "")
    options = USES[use].options
    told: dict[str, Any] = {
        name: given[f"c{place}-{name}"].strip()
        for name in ("unit", "standing", "substance")
        if name in options and f"c{place}-{name}" in given
    }
    made = replace(made, **told)
    if "formats" in options and f"c{place}-formats" in given:
        formats = tuple(one.strip() for one in given[f"c{place}-formats"].split("|") if one.strip())
        pivot = given.get(f"c{place}-pivot", "").strip()
        made = replace(made, formats=formats, pivot=int(pivot) if pivot.isdecimal() else None)
    if USES[use].numbered and given.get(f"c{place}-number", "").isdecimal():
        made = replace(made, number=int(given[f"c{place}-number"]))
    if f"c{place}-words" in given:
        made = replace(made, values=_words(given[f"c{place}-words"]))
    return made


def _words(text: str) -> dict[str, str]:
    """Lines "cell = meaning" as a table; a line without "=" states that the cell means nothing."""
    found = {}
    for line in text.splitlines():
        cell, _, meaning = line.partition("=")
        if cell.strip():
            found[" ".join(cell.split()).casefold()] = meaning.strip()
    return found
