"""Which columns hold persons – names, birth dates, numbers, addresses, narratives – told by heading and by content.

The ledger knows events, not people. These columns are dropped before anything is stored, and listed, so that whoever loads a
file sees what was left out. Recognising them is a help to that person; that nothing personal gets through does not rest on it,
but on every field taking only what its own rule understands.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

CLASSES = (
    "name", "birth-date", "person-number", "phone", "email", "address", "narrative", "contact", "vehicle", "account",
)  # fmt: skip
_BY_HEADING: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        (
            "birth-date",
            r"\b(dob|d o b|birth|birthdate|birthday|date of birth|birth date|ddn)\b",
        ),
        (
            "person-number",
            r"\b(ssn|s s n|social security|mrn|medical record|patient id|patient number|person id|subject id|victim id|"
            r"offender id|inmate id|master name|mni|driver s? ?licen[sc]e|drivers licen[sc]e|oln|dl number|passport|medicaid|"
            r"medicare|insurance|c unique patient id|c patient|sid number|fbi number|person number)\b",
        ),
        ("phone", r"\b(phone|telephone|tel|cell|mobile|fax|contact number|callback)\b"),
        ("email", r"\b(e ?mail)\b"),
        (
            "narrative",
            r"\b(narrative|narr|notes?|comments?|remarks?|synopsis|description of (event|incident)|details?|"
            r"chief ?complaint( parsed| updates| orig| history)?|ccdd|triage ?notes?( orig)?|clinical ?impression|history|"
            r"free ?text|summary|statement|circumstances|how injury occurred|"
            r"injury description|additional info(rmation)?)\b",
        ),
        ("vehicle", r"\b(plate|license plate|tag number|vin|vehicle id)\b"),
        ("account", r"\b(user ?name|login|account|twitter|facebook|instagram|snapchat|ip address)\b"),
        ("contact", r"\b(next of kin|nok|emergency contact|guardian|parent|spouse|informant|witness(es)?)\b"),
        (
            "address",
            r"\b(home address|residence address|patient address|decedent address|residence|address( line)? ?\d?|street address|"
            r"street number|house number|house no|apt|apartment)\b",
        ),
        (
            "name",
            r"\b((first|last|middle|full|given|family|sur|maiden|nick|patient|victim|suspect|subject|defendant|arrestee|"
            r"offender|decedent|complainant|caller|reporting party|officer|investigator|detective|deputy|physician|doctor|"
            r"person|inmate|client|owner|alias) ?s? ?names?|f ?name|l ?name|m ?name|surname|alias(es)?|aka|arrestee|suspects?|"
            r"subjects?|defendants?|complainant|caller|decedent|victims?|patient|officers?|investigator|detective|deputy|"
            r"reported by|reporting party|^person$|^persons$|name|names|last first)\b",
        ),
    )
)
# Words beside which "victim", "patient" or "subject" is no person's name but something about an event.
_ABOUT = re.compile(
    r"\b(age|aged|sex|gender|race|ethnicity|count|number of|zip|county|state|city|status|type|kind|outcome|condition|"
    r"disposition|survived|fatal|response|transported?|naloxone|narcan|drugs?|substances?|agency|unit|date|time|year|"
    r"veteran|homeless|asu|code|coded|fips|district|beat|zone|sector|hospital name|facility name|county name|drug name|"
    r"street name|medication name|substance name|operation name|agency name|unit name|name of (drug|substance|operation|agency)|"
    r"dose|doses|od|overdose|hours?|days?|month|quarter|band|group|range)\b"
)
_NEMSIS_ELEMENT = re.compile(r"e [a-z ]+ \d{2}")
# NEMSIS 3.5 numbers its elements: only these of a patient, a scene and a narrative hold a person.
_NEMSIS = {
    "e patient 01": "person-number", "e patient 02": "name", "e patient 03": "name", "e patient 04": "name",
    "e patient 05": "address", "e patient 12": "person-number", "e patient 17": "birth-date", "e patient 18": "phone",
    "e patient 19": "email", "e patient 20": "person-number", "e patient 21": "person-number", "e scene 15": "address",
    "e narrative 01": "narrative",
}  # fmt: skip
_DATE_OF = re.compile(r"\b(birth|dob)\b")
_SSN = re.compile(r"\d{3}-\d{2}-\d{4}")
_PHONE = re.compile(r"(?:\+?1[-. ]?)?\(?\d{3}\)?[-. ]\d{3}[-. ]?\d{4}(?:\s*(?:x|ext\.?)\s*\d+)?")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[A-Za-z]{2,}")
_LAST_FIRST = re.compile(
    r"[A-Z][A-Za-z'-]+(?: (?:JR|SR|II|III|Jr|Sr))?\.?,\s*[A-Z][A-Za-z'-]+(?:\s+[A-Z][A-Za-z'.-]*)?"
)
_FIRST_LAST = re.compile(
    r"[A-Z][a-z'-]+(?:\s+[A-Z]\.?)?\s+(?:O'|Mc|Mac)?[A-Z][a-z'-]+(?:\s+(?:Jr|Sr|II|III)\.?)?"
)
_HOUSE = re.compile(r"\d{1,6}[A-Za-z]?\s+[A-Za-z0-9 .'#-]{4,60}")
_A_YEAR = re.compile(r"(?<!\d)(19\d\d|20\d\d)(?!\d)")
_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}")
_SENTENCE = 60  # characters
# A share of a column's cells above which its content decides.
_SHARE = 0.3


def folded(heading: str) -> str:
    """A heading in lower case, its words parted by single blanks: "PatientLastName" and "patient_last_name" are alike."""
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", heading)
    return " ".join(re.sub(r"[^a-z0-9]+", " ", parted.casefold()).split())


def class_by_heading(heading: str) -> str:
    """The class of personal data that a heading announces, "" for none."""
    plain = folded(heading)
    if _NEMSIS_ELEMENT.fullmatch(plain):
        return _NEMSIS.get(plain, "")
    about = _ABOUT.search(plain) is not None
    for kind, pattern in _BY_HEADING:
        if pattern.search(plain) is None:
            continue
        if (
            kind == "name"
            and about
            and not re.search(r"\b(first|last|middle|full|sur|maiden|given) ?name", plain)
        ):
            continue
        if kind in {"narrative", "address", "contact"} and about and kind != "address":
            continue
        if kind == "birth-date" or not (_DATE_OF.search(plain) and about):
            return kind
    return ""


def is_about_an_event(heading: str) -> bool:
    """Whether a heading says that its column is about places, drugs, agencies or other things that are no person."""
    return _ABOUT.search(folded(heading)) is not None


def class_by_content(cells: Iterable[str]) -> str:
    """The class of personal data that a column's cells look like, "" for none; blank cells do not count."""
    texts = [cell.strip() for cell in cells if cell.strip()][:500]
    if not texts:
        return ""
    for kind, pattern in (("person-number", _SSN), ("email", _EMAIL), ("phone", _PHONE)):
        if _share(texts, pattern) >= _SHARE:
            return kind
    if sum(1 for text in texts if len(text) >= _SENTENCE and text.count(" ") >= 8) >= 0.1 * len(texts):
        return "narrative"
    varied = len(set(texts)) > max(2, len(texts) // 5)
    if varied and max(_share(texts, _LAST_FIRST), _share(texts, _FIRST_LAST)) >= 0.5:
        return "name"
    return "birth-date" if _looks_like_births(texts) else ""


def holds_house_numbers(cells: Iterable[str]) -> bool:
    """Whether a column's cells look like street addresses."""
    texts = [cell.strip() for cell in cells if cell.strip()][:500]
    return bool(texts) and _share(texts, _HOUSE) >= _SHARE


def _share(texts: Sequence[str], pattern: re.Pattern[str]) -> float:
    return sum(1 for text in texts if pattern.fullmatch(text)) / len(texts)


def _looks_like_births(texts: Sequence[str]) -> bool:
    """Dates that spread over more than 25 years, and none in the newest ten of them but a few: people, not events."""
    if len(texts) < 5 or sum(1 for text in texts if _DATE.match(text)) < 0.8 * len(texts):
        return False
    years = sorted(int(found[1]) for text in texts if (found := _A_YEAR.search(text)))
    return len(years) >= 5 and years[len(years) // 10] < 1995 and years[-1] - years[0] > 25
