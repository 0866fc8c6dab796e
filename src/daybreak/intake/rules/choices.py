"""Cells that may say one of a few things: yes or no, sex, age band, manner of death, who gave naloxone; texts to closed lists."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from daybreak.intake.rules.problems import Refused

# What says nothing, in whatever column. The last three are NEMSIS's own "Not Values".
BLANKS = frozenset(
    {"", "null", "(null)", "n/a", "na", "nan", "-", "--", ".", "not stated", "not reported", "not available", "not recorded",
     "not entered", "7701001", "7701003", "7701005"}
)  # fmt: skip
_UNKNOWN = {"unknown", "unk", "u", "unsure", "don't know", "dont know", "not known", "?", "undetermined"}
_YES = {"yes", "y", "true", "t", "1", "x"}
_NO = {"no", "n", "false", "f", "0"}
_FATAL = {"fatal", "died", "dead", "deceased", "death", "fatality", "doa", "expired", "fatal overdose"}
_NOT_FATAL = {
    "non-fatal", "nonfatal", "non fatal", "survived", "alive", "living", "recovered", "revived", "non-fatal overdose",
}  # fmt: skip
_SEXES = {
    "m": "M", "male": "M", "man": "M", "9906003": "M", "f": "F", "female": "F", "woman": "F", "9906001": "F",
    "x": "X", "nonbinary": "X", "non-binary": "X", "other": "X", "9906005": "",
}  # fmt: skip
_MANNERS = {
    "accident": "accident", "accidental": "accident", "unintentional": "accident", "suicide": "suicide",
    "intentional": "suicide", "homicide": "homicide", "undetermined": "undetermined", "could not be determined": "undetermined",
    "natural": "natural", "pending": "pending", "pending investigation": "pending",
}  # fmt: skip
_CERTAINTIES = {
    "suspected": "suspected", "probable": "suspected", "possible": "suspected", "presumptive": "suspected",
    "confirmed": "confirmed", "verified": "confirmed",
}  # fmt: skip
_STATUSES = {
    "open": "open", "active": "open", "closed": "closed", "complete": "closed", "completed": "closed", "final": "closed",
    "pending": "pending", "cleared": "cleared", "unfounded": "unfounded", "inactive": "closed",
}  # fmt: skip
_LABORATORY = {
    "pending": "pending", "submitted": "pending", "at lab": "pending", "at laboratory": "pending", "sent to lab": "pending",
    "confirmed": "confirmed", "positive": "confirmed", "complete": "confirmed", "ruled out": "ruled-out",
    "ruled-out": "ruled-out", "negative": "ruled-out", "not tested": "", "none": "",
}  # fmt: skip
_GIVERS = {
    "ems": "ems", "paramedic": "ems", "emt": "ems", "ambulance": "ems", "fire": "fire", "fire department": "fire",
    "police": "police", "law enforcement": "police", "officer": "police", "sheriff": "police", "bystander": "bystander",
    "layperson": "bystander", "lay person": "bystander", "family": "bystander", "friend": "bystander", "civilian": "bystander",
    "hospital": "hospital", "nurse": "hospital", "physician": "hospital", "other": "other", "multiple": "other",
}  # fmt: skip
_AGE_UNITS = {
    "years": Decimal(1), "months": Decimal(1) / 12, "weeks": Decimal(1) / 52, "days": Decimal(1) / 365,
    "hours": Decimal(0), "minutes": Decimal(0),
}  # fmt: skip
_UNIT_WORDS = {
    "y": "years", "yr": "years", "yrs": "years", "year": "years", "2516009": "years", "m": "months", "mo": "months",
    "mos": "months", "month": "months", "2516007": "months", "w": "weeks", "wk": "weeks", "week": "weeks", "d": "days",
    "day": "days", "2516001": "days", "h": "hours", "hr": "hours", "hour": "hours", "2516003": "hours", "min": "minutes",
    "minute": "minutes", "2516005": "minutes",
}  # fmt: skip
OLDEST_YEARS = 120
_FIRST_BANDS = ((5, "0-4"), (15, "5-14"))
_BAND = re.compile(r"(\d{1,3})\s*(?:-|–|to)\s*(\d{1,3})(?:\s*(?:years?|yrs?))?", re.IGNORECASE)
_AND_OVER = re.compile(
    r"(\d{1,3})\s*(?:\+|(?:and|or|&)\s*(?:over|older|up|more))(?:\s*years?)?", re.IGNORECASE
)


def _one_of(table: dict[str, str], must: str) -> Callable[[str], str]:
    def chosen(text: str) -> str:
        folded = text.casefold()
        if folded in table:
            return table[folded]
        if folded in _UNKNOWN:
            return ""
        raise Refused(must)

    return chosen


sex = _one_of(_SEXES, "must be male, female, X or unknown")
manner = _one_of(
    _MANNERS, "must be a manner of death: accident, suicide, homicide, undetermined, natural or pending"
)
certainty = _one_of(_CERTAINTIES, "must be suspected or confirmed")
status = _one_of(_STATUSES, "must be open, closed, pending, cleared or unfounded")
laboratory = _one_of(_LABORATORY, "must be pending, confirmed or ruled out")
naloxone_giver = _one_of(_GIVERS, "must be ems, fire, police, bystander, hospital or other")


def yes_no(text: str) -> bool | None:
    """True, False, or None for a stated "unknown"; raises Refused."""
    folded = text.casefold()
    if folded in _YES:
        return True
    if folded in _NO:
        return False
    if folded in _UNKNOWN:
        return None
    raise Refused("must be yes, no or unknown")


def fatal(text: str) -> bool | None:
    """Whether the person died: fatal, non-fatal, yes, no or unknown; raises Refused."""
    folded = text.casefold()
    if folded in _FATAL or folded in _NOT_FATAL:
        return folded in _FATAL
    try:
        return yes_no(text)
    except Refused:
        raise Refused("must be fatal, non-fatal or unknown") from None


def survived(text: str) -> bool | None:
    """The contrary: whether the person lived; returns whether it was fatal. Raises Refused."""
    lived = yes_no(text)
    return None if lived is None else not lived


def naloxone_extent(text: str) -> tuple[bool | None, int | None]:
    """(given, doses) of ODMAP's none, single dose, multiple doses or unknown. Several is no number, so doses stay unstated."""
    folded = text.casefold()
    if folded in {"none", "no", "n", "0", "not administered"}:
        return False, 0
    if folded in {"single dose", "single", "one dose", "1"}:
        return True, 1
    if folded in {"multiple doses", "multiple", "more than one dose"}:
        return True, None
    if folded in {"yes", "y", "administered, amount unknown"}:
        return True, None
    if folded in _UNKNOWN:
        return None, None
    raise Refused("must be none, single dose, multiple doses or unknown")


