"""A brief as plain values that JSON can hold, and back again without loss."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

from daybreak.publishing.rules.brief import Bar, Brief, Chart, Number, Section, Sentence, Span, Table


def to_plain(brief: Brief) -> dict[str, Any]:
    """The brief with days and decimals as text."""
    plain: dict[str, Any] = _plain(asdict(brief))
    return plain


def from_plain(held: Mapping[str, Any]) -> Brief:
    """The brief of what ``to_plain`` gave."""
    return Brief(
        title=held["title"],
        as_of=date.fromisoformat(held["as_of"]),
        before=date.fromisoformat(held["before"]),
        agency=held["agency"],
        synthetic=held["synthetic"],
        lead=_sentences(held["lead"]),
        sections=tuple(_section(one) for one in held["sections"]),
        release=_sentences(held["release"]),
        numbers=tuple(_number(one) for one in held["numbers"]),
        labels=held["labels"],
    )


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(held) for name, held in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(held) for held in value]
    return str(value) if isinstance(value, Decimal | date) else value


def _sentences(held: Any) -> tuple[Sentence, ...]:
    return tuple(tuple(Span(**span) for span in sentence) for sentence in held)


def _section(held: Mapping[str, Any]) -> Section:
    return Section(
        id=held["id"],
        title=held["title"],
        sentences=_sentences(held["sentences"]),
        charts=tuple(
            Chart(**(one | {"bars": tuple(Bar(**(bar | {"value": Decimal(bar["value"])})) for bar in one["bars"])}))
            for one in held["charts"]
        ),
        tables=tuple(
            Table(
                caption=one["caption"],
                head=tuple(one["head"]),
                rows=tuple(_sentences(row) for row in one["rows"]),
                numeric=tuple(one["numeric"]),
            )
            for one in held["tables"]
        ),
    )  # fmt: skip


def _number(held: dict[str, Any]) -> Number:
    days = {name: held[name] and date.fromisoformat(held[name]) for name in ("since", "until", "known_on")}
    parts = {"rows": tuple(held["rows"]), "of": tuple(held["of"]), "value": Decimal(held["value"])}
    return Number(**(held | days | parts))
