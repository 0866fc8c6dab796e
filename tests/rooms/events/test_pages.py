"""The ledger's pages as people of each role get them; what must not be on them, and what they write."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from daybreak.audit.models import Entry
from daybreak.events.models import Event, Figure, Operation, Price
from daybreak.events.queries.rows import handle_of
from daybreak.events.queries.staffing import staffing
from tests.people import ROLES, Cast, sign_in
from tests.rooms.events.desk import AT, CANARIES, Desk, text_of
from tests.rooms.events.ledger import deliver, draft, feed

PAGES = (
    "/desk/ledger",
    "/desk/ledger?q=heroin&since=2013-01-01&until=2013-12-31",
    "/desk/ledger.csv",
    "/desk/ledger.xlsx",
    "/desk/ledger/time?kind=overdose",
    "/desk/ledger/time?kind=overdose&period=day&since=2013-06-01&until=2013-06-09",
    "/desk/ledger/time/chart.svg?kind=overdose&period=day&since=2013-06-01&until=2013-06-09",
    "/desk/ledger/time/chart.csv?kind=overdose&period=day&since=2013-06-01&until=2013-06-09",
    "/desk/ledger/map?kind=overdose&by=zip&since=2013-06-05&period=month",
    "/desk/ledger/map/chart.svg?kind=overdose&by=zip&since=2013-06-05&period=month",
    "/desk/ledger/map/chart.csv?kind=overdose&by=zip&since=2013-06-05&period=month",
    "/desk/ledger/substances?kind=overdose",
    "/desk/ledger/substances/chart.svg?kind=overdose",
    "/desk/ledger/substances/chart.csv?kind=overdose",
    "/desk/ledger/deaths",
    "/desk/ledger/disagree",
    "/desk/ledger/compare",
    "/desk/seizures",
    "/desk/seizures.csv",
    "/desk/operations",
    "/desk/prices",
    "/desk/staffing",
)
LAW_ENFORCEMENT = ("officer", "analyst", "lead")
READERS = {*LAW_ENFORCEMENT, "clerk", "epidemiologist", "coordinator"}


@pytest.mark.parametrize("who", LAW_ENFORCEMENT)
def test_no_page_or_file_tells_law_enforcement_of_one_run(agreed: Cast, client: Client, who: str) -> None:
    """Every page, export and drawing: no canary, no block, no exact count of a small area."""
    sign_in(client, getattr(agreed, who))
    handles = [handle_of(event.pk) for event in Event.objects.filter(kind="overdose")[:3]]
    addresses = [
        *PAGES,
        *(f"/desk/ledger/{handle}" for handle in handles),
        *(f"/desk/seizures/{handle}" for handle in handles),
    ]
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code in {200, 404}, address
        said = text_of(answer)
        for canary in (*CANARIES, "W Third St", "40502", "40511"):
            assert canary not in said, f"{canary} at {address}"
        if any(str(handle) in address for handle in handles):
            assert answer.status_code == 404


def test_the_epidemiologist_reads_runs_and_each_reading_is_written_down(agreed: Cast, client: Client) -> None:
    sign_in(client, agreed.epidemiologist)
    before = Entry.objects.count()
    assert CANARIES[0] in text_of(client.get("/desk/ledger?zip=40502"))
    assert CANARIES[0] in text_of(client.get("/desk/ledger.csv?zip=40502"))
    assert CANARIES[1] not in text_of(client.get("/desk/ledger.csv?zip=40502"))
    handle = handle_of(Event.objects.get(zip="40502").pk)
    assert CANARIES[0] in text_of(client.get(f"/desk/ledger/{handle}"))
    entries = list(Entry.objects.order_by("pk")[before:])
    assert len(entries) == 4
    assert {entry.actor for entry in entries} == {f"person:{agreed.epidemiologist.public_id}"}
    assert all(entry.detail["rows"] == 1 for entry in entries)
    assert not any(CANARIES[0] in str(entry.detail) for entry in entries)


def test_reading_ones_own_arrests_writes_nothing_down(agreed: Cast, client: Client) -> None:
    sign_in(client, agreed.analyst)
    before = Entry.objects.count()
    client.get("/desk/ledger?kind=arrest")
    assert Entry.objects.count() == before


@pytest.mark.parametrize(
    "who",
    sorted(set(ROLES) - READERS),
)
def test_who_may_not_see_the_ledger_gets_404_everywhere(agreed: Cast, client: Client, who: str) -> None:
    sign_in(client, getattr(agreed, who))
    for address in PAGES:
        assert client.get(address).status_code == 404, address


def test_who_may_read_but_not_take_out_gets_no_file(agreed: Cast, client: Client) -> None:
    sign_in(client, agreed.officer)
    for address in ("/desk/ledger.csv", "/desk/ledger.xlsx", "/desk/seizures.csv", "/desk/seizures.xlsx"):
        assert client.get(address).status_code == 404
    assert "CSV" not in text_of(client.get("/desk/ledger"))


def test_the_operation_page_says_1180_g_and_235900_dollars_and_20_cents(
    agreed: Cast, client: Client, desk: Desk
) -> None:
    sign_in(client, agreed.officer)
    said = text_of(client.get(f"/desk/operations/{desk.pandora.public_id}"))
    assert "<b>1,180 g</b>" in said
    assert "<b>$235,900.20</b>" in said
    assert "<b>8</b><span>arrests</span>" in said
    earlier = text_of(client.get(f"/desk/operations/{desk.pandora.public_id}?as_of=2013-07-14"))
    assert "235,900.20" not in earlier


def test_an_operation_counts_the_seizures_of_every_feed_of_its_agency(
    agreed: Cast, client: Client, desk: Desk
) -> None:
    sign_in(client, agreed.officer)
    where = f"/desk/operations/{desk.pandora.public_id}"
    assert "<b>2</b><span>seizures</span>" in text_of(client.get(where))
    other = feed("property-room")
    deliver(other, [draft("elsewhere", kind="seizure")], at=AT)
    assert "<b>2</b><span>seizures</span>" in text_of(client.get(where))
    deliver(other, [draft("more", kind="seizure", operation="operation-pandora")], at=AT)
    assert "<b>3</b><span>seizures</span>" in text_of(client.get(where))


def test_hours_stand_beside_no_zero_where_nothing_was_reported(cast: Cast, desk: Desk) -> None:
    lead = cast.viewer("lead", at=AT)
    heard = staffing(lead, since=date(2013, 6, 1), until=date(2013, 6, 30))
    silent = staffing(lead, since=date(2014, 6, 1), until=date(2014, 6, 30))
    assert heard is not None
    assert silent is not None
    assert heard.rest["arrest"][0] == 20
    assert silent.rest == dict.fromkeys(silent.rest, (None, None))


def test_a_seizure_traces_each_value_to_its_price_and_says_what_is_not_valued(
    agreed: Cast, client: Client
) -> None:
    sign_in(client, agreed.officer)
    event = Event.objects.get(kind="seizure", occurred_on=date(2013, 6, 20))
    said = text_of(client.get(f"/desk/seizures/{handle_of(event.pk)}"))
    price = Price.objects.get()
    assert f"/desk/prices/{price.public_id}" in said
    assert "$173,450.00" in said
    assert "no quantity was reported" in said
    assert "not reported" in said
    assert "$0" not in said


def test_a_map_says_that_it_has_no_population_and_hatches_what_is_withheld(
    agreed: Cast, client: Client
) -> None:
    sign_in(client, agreed.officer)
    address = "/desk/ledger/map/chart.svg?kind=overdose&by=county&since=2013-05-01&period=month"
    answer = client.get(address)
    assert answer["Content-Type"] == "image/svg+xml"
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert "url(#withheld)" in text_of(answer)
    assert "Counts, not rates" in text_of(answer)
    # 33 in the county less 30 in the one ZIP code that is shown would tell of 3 people elsewhere.
    assert "Fayette: withheld" in text_of(answer)
    assert "40508 Lexington: 30" in text_of(client.get(address.replace("by=county", "by=zip")))


def test_a_gap_is_not_a_zero(agreed: Cast, client: Client) -> None:
    sign_in(client, agreed.officer)
    said = text_of(client.get("/desk/ledger/time?kind=arrest&since=2013-04-01&until=2013-09-30"))
    assert said.count("not reported") == 4
    assert "A gap means that nobody reported" in text_of(
        client.get("/desk/ledger/time/chart.svg?kind=arrest&since=2013-04-01&until=2013-09-30")
    )


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/desk/ledger?since=yesterday", "The day must be a date such as 2013-07-15"),
        ("/desk/ledger?since=2013-02-02&until=2013-01-01", "must not be before the first"),
        ("/desk/ledger?zip=4050", "must have five digits"),
        ("/desk/ledger/time?period=fortnight", "Select a valid choice"),
        ("/desk/ledger/map?by=street", "Select a valid choice"),
    ],
)
def test_what_cannot_be_read_is_said_beside_its_field(
    agreed: Cast, client: Client, address: str, words: str
) -> None:
    sign_in(client, agreed.officer)
    answer = client.get(address)
    assert answer.status_code == 400
    assert words in text_of(answer)


def test_files_say_whose_view_they_are_and_no_cell_is_a_formula(
    agreed: Cast, desk: Desk, client: Client
) -> None:
    event = Event.objects.filter(kind="arrest").first()
    assert event is not None
    Event.objects.filter(pk=event.pk).update(
        block='=HYPERLINK("http://x","y")', status="+1", age_band="@SUM(A1)"
    )
    sign_in(client, agreed.analyst)
    answer = client.get("/desk/ledger.csv?kind=arrest&since=2013-01-01")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    head = [row[0] for row in rows if row[0].startswith("# ")]
    assert any("Division of Police (analyst)" in line for line in head)
    assert any("Kinds: arrest" in line and "From 2013-01-01" in line for line in head)
    assert any("not in this file" in line for line in head)
    body = rows[len(head) :]
    assert body[0][:3] == ["event", "agency", "kind"]
    assert len(body) == 21
    assert not [cell for row in body for cell in row if cell.startswith(("=", "+", "-", "@"))]
    assert any("'=HYPERLINK" in cell for row in body for cell in row)
    book = text_of(client.get("/desk/ledger.xlsx?kind=arrest"))
    assert "<f>" not in book
    assert "Division of Police (analyst)" in book


def test_the_analyst_names_an_operation_sets_a_price_and_notes_a_figure(agreed: Cast, client: Client) -> None:
    sign_in(client, agreed.analyst)
    made = client.post("/desk/operations/new", {"name": "Operation Daylight", "started_on": "2013-09-01"})
    assert made.status_code == 302
    assert Operation.objects.get(slug="operation-daylight").agency == agreed.agencies["police"]
    again = client.post("/desk/operations/new", {"name": "Operation Daylight", "started_on": "2013-09-01"})
    assert again.status_code == 400
    assert "Choose another" in text_of(again)
    price = {
        "substance": "heroin",
        "unit": "g",
        "level": "retail",
        "mid_usd": "180",
        "effective_from": "2013-01-01",
        "source": "Narcotics unit",
    }
    assert client.post("/desk/prices/new", price).status_code == 302
    versions = Price.objects.order_by("version").values_list("version", "mid_usd")
    assert list(versions) == [
        (1, Decimal(200)),
        (2, Decimal(180)),
    ]
    wrong = client.post("/desk/prices/new", price | {"low_usd": "190"})
    assert "must lie between low and high" in text_of(wrong)
    figure = {
        "kind": "arrest", "statistic": "events", "place": "Fayette County", "since": "2013-01-01", "until": "2013-07-11",
        "value": "160", "known_on": "2013-07-12", "source": "news conference",
    }  # fmt: skip
    assert client.post("/desk/ledger/figures/new", figure).status_code == 302
    assert Figure.objects.get().value == 160
    done = set(Entry.objects.values_list("action", flat=True))
    assert {"operation-recorded", "price-set", "figure-noted"} <= done


@pytest.mark.parametrize("who", ["officer", "clerk", "epidemiologist", "coordinator"])
def test_who_may_not_set_prices_cannot(agreed: Cast, client: Client, who: str) -> None:
    sign_in(client, getattr(agreed, who))
    assert client.post("/desk/prices/new", {"mid_usd": "1"}).status_code == 404
    assert Price.objects.count() == 1


def test_the_lead_keeps_the_roster_and_sees_hours_beside_what_came_of_them(
    agreed: Cast, client: Client
) -> None:
    sign_in(client, agreed.lead)
    assert (
        client.post("/desk/staffing/posts/new", {"unit": "Narcotics", "title": "detective 3"}).status_code
        == 302
    )
    from daybreak.events.models import Post

    post = Post.objects.get()
    duty = {
        "post": str(post.public_id), "substance": "heroin", "starts_on": "2013-06-03", "ends_on": "2013-06-30",
        "hours_per_week": "40", "from_unit": "Patrol East",
    }  # fmt: skip
    assert client.post("/desk/staffing/assign", duty | {"area": "East End"}).status_code == 400
    assert client.post("/desk/staffing/assign", duty).status_code == 302
    too_many = client.post("/desk/staffing/assign", duty | {"hours_per_week": "130"})
    assert "at most 168 hours a week" in text_of(too_many)
    said = text_of(client.get("/desk/staffing?since=2013-06-01&until=2013-06-30"))
    assert re.search(
        r"Heroin</th><td class=\"num\">1</td><td class=\"num\">160</td><td class=\"num\">12</td>", said
    )
    assert re.search(r"Patrol East</th><td class=\"num\">160</td><td class=\"num\">100%", said)
    other = Client()
    sign_in(other, agreed.coordinator)
    assert "detective 3" not in text_of(other.get("/desk/staffing?since=2013-06-01&until=2013-06-30"))


def test_an_event_shows_what_it_said_before_and_since_when(agreed: Cast, client: Client, desk: Desk) -> None:
    from dataclasses import replace
    from datetime import timedelta

    from tests.rooms.events.desk import deaths
    from tests.rooms.events.ledger import deliver

    deliver(
        desk.deaths,
        [replace(deaths()[0], causes=("T40.1", "T40.4"))],
        at=AT + timedelta(days=3),
        name="later.csv",
    )
    sign_in(client, agreed.clerk)
    handle = handle_of(Event.objects.get(kind="death", occurred_on=date(2013, 4, 2), known_until=None).pk)
    said = text_of(client.get(f"/desk/ledger/{handle}"))
    assert "Version 2, known since July 18, 2013" in said
    assert "Version 1, known since July 15, 2013 until July 18, 2013" in said
    assert "Causes changed." in said
    assert "later.csv" in said


def test_what_waits_names_seized_substances_without_a_price(agreed: Cast, client: Client) -> None:
    sign_in(client, agreed.analyst)
    said = text_of(client.get("/desk/"))
    assert "Set a price for xylazine" in said
    assert "price for heroin" not in said
    sign_in(client, agreed.officer)
    assert "Set a price" not in text_of(client.get("/desk/"))


def test_a_map_shows_rates_where_the_population_is_known(
    agreed: Cast, client: Client, settings: Any, tmp_path: Path
) -> None:
    settings.HOME = tmp_path
    (tmp_path / "population.csv").write_text("area,year,people\n40508,2010,20000\n40508,2020,1\n")
    sign_in(client, agreed.officer)
    address = "/desk/ledger/map?kind=arrest&by=zip&since=2013-06-01&period=year"
    said = text_of(client.get(address))
    assert "per 100,000 people and year" in said
    assert ">100.0<" in said or ">100.1<" in said
    assert "Counts, not rates" not in text_of(client.get(address.replace("map?", "map/chart.svg?")))
