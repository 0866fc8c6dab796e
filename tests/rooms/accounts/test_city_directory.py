"""A city's own directory signs in whom somebody has invited, and nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from daybreak.accounts.models import User
from daybreak.config.environment import OIDC, SettingError, directory_sign_in
from tests.people import Cast
from tests.rooms.accounts.city_directory import CLIENT, Directory, city_directory


@pytest.fixture
def directory(settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Directory]:
    """A directory, and settings that name it."""
    with city_directory() as made:
        for name, value in zip(OIDC, (made.url, CLIENT, "a secret"), strict=True):
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("DAYBREAK_OIDC_NAME", "City of Lexington")
        settings.SOCIALACCOUNT_PROVIDERS = directory_sign_in()
        yield made


def go_and_come_back(client: Client) -> str:
    """Sign in over the directory; where it leads, or the page it ends at."""
    away = client.post("/desk/sign-in/directory/go")
    to = urlsplit(away.headers["Location"])
    asked = parse_qs(to.query)
    assert to.path == "/authorize"
    assert asked["client_id"] == [CLIENT]
    assert "code_challenge" in asked, "PKCE"
    assert asked["redirect_uri"] == ["http://testserver/desk/sign-in/directory/back"]
    back = client.get("/desk/sign-in/directory/back", {"code": "one", "state": asked["state"][0]})
    return back.headers.get("Location") or back.content.decode()


def test_the_way_in_offers_the_directory_only_where_one_is_set(cast: Cast, client: Client, settings) -> None:
    assert "Sign in with" in client.get("/desk/sign-in").content.decode()
    assert "City of Lexington" not in client.get("/desk/sign-in").content.decode()


def test_whoever_was_invited_comes_in_and_still_shows_a_second_factor(
    cast: Cast, client: Client, directory: Directory
) -> None:
    assert "City of Lexington" in client.get("/desk/sign-in").content.decode()
    directory.claims = {"sub": "7", "email": cast.officer.email, "email_verified": True}
    assert go_and_come_back(client) == "/desk/"
    assert int(client.session["_auth_user_id"]) == cast.officer.pk
    assert client.get("/desk/").headers["Location"] == "/desk/second-factor"


@pytest.mark.parametrize(
    "claims",
    [
        {"sub": "7", "email": "somebody-else@example.gov", "email_verified": True},
        {"sub": "7", "email": "the-officer", "email_verified": False},
        {"sub": "7"},
    ],
    ids=["not invited", "address not verified", "no address"],
)
def test_nobody_else_comes_in_and_nobody_new_is_made(
    cast: Cast, client: Client, directory: Directory, claims: dict[str, object]
) -> None:
    before = User.objects.count()
    if claims.get("email") == "the-officer":
        claims = claims | {"email": cast.officer.email}
    directory.claims = claims
    page = go_and_come_back(client)
    if page.startswith("/desk/"):
        page = client.get(page).content.decode()
    assert "Nobody has invited this account" in page
    assert "_auth_user_id" not in client.session
    assert User.objects.count() == before


def test_a_suspended_person_does_not_come_in(cast: Cast, client: Client, directory: Directory) -> None:
    User.objects.filter(pk=cast.officer.pk).update(is_active=False)
    directory.claims = {"sub": "7", "email": cast.officer.email, "email_verified": True}
    go_and_come_back(client)
    assert "_auth_user_id" not in client.session


def test_an_answer_that_was_not_asked_for_is_refused(
    cast: Cast, client: Client, directory: Directory
) -> None:
    directory.claims = {"sub": "7", "email": cast.officer.email, "email_verified": True}
    answer = client.get("/desk/sign-in/directory/back", {"code": "one", "state": "made-up"})
    assert "did not let you in" in answer.content.decode()
    assert "_auth_user_id" not in client.session


def test_a_directory_that_is_not_set_is_not_there(cast: Cast, client: Client) -> None:
    assert client.post("/desk/sign-in/directory/go").status_code == 404


@pytest.mark.parametrize("missing", OIDC)
def test_half_a_directory_is_a_setting_error(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in OIDC:
        monkeypatch.setenv(name, "https://login.example.gov")
    monkeypatch.delenv(missing)
    with pytest.raises(SettingError, match=f"{missing} must be set too"):
        directory_sign_in()


def test_a_directory_must_speak_https(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in OIDC:
        monkeypatch.setenv(name, "http://login.example.gov")
    with pytest.raises(SettingError, match="https"):
        directory_sign_in()
