"""Who is looking, as a plain value: the viewer that every query of the ledger takes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Grant:
    """What one other agency lets the viewer's agency see of one kind of data, under an agreement in force today.

    ``fields`` are slugs of rules.agencies.SHARED_FIELDS; ``place`` and ``time`` the finest precisions that may be shown.
    """

    agency_id: int
    kind: str
    fields: frozenset[str]
    place: str
    time: str


@dataclass(frozen=True, slots=True)
class Viewer:
    """A person at one moment: agency, roles, and what other agencies let that agency see.

    ``person`` is None for somebody who is not signed in, and for a shell command, which passes ``agency_id``. The own
    agency's rows need no grant. ``law_enforcement`` is true where one role or the agency enforces the law. ``synthetic``:
    what the agency holds was invented for trying.
    """

    person: UUID | None
    name: str
    agency_id: int | None
    agency: str
    roles: frozenset[str]
    permissions: frozenset[str]
    law_enforcement: bool
    grants: tuple[Grant, ...]
    at: datetime
    agency_name: str = ""
    synthetic: bool = False

    def may(self, permission: str) -> bool:
        """Whether one of the roles gives this permission."""
        return permission in self.permissions

    @property
    def signature(self) -> str:
        """How the audit names this person; "person:unknown" for somebody who is not signed in."""
        return f"person:{self.person or 'unknown'}"
