"""Signing in: two factors where the role asks for them, locks, lockout, and pages that give nothing away."""

from __future__ import annotations

import re
import time
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from daybreak.accounts.actions import end_role, suspend_person
from daybreak.accounts.middleware import SEEN
from daybreak.audit.models import Entry
from daybreak.outbox.models import Message
from tests.people import PASSWORD, Cast, sign_in
from tests.rooms.accounts.codes import code

# django-allauth tells of an enrolment after commit, while the request still runs.
AFTER_COMMIT = pytest.mark.django_db(transaction=True)


def with_password(person, password: str = PASSWORD) -> str:
    person.set_password(password)
    person.save()
    return person.email


def enter(client: Client, email: str, password: str = PASSWORD):
    return client.post("/desk/sign-in", {"login": email, "password": password})


def enrol(client: Client) -> str:
    """Set up an app at the enrolment page; returns its secret."""
    page = client.get("/desk/second-factor/app").content.decode()
    secret = re.search(r'class="secret">([A-Z2-7]+)<', page)[1]
    answer = client.post("/desk/second-factor/app", {"code": code(secret)})
    assert answer.status_code == 302, answer.content.decode()
    return secret


def test_a_password_alone_leads_to_the_enrolment_and_nowhere_else(cast: Cast, client: Client) -> None:
    answer = enter(client, with_password(cast.analyst))
    assert answer.headers["Location"] == "/desk/"
    for path in ("/desk/", "/desk/streams", "/desk/people", "/desk/nothing", "/desk/password"):
        answer = client.get(path)
        assert (answer.status_code, answer.headers.get("Location")) == (302, "/desk/second-factor"), path
    assert client.get("/desk/second-factor").status_code == 200


@AFTER_COMMIT
def test_whoever_enrols_an_app_is_in_and_needs_it_from_then_on(cast: Cast, client: Client) -> None:
    email = with_password(cast.analyst)
    enter(client, email)
    secret = enrol(client)
    assert client.get("/desk/").status_code == 200
    assert client.get("/desk/second-factor/codes").status_code == 200
    other = Client()
    assert enter(other, email).headers["Location"] == "/desk/sign-in/code"
    assert other.get("/desk/").headers["Location"] == "/desk/sign-in"
    assert other.post("/desk/sign-in/code", {"code": "000000"}).status_code == 200
    time_of_next = time.time() + 30  # an app's code is good once: take the next one, which the server allows
    answer = other.post("/desk/sign-in/code", {"code": code(secret, at=time_of_next)})
    assert answer.headers["Location"] == "/desk/"
    assert other.get("/desk/").status_code == 200


@AFTER_COMMIT
def test_a_recovery_code_lets_in_once(cast: Cast, client: Client) -> None:
    email = with_password(cast.analyst)
    enter(client, email)
    enrol(client)
    one = re.findall(r"<li>(\d+)</li>", client.get("/desk/second-factor/codes").content.decode())[0]
    for expected in (302, 200):
        other = Client()
        enter(other, email)
        assert other.post("/desk/sign-in/code", {"code": one}).status_code == expected


def test_the_secret_of_an_app_is_not_readable_in_the_database(cast: Cast, client: Client) -> None:
    enter(client, with_password(cast.analyst))
    secret = enrol(client)
    kept = [str(one.data) for one in Authenticator.objects.all()]
    assert len(kept) == 2
    assert not any(secret in data for data in kept)


def test_a_session_from_before_the_enrolment_does_not_get_in(cast: Cast, client: Client) -> None:
    """Somebody with a stolen password waits at the enrolment page until the person has enrolled."""
    email = with_password(cast.analyst)
    thief = Client()
    enter(thief, email)
    enter(client, email)
    enrol(client)
    assert thief.get("/desk/").headers["Location"].startswith("/desk/sign-in?locked=1")
    assert "_auth_user_id" not in thief.session


