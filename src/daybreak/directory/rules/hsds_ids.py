"""Ids of what has no row of its own in our tables: the same on every installation, made from what they name."""

from __future__ import annotations

import hashlib
import uuid
from functools import lru_cache

NAMESPACE = uuid.UUID("7d0f2f2e-58c7-5c0b-9d39-0f6a3a6f2b11")
NEEDS = str(uuid.uuid5(NAMESPACE, "taxonomy needs"))
NEEDS_STATED_NO = str(uuid.uuid5(NAMESPACE, "taxonomy needs stated no"))
# Names of the two taxonomies, which are also how a document's terms are known again.
NEEDS_NAME = "Daybreak needs"
NEEDS_STATED_NO_NAME = "Daybreak needs, stated no"
_SPACE = NAMESPACE.bytes
_VARIANT = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}


def hsds_id(*parts: str) -> str:
    """A version 5 UUID from some words, the same one every time; as uuid.uuid5, twice as fast."""
    digest = hashlib.sha1(_SPACE + "\x1f".join(parts).encode(), usedforsecurity=False).hexdigest()
    return (
        f"{digest[:8]}-{digest[8:12]}-5{digest[13:16]}-{_VARIANT[digest[16]]}{digest[17:20]}-{digest[20:32]}"
    )


@lru_cache(maxsize=4096)
def need_term_id(need: str, *, answer: bool) -> str:
    """The term that says yes (or no) to one need."""
    return hsds_id("term", NEEDS if answer else NEEDS_STATED_NO, need)


def need_term_code(need: str, *, answer: bool) -> str:
    """The term's code: "detox" says yes, "no-detox" says no; codes of two taxonomies must not be mistaken for each other."""
    return need if answer else f"no-{need}"


def attribute_id(service: str, term: str, source: str) -> str:
    """The attribute by which a source (its slug) says that a service carries a term."""
    return hsds_id("attribute", service, term, source)


def metadata_id(service: str, source: str) -> str:
    """The entry that says in which source a service is listed."""
    return hsds_id("metadata", service, source)


@lru_cache(maxsize=256)
def unit_id(name: str) -> str:
    """What is counted: beds, chairs."""
    return hsds_id("unit", name)
