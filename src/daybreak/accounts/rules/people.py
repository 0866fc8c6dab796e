"""Which roles go together, and who may give which."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from daybreak.accounts.rules.agencies import AGENCY_KINDS, ENFORCEMENT_KINDS
from daybreak.accounts.rules.roles import CARE, LAW_ENFORCEMENT, ROLES


@dataclass(frozen=True, slots=True)
class Held:
    """A role that somebody holds now, at an agency of a kind."""

    role: str
    agency_id: int
    agency_kind: str


def enforces(role: str, agency_kind: str) -> bool:
    """Whether this role at an agency of this kind counts as law enforcement: by the role, or by the agency."""
    return ROLES[role].side == LAW_ENFORCEMENT or agency_kind in ENFORCEMENT_KINDS


def cares(role: str) -> bool:
    """Whether this role is one of care."""
    return ROLES[role].side == CARE


def clash(new: Held, held: Iterable[Held]) -> str:
    """Why somebody who holds these roles may not be given one more; "" = they may.

    The database refuses the same (migration 0003); this says it in a sentence first.
    """
    if new.role not in ROLES:
        return f"The role must be one of {', '.join(ROLES)}; got {new.role[:30]!r}."
    if new.agency_kind not in AGENCY_KINDS:
        return f"The kind of agency must be one of {', '.join(AGENCY_KINDS)}; got {new.agency_kind[:30]!r}."
    others = list(held)
    sides = [*others, new]
    if any(enforces(one.role, one.agency_kind) for one in sides) and any(cares(one.role) for one in sides):
        return (
            "Nobody holds a law-enforcement and a care role, and whoever works at a law-enforcement agency counts as law "
            "enforcement. Invite another person for the other role."
        )
    if any(one.agency_id != new.agency_id for one in others):
        return "A person must belong to one agency at a time. End the roles at the other agency first."
    if any(one.role == new.role for one in others):
        return "The person holds this role already."
    return ""


def givable(roles: Iterable[str]) -> tuple[str, ...]:
    """The roles that the holder of these roles may give and end: an administrator all, a coordinator those of daily work."""
    held = frozenset(roles)
    if "administrator" in held:
        return tuple(ROLES)
    if any("manage-people" in ROLES[role].permissions for role in held):
        return tuple(role for role in ROLES if role not in {"administrator", "privacy-officer"})
    return ()
