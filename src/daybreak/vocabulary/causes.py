"""ICD-10 on deaths by drugs: how codes are written, which groups they belong to, and that the groups never add up."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from daybreak.vocabulary import files

_CODE = re.compile(r"([A-Z]\d\d)\.?(\d)?[0-9A-Z]*")
ROLES = ("manner", "drug")


@dataclass(frozen=True, slots=True)
class CauseGroup:
    """A group of codes. ``role`` is "manner" (the underlying cause: exactly one a death) or "drug" (as many as there are).

    ``codes`` are whole codes ("T40.1") or three characters that cover all below them ("X42").
    """

    slug: str
    role: str
    name: str
    codes: frozenset[str]
    source: str


@cache
def cause_groups() -> dict[str, CauseGroup]:
    """Slug → group, in the order of data/vocabulary/icd10_groups.csv."""
    return {
        row["group"]: CauseGroup(
            row["group"], row["role"], row["name"], frozenset(row["codes"].split()), row["source"]
        )
        for row in files.rows("vocabulary/icd10_groups.csv")
    }


def normal_code(text: str) -> str:
    """ "T40.1" from "t401", "T40.1" or the clinical "T40.1X1A", "X42" from "X42"; "" where it is no ICD-10 code."""
    match = _CODE.fullmatch(text.strip().upper())
    if not match:
        return ""
    return f"{match[1]}.{match[2]}" if match[2] else match[1]


def groups_of(code: str, role: str) -> frozenset[str]:
    """The groups of that role that a code belongs to; empty for every other code."""
    if role not in ROLES:
        raise ValueError(f"The role must be one of {', '.join(ROLES)}; got {role[:20]!r}.")
    normal = normal_code(code)
    return frozenset(
        slug
        for slug, group in cause_groups().items()
        if group.role == role and normal and (normal in group.codes or normal[:3] in group.codes)
    )
