"""Compares two published texts of one listing: what is new about it, what changed, in which parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Text = dict[str, Any]
# Part of a listing → the keys of its text; the words for each part stand in the feed's template.
PARTS: dict[str, tuple[str, ...]] = {
    "name": ("name", "organization"),
    "address": ("street", "street_2", "city", "state", "zip", "county"),
    "point": ("latitude", "longitude", "point_from"),
    "website": ("website",),
}


@dataclass(frozen=True, slots=True)
class Said:
    """One need or code of one service, before and after: "yes", "no" or "" (not stated)."""

    service: str
    need: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs between two texts of a listing: the parts, and each fact that is not what it was."""

    parts: tuple[str, ...]
    facts: tuple[Said, ...]


def difference(before: Text, after: Text) -> Difference | None:
    """What changed for a reader; None where nothing did. A row that moved in its source is no change."""
    parts = [part for part, keys in PARTS.items() if any(before[key] != after[key] for key in keys)]
    if _numbers(before) != _numbers(after):
        parts.append("phones")
    elif before["phones"] != after["phones"]:
        parts.append("confirmed")
    was, now = _services(before), _services(after)
    if {key: one["name"] for key, one in was.items()} != {key: one["name"] for key, one in now.items()}:
        parts.append("services")
    both = [(was[key], now[key]) for key in sorted(was.keys() & now.keys())]
    facts = tuple(said for old, new in both for said in _facts(old, new))
    parts += ["facts"] if facts else []
    parts += [
        part
        for part, key in (("notes", "alert"), ("openings", "opening"))
        if any(old[key] != new[key] for old, new in both)
    ]
    if not facts and any(_ages(old) != _ages(new) for old, new in both):
        parts.append("checked")
    return Difference(tuple(parts), facts) if parts else None


def _numbers(text: Text) -> set[tuple[Any, ...]]:
    return {tuple(phone[:4]) for phone in text["phones"]}


def _services(text: Text) -> dict[str, Text]:
    return {service["id"]: service for service in text["services"]}


def _answers(service: Text) -> dict[str, str]:
    said = dict.fromkeys(service["codes"], "yes")
    return said | {need: "yes" if fact[0] else "no" for need, fact in service["facts"].items()}


def _facts(before: Text, after: Text) -> list[Said]:
    was, now = _answers(before), _answers(after)
    return [
        Said(after["name"], need, was.get(need, ""), now.get(need, ""))
        for need in sorted(was.keys() | now.keys())
        if was.get(need) != now.get(need)
    ]


def _ages(service: Text) -> tuple[Any, ...]:
    """When it was listed or checked, and the years of its facts and codes."""
    return service["checked"], {need: fact[1] for need, fact in service["facts"].items()}, service["codes"]
