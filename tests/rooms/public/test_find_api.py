"""The finder as data: the reply of the shell, tables and maps to take along, and what is said where something is wrong."""

from __future__ import annotations

import csv
import io
import json
import logging
from datetime import date
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from daybreak.directory import models
from daybreak.directory.publication import publish_index
from daybreak.public.queries.asking import understand
from daybreak.public.queries.question import Question
from daybreak.public.queries.requested import pairs_of
from daybreak.public.rules.cells import MARK, safe
from tests.rooms.public.conftest import AT

client = Client()


def reply(query: str) -> dict[str, Any]:
    answer = client.get(f"/api/find?{query}")
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def body(path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]


def rows(query: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body(f"/api/find.csv?{query}").removeprefix(MARK), newline="")))


def names(found: dict[str, Any]) -> list[str]:
    return [one["name"] for one in found["results"]]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("need=detox&need=medicaid,free&near=40507", ["--need=detox", "--need=medicaid,free", "--near=40507"]),
        ("need=DT&not=methadone&state=KY", ["--need=DT", "--not=methadone", "--state=KY"]),
        ("q=detox, has Medicaid&near=40507&radius=80.5", ["--text=detox, has Medicaid", "--near=40507", "--radius=80.5"]),
        ("need=pregnant&ask=all&county=Fayette", ["--need=pregnant", "--ask", "--county=Fayette"]),
        ("name=limestone", ["--name=limestone"]),
        ("page=2", ["--page=2"]),
    ],
)  # fmt: skip
def test_it_says_what_the_shell_says(town: Any, query: str, words: list[str]) -> None:
    out = io.StringIO()
    call_command("find", *words, "--json", stdout=out)
    assert reply(query) == json.loads(out.getvalue())


def test_repeated_needs_are_and_and_a_comma_is_or(town: Any) -> None:
    assert names(reply("near=40507&need=detox&need=residential")) == []
    assert set(names(reply("near=40507&need=detox,residential"))) == {
        "Limestone House",
        "Riverside",
        "Hilltop",
    }


def test_no_place_at_all_is_the_whole_country(town: Any) -> None:
    found = reply("need=detox")
    assert found["place"]["kind"] == "anywhere"
    assert "Over the River" in names(found)


def test_one_set_of_alternatives_may_be_left_to_ask(town: Any) -> None:
    found = reply("near=40507&need=detox&need=medicaid&ask=payment")
    assert [(one["name"], one["tier"]) for one in found["results"]] == [
        ("Limestone House", 1),
        ("Riverside", 2),
    ]
    assert names(reply("near=40507&need=detox&need=medicaid&ask=care")) == ["Limestone House", "Hilltop"]


def test_an_old_number_stands_apart_from_those_that_may_be_called(town: Any) -> None:
    found = {one["name"]: one for one in reply("near=40507&need=detox")["results"]}
    assert found["Limestone House"]["phones"] == []
    assert [one["number"] for one in found["Limestone House"]["historic_phones"]] == ["8595550101"]
    assert found["Limestone House"]["helpline"]["number"] == "18338594357"
    assert [one["number"] for one in found["Riverside"]["phones"]] == ["8595550102"]
    assert found["Riverside"]["historic_phones"] == []


def test_no_old_number_is_in_a_table_or_a_map(town: Any) -> None:
    assert "5550101" not in body("/api/find.csv").replace("-", "")
    assert "5550101" not in body("/api/find.geojson")
    assert {one["name"]: one["phone"] for one in rows("near=40507&need=detox")} == {
        "Riverside": "859-555-0102",
        "Limestone House": "",
    }


