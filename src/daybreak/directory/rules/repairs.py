"""Mends a row so that it can be loaded, and says what it mended; refuses only a row without a name or a place."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from functools import cache, lru_cache

from daybreak.directory.rules import phones
from daybreak.directory.rules.rows import Listing, Mend, Number, Refused, Row, Statement
from daybreak.vocabulary import gazetteer, needs, samhsa
from daybreak.vocabulary.states import STATES

FARTHEST_MILES = 50.0
# What a geocoder answers for "Kentucky" when it understood nothing else.
KENTUCKY_CENTROID = (37.8393332, -84.2700179)
WEST_PACIFIC = frozenset({"FM", "GU", "MH", "MP", "PW"})
LONGEST = {
    "name": 300,
    "program": 300,
    "detail": 300,
    "address_1": 300,
    "address_2": 300,
    "city": 150,
    "website": 500,
    "note": 5000,
}
_STATE_BY_NAME = {name.casefold(): code for code, name in STATES.items()} | {"ky.": "KY"}
_LANGUAGE_CODE = re.compile(r"[FN]X|[FN]\d{1,3}")
_COUNTY_WORD = re.compile(r"\s+(?:county|co\.?)$", re.IGNORECASE)
_NO_VALUE = frozenset({"na", "n/a", "none", "null", "nan", "-", "--", "."})
_NOTE_SAYS = {
    "methadone clients only": (("methadone", True), ("medication", True), ("opioid-only", True)),
    "methadone and buprenorphine clients only": (
        ("methadone", True),
        ("buprenorphine", True),
        ("medication", True),
        ("opioid-only", True),
    ),
    "dwi/dui clients only": (("dui", True), ("dui-only", True)),
}


def mended(row: Row) -> Listing | Refused:
    """The row as the directory keeps it. Changes ``row`` on the way: every repair is added to its ``mends``."""
    _clean_texts(row)
    _mend_zip(row)
    _mend_street(row)
    _mend_town(row)
    if not row.name:
        if not row.program:
            return Refused(row.line, row.row, row.raw, "has no name")
        row.mends.append(Mend("name", "", row.program, "name-from-program"))
        row.name, row.program, row.detail = row.program, row.detail, ""
    latitude, longitude, origin = _point(row)
    if not row.zip and not (row.city and row.state) and latitude is None:
        return Refused(
            row.line, row.row, row.raw, "has no place: no ZIP, no city with state, no usable coordinates"
        )
    statements = tuple(sorted(_statements(row).values(), key=lambda said: said.need))
    return Listing(
        row.line, row.row, row.name, row.program, row.detail, row.address_1, row.address_2, row.city, row.state, row.zip,
        latitude, longitude, origin, _county(row, latitude, longitude, origin), _phones(row), row.note, row.website,
        tuple(map(sys.intern, row.codes)), statements, _languages(row.codes), row.published, tuple(row.mends), row.key,
    )  # fmt: skip


def _clean_texts(row: Row) -> None:
    """Single spaces, no control characters, no "NA", no UTF-8 that was read as Western Windows ("Ã©" for "é")."""
    for name in ("name", "program", "detail", "address_1", "address_2", "city", "state", "zip", "note", "website",
                 "latitude", "longitude", "county"):  # fmt: skip
        text: str = getattr(row, name)
        if not text:
            continue
        plain = text if text.isprintable() else "".join(each if each.isprintable() else " " for each in text)
        better = " ".join(plain.split())
        if not better.isascii():
            better = _demangled(better)
        if better.casefold() in _NO_VALUE or (
            name == "website" and better.rstrip("/") in {"http:", "https:"}
        ):
            better = ""
        longest = LONGEST.get(name, 1000)
        if len(better) > longest:
            row.mends.append(Mend(name, better[:1000], better[:longest], "cut-to-fit"))
            better = better[:longest]
        elif better and better != " ".join(text.split()):
            row.mends.append(Mend(name, text.replace("\0", "␀"), better, "damaged-letters"))
        setattr(row, name, better)


def _demangled(text: str) -> str:
    try:
        return text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return text


def _mend_zip(row: Row) -> None:
    written = row.zip
    digits = re.sub(r"\D", "", written.removesuffix(".0"))
    five = ""
    if 3 <= len(digits) <= 5:
        five = digits.zfill(5)
    elif 6 <= len(digits) <= 9:
        head = re.match(r"\s*(\d{3,5})\s*-", written)
        five = (head[1] if head else digits.zfill(9)[:5]).zfill(5)
    if five == written:
        return
    rule = "zip-unreadable"
    if five:
        rule = (
            "zip-lost-zeros"
            if len(five.lstrip("0")) < 5 and not written.startswith("0")
            else "zip-reduced-to-five"
        )
    if written:
        row.mends.append(Mend("zip", written, five, rule))
    row.zip = five


def _mend_street(row: Row) -> None:
    if row.address_1 and not re.search("[A-Za-z]", row.address_1):
        read = phones.numbers_in(row.address_1)
        if any(number.readable for number in read):
            row.mends.append(Mend("address_1", row.address_1, "", "phone-in-street"))
            if not any(text == row.address_1 for _, text in row.contacts):
                row.contacts = (*row.contacts, ("main", row.address_1))
            row.address_1 = ""
    if not row.address_1 and row.address_2:
        row.mends.append(Mend("address_1", "", row.address_2, "street-from-second-line"))
        row.address_1, row.address_2 = row.address_2, ""
    if not row.address_1:
        row.mends.append(Mend("address_1", "", "", "street-missing"))


def _mend_town(row: Row) -> None:
    area = gazetteer.zip_area(row.zip) if row.zip else None
    state = row.state.upper()
    if state not in STATES:
        state = _STATE_BY_NAME.get(row.state.casefold(), "") or (area.state if area else "")
    if state != row.state:
        row.mends.append(
            Mend("state", row.state, state, "state-from-zip" if area and not row.state else "state-spelled")
        )
        row.state = state
    city = row.city.strip(" ,;")
    if re.search(r"\d", city):  # a street that slipped one column to the right
        row.mends.append(Mend("address_2", row.address_2, city, "street-in-city"))
        row.address_2, city = " ".join(part for part in (row.address_2, city) if part)[:300], ""
    if area and (not city or city.casefold() == "same"):
        city = area.city
    if city and (city.islower() or (city.isupper() and len(city) > 5)):
        city = area.city if area and area.city.casefold() == city.casefold() else city.title()
    if city != row.city:
        row.mends.append(
            Mend("city", row.city, city, "city-from-zip" if area and city == area.city else "city-spelled")
        )
        row.city = city


def _degrees(text: str) -> float | None:
    try:
        value = float(text.replace("−", "-"))
    except ValueError:
        return None
    return value if -180.0 <= value <= 180.0 else None  # refuses "nan" and "inf" as well


def _point(row: Row) -> tuple[float | None, float | None, str]:
    """(latitude, longitude, where from). A point that cannot be right gives way to the centre of the ZIP area."""
    centre = gazetteer.zip_centre(row.zip) if row.zip else None
    if centre == (0.0, 0.0):  # the post office's list has no point for Micronesia
        centre = None
    latitude, longitude = _degrees(row.latitude), _degrees(row.longitude)
    rule = ""
    if latitude is None or longitude is None:
        rule = "coordinates-missing" if not (row.latitude and row.longitude) else "coordinates-unreadable"
    else:
        latitude, longitude, turned = _turned(latitude, longitude, centre)
        rule = _wrong(latitude, longitude, centre, row.state) or _outside_county(row, latitude, longitude)
        if not rule:
            if turned:
                after = f"{latitude}, {longitude}"
                row.mends.append(Mend("coordinates", f"{row.latitude}, {row.longitude}", after, turned))
            return latitude, longitude, "source"
    after = f"{centre[0]}, {centre[1]}" if centre else ""
    if row.has_point or rule != "coordinates-missing":
        row.mends.append(
            Mend("coordinates", ", ".join(filter(None, (row.latitude, row.longitude))), after, rule)
        )
    return (centre[0], centre[1], "zip") if centre else (None, None, "none")


def _turned(
    latitude: float, longitude: float, centre: tuple[float, float] | None
) -> tuple[float, float, str]:
    """The point, or its mirror where only the mirror is near: swapped columns, or a lost minus sign."""
    if centre is None:
        if abs(latitude) > 90 >= abs(longitude):
            return longitude, latitude, "coordinates-swapped"
        return latitude, longitude, ""
    tries = [
        (latitude, longitude, ""),
        (longitude, latitude, "coordinates-swapped"),
        (latitude, -longitude, "longitude-lost-its-sign"),
    ]
    for lat, lon, rule in tries:
        if abs(lat) <= 90 and gazetteer.miles_between(lat, lon, *centre) <= FARTHEST_MILES:
            return lat, lon, rule
    return latitude, longitude, ""


def _wrong(latitude: float, longitude: float, centre: tuple[float, float] | None, state: str) -> str:
    """The rule that a point breaks; "" = it may stand."""
    if latitude == 0 and longitude == 0:
        return "coordinates-zero"
    if abs(latitude) > 90:
        return "coordinates-unreadable"
    if (round(latitude, 6), round(longitude, 6)) == tuple(round(part, 6) for part in KENTUCKY_CENTROID):
        return "coordinates-of-the-state"
    if centre and gazetteer.miles_between(latitude, longitude, *centre) > FARTHEST_MILES:
        return "coordinates-far-from-zip"
    if centre is None and state in WEST_PACIFIC and not 130 <= longitude <= 180:
        return "coordinates-far-from-state"
    return ""


def _county(row: Row, latitude: float | None, longitude: float | None, origin: str) -> str:
    if latitude is not None and longitude is not None and origin == "source" and row.state in {"KY", ""}:
        found = gazetteer.county_of_point(latitude, longitude)
        if found:
            return found
    if named := _named_county(row):
        return named
    area = gazetteer.zip_area(row.zip) if row.zip else None
    return area.county if area else ""


def _named_county(row: Row) -> str:
    """The county that the source itself names ("KY/Madison"); "" = it names none, or none that exists."""
    name = _COUNTY_WORD.sub("", row.county)
    return _counties_folded().get(gazetteer.county_key(row.state, name).casefold(), "") if name else ""


@cache
def _counties_folded() -> dict[str, str]:
    return {key.casefold(): key for key in gazetteer.counties()}


def _outside_county(row: Row, latitude: float, longitude: float) -> str:
    """A point in another county than the source's own column and ZIP both say was geocoded wrongly.

    Where the ZIP's county is another than the column's the place may well lie at the border, so the point stands. No county
    around the point says nothing: the outlines are too coarse at the rivers.
    """
    named = _named_county(row) if row.state == "KY" else ""
    area = gazetteer.zip_area(row.zip) if named and row.zip else None
    if not area or area.county != named:
        return ""
    found = gazetteer.county_of_point(latitude, longitude)
    return "coordinates-outside-county" if found and found != named else ""


def _phones(row: Row) -> tuple[Number, ...]:
    found: dict[tuple[str, str, str], Number] = {}
    for kind, text in row.contacts:
        for number in phones.numbers_in(text.replace("\0", ""), kind=kind):
            known = found.setdefault((number.number, number.extension, number.kind), number)
            if known is number and not number.readable:
                row.mends.append(Mend("phone", number.number, "", "phone-unreadable"))
    return tuple(found.values())


def _statements(row: Row) -> dict[str, Statement]:
    """What the row states: its reader's statements first, then its codes, then its note; the first word on a need stands."""
    said = {statement.need: statement for statement in row.statements}
    for statement in _stated_by(row.codes):
        said.setdefault(statement.need, statement)
    for need, answer in _NOTE_SAYS.get(row.note.casefold(), ()):
        said.setdefault(need, Statement(need, answer, row.note[:200]))
    return said


@lru_cache(maxsize=65536)
def _one(need: str, answer: bool, said: str) -> Statement:
    """One statement for all rows that make it: a national list makes the same few thousand a hundred thousand times."""
    return Statement(need, answer, said)


def _stated_by(codes: tuple[str, ...]) -> Iterator[Statement]:
    for need, (answer, said) in needs.facts_from_codes(codes).items():
        yield _one(need, answer, said[:200])


def _languages(codes: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """(name, ISO 639 code or "") of the languages that codes name; FX and NX name none."""
    found = [("Spanish", "es")] if "SP" in codes else []
    for code in codes:
        if _LANGUAGE_CODE.fullmatch(code) and code not in {"FX", "NX"}:
            known = samhsa.codes().get(code)
            if known:
                found.append((known.label[:100], ""))
    return tuple(dict.fromkeys(found))
