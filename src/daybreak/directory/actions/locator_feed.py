"""How FindTreatment.gov is asked for a state, a county or the places around a ZIP, and how its answer is loaded."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from daybreak.directory.actions.fetching import Fetched, PagedList, PageFacts
from daybreak.directory.actions.given import saved_locator
from daybreak.directory.actions.loading import Reconciliation, load_given
from daybreak.directory.models import Feed
from daybreak.directory.readers.documents import decoded, documents
from daybreak.directory.readers.findtreatment import Reply, read_reply, row_key
from daybreak.directory.readers.tables import UnusableFile
from daybreak.directory.rules.areas import Area, area_around, area_of

TYPES = ("sa", "mh", "both")
# A locator that serves a smaller circle than it is asked for does not say so; its farthest row does.
_NEARER_THAN_ASKED = 0.75


@dataclass(frozen=True, slots=True)
class LocatorFeed:
    """One question to the locator."""

    feed: Feed
    area: Area
    page_size: int

    @classmethod
    def of(cls, feed: Feed, *, page_size: int) -> LocatorFeed:
        """The question that a feed asks; raises NoSuchArea."""
        asked = feed.asked
        if asked.get("zip"):
            return cls(feed, area_around(asked["zip"], int(asked["miles"])), page_size)
        return cls(feed, area_of(asked["state"], asked.get("county", "")), page_size)

    def asks(self) -> dict[str, Any]:
        """What is asked for, without the page: a fetch goes on only with the same question."""
        return {
            "address": self.feed.address,
            "sType": self.feed.asked.get("type", "sa"),
            # A bare ZIP is not understood: the middle goes as degrees, the radius in metres (limitType 2).
            "sAddr": f"{self.area.latitude:.5f},{self.area.longitude:.5f}",
            "limitType": 2,
            "limitValue": self.area.metres,
            "pageSize": self.page_size,
            "sort": 0,
        }

    def pages(self) -> PagedList:
        """The list in pages."""
        question = self.asks()
        address = question.pop("address")
        joint = "&" if urlsplit(address).query else "?"
        return PagedList(lambda page: f"{address}{joint}{urlencode(question | {'page': page})}", _facts)

    def apply(
        self, *, by: str, at: datetime, as_of: date, fetched: Fetched, folder: Path, strict: bool = False
    ) -> tuple[Reconciliation, list[str]]:
        """Load the whole list at once; returns the books and what else should be known of it."""
        rows, outside, farthest = self.rows(fetched)
        notes: list[str] = []
        if outside:
            notes.append(
                f"{outside:,} rows of other states or counties lay in the circle that was asked for; they were left out."
            )
        if self.area.state and farthest is not None and farthest < self.area.miles * _NEARER_THAN_ASKED:
            notes.append(
                f"The farthest row lies {farthest:.0f} miles from the middle, and {self.area.miles:.0f} were asked for: the "
                "locator may serve smaller circles only. Compare with --near ZIP --miles N for the edges."
            )
        if fetched.missing:
            notes.append(f"{fetched.missing:,} rows that the list announces never came.")
        text = "".join(f"{json.dumps(row)}\n" for row in rows).encode()
        path = folder / "list.ndjson"
        path.write_bytes(text)
        given = saved_locator(text, as_of=as_of, slug=self.feed.slug, title=self.title())
        books = load_given(
            by=by, at=at, given=given, name=f"{self.feed.slug}.ndjson", sha256=hashlib.sha256(text).hexdigest(),
            strict=strict, whole=not fetched.missing,
        )  # fmt: skip
        return books, notes

    def rows(self, fetched: Fetched) -> tuple[list[Any], int, float | None]:
        """Every row of the area once, how many lay outside it, and how many miles away the farthest of all is."""
        found: dict[str, Any] = {}
        miles: list[float] = []
        for path in fetched.files:
            for row in _reply(path.read_bytes()).rows:
                found[row_key(row)] = row
                if isinstance(row, Mapping) and isinstance(row.get("miles"), (int, float)):
                    miles.append(float(row["miles"]))
        inside = [row for row in found.values() if not isinstance(row, Mapping) or self.area.has(row)]
        return inside, len(found) - len(inside), max(miles, default=None)

    def title(self) -> str:
        """What the source is called on pages."""
        asked = self.feed.asked
        place = f"{asked['miles']} mi / {asked['zip']}" if asked.get("zip") else asked["state"]
        county = f", {asked['county']}" if asked.get("county") else ""
        return f"FindTreatment.gov ({place}{county})"


def _reply(body: bytes) -> Reply:
    """The one reply in a page; raises UnusableFile."""
    found = [read_reply(value) for _, _, value in documents(decoded(body))]
    if len(found) != 1:
        raise UnusableFile(f"A page must hold one reply; got {len(found)}.")
    return found[0]


def _facts(body: bytes) -> PageFacts:
    reply = _reply(body)
    return PageFacts(reply.page, reply.pages, reply.count, [row_key(row) for row in reply.rows])


def locator_slug(asked: Mapping[str, Any]) -> str:
    """The name of a question: findtreatment-ky, findtreatment-ky-fayette, findtreatment-near-40508-25; -mh or -both after it."""
    place = [f"near-{asked['zip']}-{asked['miles']}"] if asked.get("zip") else [asked["state"].lower()]
    if asked.get("county"):
        place.append(
            "".join(letter if letter.isalnum() else "-" for letter in asked["county"].lower()).strip("-")
        )
    kind = asked.get("type", "sa")
    return "-".join(["findtreatment", *place, *([kind] if kind != "sa" else [])])[:45].rstrip("-")
