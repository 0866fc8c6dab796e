"""Imports on the desk: from a file to its mapping, its rows, mending and undoing; and who may not."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from daybreak.accounts.models import Agency
from daybreak.audit.models import Entry
from daybreak.events.models import Event, Feed
from daybreak.intake.actions.queue import run_due
from daybreak.intake.channels import runner
from daybreak.intake.models import AgencyKey, Import, StoredMapping
from tests.people import Cast, make_cast, sign_in
from tests.rooms.intake.imports import BY, MAPPING, as_csv, mapping, row

pytestmark = pytest.mark.django_db
ROWS = [row(number, date=f"03/{number + 1:02}/2015 21:30") for number in range(8)]


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Files lie in a folder of the test's own; what would start a process is counted instead."""
    settings.IMPORTS = tmp_path / "imports"
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    started: list[int] = []
    monkeypatch.setattr(runner, "start", lambda: started.append(1) or True)
    return started


@pytest.fixture
def clerk(cast: Cast) -> Client:
    """Somebody of the health department, who may bring files in and undo them."""
    return sign_in(Client(), cast.epidemiologist)


def bring(client: Client, rows: list[Any] = ROWS, *, feed: str = "new", name: str = "runs.csv") -> Import:
    file = SimpleUploadedFile(name, as_csv(rows), content_type="text/csv")
    told = {
        "file": file,
        "kind": "overdose",
        "feed": feed,
        "feed_name": "Ambulance runs",
        "expected_days": "1",
    }
    answer = client.post("/desk/imports/new", told)
    assert answer.status_code == 302, answer.content[-2000:]
    return Import.objects.latest("pk")


def form_of(brought: Import, **changes: str) -> dict[str, str]:
    """What the mapping's screen sends for these headings, as the mapping of the tests has them."""
    told = {"name": "runs", "kind": "overdose", "timezone": "America/New_York", "twice": "refuse", "skipped": "refuse",
            "c0-key": "1", "step": "save"}  # fmt: skip
    for place, column in enumerate(MAPPING["columns"]):
        told[f"c{place}-use"] = column["use"]
        told[f"c{place}-formats"] = " | ".join(column.get("formats", []))
    return told | changes


def ended(client: Client, rows: list[Any] = ROWS) -> Import:
    """A file that went all the way."""
    brought = bring(client, rows)
    client.post(f"/desk/imports/{brought.public_id}/mapping", form_of(brought))
    assert run_due(by=BY, clock=timezone.now) == 1
    brought.refresh_from_db()
    return brought


def test_a_new_file_goes_from_upload_to_the_ledger(clerk: Client, machine: list[int]) -> None:
    brought = bring(clerk)
    screen = clerk.get(f"/desk/imports/{brought.public_id}/mapping")
    assert screen.status_code == 200
    assert b"Canary Personname" not in screen.content, "cells of a column with persons are not shown"
    assert b"40507" in screen.content
    answer = clerk.post(f"/desk/imports/{brought.public_id}/mapping", form_of(brought))
    assert (answer.status_code, machine) == (302, [1])
    waiting = clerk.get(f"/desk/imports/{brought.public_id}")
    assert waiting["Refresh"] == "3"
    assert run_due(by=BY, clock=timezone.now) == 1
    done = clerk.get(f"/desk/imports/{brought.public_id}")
    assert "Refresh" not in done
    assert b"8 read = 8 added + 0 updated + 0 unchanged + 0 refused." in done.content
    assert b"Patient Name" in done.content
    assert Feed.objects.get().health is True
    assert Event.objects.count() == 8


def test_the_proposed_mapping_of_a_plain_file_can_be_saved_as_it_is(clerk: Client) -> None:
    brought = bring(clerk)
    told = form_of(brought, step="save", name="runs")
    answer = clerk.post(f"/desk/imports/{brought.public_id}/mapping", told)
    assert answer.status_code == 302, answer.content[-3000:]
    run_due(by=BY, clock=timezone.now)
    assert Event.objects.count() == 8


