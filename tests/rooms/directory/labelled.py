"""Reads the pairs of places that were labelled by hand (labelled_pairs.csv; see docs/explanation/how-places-are-matched.md)."""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass
from pathlib import Path

from daybreak.directory.rules.matching import Place

PAIRS = Path(__file__).with_name("labelled_pairs.csv")


@dataclass(frozen=True, slots=True)
class Labelled:
    """One pair. ``label`` is same, different or unsure; ``stands_for`` how many candidate pairs it was drawn to represent.

    ``line_uses`` is phone number → at how many streets the lists give it. ``held_out`` pairs were not used to estimate weights.
    """

    label: str
    reason: str
    stands_for: float
    line_uses: dict[str, int]
    first: Place
    second: Place
    held_out: bool


def labelled_pairs() -> list[Labelled]:
    """All of them, in the order of the file."""
    with PAIRS.open(encoding="utf-8", newline="") as lines:
        return [_pair(row) for row in csv.DictReader(lines)]


def _pair(row: dict[str, str]) -> Labelled:
    uses = dict(use.split(":") for use in row["line_uses"].split())
    name = "|".join(row[part] for part in ("first_name", "first_street", "second_name", "second_street"))
    return Labelled(
        row["label"], row["reason"], float(row["stands_for"]), {number: int(times) for number, times in uses.items()},
        _place(row, "first"), _place(row, "second"), hashlib.sha256(name.encode()).digest()[0] % 2 == 1,
    )  # fmt: skip


def _place(row: dict[str, str], side: str) -> Place:
    said = {name.removeprefix(f"{side}_"): text for name, text in row.items() if name.startswith(f"{side}_")}
    return Place(
        side, said["name"], tuple(filter(None, said["programs"].split(" ;; "))), said["street"], said["street_2"],
        said["city"], said["state"], said["zip"], float(said["latitude"]) if said["latitude"] else None,
        float(said["longitude"]) if said["longitude"] else None, said["point"] == "source",
        frozenset(said["phones"].split()), frozenset(said["sources"].split()),
    )  # fmt: skip
