"""Calls of agencies' own systems: who may, what is filed, what is answered, and that nothing is filed twice."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import jsonschema_rs
import pytest
from django.test import Client
from django.utils import timezone

from daybreak.accounts.models import Agency
from daybreak.audit.models import Entry
from daybreak.events.models import Delivery, Event, Feed
from daybreak.intake.actions.keys import end_key, make_key
from daybreak.intake.models import AgencyKey, Call
from tests.rooms.intake.imports import AT, BY, agency

pytestmark = pytest.mark.django_db
EVENT: dict[str, Any] = {
    "id": "R-1",
    "occurred_at": "2015-03-01T21:30:00-05:00",
    "latitude": 38.04912,
    "longitude": -84.49987,
    "outcome": "non-fatal",
    "naloxone": "multiple doses",
}


@pytest.fixture
def key() -> str:
    return new_key()[1]


def new_key(*, health: bool = True, of: Agency | None = None) -> tuple[AgencyKey, str]:
    feed, _ = Feed.objects.get_or_create(
        agency=of or agency(), slug="cad", defaults={"name": "Dispatch", "health": health}
    )
    return make_key(by=BY, feed=feed, label="Dispatch system", at=AT)


def call(
    key: str, *events: dict[str, Any], word: str = "call-1", client: Client | None = None, **more: Any
) -> Any:
    document = {"events": list(events), **more}
    return post(key, json.dumps(document), word=word, client=client)


def post(
    key: str, body: str | bytes, *, word: str = "call-1", client: Client | None = None, **headers: str
) -> Any:
    wanted = {"Authorization": f"Bearer {key}", "Idempotency-Key": word} | headers
    return (client or Client()).post("/api/events", body, content_type="application/json", headers=wanted)


def test_odmaps_four_fields_are_an_event(key: str) -> None:
    answer = call(key, EVENT)
    assert answer.status_code == 200
    assert {name: answer.json()[name] for name in ("read", "added", "refused")} == {
        "read": 1,
        "added": 1,
        "refused": 0,
    }
    event = Event.objects.get()
    assert (event.kind, event.fatal, event.naloxone_given, event.naloxone_doses) == (
        "overdose",
        False,
        True,
        None,
    )
    assert event.occurred_at.isoformat() == "2015-03-02T02:30:00+00:00"
    assert event.latitude == pytest.approx(38.049, abs=0.0006)
    assert event.latitude != EVENT["latitude"], "a point is kept to about a block"
    assert Delivery.objects.get().state == "done"


def test_everything_else_that_a_call_may_say_is_kept_too(key: str) -> None:
    seizure = {
        "id": "S-1", "occurred_at": "2013-07-08", "zip": "40507", "substances": ["Heroin"], "status": "open",
        "exhibits": [{"substance": "heroin", "quantity": "1179.501", "unit": "g", "laboratory": "confirmed", "label": "1A"}],
        "charges": [{"statute": "KRS 218A.1412", "counts": 2}],
    }  # fmt: skip
    owner = agency("police", "police")
    police = Feed.objects.create(agency=owner, slug="rms", name="Records", health=False)
    _, text = make_key(by=BY, feed=police, label="Records", at=AT)
    assert call(text, seizure, kind="seizure").json()["added"] == 1
    event = Event.objects.get()
    assert (event.kind, event.occurred_precision, str(event.occurred_on)) == ("seizure", "day", "2013-07-08")
    exhibit = event.exhibits.get()
    assert (f"{exhibit.quantity:f}", exhibit.unit, exhibit.laboratory) == ("1179.501000", "g", "confirmed")
    assert event.charges.get().counts == 2


def test_the_same_call_again_gets_the_same_answer_and_files_nothing(key: str) -> None:
    first = call(key, EVENT)
    again = call(key, EVENT)
    assert again.json() == first.json()
    assert (again.status_code, again["Idempotency-Replayed"]) == (200, "true")
    assert "Idempotency-Replayed" not in first
    assert (Delivery.objects.count(), Call.objects.count()) == (1, 1)


def test_the_same_event_in_a_new_call_changes_nothing_and_another_word_of_it_corrects_it(key: str) -> None:
    call(key, EVENT)
    assert call(key, EVENT, word="call-2").json()["unchanged"] == 1
    assert call(key, EVENT | {"outcome": "fatal"}, word="call-3").json()["updated"] == 1
    assert Event.objects.get(known_until=None).fatal is True
    assert Event.objects.count() == 2


def test_an_idempotency_key_for_another_body_is_refused(key: str) -> None:
    call(key, EVENT)
    answer = call(key, EVENT | {"outcome": "fatal"})
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert Event.objects.count() == 1


def test_two_agencies_may_use_the_same_words_and_numbers(key: str) -> None:
    other = new_key(of=agency("county-ems"))[1]
    call(key, EVENT)
    assert call(other, EVENT).json()["added"] == 1
    assert Event.objects.count() == 2


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer dbk_wrong", "Basic {key}", "{key}"])
def test_without_a_key_in_force_nothing_is_filed(key: str, header: str) -> None:
    answer = post(key, json.dumps({"events": [EVENT]}), Authorization=header.format(key=key))
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    assert not Event.objects.exists()


def test_a_key_that_was_ended_or_whose_agency_left_opens_nothing() -> None:
    key, text = new_key()
    assert call(text, EVENT).status_code == 200
    key.feed.agency.active = False
    key.feed.agency.save()
    assert call(text, EVENT, word="call-2").status_code == 401
    key.feed.agency.active = True
    key.feed.agency.save()
    assert end_key(by=BY, key=key, at=AT)
    assert not end_key(by=BY, key=key, at=AT)
    assert call(text, EVENT, word="call-3").status_code == 401


def test_a_key_is_told_once_and_kept_as_a_digest_only() -> None:
    key, text = new_key()
    assert text not in json.dumps([*AgencyKey.objects.values(), *Entry.objects.values()], default=str)
    assert len(key.digest) == 64


def test_rows_that_the_rules_refuse_are_named_and_the_others_are_filed(key: str) -> None:
    wrong = {"id": "R-2", "occurred_at": "2015-02-30T10:00:00-05:00"}
    answer = call(key, EVENT, wrong)
    assert answer.status_code == 200
    assert (answer.json()["added"], answer.json()["refused"]) == (1, 1)
    (refusal,) = answer.json()["refusals"]
    assert refusal["at"] == "/events/1/occurred_at"
    assert set(refusal) == {"at", "must", "cure"}


def test_a_call_of_which_every_row_is_refused_says_so_by_its_status(key: str) -> None:
    answer = call(key, {"id": "R-2", "occurred_at": "yesterday"})
    assert answer.status_code == 422
    assert not Event.objects.exists()


def test_an_id_that_stands_twice_in_a_call_with_other_words_is_refused(key: str) -> None:
    answer = call(key, EVENT, EVENT, EVENT | {"outcome": "fatal"}).json()
    assert (answer["added"], answer["unchanged"], answer["refused"]) == (1, 1, 1)


@pytest.mark.parametrize(
    ("document", "at", "must"),
    [
        ([], "/", "be an object with the events"),
        ({}, "/", "have events"),
        ({"events": []}, "/events", "be a list of 1 to 1,000 events"),
        ({"events": [{}]}, "/events/0", "have occurred_at"),
        ({"events": [EVENT | {"zip": "Canary"}]}, "/events/0/zip", "be five digits"),
        ({"events": [EVENT | {"outcome": "Canary"}]}, "/events/0/outcome", "be one of fatal, non-fatal, unknown"),
        ({"events": [EVENT | {"patient_name": "Canary"}]}, "/events/0", "have no names but id, occurred_at"),
        ({"events": [EVENT], "kind": "Canary"}, "/kind", "be one of"),
    ],
)  # fmt: skip
def test_what_does_not_fit_the_schema_is_refused_whole_with_place_and_cure_and_never_repeated(
    key: str, document: Any, at: str, must: str
) -> None:
    answer = post(key, json.dumps(document))
    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert error["at"] == at
    assert error["must"].startswith(must)
    assert b"Canary" not in answer.content
    assert not Call.objects.exists()


@pytest.mark.parametrize("body", [" ", "{", b"\xff\xfe", "[" * 100_000, '{"events": NaN}'])
def test_what_is_no_json_is_refused(key: str, body: str | bytes) -> None:
    assert post(key, body).status_code == 400


def test_a_call_needs_an_idempotency_key_a_type_and_a_body_of_measure(key: str) -> None:
    assert post(key, json.dumps({"events": [EVENT]}), word="").status_code == 400
    assert post(key, json.dumps({"events": [EVENT]}), word="x" * 201).status_code == 400
    headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": "a"}
    assert Client().post("/api/events", "events", content_type="text/csv", headers=headers).status_code == 415
    assert post(key, b" " * 2_000_001).status_code == 413
    assert Client().get("/api/events", headers=headers).status_code == 405
    assert not Call.objects.exists()


def test_calls_are_counted_by_the_minute(key: str, settings: Any) -> None:
    settings.DAYBREAK_CALLS_A_MINUTE = 2
    assert call(key, EVENT).status_code == 200
    assert call(key, EVENT, word="call-2").status_code == 200
    answer = call(key, EVENT, word="call-3")
    assert (answer.status_code, answer["Retry-After"]) == (429, "60")
    Call.objects.update(at=timezone.now() - timedelta(minutes=2))
    assert call(key, EVENT, word="call-3").status_code == 200


def test_a_health_sources_events_do_not_enter_a_feed_that_police_read_row_by_row() -> None:
    _, text = new_key(health=False)
    answer = call(text, EVENT)
    assert answer.status_code == 422
    assert "health feed" in answer.json()["detail"]
    assert not Event.objects.exists()


def test_a_person_in_a_field_of_an_event_is_not_kept_and_not_repeated(key: str) -> None:
    told = [
        call(key, EVENT | {"id": f"R-{number}", field: "Canary Personname"}, word=f"call-{number}")
        for number, field in enumerate(
            ("county", "naloxone_by", "manner", "sex", "status", "underlying", "address", "occurred_at")
        )
    ]
    assert all(b"Canary" not in answer.content for answer in told)
    stored = [
        *Event.objects.values(),
        *Call.objects.values(),
        *Entry.objects.values(),
        *Delivery.objects.values(),
    ]
    assert "Canary" not in repr(stored)


def test_the_schema_that_is_published_is_the_one_that_is_checked(key: str) -> None:
    published = Client().get("/api/events/schema.json").json()
    jsonschema_rs.meta.validate(published)
    validator = jsonschema_rs.validator_for(published)
    assert validator.is_valid({"events": [EVENT]})
    assert not validator.is_valid({"events": [EVENT | {"name": "x"}]})