def naloxone_named(text: str) -> bool | None:
    """True where a medication is naloxone (by name or RxNorm number); None otherwise: one other drug says nothing of it."""
    folded = text.casefold()
    return (
        True
        if "naloxone" in folded or "narcan" in folded or folded.split(" ")[0] in {"7242", "7242.0"}
        else None
    )


def whole_number(most: int) -> Callable[[str], int]:
    """A converter to a whole number from 0 to ``most``."""

    def number(text: str) -> int:
        plain = text.replace(",", "").removesuffix(".0")
        if not (plain.isascii() and plain.isdigit()) or len(plain) > 12 or int(plain) > most:
            raise Refused(f"must be a whole number from 0 to {most:,}")
        return int(plain)

    return number


def age_unit(text: str) -> str:
    """years, months, weeks, days, hours or minutes; raises Refused."""
    folded = text.casefold().rstrip(".")
    unit = folded if folded in _AGE_UNITS else _UNIT_WORDS.get(folded, "")
    if not unit:
        raise Refused("must be a unit of age: years, months, weeks, days, hours or minutes")
    return unit


def age(text: str) -> Decimal:
    """A number of age units, not yet years; raises Refused."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise Refused("must be an age as a number") from None
    if not value.is_finite() or not 0 <= value < 60_000_000:
        raise Refused("must be an age as a number, 0 or more")
    return value


@lru_cache(maxsize=1024)
def band_of(value: Decimal, unit: str) -> str:
    """The ten-year band ("25-34"; "0-4", "5-14" and "85+" at the ends) of an age; raises Refused past OLDEST_YEARS."""
    years = value * _AGE_UNITS[unit]
    if years > OLDEST_YEARS:
        raise Refused(
            f"must be at most {OLDEST_YEARS} years",
            "Correct the age or its unit; 999 for unknown goes into the column's blanks.",
        )
    for below, band in _FIRST_BANDS:
        if years < below:
            return band
    if years >= 85:
        return "85+"
    start = int((years - 15) // 10) * 10 + 15
    return f"{start}-{start + 9}"


def age_band(text: str) -> str:
    """The ten-year band that holds the whole of a narrower one ("40 to 44" is 35-44); raises Refused where none does."""
    folded = text.casefold()
    if folded in _UNKNOWN:
        return ""
    over = _AND_OVER.fullmatch(text)
    if over and int(over[1]) >= 85:
        return "85+"
    found = _BAND.fullmatch(text)
    if found and int(found[1]) <= int(found[2]) <= OLDEST_YEARS:
        low, high = (band_of(Decimal(found[number]), "years") for number in (1, 2))
        if low == high:
            return low
    raise Refused(
        "must be an age band within 0-4, 5-14, 15-24, 25-34, … 75-84 or 85+",
        "Give ages, or bands that end at 4, 14, 24, 34 and so on; else leave the column out.",
    )