@pytest.mark.parametrize(
    "question",
    [
        Question(near="40507", needs=("detox", "residential", "medicaid")),
        Question(near="40507", needs=("detox", "medicaid"), ask=("payment",)),
        Question(near="40507", needs=("detox",), excluded=("methadone",), radius=50),
        Question(text="detox near 40507, has Medicaid"),
        Question(needs=("detox",), ask=("all",)),
        Question(text="Limestone"),
        Question(near="Fayette County, KY", needs=("DT",)),
    ],
    ids=lambda question: question.query(),
)
def test_the_list_of_a_page_can_be_taken_along(town: Any, question: Question) -> None:
    """The page's link to the table leads to the very listings of the page, in its order."""
    page = client.get(f"/find?{question.query()}")
    assert page.content.count(b"/api/find.csv?") == 1
    link = page.content.decode().partition("/api/find.csv?")[2].partition('"')[0].replace("&amp;", "&")
    shown = [one["id"] for one in rows(link)]
    assert shown
    in_page = page.content.decode()
    at = [in_page.index(f"/place/{one}") for one in shown]
    assert at == sorted(at)
    assert dict(pairs_of(understand(question, at=timezone.now())))


def test_a_table_has_every_result_whatever_the_page_size(town: Any, settings: Any) -> None:
    settings.DAYBREAK_PAGE_SIZE = 1
    assert len(reply("state=KY")["results"]) == 1
    assert len(rows("state=KY")) == reply("state=KY")["total"] == 4
    assert len(json.loads(body("/api/find.geojson?state=KY"))["features"]) == 4


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1+1", "'=1+1"), ("+1", "'+1"), ("-1", "'-1"), ("@SUM(A1)", "'@SUM(A1)"), ("\t=1", "'\t=1"), ("  =1", "'  =1"),
        ("\u00a0=1", "\u00a0=1"), ("＝1", "'＝1"), ("plain", "plain"), (-84.5, -84.5), (None, ""), ("", ""),
    ],
)  # fmt: skip
def test_text_is_never_a_formula(cell: Any, written: Any) -> None:
    assert safe(cell) == written


def test_a_name_that_is_a_formula_comes_out_as_text(town: Any) -> None:
    where = town.place('=HYPERLINK("https://evil.example","x")', (38.05, -84.49))
    town.service(where, "Detox, day\r\nand night", {"detox": True})
    publish_index(by="command:test", at=AT)
    found = next(one for one in rows("near=40507&need=detox") if "HYPERLINK" in one["name"])
    assert found["name"] == '\'=HYPERLINK("https://evil.example","x")'
    assert found["program"] == "Detox, day\r\nand night"
    assert float(found["longitude"]) == -84.49


def test_a_map_follows_rfc_7946_and_keeps_what_has_no_point(town: Any) -> None:
    place = town.place("Nowhere", (0.0, 0.0))
    models.Location.objects.filter(id=place.id).update(latitude=None, longitude=None, point_from="")
    town.service(place, "Detox", {"detox": True})
    publish_index(by="command:test", at=AT)
    answer = client.get("/api/find.geojson?state=KY&need=detox")
    assert answer["Content-Type"] == "application/geo+json"
    whole = json.loads(b"".join(answer.streaming_content))  # type: ignore[attr-defined]
    assert whole["type"] == "FeatureCollection"
    assert whole["total"] == len(whole["features"])
    by_name = {one["properties"]["name"]: one for one in whole["features"]}
    assert by_name["Nowhere"]["geometry"] is None
    assert by_name["Limestone House"]["geometry"] == {"type": "Point", "coordinates": [-84.49, 38.05]}
    assert all(one["type"] == "Feature" and one["id"] == one["properties"]["id"] for one in whole["features"])


def test_a_map_of_nothing_is_still_a_map(town: Any) -> None:
    assert json.loads(body("/api/find.geojson?state=TX"))["features"] == []
    assert rows("state=TX") == []


