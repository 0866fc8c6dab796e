"""Deaths by group of ICD-10 codes: each death once a group, any opioid as a union of sets, and sums that nobody may make."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from daybreak.vocabulary.causes import cause_groups, groups_of, normal_code


@dataclass(frozen=True, slots=True)
class DeathCodes:
    """The codes of one death: ``underlying`` ("" = not stated) and every other cause, as written."""

    underlying: str
    causes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class DeathsByGroup:
    """How many deaths fall in each group. The groups of drugs overlap: their sum counts some deaths twice and more.

    ``overdoses`` are deaths whose underlying cause is a drug poisoning; ``by_manner`` adds up to them, ``by_drug`` does not.
    ``no_drug_named`` are overdoses without any group of drugs. ``several_drugs`` is how many stand in more than one of the
    groups that share no code. ``underlying_not_stated`` and ``not_overdoses`` are counted here and nowhere else.
    ``unreadable`` counts codes that are no ICD-10.
    """

    overdoses: int
    by_manner: dict[str, int]
    by_drug: dict[str, int]
    no_drug_named: int
    several_drugs: int
    underlying_not_stated: int
    not_overdoses: int
    unreadable: int

    @property
    def never_add(self) -> bool:
        """Whether adding the groups up would differ from the deaths, so that a page has to warn of it."""
        return sum(self.by_drug.values()) != self.overdoses - self.no_drug_named


def manner(underlying: str) -> str:
    """The manner of death that an underlying cause states: unintentional, suicide, …; "" = no drug poisoning."""
    return next(iter(groups_of(underlying, "manner")), "")


def drug_groups(codes: Iterable[str]) -> frozenset[str]:
    """Every group of drugs that a set of codes belongs to; "any-opioid" is one of them, once, however many codes say so."""
    return frozenset(group for code in codes for group in groups_of(code, "drug"))


def deaths_by_group(deaths: Iterable[DeathCodes]) -> DeathsByGroup:
    """Count each death once in every group that its codes name."""
    by_manner: Counter[str] = Counter()
    by_drug: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    for death in deaths:
        counts["unreadable"] += sum(not normal_code(code) for code in death.causes)
        if not death.underlying.strip():
            counts["underlying_not_stated"] += 1
            continue
        how = manner(death.underlying)
        if not how:
            counts["not_overdoses"] += 1
            continue
        groups = drug_groups(death.causes)
        by_manner[how] += 1
        by_drug.update(groups)
        counts["no_drug_named"] += not groups
        counts["several_drugs"] += len(groups & _apart()) > 1
    known = cause_groups()
    return DeathsByGroup(
        overdoses=by_manner.total(),
        by_manner={slug: by_manner[slug] for slug, group in known.items() if group.role == "manner"},
        by_drug={slug: by_drug[slug] for slug, group in known.items() if group.role == "drug"},
        no_drug_named=counts["no_drug_named"],
        several_drugs=counts["several_drugs"],
        underlying_not_stated=counts["underlying_not_stated"],
        not_overdoses=counts["not_overdoses"],
        unreadable=counts["unreadable"],
    )


def _apart() -> frozenset[str]:
    """The groups of one code each: none of them lies within another."""
    return frozenset(
        slug for slug, group in cause_groups().items() if group.role == "drug" and len(group.codes) == 1
    )