def test_trying_shows_the_first_events_and_stores_nothing(clerk: Client) -> None:
    brought = bring(clerk, [*ROWS, row(9, zip="4050")])
    answer = clerk.post(f"/desk/imports/{brought.public_id}/mapping", form_of(brought, step="try"))
    assert b"8 of the first 9 rows are right" in answer.content
    assert b"March 1, 2015, 9:30" in answer.content
    assert not Event.objects.exists()
    assert not StoredMapping.objects.exists()


def test_a_mapping_that_cannot_work_says_why_and_keeps_what_was_typed(clerk: Client) -> None:
    brought = bring(clerk)
    told = form_of(brought, **{"c1-use": "ignore", "name": "my-runs"})
    answer = clerk.post(f"/desk/imports/{brought.public_id}/mapping", told)
    assert answer.status_code == 400
    assert b"No column says when an event was. Choose for one of them" in answer.content
    assert b"event" in answer.content.split(b"Choose for one of them")[1][:80]
    assert b'value="my-runs"' in answer.content


def test_a_personal_column_cannot_be_given_another_use_on_the_screen(clerk: Client) -> None:
    brought = bring(clerk)
    answer = clerk.post(
        f"/desk/imports/{brought.public_id}/mapping", form_of(brought, **{"c6-use": "exhibit-label"})
    )
    assert answer.status_code == 400
    assert b"Canary" not in answer.content
    assert not StoredMapping.objects.exists()


def test_the_second_file_of_a_kind_needs_one_click(clerk: Client) -> None:
    ended(clerk)
    second = bring(clerk, [*ROWS, row(9)], feed="ambulance-runs")
    screen = clerk.get(f"/desk/imports/{second.public_id}/mapping")
    assert b"reads 9 of the first 9 rows" in screen.content
    saved = StoredMapping.objects.get()
    clerk.post(f"/desk/imports/{second.public_id}/mapping", {"saved": saved.public_id})
    run_due(by=BY, clock=timezone.now)
    second.refresh_from_db()
    assert second.delivery is not None
    assert (second.delivery.added, second.delivery.unchanged) == (1, 8)
    changed = clerk.get(f"/desk/imports/{bring(clerk, ROWS).public_id}/mapping?based_on={saved.public_id}")
    assert b'name="based_on"' in changed.content


def test_two_bad_rows_are_mended_on_the_screen(clerk: Client) -> None:
    brought = ended(
        clerk, [*ROWS, row(20, zip="4050"), row(21, date="02/30/2015 10:00"), row(22, drug="Canaryol")]
    )
    rows = f"/desk/imports/{brought.public_id}/rows"
    screen = clerk.get(rows)
    assert b'value="4050"' in screen.content
    assert b"Canary Personname" not in screen.content
    right = {
        10: ["20", "03/01/2015 21:30", "40507", "Heroin", "2", "Non-fatal"],
        11: ["21", "02/28/2015 10:00", "40507", "Heroin", "2", "Non-fatal"],
    }
    told = {f"r{line}-{place}": cell for line, cells in right.items() for place, cell in enumerate(cells)}
    answer = clerk.post(rows, told)
    assert answer.status_code == 302
    mended = Import.objects.get(mends=brought)
    assert mended.delivery is not None
    assert (mended.delivery.added, mended.delivery.refused) == (2, 0)
    assert Event.objects.count() == 10
    assert list(brought.refused_rows.filter(mended_by=None).values_list("line", flat=True)) == [12]
    assert b"Mend 1 row here" in clerk.get(f"/desk/imports/{brought.public_id}").content
    assert clerk.post(rows, told).status_code == 400, "what is mended is not mended again"
    assert Event.objects.count() == 10


def test_a_row_that_is_mended_wrongly_stays_to_be_mended(clerk: Client) -> None:
    brought = ended(clerk, [*ROWS, row(20, zip="4050")])
    told = {
        f"r10-{place}": cell
        for place, cell in enumerate(["20", "03/01/2015 21:30", "xx", "Heroin", "2", "Fatal"])
    }
    assert clerk.post(f"/desk/imports/{brought.public_id}/rows", told).status_code == 302
    assert brought.refused_rows.filter(mended_by=None).count() == 1
    assert clerk.post(f"/desk/imports/{brought.public_id}/rows", {}).status_code == 400


