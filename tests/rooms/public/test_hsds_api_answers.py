"""The directory as HSDS 3.0 below /api/hsds/: what may be kept, who may read it, and how wrong questions are answered."""

from __future__ import annotations

import re
from datetime import timedelta

import orjson
import pytest
from django.utils import timezone

from daybreak.audit.actions import record
from daybreak.directory import models
from daybreak.directory.queries.stamp import CHANGES as DIRECTORY_CHANGES
from daybreak.directory.queries.stamp import NO_CHANGES
from daybreak.directory.rules.hsds_ids import NEEDS
from tests.house.plan import SOURCE
from tests.rooms.public.conftest import AT, Town
from tests.rooms.public.hsds_asking import ask, client, small_town


@pytest.fixture
def listed(db: None) -> Town:
    """The small town, in the database."""
    return small_town()


CHANGES = {
    "an action": lambda: record(by="command:test", at=timezone.now(), action="load-directory", subject="x", detail={}),
    "a service": lambda: models.Service.objects.create(
        organization=models.Organization.objects.first(), name="New", last_modified=AT
    ),
    "a withdrawal": lambda: models.Service.objects.filter(name="Clínica").delete(),
    "an opening": lambda: models.ServiceCapacity.objects.create(
        service=models.Service.objects.get(name="Detox"), available=1, updated=timezone.now(),
        expires_at=timezone.now() + timedelta(hours=1),
    ),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_the_etag_holds_until_something_changes(listed: Town, change: str) -> None:
    for path in ("/services", "/services?format=ndjson", f"/taxonomies/{NEEDS}", "/organizations?page=1"):
        first = client.get(f"/api/hsds{path}")
        tag = first["ETag"]
        assert not tag.startswith("W/")
        for held in (tag, f'"other", {tag}', f"W/{tag}", tag[:-1] + '-gzip"', "*"):
            again = client.get(f"/api/hsds{path}", headers={"If-None-Match": held})
            assert (again.status_code, again.content) == (304, b""), held
            assert again["Cache-Control"] == "public, max-age=300"
        assert client.get(f"/api/hsds{path}", headers={"If-None-Match": '"other"'}).status_code == 200
    CHANGES[change]()
    assert client.get("/api/hsds/services")["ETag"] != client.get("/api/hsds/organizations")["ETag"]
    renewed = client.get(f"/api/hsds{path}", headers={"If-None-Match": tag})
    assert renewed.status_code == 200
    assert renewed["ETag"] != tag


def test_the_etag_holds_whatever_is_done_at_the_desk(listed: Town) -> None:
    tag = client.get("/api/hsds/services")["ETag"]
    for action in ("file-received", "brief-made", "read-restricted", "export-hsds"):
        record(by="command:test", at=timezone.now(), action=action, subject="x", detail={})
    assert client.get("/api/hsds/services")["ETag"] == tag


def test_each_thing_that_is_done_to_the_directory_is_known_to_change_its_answers_or_not() -> None:
    written = {
        action
        for file in (SOURCE / "directory").rglob("*.py")
        for action in re.findall(r'\baction="([a-z-]+)"', file.read_text(encoding="utf-8"))
    }
    assert written == {*DIRECTORY_CHANGES, *NO_CHANGES} - {"restore"}
    assert not set(DIRECTORY_CHANGES) & set(NO_CHANGES)


def test_the_etag_ends_with_an_opening_and_with_the_day(
    listed: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    models.ServiceCapacity.objects.create(
        service=models.Service.objects.get(name="Detox"), available=1, updated=AT,
        expires_at=AT + timedelta(hours=1),
    )  # fmt: skip
    tags = set()
    for later in (timedelta(0), timedelta(hours=2), timedelta(days=1)):
        moment = AT + later
        monkeypatch.setattr("daybreak.public.views.hsds.timezone.now", lambda moment=moment: moment)
        tags.add(client.get("/api/hsds/services")["ETag"])
    assert len(tags) == 3


def test_what_tells_of_whoever_asks_is_kept_by_nobody(listed: Town) -> None:
    for path in ("/services?search=detox", "/service_at_locations?postcode=40507"):
        answer = client.get(f"/api/hsds{path}")
        assert answer["Cache-Control"] == "no-store"
        same = client.get(f"/api/hsds{path}", headers={"If-None-Match": answer["ETag"]})
        assert same.status_code == 304
        assert same["Cache-Control"] == "no-store"
    assert client.get("/api/hsds/services?page=1")["Cache-Control"] == "public, max-age=300"


def test_any_site_may_read_it_and_nobody_may_write(listed: Town) -> None:
    for path in ("/services", "/services/x", "/", "/nothing"):
        answer = client.get(f"/api/hsds{path}")
        assert answer["Access-Control-Allow-Origin"] == "*"
        assert "Set-Cookie" not in answer
        assert "Access-Control-Allow-Credentials" not in answer
        assert answer["X-Content-Type-Options"] == "nosniff"
    before = client.options("/api/hsds/services", headers={"Access-Control-Request-Method": "GET"})
    assert before.status_code == 204
    assert before["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        answer = client.generic(method, "/api/hsds/services")
        assert answer.status_code == 405
        assert answer["Allow"] == "GET, HEAD, OPTIONS"
        assert answer["Content-Type"] == "application/problem+json"


WRONG = [
    ("/services?page=0", "page", "a whole number from 1", "a whole number"),
    ("/services?page=", "page", "a whole number from 1", "nothing"),
    ("/services?page=1.5", "page", "a whole number from 1", "a number with a fraction"),
    ("/services?page=%D9%A1", "page", "a whole number from 1", "text of 1 characters"),
    ("/services?per_page=100001", "per_page", "from 1 to 100,000", "a whole number"),
    ("/services?page=1&page=2", "page", "given once", "2 values"),
    ("/services?format=xml", "format", "json or ndjson", "text of 3 characters"),
    ("/services?full=yes", "full", "true or false", "text of 3 characters"),
    ("/services?full=true&minimal=true", "minimal", "false where full is true", "true for both"),
    ("/services?organization_id=12", "organization_id", "a UUID", "a whole number"),
    ("/services?taxonomy_term_id=", "taxonomy_term_id", "a UUID", "nothing"),
    ("/services?modified_after=2026-01-01", "modified_after", "a date and time with its zone", "text"),
    ("/services?modified_after=2026-13-01T00:00:00Z", "modified_after", "a date and time", "text"),
    ("/services?modified_after=2026-01-01T00:00:00", "modified_after", "a date and time", "text"),
    ("/services?search=" + "x" * 501, "search", "at most 500 characters", "text of 501 characters"),
    ("/services?postcode=40507", "postcode", "one of: search, page", "does not know"),
    ("/services?Secret%20Name=1", "a parameter", "one of: search, page", "does not know"),
    ("/services/00000000-0000-4000-8000-000000000000?full=true", "full", "left out", "does not know"),
    ("/service_at_locations?postcode=4050", "postcode", "a ZIP of five digits", "a whole number"),
    ("/service_at_locations?proximity=5", "proximity", "given together with postcode", "no postcode"),
    (
        "/service_at_locations?postcode=40507&proximity=-5",
        "proximity",
        "a number of metres",
        "a whole number",
    ),
    ("/service_at_locations?postcode=40507&proximity=1e3", "proximity", "a number of metres", "text"),
    ("/service_at_locations?postcode=00000&proximity=5", "postcode", "a ZIP that is in use", "five digits"),
]


@pytest.mark.parametrize(("path", "parameter", "must", "got"), WRONG, ids=lambda value: str(value)[:40])
def test_a_wrong_parameter_is_named_with_what_it_must_be_and_its_cure(
    db: None, path: str, parameter: str, must: str, got: str
) -> None:
    answer = client.get(f"/api/hsds{path}")
    said = orjson.loads(answer.content)
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert (said["status"], said["title"], said["parameter"]) == (400, "Bad Request", parameter)
    assert must in said["must"]
    assert got in said["got"]
    assert said["cure"]
    assert answer["Cache-Control"] == "no-store"
    assert "Secret" not in answer.content.decode()
    assert "xxx" not in answer.content.decode()


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/services/00000000-0000-4000-8000-000000000000", 404),
        ("/services/nothing", 404),
        ("/organizations/%00", 404),
        ("/nothing", 404),
        ("/services/", 404),
        ("/services?search=" + "x" * 5000, 414),
        ("/services?" + "&" * 1200, 400),
    ],
)
def test_other_wrong_addresses_get_a_problem_document_too(db: None, path: str, status: int) -> None:
    answer = client.get(f"/api/hsds{path}")
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    assert orjson.loads(answer.content)["status"] == status
    assert answer["Access-Control-Allow-Origin"] == "*"


def test_pages_for_people_keep_their_own_problems_and_headers(db: None) -> None:
    answer = client.get("/nothing")
    assert answer.status_code == 404
    assert answer["Content-Type"].startswith("text/html")
    assert "Access-Control-Allow-Origin" not in answer
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-31T00:00:00Z",
        "2026-01-31t00:00:60.5+23:59",
        "0001-01-01T00:00:00+23:59",
        "9999-12-31T23:59:59-23:59",
    ],
)
def test_every_moment_of_the_calendar_can_be_asked_for(listed: Town, text: str) -> None:
    early = text < "2027"
    assert bool(ask("/services", modified_after=text)["contents"]) is early
