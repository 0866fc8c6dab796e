"""Roles as one table: what each is for, on which side of the wall it stands, what it may do, and how its sign-in is kept."""

from __future__ import annotations

from dataclasses import dataclass

LAW_ENFORCEMENT = "law-enforcement"
CARE = "care"
HEALTH = "health"
NEUTRAL = "neutral"
SIDES = (LAW_ENFORCEMENT, CARE, HEALTH, NEUTRAL)

PERMISSIONS = {
    "see-ledger": "Read the ledger, as far as the agency's agreements reach",
    "export-ledger": "Take what can be read as CSV or Excel",
    "see-restricted": "Read rows of health sources one by one; each reading is written down",
    "run-imports": "Bring files in, and mend rows that were refused",
    "undo-imports": "Take an import back as a whole",
    "edit-ledger": "Name operations and note figures that the agency published",
    "set-prices": "Set the agency's prices of drugs",
    "see-staffing": "Read rosters and assignments",
    "edit-staffing": "Change rosters and assignments",
    "see-alerts": "Read streams and signals",
    "review-alerts": "Say what a signal was",
    "see-brief": "Read briefs",
    "write-briefs": "Make briefs and press-release drafts",
    "manage-people": "Invite people, give and end roles",
    "manage-agencies": "Add agencies, and agreements between them",
    "read-audit": "Read who did what",
}


@dataclass(frozen=True, slots=True)
class Role:
    """One role. ``lock_minutes`` without a request, and the session must be opened anew."""

    slug: str
    name: str
    description: str
    side: str
    permissions: frozenset[str]
    second_factor: bool = True
    lock_minutes: int = 30


def _role(
    slug: str, name: str, side: str, description: str, *permissions: str, lock_minutes: int = 30
) -> Role:
    unknown = set(permissions) - set(PERMISSIONS)
    if unknown:
        raise ValueError(f"The role {slug} names permissions that are not in the table: {sorted(unknown)}.")
    return Role(slug, name, description, side, frozenset(permissions), lock_minutes=lock_minutes)


_READS = ("see-ledger", "see-alerts", "see-brief")
ROLES: dict[str, Role] = {
    role.slug: role
    for role in (
        _role(
            "officer", "Officer", LAW_ENFORCEMENT,
            "Works cases or the street; reads events, signals and briefs.", *_READS,
        ),
        _role(
            "analyst", "Analyst", LAW_ENFORCEMENT,
            "Brings a law-enforcement agency's files in, values seizures, reviews signals.",
            *_READS, "export-ledger", "run-imports", "undo-imports", "edit-ledger", "set-prices", "see-staffing",
            "review-alerts", "write-briefs",
        ),
        _role(
            "agency-lead", "Agency lead", NEUTRAL,
            "Answers for an agency: its files, prices and staffing. At a law-enforcement agency it is a law-enforcement role.",
            *_READS, "export-ledger", "run-imports", "undo-imports", "edit-ledger", "set-prices", "see-staffing",
            "edit-staffing", "review-alerts", "write-briefs",
        ),
        _role(
            "coordinator", "Coordinator", NEUTRAL,
            "Runs the task force: invites people, reads what all agencies share, makes the brief, reviews signals.",
            *_READS, "export-ledger", "see-staffing", "review-alerts", "write-briefs", "edit-ledger", "manage-people",
        ),
        _role(
            "coroner-staff", "Coroner staff", HEALTH,
            "Brings in deaths and toxicology, and corrects them when a case closes.",
            *_READS, "see-restricted", "export-ledger", "run-imports", "undo-imports", "edit-ledger",
        ),
        _role(
            "epidemiologist", "Epidemiologist", HEALTH,
            "Brings health data in, watches the streams, checks figures before they go out.",
            *_READS, "see-restricted", "export-ledger", "run-imports", "undo-imports", "edit-ledger", "review-alerts",
            "write-briefs",
        ),
        _role("navigator", "Navigator", CARE, "Helps a person from first call to open bed.", lock_minutes=15),
        _role("provider", "Provider", CARE, "Works at a treatment program: openings and referrals.", lock_minutes=15),
        _role(
            "privacy-officer", "Privacy officer", NEUTRAL,
            "Checks who read and changed what, and the agreements behind it.", "read-audit",
        ),
        _role(
            "administrator", "Administrator", NEUTRAL,
            "Keeps people, agencies and agreements in order; reads no events.",
            "manage-people", "manage-agencies", "read-audit",
        ),
    )
}  # fmt: skip


def needs_second_factor(roles: frozenset[str]) -> bool:
    """Whether one of the roles asks for a second factor."""
    return any(ROLES[role].second_factor for role in roles)


def lock_minutes(roles: frozenset[str], *, law_enforcement: bool) -> int:
    """Minutes without a request after which the session is locked: the strictest of the roles; 30 at most for police."""
    strictest = min((ROLES[role].lock_minutes for role in roles), default=30)
    return min(strictest, 30) if law_enforcement else strictest