WRONG: list[tuple[str, int, str | None]] = [
    ("need=detx", 400, "need"), ("need=", 400, "need"), ("not=detox,nothing", 400, "not"), ("radius=far", 400, "radius"),
    ("radius=0", 400, "radius"), ("radius=nan", 400, "radius"), ("radius=1_0", 400, "radius"), ("radius=501", 400, "radius"),
    ("page=0", 400, "page"), ("page=", 400, "page"), ("near=40507&near=40508", 400, "near"), ("ask=maybe", 400, "ask"),
    ("near=40507&state=KY", 400, "near"), ("near=Qzzzyx", 404, "near"), ("state=Qzzzyx", 404, "state"),
    ("county=Qzzzyx", 404, "county"), ("county=Hamilton", 404, "county"), ("q=%00", 400, "q"), ("secretname=1", 400, None),
    ("q=" + "x" * 501, 400, "q"), ("&".join(["need=detox"] * 25), 400, "need"), (f"name={'a+' * 200}", 400, "name"),
    (",".join(["need=detox"] + ["detox"] * 90), 400, "need"),
]  # fmt: skip


@pytest.mark.parametrize("path", ["/api/find", "/api/find.csv", "/api/find.geojson"])
def test_what_is_wrong_is_said_with_its_cure(town: Any, path: str) -> None:
    for query, status, parameter in WRONG:
        answer = client.get(f"{path}?{query}")
        assert answer.status_code == status, query
        assert answer["Content-Type"] == "application/problem+json"
        said = answer.json()
        paged = path == "/api/find" or not query.startswith("page")  # a whole list has no pages
        assert said["parameter"] == (parameter if paged else None), query
        assert said["must"]
        assert said["cure"]
        assert said["status"] == status
        for sent in ("detx", "Qzzzyx", "maybe", "secretname", "xxxx"):
            assert sent not in answer.content.decode()


def test_a_name_that_several_places_have_comes_back_with_all_of_them(town: Any) -> None:
    choices = client.get("/api/find?county=Hamilton").json()["choices"]
    assert "Hamilton County, Ohio" in choices
    assert reply("county=Hamilton&state=OH")["place"]["label"] == "Hamilton County, Ohio"
    assert "Franklin County, Ohio" in reply("county=Franklin")["place"]["others"]


@pytest.mark.parametrize("path", ["/api/find", "/api/find.csv", "/api/find.geojson", "/api/find?radius=no"])
def test_any_site_may_read_it_and_nothing_is_kept(town: Any, path: str) -> None:
    answer = client.get(path)
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Frame-Options"] == "DENY"
    assert not answer.cookies


@pytest.mark.parametrize(
    "path", ["/api/find", "/api/find.csv", "/api/find.geojson", "/api/find/openapi.json"]
)
def test_it_can_only_be_read(town: Any, path: str) -> None:
    asked = client.options(
        path, headers={"Origin": "https://a.example", "Access-Control-Request-Method": "GET"}
    )
    assert asked.status_code == 204
    assert asked["Allow"] == asked["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    head = client.head(path)
    assert head.status_code == 200
    assert head.getvalue() == b""
    for method in (client.post, client.put, client.patch, client.delete):
        refused = method(path)
        assert refused.status_code == 405
        assert refused["Allow"] == "GET, HEAD, OPTIONS"
        assert refused["Content-Type"] == "application/problem+json"


def test_nothing_of_what_was_asked_is_logged(town: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    client.get("/api/find?near=Qzzzyx&q=heroin")
    client.get("/api/find?q=heroin&near=40507")
    assert "heroin" not in caplog.text
    assert "Qzzzyx" not in caplog.text


def test_before_anything_is_published_it_says_when_to_ask_again(settings: Any, tmp_path: Any) -> None:
    settings.GENERATIONS = tmp_path / "empty"
    answer = client.get("/api/find?near=40507")
    assert answer.status_code == 503
    assert answer["Retry-After"]
    assert answer["Content-Type"] == "application/problem+json"


def test_links_are_as_the_reader_reaches_the_site(town: Any) -> None:
    assert rows("near=40507")[0]["url"].startswith("http://testserver/place/")
    answer = client.get("/api/find.csv?near=40507", headers={"X-Forwarded-Proto": "https"})
    assert b"https://testserver/place/" in b"".join(answer.streaming_content)  # type: ignore[attr-defined]


def test_days_are_days(town: Any) -> None:
    for one in reply("state=KY")["results"]:
        assert date.fromisoformat(one["listed_on"]).year in {2015, 2026}
