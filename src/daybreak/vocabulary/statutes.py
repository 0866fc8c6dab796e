"""Kentucky statutes by the day: which text was in force, and where nobody has checked, so that none is applied in silence."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache

from daybreak.vocabulary import files

_CITATION = re.compile(r"(?:KRS\s*)?(\d+[A-Z]?\.\d+(?:-\d+)?)((?:\([0-9A-Za-z]+\))*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class StatuteText:
    """One text of one section. ``in_force_from`` None = the day is not established, and then the text is never applied.

    ``in_force_until`` None = no last day is established. ``text_checked`` and ``dates_checked`` say what was read against the
    source. Classes are "" where the text has none.
    """

    citation: str
    offense: str
    substance: str
    threshold: str
    unit: str
    class_first: str
    class_second: str
    in_force_from: date | None
    in_force_until: date | None
    text_checked: bool
    dates_checked: bool
    note: str
    source: str


@dataclass(frozen=True, slots=True)
class StatuteFound:
    """What is known of a citation on a day.

    ``standing``: "in-force" (``texts`` are those that were), "not-in-force" (``texts`` start later or had ended),
    "not-checked" (there are texts, but nobody has established which was in force on that day) or "unknown" (the list has no
    such section).
    """

    standing: str
    texts: tuple[StatuteText, ...] = ()


@cache
def statutes() -> tuple[StatuteText, ...]:
    """Every text of data/vocabulary/statutes_kentucky.csv."""
    return tuple(
        StatuteText(
            citation=row["statute"],
            offense=row["offense"],
            substance=row["substance"],
            threshold=row["threshold"],
            unit=row["unit"],
            class_first=row["class_first"],
            class_second=row["class_second"],
            in_force_from=_day(row["effective_from"]),
            in_force_until=_day(row["effective_to"]),
            text_checked=row["text_checked"] == "yes",
            dates_checked=row["dates_checked"] == "yes",
            note=row["note"],
            source=row["source"],
        )
        for row in files.rows("vocabulary/statutes_kentucky.csv")
    )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def normal_citation(text: str) -> str:
    """ "KRS 218A.1412(1)(d)" however it is written; "" where it is no Kentucky citation."""
    match = _CITATION.fullmatch(re.sub(r"\s+", "", text).replace("§", ""))
    return f"KRS {match[1].upper()}{match[2].lower()}" if match else ""


def texts_on(citation: str, day: date, texts: Iterable[StatuteText] | None = None) -> StatuteFound:
    """What is known of a section, or of one of its paragraphs, on a day.

    A citation of the whole section finds the texts of all its paragraphs. One text whose days are not established leaves the
    whole answer at "not-checked", unless another is established: a later text is never applied to an earlier case.
    """
    wanted = normal_citation(citation)
    known = [
        text
        for text in (statutes() if texts is None else texts)
        if wanted and _covers(wanted, normal_citation(text.citation))
    ]
    if not known:
        return StatuteFound("unknown")
    in_force = tuple(text for text in known if _holds(text, day))
    if in_force:
        return StatuteFound("in-force", in_force)
    unsure = tuple(text for text in known if text.in_force_from is None or not text.dates_checked)
    return StatuteFound("not-checked", unsure) if unsure else StatuteFound("not-in-force", tuple(known))


def _covers(wanted: str, listed: str) -> bool:
    """Whether a listed paragraph is, lies in, or contains the cited one."""
    return listed == wanted or listed.startswith(f"{wanted}(") or wanted.startswith(f"{listed}(")


def _holds(text: StatuteText, day: date) -> bool:
    return (
        text.dates_checked
        and text.in_force_from is not None
        and text.in_force_from <= day
        and (text.in_force_until is None or day <= text.in_force_until)
    )
