"""SAMHSA's service codes, edition by edition."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from daybreak.vocabulary import files

EDITIONS = ("findtreatment_2023", "directory_2015_extra", "directory_2010_2012")


@dataclass(frozen=True, slots=True)
class Code:
    """One code: what it means in each edition that has it."""

    code: str
    labels: dict[str, str]
    category: str

    @property
    def label(self) -> str:
        """The label of the newest edition that has the code."""
        return next(self.labels[edition] for edition in EDITIONS if edition in self.labels)


@cache
def codes() -> dict[str, Code]:
    """Every code of every edition."""
    found: dict[str, Code] = {}
    for row in files.rows("vocabulary/samhsa_service_codes.csv"):
        known = found.setdefault(row["code"], Code(row["code"], {}, row["category"]))
        known.labels[row["vintage"]] = row["label"]
    return found


def label(code: str, *, edition: int) -> str | None:
    """What a code meant in a directory of that year; None = no list of ours has it.

    2010–2012 directories have their own list; 2015 reads its extra codes first and then the current list.
    """
    known = codes().get(code)
    if known is None:
        return None
    order = (
        EDITIONS[::-1]
        if edition <= 2012
        else ("directory_2015_extra", "findtreatment_2023", "directory_2010_2012")
    )
    return next(known.labels[name] for name in order if name in known.labels)
