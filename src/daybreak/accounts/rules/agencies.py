"""The kinds of agency at a task force, which of them enforce the law, and the fields that agencies may share."""

from __future__ import annotations

from daybreak.vocabulary.kinds import ENFORCEMENT_SOURCES

AGENCY_KINDS: dict[str, str] = {
    "police": "Police",
    "fire-ems": "Fire and emergency medical services",
    "prosecutor": "Prosecutor",
    "sheriff": "Sheriff",
    "corrections": "Corrections",
    "coroner": "Coroner or medical examiner",
    "health-department": "Health department",
    "mayor": "Mayor's office",
    "hospital": "Hospital",
    "helpline": "Helpline",
    "provider": "Treatment provider",
    "state": "State agency",
}
ENFORCEMENT_KINDS = tuple(kind for kind in AGENCY_KINDS if kind in ENFORCEMENT_SOURCES)

# What an agreement may name: fields of the ledger's rows, in words. When and where are not here: an agreement sets how
# precisely they are seen, and the kind of data and the count are always seen.
SHARED_FIELDS: dict[str, str] = {
    "reported_at": "when it was reported",
    "fatal": "whether it was fatal",
    "certainty": "suspected or confirmed",
    "naloxone": "naloxone: given, doses, by whom",
    "age_band": "age in bands of ten years",
    "sex": "sex",
    "status": "status of the case",
    "manner": "manner of death",
    "underlying": "underlying cause of death",
    "operation": "name of the operation",
    "substances": "substances",
    "causes": "cause-of-death codes",
    "charges": "charges",
    "exhibits": "exhibits: what was seized and how much",
    "record": "the number of the record at its agency",
}
