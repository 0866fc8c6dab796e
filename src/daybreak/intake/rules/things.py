"""Drugs, quantities, codes and charges of somebody's file: recognised by the vocabulary, or refused – never a silent "other"."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from daybreak.intake.rules.offense_words import is_offense
from daybreak.intake.rules.problems import Refused
from daybreak.vocabulary import causes, statutes, substances, units

LARGEST_QUANTITY = 10_000_000
_SIXTH_DECIMAL = Decimal("0.000001")
_MEASURE = re.compile(r"([\d.,]+(?:[eE][-+]\d{1,2})?)\s*([A-Za-z][A-Za-z .-]*)?")
_CODE = re.compile(r"(?<![0-9A-Za-z])[A-TV-Z]\d\d(?:\.?[0-9A-Z]{1,4})?(?![0-9A-Za-z])", re.IGNORECASE)
_LISTED = re.compile(r"\s*[;|]\s*")
_OTHER_STATUTE = re.compile(r"[A-Z]{2,5}\s*\d{1,4}[A-Z]?[-.]\d{2,4}(?:\([0-9A-Za-z]+\))*", re.IGNORECASE)
# Without "KRS" a telephone number must not pass: chapters end at 534, and a section of four digits begins with no 0.
_BARE_KENTUCKY = re.compile(r"[1-5]?\d{1,2}[A-Z]?\.(?:\d{3}|[1-9]\d{3})(?!\d)", re.IGNORECASE)
_UCR = re.compile(r"(?:UCR\s*)?(\d{2}[A-Z])", re.IGNORECASE)
_NUMBER = re.compile(r"(?=.*\d)[A-Za-z0-9][A-Za-z0-9 ./_:#-]{0,59}")
_WORDS = re.compile(r"[A-Za-z]{2,}")
_LABEL = re.compile(
    r"(?:(?:item|exhibit|exh|evidence|bag|package|pkg|lab|number|no|[a-z]{1,2})[ .#:-]*)?"
    r"#?\d{1,6}(?:[a-z]|[.-]\d{1,3}|[.-]?[a-z]\d?)?",
    re.IGNORECASE,
)
_PERSONAL_NUMBERS = re.compile(
    r"\d{3}-\d{2}-\d{4}|(?:\+?1[-. ])?(?:\(\d{3}\)|\d{3})[-. ]\d{3}[-. ]\d{4}|\d{1,2}/\d{1,2}/\d{2,4}"
)


def drugs(text: str) -> tuple[str, ...]:
    """Slugs of every substance that a cell names; raises Refused where a part of it names none, or could be several."""
    found, lost = substances.recognise_all(text)
    if lost or not found:
        raise Refused(
            "must name substances that the list of substances has",
            "Correct the cell, give its text a substance under the column's values in the mapping, or add the substance to "
            "data/vocabulary/substances.csv.",
        )
    return found


def known_drugs_or_none(text: str) -> tuple[str, ...]:
    """Slugs of the substances that a cell names; what it names besides is left out, and said (see compiling.Compiled.said)."""
    return substances.recognise_all(text)[0]


def nibrs_drug(text: str) -> tuple[str, ...]:
    """The substance of a NIBRS letter; raises Refused."""
    found = substances.recognise(text, code_list="nibrs")
    if isinstance(found, substances.NotRecognised):
        raise Refused("must be a NIBRS drug type, A to P, U or X")
    return (found.substance,)


def quantity(text: str) -> tuple[Decimal, str]:
    """(number, unit slug or "") of "1,179.501", "12.5 g" or "0.5oz"; raises Refused.

    Digits past the sixth decimal are rounded: the ledger keeps millionths.
    """
    found = _MEASURE.fullmatch(text)
    if found is None:
        raise Refused("must be a quantity such as 12.5 or 12.5 g")
    try:
        number = Decimal(_without_thousands(found[1]))
    except InvalidOperation:
        raise Refused("must be a quantity such as 12.5 or 12.5 g") from None
    if number >= LARGEST_QUANTITY:
        raise Refused(f"must be a quantity below {LARGEST_QUANTITY:,}")
    if number != number.quantize(_SIXTH_DECIMAL):
        number = number.quantize(_SIXTH_DECIMAL)
    return number, unit(found[2].strip(" .")) if found[2] else ""


def _without_thousands(text: str) -> str:
    """ "1,179.501" → "1179.501". A comma that parts no thousands ("0,5") is no number here: it may be a decimal comma."""
    if "," not in text:
        return text
    if not re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", text):
        raise Refused("must be a number with a decimal point; a comma may only part thousands")
    return text.replace(",", "")


def unit(text: str) -> str:
    """The unit's slug; "" for XX (not reported, at the laboratory). Raises Refused."""
    found = units.recognise(text)
    if found is None:
        raise Refused("must be a unit of the list of units, such as g, oz, kg, dosage unit or XX")
    return found