def test_a_role_without_a_second_factor_gets_in_with_a_password(
    cast: Cast, client: Client, monkeypatch
) -> None:
    monkeypatch.setattr("daybreak.accounts.middleware.needs_second_factor", lambda roles: False)
    enter(client, with_password(cast.provider))
    assert client.get("/desk/").status_code == 200


def test_five_wrong_tries_shut_the_address_for_fifteen_minutes(cast: Cast, client: Client) -> None:
    email = with_password(cast.analyst)
    for _ in range(5):
        assert "do not go together" in enter(client, email, "wrong").content.decode()
    answer = enter(client, email).content.decode()
    assert "Too many tries. Wait 15 minutes" in answer
    assert enter(Client(), with_password(cast.clerk)).status_code == 302, "others are not shut out"
    later = time.time() + 15 * 60 + 1
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("allauth.core.internal.ratelimit.time.time", lambda: later)
        assert enter(client, email).status_code == 302


def test_an_address_that_nobody_has_is_shut_just_the_same(cast: Cast, client: Client) -> None:
    known = with_password(cast.analyst)
    said = {}
    for email in (known, "nobody@example.gov"):
        said[email] = [enter(client, email, "wrong").content.decode() for _ in range(6)]
    plain = [[re.sub(r'value="[^"]*"', "", text) for text in texts] for texts in said.values()]
    assert plain[0] == plain[1]


def test_a_password_reset_never_says_whether_an_address_is_known(cast: Cast, client: Client) -> None:
    with_password(cast.analyst)
    answers = [
        client.post("/desk/password/forgotten", {"email": email})
        for email in (cast.analyst.email, "nobody@example.gov")
    ]
    assert [(one.status_code, one.headers["Location"], one.content) for one in answers] == [
        (302, "/desk/password/forgotten/sent", b"")
    ] * 2
    assert [message.to for message in Message.objects.all()] == [cast.analyst.email]


@AFTER_COMMIT
def test_a_password_can_be_reset_with_the_link_once_and_the_second_factor_is_still_asked(
    cast: Cast, client: Client
) -> None:
    email = with_password(cast.analyst)
    enter(client, email)
    enrol(client)
    other = Client()
    other.post("/desk/password/forgotten", {"email": email})
    message = Message.objects.get()
    assert message.secret
    link = re.search(r"http://testserver(/desk/password/new/\S+)", message.body)[1]
    form = other.get(link, follow=True)
    path = form.redirect_chain[-1][0]
    assert other.post(path, {"password1": "short", "password2": "short"}).status_code == 200
    fresh = "a new set of words"
    assert other.post(path, {"password1": fresh, "password2": fresh}).status_code == 302
    assert "does not work any more" in Client().get(link).content.decode()
    assert enter(Client(), email).status_code == 200
    assert enter(Client(), email, fresh).headers["Location"] == "/desk/sign-in/code"


def test_law_enforcement_is_locked_after_thirty_idle_minutes_and_led_back(cast: Cast, client: Client) -> None:
    sign_in(client, cast.officer)
    assert client.get("/desk/").status_code == 200
    session = client.session
    session[SEEN] = int((timezone.now() - timedelta(minutes=29)).timestamp())
    session.save()
    assert client.get("/desk/").status_code == 200
    session = client.session
    session[SEEN] = int((timezone.now() - timedelta(minutes=30)).timestamp())
    session.save()
    answer = client.get("/desk/streams?days=7")
    assert answer.headers["Location"] == "/desk/sign-in?locked=1&next=%2Fdesk%2Fstreams%3Fdays%3D7"
    assert "_auth_user_id" not in client.session
    assert "the desk was locked" in client.get(answer.headers["Location"]).content.decode()


def test_a_form_that_is_sent_after_the_lock_changes_nothing(cast: Cast, client: Client) -> None:
    sign_in(client, cast.administrator)
    client.get("/desk/")
    session = client.session
    session[SEEN] = 1
    session.save()
    answer = client.post(reverse("desk_agency_add"), {"name": "X", "slug": "x", "kind": "state"})
    assert answer.headers["Location"] == "/desk/sign-in?locked=1"
    assert not Entry.objects.filter(action="add-agency").exists()


