"""One listing whole, for its own page."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import quote_plus

from daybreak.directory.published import finder
from daybreak.public.queries.cards import numbers, stated_fact, text_of
from daybreak.public.queries.helplines import helpline
from daybreak.public.queries.shapes import ListingView, ServiceView, Stated
from daybreak.vocabulary.needs import groups

# What decides whether somebody gets in: a caller should ask these where no source states them.
ASK_FIRST = (
    "medicaid", "free", "no-upfront-payment", "no-drug-test-to-enter", "keep-medicines", "buprenorphine", "methadone",
    "pregnant", "children-stay", "spanish", "deaf", "rides",
)  # fmt: skip


def listing(listing_id: str, *, language: str, at: datetime) -> ListingView | None:
    """The listing with this id, or None where no such listing is published."""
    index = finder().index()
    row = index.row_of(listing_id)
    if row is None:
        return None
    text = text_of(index, row)
    known = numbers(text, at)
    services = tuple(_service(service, language) for service in text["services"])
    stated = {need for service in text["services"] for need in service["facts"]}
    place = ", ".join(
        part for part in (text["street"], text["city"], f"{text['state']} {text['zip']}".strip()) if part
    )
    return ListingView(
        id=text["id"],
        name=text["name"],
        program=text["services"][0]["name"] if len(text["services"]) == 1 else "",
        street=text["street"],
        street_2=text["street_2"],
        city=text["city"],
        state=text["state"],
        zip=text["zip"],
        county=text["county"].partition("/")[2],
        website=text["website"],
        website_year=max((source[3] for source in text["sources"]), default=0),
        services=services,
        ask_first=tuple(need for need in ASK_FIRST if need not in stated),
        numbers=known,
        call=next((number for number in known if number.href), None),
        helpline=helpline(text["state"], language),
        sources=tuple((title, row_number, year) for _, row_number, title, year in text["sources"]),
        listed_year=max((service.listed_year for service in services), default=0),
        directions_url=f"https://www.openstreetmap.org/search?query={quote_plus(place)}"
        if text["street"]
        else "",
        map_url="",
        extra={
            "latitude": text["latitude"],
            "longitude": text["longitude"],
            "point_from": text["point_from"],
        },
    )


def _service(service: dict[str, Any], language: str) -> ServiceView:
    found: list[tuple[str, tuple[Stated, ...]]] = []
    for group in groups().values():
        facts = tuple(
            stated_fact(service, need, language) for need in group.needs if need in service["facts"]
        )
        if facts:
            found.append((group.es if language == "es" else group.en, facts))
    opening = service["opening"]
    return ServiceView(
        name=service["name"],
        groups=tuple(found),
        listed_year=int(service["checked"][:4]) if service["checked"] else 0,
        alert=service["alert"],
        opening=f"{opening[0]} {opening[1]}" if opening else "",
    )
