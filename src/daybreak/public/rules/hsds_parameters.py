"""Reads the parameters of an address below /api/hsds/: each is checked once, and a wrong one is named with its cure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

PER_PAGE = 50
MOST_PER_PAGE = 100_000
MOST_PAGE = 2_147_483_647
MOST_TEXT = 500
# Half of the way around the earth: no two places are further apart.
MOST_METRES = 20_037_508

UUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
ZIP = r"\d{5}(?:-\d{4})?"
METRES = r"\d{1,8}(?:\.\d{1,6})?"
_UUID, _ZIP, _METRES = (re.compile(pattern, re.ASCII) for pattern in (UUID, ZIP, METRES))
_WHOLE = re.compile(r"\d{1,10}", re.ASCII)
# RFC 3339: the day, the time, and how far that is from UTC.
_RFC3339 = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))", re.ASCII
)

_PAGES = ("search", "page", "per_page", "format")
_WHICH = ("taxonomy_term_id", "taxonomy_id", "organization_id", "modified_after")
# Address below /api/hsds/ → the parameters that HSDS 3.0 gives it, and no others.
PARAMETERS: dict[str, tuple[str, ...]] = {
    "/": (),
    "/services": (*_PAGES, *_WHICH, "minimal", "full"),
    "/services/{id}": (),
    "/organizations": ("search", "full_service", "full", "page", "per_page", "format"),
    "/organizations/{id}": ("full_service",),
    "/service_at_locations": (*_PAGES, *_WHICH, "full", "postcode", "proximity"),
    "/service_at_locations/{id}": (),
    "/taxonomies": _PAGES,
    "/taxonomies/{id}": (),
    "/taxonomy_terms": (*_PAGES, "taxonomy_id", "top_only", "parent_id"),
    "/taxonomy_terms/{id}": (),
    "/openapi.json": (),
}
# What tells something about whoever asks: such answers stay out of every cache.
PERSONAL = frozenset({"search", "postcode", "proximity"})


class BadParameter(Exception):
    """A parameter that cannot be used. ``got`` is the kind of thing that came, never the value itself."""

    def __init__(self, parameter: str, must: str, got: str, cure: str) -> None:
        super().__init__(f"{parameter} must be {must}; got {got}. {cure}")
        self.parameter = parameter
        self.must = must
        self.got = got
        self.cure = cure


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for. ``per_page`` None = everything on one page; ``proximity_m`` is in metres."""

    search: str = ""
    page: int = 1
    per_page: int | None = PER_PAGE
    ndjson: bool = False
    taxonomy_term_id: str | None = None
    taxonomy_id: str | None = None
    organization_id: str | None = None
    parent_id: str | None = None
    modified_after: datetime | None = None
    minimal: bool = False
    full: bool = False
    full_service: bool = False
    top_only: bool = False
    postcode: str | None = None
    proximity_m: float | None = None


def read_asked(given: Mapping[str, Sequence[str]], *, path: str, accept: str = "") -> Asked:
    """What is asked for at ``path`` (a key of PARAMETERS); raises BadParameter for the first that cannot be used."""
    known = PARAMETERS[path]
    for name in given:
        if name not in known:
            raise BadParameter(
                _plain_name(name),
                f"one of: {', '.join(known)}"
                if known
                else "left out, since this address takes no parameters",
                "a parameter that this address does not know",
                "Leave it out, or write its name as HSDS does, in lower case.",
            )
    read: dict[str, Any] = {}
    for name, values in given.items():
        if len(values) > 1:
            raise BadParameter(
                name, "given once", f"{len(values)} values", "Give one value; ask once for each of several."
            )
        read[_FIELD.get(name, name)] = _READERS[name](name, values[0])
    return _whole(read, accept)


def _whole(read: dict[str, Any], accept: str) -> Asked:
    """The parameters as they go together."""
    if read.get("minimal") and read.get("full"):
        raise BadParameter(
            "minimal", "false where full is true", "true for both", "Leave one of the two out."
        )
    if "proximity_m" in read and "postcode" not in read:
        raise BadParameter(
            "proximity",
            "given together with postcode, from whose middle it is measured",
            "no postcode",
            "Add postcode, for example postcode=40507.",
        )
    read.setdefault("ndjson", _prefers_ndjson(accept))
    paged = "page" in read or "per_page" in read
    # HSDS: ndjson streams all results without pagination; minimal aims to return all in one page.
    if not paged and (read["ndjson"] or read.get("minimal")):
        read["per_page"] = None
    return Asked(**read)


def _prefers_ndjson(accept: str) -> bool:
    """Whether an Accept header wants lines rather than one document; where it leaves the choice, one document."""
    weights = {"application/x-ndjson": 0.0, "application/json": 0.0}
    for choice in accept.lower().replace(" ", "").split(","):
        name, *rest = choice.split(";")
        weight = next((part[2:] for part in rest if part.startswith("q=")), "1")
        kind = "application/x-ndjson" if name == "application/ndjson" else name
        if kind in weights and re.fullmatch(r"[01](\.\d{1,3})?", weight, re.ASCII):
            weights[kind] = max(weights[kind], float(weight))
    return weights["application/x-ndjson"] > weights["application/json"]


