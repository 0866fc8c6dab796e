"""Every page of the desk × role × method: what config/access.csv says is what happens, and what it does not say fails."""

from __future__ import annotations

import csv
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, clear_url_caches, get_resolver, path, reverse

from daybreak.accounts.guard import NotYours, needs
from daybreak.accounts.rules.roles import PERMISSIONS, ROLES
from daybreak.config import urls
from tests.house.plan import SOURCE
from tests.people import ROLES as CAST
from tests.people import make_cast, sign_in

METHODS = ("GET", "POST", "PUT", "DELETE")
OPEN, SIGNED_IN, KEY = "open", "signed-in", "agency-key"
# Values for parts of an address that no converter can guess; the first that fits is taken.
NOTHING = "00000000-0000-4000-8000-000000000000"
EXAMPLES: dict[str, tuple[str, ...]] = {
    "uidb36": ("1",), "key": ("set-password",), "stream_id": (NOTHING,), "public_id": (NOTHING,),
    "form": ("svg", "html", "csv"), "sheet": ("csv", "xlsx"), "period": ("month",), "kind": ("arrest",),
}  # fmt: skip
BY_CONVERTER: dict[str, Any] = {
    "UUIDConverter": uuid.UUID(int=7), "IntConverter": 999_999, "SlugConverter": "nothing", "StringConverter": "nothing",
    "PathConverter": "nothing",
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    route: str
    methods: frozenset[str]
    permission: str


def table() -> dict[str, Row]:
    """config/access.csv by route."""
    with (SOURCE / "config" / "access.csv").open(encoding="utf-8", newline="") as file:
        rows = [
            Row(row["route"], frozenset(row["methods"].split()), row["permission"])
            for row in csv.DictReader(file)
        ]
    assert len({row.route for row in rows}) == len(rows), "a route stands in the table twice"
    return {row.route: row for row in rows}


def desk_patterns(patterns: list[Any] | None = None, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every address below desk/ and the agencies' interface, with its whole route."""
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from desk_patterns(entry.url_patterns, route)
        elif route.startswith(("desk", "api/events")):
            yield route, entry


PATTERNS = {entry.name: (route, entry) for route, entry in desk_patterns()}
TABLE = table()


def address(name: str) -> str:
    """An address of a route, for something that does not exist."""
    _, entry = PATTERNS[name]
    parts: dict[str, tuple[Any, ...]] = {
        word: EXAMPLES.get(word) or (BY_CONVERTER[type(converter).__name__],)
        for word, converter in entry.pattern.converters.items()
    }
    if not parts and hasattr(entry.pattern, "regex"):
        parts = {word: EXAMPLES[word] for word in entry.pattern.regex.groupindex}
    for values in product(*parts.values()):
        try:
            return reverse(name, kwargs=dict(zip(parts, values, strict=True)))
        except NoReverseMatch:
            continue
    raise AssertionError(f"EXAMPLES must hold values that fit the address of {name}: {entry.pattern}")


def told(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A 404 that says whether the guard refused, or whether only the thing in the address does not exist."""
    return HttpResponse(status=404, headers={"X-Refused": "yes" if isinstance(exception, NotYours) else "no"})


@pytest.fixture
def asked(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A function that asks for a route with a method as somebody, and says (refused by the guard?, status)."""
    monkeypatch.setattr(urls, "handler404", told)
    cast = make_cast()
    clients: dict[str, Client] = {"": Client()}

    def ask(name: str, method: str, who: str) -> tuple[bool, int]:
        if who not in clients:
            clients[who] = sign_in(Client(), getattr(cast, who))
        answer = clients[who].generic(method, address(name))
        if who and "_auth_user_id" not in clients[who].session:  # this was the way out
            del clients[who]
        return answer.headers.get("X-Refused") == "yes", answer.status_code

    return ask


def test_every_address_of_the_desk_has_a_name_of_its_own() -> None:
    routes = list(desk_patterns())
    assert [route for route, entry in routes if not entry.name] == []
    assert len({entry.name for _, entry in routes}) == len(routes)


def test_every_address_of_the_desk_stands_in_the_table() -> None:
    assert sorted(set(PATTERNS) - set(TABLE)) == [], "add them to src/daybreak/config/access.csv"


def test_the_table_names_no_address_that_is_gone() -> None:
    assert sorted(set(TABLE) - set(PATTERNS)) == []


def test_the_table_uses_known_permissions_and_methods() -> None:
    for row in TABLE.values():
        assert row.permission in {*PERMISSIONS, OPEN, SIGNED_IN, KEY}, row
        assert row.methods, row
        assert row.methods <= set(METHODS), row


def test_each_view_carries_the_permission_of_the_table() -> None:
    carried = {
        name: getattr(entry.callback, "permission_needed", None)
        for name, (route, entry) in PATTERNS.items()
        if route.startswith("desk")
    }
    assert carried == {name: TABLE[name].permission for name in carried}


def test_each_permission_opens_some_page_or_is_asked_for_elsewhere() -> None:
    """A permission that nothing asks for is a promise that nobody keeps."""
    text = "\n".join(
        path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py") if path.name != "roles.py"
    )
    text += "\n".join(path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.html"))
    assert [word for word in PERMISSIONS if f'"{word}"' not in text] == []


def test_the_cast_holds_every_role() -> None:
    assert {role for role, _ in CAST.values()} == set(ROLES)


DESK = sorted(name for name, (route, _) in PATTERNS.items() if name in TABLE and route.startswith("desk"))


@pytest.mark.parametrize("name", DESK)
def test_strangers_get_404_for_every_method_except_at_the_way_in(name: str, asked) -> None:
    for method in METHODS:
        for who in ("", "stranger"):
            refused, status = asked(name, method, who)
            permission = TABLE[name].permission
            if permission == OPEN or (permission == SIGNED_IN and who):
                assert not refused, f"{method} {name} as {who or 'nobody'}"
            else:
                assert (refused, status) == (True, 404), f"{method} {name} as {who or 'nobody'}"


@pytest.mark.parametrize("who", CAST)
def test_each_role_gets_what_the_table_says_and_404_for_the_rest(who: str, asked) -> None:
    may = ROLES[CAST[who][0]].permissions | {OPEN, SIGNED_IN}
    for name in DESK:
        row = TABLE[name]
        for method in ("GET", "POST"):
            refused, status = asked(name, method, who)
            where = f"{method} {name} ({row.permission}) as {who} answered {status}"
            assert refused is (row.permission not in may), where
            assert status < 500, where
            if not refused and row.permission not in {OPEN, SIGNED_IN}:
                assert (status == 405) is (method not in row.methods), where


def test_whoever_has_not_signed_in_is_sent_from_the_desk_to_the_way_in(client: Client, db: None) -> None:
    answer = client.get("/desk/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/desk/sign-in")
    assert client.get("/desk/sign-in").status_code == 200


def test_a_page_of_the_desk_that_names_no_permission_is_shown_to_nobody(
    asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forgotten(request: HttpRequest) -> HttpResponse:
        return HttpResponse("anybody can read this")

    entry = path("desk/forgotten", forgotten, name="forgotten")
    monkeypatch.setitem(PATTERNS, "forgotten", ("desk/forgotten", entry))
    monkeypatch.setattr(urls, "urlpatterns", [entry, *urls.urlpatterns])
    clear_url_caches()
    try:
        assert asked("forgotten", "GET", "administrator") == (True, 404)
    finally:
        monkeypatch.undo()
        clear_url_caches()


def test_a_permission_that_does_not_exist_cannot_be_asked_for() -> None:
    with pytest.raises(ValueError, match="must be one of"):
        needs("see-everything")
