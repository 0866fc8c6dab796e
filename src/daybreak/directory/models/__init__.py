"""Tables of the directory, shaped as HSDS 3.0 (Open Referral); what is ours alone stands in facts and sources.

``kept`` on a table holds the HSDS properties for which it has no column, as they came (None = nothing): nothing that a
publisher says is lost between loading and exporting.
"""

from daybreak.directory.models.facts import Fact
from daybreak.directory.models.feeds import Feed
from daybreak.directory.models.matches import Match
from daybreak.directory.models.meetings import Meeting
from daybreak.directory.models.places import Accessibility, Address, Location, ServiceAtLocation
from daybreak.directory.models.programs import (
    Organization,
    OrganizationIdentifier,
    Program,
    Service,
    ServiceCapacity,
)
from daybreak.directory.models.reach import Language, Phone, Schedule
from daybreak.directory.models.sources import Import, Quarantined, Record, Repair, Source
from daybreak.directory.models.terms import Attribute, Taxonomy, TaxonomyTerm

__all__ = [
    "Accessibility", "Address", "Attribute", "Fact", "Feed", "Import", "Language", "Location", "Match", "Meeting", "Organization",
    "OrganizationIdentifier", "Phone", "Program", "Quarantined", "Record", "Repair", "Schedule", "Service",
    "ServiceAtLocation", "ServiceCapacity", "Source", "Taxonomy", "TaxonomyTerm",
]  # fmt: skip
