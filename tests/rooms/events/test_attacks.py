"""The third wall under attack: whoever enforces the law asks whatever can be asked, in every session they can have, and
learns nothing of one person that a released cell does not say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from daybreak.accounts.actions.agencies import end_agreement, retire_agency
from daybreak.accounts.actions.people import end_role, give_role
from daybreak.accounts.models import Agreement, Membership
from daybreak.accounts.rules.agencies import SHARED_FIELDS
from daybreak.accounts.viewers import viewer_of
from daybreak.alerts.actions.watching import watch
from daybreak.alerts.models import Signal, Stream
from daybreak.events.actions.catalogue import Published, note_figure, record_operation
from daybreak.events.models import Event
from daybreak.events.queries import released
from daybreak.events.queries.rows import handle_of, local_zone
from daybreak.events.rules.draft import Draft, SubstanceSeen
from daybreak.publishing.actions.briefs import make_brief
from tests.people import SINCE, Cast, person, sign_in
from tests.rooms.events.desk import AT, Desk, local, make_desk, run, text_of
from tests.rooms.events.ledger import BY, deliver
from tests.rooms.intake.imports import bring, row, write
from tests.rooms.intake.test_api import EVENT, call, new_key

EVERY_FIELD = tuple(SHARED_FIELDS)
DAY = date(2013, 6, 5)
CANARY = replace(
    run(300, local(6, 5, 3, 41), "40514"), block="1800 block Canary Ln", age_band="75-84", sex="M", naloxone_doses=97,
    substances=(SubstanceSeen("xylazine"),),
)  # fmt: skip
# What a world may say of one person, so that no cell of ten people is another: law enforcement must see one world.
WORLDS: dict[str, Draft] = {
    "as it was": CANARY,
    "everything told otherwise": replace(
        run(300, local(6, 5, 22, 10), "40514"), fatal=True, certainty="confirmed", operation="safe-street",
        substances=(SubstanceSeen("heroin"), SubstanceSeen("fentanyl")),
    ),
    "on another day of the month": replace(CANARY, occurred_at=local(6, 19, 3, 41), reported_at=local(6, 19, 3, 41)),
    "in another ZIP code": replace(CANARY, zip="40511"),
}  # fmt: skip


@pytest.fixture
def town(cast: Cast) -> Desk:
    """The ledger with more runs, scattered so that their month can be seen and its ZIP codes and days cannot."""
    desk = make_desk(cast)
    for kind in ("overdose", "naloxone"):
        cast.agree("fire", "police", kind, *EVERY_FIELD, place="block", time="minute")
        cast.agree("fire", "health", kind, *EVERY_FIELD, place="block", time="minute")
    record_operation(
        by=BY, agency=cast.agencies["fire"], name="Safe Street", started_on=date(2013, 5, 1), at=AT
    )
    figure = Published("overdose", Decimal(3), DAY, DAY, "Fayette County", DAY, "an analyst's guess")
    note_figure(by=BY, agency=cast.agencies["police"], figure=figure, at=AT)
    scattered = [run(400 + one, local(6, 1 + 2 * one, 6), ("40511", "40505")[one % 2]) for one in range(13)]
    deliver(desk.runs, scattered, at=AT, name="scattered.csv")
    return desk


def everything_at_police(cast: Cast) -> Any:
    """Somebody with every role of a police division that opens a page of the ledger, the streams or the briefs."""
    who = person("all-of-police")
    for role in ("officer", "analyst", "agency-lead", "coordinator"):
        Membership.objects.create(user=who, agency=cast.agencies["police"], role=role, since=SINCE)
    return who


@contextmanager
def world(cast: Cast, desk: Desk, canary: Draft) -> Iterator[None]:
    """The town where one more run says this; afterwards it was never there."""
    with transaction.atomic():
        deliver(desk.runs, [replace(canary, key="R-canary")], at=AT, name="canary.csv")
        released._cells.cache_clear()  # a world that never was has left its cells here
        watch(by=BY, at=AT)
        yield
        transaction.set_rollback(True)
    released._cells.cache_clear()


def asked_of(canary: str) -> list[str]:
    """Every address that might tell; the filters single out the day, the place, the substance and the person."""
    single = "kind=overdose&zip=40514&since=2013-06-05&until=2013-06-05"
    lists = [
        "", f"?{single}", f"?{single}&fatal=yes", f"?{single}&substance=xylazine", "?substance=xylazine", "?q=canary",
        "?q=75-84", "?q=40514", f"?{single}&as_of=2013-07-15", f"?{single}&as_of=2013-07-14", f"?after={canary}",
        "?agency=fire&operation=safe-street", "?kind=overdose&agency=fire&sort=age_band&order=zip&limit=1&columns=age_band",
    ]  # fmt: skip
    charts = [
        "", *(f"?kind=overdose&period={period}&since=2013-06-05&until=2013-06-05" for period in ("day", "week")),
        "?kind=overdose&period=month&since=2013-06-01&until=2013-06-30&county=21067",
        "?kind=overdose&substance=xylazine&since=2013-01-01&until=2013-12-31",
        "?kind=overdose&period=year&since=2013-06-05&until=2013-06-05&as_of=2013-07-14",
        "?kind=naloxone&period=month",
    ]  # fmt: skip
    maps = [f"?kind=overdose&by={by}&period={period}&since=2013-06-05{more}" for by in ("zip", "county")
            for period in ("month", "year") for more in ("", "&substance=xylazine")]  # fmt: skip
    found = [reverse("ledger") + query for query in lists]
    found += [reverse("ledger_file", args=[form]) + query for form in ("csv", "xlsx") for query in lists[:2]]
    for name, queries in (("ledger_time", charts), ("ledger_substances", charts[:2]), ("ledger_map", maps)):
        found += [reverse(name) + query for query in queries]
        found += [
            reverse(f"{name}_chart", args=[form]) + queries[-1 if form == "csv" else 1]
            for form in ("svg", "csv")
        ]
    found += [reverse(name) for name in ("desk", "streams", "ledger_deaths", "ledger_disagree", "ledger_compare", "seizures",
                                         "operations", "staffing", "briefs", "imports", "mappings", "prices")]  # fmt: skip
    found += [
        reverse(name, args=[canary])
        for name in ("ledger_event", "seizure", "import", "import_errors", "operation")
    ]
    return [*found, reverse("ledger_disagree") + "?kind=overdose&as_of=2013-07-14"]


def answers(who: Any, desk: Desk, cast: Cast) -> dict[str, object]:
    """What somebody reads at every address, without what is drawn by lot or by the clock."""
    client = sign_in(Client(), who)
    canary = str(handle_of(Event.objects.get(delivery__file_name="canary.csv").pk))
    # A handle that reads alike in every world: PostgreSQL does not count back when a world is taken back.
    found = {where.replace(canary, "canary"): said(client.get(where)) for where in asked_of(canary)}
    streams = Stream.objects.filter(feed=desk.runs).order_by("kind", "substance", "zip")
    for place, one in enumerate(streams.filter(substance="", zip="")):
        found[f"stream {place}"] = said(client.get(reverse("stream", args=[one.public_id])))
        found[f"stream {place} as csv"] = said(
            client.get(reverse("stream_chart", args=[one.public_id, "csv"]))
        )
    made = make_brief(
        by=BY, viewer=viewer_of(who, at=AT), as_of=AT.date(), before=AT.date() - timedelta(days=40)
    )
    found["brief"] = said(client.get(reverse("brief", args=[made.public_id])))
    found |= {f"brief as {form}": said(client.get(reverse("brief_file", args=[made.public_id, form])))
              for form in ("html", "md")}  # fmt: skip
    return found


def said(answer: Any) -> tuple[int, str, str]:
    """Status, what the headers tell, and the body."""
    if answer.streaming:
        answer.content = b"".join(answer.streaming_content)
    body = text_of(answer)
    body = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", body)
    body = re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "some-id", body)
    body = re.sub(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ|\d\d:\d\d E[SD]T", "now", body
    )  # when a file was taken out
    told = {
        name: answer.headers.get(name)
        for name in ("Content-Disposition", "Last-Modified", "Location", "Content-Type")
    }
    return answer.status_code, str(told), body


def test_whatever_one_person_is_the_police_read_the_same_at_every_address(cast: Cast, town: Desk) -> None:
    police, seen = everything_at_police(cast), {}
    for name, canary in WORLDS.items():
        with world(cast, town, canary):
            seen[name] = answers(police, town, cast)
    first = seen.pop("as it was")
    assert sum(answer[0] == 200 for answer in first.values()) > 50, (
        "the pages must have been open, or nothing was tried"
    )
    told = {(name, where) for name, other in seen.items() for where in first.keys() | other.keys()
            if first.get(where) != other.get(where)}  # fmt: skip
    assert told == set()


def test_those_who_may_read_the_person_read_another_world_each_time(cast: Cast, town: Desk) -> None:
    client, seen = Client(), set()
    for canary in WORLDS.values():
        with world(cast, town, canary):
            sign_in(client, cast.epidemiologist)
            body = client.get(reverse("ledger") + "?kind=overdose").content.decode()
            shown = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", body)
            seen.add(re.sub(r"[0-9a-f-]{36}", "", shown))
            assert client.get(reverse("streams")).status_code == 200
    assert len(seen) == len(WORLDS)


# --- guessed addresses and other methods


def test_a_guessed_handle_answers_like_one_of_nobody_whatever_the_method(cast: Cast, town: Desk) -> None:
    client = sign_in(Client(), cast.analyst)
    canary, nobody = handle_of(Event.objects.get(zip="40502").pk), uuid4()
    for name in ("ledger_event", "seizure", "import", "operation", "stream", "brief", "mapping_file"):
        for method in ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"):
            both = [client.generic(method, reverse(name, args=[one])) for one in (canary, nobody)]
            assert both[0].status_code in {404, 405}, (name, method)
            assert said(both[0]) == said(both[1]), (name, method)
            assert "Canary" not in text_of(both[0])


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"])
def test_no_other_method_gives_rows_away(cast: Cast, town: Desk, method: str) -> None:
    client = sign_in(Client(), cast.analyst)
    query = "?kind=overdose&zip=40502"
    for where in (
        reverse("ledger"),
        reverse("ledger_file", args=["csv"]),
        reverse("ledger_file", args=["xlsx"]),
    ):
        here, elsewhere = (client.generic(method, where + one) for one in (query, "?kind=overdose&zip=40599"))
        assert here.status_code == elsewhere.status_code == (200 if method == "HEAD" else 405)
        assert len(here.content) == len(elsewhere.content) == 0
        assert {
            here.headers.get(name) == elsewhere.headers.get(name) for name in ("Last-Modified", "Allow")
        } == {True}


def test_police_see_that_a_stream_rises_without_number_chart_or_review(cast: Cast, town: Desk) -> None:
    client = sign_in(Client(), everything_at_police(cast))
    daily = [run(3000 + one, local(1, 1, 6) + timedelta(days=one), "40508") for one in range(0, 195, 2)]
    deliver(
        town.runs,
        [*daily, *(run(900 + one, local(7, 14, 4), "40508") for one in range(60))],
        at=AT,
        name="surge.csv",
    )
    watch(by=BY, at=AT)
    signal = Signal.objects.get(stream__feed=town.runs, stream__substance="", stream__zip="")
    page = text_of(client.get(reverse("streams")))
    assert "More than usual" in page
    rows = [line for line in re.findall(r"<tr>.*?</tr>", page, re.DOTALL) if "Fire and Emergency" in line]
    assert len(rows) == 2, "on the list of the morning, and among all streams"
    assert [line for line in rows if re.search(r">\s*[\d.,]+\s*<", line)] == []
    for hidden in Stream.objects.filter(feed=town.runs).exclude(substance="", zip=""):
        assert client.get(reverse("stream", args=[hidden.public_id])).status_code == 404
    for form in ("svg", "png", "csv"):
        assert client.get(reverse("stream_chart", args=[signal.stream.public_id, form])).status_code == 404
    review = reverse("signal_review", args=[signal.public_id])
    assert client.post(review, {"verdict": "false", "why": "Not one of ours."}).status_code == 404
    assert not signal.reviews.exists()


# --- files, keys and what others brought


def test_a_file_that_another_agency_brought_is_new_to_the_police(
    cast: Cast, tmp_path: Path, settings: Any
) -> None:
    settings.IMPORTS = tmp_path / "imports"
    path = write(tmp_path, [row("R-1"), row("R-2", zip="40502")])
    for agency in ("fire", "police"):
        delivery = bring(path, of=cast.agencies[agency])
        assert (delivery.read, delivery.added, delivery.unchanged, delivery.updated) == (2, 2, 0, 0)


def test_a_key_of_the_police_reads_back_no_answer_and_no_row_of_another_agency(cast: Cast) -> None:
    fire, police = (new_key(of=cast.agencies[slug], health=slug == "fire")[1] for slug in ("fire", "police"))
    first = call(fire, EVENT, word="the same word")
    ours = call(police, EVENT, word="the same word")
    assert (first.json()["added"], ours.json()["added"], ours.json()["unchanged"]) == (1, 1, 0)
    assert first.json()["delivery"] != ours.json()["delivery"]
    assert "Idempotency-Replayed" not in ours
    assert "Idempotency-Replayed" in call(fire, EVENT, word="the same word")
    for method in ("GET", "HEAD", "PUT", "DELETE"):
        answer = Client().generic(method, "/api/events", headers={"Authorization": f"Bearer {police}"})
        assert answer.status_code == 405
        assert first.json()["delivery"] not in text_of(answer)


def test_a_brief_of_health_is_nobodys_at_the_police(cast: Cast, town: Desk) -> None:
    viewer = viewer_of(cast.epidemiologist, at=AT)
    made = make_brief(by=BY, viewer=viewer, as_of=AT.date(), before=DAY)
    assert (
        sign_in(Client(), cast.epidemiologist).get(reverse("brief", args=[made.public_id])).status_code == 200
    )
    client = sign_in(Client(), everything_at_police(cast))
    assert str(made.public_id) not in text_of(client.get(reverse("briefs")))
    for where in (
        reverse("brief", args=[made.public_id]),
        reverse("brief_file", args=[made.public_id, "pdf"]),
    ):
        assert client.get(where).status_code == 404


# --- what ends in the middle of a session

COUNTED = "?kind=overdose&by=zip&period=month&since=2013-05-01"


def counted(client: Client) -> bool:
    """Whether the released count of May stands on the page."""
    answer = client.get(reverse("ledger_map") + COUNTED)
    return answer.status_code == 200 and ">30<" in text_of(answer)


def test_an_agreement_that_ended_yesterday_shows_nothing_today(cast: Cast, town: Desk) -> None:
    client = sign_in(Client(), cast.officer)
    today = timezone.now().astimezone(local_zone()).date()
    assert counted(client)
    Agreement.objects.filter(kind="overdose").update(ends_on=today)
    assert counted(client)
    Agreement.objects.filter(kind="overdose").update(ends_on=today - timedelta(days=1))
    assert not counted(client)


def test_an_agreement_withdrawn_and_an_agency_retired_show_nothing_from_the_next_request_on(
    cast: Cast, town: Desk
) -> None:
    client = sign_in(Client(), cast.officer)
    assert counted(client)
    with transaction.atomic():
        for one in Agreement.objects.filter(kind="overdose", receiver=cast.agencies["police"]):
            end_agreement(by=BY, at=timezone.now(), agreement=one)
        assert not counted(client)
        transaction.set_rollback(True)
    assert counted(client)
    retire_agency(by=BY, at=timezone.now(), agency=cast.agencies["fire"])
    assert not counted(client)
    assert "Fire and Emergency" not in text_of(client.get(reverse("ledger")))


def test_who_goes_from_health_to_the_police_takes_no_row_along_in_the_session(cast: Cast, town: Desk) -> None:
    client = sign_in(Client(), cast.epidemiologist)
    canary = reverse("ledger_event", args=[handle_of(Event.objects.get(zip="40502").pk)])
    assert "Canary Ln" in text_of(client.get(canary))
    now = timezone.now()
    end_role(by=BY, at=now, person=cast.epidemiologist, role="epidemiologist")
    assert client.get(canary).status_code == 404
    give_role(by=BY, at=now, person=cast.epidemiologist, agency=cast.agencies["police"], role="analyst")
    assert client.get(canary).status_code == 404
    page = client.get(reverse("ledger") + "?zip=40502")
    assert page.status_code == 200
    assert "Canary Ln" not in text_of(page)
    assert datetime.now(UTC) >= now
