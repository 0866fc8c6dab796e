"""People, agencies and agreements are kept at pages and by commands; every change leaves an entry, and who may not cannot."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from daybreak.accounts import actions
from daybreak.accounts.actions import NotPossible
from daybreak.accounts.models import Agency, Agreement, User
from daybreak.accounts.queries import agreements_of, people, person_by
from daybreak.accounts.rules.roles import ROLES
from daybreak.audit.models import Entry
from tests.people import Cast, person, sign_in

AT = datetime(2026, 11, 23, 8, tzinfo=UTC)


def agreement(cast: Cast, **fields) -> list[Agreement]:
    given = {
        "by": "test", "at": AT, "giver": cast.agencies["fire"], "receiver": cast.agencies["police"],
        "kinds": ["overdose"], "fields": ["fatal"], "place": "zip", "time": "day", "starts_on": date(2026, 1, 1),
        "ends_on": date(2026, 12, 31), "document": "MOU 7",
    } | fields  # fmt: skip
    return actions.write_agreement(**given)


def entries() -> list[tuple[str, str]]:
    return [(entry.action, entry.subject) for entry in Entry.objects.order_by("number")]


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"receiver": "fire"}, "between two agencies"),
        ({"kinds": []}, "kinds of data"),
        ({"kinds": ["gossip"]}, "kinds of data"),
        ({"fields": ["name"]}, "fields must be"),
        ({"place": "house"}, "precision of place"),
        ({"time": "second"}, "precision of time"),
        ({"ends_on": date(2025, 12, 31)}, "before the first day"),
        ({"document": " "}, "name its document"),
    ],
)
def test_an_agreement_that_cannot_be_is_refused_and_nothing_is_written(cast: Cast, fields, why: str) -> None:
    if "receiver" in fields:
        fields = {"receiver": cast.agencies[fields["receiver"]]}
    with pytest.raises(NotPossible, match=why):
        agreement(cast, **fields)
    assert not Agreement.objects.exists()
    assert entries() == []


def test_an_agreement_about_several_kinds_is_one_a_kind_with_an_entry_each(cast: Cast) -> None:
    made = agreement(cast, kinds=["overdose", "naloxone", "overdose"])
    assert [one.kind for one in made] == ["overdose", "naloxone"]
    assert entries() == [("write-agreement", f"agreement:{one.public_id}") for one in made]


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "clashes"),
    [
        (date(2026, 12, 31), None, True),
        (date(2025, 1, 1), date(2026, 1, 1), True),
        (date(2027, 1, 1), None, False),
        (date(2025, 1, 1), date(2025, 12, 31), False),
    ],
)
def test_two_agreements_about_one_kind_do_not_cover_the_same_day(
    cast: Cast, starts_on, ends_on, clashes
) -> None:
    agreement(cast)
    if clashes:
        with pytest.raises(NotPossible, match="already"):
            agreement(cast, starts_on=starts_on, ends_on=ends_on)
    else:
        agreement(cast, starts_on=starts_on, ends_on=ends_on)
    agreement(cast, kinds=["naloxone"])
    assert Agreement.objects.count() == (2 if clashes else 3)


def test_an_agreement_that_was_ended_makes_room_for_another(cast: Cast) -> None:
    (one,) = agreement(cast)
    actions.end_agreement(by="test", at=AT, agreement=one)
    agreement(cast)
    with pytest.raises(NotPossible, match="ended already"):
        actions.end_agreement(by="test", at=AT, agreement=one)


def test_agreements_are_told_with_their_state(cast: Cast) -> None:
    agreement(cast)
    agreement(cast, starts_on=date(2027, 1, 1), ends_on=None)
    agreement(cast, starts_on=date(2025, 1, 1), ends_on=date(2025, 1, 31))
    assert [seen.state for seen in agreements_of(at=AT)] == ["in-force", "later", "over"]
    assert [seen.state for seen in agreements_of(cast.agencies["health"], at=AT)] == []
    assert agreements_of(at=AT)[0].fields == ("whether it was fatal",)


def test_an_agency_is_added_once_and_retired_once(cast: Cast) -> None:
    actions.add_agency(by="test", at=AT, slug="sheriff", name="Sheriff", kind="sheriff")
    with pytest.raises(NotPossible, match="must be new"):
        actions.add_agency(by="test", at=AT, slug="sheriff", name="Another", kind="police")
    sheriff = Agency.objects.get(slug="sheriff")
    actions.retire_agency(by="test", at=AT, agency=sheriff)
    with pytest.raises(NotPossible, match="already"):
        actions.retire_agency(by="test", at=AT, agency=sheriff)
    assert entries() == [("add-agency", "agency:sheriff"), ("retire-agency", "agency:sheriff")]


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"kind": "militia"}, "kind of agency"),
        ({"name": " "}, "have a name"),
        ({"slug": "A b"}, "short name"),
        ({"slug": ""}, "short name"),
    ],
)
def test_an_agency_that_cannot_be_is_refused(db: None, fields, why: str) -> None:
    given = {"by": "test", "at": AT, "slug": "one", "name": "One", "kind": "police"} | fields
    with pytest.raises(NotPossible, match=why):
        actions.add_agency(**given)


def test_a_contact_must_be_reachable(cast: Cast) -> None:
    with pytest.raises(NotPossible, match="telephone number or an e-mail"):
        actions.add_contact(by="test", at=AT, agency=cast.agencies["fire"], label="records unit")
    contact = actions.add_contact(
        by="test", at=AT, agency=cast.agencies["fire"], label="records unit", phone="859-555-0100"
    )
    actions.remove_contact(by="test", at=AT, contact=contact)
    assert entries() == [("add-contact", "agency:fire"), ("remove-contact", "agency:fire")]


def test_nobody_changes_their_own_roles(cast: Cast) -> None:
    giver = cast.viewer("administrator", at=AT)
    changed = {"by": giver.signature, "at": AT, "person": cast.administrator, "giver": giver}
    for change in (
        lambda: actions.give_role(**changed, agency=cast.agencies["mayor"], role="coordinator"),
        lambda: actions.end_role(**changed, role="administrator"),
        lambda: actions.suspend_person(**changed),
        lambda: actions.remove_second_factor(**changed),
    ):
        with pytest.raises(NotPossible, match="their own"):
            change()


def test_a_coordinator_cannot_touch_an_administrator(cast: Cast) -> None:
    giver = cast.viewer("coordinator", at=AT)
    changed = {"by": giver.signature, "at": AT, "giver": giver}
    with pytest.raises(NotPossible, match="Only an administrator"):
        actions.suspend_person(**changed, person=cast.administrator)
    with pytest.raises(NotPossible, match="Only an administrator"):
        actions.end_role(**changed, person=cast.privacy, role="privacy-officer")
    actions.suspend_person(**changed, person=cast.officer)


@pytest.mark.parametrize(
    "name", ["officer", "analyst", "lead", "clerk", "epidemiologist", "navigator", "privacy"]
)
def test_whoever_keeps_no_people_gives_no_role_even_past_the_page(cast: Cast, name: str) -> None:
    giver = cast.viewer(name, at=AT)
    for role in ROLES:
        with pytest.raises(NotPossible, match="Only an administrator"):
            actions.give_role(
                by="x", at=AT, person=cast.stranger, agency=cast.agencies["mayor"], role=role, giver=giver
            )


def test_people_are_found_by_name_agency_and_role(cast: Cast) -> None:
    assert {seen.person for seen in people(at=AT, agency="police")} == {cast.officer, cast.analyst, cast.lead}
    assert [seen.person for seen in people(at=AT, role="coroner-staff")] == [cast.clerk]
    assert [seen.person for seen in people(at=AT, text="the epi")] == [cast.epidemiologist]
    assert person_by(uuid4(), at=AT) is None


def test_the_list_of_people_takes_few_queries_however_many_there_are(
    cast: Cast, django_assert_max_num_queries
) -> None:
    for number in range(20):
        person(f"extra-{number}")
    with django_assert_max_num_queries(4):
        assert len(people(at=AT)) == 31


def test_the_pages_show_and_change_what_they_should(cast: Cast, client: Client) -> None:
    sign_in(client, cast.administrator)
    assert "The officer" in client.get("/desk/people?agency=police").content.decode()
    where = f"/desk/people/{cast.stranger.public_id}"
    answer = client.post(f"{where}/give-role", {"agency": "police", "role": "navigator"})
    assert answer.status_code == 409
    assert "Nobody holds a law-enforcement and a care role" in answer.content.decode()
    assert client.post(f"{where}/give-role", {"agency": "police", "role": "officer"}).status_code == 302
    assert client.post(f"{where}/end-role", {"role": "officer"}).status_code == 302
    assert client.post(f"{where}/suspend").status_code == 302
    assert "suspended" in client.get(where).content.decode()
    assert client.post(f"{where}/restore").status_code == 302
    assert client.post(f"{where}/explode").status_code == 404
    assert "Choose a role" in client.post(f"{where}/give-role", {"agency": "police"}).content.decode()
    done = [action for action, subject in entries() if subject == f"person:{cast.stranger.public_id}"]
    assert done == ["give-role", "end-role", "suspend-person", "restore-person"]


def test_agreements_are_written_and_ended_at_the_pages(cast: Cast, client: Client) -> None:
    sign_in(client, cast.administrator)
    terms = {
        "receiver": "police", "kinds": ["overdose"], "fields_shared": ["fatal"], "place": "zip", "time": "day",
        "starts_on": "2026-01-01", "ends_on": "", "document": "MOU <7>",
    }  # fmt: skip
    answer = client.post("/desk/agencies/fire/agreement", terms | {"kinds": []})
    assert "Choose at least one kind" in answer.content.decode()
    assert client.post("/desk/agencies/fire/agreement", terms).status_code == 302
    page = client.get("/desk/agencies/police").content.decode()
    assert "MOU &lt;7&gt;" in page
    made = Agreement.objects.get()
    assert client.post(f"/desk/agreements/{made.public_id}/end", {"on": "soon"}).status_code == 409
    assert client.post(f"/desk/agreements/{made.public_id}/end").status_code == 302
    made.refresh_from_db()
    assert made.withdrawn_at is not None


def test_a_contact_of_another_agency_cannot_be_removed_through_this_one(cast: Cast, client: Client) -> None:
    sign_in(client, cast.administrator)
    contact = actions.add_contact(by="test", at=AT, agency=cast.agencies["fire"], label="records", phone="1")
    assert client.post("/desk/agencies/police/remove-contact", {"contact": contact.pk}).status_code == 404
    assert client.post("/desk/agencies/fire/remove-contact", {"contact": "x"}).status_code == 404
    assert client.post("/desk/agencies/fire/remove-contact", {"contact": contact.pk}).status_code == 302


def test_the_audit_page_shows_entries_with_names_and_checks_the_chain(cast: Cast, client: Client) -> None:
    actions.suspend_person(by=f"person:{cast.coordinator.public_id}", at=AT, person=cast.officer)
    sign_in(client, cast.privacy)
    page = client.get("/desk/audit?check=1").content.decode()
    assert "The record is whole: 1 entries" in page
    assert "The coordinator" in page
    assert "The officer" in page
    assert "No entry fits" in client.get("/desk/audit?action=nothing&before=99").content.decode()
    assert client.get("/desk/audit?before=" + "9" * 500).status_code == 200


def test_a_synthetic_agency_is_said_on_every_page_of_its_people(cast: Cast, client: Client) -> None:
    sign_in(client, cast.administrator)
    assert "Synthetic data" not in client.get("/desk/").content.decode()
    Agency.objects.filter(slug="mayor").update(synthetic=True)
    for path in ("/desk/", "/desk/people", "/desk/audit"):
        assert "Synthetic data" in client.get(path).content.decode()


def test_the_commands_set_an_installation_up(db: None, capsys, settings) -> None:
    settings.DAYBREAK_URL = "https://desk.example.gov"
    call_command("agencies", "add", "health", "--name", "Health Department", "--kind", "health-department")
    call_command("agencies", "add", "police", "--name", "Police", "--kind", "police")
    call_command(
        "people", "invite", "a@example.gov", "--name", "A", "--agency", "health", "--role", "administrator",
        "--show-link",
    )  # fmt: skip
    assert "https://desk.example.gov/desk/invitation?key=" in capsys.readouterr().out
    call_command("people", "list", "--json")
    (listed,) = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (listed["email"], listed["roles"], listed["state"]) == (
        "a@example.gov",
        ["administrator"],
        "invited",
    )
    call_command("people", "role", "a@example.gov", "--end", "administrator")
    call_command("people", "role", "a@example.gov", "--give", "epidemiologist", "--agency", "health")
    call_command("people", "suspend", "a@example.gov")
    call_command("people", "restore", "a@example.gov")
    call_command(
        "agreements", "add", "--giver", "police", "--receiver", "health", "--kind", "arrest", "--fields", "all",
        "--place", "zip", "--time", "day", "--from", "2026-01-01", "--document", "MOU",
    )  # fmt: skip
    made = Agreement.objects.get()
    call_command("agreements", "list", "--json")
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["state"] == "in-force"
    call_command("agreements", "end", str(made.public_id), "--on", "2026-12-31")
    call_command("agencies", "retire", "police")
    capsys.readouterr()
    call_command("agencies", "list")
    assert "retired" in capsys.readouterr().out
    call_command("people", "roles")
    assert capsys.readouterr().out.count("\n") == len(ROLES)
    assert {entry.actor for entry in Entry.objects.all()} == {
        "command:agencies",
        "command:people",
        "command:agreements",
    }


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["people", "suspend", "nobody@example.gov"], "Nobody has this e-mail address"),
        (["people", "role", "nobody@example.gov", "--end", "officer"], "Nobody has"),
        (["people", "reset", "the.stranger@example.gov"], "Nobody has"),
        (["agencies", "retire", "nothing"], "There is no agency"),
        (["agreements", "end", "nothing"], "no agreement with this id"),
        (
            ["people", "invite", "b@example.gov", "--name", "B", "--agency", "health", "--role", "officer"],
            "DAYBREAK_URL",
        ),
    ],
)
def test_a_command_that_cannot_be_done_says_why(cast: Cast, words: list[str], why: str) -> None:
    with pytest.raises(CommandError, match=why):
        call_command(*words)


def test_a_lost_second_factor_is_removed_by_the_command(cast: Cast) -> None:
    from allauth.mfa.models import Authenticator

    with pytest.raises(CommandError, match="no second factor"):
        call_command("people", "reset", cast.officer.email)
    Authenticator.objects.create(user=cast.officer, type=Authenticator.Type.TOTP, data={})
    call_command("people", "reset", cast.officer.email)
    assert not Authenticator.objects.exists()
    assert entries() == [("remove-second-factor", f"person:{cast.officer.public_id}")]
    assert User.objects.get(pk=cast.officer.pk).is_active
