"""Places of somebody's file, never finer than a block: an address loses its house number here, a point its last digits."""

from __future__ import annotations

import json
import re
from functools import cache

from daybreak.intake.rules.problems import Refused
from daybreak.vocabulary import files
from daybreak.vocabulary.states import STATES

# A thousandth of a degree is 111 m north and 87 m east at Lexington: about a block.
POINT_DECIMALS = 3
_ZIP = re.compile(r"(\d{5})(?:-\d{4})?(?:\.0)?")
_POINT = re.compile(r"(?:POINT)?\s*\(?\s*(-?\d{1,3}\.\d+)\s*[,\s]\s*(-?\d{1,3}\.\d+)\s*\)?", re.IGNORECASE)
_DIRECTIONS = {
    "n": "N", "s": "S", "e": "E", "w": "W", "ne": "NE", "nw": "NW", "se": "SE", "sw": "SW",
    "north": "N", "south": "S", "east": "E", "west": "W",
    "northeast": "NE", "northwest": "NW", "southeast": "SE", "southwest": "SW",
}  # fmt: skip
_KIND_WORDS = """
aly alley ave av avenue blvd boulevard byp bypass cir circle ct court cv cove dr drive expy expressway hwy highway ln lane
loop mall mnr manor pike pk pkwy parkway pl place plz plaza pt point rd road row run sq square st street ter terrace trce
trace trl trail tpke turnpike walk way xing crossing
"""
_KINDS = frozenset(_KIND_WORDS.split())
# Words of a sentence: a text with one of them is a narrative that happens to begin with a number.
_SENTENCE_WORDS = """
the a an by at to of with who was were is and or for from met said states stated caller subject officer male female person
victim patient called call calls found near told his her him she he they
"""
_NOT_STREETS = frozenset(_SENTENCE_WORDS.split())
_UNIT = re.compile(
    r"[\s,]+(?:#|(?:apt|apartment|unit|ste|suite|lot|rm|room|bldg|building|fl|floor|trlr)\b\.?)\s*#?\s*[\w-]*.*$",
    re.IGNORECASE,
)
_TAIL = re.compile(r"\s*(?:,.*|\bLEXINGTON\b.*)$", re.IGNORECASE)
_ADDRESS = re.compile(r"(\d{1,6})(?:-?[A-Za-z]|\s+1/2|-\d{1,6})?\s+(.+)")
_BLOCK = re.compile(r"(\d{1,6})\s+(?:BLOCK|BLK)\s+(?:OF\s+)?(.+)", re.IGNORECASE)
_HIGHWAY = re.compile(
    r"(?:(?:US|KY|I|SR|STATE ROUTE|HIGHWAY|HWY)[\s-]*\d{1,4}|(?:ST|STATE)\s+(?:RT|RTE|ROUTE)\s*\d{1,4})",
    re.IGNORECASE,
)
_WORD = re.compile(r"[A-Za-z][A-Za-z'.-]*|\d{1,3}(?:st|nd|rd|th)", re.IGNORECASE)
# FIPS 5-2 numbers of the states; county codes begin with them.
_STATE_NUMBERS = {
    "01": "AL", "02": "AK", "04": "AZ", "05": "AR", "06": "CA", "08": "CO", "09": "CT", "10": "DE", "11": "DC", "12": "FL",
    "13": "GA", "15": "HI", "16": "ID", "17": "IL", "18": "IN", "19": "IA", "20": "KS", "21": "KY", "22": "LA", "23": "ME",
    "24": "MD", "25": "MA", "26": "MI", "27": "MN", "28": "MS", "29": "MO", "30": "MT", "31": "NE", "32": "NV", "33": "NH",
    "34": "NJ", "35": "NM", "36": "NY", "37": "NC", "38": "ND", "39": "OH", "40": "OK", "41": "OR", "42": "PA", "44": "RI",
    "45": "SC", "46": "SD", "47": "TN", "48": "TX", "49": "UT", "50": "VT", "51": "VA", "53": "WA", "54": "WV", "55": "WI",
    "56": "WY", "60": "AS", "66": "GU", "69": "MP", "72": "PR", "78": "VI",
}  # fmt: skip


def zip_code(text: str) -> str:
    """Five digits, from a ZIP code with or without its four more; "" for 00000 and 99999 (not known). Raises Refused."""
    found = _ZIP.fullmatch(text)
    if found is None:
        raise Refused(
            "must be a ZIP code of five digits",
            "Correct it; a spreadsheet may have dropped a zero at its start.",
        )
    return "" if found[1] in {"00000", "99999"} else found[1]


def state_code(text: str) -> str:
    """Two letters, from letters, a name or a FIPS number; raises Refused."""
    folded = text.casefold()
    code = _state_names().get(folded) or (
        text.upper() if text.upper() in STATES else _STATE_NUMBERS.get(text.zfill(2), "")
    )
    if not code:
        raise Refused("must be a state of the United States")
    return code


@cache
def _state_names() -> dict[str, str]:
    return {name.casefold(): code for code, name in STATES.items()}


