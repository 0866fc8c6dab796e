"""What intake keeps: mappings, imports and the rows they refused, keys of agencies' own systems and their calls."""

from daybreak.intake.models.imports import STATES, Fault, Import, RefusedRow
from daybreak.intake.models.keys import AgencyKey, Call
from daybreak.intake.models.mappings import StoredMapping

__all__ = ["STATES", "AgencyKey", "Call", "Fault", "Import", "RefusedRow", "StoredMapping"]
