"""How the vignettes are put to the product: as a counsellor ticks boxes, and as a caller says it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.test import Client

from tests.vignettes.truth import STATES, Vignette, ages_of

# In the words of data/vocabulary/needs.csv; whom it takes is ticked as a counsellor would tick it.
TAKING = {
    "methadone": "accepts-methadone",
    "buprenorphine": "accepts-buprenorphine",
    "prescribed": "keep-medicines",
}
PAYING = {
    "private": "private-insurance", "military": "military-insurance", "cash": "self-pay", "sliding": "sliding-scale",
    "none": "free,sliding-scale,payment-help", "humana": "plan-humana", "wellcare": "plan-wellcare",
    "anthem": "plan-anthem", "passport": "plan-passport",
}  # fmt: skip
AGES = {
    "teens": "teens",
    "young-adults": "young-adults,adults",
    "seniors": "adults,seniors",
    "adults": "adults",
}


def ticked(person: Vignette) -> list[tuple[str, str]]:
    """The question as a counsellor ticks it."""
    needs = [*person.need.replace("|", ",").split(), *person.also.split()]
    needs += [PAYING.get(person.payment, person.payment)] if person.payment else []
    needs += ["pregnant"] if person.pregnant else []
    needs += ["children-stay"] if person.children else []
    needs += [TAKING[person.takes]] if person.takes else []
    needs += [person.sex] if person.sex else []
    if person.age is not None:
        needs.append(next(boxes for group, boxes in AGES.items() if group in ages_of(person.age)))
    return [
        *(("need", need) for need in dict.fromkeys(needs)), *(("not", group) for group in not_in(person)), *where(person),
    ]  # fmt: skip


def not_in(person: Vignette) -> list[str]:
    """The groups that some programs keep to and this person is not in."""
    wanted = person.needs
    groups = {
        "veterans-only": not wanted & {"veterans", "military-insurance"},
        "dui-only": "dui" not in wanted,
        "opioid-only": person.drug not in {"opioids", ""}
        and not wanted & {"methadone", "buprenorphine", "medication", "naltrexone"},
    }
    return [group for group, holds in groups.items() if holds]


def where(person: Vignette) -> list[tuple[str, str]]:
    """The place as it is put in its boxes."""
    town, _, state = person.place.partition(", ")
    if person.place in STATES:
        return [("state", STATES[person.place])]
    if town.endswith(" County"):
        return [("county", town.removesuffix(" County")), ("state", state)]
    return [("near", person.place), ("radius", f"{person.radius:g}")]


def said(person: Vignette) -> list[tuple[str, str]]:
    """The caller's sentence, and nothing else but the miles."""
    return [("q", person.sentence), *((name, value) for name, value in where(person) if name == "radius")]


def answered(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """The product's answer as data."""
    reply = Client().get(f"/api/find?{urlencode(pairs)}")
    found: dict[str, Any] = reply.json()
    return found if reply.status_code == 200 else {"refused": found, "results": [], "total": 0, "needs": []}


def page(person: Vignette) -> str:
    """The page that a person sees for the same boxes; there, boxes of one group are alternatives by themselves."""
    boxes = [
        (name, one) for name, text in ticked(person) for one in text.split(",") if name in {"need", "not"}
    ]
    return _drawn([*boxes, ("near", person.place), ("radius", f"{person.radius:g}")])


def page_of_sentence(person: Vignette) -> str:
    """The page that a person sees for the sentence."""
    return _drawn(said(person))


def _drawn(pairs: list[tuple[str, str]]) -> str:
    reply = Client().get(f"/find?{urlencode(pairs)}")
    assert reply.status_code == 200, reply.status_code
    return reply.content.decode()


def tells_whom_it_keeps_to(result: dict[str, Any], reason: str) -> bool:
    """Whether the listing itself says that it keeps to the people that the raw rows name in ``reason``."""
    groups = {
        "only veterans": "veterans-only", "only after a DUI": "dui-only",
        "only people on opioid medication": "opioid-only",
    }  # fmt: skip
    return reason in groups and groups[reason] in result["yes"]


def sources(result: dict[str, Any]) -> frozenset[tuple[str, int]]:
    """The raw rows of which a listing is made."""
    return frozenset((one["source"], one["row"]) for one in result["sources"])
