"""Numbers that people quote, as pages show them: disagreement, comparisons, deaths by cause, and what was known when."""

from __future__ import annotations

import re
from datetime import date

from django.test import Client

from daybreak.events.models import Figure
from tests.people import Cast, sign_in
from tests.rooms.events.desk import Desk, publish, text_of


def test_the_disagreement_page_shows_every_number_and_averages_none(agreed: Cast, client: Client) -> None:
    year = (date(2013, 1, 1), date(2013, 12, 31))
    publish(agreed, "health", "death", 86, *year, date(2014, 7, 31), definition="by residence")
    publish(agreed, "coroner", "death", 81, *year, date(2014, 7, 31), definition="by place of death")
    sign_in(client, agreed.officer)
    page = client.get("/desk/ledger/disagree?as_of=2014-08-01")
    said = text_of(page)
    assert ">86<" in said
    assert ">81<" in said
    assert "83.5" not in said
    assert "They count by different definitions." in said
    assert ">86<" not in text_of(client.get("/desk/ledger/disagree?as_of=2014-07-30"))


def test_the_comparison_page_says_160_against_102_and_8_and_refuses_77(
    agreed: Cast, client: Client, desk: Desk
) -> None:
    heroin = {"substance": "heroin", "definition": "heroin-related arrests"}
    publish(agreed, "police", "arrest", 8, date(2011, 1, 1), date(2011, 12, 31), date(2012, 1, 5), **heroin)
    publish(agreed, "police", "arrest", 102, date(2012, 1, 1), date(2012, 12, 31), date(2013, 1, 5), **heroin)
    publish(agreed, "police", "arrest", 160, date(2013, 1, 1), date(2013, 7, 11), date(2013, 7, 12), **heroin)
    publish(
        agreed,
        "police",
        "arrest",
        77,
        date(2013, 3, 8),
        date(2013, 7, 12),
        date(2013, 7, 12),
        operation=desk.pandora,
        **heroin,
    )
    sign_in(client, agreed.officer)
    said = text_of(client.get("/desk/ledger/compare"))
    assert "more than in the previous two years combined (110 = 8 in 2011 + 102 in 2012)" in said
    assert "192 days against" in said
    ids = {int(figure.value): figure.public_id for figure in Figure.objects.all()}
    refused = text_of(client.get(f"/desk/ledger/compare?now={ids[160]}&before={ids[77]}"))
    assert "This cannot be said" in refused
    assert "one is of an operation that the other is not of" in refused
    plain = text_of(client.get(f"/desk/ledger/compare?now={ids[160]}&before={ids[102]}"))
    assert "up 57% over the 102 in all of 2012" in plain


def test_deaths_by_cause_stand_in_groups_that_never_add_up(agreed: Cast, client: Client) -> None:
    sign_in(client, agreed.epidemiologist)
    said = text_of(client.get("/desk/ledger/deaths?since=2013-01-01&until=2013-12-31"))
    assert re.search(r"Deaths in the ledger</th><td class=\"num\">3<", said)
    assert re.search(r"Drug poisonings[^<]*</th><td class=\"num\">2<", said)
    assert "would count some deaths twice or more" in said


def test_an_agency_revises_its_own_number_and_both_stand_each_from_its_day(
    agreed: Cast, client: Client, desk: Desk
) -> None:
    span = (date(2013, 3, 8), date(2013, 7, 12))
    publish(agreed, "police", "arrest", 67, *span, date(2013, 7, 11), operation=desk.pandora)
    publish(agreed, "police", "arrest", 77, *span, date(2013, 7, 12), operation=desk.pandora)
    sign_in(client, agreed.officer)
    both = text_of(client.get("/desk/ledger/disagree?kind=arrest&as_of=2013-07-12"))
    assert ">67<" in both
    assert ">77<" in both
    assert "An agency revised its own number" in both
    before = text_of(client.get("/desk/ledger/disagree?kind=arrest&as_of=2013-07-11"))
    assert ">67<" in before
    assert ">77<" not in before


def test_the_ledger_as_of_a_day_knows_nothing_later(agreed: Cast, client: Client) -> None:
    sign_in(client, agreed.officer)
    assert "Nothing here answers this" in text_of(client.get("/desk/ledger?kind=arrest&as_of=2013-07-14"))
    assert "KRS 218A.1412" in text_of(client.get("/desk/ledger?kind=arrest&as_of=2013-07-15"))
