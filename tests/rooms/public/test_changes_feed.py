"""Feeds of what publications changed: new, changed and gone listings, for everything and for one search."""

from __future__ import annotations

import gzip
import re
import xml.etree.ElementTree as ET
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from daybreak.directory import models
from daybreak.directory.actions.changes import KEPT_DAYS
from daybreak.directory.publication import publish_index
from daybreak.directory.queries.changes import FOLDER, files_in
from daybreak.directory.rules.changes import difference
from tests.rooms.public.conftest import AT

client = Client()
ATOM = "{http://www.w3.org/2005/Atom}"
LATER = AT + timedelta(days=3)
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
# RFC 4151: authority, a date as year, month or day, then what the authority calls it.
TAG = re.compile(r"tag:[a-z0-9.-]+,\d{4}(-\d\d(-\d\d)?)?:[\w/?=&%+.,-]*")
RELATIONS = {"self", "alternate", "first", "previous", "next"}


def read(path: str) -> list[tuple[str, str, str]]:
    """Kind, title and content of each entry, after the whole feed was checked against RFC 4287 and 5005."""
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert answer["Access-Control-Allow-Origin"] == "*"
    root = ET.fromstring(answer.content)
    assert root.tag == f"{ATOM}feed"
    for one in (root, *root.findall(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(one.findall(f"{ATOM}{name}")) == 1
            assert one.findtext(f"{ATOM}{name}", "").strip()
        assert RFC_3339.fullmatch(one.findtext(f"{ATOM}updated", ""))
        assert TAG.fullmatch(one.findtext(f"{ATOM}id", "")), one.findtext(f"{ATOM}id")
        links = one.findall(f"{ATOM}link")
        assert {link.get("rel") for link in links} <= RELATIONS
        assert all(link.get("href", "").startswith("http://testserver/") for link in links)
    assert root.find(f"{ATOM}author/{ATOM}name") is not None
    assert [link.get("rel") for link in root.findall(f"{ATOM}link")].count("self") == 1
    ids = [entry.findtext(f"{ATOM}id") for entry in root.findall(f"{ATOM}entry")]
    assert len(ids) == len(set(ids))
    return [
        (
            entry.find(f"{ATOM}category").get("term", ""),  # type: ignore[union-attr]
            entry.findtext(f"{ATOM}title", ""),
            entry.findtext(f"{ATOM}content", ""),
        )
        for entry in root.findall(f"{ATOM}entry")
    ]


def change_the_town(town: Any) -> None:
    """Riverside comes to take Medicaid, Hilltop goes, a place comes, Limestone House gets another number."""
    river = models.Service.objects.get(organization__name="Riverside")
    source = town.sources[max(town.sources)]
    models.Fact.objects.create(
        service=river, need="medicaid", answer=True, source=source, date=max(town.sources)
    )
    models.Service.objects.filter(organization__name="Hilltop").update(published=False)
    new = town.place("New Dawn", (38.05, -84.50))
    town.service(new, "Detox", {"detox": True, "medicaid": True})
    models.Phone.objects.filter(location__name="Limestone House").update(number="8595550199")
    publish_index(by="command:test", at=LATER)


def test_the_first_publication_says_that_nothing_before_it_is_known(town: Any) -> None:
    found = read("/changes.atom")
    assert [kind for kind, _, _ in found] == ["first"]
    assert "5 places" in found[0][1]


def test_a_publication_tells_what_is_new_changed_and_gone(town: Any) -> None:
    change_the_town(town)
    found = {title: (kind, content) for kind, title, content in read("/changes.atom")}
    assert found["New: New Dawn, Lexington, KY"][0] == "new"
    assert found["No longer in the list: Hilltop, Lexington, KY"][0] == "gone"
    assert "does not say that it has closed" in found["No longer in the list: Hilltop, Lexington, KY"][1]
    assert "Medicaid was not stated, is yes." in found["Changed: Riverside, Lexington, KY"][1]
    assert found["Changed: Limestone House, Lexington, KY"][1] == "What changed: its phone numbers."
    assert len(found) == 5, "and the first publication"
    assert "5550199" not in client.get("/changes.atom").content.decode(), (
        "a feed says that a number changed, not which"
    )


def test_it_is_told_in_spanish_too(town: Any) -> None:
    change_the_town(town)
    answer = client.get("/es/changes.atom")
    assert 'xml:lang="es"' in answer.content.decode()
    found = {title: content for _, title, content in read("/es/changes.atom")}
    assert "Medicaid: antes sin decir, ahora sí." in found["Cambió: Riverside, Lexington, KY"]
    assert "/es/place/" in answer.content.decode()


def test_a_search_hears_only_what_touches_it(town: Any) -> None:
    change_the_town(town)
    found = {title: kind for kind, title, _ in read("/find.atom?near=40507&need=detox&need=medicaid")}
    assert found == {
        "New: New Dawn, Lexington, KY": "new",
        "Now fits: Riverside, Lexington, KY": "fits",
        "Changed: Limestone House, Lexington, KY": "changed",
        "The list was published for the first time: 5 places": "first",
    }
    found = {title: kind for kind, title, _ in read("/find.atom?near=40507&need=residential")}
    assert found["No longer in the list: Hilltop, Lexington, KY"] == "gone"


def test_what_no_longer_fits_is_said_and_later_changes_do_not_rewrite_it(town: Any) -> None:
    models.Fact.objects.filter(service__organization__name="Limestone House", need="medicaid").update(
        answer=False
    )
    models.Attribute.objects.filter(term__code="MD", service__organization__name="Limestone House").delete()
    publish_index(by="command:test", at=LATER)
    address = "/find.atom?near=40507&need=detox&need=medicaid"
    assert ("left", "No longer fits: Limestone House, Lexington, KY") in {one[:2] for one in read(address)}
    models.Fact.objects.filter(service__organization__name="Limestone House", need="medicaid").update(
        answer=True
    )
    publish_index(by="command:test", at=LATER + timedelta(days=1))
    assert [one[0] for one in read(address)] == ["fits", "left", "first"]


def test_nothing_is_told_where_nothing_changed_for_a_reader(town: Any) -> None:
    models.Record.objects.update(row=99)
    publish_index(by="command:test", at=LATER)
    assert [kind for kind, _, _ in read("/changes.atom")] == ["first"]


def test_a_hole_in_what_was_kept_is_said(town: Any, settings: Any) -> None:
    change_the_town(town)
    publish_index(by="command:test", at=LATER + timedelta(days=1))
    middle = files_in(settings.GENERATIONS)[1]
    middle.path.unlink()
    assert [kind for kind, _, _ in read("/changes.atom")] == ["gap", "first"]


@pytest.mark.parametrize(
    "damage", [b"", b"not gzip", gzip.compress(b"[]\n"), gzip.compress(b'{"schema": 9}\n')]
)
def test_a_damaged_file_is_a_hole_and_no_fault(town: Any, settings: Any, damage: bytes) -> None:
    change_the_town(town)
    files_in(settings.GENERATIONS)[0].path.write_bytes(damage)
    assert [kind for kind, _, _ in read("/changes.atom")] == ["first"]


def test_a_file_that_ends_too_soon_is_a_hole(town: Any, settings: Any) -> None:
    change_the_town(town)
    path = files_in(settings.GENERATIONS)[0].path
    head = gzip.decompress(path.read_bytes()).split(b"\n")[0]
    path.write_bytes(gzip.compress(head + b"\n{cut"))
    assert [kind for kind, _, _ in read("/changes.atom")] == ["gap", "first"]


def test_old_files_go_and_the_rest_says_where_it_begins(town: Any, settings: Any) -> None:
    publish_index(by="command:test", at=AT + timedelta(days=KEPT_DAYS + 1))
    assert len(files_in(settings.GENERATIONS)) == 1
    assert [kind for kind, _, _ in read("/changes.atom")] == ["gap"]


def test_ids_stay_as_they_are(town: Any) -> None:
    change_the_town(town)
    ids = re.findall(r"<id>(.*?)</id>", client.get("/changes.atom").content.decode())
    publish_index(by="command:test", at=LATER + timedelta(days=9))
    assert re.findall(r"<id>(.*?)</id>", client.get("/changes.atom").content.decode()) == ids


def test_long_feeds_have_pages(town: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    change_the_town(town)
    monkeypatch.setattr("daybreak.public.queries.feed.PAGE", 2)
    whole = [read(f"/changes.atom?page={page}") for page in (1, 2, 3)]
    assert [len(one) for one in whole] == [2, 2, 1]
    assert 'rel="next" type="application/atom+xml" href="http://testserver/changes.atom?page=2"' in (
        client.get("/changes.atom").content.decode()
    )
    assert read("/changes.atom?page=4") == []


def test_names_that_xml_cannot_hold_do_not_break_a_feed(town: Any) -> None:
    new = town.place("Tom & <Jerry> \x01\x0b", (38.05, -84.50))
    town.service(new, "Detox", {"detox": True})
    publish_index(by="command:test", at=LATER)
    assert any("Tom & <Jerry>" in title for _, title, _ in read("/changes.atom"))


@pytest.mark.parametrize(("path", "status"), [("/find.atom?near=Qzzzyx", 400), ("/es/find.atom?near=Hamilton+County", 400),
                                              ("/find.atom?radius=x", 400), ("/changes.atom?page=x", 400)])  # fmt: skip
def test_a_wrong_address_is_answered_with_its_cure(town: Any, path: str, status: int) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert b"Qzzzyx" not in answer.content


def test_a_feed_of_a_search_stays_out_of_caches(town: Any) -> None:
    assert client.get("/find.atom?near=40507")["Cache-Control"] == "no-store"
    assert client.get("/changes.atom")["Cache-Control"] == "public, max-age=300"


def test_a_publisher_keeps_no_half_file(town: Any, settings: Any) -> None:
    change_the_town(town)
    assert all(path.name.endswith(".jsonl.gz") for path in (settings.GENERATIONS / FOLDER).iterdir())


def test_parts_of_a_listing_are_told_apart() -> None:
    service: dict[str, Any] = {
        "id": "s", "name": "Detox", "alert": "", "facts": {"detox": [1, 2015, "a", ""]}, "codes": {"DT": 2015},
        "checked": "2015-12-31", "opening": None,
    }  # fmt: skip
    text: dict[str, Any] = {
        "name": "A", "organization": "A", "street": "1", "street_2": "", "city": "L", "state": "KY", "zip": "40507",
        "county": "", "latitude": 38.0, "longitude": -84.0, "point_from": "source", "website": "", "services": [service],
        "phones": [["8595550101", "", "voice", True, "2015-12-31"]], "sources": [["a", 1, "A", 2015]],
    }  # fmt: skip

    def parts(**changed: Any) -> tuple[str, ...]:
        found = difference(text, {**text, **changed})
        return found.parts if found else ()

    def of_service(**changed: Any) -> tuple[str, ...]:
        return parts(services=[{**service, **changed}])

    assert parts(sources=[["a", 2, "A", 2015]]) == ()
    assert parts(street="2") == ("address",)
    assert parts(latitude=38.1) == ("point",)
    assert parts(phones=[["8595550101", "", "voice", True, "2026-01-01"]]) == ("confirmed",)
    assert parts(phones=[]) == ("phones",)
    assert of_service(facts={"detox": [1, 2026, "b", ""]}) == ("checked",)
    assert of_service(facts={}) == ("facts",)
    assert of_service(opening=[3, "beds", "2026-01-01"]) == ("openings",)
    assert of_service(alert="Call first") == ("notes",)
    assert of_service(name="Other") == ("services",)
    assert parts(services=[]) == ("services",)


def test_moments_are_those_of_publications(town: Any) -> None:
    change_the_town(town)
    said = re.findall(r"<updated>(.*?)</updated>", client.get("/changes.atom").content.decode())
    moments = {datetime.fromisoformat(one) for one in said}
    assert moments == {AT, LATER}
