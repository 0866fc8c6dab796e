"""What two addresses have in common: house number, street, unit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from daybreak.directory.rules.identity import fold, fold_street

_NUMBER = re.compile(r"^(\d+)([a-z]?)(?:\s+(\d+)(?=\s))?(?:\s+1 2)?\b\s*")
_BOX = re.compile(r"\b(?:p ?o ?box|post office box|box)\s+(\w+)")
_UNIT = re.compile(
    r"\b(?P<kind>suites?|stes?|apt|apartment|unit|room|rm|bldg|building|floor|fl)\b[ .#]*(?:number\s+|no\s+)?"
    r"(?P<value>\w+(?:-\w+)?)|"
    r"#\s*(?P<bare>\w+)|\b(?P<storey>\d+)(?:st|nd|rd|th)\s+fl(?:oor)?\b",
    re.IGNORECASE,
)
# How hospitals write a ward: "9 West".
_WARD = re.compile(r"\b(\d{1,2})\s+(?:north|south|east|west)\s*$", re.IGNORECASE)
_SPOKEN = {"one": "1", "two": "2", "three": "3", "four": "4", "five": "5"}
_STOREYS = {"first": "1", "second": "2", "third": "3", "fourth": "4", "fifth": "5"}
_STOREY = re.compile(rf"\b({'|'.join(_STOREYS)})\s+fl(?:oor)?\b", re.IGNORECASE)
_SIDES = frozenset({"n", "s", "e", "w", "ne", "nw", "se", "sw"})
_KINDS = frozenset({
    "st", "ave", "rd", "dr", "blvd", "ln", "ct", "pl", "pkwy", "hwy", "cir", "sq", "ter", "trl", "tpke", "rte", "way", "pike",
    "plz", "plaza", "loop", "fwy", "expy", "alley", "aly", "row", "us", "state", "county",
})  # fmt: skip
_WORDS = {
    "plaza": "plz",
    "parkways": "pkwy",
    "hwys": "hwy",
    "freeway": "fwy",
    "expressway": "expy",
    "bl": "blvd",
    "trce": "trace",
}


@dataclass(frozen=True, slots=True)
class Street:
    """A street address taken apart: "" where a part is not said. ``name`` is the street without number, side and kind."""

    number: str = ""
    number_to: str = ""
    name: str = ""
    sides: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    box: str = ""
    units: frozenset[tuple[str, str]] = frozenset()


@lru_cache(maxsize=131072)
def read_street(line_1: str, line_2: str = "") -> Street:
    """The parts of an address's two lines. A second line that begins with a number is the street where the first has none."""
    units = _units(f"{line_1}, {line_2}")
    folded = _without_units(line_1)
    number = _NUMBER.match(folded)
    if number is None and line_2:
        second = _without_units(line_2)
        if (again := _NUMBER.match(second)) and len(second.split()) > 2:
            folded, number = second, again
    box = _BOX.search(fold(f"{line_1} {line_2}"))
    if box and folded.startswith(("po ", "p o ", "post office", "box ")):
        folded = ""
    rest = [_WORDS.get(word, word) for word in (folded[number.end() :] if number else folded).split()]
    name = [word for word in rest if word not in _SIDES and word not in _KINDS] or rest
    return Street(
        number=number[1] if number else "",
        number_to=(number[3] or "") if number else "",
        name=" ".join(name),
        sides=frozenset(rest) & _SIDES if name != rest else frozenset(),
        kinds=frozenset(rest) & _KINDS if name != rest else frozenset(),
        box=box[1] if box else "",
        units=units,
    )


def numbers_agree(one: Street, other: Street) -> bool:
    """Whether the house numbers are the same, or one lies in the other's range ("1211-1213")."""
    for first, second in ((one, other), (other, one)):
        if first.number == second.number or first.number + first.number_to == second.number:
            return True  # Queens writes 62-07 and 6207
        if first.number_to.isdigit() and second.number.isdigit() and first.number.isdigit():
            low = int(first.number)
            high = int(first.number[: -len(first.number_to)] + first.number_to)
            if low <= int(second.number) <= high and high - low <= 100:
                return True
    return False


def street_level(one: Street, other: Street) -> str:
    """same, near-name (the same number in a street that is spelled otherwise), next-door, other-number, other, or unknown.

    ``same`` needs house number and street; sides that contradict each other ("N Main", "S Main") make it ``other``.
    """
    if not (one.name and other.name):
        return "same-box" if one.box and one.box == other.box else "unknown"
    alike = _names_alike(one.name, other.name)
    sides_clash = bool(one.sides and other.sides and not one.sides & other.sides)
    if not (one.number and other.number):
        if alike >= 90 and not sides_clash:
            return "same" if one.number == other.number and len(one.name) > 5 else "street-only"
        return "unknown"
    if numbers_agree(one, other):
        if alike >= 70:
            return "other-side" if sides_clash else "same"
        return "number-only"
    if alike >= 85 and not sides_clash:
        if one.number.isdigit() and other.number.isdigit():
            if sorted(one.number) == sorted(other.number):
                return "number-slip"
            if abs(int(one.number) - int(other.number)) <= 20:
                return "next-door"
        return "other-number"
    return "other"


@lru_cache(maxsize=131072)
def _names_alike(one: str, other: str) -> float:
    if one == other or one.replace(" ", "") == other.replace(" ", ""):
        return 100.0
    if any(word.isdigit() or word[:1].isdigit() for word in (*one.split(), *other.split())):
        # "45th" is not "46th", "hwy 27" is not "hwy 25", however alike they look.
        first = {word for word in one.split() if word[:1].isdigit()}
        second = {word for word in other.split() if word[:1].isdigit()}
        if first != second:
            return 0.0
    return max(fuzz.ratio(one, other), fuzz.token_set_ratio(one, other) - 5)


def _without_units(line: str) -> str:
    """The line folded, up to its first unit; a house number in letters in figures."""
    end = min(
        (found.start() for part in (_UNIT, _STOREY) if (found := part.search(line)) and found.start()),
        default=None,
    )
    words = fold_street(line[:end]).split()
    if words and words[0] in _SPOKEN:
        words[0] = _SPOKEN[words[0]]
    return " ".join(words)


def _units(text: str) -> frozenset[tuple[str, str]]:
    """(building, floor or suite, which one) of every unit that is named."""
    found = {("floor", _STOREYS[storey[1].lower()]) for storey in _STOREY.finditer(text)}
    found |= {("floor", ward[1]) for ward in _WARD.finditer(text)}
    for unit in _UNIT.finditer(text):
        if unit["storey"]:
            found.add(("floor", unit["storey"]))
        elif unit["bare"]:
            found.add(("suite", unit["bare"].lower()))
        elif not (
            unit["value"].lower() in _STOREYS or re.fullmatch(r"\d+(?:st|nd|rd|th)", unit["value"].lower())
        ):
            word = unit["kind"].lower()
            kind = (
                "building"
                if word in {"bldg", "building"}
                else "floor"
                if word in {"floor", "fl"}
                else "suite"
            )
            found.add((kind, unit["value"].lower().replace("-", "")))
    return frozenset(found)


def units_level(one: Street, other: Street) -> str:
    """same, other or unknown (none that both name; the same building alone says nothing about which door)."""
    first, second = _by_kind(one), _by_kind(other)
    shared = first.keys() & second.keys()
    if any(not first[kind] & second[kind] for kind in shared):
        return "other"
    return "same" if shared - {"building"} else "unknown"


def _by_kind(street: Street) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for kind, value in street.units:
        found.setdefault(kind, set()).add(value)
    return found