def test_an_import_is_undone_and_one_that_was_corrected_since_is_not(clerk: Client) -> None:
    first = ended(clerk)
    later = ended(clerk, [row(0, date="03/01/2015 21:30", outcome="Fatal")])
    refused = clerk.post(f"/desk/imports/{first.public_id}/undo")
    assert refused.status_code == 409
    assert b"Undo these first" in refused.content
    assert later.file_name.encode() in refused.content
    assert clerk.post(f"/desk/imports/{later.public_id}/undo").status_code == 302
    assert clerk.post(f"/desk/imports/{first.public_id}/undo").status_code == 302
    assert not Event.objects.filter(known_until=None).exists()
    assert b"undone" in clerk.get(f"/desk/imports/{first.public_id}").content
    assert Entry.objects.filter(action="delivery-undone").count() == 2


def test_a_waiting_file_is_deleted_when_it_is_set_aside(clerk: Client, settings: Any) -> None:
    brought = bring(clerk)
    assert list(settings.IMPORTS.iterdir())
    clerk.post(f"/desk/imports/{brought.public_id}/stop")
    brought.refresh_from_db()
    assert brought.state == "failed"
    assert not list(settings.IMPORTS.iterdir())


def test_uploaded_files_are_unreadable_to_others_and_gone_after_the_import(
    clerk: Client, settings: Any
) -> None:
    brought = bring(clerk)
    (file,) = settings.IMPORTS.iterdir()
    assert file.stat().st_mode & 0o077 == 0
    assert settings.IMPORTS.stat().st_mode & 0o077 == 0
    clerk.post(f"/desk/imports/{brought.public_id}/mapping", form_of(brought))
    run_due(by=BY, clock=timezone.now)
    assert not list(settings.IMPORTS.iterdir())


@pytest.mark.parametrize("content", [b"", b"%PDF-1.4", b"PK\x03\x04 broken", b"one column\n1\n"])
def test_a_file_that_cannot_be_read_says_so(clerk: Client, content: bytes) -> None:
    told = {
        "file": SimpleUploadedFile("x.csv", content),
        "kind": "arrest",
        "feed": "new",
        "feed_name": "Arrests",
    }
    answer = clerk.post("/desk/imports/new", told, follow=True)
    assert answer.status_code == 422
    assert b"Nothing was stored" in answer.content


def test_a_file_that_is_too_large_is_refused(clerk: Client, settings: Any) -> None:
    settings.DAYBREAK_IMPORT_MB = 0
    file = SimpleUploadedFile("runs.csv", as_csv(ROWS))
    answer = clerk.post(
        "/desk/imports/new", {"file": file, "kind": "overdose", "feed": "new", "feed_name": "Runs"}
    )
    assert answer.status_code == 400
    assert b"may have at most" in answer.content
    assert not Import.objects.exists()


