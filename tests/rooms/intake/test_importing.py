"""Files into the ledger: rows are added once, corrected, said again or refused, and the books add up."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from daybreak.audit.models import Entry
from daybreak.events.actions.filing import DeliveryMoved
from daybreak.events.models import Delivery, Event, Feed
from daybreak.events.rules.draft import ChargeSeen, Draft, ExhibitSeen, SubstanceSeen
from daybreak.intake.actions import running
from daybreak.intake.actions.feeds import feed_for
from daybreak.intake.actions.mappings import bring_mapping, newest_mapping, save_mapping
from daybreak.intake.actions.receiving import stop_import, undo_import
from daybreak.intake.actions.running import CannotRun, run_import
from daybreak.intake.models import Import, RefusedRow, StoredMapping
from daybreak.intake.queries.errors import error_lines
from daybreak.intake.readers import lines, settling
from daybreak.intake.readers.aside import told, untold
from daybreak.intake.readers.kept import refused_of
from daybreak.intake.readers.refused_rows import refused_rows
from daybreak.intake.rules.mapping import MappingError
from daybreak.intake.rules.mapping_file import mapping_from
from tests.rooms.intake.imports import (
    AT,
    BY,
    DAY,
    HEADINGS,
    MAPPING,
    WITHOUT_KEY,
    agency,
    books,
    bring,
    mapping,
    note,
    row,
    write,
)  # fmt: skip

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def files_of_its_own(tmp_path: Path, settings: object) -> Path:
    settings.IMPORTS = tmp_path / "imports"  # type: ignore[attr-defined]
    return tmp_path / "imports"


def test_the_books_of_a_file_add_up_and_the_same_file_again_changes_nothing(tmp_path: Path) -> None:
    path = write(tmp_path, [row(number) for number in range(7)] + [row(8, zip="405")])
    assert books(bring(path)) == (8, 7, 0, 0, 1)
    assert books(bring(path, at=AT + DAY)) == (8, 0, 0, 7, 1)
    assert Event.objects.count() == 7
    assert Delivery.objects.filter(state="done").count() == 2


def test_what_a_row_says_reaches_the_ledger_and_the_name_does_not(tmp_path: Path) -> None:
    delivery = bring(write(tmp_path, [row("A-1", drug="Fentanyl", doses="3", outcome="Fatal")]))
    event = Event.objects.get()
    assert (event.kind, event.zip, event.naloxone_doses, event.fatal, event.line) == (
        "overdose",
        "40507",
        3,
        True,
        2,
    )
    assert event.occurred_at.isoformat() == "2015-03-02T02:30:00+00:00"
    assert event.mentions.get().substance == "fentanyl"
    assert delivery.brought_by.dropped == [{"column": "Patient Name", "why": "name"}]
    everything = [
        *Event.objects.values(),
        *Import.objects.values(),
        *Entry.objects.values(),
        *Delivery.objects.values(),
    ]
    assert "Canary" not in repr(everything)


def test_a_corrected_row_is_an_update_and_the_earlier_version_stays(tmp_path: Path) -> None:
    bring(write(tmp_path, [row(1), row(2)]))
    second = write(tmp_path, [row(1, outcome="Fatal"), row(2)], name="next.csv")
    assert books(bring(second, at=AT + DAY)) == (2, 0, 1, 1, 0)
    assert list(Event.objects.order_by("version").values_list("fatal", "known_until"))[-1] == (True, None)
    assert Event.objects.filter(known_until=AT + DAY, fatal=False).count() == 1


def test_a_key_that_stands_twice_is_unchanged_where_it_says_the_same_and_refused_where_not(
    tmp_path: Path,
) -> None:
    rows = [row(1), row(2), row(1), row(1, outcome="Fatal"), row(1, outcome="Fatal"), row(3)]
    delivery = bring(write(tmp_path, rows), rows_a_batch=2)
    assert books(delivery) == (6, 3, 0, 1, 2)
    refusals = [(one.line, one.fault.column, one.fault.must) for one in RefusedRow.objects.order_by("line")]
    assert [(line, column) for line, column, _ in refusals] == [(5, "Run"), (6, "Run")]
    assert "that of line 5 stands already in line 2, with other cells" in refusals[0][2]
    assert Event.objects.filter(fatal=True).count() == 0


def test_rows_without_a_key_are_known_by_content_and_their_place_among_like_rows(tmp_path: Path) -> None:
    twins = [row(1), row(2), row(3, zip="40508")]
    assert books(bring(write(tmp_path, twins), body=WITHOUT_KEY)) == (3, 3, 0, 0, 0)
    more = write(tmp_path, [*twins, row(4)], name="next.csv")
    assert books(bring(more, body=WITHOUT_KEY, at=AT + DAY)) == (4, 1, 0, 3, 0)


def test_the_same_file_without_keys_is_not_doubled_by_another_mapping(tmp_path: Path) -> None:
    path = write(tmp_path, [row(1)])
    first = bring(path, body=WITHOUT_KEY)
    changed = WITHOUT_KEY | {"constants": {"state": "KY"}}
    with pytest.raises(CannotRun, match="was brought in before with the mapping counts@1"):
        bring(path, body=changed, at=AT + DAY)
    assert Event.objects.count() == 1
    undo_import(by=BY, brought=first.brought_by, at=AT + DAY)
    assert books(bring(path, body=changed, at=AT + 2 * DAY)) == (1, 1, 0, 0, 0)


def test_an_import_can_be_stopped_between_batches_and_brought_again(tmp_path: Path) -> None:
    path = write(tmp_path, [row(number) for number in range(10)])
    brought = note(path)

    def stop(delivery: Delivery) -> None:
        if delivery.position >= 7:
            assert stop_import(by=BY, brought=brought, at=AT)

    stopped = run_import(by=BY, brought=brought, source=path, at=AT, rows_a_batch=3, tell=stop)
    assert (stopped.state, books(stopped)) == ("cancelled", (6, 6, 0, 0, 0))
    assert books(bring(path, at=AT + DAY)) == (10, 4, 0, 6, 0)


def test_an_import_that_broke_goes_on_where_it_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [row(number, zip="405" if number % 4 == 1 else "40507") for number in range(20)]
    rows[15] = row(2, outcome="Fatal")  # says something else than line 4, which stands in an earlier batch
    path = write(tmp_path, rows)
    real, calls = running.file_batch, []

    def power_cut(**words: object) -> object:
        calls.append(1)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return real(**words)  # type: ignore[arg-type]

    monkeypatch.setattr(running, "file_batch", power_cut)
    with pytest.raises(KeyboardInterrupt):
        bring(path)
    monkeypatch.setattr(running, "file_batch", real)
    half = Delivery.objects.get()
    assert (half.state, half.read, half.refused, RefusedRow.objects.count()) == ("running", 9, 2, 2)
    whole = bring(path, at=AT + DAY)
    assert whole.pk == half.pk
    assert books(whole) == (20, 14, 0, 0, 6)
    assert list(RefusedRow.objects.order_by("line").values_list("line", flat=True)) == [3, 7, 11, 15, 17, 19]
    assert Event.objects.count() == 14
    assert Import.objects.count() == 1


def test_of_two_processes_that_run_one_import_the_slower_is_told_and_nothing_is_doubled(
    tmp_path: Path,
) -> None:
    path = write(tmp_path, [row(number) for number in range(9)])
    brought = note(path)
    started = []

    def other_process(delivery: Delivery) -> None:
        if not started:
            started.append(1)
            run_import(by=BY, brought=Import.objects.get(pk=brought.pk), source=path, at=AT, rows_a_batch=4)

    with pytest.raises(DeliveryMoved):
        run_import(by=BY, brought=brought, source=path, at=AT, rows_a_batch=3, tell=other_process)
    assert books(Delivery.objects.get()) == (9, 9, 0, 0, 0)
    assert Event.objects.count() == 9


def test_the_error_file_names_line_column_and_cure_and_no_spreadsheet_runs_it(tmp_path: Path) -> None:
    headings = ("Run", "Date", "=cmd()|ZIP", "Drug", "Doses", "Outcome", "Patient Name")
    body = MAPPING | {
        "columns": [
            column | {"column": "=cmd()|ZIP"} if column["column"] == "ZIP" else column
            for column in MAPPING["columns"]
        ]
    }
    delivery = bring(write(tmp_path, [row(1), row(2, zip="=1+1")], headings=headings), body=body)
    heading, line = error_lines(delivery.brought_by)
    assert heading == "line,column,must,cure,mended\r\n"
    assert line.startswith("3,'=cmd()|ZIP,must be")
    assert "1+1" not in line


def test_refused_rows_are_kept_for_mending_without_the_columns_that_are_dropped(
    tmp_path: Path, settings: object
) -> None:
    delivery = bring(write(tmp_path, [row(1), row(2, zip="4050x")]))
    headings, rows = refused_rows(refused_of(settings.IMPORTS, delivery.brought_by.public_id))  # type: ignore[attr-defined]
    assert headings == [heading for heading in HEADINGS if heading != "Patient Name"]
    assert rows == {3: ["2", "03/01/2015 21:30", "4050x", "Heroin", "2", "Non-fatal"]}


def test_a_file_of_another_kind_is_refused_whole_and_says_what_it_lacks(tmp_path: Path) -> None:
    path = write(tmp_path, [(1, 2)], headings=("Date", "Run"))
    with pytest.raises(CannotRun, match=r"must have the columns of the mapping; it lacks ZIP, Drug"):
        bring(path)
    brought = Import.objects.get()
    assert (brought.state, brought.delivery) == ("failed", None)
    assert "it lacks ZIP, Drug" in brought.why
    assert Entry.objects.filter(action="import-failed").count() == 1


def test_rows_of_a_health_source_are_not_brought_in_under_a_feed_that_police_read_row_by_row(
    tmp_path: Path,
) -> None:
    Feed.objects.create(agency=agency(), slug="runs", name="Runs", health=False)
    with pytest.raises(CannotRun, match="must be a health feed"):
        bring(write(tmp_path, [row(1)]))
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    ("slug", "kind", "health"), [("fire", "fire-ems", True), ("police", "police", False)]
)
def test_a_new_feed_is_a_health_feed_where_its_source_is_one(slug: str, kind: str, health: bool) -> None:
    owner = agency(slug, kind)
    assert feed_for(by=BY, agency=owner, mapping=mapping(owner), slug="", at=AT).health is health


def test_a_mapping_that_says_the_same_is_kept_once_and_a_changed_one_is_the_next_version() -> None:
    owner = agency()
    first = mapping(owner)
    assert mapping(owner) == first
    changed = replace(mapping_from(first.body), title="Runs of the ambulances")
    second = save_mapping(by=BY, agency=owner, mapping=changed, at=AT)
    assert (second.version, str(second)) == (2, "runs@2")
    assert newest_mapping(owner, "runs") == second
    assert newest_mapping(owner, "runs@1") == first
    assert newest_mapping(owner, "runs@9") is None
    assert newest_mapping(agency("police", "police"), "runs") is None


def test_a_mapping_that_was_taken_away_as_a_file_comes_back_as_it_was() -> None:
    kept = mapping(agency())
    other = bring_mapping(by=BY, agency=agency("county-ems"), text=json.dumps(kept.body), at=AT)
    assert other.body == kept.body
    with pytest.raises(MappingError, match="must be a JSON document"):
        bring_mapping(by=BY, agency=agency(), text="no mapping", at=AT)
    assert StoredMapping.objects.count() == 2


def test_an_import_is_known_from_the_moment_it_was_brought(tmp_path: Path) -> None:
    bring(write(tmp_path, [row(1)]), at=AT)
    known: set[datetime] = set(Event.objects.values_list("known_from", flat=True))
    assert known == {AT}


def test_a_large_file_is_read_in_a_process_of_its_own_with_the_same_result(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [row(number, zip="405" if number % 5 == 0 else "40507") for number in range(20)]
    path = write(tmp_path, [*rows, row(1), row(2, outcome="Fatal")])
    in_process = bring(path)
    said_in_process = Import.objects.get(delivery=in_process).notices
    monkeypatch.setattr(running, "LARGE_BYTES", 1)
    other = agency("county-ems")
    aside = bring(path, of=other)
    assert books(aside) == books(in_process) == (22, 16, 0, 1, 5)
    assert Import.objects.get(delivery=aside).notices == said_in_process
    contents = [
        sorted(Event.objects.filter(delivery=one).values_list("content", flat=True))
        for one in (aside, in_process)
    ]
    assert contents[0] == contents[1]


def test_a_draft_that_is_sent_between_processes_comes_back_as_it_was() -> None:
    draft = Draft(
        "seizure", 3, AT, operation="pandora", substances=(SubstanceSeen("heroin", "confirmed"),), causes=("T401",),
        charges=(ChargeSeen("KRS 218A.1412", counts=2),),
        exhibits=(ExhibitSeen("heroin", Decimal("1179.501"), "g"), ExhibitSeen("heroin", None, label="2")),
    )  # fmt: skip
    assert untold(told(replace(draft))) == draft
    assert untold(told(Draft("arrest", 1, AT))) == Draft("arrest", 1, AT)


def test_a_row_that_only_the_database_refuses_keeps_no_other_row_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = settling.Compiled.__call__

    def with_a_slip(compiled: settling.Compiled, line: int, cells: Any) -> Any:
        draft = real(compiled, line, cells)
        if line in {4, 9}:
            draft.certainty = "perhaps"
        return draft

    monkeypatch.setattr(settling.Compiled, "__call__", with_a_slip)
    delivery = bring(write(tmp_path, [row(number) for number in range(10)]), rows_a_batch=6)
    assert books(delivery) == (10, 8, 0, 0, 2)
    assert list(RefusedRow.objects.order_by("line").values_list("line", flat=True)) == [4, 9]
    assert Event.objects.count() == 8


def test_a_file_that_breaks_off_says_so_and_what_it_brought_can_be_undone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path, [*(row(number) for number in range(50)), row(50, name="x" * 3_000), row(51)])
    monkeypatch.setattr(lines, "LONGEST_LINE", 2_000)
    with pytest.raises(CannotRun, match="must be shorter than 2,000 bytes"):
        bring(path)
    brought = Import.objects.get()
    assert brought.delivery is not None
    assert (brought.state, brought.delivery.state) == ("failed", "cancelled")
    assert brought.delivery.read == Event.objects.count() == 48
    undo_import(by=BY, brought=brought, at=AT)
    assert not Event.objects.filter(known_until=None).exists()


@pytest.mark.parametrize(("rows", "renewed"), [(3, True), (2, False)])
def test_after_many_rows_postgresql_looks_at_its_tables_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: int, renewed: bool
) -> None:
    monkeypatch.setattr(running, "MANY_ROWS", 3)
    path = write(tmp_path, [row(number) for number in range(rows)])
    with CaptureQueriesContext(connection) as asked:
        bring(path)
    said = [each["sql"] for each in asked.captured_queries if each["sql"].startswith("ANALYZE")]
    assert len(said) == (renewed and connection.vendor == "postgresql")
    assert all(name in said[0] for name in ("events_event", "events_mention", "events_tally") if said)
