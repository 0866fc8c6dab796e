"""The chain finds and names an edited entry, a missing one, a cut tail and a rewrite."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from daybreak.audit.actions import record, record_read
from daybreak.audit.channels.anchors import UnreadableAnchors, anchors_path, read_anchors
from daybreak.audit.models import Entry
from daybreak.audit.queries import head, verify
from daybreak.audit.rules.chain import canonical, plain
from tests.rooms.audit import tampering

AT = datetime(2026, 11, 22, 12, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture
def chain(transactional_db: None, settings, tmp_path: Path) -> list[Entry]:
    """Six entries that are committed, and so anchored, in a home of their own."""
    settings.HOME = tmp_path
    return [
        record(
            by=f"person:{number}", at=AT + timedelta(minutes=number), action="set-price", subject=f"price-{number}",
            detail={"usd": "200.00", "rows": number, "share": 0.25, "of": [1, 2.0, None, True, "é"]},
        )
        for number in range(1, 7)
    ]  # fmt: skip


def kinds() -> list[tuple[str, int, int]]:
    return [(fault.kind, fault.first, fault.last) for fault in verify().faults]


def test_an_untouched_chain_is_whole(chain: list[Entry]) -> None:
    found = verify()
    assert (found.entries, found.anchors, found.head, found.faults) == (6, 6, chain[-1].digest, ())
    assert [entry.number for entry in chain] == [1, 2, 3, 4, 5, 6]
    assert [entry.previous for entry in chain[1:]] == [entry.digest for entry in chain[:-1]]


@pytest.mark.parametrize(
    "fields",
    [
        {"actor": "person:somebody-else"}, {"action": "load-file"}, {"subject": "price-9"},
        {"detail": {"usd": "2.00"}}, {"at": AT + timedelta(microseconds=1)},
    ],
    ids=lambda fields: next(iter(fields)),
)  # fmt: skip
def test_an_edited_entry_is_named(chain: list[Entry], fields) -> None:
    tampering.edit(3, **fields)
    assert kinds() == [("edited", 3, 3)]


def test_an_edited_entry_with_a_digest_that_fits_is_named(chain: list[Entry]) -> None:
    """The one after it holds the old digest, and so does the anchor."""
    three = Entry.objects.get(number=3)
    tampering.rewrite(3, actor="person:somebody-else")
    fitted = Entry.objects.get(number=3)
    assert fitted.digest != three.digest
    tampering.edit(4, previous=three.digest, digest=chain[3].digest)
    tampering.edit(5, previous=chain[3].digest, digest=chain[4].digest)
    tampering.edit(6, previous=chain[4].digest, digest=chain[5].digest)
    assert set(kinds()) == {("rewritten", 3, 3)}


def test_a_missing_entry_is_named(chain: list[Entry]) -> None:
    with tampering.without_triggers():
        Entry.objects.filter(number__in=[3, 4]).delete()
    assert kinds() == [("missing", 3, 4)]


def test_a_cut_tail_is_named_by_the_anchors(chain: list[Entry]) -> None:
    tampering.cut(after=4)
    assert kinds() == [("cut", 5, 6)]


def test_a_table_that_was_emptied_is_named(chain: list[Entry]) -> None:
    tampering.cut(after=0)
    assert kinds() == [("cut", 1, 6)]


def test_a_rewrite_of_the_whole_chain_is_named_by_the_anchors(chain: list[Entry]) -> None:
    tampering.rewrite(2, actor="person:somebody-else")
    assert kinds() == [("rewritten", number, number) for number in (2, 3, 4, 5, 6)]


def test_an_intruder_who_also_takes_the_anchors_is_found_by_a_file_kept_elsewhere(
    chain: list[Entry], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "elsewhere"
    call_command("audit", "anchor", "--to", str(kept))
    tampering.rewrite(2, actor="person:somebody-else")
    anchors_path().unlink()
    assert verify().faults == ()
    capsys.readouterr()
    with pytest.raises(CommandError, match="not whole"):
        call_command("audit", "verify", "--against", str(kept))
    assert "Entry 6 (set-price" not in (said := capsys.readouterr().out)
    assert "Entry 6 was rewritten" in said


def test_what_is_rolled_back_is_neither_in_the_chain_nor_anchored(chain: list[Entry]) -> None:
    with transaction.atomic():
        record(by="person:9", at=AT, action="try")
        transaction.set_rollback(True)
    record(by="person:9", at=AT, action="set-price")
    assert verify().faults == ()
    assert [anchor.number for anchor in read_anchors(anchors_path())] == [1, 2, 3, 4, 5, 6, 7]


def test_writers_at_once_make_one_chain(chain: list[Entry]) -> None:
    if connection.vendor == "sqlite":
        pytest.skip(
            "SQLite's test database lives in one connection; its transactions are IMMEDIATE and take turns"
        )

    def write(name: int) -> None:
        for step in range(5):
            record(by=f"person:{name}", at=AT, action="load-file", detail={"step": step})
        connection.close()

    writers = [threading.Thread(target=write, args=(name,)) for name in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    found = verify()
    assert (found.entries, found.faults) == (26, ())


def test_the_anchors_are_closed_to_others(chain: list[Entry]) -> None:
    assert anchors_path().stat().st_mode & 0o077 == 0
    assert anchors_path().parent.stat().st_mode & 0o077 == 0


def test_a_line_that_is_no_anchor_is_named(chain: list[Entry]) -> None:
    with anchors_path().open("a") as file:
        file.write("{}\n")
    with pytest.raises(UnreadableAnchors, match="Line 7"):
        verify()


def test_a_disk_that_is_full_stops_nobody_and_is_told(
    chain: list[Entry], caplog, settings, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    settings.HOME = tmp_path / "file"
    record(by="person:1", at=AT, action="set-price")
    assert Entry.objects.count() == 7
    assert "could not be noted" in caplog.text


def test_a_read_of_restricted_rows_is_an_entry(db: None) -> None:
    entry = record_read(by="person:1", at=AT, what="event", subject="run-7", rows=3)
    assert (entry.action, entry.subject, entry.detail) == (
        "read-restricted",
        "run-7",
        {"what": "event", "rows": 3},
    )


def test_the_command_says_that_all_is_whole_and_shows_the_newest(chain: list[Entry], capsys) -> None:
    call_command("audit", "verify")
    assert "Whole: 6 entries, 6 anchors" in capsys.readouterr().out
    call_command("audit", "verify", "--json")
    assert json.loads(capsys.readouterr().out) == {
        "whole": True, "entries": 6, "anchors": 6, "head": chain[-1].digest, "faults": [],
    }  # fmt: skip
    call_command("audit", "show", "--last", "2")
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["5", "6"]
    call_command("audit", "show", "--actor", "person:2", "--json")
    assert [json.loads(line)["number"] for line in capsys.readouterr().out.splitlines()] == [2]


def test_the_command_names_what_is_wrong(chain: list[Entry], capsys) -> None:
    tampering.edit(3, actor="person:somebody-else")
    tampering.cut(after=5)
    with pytest.raises(CommandError, match="2 faults"):
        call_command("audit", "verify")
    said = capsys.readouterr().out
    assert "Entry 3 (set-price, 2026-11-22 12:03 UTC) was edited" in said
    assert "The tail is cut: entries 6 to 6" in said


def test_the_head_of_an_empty_chain_cannot_be_anchored(db: None, tmp_path: Path) -> None:
    assert head() is None
    with pytest.raises(CommandError, match="nothing to anchor"):
        call_command("audit", "anchor", "--to", str(tmp_path / "anchor"))


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc"), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@given(VALUES)
def test_a_detail_hashes_the_same_after_a_round_trip_through_json(value) -> None:
    assert canonical(plain(json.loads(json.dumps(value)))) == canonical(plain(value))


@pytest.mark.django_db
@given(st.dictionaries(st.text("abc", min_size=1), VALUES, max_size=3))
def test_a_detail_hashes_the_same_after_a_round_trip_through_the_database(value) -> None:
    with transaction.atomic():
        entry = record(by="person:1", at=AT, action="try", detail=value)
        kept = Entry.objects.get(pk=entry.pk)
        assert canonical(plain(kept.detail)) == canonical(plain(value))
        transaction.set_rollback(True)
