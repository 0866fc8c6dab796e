"""The places of the desk: at most seven, each for whoever may open it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from daybreak.accounts.rules.viewing import Viewer


@dataclass(frozen=True, slots=True)
class Place:
    """One link of the rail. ``doors`` are (address, permission) pairs: the link leads to the first that may be opened.

    The place counts as *here* below any of ``doors`` and ``also``.
    """

    slug: str
    label: str
    doors: tuple[tuple[str, str], ...]
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """A place as a viewer sees it."""

    label: str
    url: str
    here: bool


PLACES = (
    Place("start", "Start", (("/desk/", ""),)),
    Place("ledger", "Ledger", (("/desk/ledger", "see-ledger"),), ("/desk/events",)),
    Place(
        "seizures",
        "Seizures",
        (("/desk/seizures", "see-ledger"),),
        ("/desk/operations", "/desk/prices", "/desk/staffing"),
    ),
    Place("streams", "Streams", (("/desk/streams", "see-alerts"),)),
    Place("briefs", "Briefs", (("/desk/briefs", "see-brief"),)),
    Place("imports", "Imports", (("/desk/imports", "run-imports"),), ("/desk/mappings",)),
    Place(
        "house",
        "People",
        (
            ("/desk/people", "manage-people"),
            ("/desk/agencies", "manage-agencies"),
            ("/desk/audit", "read-audit"),
        ),
    ),
)


def rail(viewer: Viewer, path: str, exists: Callable[[str], bool]) -> list[Link]:
    """The links for a viewer who stands at ``path``; an address that does not ``exist`` has none."""
    links = []
    for place in PLACES:
        open_doors = [
            url
            for url, permission in place.doors
            if (not permission or viewer.may(permission)) and exists(url)
        ]
        if open_doors:
            below = [url for url, _ in place.doors] + list(place.also)
            here = path == "/desk/" if place.slug == "start" else any(_at(path, url) for url in below)
            links.append(Link(place.label, open_doors[0], here))
    return links


def _at(path: str, url: str) -> bool:
    return path == url or path.startswith(url + "/")
