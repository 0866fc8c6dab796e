"""Reads rows of FindTreatment.gov, the federal locator: saved replies, an array of rows, or one row a line."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from daybreak.directory.readers.documents import decoded, documents, elements
from daybreak.directory.readers.tables import UnusableFile
from daybreak.directory.rules.rows import Mend, Row, Statement
from daybreak.vocabulary import files

FAMILY = "findtreatment"
CITATION = "FindTreatment.gov, SAMHSA (public domain)"
# The labels are met with the code list of 2023; those of before that mean the same have a list of their own.
CODES_EDITION = 2023
_VINTAGE = "findtreatment_2023"
_TEXTS = {
    "name": "name1", "program": "name2", "address_1": "street1", "address_2": "street2", "city": "city", "state": "state",
    "zip": "zip", "latitude": "latitude", "longitude": "longitude", "website": "website",
}  # fmt: skip
_PHONE = re.compile(r"(phone|intake|hotline)\d*\Z")
_KINDS = {"phone": "main", "intake": "intake", "hotline": "hotline"}
# The row's number in one reply, how far it lies from the point that was asked for, and what other fields say already.
_NOT_THE_PLACE = {"_irow", "miles", "frid", "services", "typeFacility"}
_MARKS = re.compile("[®™©*]")


@dataclass(frozen=True, slots=True)
class Reply:
    """One page of the locator's answer. ``page``, ``pages`` and ``count`` (rows in all) are None where it does not say."""

    rows: list[Any]
    page: int | None = None
    pages: int | None = None
    count: int | None = None


def read_reply(value: Any) -> Reply:
    """One reply from its JSON value; raises UnusableFile where it is none."""
    if isinstance(value, list):
        return Reply(value)
    if not isinstance(value, dict) or not ("rows" in value or "name1" in value):
        raise UnusableFile(
            f"A reply of FindTreatment.gov must be an object with rows, a list of rows, or a row; got {_kind(value)}. "
            "Save the answer of the address that ends with exportsAsJson/v2."
        )
    if "rows" not in value:
        return Reply([value])
    rows = value["rows"] if value["rows"] is not None else []
    if not isinstance(rows, list):
        raise UnusableFile(f"The reply's rows must be a list; got {_kind(rows)}. Fetch the reply again.")
    return Reply(rows, *(_whole(value.get(name), name) for name in ("page", "totalPages", "recordCount")))


def row_key(row: Any) -> str:
    """What tells a row from every other: the locator's own id, else all that it says of the place."""
    if isinstance(row, dict) and isinstance(row.get("frid"), str) and row["frid"].strip():
        return str(row["frid"]).strip()
    told = (
        {name: part for name, part in row.items() if name not in {"_irow", "miles"}}
        if isinstance(row, dict)
        else row
    )
    return json.dumps(told, sort_keys=True)


class Locator:
    """Opened replies: one file, or several pages one after the other."""

    def __init__(self, data: bytes) -> None:
        text = decoded(data)
        self._rows: list[tuple[int, Any]] = []
        for begin, _, value in documents(text):
            reply = read_reply(value)
            if isinstance(value, dict) and "rows" not in value:
                self._rows.append((text.count("\n", 0, begin) + 1, value))
            else:
                key = "rows" if isinstance(value, dict) else ""
                self._rows += elements(text, begin, reply.rows, key)

    def rows(self) -> Iterator[Row]:
        """Every row, in the order of the file."""
        for number, (line, value) in enumerate(self._rows, 1):
            yield as_row(value, line=line, number=number)


def as_row(value: Any, *, line: int, number: int) -> Row:
    """One row as text by its meaning. What is no row at all comes back without a name, so that it is put aside whole."""
    row = Row(line, number, json.dumps(value, ensure_ascii=True), has_point=True)
    if not isinstance(value, Mapping):
        return row
    for field, name in _TEXTS.items():
        setattr(row, field, _text(row, name, value.get(name)))
    row.key = _text(row, "frid", value.get("frid"))
    row.contacts = tuple(
        (_KINDS[found[1]], text)
        for name in sorted(value, key=_dialled_first)
        if (found := _PHONE.match(str(name))) and (text := _text(row, name, value[name]))
    )
    _say(row, value.get("services"))
    kind = _text(row, "typeFacility", value.get("typeFacility"))
    if kind.upper() == "MH":
        row.statements = (*row.statements, Statement("mental-health", True, "typeFacility MH"))
    _keep_strangers(row, value, kind)
    return row


