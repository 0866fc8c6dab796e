"""What a person can need, in plain words, and which taxonomy codes say so."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from daybreak.vocabulary import files

_LANGUAGE_CODE = re.compile(r"[FN]\d{1,3}")


@dataclass(frozen=True, slots=True)
class Group:
    """A question that needs answer ("How you pay").

    ``combine`` is "any" where a person's needs of the group are alternatives (Medicaid or cash), "all" where each of them
    must be met (a ride and sign language).
    """

    name: str
    combine: str
    en: str
    es: str
    needs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Need:
    """One need: its short label and one sentence that says what it means, in both languages."""

    name: str
    group: str
    en: str
    es: str
    means_en: str
    means_es: str

    def label(self, language: str) -> str:
        """The short label in "en" or "es"."""
        return self.es if language == "es" else self.en

    def means(self, language: str) -> str:
        """One sentence in "en" or "es"."""
        return self.means_es if language == "es" else self.means_en


@cache
def needs() -> dict[str, Need]:
    """Every need by name, in the order in which people are shown them."""
    return {
        row["need"]: Need(row["need"], row["group"], row["en"], row["es"], row["means_en"], row["means_es"])
        for row in files.rows("vocabulary/needs.csv")
    }


@cache
def groups() -> dict[str, Group]:
    """Every group by name, in order, with its needs."""
    return {
        row["group"]: Group(
            row["group"],
            row["combine"],
            row["en"],
            row["es"],
            tuple(n.name for n in needs().values() if n.group == row["group"]),
        )
        for row in files.rows("vocabulary/groups.csv")
    }


@cache
def alternatives() -> dict[str, tuple[str, ...]]:
    """Sets of needs that are alternatives to each other: a group of "any" as it is, each need of an "all" group alone."""
    found: dict[str, tuple[str, ...]] = {}
    for group in groups().values():
        if group.combine == "any":
            found[group.name] = group.needs
        else:
            found |= {need: (need,) for need in group.needs}
    return found


@cache
def alternative_of() -> dict[str, str]:
    """Need → the name of the set of alternatives that it belongs to."""
    return {need: name for name, members in alternatives().items() for need in members}


@cache
def codes_by_need() -> dict[str, dict[bool, tuple[str, ...]]]:
    """For each need the SAMHSA codes that state yes (True) and no (False)."""
    found: dict[str, dict[bool, tuple[str, ...]]] = {name: {True: (), False: ()} for name in needs()}
    for row in files.rows("vocabulary/need_codes.csv"):
        found[row["need"]][row["answer"] == "yes"] += tuple(row["codes"].split())
    return found


@cache
def _needs_by_code() -> dict[str, tuple[tuple[str, bool], ...]]:
    found: dict[str, tuple[tuple[str, bool], ...]] = {}
    for need, answers in codes_by_need().items():
        for answer, codes in answers.items():
            for code in codes:
                found[code] = (*found.get(code, ()), (need, answer))
    return found


def says(code: str) -> tuple[tuple[str, bool], ...]:
    """The (need, answer) pairs that one code states; a language code that no list names still says another language."""
    known = _needs_by_code().get(code)
    if known is not None:
        return known
    return (("other-language", True),) if _LANGUAGE_CODE.fullmatch(code) else ()


def facts_from_codes(codes: Iterable[str]) -> dict[str, tuple[bool, str]]:
    """What a set of codes states: need → (answer, the codes that say so).

    A yes and a no to one need from the same set contradict each other: the yes of a particular code wins, since the no
    codes (NMOA) are facility-wide habits of speech. A code that says nothing to any need is left out.
    """
    stated: dict[str, dict[bool, list[str]]] = {}
    for code in codes:
        for need, answer in says(code):
            stated.setdefault(need, {}).setdefault(answer, []).append(code)
    return {
        need: (True, " ".join(answers[True])) if True in answers else (False, " ".join(answers[False]))
        for need, answers in stated.items()
    }