def icd_codes(text: str) -> tuple[str, ...]:
    """Every ICD-10 code in a cell, as "T40.1", each once; descriptions beside them are not kept. Raises Refused."""
    found = tuple(dict.fromkeys(filter(None, (causes.normal_code(code) for code in _CODE.findall(text)))))
    if not found or len(found) > 40:
        raise Refused("must hold ICD-10 codes such as X42 or T40.1")
    return found


def icd_code(text: str) -> str:
    """The one ICD-10 code in a cell; raises Refused."""
    codes = icd_codes(text)
    if len(codes) != 1:
        raise Refused("must hold one ICD-10 code, such as X42")
    return codes[0]


def statute(text: str) -> str:
    """A citation as the law is cited: "KRS 218A.1412", another state's, or a NIBRS offense ("UCR 35A"). Raises Refused."""
    plain = " ".join(text.split())
    kentucky = statutes.normal_citation(plain)
    if kentucky and (plain[:1].upper() == "K" or _BARE_KENTUCKY.match(plain)):
        return kentucky
    code = _UCR.fullmatch(plain)
    if code:
        return f"UCR {code[1].upper()}"
    if _OTHER_STATUTE.fullmatch(plain):
        return plain.upper()
    raise Refused("must be a citation such as KRS 218A.1412 or UCR 35A")


def offense(text: str) -> str:
    """An offense in words; raises Refused where a word is none that offenses are written with: it could be a name."""
    plain = " ".join(text.split())
    if not is_offense(plain) or len(plain) > 200:
        raise Refused(
            "must be an offense in the usual words and abbreviations",
            "Give the text under the column's values in the mapping; a name in it must not reach the ledger.",
        )
    return plain


@lru_cache(maxsize=4096)
def record_number(text: str) -> str:
    """A number by which an agency knows a record; raises Refused for what looks like a person's own (or a name)."""
    plain = " ".join(text.split())
    if not _NUMBER.fullmatch(plain) or _PERSONAL_NUMBERS.fullmatch(plain) or len(_WORDS.findall(plain)) > 3:
        raise Refused(
            "must be a record number: letters and digits, no name, no date and no telephone number",
            "Name another column as the key in the mapping.",
        )
    return plain


def label(text: str) -> str:
    """An exhibit's number on its bag, such as "Item 3" or "EX-001"; raises Refused."""
    plain = " ".join(text.split())
    if not _LABEL.fullmatch(plain):
        raise Refused("must be an exhibit's number such as 3, Item 3, 2B or EX-001")
    return plain


def listed(allowed: Mapping[str, str]) -> Callable[[str], str]:
    """A converter that takes the slugs in ``allowed`` only (operations: their names are not guessed)."""

    def chosen(text: str) -> str:
        folded = text.casefold()
        if folded not in allowed:
            raise Refused(
                "must be one of the operations that the mapping lists",
                "Add its name and slug to the column's values.",
            )
        return allowed[folded]

    return chosen


def parts(text: str) -> list[str]:
    """The parts of a cell with several, cut at semicolons and bars."""
    return [part for part in _LISTED.split(text) if part]
