"""How another HSDS 3 server is asked for its services, whole or for what changed, and how its answer is loaded."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

from daybreak.directory.actions.fetching import Fetched, PagedList, PageFacts
from daybreak.directory.actions.given import Given
from daybreak.directory.actions.hsds_loading import load_services
from daybreak.directory.actions.loading import Reconciliation
from daybreak.directory.models import Feed
from daybreak.directory.readers.documents import decoded, documents
from daybreak.directory.readers.tables import UnusableFile


@dataclass(frozen=True, slots=True)
class HsdsFeed:
    """One question to an HSDS server. ``since``: only what changed after this moment, None = everything."""

    feed: Feed
    page_size: int
    since: datetime | None = None

    def asks(self) -> dict[str, Any]:
        """What is asked for, without the page: a fetch goes on only with the same question."""
        question: dict[str, Any] = {"address": self._services(), "full": "true", "per_page": self.page_size}
        if self.since:
            question["modified_after"] = self.since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return question

    def pages(self) -> PagedList:
        """The list in pages."""
        question = self.asks()
        address = question.pop("address")
        return PagedList(lambda page: f"{address}?{urlencode(question | {'page': page})}", _facts)

    def apply(
        self, *, by: str, at: datetime, as_of: date, fetched: Fetched
    ) -> tuple[Reconciliation, list[str]]:
        """Load every service at once; returns the books and what else should be known of them."""
        bare: list[str] = []
        given = Given(self.feed.slug, f"HSDS: {urlsplit(self.feed.address).hostname}", self.feed.slug, as_of,
                      self.feed.address, ())  # fmt: skip
        books = load_services(
            by=by, at=at, given=given, objects=_services(fetched, bare), name=f"{self.feed.slug}.json"
        )
        notes = (
            [f"{fetched.missing:,} services that the server announces never came."] if fetched.missing else []
        )
        if bare:
            notes.append(
                f"{len(bare):,} services came without a place: the server may not know full=true. They are kept and shown "
                "nowhere."
            )
        return books, notes

    def _services(self) -> str:
        address = self.feed.address.partition("?")[0].rstrip("/")
        return address if address.endswith("/services") else f"{address}/services"


def _services(fetched: Fetched, bare: list[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every service once, with where it stands; ``bare`` collects those without a place."""
    seen: set[str] = set()
    for number, path in enumerate(fetched.files, 1):
        for at, service in enumerate(_contents(_page(path.read_bytes()))):
            key = _key(service)
            if key in seen:
                continue
            seen.add(key)
            if isinstance(service, Mapping) and not service.get("service_at_locations"):
                bare.append(key)
            yield f"page {number} /contents/{at}", service


def _page(body: bytes) -> Any:
    """The one JSON value of a page; raises UnusableFile."""
    found = [value for _, _, value in documents(decoded(body))]
    if len(found) != 1:
        raise UnusableFile(f"A page must hold one JSON document; got {len(found)}.")
    return found[0]


def _contents(page: Any) -> list[Any]:
    contents = page.get("contents") if isinstance(page, dict) else page
    if not isinstance(contents, list):
        raise UnusableFile(
            "A page of /services must have contents, a list of services. Is this the address of an HSDS 3 server?"
        )
    return contents


def _facts(body: bytes) -> PageFacts:
    page = _page(body)
    keys = [_key(service) for service in _contents(page)]
    told = page if isinstance(page, dict) else {}
    number, pages, count = (
        _whole(told.get(name), name) for name in ("page_number", "total_pages", "total_items")
    )
    return PageFacts(number, pages, count, keys)


def _whole(value: Any, name: str) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 10**9:
        raise UnusableFile(f"A page's {name} must be a whole number.")
    return value


def _key(service: Any) -> str:
    named = isinstance(service, dict) and isinstance(service.get("id"), str)
    return str(service["id"]) if named else json.dumps(service, sort_keys=True)
