"""Which yes and no a service of somebody else's HSDS list states: by its codes, terms, languages and ages, by nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from daybreak.directory.rules.hsds_ids import NEEDS_NAME, NEEDS_STATED_NO_NAME, hsds_id
from daybreak.directory.rules.hsds_shapes import OURS
from daybreak.directory.rules.rows import Statement
from daybreak.vocabulary import files, needs

Object = Mapping[str, Any]
_SAMHSA = re.compile(r"\bsamhsa\b|\bn-?ssats\b", re.IGNORECASE)
_OPEN_ELIGIBILITY = re.compile(r"open\s*-?eligibility", re.IGNORECASE)
_SPANISH = frozenset({"es", "spa", "spanish", "español", "espanol"})
_ENGLISH = frozenset({"en", "eng", "english"})
OLDEST = 150


@dataclass(slots=True)
class TaxonomySaid:
    """A taxonomy as a document names it; ``id`` None = by its name alone."""

    name: str
    id: UUID | None = None
    description: str = ""
    uri: str = ""
    version: str = ""
    licence: str = ""
    kept: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class TermSaid:
    """A term as a document states it. ``whole`` is what was stated, for a term that stands here under another id."""

    id: UUID
    taxonomy: TaxonomySaid
    code: str
    name: str
    description: str
    parent: UUID | None
    kept: dict[str, Any]
    whole: Object


def taxonomy_said(value: Object) -> TaxonomySaid:
    """A taxonomy object."""
    ours = value.get(OURS, {})
    columns = {"id", "name", "description", "uri", "version", OURS}
    name = value["name"]
    return TaxonomySaid(
        name, UUID(value["id"]), "" if value["description"] == name else value["description"],
        str(value.get("uri", ours.get("uri", ""))), str(value.get("version", "")), str(ours.get("licence", "")),
        {key: said for key, said in value.items() if key not in columns},
    )  # fmt: skip


# A list says the same few hundred terms with every service, in the same words.
_MOST_TERMS = 4096
_TERMS: dict[tuple[str, str], TermSaid] = {}


def term_said(value: Object, *, unnamed: str) -> TermSaid:
    """A term object, not to be changed; ``unnamed`` is what a taxonomy is called whose name nobody says."""
    key = value["id"], unnamed
    known = _TERMS.get(key)
    if known is not None and known.whole == value:
        return known
    if len(_TERMS) >= _MOST_TERMS:
        _TERMS.clear()
    made = _TERMS[key] = _term_read(value, unnamed)
    return made


def _term_read(value: Object, unnamed: str) -> TermSaid:
    detail = value.get("taxonomy_detail")
    if isinstance(detail, dict):
        taxonomy = taxonomy_said(detail)
    else:
        known = value.get("taxonomy_id")
        taxonomy = TaxonomySaid(value.get("taxonomy") or unnamed, UUID(known) if known else None)
    columns = {"id", "code", "name", "description", "parent_id", "taxonomy", "taxonomy_id", "taxonomy_detail"}
    kept = {key: said for key, said in value.items() if key not in columns}
    parent = value.get("parent_id")
    return TermSaid(
        UUID(value["id"]), taxonomy, (value.get("code") or value["id"])[:200], value["name"][:300],
        "" if value["description"] == value["name"] else value["description"], UUID(parent) if parent else None, kept, value,
    )  # fmt: skip


def need_of(term: Object) -> tuple[str, bool] | None:
    """(need, answer) where the term is one of our own two taxonomies."""
    name, code = term.get("taxonomy"), str(term.get("code", ""))
    if name == NEEDS_NAME:
        return code, True
    if name == NEEDS_STATED_NO_NAME:
        return code.removeprefix("no-"), False
    return None


def stated_by(value: Object) -> list[Statement]:
    """Every yes and no that a service of another publisher states; the first word on a need stands."""
    terms = [
        attribute["taxonomy_term"]
        for attribute in value.get("attributes", ())
        if isinstance(attribute.get("taxonomy_term"), dict)
    ]
    said: dict[str, Statement] = {}
    for statement in (
        *_own_terms(terms),
        *_codes(terms),
        *_open_eligibility(terms),
        *_spoken(value),
        *_ages(value),
    ):
        said.setdefault(statement.need, statement)
    return list(said.values())


def _own_terms(terms: Iterable[Object]) -> Iterable[Statement]:
    for term in terms:
        pair = need_of(term)
        if pair is not None and pair[0] in needs.needs():
            yield Statement(pair[0], pair[1], f"{term['taxonomy']}: {term.get('code', '')}"[:200])


def _codes(terms: Iterable[Object]) -> Iterable[Statement]:
    """Codes of SAMHSA's list, whatever its edition is called."""
    codes = [str(term["code"]) for term in terms if term.get("code") and _SAMHSA.search(_list_of(term))]
    for need, (answer, said) in needs.facts_from_codes(codes).items():
        yield Statement(need, answer, said[:200])


