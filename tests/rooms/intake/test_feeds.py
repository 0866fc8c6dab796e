"""What SFTP fills, what was uploaded, and how fresh a feed is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from daybreak.accounts.viewers import shell_viewer
from daybreak.events.models import Delivery, Event
from daybreak.events.queries.rows import local_zone
from daybreak.events.rules.freshness import freshness
from daybreak.intake.actions import folders, running
from daybreak.intake.actions.folders import take_folder
from daybreak.intake.actions.queue import KILLED_AFTER, run_due
from daybreak.intake.actions.receiving import choose_mapping, receive_file
from daybreak.intake.actions.running import CannotRun
from daybreak.intake.channels import runner
from daybreak.intake.models import Import
from daybreak.intake.queries.imports import feeds
from daybreak.intake.rules.safe_cells import safe_cell
from tests.rooms.intake.imports import AT, BY, MAPPING, agency, as_csv, mapping, note, row, write

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def files_of_its_own(tmp_path: Path, settings: Any) -> None:
    settings.IMPORTS = tmp_path / "imports"


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    """The folder that SFTP fills, with the ambulance's feed."""
    mapping(agency())
    folder = tmp_path / "inbox"
    (folder / "fire" / "runs").mkdir(parents=True)
    return folder


def look(folder: Path) -> list[str]:
    """One look into the folder; what was said."""
    said: list[str] = []
    take_folder(by=BY, folder=folder, clock=lambda: AT, once=True, say=said.append, settle_seconds=0.01)
    return said


def test_a_file_in_the_folder_is_brought_in_and_put_away(inbox: Path) -> None:
    write(inbox / "fire" / "runs", [row(1), row(2, zip="x")])
    assert look(inbox) == ["runs.csv: read 2, added 1, updated 0, unchanged 0, refused 1."]
    done = inbox / "fire" / "runs" / "done"
    assert sorted(path.name for path in done.iterdir()) == [
        "20150302T140000Z_runs.csv",
        "20150302T140000Z_runs.csv.errors.csv",
    ]
    assert (done / "20150302T140000Z_runs.csv.errors.csv").read_text().splitlines()[1].startswith("3,ZIP,")
    assert look(inbox) == []
    assert Event.objects.count() == 1


def test_two_files_of_one_name_are_both_kept(inbox: Path) -> None:
    for number in (1, 2):
        write(inbox / "fire" / "runs", [row(number)])
        look(inbox)
    assert len(list((inbox / "fire" / "runs" / "done").iterdir())) == 2
    assert Event.objects.count() == 2


@pytest.mark.parametrize(
    ("agency_name", "feed", "why"),
    [
        ("nobody", "runs", "there is no such agency"),
        ("fire", "other", "must be named like a mapping of the agency"),
        ("fire", "runs", "This is a PDF"),
    ],
)
def test_what_cannot_be_read_goes_aside_with_a_text_that_says_why(
    inbox: Path, agency_name: str, feed: str, why: str
) -> None:
    place = inbox / agency_name / feed
    place.mkdir(parents=True, exist_ok=True)
    (place / "x.pdf").write_bytes(b"%PDF-1.7")
    (said,) = look(inbox)
    assert why in said
    names = sorted(path.name for path in (place / "refused").iterdir())
    assert names == ["20150302T140000Z_x.pdf", "20150302T140000Z_x.pdf.why.txt"]
    assert why in (place / "refused" / names[1]).read_text()
    assert not Delivery.objects.exists()


def test_a_file_that_still_grows_is_left_until_it_stands_still(
    inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(inbox / "fire" / "runs", [row(1)])

    def growing(seconds: float) -> None:
        with path.open("a") as file:
            file.write("\n")

    monkeypatch.setattr(folders.time, "sleep", growing)
    assert look(inbox) == []
    assert path.exists()
    monkeypatch.setattr(folders.time, "sleep", lambda _: None)
    assert len(look(inbox)) == 1


def test_hidden_files_unfinished_ones_and_links_are_left_alone(inbox: Path, tmp_path: Path) -> None:
    feed = inbox / "fire" / "runs"
    for name in (".hidden.csv", "runs.csv.part", "runs.csv.filepart"):
        write(feed, [row(1)], name=name)
    (feed / "link.csv").symlink_to(write(tmp_path, [row(1)], name="elsewhere.csv"))
    assert look(inbox) == []


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match="there is no folder"):
        look(tmp_path / "nowhere")


def uploaded(rows: list[Any]) -> Import:
    """A file that was uploaded at the desk and waits in the queue."""
    owner = agency()
    kept = mapping(owner)
    feed = note_feed()
    brought = receive_file(by=BY, feed=feed, name="runs.csv", chunks=[as_csv(rows)], at=timezone.now())
    return choose_mapping(by=BY, brought=brought, mapping=kept, at=timezone.now())


def note_feed() -> Any:
    from daybreak.intake.actions.feeds import feed_for

    owner = agency()
    return feed_for(by=BY, agency=owner, mapping=mapping(owner), slug="runs", at=AT)