def county_code(text: str) -> str:
    """Five FIPS digits, from these digits or the name of a Kentucky county; raises Refused.

    "Fayette County, OH" is another one of that name, of which the number is not known here.
    """
    if text.isascii() and text.isdigit():
        code = text.zfill(5)
        if len(code) == 5 and code[:2] in _STATE_NUMBERS and 0 < int(code[2:]) < 900:
            return code
    name, comma, state = text.partition(",")
    here = not comma or state.strip().casefold().strip(".") in {"ky", "kentucky"}
    code = _kentucky().get(_folded_county(name), "") if here else ""
    if not code:
        raise Refused(
            "must be a county: five FIPS digits, or a name in Kentucky",
            "Correct it, or give the name its five digits under the column's values in the mapping.",
        )
    return code


def county_number(text: str) -> str:
    """The three FIPS digits of a county within its state; raises Refused."""
    plain = text.removesuffix(".0")
    if not (plain.isascii() and plain.isdigit() and len(plain) <= 3 and 0 < int(plain) < 900):
        raise Refused("must be a county number of three FIPS digits")
    return plain.zfill(3)


def county_of(state: str, number: str) -> str:
    """Five digits from a state's two letters and a county's three digits; "" where the state has no number."""
    return next((code + number for code, letters in _STATE_NUMBERS.items() if letters == state), "")


def state_of_county(code: str) -> str:
    """The two letters of the state in which a county of five digits lies."""
    return _STATE_NUMBERS.get(code[:2], "")


def _folded_county(text: str) -> str:
    return re.sub(r"[^a-z]", "", re.sub(r"\b(county|co)\b\.?", " ", text.casefold()))


@cache
def _kentucky() -> dict[str, str]:
    shapes = json.loads((files.folder() / "geo/kentucky_counties.geojson").read_bytes())["features"]
    return {_folded_county(shape["properties"]["name"]): shape["properties"]["geoid"] for shape in shapes}


def block_of(text: str) -> str:
    """ "1200 block E Main St" from "1234 E Main St Apt 5, Lexington KY"; "" where the text is no street address.

    An intersection ("E Main St & S Broadway St") stays one, ordered by name. House numbers below 100 are the "1 block".
    """
    plain = " ".join(text.replace("\n", " ").split())
    if len(plain) > 120:
        return ""
    ready = _BLOCK.fullmatch(plain)
    number, rest = (ready[1], ready[2]) if ready else _cut(plain)
    if not number:
        return _intersection(plain)
    street = _street(_TAIL.sub("", _UNIT.sub("", rest)))
    if not street:
        return ""
    hundred = int(number) // 100 * 100
    return f"{hundred or 1} block {street}"


def _cut(plain: str) -> tuple[str, str]:
    found = _ADDRESS.fullmatch(plain)
    return (found[1], found[2]) if found else ("", "")


def _intersection(plain: str) -> str:
    parts = re.split(r"\s*(?:&|/|@|\band\b|\bat\b)\s*", _TAIL.sub("", plain), flags=re.IGNORECASE)
    if len(parts) != 2:
        return ""
    streets = sorted(filter(None, (_street(part) for part in parts)))
    return " & ".join(streets) if len(streets) == 2 else ""


def _street(text: str) -> str:
    """A street's name made even; "" unless it ends in a word for a street (or is a numbered highway)."""
    plain = text.strip(" .,")
    if _HIGHWAY.fullmatch(plain):
        return plain.upper()
    words = plain.split()
    if words and words[-1].casefold().strip(".") in _DIRECTIONS and len(words) > 2:
        after = _DIRECTIONS[words.pop().casefold().strip(".")]
    else:
        after = ""
    if not 2 <= len(words) <= 5 or words[-1].casefold().strip(".") not in _KINDS:
        return ""
    if not all(_WORD.fullmatch(word) for word in words) or _NOT_STREETS & {word.casefold() for word in words}:
        return ""
    made = [
        _DIRECTIONS.get(words[0].casefold().strip("."), "") or words[0].title(),
        *(word.title() for word in words[1:]),
    ]
    made[-1] = made[-1].strip(".")
    name = re.sub(r"(\d)(St|Nd|Rd|Th)\b", lambda found: found[1] + found[2].lower(), " ".join(made))
    return f"{name} {after}".strip()


def latitude(text: str) -> float | None:
    """Degrees north, rounded to about a block; None for 0 (not known). Raises Refused outside the United States."""
    return _degrees(text, 13, 72, "latitude in degrees north, between 13 and 72")


def longitude(text: str) -> float | None:
    """Degrees east (west is negative), rounded to about a block; None for 0. Raises Refused outside the United States."""
    return _degrees(text, -180, -64, "longitude in degrees, negative, between -180 and -64")


def point(text: str) -> tuple[float, float] | None:
    """(latitude, longitude) of "(39.87, -77.22)"; "POINT (-77.22 39.87)" has the longitude first. Raises Refused."""
    found = _POINT.fullmatch(text)
    if found is None:
        raise Refused("must be a point such as (38.046, -84.497)")
    first, second = found[1], found[2]
    if text.lstrip()[:5].upper() == "POINT":
        first, second = second, first
    north, east = latitude(first), longitude(second)
    return None if north is None or east is None else (north, east)


def _degrees(text: str, low: float, high: float, must: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        raise Refused(f"must be a {must}") from None
    if value == 0:
        return None
    if not low <= value <= high:
        raise Refused(
            f"must be a {must}", "Correct it; are latitude and longitude exchanged, or the minus sign lost?"
        )
    return round(value, POINT_DECIMALS)
