"""The answer to a search as JSON and as plain text, for shells and scripts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from daybreak.finder.index import Index
from daybreak.finder.query import Answer, Hit, NearMiss, Query
from daybreak.public.queries.cards import is_current, keeps_to, label, text_of
from daybreak.public.queries.helplines import helpline
from daybreak.public.queries.requested import Requested
from daybreak.vocabulary.needs import codes_by_need, groups
from daybreak.vocabulary.places import Found


def as_json(index: Index, asked: Requested, answer: Answer, *, at: datetime) -> dict[str, Any]:
    """The reply that docs/reference/find.md describes, key by key."""
    query, said, place = asked.query, asked.said, asked.place
    return {
        "needs": [_need(need, said) for condition in query.conditions for need in condition.needs],
        "excluded": [_need(need, said) for need in query.excluded],
        "place": {"kind": place.kind, "label": place.label, "others": list(place.others)},
        "total": answer.total,
        "ask_total": answer.unstated_total,
        "results": [result(index, query, hit, at=at) for hit in answer.hits],
        "facets": _facets(answer),
        "near_misses": [
            {"condition": _condition(query, miss), "change": _change(miss), "more": miss.more}
            for miss in answer.near_misses
        ],
    }


def _need(need: str, said: dict[str, str]) -> dict[str, Any]:
    codes = codes_by_need().get(need)
    return {"need": need, "codes": list(codes[True]) if codes else [need], "from": said.get(need, need)}


def result(index: Index, query: Query, hit: Hit, *, at: datetime) -> dict[str, Any]:
    """One hit. A number stands in ``phones`` only while somebody confirmed it within a year; else in ``historic_phones``."""
    text = text_of(index, hit.row)
    service = text["services"][hit.service - index.services_of(hit.row).start]
    line = helpline(text["state"], "en")
    return {
        "id": text["id"],
        "name": text["name"],
        "program": service["name"],
        "street": text["street"],
        "city": text["city"],
        "state": text["state"],
        "zip": text["zip"],
        "county": text["county"].partition("/")[2],
        "miles": None if hit.miles is None else round(hit.miles, 2),
        "tier": hit.tier,
        "latitude": text["latitude"],
        "longitude": text["longitude"],
        "point_from": text["point_from"],
        "why": why(query, hit, service, text["point_from"]),
        "codes": list(service["codes"]),
        "yes": sorted(need for need, fact in service["facts"].items() if fact[0]),
        "no": sorted(need for need, fact in service["facts"].items() if not fact[0]),
        "phones": _phones(text, at, current=True),
        "historic_phones": _phones(text, at, current=False),
        "helpline": {"name": line.name, "number": line.href.removeprefix("tel:")},
        "listed_on": service["checked"] or None,
        "sources": [{"source": slug, "row": row} for slug, row, _, _ in text["sources"]],
        "path": f"/place/{text['id']}",
    }


def _phones(text: dict[str, Any], at: datetime, *, current: bool) -> list[dict[str, str]]:
    return [
        {"number": number, "extension": extension, "kind": kind, "confirmed_on": confirmed}
        for number, extension, kind, readable, confirmed in text["phones"]
        if is_current(readable, confirmed, at) is current
    ]


def why(query: Query, hit: Hit, service: dict[str, Any], point_from: str) -> list[str]:
    """Why a listing stands where it stands, a line a reason; miles to the middle of a ZIP area are about right."""
    lines = ["can take you now"] if hit.tier == 0 else []
    lines += [f"only: {need} ({service['facts'][need][1]})" for need in keeps_to(service)]
    for position, condition in enumerate(query.conditions):
        for need in condition.needs:
            fact = service["facts"].get(need)
            if fact and fact[0]:
                lines.append(f"yes: {need} ({fact[1]})")
            elif need in service["codes"]:
                lines.append(f"yes: {need} ({service['codes'][need]})")
            elif position in hit.unstated:
                lines.append(f"ask: {need} (not stated)")
    if hit.miles is not None:
        lines.append(f"{'about ' if point_from == 'zip' else ''}{hit.miles:.1f} miles")
    lines.append(f"listed in {service['checked'][:4]}" if service["checked"] else "never checked")
    return lines


def _facets(answer: Answer) -> dict[str, dict[str, int]]:
    counts: dict[str, int] = {}
    for members in answer.facets.values():
        counts |= members
    return {group.name: {need: counts.get(need, 0) for need in group.needs} for group in groups().values()}


def _condition(query: Query, miss: NearMiss) -> str:
    if miss.kind == "condition":
        return ",".join(query.conditions[miss.position].needs)
    return f"not {query.excluded[miss.position]}" if miss.kind == "excluded" else miss.kind


def _change(miss: NearMiss) -> str:
    return f"radius {miss.radius_miles:g}" if miss.radius_miles else miss.change


def as_text(index: Index, query: Query, answer: Answer, said: dict[str, str], place: Found) -> str:
    """The same for people: one listing a block."""
    lines = [f"{answer.total:,} places, {place.label}"]
    lines += [
        "  needs " + " or ".join(label(n, "en") for n in condition.needs) for condition in query.conditions
    ]
    lines += [f"  not {label(need, 'en')}" for need in query.excluded]
    for hit in answer.hits:
        text = text_of(index, hit.row)
        service = text["services"][hit.service - index.services_of(hit.row).start]
        lines += [
            "",
            f"{text['name']} – {text['city']}, {text['state']} {text['zip']}",
            "  " + " · ".join(why(query, hit, service, text["point_from"])),
        ]
    if answer.near_misses:
        lines.append("")
        lines += [f"{m.more:,} more: {_condition(query, m)} – {_change(m)}" for m in answer.near_misses]
    return "\n".join(lines)