def test_an_upload_that_was_killed_is_taken_up_again_when_nothing_was_heard_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    brought = uploaded([row(number) for number in range(6)])
    real = running._end

    def power_cut(*words: object, **more: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(running, "_end", power_cut)
    with pytest.raises(KeyboardInterrupt):
        run_due(by=BY, clock=timezone.now)
    monkeypatch.setattr(running, "_end", real)
    assert run_due(by=BY, clock=timezone.now) == 0, "it may still run"
    assert run_due(by=BY, clock=lambda: timezone.now() + KILLED_AFTER + timedelta(seconds=1)) == 1
    brought.refresh_from_db()
    assert brought.state == "ended"
    assert Event.objects.count() == 6


def test_a_file_for_which_nobody_chose_a_mapping_is_deleted_in_the_end(settings: Any) -> None:
    mapping(agency())
    brought = receive_file(by=BY, feed=note_feed(), name="x.csv", chunks=[b"a,b\n1,2\n"], at=timezone.now())
    run_due(by=BY, clock=timezone.now)
    assert len(list(settings.IMPORTS.iterdir())) == 1
    run_due(by=BY, clock=lambda: timezone.now() + timedelta(days=settings.DAYBREAK_REFUSED_DAYS + 1))
    brought.refresh_from_db()
    assert brought.state == "failed"
    assert not list(settings.IMPORTS.iterdir())


def test_a_mapping_of_another_agency_is_not_taken() -> None:
    brought = uploaded([row(1)])
    foreign = mapping(agency("county-ems"))
    with pytest.raises(ValueError, match="own agency"):
        choose_mapping(by=BY, brought=brought, mapping=foreign, at=AT)


@pytest.mark.parametrize(
    ("days", "word"), [(None, "never"), (0, "fresh"), (7, "fresh"), (8, "late"), (21, "late"), (22, "silent")]
)
def test_a_feed_is_late_after_its_days_and_silent_after_three_times_as_many(
    days: int | None, word: str
) -> None:
    today = date(2015, 3, 2)
    heard_on = None if days is None else today - timedelta(days=days)
    assert freshness(heard_on, expected_days=7, today=today) == word


@pytest.mark.parametrize("hour", [0, 12, 23])
def test_the_hour_of_asking_does_not_change_how_fresh_a_feed_is(hour: int) -> None:
    feed = note_feed()
    received = datetime(2015, 3, 2, 12, tzinfo=local_zone())
    Delivery.objects.create(
        feed=feed, state="done", received_at=received, ended_at=received + timedelta(days=3)
    )
    asked = received.replace(hour=hour) + timedelta(days=feed.expected_days)
    words = [
        feeds(shell_viewer(feed.agency, role="analyst", at=asked + timedelta(days=later)))[0].freshness
        for later in (0, 1)
    ]
    assert words == ["fresh", "late"], "by the day it was received, not by when its rows were filed"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_a_cell_that_begins_like_a_formula_is_said_to_be_text(text: str) -> None:
    assert safe_cell(text) == f"'{text}"
    assert safe_cell("heroin") == "heroin"
    assert safe_cell(None) == ""


def test_the_command_prints_the_books_as_json_and_ends_with_3_where_rows_were_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    agency()
    body = tmp_path / "runs.json"
    body.write_text(json.dumps(MAPPING))
    path = write(tmp_path, [row(1), row(2, zip="x")])
    errors = tmp_path / "errors.csv"
    words = [str(path), "--agency", "fire", "--mapping", str(body), "--json", "--errors", str(errors)]
    with pytest.raises(CommandError) as ended:
        call_command("intake", *words)
    assert ended.value.returncode == 3
    told = json.loads(capsys.readouterr().out)
    assert (told["read"], told["added"], told["refused"], told["state"]) == (2, 1, 1, "done")
    assert told["refusals"][0]["column"] == "ZIP"
    assert told["dropped"] == [{"column": "Patient Name", "why": "name"}]
    assert errors.read_text().count("\n") == 2


def test_the_command_tries_a_file_and_stores_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mapping(agency())
    path = write(tmp_path, [row(1), row(2)])
    call_command("intake", str(path), "--agency", "fire", "--mapping", "runs", "--dry-run")
    assert "2" in capsys.readouterr().out
    assert not Event.objects.exists()
    assert not Import.objects.exists()


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ([], "FILE, --agency, --mapping"),
        (["--watch", "{file}", "--once"], "there is no folder"),
        (["missing.csv", "--agency", "fire", "--mapping", "runs"], "there is none"),
        (["{file}", "--agency", "nobody", "--mapping", "runs"], "must be one of the agencies"),
        (["{file}", "--agency", "fire", "--mapping", "other"], "must be one of the agency's mappings"),
        (["{file}", "--agency", "fire", "--mapping", "other.json"], "there is no file other.json"),
    ],
)
def test_words_that_cannot_be_used_are_named_and_end_with_2(
    tmp_path: Path, words: list[str], why: str
) -> None:
    mapping(agency())
    path = write(tmp_path, [row(1)])
    with pytest.raises(CommandError, match=why) as ended:
        call_command("intake", *(word.format(file=path) for word in words))
    assert ended.value.returncode == 2
    assert not Delivery.objects.exists()


def test_the_process_that_runs_the_queue_is_the_command_itself(tmp_path: Path) -> None:
    assert runner.COMMAND[:4] == (sys.executable, "-m", "daybreak.config.command", "intake")
    done = subprocess.run(
        [*runner.COMMAND[:4], "--help"], capture_output=True, text=True, check=False,
        env={**os.environ, "DAYBREAK_HOME": str(tmp_path)},
    )  # fmt: skip
    assert done.returncode == 0
    assert all(word in done.stdout for word in runner.COMMAND[4:])
    assert note(write(tmp_path, [row(1)])).state == "queued"