def test_the_error_file_is_handed_out(clerk: Client) -> None:
    brought = ended(clerk, [*ROWS, row(20, zip="4050")])
    answer = clerk.get(f"/desk/imports/{brought.public_id}/errors.csv")
    lines = b"".join(answer.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert lines[0] == "line,column,must,cure,mended"
    assert lines[1].startswith("10,ZIP,")


def test_mappings_are_taken_along_and_brought_back(clerk: Client) -> None:
    ended(clerk)
    kept = StoredMapping.objects.get()
    file = clerk.get(f"/desk/mappings/{kept.public_id}.json")
    assert "runs-1.json" in file["Content-Disposition"]
    changed = file.content.replace(b'"name": "runs"', b'"name": "other-runs"')
    assert (
        clerk.post("/desk/mappings/new", {"file": SimpleUploadedFile("m.json", changed)}).status_code == 302
    )
    assert b"other-runs@1" in clerk.get("/desk/mappings").content
    wrong = clerk.post("/desk/mappings/new", {"file": SimpleUploadedFile("m.json", b"{}")})
    assert wrong.status_code == 400


def test_a_key_is_shown_once(clerk: Client) -> None:
    ended(clerk)
    made = clerk.post("/desk/imports/keys", {"feed": "ambulance-runs", "label": "Dispatch"})
    assert b"dbk_" in made.content
    listed = clerk.get("/desk/imports/keys")
    assert b"dbk_" not in listed.content
    assert b"Dispatch" in listed.content
    key = AgencyKey.objects.get()
    clerk.post(f"/desk/imports/keys/{key.public_id}/end")
    key.refresh_from_db()
    assert key.ended_at is not None


def test_feeds_are_fresh_late_or_silent_in_words(clerk: Client, cast: Cast) -> None:
    brought = ended(clerk)
    feed = brought.feed
    assert b"fresh" in clerk.get("/desk/imports").content
    for days, word in ((2, b">late<"), (4, b">silent<")):
        brought.delivery.__class__.objects.update(received_at=timezone.now() - timedelta(days=days))
        answer = clerk.get("/desk/imports")
        assert word in answer.content
    assert b"never as zero" in answer.content
    assert b"A feed is silent" in clerk.get("/desk/").content
    assert feed.expected_days == 1


OTHERS = ("analyst", "lead", "clerk")
NOBODY = ("officer", "coordinator", "navigator", "provider", "privacy", "administrator", "stranger")


@pytest.mark.parametrize("who", [*OTHERS, *NOBODY])
def test_nobody_else_sees_or_touches_an_agencys_imports(clerk: Client, cast: Cast, who: str) -> None:
    brought = ended(clerk, [*ROWS, row(20, zip="4050")])
    kept = StoredMapping.objects.get()
    key_page = clerk.post("/desk/imports/keys", {"feed": "ambulance-runs", "label": "Dispatch"})
    assert key_page.status_code == 200
    key = AgencyKey.objects.get()
    other = sign_in(Client(), getattr(cast, who))
    base = f"/desk/imports/{brought.public_id}"
    for address in (
        base,
        f"{base}/mapping",
        f"{base}/rows",
        f"{base}/errors.csv",
        f"/desk/mappings/{kept.public_id}.json",
    ):
        assert other.get(address).status_code == 404, address
    for address in (
        f"{base}/stop",
        f"{base}/undo",
        f"{base}/rows",
        f"/desk/imports/keys/{key.public_id}/end",
    ):
        assert other.post(address).status_code == 404, address
    key.refresh_from_db()
    assert key.ended_at is None
    if who in OTHERS:
        for address in ("/desk/imports", "/desk/mappings", "/desk/imports/keys"):
            answer = other.get(address)
            assert answer.status_code == 200
            assert b"runs" not in answer.content
            assert b"Dispatch" not in answer.content
    else:
        assert other.get("/desk/imports").status_code == 404


def test_an_agency_cannot_use_anothers_feed_or_mapping(clerk: Client, cast: Cast) -> None:
    ended(clerk)
    analyst = sign_in(Client(), cast.analyst)
    file = SimpleUploadedFile("runs.csv", as_csv(ROWS))
    told = {"file": file, "kind": "overdose", "feed": "ambulance-runs"}
    assert analyst.post("/desk/imports/new", told).status_code == 404
    own = bring(analyst)
    foreign = StoredMapping.objects.get()
    answer = analyst.post(f"/desk/imports/{own.public_id}/mapping", {"saved": foreign.public_id})
    assert answer.status_code == 404
    assert own.feed.health is False, "an overdose that police report is their own"
    assert mapping(Agency.objects.get(slug="police")).agency_id != foreign.agency_id


def test_a_mapping_by_which_no_row_is_right_is_not_saved(clerk: Client) -> None:
    brought = bring(clerk)
    told = form_of(brought, **{"c1-formats": "%Y-%m-%d"})
    answer = clerk.post(f"/desk/imports/{brought.public_id}/mapping", told)
    assert answer.status_code == 400
    assert b"No row of the first 8 is right, so nothing was saved" in answer.content
    assert not StoredMapping.objects.exists()
