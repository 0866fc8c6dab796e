"""Substances as open data, and what a text, a letter or a number of somebody's list names; never a silent "other"."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache, lru_cache

from daybreak.vocabulary import files

_SPACES = re.compile(r"\s+")
_PUNCTUATION = re.compile(r"[.\"“”*]")
_BETWEEN = re.compile(r"\s*(?:[;,+&|\n/]|\band\b|\bwith\b|\bw/|\by\b)\s*", re.IGNORECASE)
_ONE_LETTER = 1


@dataclass(frozen=True, slots=True)
class Substance:
    """One row of data/vocabulary/substances.csv.

    ``parents`` are the wider substances that it belongs to. ``nibrs`` is the letter under which police report it, "" = not
    established; ``nibrs_is_this`` says that the letter means just this row. ``dea_number`` and ``schedule`` are the federal
    ones, "" = not stated here. ``icd10`` is the code of poisoning by it. ``since`` is the year of the first report in the
    supply of the country where one is cited, None = long known or not stated.
    """

    slug: str
    name: str
    substance_class: str
    parents: tuple[str, ...]
    nibrs: str
    nibrs_is_this: bool
    dea_number: str
    schedule: str
    icd10: str
    since: int | None
    since_source: str
    also: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Recognised:
    """A text that names one substance. ``by`` says how: name, synonym, street-name, nibrs or dea-number."""

    substance: str
    by: str


@dataclass(frozen=True, slots=True)
class NotRecognised:
    """A text that names no substance that we know, or several: then ``could_be`` lists them and a person must choose."""

    could_be: tuple[str, ...] = ()


@cache
def substances() -> dict[str, Substance]:
    """Slug → substance, in the order of the list."""
    return {
        row["substance"]: Substance(
            slug=row["substance"],
            name=row["name"],
            substance_class=row["class"],
            parents=tuple(row["parents"].split()),
            nibrs=row["nibrs"],
            nibrs_is_this=row["nibrs_is_this"] == "yes",
            dea_number=row["dea_number"],
            schedule=row["schedule"],
            icd10=row["icd10"],
            since=int(row["since"]) if row["since"] else None,
            since_source=row["since_source"],
            also=tuple(filter(None, row["also"].split(";"))),
        )
        for row in files.rows("vocabulary/substances.csv")
    }


def substance(slug: str) -> Substance:
    """One substance by its slug; raises ValueError where the list has none."""
    found = substances().get(slug)
    if found is None:
        raise ValueError(
            f"The substance must be a slug of data/vocabulary/substances.csv, such as heroin; got {slug[:60]!r}. "
            "Add a row there for a new substance."
        )
    return found


@cache
def ancestors(slug: str) -> frozenset[str]:
    """Every wider substance that one belongs to, without itself: carfentanil → fentanyl-analogue, …, opioid."""
    return frozenset(wider for parent in substance(slug).parents for wider in (parent, *ancestors(parent)))


@cache
def within(slug: str) -> frozenset[str]:
    """The substance and every narrower one: what a chart of "opioid" counts."""
    substance(slug)
    return frozenset(other for other in substances() if other == slug or slug in ancestors(other))


@cache
def narrower(slug: str) -> frozenset[str]:
    """Every narrower substance, without itself; nothing for "" and for a slug that is no longer on the list."""
    return within(slug) - {slug} if slug in substances() else frozenset()


@cache
def by_nibrs() -> dict[str, str]:
    """NIBRS letter → the substance that the letter means."""
    return {row.nibrs: row.slug for row in substances().values() if row.nibrs_is_this}


@cache
def _by_dea_number() -> dict[str, str]:
    """DEA number → substance; a number that several share (crack is cocaine) names the widest of them."""
    found: dict[str, str] = {}
    for row in substances().values():
        if row.dea_number:
            known = found.get(row.dea_number)
            if known is None or row.slug in ancestors(known):
                found[row.dea_number] = row.slug
    return found


@cache
def _terms() -> tuple[dict[str, tuple[str, str]], dict[str, tuple[str, ...]]]:
    """Folded names and synonyms → (slug, how); folded street names → every substance that they are used for."""
    named: dict[str, tuple[str, str]] = {}
    for row in substances().values():
        for term in (row.slug, row.name):
            named[_folded(term)] = (row.slug, "name")
    for row in substances().values():
        for term in row.also:
            if named.setdefault(_folded(term), (row.slug, "synonym"))[0] != row.slug:
                raise ValueError(f"data/vocabulary/substances.csv must give {term!r} to one substance only.")
    slang: dict[str, tuple[str, ...]] = defaultdict(tuple)
    for line in files.rows("vocabulary/street_names.csv"):
        slang[_folded(line["term"])] += (line["substance"],)
    return named, dict(slang)


@lru_cache(maxsize=4096)
def recognise(text: str, *, code_list: str = "") -> Recognised | NotRecognised:
    """The one substance that ``text`` names.

    ``code_list`` says what a code is: "nibrs" takes a letter, "dea" a number, "" takes words, and a DEA number of four
    digits. A single letter is never taken for a street name: H is heroin on a street and another narcotic in NIBRS.
    """
    written = text.strip()
    if code_list == "nibrs":
        letter = by_nibrs().get(written.upper())
        return Recognised(letter, "nibrs") if letter else NotRecognised()
    if code_list not in {"", "dea"}:
        raise ValueError(f"code_list must be '', 'nibrs' or 'dea'; got {code_list[:20]!r}.")
    number = _by_dea_number().get(written.removesuffix(".0"))
    if number or code_list == "dea":
        return Recognised(number, "dea-number") if number else NotRecognised()
    return _by_words(_folded(written))


def _by_words(folded: str) -> Recognised | NotRecognised:
    named, slang = _terms()
    if folded in named:
        return Recognised(*named[folded])
    could_be = slang.get(folded, ()) if len(folded) > _ONE_LETTER else ()
    return Recognised(could_be[0], "street-name") if len(could_be) == 1 else NotRecognised(could_be)


@lru_cache(maxsize=4096)
def recognise_all(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Substances of a cell with several ("heroin/fentanyl, xylazine"), and the pieces of it that are not recognised.

    Each substance once, in the order of the text. A cell that names one thing as a whole is never cut ("promethazine with
    codeine").
    """
    whole = recognise(text)
    if isinstance(whole, Recognised):
        return (whole.substance,), ()
    found: list[str] = []
    lost: list[str] = []
    for piece in filter(None, (part.strip() for part in _BETWEEN.split(text))):
        one = recognise(piece)
        if isinstance(one, NotRecognised):
            lost.append(piece)
        elif one.substance not in found:
            found.append(one.substance)
    return tuple(found), tuple(lost)


def _folded(text: str) -> str:
    """Lower case, single spaces, no full stops or quotation marks, typographic apostrophes made plain."""
    plain = text.replace("’", "'").replace("–", "-").replace("_", " ")
    return _SPACES.sub(" ", _PUNCTUATION.sub("", plain)).strip(" -,:").casefold()
