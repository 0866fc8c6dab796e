"""Draws one listing of a result list as a card: what matters to this search first, every word with its year."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import orjson
from django.conf import settings

from daybreak.finder.index import Index
from daybreak.finder.query import Hit
from daybreak.public.queries.asking import Asked
from daybreak.public.queries.helplines import helpline
from daybreak.public.queries.shapes import Card, Number, Stated
from daybreak.vocabulary.needs import needs as all_needs
from daybreak.vocabulary.samhsa import codes

MOST_FACTS = 7
# What people ask first on the phone, in that order; shown where a source states it and the search did not ask for it.
WORTH_KNOWING = (
    "detox", "buprenorphine", "methadone", "naltrexone", "residential", "outpatient", "medicaid", "free", "sliding-scale",
    "pregnant", "children-stay", "no-drug-test-to-enter", "no-upfront-payment", "keep-medicines", "women", "men", "teens",
)  # fmt: skip

# Whom a program keeps to: told first and on every card, since nobody else is taken.
KEEPS_TO = ("veterans-only", "dui-only", "opioid-only")


def keeps_to(service: dict[str, Any]) -> list[str]:
    """The groups of people to whom a service keeps, by their needs' names; nobody else is taken."""
    return [need for need in KEEPS_TO if _yes(service, need)]


def text_of(index: Index, row: int) -> dict[str, Any]:
    """What was published of the listing in an index row."""
    found: dict[str, Any] = orjson.loads(index.payload(row))
    return found


def label(need: str, language: str) -> str:
    """The short label of a need, or of a taxonomy code."""
    known = all_needs().get(need)
    if known is not None:
        return known.label(language)
    code = codes().get(need)
    return f"{code.label} ({need})" if code else need


def numbers(text: dict[str, Any], at: datetime) -> tuple[Number, ...]:
    """The numbers of a listing, newest first; only one that somebody confirmed within a year can be called by a tap."""
    found = []
    for number, extension, kind, readable, confirmed in text["phones"]:
        confirmed_on = date.fromisoformat(confirmed)
        fresh = is_current(readable, confirmed, at)
        href = f"tel:+1{number}" + (f";ext={extension}" if extension else "") if fresh else ""
        found.append(Number(shown_number(number, extension, readable), kind, confirmed_on.year, href))
    return tuple(found)


def is_current(readable: bool, confirmed: str, at: datetime) -> bool:
    """Whether a number may be called: it can be read as one, and somebody confirmed it within a year (a setting)."""
    age_days = (at.date() - date.fromisoformat(confirmed)).days
    return readable and 0 <= age_days <= settings.DAYBREAK_CONFIRMED_DAYS


def shown_number(number: str, extension: str, readable: bool) -> str:
    """859-246-5000 from ten digits; text that is no number stays as it came."""
    shown = f"{number[:3]}-{number[3:6]}-{number[6:]}" if readable and len(number) == 10 else number
    return f"{shown} ext. {extension}" if extension else shown


def card(asked: Asked, index: Index, hit: Hit, *, language: str, at: datetime, position: int) -> Card:
    """One hit as a card."""
    text = text_of(index, hit.row)
    service = text["services"][hit.service - index.services_of(hit.row).start]
    callable_now = next((number for number in numbers(text, at) if number.href), None)
    opening = service["opening"]
    return Card(
        id=text["id"],
        url=f"{'/es' if language == 'es' else ''}/place/{text['id']}",
        name=text["name"],
        program=service["name"] if service["name"] != text["name"] else "",
        street=text["street"],
        city=text["city"],
        state=text["state"],
        zip=text["zip"],
        county=text["county"].partition("/")[2],
        miles=hit.miles,
        about=text["point_from"] == "zip",
        tier=hit.tier,
        facts=_facts(asked, hit, service, language),
        listed_year=int(service["checked"][:4]) if service["checked"] else 0,
        call=callable_now,
        helpline=helpline(text["state"], language),
        opening=f"{opening[0]} {opening[1]}" if opening and hit.tier == 0 else "",
        position=position,
        latitude=text["latitude"],
        longitude=text["longitude"],
    )


def _facts(asked: Asked, hit: Hit, service: dict[str, Any], language: str) -> tuple[Stated, ...]:
    stated = service["facts"]
    found = {need: stated_fact(service, need, language) for need in keeps_to(service)}
    for position, condition in enumerate(asked.query.conditions):
        met = [need for need in condition.needs if _yes(service, need)]
        for need in met or condition.needs:
            answer = "yes" if met else "ask"
            if not met and position not in hit.unstated:
                answer = "no"
            found[need] = (
                stated_fact(service, need, language) if met else Stated(need, label(need, language), answer)
            )
    for need in WORTH_KNOWING:
        if len(found) >= MOST_FACTS:
            break
        if need in stated and need not in found and (stated[need][0] or need in _BARRIERS):
            found[need] = stated_fact(service, need, language)
    return tuple(found.values())


_BARRIERS = {
    "no-drug-test-to-enter",
    "no-upfront-payment",
    "keep-medicines",
    "methadone",
    "buprenorphine",
    "pregnant",
}


def _yes(service: dict[str, Any], need: str) -> bool:
    fact = service["facts"].get(need)
    return bool(fact[0]) if fact else need in service["codes"]


def stated_fact(service: dict[str, Any], need: str, language: str) -> Stated:
    """A need that a service states, with year and source; a code states yes and no year of its own."""
    fact = service["facts"].get(need)
    if fact is None:
        return Stated(need, label(need, language), "yes", service["codes"].get(need, 0))
    answer, year, source, said = fact
    return Stated(need, label(need, language), "yes" if answer else "no", year, said, source)