def _dialled_first(name: str) -> tuple[bool, bool, str]:
    """The facility's own number stands before intake, intake before the hotline."""
    return not name.startswith("phone"), not name.startswith("intake"), name


def _keep_strangers(row: Row, value: Mapping[str, Any], kind: str) -> None:
    """What the locator says beside what is known is kept as a mend of the row, so that nothing goes unseen."""
    known = _NOT_THE_PLACE | set(_TEXTS.values())
    strangers = {
        name: part
        for name, part in value.items()
        if name not in known and not _PHONE.match(name) and part not in (None, "", [], {})
    }
    if kind and kind.upper() not in {"SA", "MH", "BOTH", "SAMH"}:
        strangers["typeFacility"] = kind
    if strangers:
        row.mends.append(Mend("row", json.dumps(strangers)[:5000], "", "field-not-known"))


def _say(row: Row, services: Any) -> None:
    """Codes from labels; labels without a code stay as the row's note."""
    if services in (None, ""):
        return
    if not isinstance(services, list):
        row.mends.append(Mend("services", json.dumps(services)[:5000], "", "services-unreadable"))
        return
    codes: list[str] = []
    unknown: list[str] = []
    for part in services:
        if not isinstance(part, Mapping) or not isinstance(part.get("f3"), (str, type(None))):
            row.mends.append(Mend("services", json.dumps(part)[:5000], "", "services-unreadable"))
            continue
        for label in filter(None, (label.strip() for label in (part.get("f3") or "").split(";"))):
            code = code_of(str(part.get("f2") or ""), label)
            if code:
                codes.append(code)
            else:
                unknown.append(label)
                if part.get("f2") == "OL":
                    row.statements = (Statement("other-language", True, label[:200]),)
    row.codes = tuple(dict.fromkeys(codes))
    if unknown:
        row.note = "; ".join(dict.fromkeys(unknown))
        row.mends.append(Mend("services", row.note, "", "label-without-code"))


def code_of(category: str, label: str) -> str:
    """The SAMHSA code that a label of a category stands for; "" = none that we know.

    A label moves from one category to another between editions, so where its own category does not have it, any category
    that has it will do, if all of them mean the same code.
    """
    own, anywhere = _codes()
    folded = fold_label(label)
    return own.get((category.strip().upper(), folded)) or anywhere.get(folded, "")


def fold_label(label: str) -> str:
    """A label without case, trade marks and odd spaces."""
    text = _MARKS.sub("", unicodedata.normalize("NFKC", label))
    return " ".join(text.casefold().split()).replace(" )", ")").replace("’", "'")


@cache
def _codes() -> tuple[dict[tuple[str, str], str], dict[str, str]]:
    own: dict[tuple[str, str], str] = {}
    meant: dict[str, set[str]] = {}
    for row in files.rows("vocabulary/samhsa_service_codes.csv"):
        if row["vintage"] == _VINTAGE:
            if row["category_code"]:  # without one, the same label has two codes
                own[row["category_code"], fold_label(row["label"])] = row["code"]
            meant.setdefault(fold_label(row["label"]), set()).add(row["code"])
    for row in files.rows("vocabulary/findtreatment_labels.csv"):
        own[row["category_code"], fold_label(row["label"])] = row["code"]
    return own, {label: next(iter(codes)) for label, codes in meant.items() if len(codes) == 1}


def _text(row: Row, name: str, value: Any) -> str:
    """A cell as text. What is neither text nor number says so in a mend."""
    if value is None or isinstance(value, str):
        return (value or "").strip()
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    row.mends.append(Mend(str(name)[:60], json.dumps(value)[:5000], "", "not-a-text"))
    return ""


def _whole(value: Any, name: str) -> int | None:
    if value is None:
        return None
    if isinstance(value, str) and value.strip().isdecimal() and len(value) < 12:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 10**9:
        raise UnusableFile(
            f"The reply's {name} must be a whole number; got {_kind(value)}. Fetch the reply again."
        )
    return value


def _kind(value: Any) -> str:
    kinds = {dict: "an object", list: "a list", str: "a text", bool: "true or false", type(None): "nothing"}
    return kinds.get(type(value), "a number")
