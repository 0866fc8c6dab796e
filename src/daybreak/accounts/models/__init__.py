"""People, agencies, who belongs where in which role, and what agencies agreed to share."""

from daybreak.accounts.models.agencies import Agency, AgencyContact, Agreement
from daybreak.accounts.models.memberships import Invitation, Membership
from daybreak.accounts.models.people import People, User

__all__ = ["Agency", "AgencyContact", "Agreement", "Invitation", "Membership", "People", "User"]