def test_a_changed_role_counts_from_the_next_request_on(cast: Cast, client: Client) -> None:
    sign_in(client, cast.administrator)
    assert client.get("/desk/people").status_code == 200
    end_role(by="test", at=timezone.now(), person=cast.administrator, role="administrator")
    assert client.get("/desk/people").status_code == 404


def test_a_suspended_person_is_out_from_the_next_request_on(cast: Cast, client: Client) -> None:
    sign_in(client, cast.administrator)
    suspend_person(by="test", at=timezone.now(), person=cast.administrator)
    assert client.get("/desk/people").status_code == 404
    assert client.get("/desk/").headers["Location"] == "/desk/sign-in"


@AFTER_COMMIT
def test_signing_in_and_what_changes_it_stand_in_the_audit(cast: Cast, client: Client) -> None:
    enter(client, with_password(cast.analyst))
    enrol(client)
    mine = Entry.objects.filter(actor=f"person:{cast.analyst.public_id}").order_by("number")
    assert [entry.action for entry in mine] == ["sign-in", "add-second-factor", "add-second-factor"]
    assert mine[0].detail == {"by": ["password"]}


def test_sessions_that_are_over_are_erased_when_somebody_signs_in(cast: Cast, client: Client) -> None:
    over, open_still = sign_in(Client(), cast.officer).session, sign_in(Client(), cast.clerk).session
    Session.objects.filter(pk=over.session_key).update(expire_date=timezone.now() - timedelta(minutes=1))
    enter(client, with_password(cast.analyst))
    kept = set(Session.objects.values_list("pk", flat=True))
    assert over.session_key not in kept
    assert {open_still.session_key, client.session.session_key} <= kept


def test_open_pages_and_the_interface_set_no_cookie_and_know_nobody(cast: Cast, client: Client) -> None:
    sign_in(client, cast.officer)
    client.cookies["daybreak_desk"]["path"] = "/desk/"
    for path in ("/learn", "/robots.txt", "/nothing", "/deskx"):
        answer = client.get(path)
        assert not answer.cookies, path
        assert "Cookie" not in answer.headers.get("Vary", ""), path
        assert not hasattr(answer.wsgi_request, "user"), path


def test_cookies_of_the_desk_are_for_the_desk_and_unreadable_for_scripts(cast: Cast, client: Client) -> None:
    enter(client, with_password(cast.analyst))
    for name in ("daybreak_desk", "daybreak_form"):
        client.get("/desk/sign-in")
        cookie = client.cookies.get(name)
        if cookie is not None:
            assert (cookie["path"], bool(cookie["httponly"]), cookie["samesite"]) == ("/desk/", True, "Lax")
    assert "daybreak_desk" in client.cookies


def test_pages_of_the_desk_are_kept_by_nobody(cast: Cast, client: Client) -> None:
    sign_in(client, cast.officer)
    for path in ("/desk/", "/desk/sign-in", "/desk/nothing"):
        assert client.get(path).headers["Cache-Control"] == "private, no-store"


def test_a_form_from_elsewhere_is_refused_with_a_page(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    sign_in(client, cast.administrator)
    answer = client.post(reverse("desk_agency_add"), {"name": "X", "slug": "x", "kind": "state"})
    assert answer.status_code == 403
    assert "This form is too old" in answer.content.decode()


@pytest.mark.parametrize("to", ["https://evil.example/", "//evil.example/", "/\\evil.example"])
def test_signing_in_leads_to_no_other_site(cast: Cast, client: Client, to: str) -> None:
    answer = client.post(
        "/desk/sign-in", {"login": with_password(cast.analyst), "password": PASSWORD, "next": to}
    )
    assert answer.headers["Location"] == "/desk/"


def test_nobody_can_sign_up(cast: Cast, client: Client) -> None:
    for path in ("/desk/sign-up", "/desk/signup", "/desk/sign-in/signup"):
        assert client.get(path).status_code == 404
