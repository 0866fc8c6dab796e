"""Whatever is done to a file, the books balance, no row gets lost, and a second load changes nothing."""

from __future__ import annotations

import csv
import tempfile
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from daybreak.directory.models import Fact, Import, Phone, Record, Service
from daybreak.directory.readers.tables import UnusableFile
from tests.rooms.directory.sheets import LATER, everything, five, load

pytestmark = pytest.mark.django_db
REAL = (
    (Path(settings.DATA) / "kentucky" / "samhsa_directory_2012_KY.csv").read_bytes().splitlines(keepends=True)
)

JUNK = st.sampled_from(
    [b",", b'"', b"\x00", b"\xe9", b"\xff", b"\r", b"\n", b",,,,", b"\xef\xbb\xbf", b"0", b"(", b"/", b";"]
)
MANGLE = st.tuples(st.sampled_from(["insert", "delete", "cut", "repeat"]), st.floats(0, 1), JUNK)


def mangled(line: bytes, how: tuple[str, float, bytes]) -> bytes:
    """One line with one thing done to it."""
    kind, where, junk = how
    body, end = line.rstrip(b"\r\n"), b"\r\n"
    at = int(where * len(body))
    match kind:
        case "insert":
            body = body[:at] + junk + body[at:]
        case "delete":
            body = body[:at] + body[at + 5 :]
        case "cut":
            body = body[:at]
        case _:
            body = body + end + body
    return body + end


@st.composite
def files(draw: st.DrawFn) -> bytes:
    """A handful of real rows, some of them mangled; the heading line is whole."""
    numbers = draw(st.lists(st.integers(1, len(REAL) - 1), min_size=1, max_size=6))
    lines = [REAL[number] for number in numbers]
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(lines) - 1))
        lines[at] = mangled(lines[at], draw(MANGLE))
    return REAL[0] + b"".join(lines)


@hypothesis_settings(max_examples=60, deadline=None)
@given(data=files())
def test_the_books_balance_on_mangled_files(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder, transaction.atomic():
        try:
            books = load(Path(folder), data, edition=2012)
        except UnusableFile:  # nothing but headings was left
            assert not Record.objects.exists()
            return
        assert books.read == sum(five(books))
        assert books.read >= 1
        assert Record.objects.count() == books.loaded + books.merged
        assert len(books.quarantine) == books.quarantined
        assert Import.objects.get().read == books.read
        assert not Fact.objects.filter(answer=False).exists()
        assert all(
            len(number) == 10
            for number in Phone.objects.filter(readable=True).values_list("number", flat=True)
        )
        assert not Service.objects.filter(records=None).exists()
        before = everything()
        again = load(Path(folder), data, edition=2012, at=LATER)
        assert five(again) == (0, 0, books.loaded + books.merged, 0, books.quarantined)
        assert everything() == before
        transaction.set_rollback(True)


@hypothesis_settings(max_examples=25, deadline=None)
@given(first=files(), second=files())
def test_after_any_two_loads_the_second_file_is_what_stands(first: bytes, second: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder, transaction.atomic():
        try:
            load(Path(folder), first, edition=2012)
            books = load(Path(folder), second, edition=2012, at=LATER)
        except UnusableFile:
            transaction.set_rollback(True)
            return
        assert books.read == sum(five(books))
        assert Record.objects.count() == books.read - books.quarantined + books.absent
        assert not Service.objects.filter(records=None).exists()
        assert five(load(Path(folder), second, edition=2012, at=LATER))[:2] == (0, 0)
        transaction.set_rollback(True)


def test_every_row_of_a_whole_file_is_counted() -> None:
    rows = list(csv.reader(line.decode() for line in REAL))
    with tempfile.TemporaryDirectory() as folder:
        assert load(Path(folder), b"".join(REAL)).read == len(rows) - 1 == 296
