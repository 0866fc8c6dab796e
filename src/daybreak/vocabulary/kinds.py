"""The kinds of data that the ledger holds, and which of them come from health."""

from __future__ import annotations

from dataclasses import dataclass

from daybreak.vocabulary import files

# Sources whose reports of an overdose are the reporting agency's own and no health record.
ENFORCEMENT_SOURCES = frozenset({"police", "sheriff", "prosecutor", "corrections"})


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of data. ``one`` and ``many`` are what a number of it is called ("1 arrest", "160 arrests").

    ``health``: its usual source is a health source, so that the rule of withholding binds it.
    """

    slug: str
    name: str
    one: str
    many: str
    description: str
    health: bool


KINDS: dict[str, Kind] = {
    row["kind"]: Kind(
        row["kind"],
        row["name"],
        row["unit_one"],
        row["unit_many"],
        row["description"],
        row["health"] == "yes",
    )
    for row in files.rows("vocabulary/kinds.csv")
}


def kind(slug: str) -> Kind:
    """One kind by its slug; raises ValueError that lists what there is."""
    found = KINDS.get(slug)
    if found is None:
        raise ValueError(f"The kind of data must be one of {', '.join(KINDS)}; got {slug[:30]!r}.")
    return found


def is_health(slug: str, source: str) -> bool:
    """Whether an event of this kind from an agency of this kind ("fire-ems", "police", …) is a health source's report.

    An overdose or a naloxone giving that police report is the police's own; every other kind goes by itself. An agency
    whose kind is not stated ("") is taken for a health source, since withholding too much is mended more easily.
    """
    return kind(slug).health and not (slug in {"overdose", "naloxone"} and source in ENFORCEMENT_SOURCES)
