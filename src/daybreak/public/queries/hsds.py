"""What an address below /api/hsds/ shows: the selected ids, and the objects of one page of them, one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from daybreak.directory.queries import hsds
from daybreak.directory.queries.hsds_selection import Conditions, Selection
from daybreak.public.rules.hsds_parameters import Asked

Shape = dict[str, Any]
MINIMAL = ("id", "name", "status", "last_modified")
_ORGANIZATIONS_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Page:
    """One page: how many entities are selected in all, the numbers of its envelope, and its objects, read as they are taken."""

    total_items: int
    total_pages: int
    page_number: int
    size: int
    contents: Iterator[Shape]

    def envelope(self) -> Shape:
        """The page's numbers as HSDS names them, without its contents."""
        return {
            "total_items": self.total_items,
            "total_pages": self.total_pages,
            "page_number": self.page_number,
            "size": self.size,
            "first_page": self.page_number == 1,
            "last_page": self.page_number >= self.total_pages,
            "empty": self.size == 0,
        }


def page(kind: str, asked: Asked, *, at: datetime) -> Page:
    """A page of ``kind`` (services, organizations, …), selected by every parameter that was given."""
    selection = Selection()
    conditions = Conditions(
        search=asked.search,
        taxonomy_term_id=asked.taxonomy_term_id,
        taxonomy_id=asked.taxonomy_id,
        organization_id=asked.organization_id,
        parent_id=asked.parent_id,
        modified_after=asked.modified_after,
        postcode=asked.postcode,
        proximity_m=asked.proximity_m,
        top_only=asked.top_only,
    )
    selected: list[str] = getattr(selection, kind)(conditions)
    per_page = asked.per_page or max(len(selected), 1)
    first = (asked.page - 1) * per_page
    ids = selected[first : first + per_page]
    return Page(
        total_items=len(selected),
        total_pages=-(-len(selected) // per_page),
        page_number=asked.page,
        size=len(ids),
        contents=_shapes(kind, ids, asked, selection, at),
    )


def one(kind: str, entity_id: str, asked: Asked, *, at: datetime) -> Shape | None:
    """One entity whole, or the one that stands for it; None = nothing published has this id."""
    selection = Selection()
    if kind == "services":
        entity_id = selection.service(entity_id)
    elif kind == "service_at_locations":
        entity_id = selection.service_at_location(entity_id)
    whole = Asked(full=True, full_service=asked.full_service)
    return next(_shapes(kind, [entity_id], whole, selection, at), None)


def _shapes(kind: str, ids: list[str], asked: Asked, selection: Selection, at: datetime) -> Iterator[Shape]:
    together = selection.together
    if kind == "services":
        found = hsds.services(at=at, ids=ids, full=asked.full, together=together)
        return ({name: shape[name] for name in MINIMAL} for shape in found) if asked.minimal else found
    if kind == "service_at_locations":
        return hsds.service_at_locations(at=at, ids=ids, full=asked.full, together=together)
    if kind == "organizations":
        full = asked.full or asked.full_service
        bodies = hsds.organizations(at=at, ids=ids, full=full, together=together)
        return _with_services(bodies, selection, at) if asked.full_service else bodies
    return (hsds.taxonomies if kind == "taxonomies" else hsds.taxonomy_terms)(ids)


def _with_services(bodies: Iterable[Shape], selection: Selection, at: datetime) -> Iterator[Shape]:
    """Organizations whose services stand within them whole, a few organizations at a time."""
    source = iter(bodies)
    while batch := list(islice(source, _ORGANIZATIONS_AT_ONCE)):
        ids = [service["id"] for body in batch for service in body.get("services", ())]
        whole = {
            shape["id"]: shape
            for shape in hsds.services(at=at, ids=ids, full=True, together=selection.together)
        }
        for body in batch:
            if "services" in body:
                body["services"] = [whole[s["id"]] for s in body["services"] if s["id"] in whole]
            yield body
