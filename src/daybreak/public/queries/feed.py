"""What changed in the published directory, or among the listings of one search, as entries of a feed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice
from typing import Any

import numpy as np
from django.conf import settings

from daybreak.directory.published import finder
from daybreak.directory.queries.changes import Change, DamagedChanges, Publication, changes_of, files_in
from daybreak.finder.building import build
from daybreak.finder.index import Index
from daybreak.finder.listings import Listings
from daybreak.finder.query import Query
from daybreak.finder.search import search
from daybreak.public.queries.cards import label
from daybreak.vocabulary.needs import alternatives, needs
from daybreak.vocabulary.samhsa import codes

PAGE = 100
# Each publication is searched as it was, so a feed of a search looks back at so many and says where it ends.
MOST_PUBLICATIONS = 30

_UNSAYABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. ``kind``: new, changed, gone, fits (now fits the search), left (no longer fits it), first (the list was
    published for the first time), gap (changes before it were not kept). ``facts``: (service, label, before, after)."""

    kind: str
    at: datetime
    key: str
    change: Change | None = None
    listings: int = 0
    facts: tuple[tuple[str, str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Feed:
    """One page of entries, newest first; ``more``: there are older ones. ``updated`` is the newest publication's moment."""

    entries: tuple[Entry, ...]
    updated: datetime
    page: int
    more: bool


def feed(query: Query | None, *, language: str, page: int = 1) -> Feed:
    """The changes of the whole directory, or of the listings that ``query`` finds or found (None = all)."""
    index = finder().index()
    known = files_in(settings.GENERATIONS)[: None if query is None else MOST_PUBLICATIONS]
    found = list(islice(_entries(known, query, index), (page - 1) * PAGE, page * PAGE + 1))
    updated = known[0].at if known else datetime.fromtimestamp(index.built_at_minutes * 60, UTC)
    return Feed(
        entries=tuple(_labelled(entry, language) for entry in found[:PAGE]),
        updated=updated,
        page=page,
        more=len(found) > PAGE,
    )


def _entries(known: Sequence[Publication], query: Query | None, index: Index) -> Iterator[Entry]:
    """Entries from the newest publication back; the oldest says whether anything before it is known."""
    fits_now = None if query is None else _fitting(index, query)
    later: dict[str, bool] = {}
    for at, publication in enumerate(known):
        try:
            changes, former = _kept(publication)
        except DamagedChanges:
            yield _mark("gap", publication)
            continue
        if query is None or fits_now is None:
            yield from (_entry(change.kind, change, publication) for change in changes)
        else:
            fitted = _fitting(former, _at(query, publication))
            yield from _of_search(changes, fitted, fits_now, later, publication)
        older = known[at + 1].generation if at + 1 < len(known) else ""
        if publication.before != older or not publication.before:
            yield _mark("gap" if publication.before or older else "first", publication)


def _of_search(
    changes: Iterable[Change],
    fitted: frozenset[str],
    fits_now: frozenset[str],
    later: dict[str, bool],
    publication: Publication,
) -> Iterator[Entry]:
    """The changes that touch the search. ``later`` is listing → whether it fitted just before a newer publication; whoever
    is not in it stands as now."""
    for change in changes:
        after = change.kind != "gone" and later.get(change.id, change.id in fits_now)
        before = change.id in fitted
        later[change.id] = before
        if not (before or after):
            continue
        kind = change.kind
        if kind == "changed" and before != after:
            kind = "fits" if after else "left"
        yield _entry(kind, change, publication)


def _entry(kind: str, change: Change, publication: Publication) -> Entry:
    return Entry(kind, publication.at, f"{_moment(publication)}/listing/{change.id}", change=change)


def _mark(kind: str, publication: Publication) -> Entry:
    """Where what is known begins, or has a hole."""
    return Entry(kind, publication.at, f"{_moment(publication)}/{kind}", listings=publication.listings)


def _moment(publication: Publication) -> str:
    return f"{publication.at:%Y%m%dT%H%MZ}-{publication.generation}"


def _labelled(entry: Entry, language: str) -> Entry:
    if entry.change is None:
        return entry
    facts = tuple(
        (service, label(need, language), before, after) for service, need, before, after in entry.change.facts
    )
    return replace(entry, facts=facts)


def _fitting(index: Index | None, query: Query) -> frozenset[str]:
    if index is None:
        return frozenset()
    return frozenset(hit.listing_id for hit in search(index, query, everything=True).hits)


def _at(query: Query, publication: Publication) -> Query:
    """The same question just before a publication; openings are not kept, so none counts there."""
    minutes = publication.built_at_minutes
    return replace(query, now_minutes=minutes, today_days=minutes // (24 * 60))


@lru_cache(maxsize=MOST_PUBLICATIONS + 2)
def _kept(publication: Publication) -> tuple[tuple[Change, ...], Index | None]:
    """What a publication changed, and the listings that it changed or took away as they were, as an index of their own."""
    changes = changes_of(publication)
    texts = [change.before for change in changes if change.before is not None]
    former = build(_arrays(texts)) if texts else None
    return tuple(_slim(change) for change in changes), former


def _slim(change: Change) -> Change:
    """Without the former text, and without marks that XML cannot hold."""
    facts = tuple((sayable(service), need, was, now) for service, need, was, now in change.facts)
    name, city, state = (sayable(word) for word in (change.name, change.city, change.state))
    return replace(change, before=None, facts=facts, name=name, city=city, state=state)


def sayable(text: str) -> str:
    """The text without marks that XML cannot hold, whoever wrote them: one of them makes a whole feed unreadable."""
    return _UNSAYABLE.sub(" ", text)


def _arrays(texts: list[dict[str, Any]]) -> Listings:
    columns = [*needs(), *sorted({*codes(), *_codes(texts)})]
    at = {name: position for position, name in enumerate(columns)}
    owners: list[int] = []
    yes: list[tuple[int, int]] = []
    no: list[tuple[int, int]] = []
    for row, text in enumerate(texts):
        for service in text["services"]:
            number = len(owners)
            owners.append(row)
            yes += [(number, at[code]) for code in service["codes"]]
            for need, fact in service["facts"].items():
                if need in at:
                    (yes if fact[0] else no).append((number, at[need]))
    return Listings(
        ids=[text["id"] for text in texts],
        latitude=np.array([_degrees(text["latitude"]) for text in texts], np.float64),
        longitude=np.array([_degrees(text["longitude"]) for text in texts], np.float64),
        counties=[text["county"] if text["county"][:2] == text["state"] else "" for text in texts],
        states=[text["state"] for text in texts],
        names=[" ".join([text["name"], text["organization"], *_programs(text)]) for text in texts],
        payloads=[b""] * len(texts),
        service_listing=np.array(owners, np.int32),
        service_checked_days=np.full(len(owners), -1, np.int32),
        service_open_until=np.zeros(len(owners), np.int64),
        columns=columns,
        groups=alternatives(),
        yes=np.array(yes, np.int32).reshape(-1, 2),
        no=np.array(no, np.int32).reshape(-1, 2),
    )


def _codes(texts: Iterable[dict[str, Any]]) -> set[str]:
    return {code for text in texts for service in text["services"] for code in service["codes"]}


def _programs(text: dict[str, Any]) -> list[str]:
    return [service["name"] for service in text["services"]]


def _degrees(value: float | None) -> float:
    return float("nan") if value is None else value