def _plain_name(name: str) -> str:
    """A parameter's name where it is one; what else stands there may be what somebody typed."""
    return name if re.fullmatch(r"[a-z_]{1,40}", name) else "a parameter"


def _kind(value: str) -> str:
    """What kind of thing came, without saying what it was."""
    if not value:
        return "nothing"
    if re.fullmatch(r"[+-]?\d+", value, re.ASCII):
        return "a whole number" if len(value) <= 10 else f"a whole number of {len(value)} digits"
    if re.fullmatch(r"[+-]?\d*\.\d+", value, re.ASCII):
        return "a number with a fraction"
    return f"text of {len(value)} characters"


def _text(name: str, value: str) -> str:
    if len(value) > MOST_TEXT:
        raise BadParameter(name, f"at most {MOST_TEXT} characters", _kind(value), "Use fewer words.")
    return " ".join(value.split())


def _count(most: int) -> Callable[[str, str], int]:
    def read(name: str, value: str) -> int:
        if not (_WHOLE.fullmatch(value) and 1 <= int(value) <= most):
            cure = f"Write it in digits, for example {name}=1."
            raise BadParameter(name, f"a whole number from 1 to {most:,}", _kind(value), cure)
        return int(value)

    return read


def _truth(name: str, value: str) -> bool:
    if value not in {"true", "false"}:
        raise BadParameter(
            name, "true or false", _kind(value), f"Write {name}=true, or leave it out for false."
        )
    return value == "true"


def _format(name: str, value: str) -> bool:
    if value not in {"json", "ndjson"}:
        raise BadParameter(
            name, "json or ndjson", _kind(value), "Write format=ndjson, or leave it out for json."
        )
    return value == "ndjson"


def _id(name: str, value: str) -> str:
    if not _UUID.fullmatch(value):
        cure = "Take the id from an answer of this API, for example 3f2b8a52-7d0e-5c1b-9d39-0f6a3a6f2b11."
        raise BadParameter(name, "a UUID of 32 hexadecimal digits with 4 dashes", _kind(value), cure)
    return value.lower()


def _postcode(name: str, value: str) -> str:
    if not _ZIP.fullmatch(value):
        raise BadParameter(
            name, "a ZIP of five digits, with or without its four more", _kind(value), "Write postcode=40507."
        )
    return value[:5]


def _metres(name: str, value: str) -> float:
    if not (_METRES.fullmatch(value) and float(value) <= MOST_METRES):
        must = f"a number of metres from 0 to {MOST_METRES:,}"
        raise BadParameter(
            name, must, _kind(value), "Write it in digits, for example proximity=5000 for 5 km."
        )
    return float(value)


def moment(text: str) -> datetime | None:
    """The moment that RFC 3339 text names, in UTC; None = it names none. A leap second counts as the second before it."""
    found = _RFC3339.fullmatch(text)
    if not found:
        return None
    year, month, day, hour, minute, second = (int(part) for part in found.groups()[:6])
    fraction, sign, hours, minutes = found.groups()[6:]
    away = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    if away >= timedelta(hours=24) or int(minutes or 0) > 59:
        return None
    zone = timezone(-away if sign == "-" else away)
    try:
        local = datetime(year, month, day, hour, minute, 59 if second == 60 else second,
                         int((fraction or "")[:6].ljust(6, "0")), zone)  # fmt: skip
    except ValueError:
        return None
    try:
        return local.astimezone(UTC)
    except OverflowError:  # the first or last hours of the calendar, seen from UTC
        return local.replace(tzinfo=UTC)


def _moment(name: str, value: str) -> datetime:
    found = moment(value)
    if found is None:
        cure = "Write modified_after=2026-01-31T00:00:00Z; a + in an address is written %2B."
        raise BadParameter(name, "a date and time with its zone (RFC 3339)", _kind(value), cure)
    return found


_FIELD = {"format": "ndjson", "proximity": "proximity_m"}
_READERS: dict[str, Callable[[str, str], Any]] = {
    "search": _text,
    "page": _count(MOST_PAGE),
    "per_page": _count(MOST_PER_PAGE),
    "format": _format,
    "taxonomy_term_id": _id,
    "taxonomy_id": _id,
    "organization_id": _id,
    "parent_id": _id,
    "modified_after": _moment,
    "minimal": _truth,
    "full": _truth,
    "full_service": _truth,
    "top_only": _truth,
    "postcode": _postcode,
    "proximity": _metres,
}


def read_id(text: str) -> str | None:
    """The id at the end of an address, in lower case; None = it is no UUID, so nothing has it."""
    return text.lower() if _UUID.fullmatch(text) else None
