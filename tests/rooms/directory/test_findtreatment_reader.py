"""Rows of FindTreatment.gov: the recorded reply, labels and codes, and files that are none."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daybreak.directory.models import Phone, Record, Repair, Service, Source
from daybreak.directory.readers.findtreatment import Locator, code_of
from daybreak.directory.readers.tables import UnusableFile
from daybreak.directory.rules.repairs import mended
from daybreak.directory.rules.rows import Listing, Refused, Row
from tests.rooms.directory.replaying import SAMPLE, recorded_rows
from tests.rooms.directory.sheets import five, load

DAY = date(2019, 11, 1)


def rows(value: Any) -> list[Row]:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return list(Locator(data).rows())


def test_the_recorded_reply_is_read_whole() -> None:
    found = rows(SAMPLE.read_bytes())
    assert len(found) == 30
    first = found[0]
    assert (first.name, first.program, first.address_1, first.zip) == (
        "Region Ten Community Services Board", "Mohr Center", "1014 East Market Street", "22902",
    )  # fmt: skip
    assert (first.line, found[1].line) == (6, 117)
    assert first.contacts == (("main", "434-979-8871"), ("intake", "434-972-1800"))
    assert {"SA", "RES", "RS", "MOA", "MD", "SMON", "MALE"} <= set(first.codes)


def test_every_label_of_the_recorded_reply_becomes_a_code_or_stays_as_a_note() -> None:
    for row, told in zip(rows(SAMPLE.read_bytes()), recorded_rows(), strict=True):
        labels = {label.strip() for part in told["services"] for label in part["f3"].split(";")}
        kept = set(row.note.split("; ")) if row.note else set()
        coded = {label for part in told["services"] for label in map(str.strip, part["f3"].split(";"))
                 if code_of(part["f2"], label)}  # fmt: skip
        assert kept == labels - coded
        reported = [mend for mend in row.mends if mend.rule == "label-without-code"]
        assert [mend.before for mend in reported] == ([row.note] if kept else [])


@pytest.mark.parametrize(
    ("category", "label", "code"),
    [
        ("SET", "Residential", "RES"),
        ("OT", "SAMHSA-certified Opioid Treatment Program", "OTP"),
        ("PHR", "Acamprosate (Campral®)", "ACM"),
        ("PHR", "Buprenorphine with naloxone  (Suboxone®)", "BWN"),
        ("PAY", "cash or self-payment", "SF"),
        ("AS", "Housing services", "HS"),  # filed under another category in the list of 2023
        ("OL", "German", "F30"),
        ("", "In-network prescribing entity", ""),  # for opioids, or for alcohol?
        ("XX", "Young adults", ""),  # two codes, of two categories: no guess
        ("TAP", "A thing that nobody knows", ""),
    ],
)
def test_labels_stand_for_codes(category: str, label: str, code: str) -> None:
    assert code_of(category, label) == code


def test_a_reply_an_array_lines_and_several_pages_say_the_same() -> None:
    value = recorded_rows()[:4]
    pages = b"\n".join(
        json.dumps({"page": n + 1, "rows": value[n * 2 : n * 2 + 2]}).encode() for n in range(2)
    )
    lines = b"\n".join(json.dumps(row).encode() for row in value)
    shapes = [rows({"rows": value}), rows(value), rows(lines), rows(pages), rows(b"\xef\xbb\xbf" + lines)]
    told = [[(row.key, row.name, row.codes) for row in shape] for shape in shapes]
    assert told.count(told[0]) == 5
    assert [row.line for row in rows(lines)] == [1, 2, 3, 4]


def test_missing_values_say_nothing() -> None:
    [row] = rows({"name1": "Hope", "zip": "40508", "services": None, "phone": None, "website": ""})
    assert (row.codes, row.statements, row.contacts, row.website) == ((), (), (), "")
    listing = mended(row)
    assert isinstance(listing, Listing)
    assert listing.statements == ()


def test_what_is_not_known_is_kept_and_told() -> None:
    [row] = rows(
        {
            "name1": "Hope",
            "zip": "40508",
            "beds": 12,
            "city": ["Lexington"],
            "services": [{"f2": "OL", "f3": "Igbo"}, 5],
        }
    )
    assert {(mend.field, mend.before, mend.rule) for mend in row.mends} == {
        ("row", '{"beds": 12}', "field-not-known"), ("city", '["Lexington"]', "not-a-text"),
        ("services", "5", "services-unreadable"), ("services", "Igbo", "label-without-code"),
    }  # fmt: skip
    assert [(said.need, said.answer) for said in row.statements] == [("other-language", True)]


def test_what_is_no_row_is_put_aside_whole() -> None:
    found = [mended(row) for row in rows([5, "text", None, {"zip": "40508"}, {"name1": "Nowhere"}])]
    assert [one.reason.split(":")[0] for one in found if isinstance(one, Refused)] == [
        *["has no name"] * 4,
        "has no place",
    ]
    assert [one.raw for one in found if isinstance(one, Refused)][:2] == ["5", '"text"']


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"<html><body>Sign in", "web page"),
        (b"PK\x03\x04....", "a ZIP file"),
        (b'{"rows": [{"name1": "Ho', "cut off"),
        (b'{"error": 1}', "an object with rows"),
        (b'{"rows": {}}', "must be a list"),
        (b'{"rows": [], "page": "x"}', "page must be a whole number"),
        (b"[" * 200_000, "nested too deeply"),
        (b'[{"zip": NaN}]', "NaN is no number"),
        (b'["\xe9"]', "Line 1 is not UTF-8"),
        (b"7" * 5000, "cannot be read"),
    ],
)
def test_files_that_are_no_reply_are_refused_with_the_reason(data: bytes, words: str) -> None:
    with pytest.raises(UnusableFile, match=words):
        rows(data)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
NAMES = [
    "frid",
    "name1",
    "name2",
    "street1",
    "city",
    "state",
    "zip",
    "phone",
    "intake1",
    "latitude",
    "services",
    "typeFacility",
]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from(NAMES), JSON, max_size=8) | JSON, max_size=4))
def test_whatever_json_comes_every_row_is_mended_or_refused(value: list[Any]) -> None:
    found = [mended(row) for row in rows(value)]
    assert len(found) == len(value)
    assert all(isinstance(one, (Listing, Refused)) for one in found)


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass"))
)
def test_whatever_bytes_come_the_answer_is_rows_or_a_reason(data: bytes) -> None:
    try:
        found = rows(data)
    except UnusableFile:
        return
    assert all(isinstance(row, Row) for row in found)


@pytest.mark.django_db
def test_a_saved_reply_is_loaded_for_its_day_and_twice_changes_nothing(tmp_path: Path) -> None:
    data = SAMPLE.read_bytes()
    first = load(tmp_path, data, "findtreatment", name="reply.json", as_of=DAY)
    assert (sum(five(first)), first.quarantined) == (30, 0)
    assert five(load(tmp_path, data, "findtreatment", name="reply.json", as_of=DAY)) == (0, 0, 30, 0, 0)
    source = Source.objects.get(slug="findtreatment")
    assert (source.as_of, source.family) == (DAY, "findtreatment")
    assert set(Phone.objects.values_list("confirmed_on", flat=True)) == {DAY}
    assert Record.objects.count() == 30
    assert Repair.objects.filter(rule="label-without-code").count() == 27
    assert "Group therapy" in Service.objects.exclude(description="").values_list("description", flat=True)[0]


@pytest.mark.django_db
def test_a_folder_of_saved_pages_is_one_list(tmp_path: Path) -> None:
    from daybreak.directory.actions import load_file
    from tests.rooms.directory.sheets import AT

    pages = tmp_path / "pages"
    pages.mkdir()
    for number in range(3):
        part = recorded_rows()[number * 10 : number * 10 + 10]
        (pages / f"{number}.json").write_text(json.dumps({"rows": part}))
    books = load_file(
        by="person:test", at=AT, path=pages, reader="findtreatment", as_of=DAY, slug="findtreatment-va"
    )
    assert (books.read, books.source) == (30, "findtreatment-va")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("options", "words"), [({}, "--as-of"), ({"as_of": DAY, "slug": "Not A Slug"}, "--slug")]
)
def test_the_day_must_be_given_and_the_slug_be_one(
    tmp_path: Path, options: dict[str, Any], words: str
) -> None:
    with pytest.raises(UnusableFile, match=words):
        load(tmp_path, SAMPLE.read_bytes(), "findtreatment", **options)
