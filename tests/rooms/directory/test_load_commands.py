"""`daybreak load` and `daybreak quarantine`, as a script sees them."""

from __future__ import annotations

import errno
import io
import json
import os
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from daybreak.directory.actions import load_bundled
from daybreak.directory.models import Import, Quarantined, Service, Source
from tests.rooms.directory.sheets import AT, LATER, csv_text, place, samhsa

pytestmark = pytest.mark.django_db
NOWHERE = {"Name1": "Rivendell", "Contact": "(270)843-1199", "Keys": "SAF/SA/ORT/"}


def run(*words: str, **options: Any) -> str:
    out = io.StringIO()
    call_command(*words, stdout=out, **options)
    return out.getvalue()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "directory.csv"
    path.write_bytes(samhsa(place(ZIP_Code="40504-1234"), place(), NOWHERE))
    return path


def test_json_prints_the_five_that_add_up_and_nothing_of_a_persons(path: Path) -> None:
    text = run("load", "samhsa", str(path), "--json", "--no-publish")
    assert json.loads(text) == {
        "source": "samhsa-directory-2015", "applied": True, "read": 3, "loaded": 1, "updated": 0, "unchanged": 0,
        "merged": 1, "quarantined": 1, "absent": 0, "unpublished": 0, "repairs": {"zip-reduced-to-five": 1},
        "quarantine": [
            {"line": 4, "reason": "has no place: no ZIP, no city with state, no usable coordinates"}
        ],
    }  # fmt: skip
    assert "843-1199" not in text
    again = json.loads(run("load", "samhsa", str(path), "--json", "--no-publish"))
    assert (again["unchanged"], again["quarantined"], again["loaded"]) == (2, 1, 0)


def test_people_see_a_table(path: Path) -> None:
    text = run("load", "samhsa", str(path), "--no-publish")
    for words in (
        "samhsa-directory-2015",
        "loaded",
        "merged",
        "quarantined",
        "repaired: zip-reduced-to-five 1",
    ):
        assert words in text


def test_what_was_loaded_is_published(path: Path, settings: Any, tmp_path: Path) -> None:
    settings.GENERATIONS = tmp_path / "generations"
    run("load", "samhsa", str(path), "--json")
    assert (settings.GENERATIONS / "current").exists()


def test_strict_ends_with_three_and_loads_nothing(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = io.StringIO()
    with pytest.raises(
        CommandError, match="1 of 3 rows would be quarantined, so nothing was loaded"
    ) as caught:
        call_command("load", "samhsa", str(path), "--strict", "--json", stdout=out)
    assert caught.value.returncode == 3
    assert json.loads(out.getvalue())["applied"] is False
    assert not Service.objects.exists()


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["samhsa", "gone.csv"], "cannot be read"),
        (["csv", "{path}"], "needs --mapping"),
        (["csv", "{path}", "--mapping", "no-such-list"], "must name a saved mapping"),
        (["csv", "{path}", "--mapping", "samhsa-otp-2022"], "expects the columns 'ADDRESS'"),
        (["survey2015", "{path}"], "2015 survey"),
        (["samhsa", "{path}", "--edition", "1492"], "--edition must be a year from"),
        (["samhsa", "{path}", "--edition", "2030"], "2030-12-31, and that day has not come yet"),
    ],
)
def test_what_cannot_be_used_ends_with_two(path: Path, words: list[str], complaint: str) -> None:
    with pytest.raises(CommandError, match=complaint) as caught:
        run("load", *(word.format(path=path) for word in words))
    assert caught.value.returncode == 2
    assert not Source.objects.exists()


def test_the_quarantine_shows_line_raw_text_and_reason(path: Path) -> None:
    run("load", "samhsa", str(path), "--json", "--no-publish")
    (row,) = json.loads(run("quarantine", "--json"))
    assert (row["source"], row["file"], row["line"]) == ("samhsa-directory-2015", "directory.csv", 4)
    assert row["raw"].startswith("Rivendell,")
    assert row["reason"].startswith("has no place")
    assert "line 4: has no place" in run("quarantine")
    assert json.loads(run("quarantine", "--json", "--source", "another")) == []


