"""Tables of the directory, shaped as HSDS 3.0 (Open Referral); what is ours alone stands in facts and sources."""

from daybreak.directory.models.facts import Fact
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
    "Accessibility", "Address", "Attribute", "Fact", "Import", "Language", "Location", "Organization",
    "OrganizationIdentifier", "Phone", "Program", "Quarantined", "Record", "Repair", "Schedule", "Service",
    "ServiceAtLocation", "ServiceCapacity", "Source", "Taxonomy", "TaxonomyTerm",
]  # fmt: skip
