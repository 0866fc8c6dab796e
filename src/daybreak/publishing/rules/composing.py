"""Puts a brief together: facts and patterns in, one value out, from which every paper is printed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from daybreak.publishing.rules.brief import Brief, Sentence
from daybreak.publishing.rules.counted_sections import FRESH_DAYS, compared, counted_section, is_fresh
from daybreak.publishing.rules.facts import Facts, OperationFact, Series
from daybreak.publishing.rules.operation_section import (
    exhibit_section,
    operation_section,
    rounded_mass,
    value_number,
)
from daybreak.publishing.rules.other_sections import (
    change_section,
    conflict_section,
    health_section,
    listing_section,
    member_section,
    staffing_section,
)
from daybreak.publishing.rules.register import Register, name_of
from daybreak.publishing.rules.release import conflict_known, differing, release

FRESH = timedelta(days=FRESH_DAYS)


def compose(facts: Facts, words: Mapping[str, Any], comparing: Mapping[str, Any]) -> Brief:
    """The brief of these facts in these words; the same facts give the same brief, to the last byte."""
    register = Register(facts, words, comparing)
    lead = tuple(_lead(register, facts))
    counted = {
        name: counted_section(register, facts, kind, name)
        for kind, name in (("arrest", "arrests"), ("death", "deaths"), ("complaint", "complaints"))
    }
    sections = (
        change_section(register, facts),
        counted["arrests"],
        operation_section(register, facts),
        counted["deaths"],
        conflict_section(register, facts),
        health_section(register, facts),
        counted["complaints"],
        staffing_section(register, facts),
        listing_section(register, facts),
        member_section(register, facts),
        exhibit_section(register, facts),
    )
    draft = release(register, facts)
    return Brief(
        title=register.pattern("title").format(day=register.day(facts.as_of)),
        as_of=facts.as_of,
        before=facts.before,
        agency=facts.agency,
        synthetic=facts.synthetic,
        lead=lead,
        sections=tuple(one for one in sections if one is not None),
        release=draft,
        numbers=register.numbers,
        labels=words["labels"],
    )


def _lead(register: Register, facts: Facts) -> list[Sentence]:
    """What a hurried reader takes away, the news first: arrests, operations, deaths, and where agencies differ."""
    found = [(is_fresh(facts, one), compared(register, one)[0]) for one in _of(facts, "arrest")]
    for operation in facts.operations:
        sentence = _operation(register, operation)
        if sentence:
            found.append((facts.as_of - operation.until <= FRESH, sentence))
    found += [(is_fresh(facts, one), compared(register, one)[0]) for one in _of(facts, "death")]
    found += [
        (conflict_known(one) > facts.before, differing(register, one))
        for one in facts.conflicts
        if "other-agency" in one.reasons
    ]
    if not found:
        return [register.say("lead", "none")]
    return [sentence for _, sentence in sorted(found, key=lambda one: not one[0])]


def _of(facts: Facts, kind: str) -> list[Series]:
    return [one for one in facts.series if one.kind == kind and one.counts]


def _operation(register: Register, operation: OperationFact) -> Sentence:
    mass = rounded_mass(register, operation)
    if mass is None or operation.arrests is None:
        return ()
    value = value_number(register, operation, "retail")
    pieces: dict[str, Any] = {
        "operation": operation.name, "arrests": register.count(operation.arrests), "mass": mass,
        "substance": name_of(operation.substance), "since": register.day(operation.started_on),
    }  # fmt: skip
    if value is None:
        return register.say("lead", "operation-unvalued", **pieces)
    return register.say("lead", "operation", value=value, **pieces)