STEERING = "\x1b[2J\x9b31mHope\x07"


def steers(text: str) -> bool:
    return any(not letter.isprintable() for letter in text.replace("\n", ""))


def test_nothing_that_a_file_says_steers_the_operators_terminal(tmp_path: Path) -> None:
    path = tmp_path / "\x1b[31m[bold]list.csv"
    path.write_bytes(samhsa(place(), NOWHERE | {"Name1": STEERING}))
    assert not steers(run("load", "samhsa", str(path), "--no-publish"))
    shown = run("quarantine")
    assert "�[2J�31mHope�" in shown
    assert "�[31m[bold]list.csv" in shown
    assert not steers(shown)
    exact = run("quarantine", "--json")
    assert not steers(exact)
    assert STEERING in json.loads(exact)[0]["raw"]


def test_an_error_message_does_not_steer_the_terminal_either(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read") as caught:
        run("load", "samhsa", str(tmp_path / "\x1b[2Jgone\udcff.csv"))
    assert "�[2Jgone�.csv" in str(caught.value)
    assert not steers(str(caught.value))


def test_a_file_name_that_is_no_text_is_loaded_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"list\xff.csv")
    path.write_bytes(samhsa(place()))
    run("load", "samhsa", str(path), "--no-publish")
    assert Import.objects.get().file_name == "list?.csv"


def test_a_file_beyond_the_limit_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.truncate(1_000_000_001)  # sparse: it takes no room
    with pytest.raises(
        CommandError, match="has 1,000,000,001 bytes; a file may have 1,000,000,000"
    ) as caught:
        run("load", "samhsa", str(path))
    assert caught.value.returncode == 2


def test_a_full_disk_at_publishing_leaves_the_generation_before_in_force(
    path: Path, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.GENERATIONS = tmp_path / "generations"
    run("load", "samhsa", str(path), "--json")
    before = (settings.GENERATIONS / "current").read_text()

    def full(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "/var/full")

    monkeypatch.setattr("daybreak.finder.generations._write_generation", full)
    with pytest.raises(
        CommandError, match=r"The index could not be written: No space left.*/var/full"
    ) as caught:
        run("publish")
    assert caught.value.returncode == 1
    assert "The generation before stays in force." in str(caught.value)
    with pytest.raises(
        CommandError, match=r"The file was loaded, but not published.*Then: daybreak publish\."
    ):
        run("load", "samhsa", str(path), "--json")
    assert (settings.GENERATIONS / "current").read_text() == before
    monkeypatch.undo()
    settings.GENERATIONS = tmp_path / "generations"
    assert "Published" in run("publish")


def test_the_bundle_is_loaded_once_and_again_only_when_it_changed(settings: Any, tmp_path: Path) -> None:
    small = tmp_path / "data"
    real = Path(settings.DATA)
    for name in ("vocabulary", "mappings", "geo"):
        (small / name).parent.mkdir(exist_ok=True)
        (small / name).symlink_to(real / name)
    (small / "list.csv").write_bytes(samhsa(place()))
    entry = {"reader": "samhsa", "path": "list.csv", "edition": "2015"}
    (small / "bundle.csv").write_text(csv_text(("reader", "mapping", "edition", "path"), [entry]))
    settings.DATA = small
    seen: list[tuple[str, int, int]] = []
    books = load_bundled(by="person:test", at=AT, progress=lambda *told: seen.append(told))
    assert books["list.csv"].loaded == 1
    assert seen[-1] == ("list.csv", 1, 1)
    assert load_bundled(by="person:test", at=LATER) == {}
    (small / "list.csv").write_bytes(samhsa(place(Contact="(859)252-7881")))
    assert load_bundled(by="person:test", at=LATER)["list.csv"].updated == 1
    assert (Import.objects.count(), Quarantined.objects.count()) == (2, 0)
