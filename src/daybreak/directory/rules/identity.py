"""When are two rows the same place, the same service, the same record? Names and streets are folded, then compared exactly."""

from __future__ import annotations

import hashlib
import re
import unicodedata
import uuid
from functools import lru_cache

from daybreak.directory.rules.rows import Listing

_APOSTROPHES = re.compile("['’‘`´]")
_OTHER = re.compile(r"[^a-z0-9]+")
_LEGAL = frozenset({"inc", "incorporated", "llc", "lcc", "ltd", "pllc", "psc", "corp", "corporation"})
_UNIT = re.compile(
    r"[,\s]+(?:#|(?:suite|ste|st\s+\d+\s*$|apt|apartment|unit|room|rm|bldg|building|floor|\d+(?:st|nd|rd|th)\s+fl(?:oor)?)\b).*",
    re.IGNORECASE,
)
_STREET_WORDS = {
    "street": "st", "avenue": "ave", "av": "ave", "road": "rd", "drive": "dr", "boulevard": "blvd", "lane": "ln",
    "court": "ct", "place": "pl", "parkway": "pkwy", "highway": "hwy", "circle": "cir", "square": "sq",
    "terrace": "ter", "trail": "trl", "turnpike": "tpke", "route": "rte", "rt": "rte", "saint": "st", "mount": "mt",
    "north": "n", "south": "s", "east": "e", "west": "w", "northeast": "ne", "northwest": "nw", "southeast": "se",
    "southwest": "sw", "first": "1st", "second": "2nd", "third": "3rd", "fourth": "4th", "fifth": "5th", "sixth": "6th",
    "seventh": "7th", "eighth": "8th", "ninth": "9th", "tenth": "10th",
}  # fmt: skip


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """Lower case, no accents, no punctuation, "&" as "and"."""
    plain = (
        unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode() if not text.isascii() else text
    )
    return _OTHER.sub(" ", _APOSTROPHES.sub("", plain.casefold()).replace("&", " and ")).strip()


@lru_cache(maxsize=65536)
def fold_name(text: str) -> str:
    """A name without "the" in front and without its legal form: "The Hope Center, Inc." is "hope center"."""
    words = fold(_APOSTROPHES.sub("", text)).split()
    if len(words) > 1 and words[0] == "the":
        words = words[1:]
    while len(words) > 1 and words[-1] in _LEGAL:
        words.pop()
    return " ".join(words) or text.casefold().strip()


@lru_cache(maxsize=65536)
def fold_street(text: str) -> str:
    """A street without its unit, in the post office's short words: "250 West Loudon Avenue, Suite 3" is "250 w loudon ave"."""
    return " ".join(_STREET_WORDS.get(word, word) for word in fold(_UNIT.sub("", text)).split())


def area_key(listing: Listing) -> str:
    """The ZIP, else the town and state, else the point to a hundredth of a degree."""
    if listing.zip:
        return listing.zip
    if listing.city and listing.state:
        return f"{fold(listing.city)} {listing.state.lower()}"
    return f"{listing.latitude:.2f} {listing.longitude:.2f}"


def location_key(listing: Listing) -> str:
    """One place: the same organization at the same street and ZIP.

    Without a street, two programs of one organization in one ZIP may stand miles apart, so their names stay in the key.
    """
    street = fold_street(listing.address_1) or f"~ {fold_name(listing.service_name)}"
    return f"{fold_name(listing.name)}|{street}|{area_key(listing)}"[:600]


def service_key(name: str) -> str:
    """One service of a place, by its folded name."""
    return fold_name(name)


def record_key(listing: Listing, ordinal: int) -> str:
    """Names a row within its source: the source's own key, else its names, street and ZIP; and which of several such rows
    it is (from 0).
    """
    if listing.key:
        return hashlib.sha256(f"own key|{listing.key}|{ordinal}".encode()).hexdigest()
    parts = [
        fold_name(listing.name), fold_name(listing.program) if listing.program else "", fold(listing.detail),
        fold_street(listing.address_1), area_key(listing), str(ordinal),
    ]  # fmt: skip
    return hashlib.sha256("|".join(parts).encode()).hexdigest()


def organization_key(name: str, state: str) -> tuple[str, str]:
    """One organization: a name within a state; the same name in another state is taken to be somebody else."""
    return fold_name(name), state


_IDS = uuid.UUID("0b8a4f0e-6d2b-5f6e-8a55-3d7a4c1e9b20")


def made_id(*parts: str) -> uuid.UUID:
    """The id of what these words name, the same on every installation and after every fresh load (version 5)."""
    return uuid.uuid5(_IDS, "\x1f".join(parts))
