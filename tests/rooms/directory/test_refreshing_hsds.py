"""Refreshing from another HSDS 3 server: everything the first time, then only what changed."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from daybreak.directory.actions import add_feed
from daybreak.directory.actions.refreshing import Shrunk
from daybreak.directory.channels import Unreachable
from daybreak.directory.models import Feed, Record, Service, Source
from tests.rooms.directory.replaying import Answer, Hours, Replay, Script, replaying
from tests.rooms.directory.visits import refresh, without_proxies

pytestmark = pytest.mark.django_db
SAMPLE = Path(__file__).resolve().parents[2] / "fixtures" / "hsds" / "services_ky_2012.json"
SERVICES: list[dict[str, Any]] = json.loads(SAMPLE.read_bytes())["contents"][:12]


def server(services: list[Any]) -> Script:
    """An HSDS server; with modified_after it has nothing new."""

    def answer(query: dict[str, str], _: int) -> Answer:
        page, size = int(query["page"]), int(query["per_page"])
        held = [] if "modified_after" in query else services
        pages = -(-len(held) // size)
        part = held[(page - 1) * size : page * size]
        told = {"total_items": len(held), "total_pages": pages, "page_number": page, "size": len(part),
                "first_page": page == 1, "last_page": page >= pages, "empty": not part, "contents": part}  # fmt: skip
        return Answer(json.dumps(told).encode())

    return answer


@pytest.fixture
def hours() -> Hours:
    return Hours()


@pytest.fixture
def other_side(hours: Hours, monkeypatch: pytest.MonkeyPatch) -> Iterator[Replay]:
    without_proxies(monkeypatch)
    with replaying(server(SERVICES)) as replay:
        address = f"{replay.url}/api/hsds/"
        add_feed(
            by="person:test",
            at=hours.now(),
            slug="hsds-there",
            kind="hsds",
            address=address,
            asked={},
            every_hours=24,
        )
        yield replay


def test_every_service_comes_and_is_loaded_at_once(other_side: Replay, hours: Hours, tmp_path: Path) -> None:
    done = refresh("hsds-there", hours, tmp_path, page_size=5)
    assert done.books is not None
    assert (done.books.read, done.books.loaded, done.books.quarantined) == (12, 12, 0)
    assert [(query[""], query["full"], query["page"]) for query in other_side.asked] == [
        ("/locator/api/hsds/services", "true", str(page)) for page in (1, 2, 3)
    ]
    assert {str(one) for one in Service.objects.values_list("id", flat=True)} == {
        one["id"] for one in SERVICES
    }
    source = Source.objects.get(slug="hsds-there")
    assert (source.as_of, Record.objects.filter(source=source).count()) == (date(2026, 11, 22), 12)


def test_the_second_time_only_what_changed_is_asked_for(
    other_side: Replay, hours: Hours, tmp_path: Path
) -> None:
    began = hours.now()
    refresh("hsds-there", hours, tmp_path, page_size=20)
    assert Feed.objects.get().last_at == began
    hours.sleep(24 * 3600)
    other_side.asked.clear()
    done = refresh("hsds-there", hours, tmp_path, page_size=20)
    assert done.books is None
    assert [query["modified_after"] for query in other_side.asked] == ["2026-11-22T12:00:00Z"]
    assert Feed.objects.get().last_outcome == "unchanged"
    changed = copy.deepcopy(SERVICES[0]) | {"name": "Another name"}
    other_side.script = lambda query, number: server([changed])(
        {**query} if not query.pop("modified_after", 0) else query, number
    )
    done = refresh("hsds-there", hours, tmp_path, page_size=20)
    assert done.books is not None
    assert (done.books.read, done.books.updated) == (1, 1)
    assert Service.objects.get(id=SERVICES[0]["id"]).name == "Another name"
    assert Service.objects.count() == 12


def test_full_asks_for_everything_and_a_shrunk_server_is_not_believed(
    other_side: Replay, hours: Hours, tmp_path: Path
) -> None:
    refresh("hsds-there", hours, tmp_path, page_size=20)
    other_side.asked.clear()
    other_side.script = server(SERVICES[:3])
    with pytest.raises(Shrunk, match="3 rows now; the last time it had 12"):
        refresh("hsds-there", hours, tmp_path, page_size=20, full=True)
    assert "modified_after" not in other_side.asked[0]
    assert Service.objects.count() == 12


def test_services_without_a_place_are_told(other_side: Replay, hours: Hours, tmp_path: Path) -> None:
    bare = {key: SERVICES[0][key] for key in ("id", "name", "status")}
    other_side.script = server([*SERVICES[1:], bare])
    done = refresh("hsds-there", hours, tmp_path, page_size=20)
    assert done.books is not None
    assert done.books.read == 12
    assert any(note.startswith("1 services came without a place") for note in done.notes)


@pytest.mark.parametrize(
    ("body", "words"),
    [(b"<html>", "web page"), (b'{"contents": 5}', "must have contents"), (b'{"openapi": "3.1"}', "must have contents"),
     (b'{"total_pages": "x", "contents": []}', "whole number"), (b'{"contents": [{"id": "24', "cut off")],
)  # fmt: skip
def test_what_is_no_hsds_server_changes_nothing(
    other_side: Replay, hours: Hours, tmp_path: Path, body: bytes, words: str
) -> None:
    other_side.script = lambda _, __: Answer(body)
    with pytest.raises(Unreachable, match=words):
        refresh("hsds-there", hours, tmp_path)
    assert not Service.objects.exists()
