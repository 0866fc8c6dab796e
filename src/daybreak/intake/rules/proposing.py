"""Proposes a mapping for a file that nobody has mapped yet, with a reason for every column: a start to be looked over."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from daybreak.intake.rules import choices, times
from daybreak.intake.rules.conversions import converter
from daybreak.intake.rules.headings import kind_of, uses_of
from daybreak.intake.rules.known_formats import KnownFormat, known_format
from daybreak.intake.rules.mapping import Column, FileShape, Mapping, MappingError
from daybreak.intake.rules.mapping_check import check
from daybreak.intake.rules.personal import (
    class_by_content,
    class_by_heading,
    folded,
    holds_house_numbers,
    is_about_an_event,
)
from daybreak.intake.rules.problems import Refused
from daybreak.intake.rules.uses import USES, WHEN
from daybreak.vocabulary import substances, units

_DATES = (
    "%m/%d/%Y", "%m/%d/%y", "%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%m-%d-%Y", "%m-%d-%y", "%d-%b-%Y", "%d-%b-%y", "%d%b%Y",
    "%b %d, %Y", "%d %b %Y", "%d.%m.%Y", "%d/%m/%Y", "%d/%m/%y",
)  # fmt: skip
_TIMES = ("%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M:%S %p", "%H%M", "%H:%M:%S%z")
_DAY_TIMES = (*_TIMES, "%H:%M%z", "%H:%M:%S.%f", "%H:%M:%S.%f%z")
DATE_TIMES = tuple(f"{day}{between}{time}" for day in _DATES[:8] for between in " T" for time in _DAY_TIMES)
_EXTENT = re.compile(r"single|multiple|\bdoses?\b", re.IGNORECASE)
PIVOT = 68  # as POSIX has it; a mapping always states its own
ENOUGH = 0.8  # of the filled cells must be understood, else a use is not proposed
_AT_LEAST_SOME = 0.4  # for substances: their texts are listed for a person to complete
_PARTS_OF_WHEN = {"occurred-quarter", "occurred-month", "occurred-time"}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a column is proposed as it is. ``code``: known-format, heading, content, personal-heading, personal-content or nothing.

    ``understood`` of ``filled`` sample cells fit the use. ``unknown`` are cells that did not, only where the column is a list of
    words (drugs, units, yes and no) and they may be shown to be mapped; personal columns never have any.
    """

    heading: str
    use: str
    code: str
    filled: int = 0
    understood: int = 0
    unknown: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A draft of a mapping. ``lacks``: codes of what a person must still say (kind, when, rates), empty = it can be used."""

    mapping: Mapping
    reasons: tuple[Reason, ...]
    recognised: str = ""
    lacks: tuple[str, ...] = ()


# Uses whose refused cells are words of a list, so that showing them helps and tells nothing about a person.
_SHOWN = frozenset(
    {"substance", "exhibit-drug", "exhibit-unit", "naloxone-given", "naloxone-extent", "fatal", "survived", "manner", "certainty",
     "status", "exhibit-laboratory", "naloxone-by", "sex", "age-unit", "county", "state"}
)  # fmt: skip


def propose(
    header: Sequence[str], sample: Sequence[Sequence[str]], *, name: str, timezone: str, kind: str = "", file_name: str = "",
    shape: FileShape | None = None,
) -> Proposal:  # fmt: skip
    """A mapping for a file with these headings and first rows (a few hundred are enough).

    ``kind`` where the person has said it already. The proposal is a draft: what it lacks is listed, and it is for a person to
    look over before it is saved.
    """
    known = known_format(header)
    chosen = kind or (known.kind if known else kind_of(header, file_name))
    cells = {heading: [row[n] if n < len(row) else "" for row in sample] for n, heading in enumerate(header)}
    if known is not None and (not kind or kind == known.kind):
        found = [_known_column(known, heading, cells[heading]) for heading in header]
    else:
        known = None
        found = _generic(header, cells, chosen)
    columns = [column for column, _ in found]
    mapping = Mapping(
        name=name, kind=chosen or "overdose", timezone=(known.timezone if known else "") or timezone, columns=tuple(columns),
        key=_key(columns, cells, known), constants=dict(known.constants) if known else {}, shape=shape or FileShape(),
    )  # fmt: skip
    lacks = _lacking(mapping, chosen, known)
    return Proposal(mapping, tuple(reason for _, reason in found), known.slug if known else "", lacks)


def _known_column(known: KnownFormat, heading: str, cells: list[str]) -> tuple[Column, Reason]:
    use, options = known.columns.get(folded(heading), ("", {}))
    if use:
        column = Column(heading, use, **options)
        return column, _reason(column, cells, "known-format")
    return _unused(heading, cells)


def _unused(heading: str, cells: list[str]) -> tuple[Column, Reason]:
    """Dropped where it holds persons, else not used."""
    by_heading = class_by_heading(heading)
    content = class_by_content(cells)
    if content == "name" and is_about_an_event(heading):
        content = ""  # names of counties, hospitals and drugs look like names of people
    why = by_heading or content or ("address" if holds_house_numbers(cells) else "")
    filled = sum(1 for cell in cells if cell.strip())
    if why:
        code = "personal-heading" if by_heading else "personal-content"
        return Column(heading, "drop", why=why), Reason(heading, "drop", code, filled, note=why)
    return Column(heading, "ignore"), Reason(heading, "ignore", "nothing", filled)


def _generic(header: Sequence[str], cells: dict[str, list[str]], kind: str) -> list[tuple[Column, Reason]]:
    taken: set[str] = set()
    found: list[tuple[Column, Reason]] = []
    times_there = any("occurred-time" in uses_of(heading, kind) for heading in header)
    for heading in header:
        best = _best(heading, cells[heading], kind, taken, times_there)
        if best is not None:
            use = best[0].use
            taken.add(use)
            if use in WHEN:
                taken |= WHEN
        found.append(best or _unused(heading, cells[heading]))
    return found


def _best(
    heading: str, cells: list[str], kind: str, taken: set[str], times_there: bool
) -> tuple[Column, Reason] | None:
    """The first use that the heading speaks for and the content bears out; None where there is none."""
    announced = class_by_heading(heading)
    if announced and announced != "address":
        return None
    content = class_by_content(cells)
    if content in {"narrative", "person-number", "phone", "email", "name"}:
        return None
    flagged = substances.recognise(heading)
    for use in uses_of(heading, kind):
        if announced == "address" and use != "address":
            continue
        if use in taken and (not USES[use].many or USES[use].numbered):
            continue
        column = _column(heading, use, cells, times_there)
        if column is None:
            continue
        reason = _reason(column, cells, "heading")
        needed = _AT_LEAST_SOME if use in {"substance", "exhibit-drug"} else ENOUGH
        if reason.filled and reason.understood >= needed * reason.filled:
            return column, reason
    if isinstance(flagged, substances.Recognised) and _share(cells, choices.yes_no) >= ENOUGH:
        standing = "confirmed" if kind in {"death", "toxicology", "drug-check"} else "suspected"
        column = Column(heading, "substance-flag", substance=flagged.substance, standing=standing)
        return column, _reason(column, cells, "heading")
    return None


def _column(heading: str, use: str, cells: list[str], times_there: bool) -> Column | None:
    """The column with the options that its content asks for; None where no format fits."""
    if use in {"occurred-date", "reported-date"}:
        return _date_column(heading, use, cells, times_there)
    if use == "occurred-time":
        forms = _fitting(cells, _TIMES, lambda form: lambda text: times.clock(text, (form,)))
        return Column(heading, use, formats=forms) if forms else None
    column = Column(heading, use)
    if use == "naloxone-extent":  # yes and no alone are another use
        return column if any(_EXTENT.search(cell) for cell in cells) else None
    if use == "age":
        return (
            replace(column, unit="years") if "year" in folded(heading) or "yrs" in folded(heading) else column
        )
    if use == "exhibit-quantity":
        words = [units.recognise(word) for word in folded(heading).split()]
        return replace(column, unit=next((unit for unit in words if unit), ""))
    if use in {"substance", "exhibit-drug"} and _are_letters(cells):
        return replace(column, codes="nibrs")
    return column


def _date_column(heading: str, use: str, cells: list[str], times_there: bool) -> Column | None:
    """A date, or a date with time; two-digit years get a pivot that the person sees and may change."""

    def reads(form: str) -> Callable[[str], Any]:
        return lambda text: times.wall(text, (form,), PIVOT)

    forms = _fitting(cells, _DATES, reads)
    if not forms:
        forms = _fitting(cells, DATE_TIMES, reads)
        use = use.removesuffix("-date")
    if not forms:
        return None
    pivot = PIVOT if any("%y" in form for form in forms) else None
    midnights = (
        _share(cells, lambda text: _is_midnight(times.wall(text, forms, pivot))) if "-" not in use else 0.0
    )
    midnight = "day" if midnights > 0.2 else "time"
    if use == "occurred" and times_there and midnight == "day" and midnights == 1.0:
        use = "occurred-date"  # 2013-07-11 00:00:00 beside a column with the time
    return Column(heading, use, formats=forms, pivot=pivot, midnight=midnight)


def _is_midnight(said: times.Wall) -> None:
    if said.clock != times.MIDNIGHT:
        raise Refused("not midnight")


def _fitting(
    cells: list[str], forms: Sequence[str], reads: Callable[[str], Callable[[str], Any]]
) -> tuple[str, ...]:
    """The fewest formats that read nearly all filled cells: one, else the best two."""
    shares = sorted(
        ((_share(cells, reads(form)), -place, form) for place, form in enumerate(forms)), reverse=True
    )
    best = shares[0]
    if best[0] >= 0.98:
        return (best[2],)
    for share, _, form in shares[1:6]:
        if share and best[0] + share >= 0.98 and best[0] >= 0.4:
            return best[2], form
    return (best[2],) if best[0] >= ENOUGH else ()


def _share(cells: list[str], reads: Callable[[str], Any]) -> float:
    """Share of the filled cells that a reader takes."""
    texts = [text for cell in cells if (text := " ".join(cell.split())).casefold() not in choices.BLANKS]
    return sum(1 for text in texts if _takes(reads, text)) / len(texts) if texts else 0.0


def _takes(reads: Callable[[str], Any], text: str) -> bool:
    try:
        reads(text)
    except Refused:
        return False
    return True


def _are_letters(cells: list[str]) -> bool:
    texts = [cell.strip() for cell in cells if cell.strip()]
    return bool(texts) and all(len(text) == 1 and text.isalpha() for text in texts)


def _reason(column: Column, cells: list[str], code: str) -> Reason:
    convert = converter(column)
    filled = understood = 0
    unknown: dict[str, None] = {}
    for cell in cells:
        text = " ".join(cell.split())
        if not text:
            continue
        filled += 1
        try:
            convert[text]
        except Refused:
            if column.use in _SHOWN and len(text) <= 60:
                unknown[text] = None
        else:
            understood += 1
    note = ""
    if any("%y" in form for form in column.formats):
        note = "two-digit-years"
    elif any(form.startswith(("%m", "%d")) for form in column.formats) and _either_order(cells):
        note = "month-or-day-first"
    # A name can stand in a column of drugs: what hardly any row has is not shown.
    shown = tuple(unknown)[:40] if understood * 2 >= filled else ()
    return Reason(column.heading, column.use, code, filled, understood, shown, note)


def _either_order(cells: list[str]) -> bool:
    """Whether nothing tells the month from the day: no cell has a number above 12 in the second place."""
    seconds = [
        parts[1]
        for cell in cells
        if len(parts := cell.replace("-", "/").split("/")) >= 3 and parts[1].isdigit()
    ]
    return bool(seconds) and all(int(second) <= 12 for second in seconds)


def _key(columns: list[Column], cells: dict[str, list[str]], known: KnownFormat | None) -> tuple[str, ...]:
    """The columns of the known format's key, else a record number that is filled and different in every sample row."""
    if known is not None and known.key:
        return tuple(column.heading for column in columns if folded(column.heading) in known.key)
    for column in columns:
        if column.use != "key":
            continue
        texts = [cell.strip() for cell in cells[column.heading]]
        if texts and all(texts) and len(set(texts)) == len(texts):
            return (column.heading,)
    return ()


def _lacking(mapping: Mapping, kind: str, known: KnownFormat | None) -> tuple[str, ...]:
    lacks = []
    if known is not None and known.refused:
        lacks.append(known.refused)
    if not kind:
        lacks.append("kind")
    uses = {column.use for column in mapping.columns}
    if not uses & WHEN:
        lacks.append("when")
    if kind == "seizure" and "exhibit-drug" not in uses:
        lacks.append("exhibit-drug")
    if (
        "age" in uses
        and "age-unit" not in uses
        and not any(c.use == "age" and c.unit for c in mapping.columns)
    ):
        lacks.append("age-unit")
    if not lacks:
        try:
            check(mapping)
        except MappingError:
            lacks.append("check")
    return tuple(lacks)
