"""Wrong addresses get a page that says what must be given, in their language; nothing that anybody sends is a 5xx."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

client = Client(raise_request_exception=True)
PLACE = "00000000-0000-4000-8000-000000000000"

WRONG = [
    (
        "/find?radius=abc",
        400,
        "must be a whole number of miles from 1 to 500",
        "un número entero de millas, de 1 a 500",
    ),
    ("/find?radius=0", 400, "from 1 to 500", "de 1 a 500"),
    ("/find?radius=-5", 400, "from 1 to 500", "de 1 a 500"),
    ("/find?radius=9999", 400, "from 1 to 500", "de 1 a 500"),
    ("/find?radius=2.5", 400, "from 1 to 500", "de 1 a 500"),
    ("/find?page=0", 400, "must be a whole number from 1 up", "un número entero desde 1"),
    ("/find?page=x", 400, "must be a whole number from 1 up", "un número entero desde 1"),
    ("/find?page=99999999999999999999", 400, "must be a whole number", "un número entero"),
    ("/find?need=unicorns", 400, "one of the needs that this site knows", "una de las necesidades"),
    ("/find?not=unicorns", 400, "one of the needs that this site knows", "una de las necesidades"),
    ("/find?ask=unicorns", 400, "one of the needs that this site knows", "una de las necesidades"),
    ("/find?near=%00", 400, "must be plain text", "debe ser texto sencillo"),
    ("/find?q=a%00b", 400, "must be plain text", "debe ser texto sencillo"),
    ("/find?q=" + "x" * 600, 400, "at most 500 characters", "500 caracteres"),
    ("/find?q=" + "x" * 1_000_000, 414, "up to 4,096 characters", "4,096 caracteres"),
    ("/find?" + "&" * 1200, 400, "at most 1,000 values", "1,000 valores"),
    ("/guide?step=0", 400, "a number from 1 to 8", "un número de 1 a 8"),
    ("/guide?step=one", 400, "a number from 1 to 8", "un número de 1 a 8"),
    ("/guide?who=robot", 400, "one of the answers of its question", "una de las respuestas"),
    ("/guide?near=%00", 400, "must be plain text", "debe ser texto sencillo"),
    (f"/place/{PLACE}", 404, "This place is not listed", "no está en la lista"),
    (f"/place/{PLACE}/map.svg", 404, "This place is not listed", "no está en la lista"),
    ("/place/not-an-id", 404, "There is no such page", "no existe"),
    ("/learn/nothing", 404, "Please choose one from the list", "Elija una de la lista"),
    ("/learn/..%2f..%2fetc", 404, "There is no such page", "no existe"),
    ("/%ff%fe", 404, "There is no such page", "no existe"),
    ("/find/", 404, "There is no such page", "no existe"),
]


@pytest.mark.parametrize(("path", "status", "english", "spanish"), WRONG, ids=lambda value: str(value)[:40])
def test_wrong_input_is_answered_with_its_cure(
    town: Any, path: str, status: int, english: str, spanish: str
) -> None:
    for prefix, sentence in (("", english), ("/es", spanish)):
        answer = client.get(prefix + path)
        page = answer.content.decode()
        assert answer.status_code == status
        assert sentence in page
        assert f'class="btn" href="{prefix}/"' in page, "there is a way to start again"
        assert "tel:988" in page


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_pages_can_only_be_read(method: str) -> None:
    answer = client.generic(method, "/find?near=40507")
    assert answer.status_code == 405
    assert answer["Allow"] == "GET, HEAD"
    assert "This page can only be read" in answer.content.decode()


def test_a_request_for_another_host_is_refused() -> None:
    answer = client.get("/", headers={"Host": "example.org"})
    assert answer.status_code == 400
    assert "The address must be one of this site" in answer.content.decode()


def test_bad_bytes_in_a_search_are_read_as_well_as_they_can_be(town: Any) -> None:
    answer = client.get("/find", QUERY_STRING="near=%ff%fe&q=d%e9tox")
    assert answer.status_code == 200
    assert "We do not know that place" in answer.content.decode()


def test_an_address_is_never_repeated_on_a_page_about_it(town: Any) -> None:
    page = client.get("/find?need=Jane+Example+of+Main+Street").content.decode()
    assert "Jane" not in page.replace(page[page.index("<nav") : page.index("</nav>")], "")


def test_before_the_first_publish_the_page_says_to_wait(settings: Any, tmp_path: Any) -> None:
    settings.GENERATIONS = tmp_path / "none"
    answer = client.get("/find?near=40507")
    assert answer.status_code == 503
    assert answer["Retry-After"] == "30"
    assert "The list is being prepared" in answer.content.decode()


_NAMES = st.sampled_from(
    ["near", "q", "name", "need", "not", "radius", "page", "ask", "county", "state", "step", "who", "zz"]
)
_VALUES = st.one_of(
    st.sampled_from(
        [
            "40507",
            "Lexington",
            "detox",
            "medicaid",
            "methadone",
            "all",
            "1",
            "25",
            "KY",
            "38.0,-84.5",
            "NaN",
            "1e9",
        ]
    ),
    st.text(max_size=40),
    st.integers().map(str),
    st.binary(max_size=12),
)


@given(
    path=st.sampled_from(["/find", "/es/find", "/find/map.svg", "/guide", "/es/guide", "/"]),
    pairs=st.lists(st.tuples(_NAMES, _VALUES), max_size=8),
)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_search_breaks_the_site(town: Any, path: str, pairs: list[tuple[str, Any]]) -> None:
    answer = client.get(path, QUERY_STRING=urlencode(pairs))
    assert answer.status_code in {200, 302, 400, 414}
    if answer.status_code == 400:
        assert b"<h1>" in answer.content


@given(query=st.text(alphabet=st.characters(max_codepoint=255), max_size=60))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_raw_query_string_breaks_the_site(town: Any, query: str) -> None:
    assert client.get("/find", QUERY_STRING=query).status_code in {200, 400}
