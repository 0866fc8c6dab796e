"""Pairs are found, decided and undone; what is the same is shown once, and nothing is lost by it."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from daybreak.audit.models import Entry
from daybreak.directory import models
from daybreak.directory.actions.matching import UndecidableMatch, decide_match, find_matches, undo_decision
from daybreak.directory.publication import publish_index
from daybreak.directory.queries import PublishedListing, published_listings
from daybreak.directory.queries.folds import folds
from daybreak.directory.queries.reviews import reviews

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
State = models.Match.State


def source(year: int) -> models.Source:
    """The list of a year; each is a family of its own."""
    made, _ = models.Source.objects.get_or_create(
        slug=f"list-{year}",
        defaults={"title": f"List {year}", "family": f"f{year}", "as_of": date(year, 6, 1)},
    )
    return made


def place(
    name: str, year: int, *, street: str = "12 Elm Street", zip_code: str = "40507", **facts: bool
) -> Any:
    """A place with one service, the organization itself, as the list of ``year`` names it."""
    key = f"{name}|{street}|{zip_code}|{year}"
    body = models.Organization.objects.create(name=name, website=f"https://example.org/{year}")
    where = models.Location.objects.create(
        organization=body, name=name, latitude=38.05, longitude=-84.5, point_from="source", match_key=key
    )
    models.Address.objects.create(
        location=where, address_1=street, city="Lexington", state_province="KY", postal_code=zip_code
    )
    service(where, name, year, **facts)
    models.Phone.objects.create(
        location=where, number="8595550100", confirmed_on=source(year).as_of, source=source(year)
    )
    return where


def service(where: Any, name: str, year: int, **facts: bool) -> Any:
    made = models.Service.objects.create(organization=where.organization, name=name, last_modified=AT)
    models.ServiceAtLocation.objects.create(service=made, location=where)
    number = models.Record.objects.count() + 1
    models.Record.objects.create(
        source=source(year), key=str(number), digest="", row=number, line=number, service=made, location=where
    )
    for need, answer in facts.items():
        models.Fact.objects.create(
            service=made, need=need, answer=answer, source=source(year), date=source(year).as_of
        )
    return made


def found() -> dict[str, int]:
    done = find_matches(by="command:test", at=AT)
    return {"same": done.same, "doubtful": done.doubtful, "decided": done.decided, "changed": done.changed}


def listings() -> list[PublishedListing]:
    return list(published_listings(at=AT))


@pytest.fixture
def pair(db: None) -> tuple[Any, Any]:
    old = place("Limestone Recovery Ctr", 2012, detox=True, medicaid=True, free=True)
    new = place("Limestone Recovery Center Inc", 2021, medicaid=False)
    return old, new


def test_one_place_of_two_lists_becomes_one_listing_with_the_facts_sources_and_numbers_of_both(
    pair: Any,
) -> None:
    old, new = pair
    assert len(listings()) == 2
    assert found() == {"same": 1, "doubtful": 0, "decided": 0, "changed": 1}
    (listing,) = listings()
    assert (listing.id, listing.also) == (str(old.id), [str(new.id)])
    assert (listing.name, listing.website) == ("Limestone Recovery Center Inc", "https://example.org/2021")
    assert [row[0] for row in listing.rows] == ["list-2021", "list-2012"]
    assert [phone.confirmed_on for phone in listing.phones] == [date(2021, 6, 1)]
    (offered,) = listing.services
    assert {need: (fact.answer, fact.source) for need, fact in offered.facts.items()} == {
        "detox": (True, "list-2012"), "medicaid": (False, "list-2021"), "free": (True, "list-2012"),
    }  # fmt: skip
    assert offered.checked_on == date(2021, 6, 1)
    assert models.Fact.objects.count() == 4
    assert models.Location.objects.count() == 2


def test_words_of_one_day_that_contradict_each_other_are_not_stated(db: None) -> None:
    place("Limestone Recovery", 2021, detox=True)
    other = place("Limestone Recovery Inc", 2012, detox=False)
    models.Source.objects.filter(slug="list-2012").update(as_of=source(2021).as_of)
    found()
    (listing,) = listings()
    assert other.id is not None
    assert listing.services[0].facts == {}


def test_programs_stay_services_of_their_own_in_the_one_listing(pair: Any) -> None:
    old, new = pair
    service(old, "Women's program", 2012, women=True)
    service(new, "Womens Program", 2021, pregnant=True)
    service(new, "Evening program", 2021)
    found()
    (listing,) = listings()
    names = sorted(offered.name for offered in listing.services)
    assert len(names) == 3
    assert "Evening program" in names
    women = next(offered for offered in listing.services if "omen" in offered.name)
    assert set(women.facts) == {"women", "pregnant"}


def test_two_services_of_one_list_are_never_folded(pair: Any) -> None:
    old, _ = pair
    service(old, "Limestone Recovery Ctr", 2012, detox=False)
    found()
    (listing,) = listings()
    assert len(listing.services) == 3


def test_the_id_of_the_oldest_list_stands_whatever_was_loaded_first(db: None) -> None:
    new = place("Limestone Recovery", 2021)
    old = place("Limestone Recovery Inc", 2012)
    oldest = place("Limestone Recovery Center", 2004)
    found()
    assert folds().places == {oldest.id: (new.id, old.id, oldest.id)}
    assert folds().place(new.id) == oldest.id
    assert len(folds().services) == 1


def test_a_second_search_changes_nothing_and_writes_no_second_audit_entry(pair: Any) -> None:
    found()
    assert found()["changed"] == 0
    assert Entry.objects.filter(action="find-matches").count() == 1


def test_a_person_says_different_and_no_rule_overturns_it(pair: Any) -> None:
    found()
    match = models.Match.objects.get()
    decide_match(by="Ada", at=AT, match=match.pk, same=False)
    assert found() == {"same": 0, "doubtful": 0, "decided": 1, "changed": 0}
    assert len(listings()) == 2
    match.refresh_from_db()
    assert (match.state, match.before, match.decided_by) == (State.DIFFERENT, State.SAME, "Ada")
    undo_decision(by="Ada", at=AT, match=match.pk)
    assert len(listings()) == 1
    actions = list(Entry.objects.order_by("id").values_list("actor", "action"))
    assert actions == [("command:test", "find-matches"), ("Ada", "decide-match"), ("Ada", "undo-match")]


def test_different_wins_over_what_others_say_of_a_third(db: None) -> None:
    first, second, third = (
        place(f"Limestone Recovery {end}", year) for end, year in (("", 2004), ("Inc", 2012), ("LLC", 2021))
    )
    found()
    assert len(listings()) == 1
    ids = sorted((first.id, third.id))
    match = models.Match.objects.get(first=ids[0], second=ids[1])
    decide_match(by="Ada", at=AT, match=match.pk, same=False)
    groups = list(folds().places.values())
    assert len(groups) == 1
    assert second.id in groups[0]
    assert len(groups[0]) == 2
    assert len(listings()) == 2


def test_a_person_may_say_that_two_entries_of_one_list_are_the_same(db: None) -> None:
    place("Limestone Recovery", 2021)
    place("Limestone Recovery Center", 2021)
    assert found()["doubtful"] == 1
    assert len(listings()) == 2
    (waiting,) = reviews()
    assert waiting.first.phones == (("8595550100", 2021),)
    decide_match(by="Ada", at=AT, match=waiting.id, same=True)
    (listing,) = listings()
    assert len(listing.services) == 2
    assert reviews() == []


def test_what_cannot_be_decided_says_why(pair: Any) -> None:
    found()
    match = models.Match.objects.get()
    with pytest.raises(UndecidableMatch, match="no match 999"):
        decide_match(by="Ada", at=AT, match=999, same=True)
    with pytest.raises(UndecidableMatch, match="who took it"):
        decide_match(by=" ", at=AT, match=match.pk, same=True)
    with pytest.raises(UndecidableMatch, match="nothing to undo"):
        undo_decision(by="Ada", at=AT, match=match.pk)
    decide_match(by="Ada", at=AT, match=match.pk, same=True)
    with pytest.raises(UndecidableMatch, match="decided already"):
        decide_match(by="Bob", at=AT, match=match.pk, same=True)


def test_a_pair_that_is_no_longer_like_goes_and_a_decided_one_stays(pair: Any) -> None:
    found()
    models.Address.objects.filter(location=pair[1]).update(
        address_1="900 Oak Avenue", postal_code="41017", city="Erlanger"
    )
    models.Location.objects.filter(pk=pair[1].pk).update(latitude=39.0)
    assert found()["changed"] == 1
    assert not models.Match.objects.exists()
    models.Location.objects.filter(pk=pair[1].pk).update(latitude=38.05)
    models.Address.objects.filter(location=pair[1]).update(
        address_1="12 Elm Street", postal_code="40507", city="Lexington"
    )
    found()
    decide_match(by="Ada", at=AT, match=models.Match.objects.get().pk, same=True)
    models.Address.objects.filter(location=pair[1]).update(address_1="900 Oak Avenue", postal_code="41017")
    found()
    assert models.Match.objects.get().state == State.SAME


def test_only_pairs_of_a_source_are_looked_for_after_its_load(pair: Any) -> None:
    place("Other Manor", 2015, street="9 Oak Street")
    assert find_matches(by="command:load", at=AT, source="list-2015").same == 0
    assert find_matches(by="command:load", at=AT, source="list-2021").same == 1
    assert find_matches(by="command:load", at=AT, source="list-2015").changed == 0


def test_places_that_nobody_sees_are_not_matched(pair: Any) -> None:
    models.Service.objects.filter(name__contains="Inc").update(published=False)
    assert found()["same"] == 0


def test_a_report_of_openings_reaches_the_folded_service(pair: Any) -> None:
    theirs = models.Service.objects.get(name__contains="Inc")
    models.ServiceCapacity.objects.create(
        service=theirs, available=3, updated=AT, expires_at=AT + timedelta(hours=6)
    )
    found()
    (listing,) = listings()
    assert listing.services[0].opening == (3, "Bed", AT)


def test_old_addresses_lead_to_the_listing_and_old_names_find_it(
    pair: Any, client: Client, settings: Any, tmp_path: Path
) -> None:
    settings.GENERATIONS = tmp_path / "generations"
    old, new = pair
    models.Organization.objects.filter(pk=old.organization_id).update(name="Quartz Manor")
    found()
    models.Match.objects.update(state=State.SAME)
    publish_index(by="command:test", at=AT)
    moved = client.get(f"/place/{new.id}")
    assert (moved.status_code, moved["Location"]) == (301, f"/place/{old.id}")
    assert client.get(f"/es/place/{new.id}")["Location"] == f"/es/place/{old.id}"
    page = client.get(f"/place/{old.id}")
    assert page.status_code == 200
    assert "List 2012" in page.content.decode()
    assert "List 2021" in page.content.decode()
    assert str(old.id) in client.get("/find?name=quartz").content.decode()


def said(*words: str, **options: Any) -> str:
    out = StringIO()
    call_command(*words, stdout=out, no_publish=True, **options)
    return out.getvalue()


def test_the_commands_find_list_decide_and_undo(pair: Any) -> None:
    assert "1 are the same" in said("match")
    number = models.Match.objects.get().pk
    (shown,) = json.loads(said("review", "--state", "same", "--json"))
    assert (shown["id"], shown["state"]) == (number, "same")
    assert {UUID(shown["first"]["id"]), UUID(shown["second"]["id"])} == {pair[0].id, pair[1].id}
    text = said("review", str(number))
    assert "Limestone Recovery Ctr" in text
    assert "listed 2012" in text
    assert "different" in said("review", str(number), "different", "--by", "Ada")
    assert "same again" in said("review", "undo", str(number), "--by", "Ada")
    assert "No pair waits" in said("review")


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["review", "77"], "no such pair"),
        (["review", "x", "same"], "no such pair"),
        (["review", "1", "perhaps"], "review ID same"),
        (["review", "a", "b", "c"], "at most two words"),
        (["review", "--ask"], "--by NAME"),
        (["review", "--limit", "-1"], "0 or more"),
        (["match", "--source", "nobody"], "slug of a loaded list"),
    ],
)
def test_wrong_words_say_the_cure(db: None, words: list[str], problem: str) -> None:
    with pytest.raises(CommandError, match=problem) as raised:
        said(*words)
    assert raised.value.returncode == 2


def test_a_decision_needs_a_name(pair: Any) -> None:
    found()
    with pytest.raises(CommandError, match="--by NAME"):
        said("review", str(models.Match.objects.get().pk), "same")
