"""Turns what people write for a place into a place: ZIP, point, town, county or state; asks where it could be several."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from rapidfuzz import fuzz, process

from daybreak.vocabulary import gazetteer
from daybreak.vocabulary.states import STATES

_ZIP = re.compile(r"(\d{5})(?:-?\d{4})?")
_POINT = re.compile(r"(-?\d{1,2}(?:\.\d+)?)\s*[,;]\s*(-?\d{1,3}(?:\.\d+)?)")
_COUNTY_WORD = re.compile(r"\b(county|co|parish|condado(?: de)?)\b\.?", re.IGNORECASE)
_STATE_BY_NAME = {name.casefold(): code for code, name in STATES.items()}
_ANYWHERE = {
    "anywhere",
    "everywhere",
    "usa",
    "us",
    "u.s",
    "u.s.a",
    "united states",
    "estados unidos",
    "en cualquier lugar",
}
_ALSO = {
    "lex": "lexington",
    "nola": "new orleans",
    "nyc": "new york",
    "philly": "philadelphia",
    "cincy": "cincinnati",
}


@dataclass(frozen=True, slots=True)
class Found:
    """A place that was understood. ``kind`` is zip, point, town, county, state or anywhere; the last three have no point.

    ``others`` are other places of the same name, as texts that resolve to exactly one.
    """

    kind: str
    label: str
    point: tuple[float, float] | None = None
    county: str = ""
    state: str = ""
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ask:
    """A name that several places share: ``choices`` are texts that resolve to exactly one, the home state's first."""

    text: str
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nothing has this name; ``nearest`` are names that look like it."""

    text: str
    nearest: tuple[str, ...] = ()


def resolve(text: str, *, home_state: str) -> Found | Ask | Unknown:
    """What ``text`` names. A town of the home state goes before towns elsewhere; a county's name is never guessed."""
    written = " ".join(text.split())[:120]
    if match := _ZIP.fullmatch(written):
        area = gazetteer.zip_area(match[1])
        if area is None:
            return Unknown(written)
        return Found(
            "zip",
            f"{area.zip} ({area.city}, {area.state})",
            (area.latitude, area.longitude),
            area.county,
            area.state,
        )
    if match := _POINT.fullmatch(written):
        latitude, longitude = float(match[1]), float(match[2])
        if -90 <= latitude <= 90 and -180 <= longitude <= 180:
            return Found("point", f"{latitude:.4f}, {longitude:.4f}", (latitude, longitude))
        return Unknown(written)
    folded = written.casefold().strip(" .,")
    if folded in _ANYWHERE:
        return Found("anywhere", "United States")
    if folded in _STATE_BY_NAME or (folded.upper() in STATES and len(folded) == 2):
        return _state(_STATE_BY_NAME.get(folded) or folded.upper())
    if folded in gazetteer.counties_by_label():
        return _one_county(gazetteer.counties_by_label()[folded])
    name, state = _split_state(folded)
    if state == "CO" and folded.endswith(" co") and gazetteer.town(name, state) is None:
        return _county(name, "", home_state, written)  # "Fayette Co" is a county, not a town in Colorado
    if _COUNTY_WORD.search(name):
        return _county(_COUNTY_WORD.sub(" ", name), state, home_state, written)
    town = _town(_ALSO.get(name, name), state, home_state)
    if town is not None and (state or town.state == home_state):
        return town
    county = _county(name, state, home_state, written)
    if isinstance(county, Ask) and county.choices[0].endswith(STATES.get(home_state, "-")):
        return county
    if isinstance(county, Found) and county.state == home_state:
        return county  # "Boyle" in Kentucky is its county before it is a town in Mississippi
    return town or county


def _state(code: str) -> Found:
    return Found("state", STATES[code], None, "", code)


def _split_state(folded: str) -> tuple[str, str]:
    """("lexington", "KY") from "lexington, ky", "lexington kentucky" or "lexington"."""
    words = folded.replace(",", " , ").split()
    for count in (4, 3, 2, 1):
        head, tail = " ".join(words[:-count]).strip(" .,"), " ".join(words[-count:]).strip(" .,")
        code = _STATE_BY_NAME.get(tail) or tail.replace(".", "").upper()
        if head and code in STATES:
            return head, code
    return folded, ""


def _plain(name: str) -> str:
    spaced = " ".join(name.replace(".", " ").split())
    return re.sub(r"\bst\b", "saint", re.sub(r"\bste\b", "sainte", spaced))


def _town(name: str, state: str, home_state: str) -> Found | None:
    towns: dict[str, gazetteer.Town] = {}
    for spelt in (name, _plain(name)):
        towns = {code: town for code in STATES if (town := gazetteer.town(spelt, code)) is not None}
        if towns:
            break
    if state:
        towns = {code: town for code, town in towns.items() if code == state}
    if not towns:
        return None
    # The home state's; elsewhere the one with the most ZIP areas is the one that people mean. The others are offered.
    chosen = home_state if home_state in towns else max(towns, key=lambda code: towns[code].zips)
    town = towns[chosen]
    others = tuple(f"{town.name}, {code}" for code in towns if code != chosen)
    return Found(
        "town", f"{town.name}, {STATES[chosen]}", (town.latitude, town.longitude), "", chosen, others
    )


def _county(name: str, state: str, home_state: str, written: str) -> Found | Ask | Unknown:
    wanted = " ".join(_plain(name).split()).strip(" ,")
    keys = [key for key in _counties_by_name().get(wanted, []) if not state or key.startswith(f"{state}/")]
    if len(keys) == 1:
        return _one_county(keys[0])
    if keys:
        keys.sort(key=lambda key: (not key.startswith(f"{home_state}/"), key))
        return Ask(written, tuple(gazetteer.county_label(key) for key in keys))
    return Unknown(written, _looks_like(wanted, state or home_state))


@cache
def _counties_by_name() -> dict[str, list[str]]:
    """Folded county name without its kind → its keys in every state that has one."""
    found: dict[str, list[str]] = {}
    for key in sorted(gazetteer.counties()):
        name = _plain(key.partition("/")[2].casefold()).removesuffix(" parish").removesuffix(" borough")
        found.setdefault(name, []).append(key)
    return found


def _one_county(key: str) -> Found:
    return Found("county", gazetteer.county_label(key), None, key, key[:2])


def _looks_like(name: str, state: str) -> tuple[str, ...]:
    here = _town_labels(state)
    near = process.extract(name, list(here), scorer=fuzz.ratio, limit=3, score_cutoff=72)
    return tuple(here[folded] for folded, _, _ in near)


@cache
def _town_labels(state: str) -> dict[str, str]:
    return {folded: f"{written}, {state}" for folded, written in gazetteer.town_names(state).items()}
