"""People are invited by e-mail and come in with a link that works once, for a time."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from daybreak.accounts.actions import (
    NotPossible,
    accept_invitation,
    invite_again,
    invite_person,
    suspend_person,
)
from daybreak.accounts.actions.invitations import open_invitation
from daybreak.accounts.models import Invitation, Membership, User
from daybreak.audit.models import Entry
from daybreak.outbox.models import Message
from tests.people import PASSWORD, Cast, sign_in

AT = datetime(2026, 11, 23, 8, tzinfo=UTC)
SITE = "https://desk.example.gov"


def invite(cast: Cast, **fields) -> tuple[User, str]:
    given = {
        "by": "command:people", "at": AT, "email": "New@Example.gov", "name": "The new one",
        "agency": cast.agencies["police"], "role": "officer", "site": SITE,
    } | fields  # fmt: skip
    person, link = invite_person(**given)
    return person, link.partition("key=")[2]


def come_in(key: str, **fields) -> User:
    return accept_invitation(**{"key": key, "at": AT, "name": "A name", "password": PASSWORD} | fields)


def test_an_invitation_leaves_by_mail_and_its_text_goes_once_it_is_sent(cast: Cast) -> None:
    person, key = invite(cast)
    message = Message.objects.get()
    assert (message.to, message.kind, message.secret) == ("new@example.gov", "invitation", True)
    assert f"{SITE}/desk/invitation?key={key}" in message.body
    assert "Officer at Division of Police" in message.body
    assert not person.has_usable_password()


def test_the_database_holds_no_key_that_opens_anything(cast: Cast) -> None:
    _, key = invite(cast)
    assert key not in str(list(Invitation.objects.values()))


def test_whoever_comes_in_has_a_name_and_a_password(cast: Cast) -> None:
    _, key = invite(cast)
    person = come_in(key)
    assert person.name == "A name"
    assert person.check_password(PASSWORD)


def test_a_link_works_once(cast: Cast) -> None:
    _, key = invite(cast)
    come_in(key)
    with pytest.raises(NotPossible, match="used or has run out"):
        come_in(key)


def test_a_link_runs_out(cast: Cast, settings) -> None:
    settings.DAYBREAK_INVITATION_HOURS = 72
    _, key = invite(cast)
    assert open_invitation(key=key, at=AT + timedelta(hours=72) - timedelta(seconds=1)) is not None
    with pytest.raises(NotPossible, match="run out"):
        come_in(key, at=AT + timedelta(hours=72))


def test_a_new_link_makes_the_old_one_void(cast: Cast) -> None:
    person, old = invite(cast)
    new = invite_again(by="command:people", at=AT, person=person, site=SITE).partition("key=")[2]
    assert open_invitation(key=old, at=AT) is None
    left = [message.body for message in Message.objects.filter(failed=None)]
    assert len(left) == 1, "the old link does not leave any more"
    assert new in left[0]
    assert come_in(new) == person


def test_a_suspended_person_does_not_come_in(cast: Cast) -> None:
    person, key = invite(cast)
    suspend_person(by="command:people", at=AT, person=person)
    with pytest.raises(NotPossible):
        come_in(key)


@pytest.mark.parametrize(
    ("password", "why"),
    [("short", "12 characters"), ("qwertyuiop123", "too common"), ("new@example.gov", "too similar")],
)
def test_a_weak_password_is_refused_and_the_link_still_works(cast: Cast, password: str, why: str) -> None:
    _, key = invite(cast)
    with pytest.raises(NotPossible, match=why):
        come_in(key, password=password)
    assert open_invitation(key=key, at=AT) is not None


def test_an_address_is_invited_once_whatever_its_capitals(cast: Cast) -> None:
    invite(cast)
    with pytest.raises(NotPossible, match="here already"):
        invite(cast, email="NEW@example.GOV")


def test_a_refused_invitation_leaves_nothing_behind(cast: Cast) -> None:
    with pytest.raises(NotPossible, match="law-enforcement"):
        invite(cast, role="navigator")
    assert not User.objects.filter(email="new@example.gov").exists()
    assert not Message.objects.exists()
    assert not Entry.objects.exists()


def test_errors_do_not_repeat_the_address(cast: Cast) -> None:
    with pytest.raises(NotPossible) as wrong:
        invite(cast, email="alice-at-example")
    assert "alice" not in str(wrong.value)


def test_a_coordinator_cannot_make_an_administrator(cast: Cast) -> None:
    giver = cast.viewer("coordinator", at=AT)
    with pytest.raises(NotPossible, match="Only an administrator"):
        invite(cast, agency=cast.agencies["mayor"], role="administrator", giver=giver)
    person, _ = invite(cast, giver=giver)
    assert [one.role for one in Membership.objects.filter(user=person)] == ["officer"]


def test_the_page_lets_in_and_goes_on_to_the_second_factor(cast: Cast, client: Client) -> None:
    sign_in(client, cast.administrator)
    form = {"email": "new@example.gov", "name": "The new one", "agency": "health", "role": "epidemiologist"}
    answer = client.post("/desk/people/invite", form)
    assert answer.status_code == 302
    page = client.get(answer.headers["Location"]).content.decode()
    assert "The invitation is on its way." in page
    link = re.search(r"http://testserver(/desk/invitation\?key=\S+)", Message.objects.get().body)[1]
    new = Client()
    assert "new@example.gov" in new.get(link).content.decode()
    assert "12 characters" in new.post(link, {"name": "Me", "password": "short"}).content.decode()
    answer = new.post(link, {"name": "Me", "password": PASSWORD})
    assert answer.headers["Location"] == "/desk/"
    assert new.get("/desk/").headers["Location"] == "/desk/second-factor"
    again = Client().get(link)
    assert again.status_code == 404
    assert "Ask whoever invited you" in again.content.decode()


def test_coming_in_signs_out_whoever_sat_there(cast: Cast, client: Client) -> None:
    _, key = invite(cast, at=datetime.now(UTC))
    sign_in(client, cast.administrator)
    client.post(f"/desk/invitation?key={key}", {"name": "Me", "password": PASSWORD})
    assert int(client.session["_auth_user_id"]) == User.objects.get(email="new@example.gov").pk


@pytest.mark.parametrize("key", ["", "x", "é" * 50, "\x00", "a" * 5000])
def test_a_link_that_was_never_made_opens_nothing(db: None, client: Client, key: str) -> None:
    answer = client.get("/desk/invitation", {"key": key[:1000]})
    assert answer.status_code == 404
