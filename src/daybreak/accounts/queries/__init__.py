"""What the room reads: people, roles, agencies, agreements, and whether somebody has a second factor."""

from daybreak.accounts.queries.agencies import AgreementSeen, agency_by, agreements_of
from daybreak.accounts.queries.people import PersonSeen, has_second_factor, people, person_by

__all__ = [
    "AgreementSeen",
    "PersonSeen",
    "agency_by",
    "agreements_of",
    "has_second_factor",
    "people",
    "person_by",
]
