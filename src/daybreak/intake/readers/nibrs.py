"""Drug seizures of a NIBRS flat file: one row per level 3 segment that seizes drugs, with its three drug groups.

Positions and error numbers are those of the FBI's NIBRS Technical Specification 2019.1; positions count from 1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from daybreak.intake.readers.lines import start_of, text_lines
from daybreak.intake.readers.nibrs_drugs import Drug, faults_of, read_drug
from daybreak.intake.readers.sheet import Notices, Row, Sheet
from daybreak.intake.rules.nibrs_errors import NIBRS_ERRORS
from daybreak.intake.rules.problems import Problem

HEADER = (
    "incident", "ori", "incident_date", "hour", "date_is", "loss",
    "drug_1", "quantity_1", "measure_1", "laboratory_1",
    "drug_2", "quantity_2", "measure_2", "laboratory_2",
    "drug_3", "quantity_3", "measure_3", "laboratory_3",
)  # fmt: skip
PROPERTY_LENGTH = 307
SEIZED, NONE = "6", "1"
_DRUG_OFFENSE = "35A"
_DRUGS = "10"
_KEPT_ACTIONS = (
    "IAM"  # incident, add, modify; D deletes and W (window) says little more than that something was cleared
)
_SEGMENT = re.compile(r"\d{4}[0-7][IADMWR][ \d]{6}")
# Segments of one incident follow each other; ten thousand is more than any incident has.
_SEGMENT_ENDS = {"1": 87, "2": 63, "3": PROPERTY_LENGTH}


def is_nibrs(start: bytes) -> bool:
    """Whether these first bytes of a file are NIBRS segments: length, level, action, month and year."""
    lines = [line for line in start.decode("latin-1").splitlines()[:20] if line.strip()]
    return bool(lines) and all(_SEGMENT.match(line) for line in lines[:-1] or lines)


def open_nibrs(source: Path | bytes) -> Sheet:
    """The drug seizures of a NIBRS flat file; what it holds besides is counted and said."""
    start_of(source)

    def reading(notices: Notices) -> Iterator[Row]:
        unreadable: set[int] = set()
        incident = _Incident()
        for number, raw in enumerate(text_lines(source, "", unreadable, notices), 1):
            line = raw.rstrip("\r\n\x1a")
            if not line.strip():
                continue
            if number in unreadable or not _SEGMENT.match(line):
                yield number, _fault(number, "", "301")
                continue
            level, action = line[4], line[5]
            if level != "3" or action not in _KEPT_ACTIONS:
                notices.say("nibrs-other", number, f"{level}{'' if action in _KEPT_ACTIONS else action}")
            if action not in _KEPT_ACTIONS or level not in _SEGMENT_ENDS:
                continue
            padded = line.ljust(_SEGMENT_ENDS[level])
            incident = incident.with_segment(level, padded)
            if level == "3":
                row = _seizure(number, padded, incident, notices)
                if row is not None:
                    yield number, row

    return Sheet("nibrs", HEADER, 0, reading, "utf-8")


class _Incident:
    """What earlier segments said of the incident that is being read."""

    def __init__(self, number: str = "", day: str = "", hour: str = "", reported: bool = False) -> None:
        self.number, self.day, self.hour, self.reported = number, day, hour, reported
        self.offenses: set[str] = set()

    def with_segment(self, level: str, line: str) -> _Incident:
        number = line[16:37]
        found = self if number == self.number else _Incident(number)
        if level == "1":
            found = _Incident(number, line[37:45], line[46:48].strip(), line[45] == "R")
        elif level == "2":
            found.offenses.add(line[37:40])
        return found


def _seizure(
    number: int, line: str, incident: _Incident, notices: Notices
) -> tuple[str, ...] | Problem | None:
    loss = line[37]
    groups = [line[at : at + 15] for at in (232, 247, 262)]
    descriptions = {line[at : at + 2] for at in range(38, 228, 19)} - {"  "}
    if not any(group.strip() for group in groups):
        if loss == SEIZED and _DRUGS in descriptions and incident.offenses == {_DRUG_OFFENSE}:
            return _fault(number, "drug_1", "364")
        if loss == NONE and _DRUG_OFFENSE in incident.offenses:
            return _fault(number, "drug_1", "392")
        notices.say("nibrs-property-without-drugs", number)
        return None
    if incident.offenses and _DRUG_OFFENSE not in incident.offenses:
        return _fault(number, "drug_1", "365")
    if loss not in {SEIZED, NONE} or (loss == SEIZED and _DRUGS not in descriptions):
        return _fault(number, "drug_1", "365")
    drugs = [read_drug(group, loss) for group in groups]
    for place, error in faults_of(drugs):
        return _fault(number, f"drug_{place}", error)
    if loss == NONE:
        notices.say("nibrs-drugs-not-seized", number)
        return None
    day = _day(incident.day)
    if not day:
        return _fault(number, "incident_date", "105")
    cells = [
        incident.number[9:].strip(), incident.number[:9].strip(), day, incident.hour,
        "report" if incident.reported else "incident", loss,
    ]  # fmt: skip
    for drug in drugs:
        cells += _cells(drug)
    return tuple(cells)


def _cells(drug: Drug) -> tuple[str, str, str, str]:
    if drug.at_laboratory:
        return drug.letter, "", "", "pending"
    quantity = "" if drug.quantity is None else str(drug.quantity)
    return drug.letter, quantity, drug.measure, ""


def _day(text: str) -> str:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:8])).isoformat()
    except ValueError:
        return ""


def _fault(line: int, column: str, error: str) -> Problem:
    must, cure = NIBRS_ERRORS[error]
    return Problem(line, column, f"{must} (NIBRS error {error})", cure)


def property_segment(
    *,
    ori: str,
    incident: str,
    month: int,
    year: int,
    drugs: list[Drug],
    loss: str = SEIZED,
    action: str = "I",
) -> str:
    """A level 3 segment of 307 characters that seizes these drugs (at most three); the reader's counterpart."""
    if len(ori) != 9 or not 1 <= len(incident) <= 12 or not 1 <= len(drugs) <= 3:
        raise ValueError(
            "A segment needs an ORI of 9 characters, an incident number of 1 to 12, and 1 to 3 drugs."
        )
    description = _DRUGS.ljust(19) if loss == SEIZED else " " * 19
    line = (
        f"{PROPERTY_LENGTH:04}3{action}{month:02}{year:04}    {ori}{incident:<12}{loss}{description:<190}    "
        + "".join(drug.written() for drug in drugs)
    )
    return line.ljust(PROPERTY_LENGTH)