def _list_of(term: Object) -> str:
    detail = term.get("taxonomy_detail")
    told = [
        term.get("taxonomy"),
        *([detail.get("name"), detail.get("uri")] if isinstance(detail, dict) else ()),
    ]
    return " ".join(str(part) for part in [*told, term.get("term_uri")] if part)


@cache
def _needs_by_id() -> dict[str, str]:
    return {
        row["id"]: row["need"] for row in files.rows("taxonomy/open_eligibility/needs.csv") if row["need"]
    }


def _open_eligibility(terms: Iterable[Object]) -> Iterable[Statement]:
    for term in terms:
        need = _needs_by_id().get(str(term.get("code", "")))
        if need and _OPEN_ELIGIBILITY.search(_list_of(term)):
            yield Statement(need, True, f"Open Eligibility {term['code']}: {term['name']}"[:200])


def _spoken(value: Object) -> Iterable[Statement]:
    for language in value.get("languages", ()):
        name = str(language.get("name") or language.get("code") or "")
        words = {str(language.get("name", "")).casefold(), str(language.get("code", "")).casefold()} - {""}
        if words & _SPANISH:
            yield Statement("spanish", True, f"language: {name}"[:200])
        elif words and not words & _ENGLISH:
            yield Statement("other-language", True, f"language: {name}"[:200])


def _ages(value: Object) -> Iterable[Statement]:
    """What the youngest and the oldest age say. An end that is not stated says nothing of those beyond it."""
    low, high = value.get("minimum_age"), value.get("maximum_age")
    if not all(age is None or 0 <= age <= OLDEST for age in (low, high)) or (
        low is not None and high is not None and low > high
    ):
        return
    told = [
        f"{name} {age:g}" for name, age in (("minimum age", low), ("maximum age", high)) if age is not None
    ]
    said = ", ".join(told)
    for need, ends in _AGES.items():
        answer = _admits(ends, low, high)
        if answer is not None:
            yield Statement(need, answer, said)


class _Ends(NamedTuple):
    """No: the youngest age is above ``none_above`` or the oldest below ``none_below``. Yes: all from ``first`` to ``last``."""

    none_above: int
    none_below: int
    first: int
    last: int


_AGES = {
    "teens": _Ends(17, 0, 14, 17),
    "young-adults": _Ends(25, 18, 18, 25),
    "adults": _Ends(OLDEST, 18, 26, 59),
    "seniors": _Ends(OLDEST, 60, 65, 65),
}


def _admits(ends: _Ends, low: float | None, high: float | None) -> bool | None:
    if (low is not None and low > ends.none_above) or (high is not None and high < ends.none_below):
        return False
    if low is None or low > ends.first:
        return None
    # Without an oldest age a list for grown-ups still speaks of grown-ups; whether it takes the old it does not say.
    return True if (high >= ends.last if high is not None else ends.last < 65) else None


def list_id(name: str) -> UUID:
    """The id of a taxonomy that is known by its name alone."""
    return UUID(hsds_id("taxonomy", name))
