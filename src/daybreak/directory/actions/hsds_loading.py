"""Loads HSDS 3 documents: ``load_hsds`` reads a path, ``load_services`` takes objects from wherever they come."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from daybreak.audit.actions import record
from daybreak.directory.actions.bookkeeping import batches
from daybreak.directory.actions.books import (
    Reconciliation,
    counts_of,
    file_import,
    refuse_tomorrow,
    source_of,
    take_turns,
)
from daybreak.directory.actions.failures import said_in_full
from daybreak.directory.actions.given import BUILT_IN, Given
from daybreak.directory.actions.hsds_filing import BATCH, Filing
from daybreak.directory.actions.hsds_terms import OWN_LISTS
from daybreak.directory.actions.loading import Progress
from daybreak.directory.models import Record
from daybreak.directory.readers.hsds import Document, Item, checked, newest_day, slug_of
from daybreak.directory.readers.hsds_json import Found, unfit
from daybreak.directory.readers.tables import UnusableFile
from daybreak.directory.rules.hsds_in import ServiceDrafter
from daybreak.directory.rules.hsds_in_draft import Draft
from daybreak.directory.rules.hsds_in_facts import taxonomy_said, term_said
from daybreak.directory.rules.hsds_in_parts import Unfit
from daybreak.directory.rules.rows import Refused

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def load_hsds(
    *, by: str, at: datetime, path: Path, slug: str = "", title: str = "", as_of: date | None = None, citation: str = "",
    strict: bool = False, progress: Progress | None = None,
) -> Reconciliation:  # fmt: skip
    """Load a document from the disk; the same document again changes nothing.

    A document of another Daybreak says itself who said what and when; in any other everything is said by one source:
    ``slug`` and ``title`` (by default from the file's name) on ``as_of`` (by default the newest day in it). Raises
    UnusableFile, having changed nothing, where the document cannot be read, and NotWritten where the disk is full.
    """
    try:
        document = Document(path)
        # Read twice, since the whole list speaks for one day; with --as-of once.
        newest, total = (as_of, 0) if as_of else newest_day(document.items(check=False))
        if newest is None and total:
            raise UnusableFile(
                "The document says nowhere of which day it is (no assured_date, no last_modified). Say so: --as-of 2026-11-22."
            )
        given = _given(slug or slug_of(document.stem), title or document.stem, newest or at.date(), citation)
        return _load(
            by=by, at=at, given=given, items=document.items(), strict=strict, progress=progress, total=total,
            name=path.name or document.stem, sha256=document.sha256(),
        )  # fmt: skip
    except OSError as problem:
        raise UnusableFile(
            f"{path} cannot be read: {problem.strerror}. Give the path of a document."
        ) from None


def load_services(
    *, by: str, at: datetime, given: Given, objects: Iterable[tuple[str, Mapping[str, Any]]], strict: bool = False,
    progress: Progress | None = None, name: str = "", sha256: str = "",
) -> Reconciliation:  # fmt: skip
    """Load services (or organizations, terms …) one after the other, each with where it was found ("page 3 /contents/12").

    For whoever fetches them; ``given`` (whose ``rows`` are not read) is the source that says everything that no other
    source of the object's own says. The objects are checked against the schemas here. One transaction.
    """
    items = (
        checked(Found(where, number, _as_text(value), value, unfit(value, where)))
        for number, (where, value) in enumerate(objects, 1)
    )
    return _load(
        by=by, at=at, given=given, items=items, strict=strict, progress=progress, total=0, name=name or given.slug,
        sha256=sha256 or "0" * 64,
    )  # fmt: skip


def _as_text(value: object) -> str:
    return json.dumps(value, default=str)


def _given(slug: str, title: str, as_of: date, citation: str) -> Given:
    if not _SLUG.fullmatch(slug) or len(slug) > 60:
        raise UnusableFile(
            "--slug must be lower-case letters, digits and hyphens, at most 60, such as hsds-lexington."
        )
    if BUILT_IN.fullmatch(slug):
        raise UnusableFile(
            f"The slug {slug!r} belongs to a list that Daybreak reads by itself. Choose another: --slug NAME."
        )
    return Given(slug, title[:300], slug, as_of, citation, ())


def _load(
    *, by: str, at: datetime, given: Given, items: Iterable[Item], strict: bool, progress: Progress | None, total: int,
    name: str, sha256: str,
) -> Reconciliation:  # fmt: skip
    refuse_tomorrow(given, at)
    with said_in_full("The load"), transaction.atomic():
        take_turns()
        source = source_of(given)
        loading = _Loading(Filing(source, at=at), given)
        for done in loading.run(items):
            if progress:
                progress(done, max(total, done))
        books = loading.books(strict=strict)
        if not books.read:
            raise UnusableFile("The document holds no object. Give the one that holds the services.")
        if not books.applied:
            transaction.set_rollback(True)
            return books
        file_import(books, source, loading.refused, by=by, at=at, name=name, sha256=sha256, mapping="")
        record(
            by=by,
            at=at,
            action="load-directory",
            subject=source.slug,
            detail=counts_of(books) | {"sha256": sha256},
        )
    return books


class _Loading:
    """The run of one load: every object becomes a draft, a term or a refusal."""

    def __init__(self, filing: Filing, given: Given) -> None:
        self.filing, self.given = filing, given
        self.outcomes: Counter[str] = Counter()
        self.refused: list[Refused] = []
        self._met: dict[tuple[str, str], tuple[str, str]] = {}
        self._before = set(Record.objects.filter(source=filing.source).values_list("key", flat=True))
        self._row = 0

    def run(self, items: Iterable[Item]) -> Iterator[int]:
        """File everything, a batch at a time; yields how many objects are done."""
        for batch in batches(self._drafted(items), BATCH):
            filed = self.filing.file([draft for _, draft in batch])
            for (item, _), outcome in zip(batch, filed, strict=True):
                if isinstance(outcome, Unfit):
                    self._refuse(item, f"{item.pointer}{outcome.pointer} {outcome.reason}")
                else:
                    self.outcomes[outcome] += 1
            yield self._row
        self.filing.glossary.join_parents()

    def _drafted(self, items: Iterable[Item]) -> Iterator[tuple[Item, Draft]]:
        for item in items:
            self._row += 1
            if item.fault:
                self._refuse(item, item.fault)
                continue
            try:
                draft = self._draft(item)
            except Unfit as problem:
                self._refuse(item, f"{item.pointer}{problem.pointer} {problem.reason}")
                continue
            if draft is not None:
                yield item, draft

    def _draft(self, item: Item) -> Draft | None:
        """The draft of a service or an organization; a term is filed at once."""
        if item.entity in {"taxonomy", "taxonomy_term"}:
            self._term(item)
            return None
        drafter = ServiceDrafter(item.value, item.entity, slug=self.given.slug, as_of=self.given.as_of)
        if item.entity == "organization":
            draft = drafter.organization()
        else:
            draft = drafter.service(partial=item.partial, row=self._row, line=item.line)
        key = item.entity, str(draft.id)
        met = self._met.get(key)
        if met is None or item.partial:
            self._met[key] = (item.pointer, draft.digest)
            return draft
        if met[1] == draft.digest:
            self.outcomes["merged"] += 1
            return None
        raise Unfit(
            "/id",
            f"also stands at {met[0] or 'the top'}, with other words. Every {item.entity} needs an id of its own",
        )

    def _term(self, item: Item) -> None:
        own = {str(key) for key in OWN_LISTS}
        if item.value["id"] in own or item.value.get("taxonomy_id") in own:
            self.outcomes["unchanged"] += 1  # our own two lists stand in every installation
        elif item.entity == "taxonomy":
            self.outcomes[self.filing.glossary.taxonomy(taxonomy_said(item.value))[1]] += 1
        else:
            said = term_said(item.value, unnamed=f"Terms of {self.given.slug}")
            self.outcomes[self.filing.glossary.term(said)[1]] += 1

    def _refuse(self, item: Item, reason: str) -> None:
        self.refused.append(Refused(item.line, self._row, item.raw, reason[:300]))

    def books(self, *, strict: bool) -> Reconciliation:
        """What became of everything."""
        told = self.outcomes
        absent = self._before - {key for entity, key in self._met if entity == "service"}
        books = Reconciliation(
            self.filing.source.slug, told["loaded"], told["updated"], told["unchanged"], told["merged"], len(self.refused),
            len(absent), quarantine=tuple((row.line, row.reason) for row in self.refused),
        )  # fmt: skip
        return replace(books, applied=not (strict and self.refused))
