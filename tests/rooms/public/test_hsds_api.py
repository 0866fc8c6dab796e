"""The directory as HSDS 3.0 below /api/hsds/: what is selected, how it goes out, and how wrong questions are answered."""

from __future__ import annotations

import gzip
import uuid
from datetime import timedelta

import orjson
import pytest

from daybreak.directory import models
from daybreak.directory.rules.hsds_ids import NEEDS, NEEDS_STATED_NO, need_term_id
from tests.rooms.public.conftest import AT, FRESH, Town
from tests.rooms.public.hsds_asking import KINDS, ask, client, small_town


@pytest.fixture
def listed(db: None) -> Town:
    """The small town, in the database."""
    return small_town()


def names(path: str, **parameters: str) -> set[str]:
    return {entry["name"] for entry in ask(path, **parameters)["contents"]}


def places(**parameters: str) -> set[tuple[str, str]]:
    found = ask("/service_at_locations", **parameters)["contents"]
    return {(entry["service"]["name"], entry["location"]["name"]) for entry in found}


def test_the_first_address_says_which_version_it_is_and_where_it_is_described(db: None) -> None:
    about = ask("/")
    assert about["version"] == "3.0"
    assert about["openapi_url"] == "http://localhost/api/hsds/openapi.json"
    document = ask("/openapi.json")
    assert document["servers"] == [{"url": "http://localhost/api/hsds"}]
    assert set(document["paths"]) == {"/", *(f"/{kind}{one}" for kind in KINDS for one in ("", "/{id}"))}
    assert document["paths"]["/taxonomy_terms/{id}"]["get"]["operationId"] == "getTaxonomyTermById"
    assert document["components"]["parameters"]["per_page"]["schema"]["maximum"] == 100_000


def test_pages_have_the_envelope_and_together_hold_everything_once(listed: Town) -> None:
    pages = [ask("/services", page=str(number), per_page="2") for number in (1, 2, 3)]
    assert [{k: v for k, v in page.items() if k != "contents"} for page in pages[:2]] == [
        {"total_items": 3, "total_pages": 2, "page_number": 1, "size": 2, "first_page": True, "last_page": False,
         "empty": False},
        {"total_items": 3, "total_pages": 2, "page_number": 2, "size": 1, "first_page": False, "last_page": True,
         "empty": False},
    ]  # fmt: skip
    ids = [entry["id"] for page in pages for entry in page["contents"]]
    assert ids == sorted(set(ids))
    assert len(ids) == 3
    assert pages[2]["empty"]
    assert pages[2]["last_page"]
    assert pages[2]["contents"] == []


def test_an_empty_directory_answers_with_empty_pages(db: None) -> None:
    for kind in ("services", "organizations", "service_at_locations"):
        page = ask(f"/{kind}")
        assert page["empty"]
        assert page["total_pages"] == 0
        assert page["first_page"]
        assert page["last_page"]


def test_what_is_not_published_never_goes_out(listed: Town) -> None:
    hidden = models.Service.objects.get(published=False)
    pair = models.ServiceAtLocation.objects.get(service=hidden)
    assert "Hidden" not in names("/services", full="true", per_page="100000")
    assert client.get(f"/api/hsds/services/{hidden.id}").status_code == 404
    assert client.get(f"/api/hsds/service_at_locations/{pair.id}").status_code == 404
    assert b"Hidden" not in client.get("/api/hsds/organizations?full_service=true").content
    assert names("/services", search="hidden") == set()


def test_search_begins_words_of_names_descriptions_and_terms_but_finds_no_stated_no(listed: Town) -> None:
    assert names("/services", search="clinica") == {"Clínica"}
    assert names("/services", search="METHADONE morn") == {"Clínica"}
    assert names("/services", search="river") == {"Residential"}
    assert names("/services", search="methadone") == {"Clínica", "Residential"}, "Detox states no"
    assert names("/services", search="ethadone") == set()
    assert names("/services", search="!!") == set()
    assert names("/services", search="  ") == {"Detox", "Clínica", "Residential"}
    assert names("/organizations", search="lime") == {"Limestone House"}
    assert places(search="40324") == {("Residential", "Riverside")}
    assert places(search="main methadone") == {("Clínica", "Limestone House"), ("Residential", "Riverside")}


def test_terms_select_what_stands_and_yes_is_not_no(listed: Town) -> None:
    yes, no = need_term_id("methadone", answer=True), need_term_id("methadone", answer=False)
    code = str(models.TaxonomyTerm.objects.get(code="DT").id)
    assert names("/services", taxonomy_term_id=yes) == {"Residential"}
    assert names("/services", taxonomy_term_id=no.upper()) == {"Detox"}
    assert names("/services", taxonomy_term_id=code) == {"Detox"}
    assert names("/services", taxonomy_id=NEEDS_STATED_NO) == {"Detox"}
    assert names("/services", taxonomy_id=NEEDS) == {"Detox", "Clínica", "Residential"}
    assert names("/services", taxonomy_id=str(listed.taxonomy.id)) == {"Detox", "Clínica"}
    assert names("/services", taxonomy_id=str(uuid.uuid4())) == set()
    assert places(taxonomy_term_id=code) == {("Detox", "Limestone House")}


@pytest.mark.parametrize("term", ["detox", "methadone", "outpatient", "residential", "DT", "MD", "MM"])
def test_a_term_selects_exactly_the_services_that_go_out_with_it(listed: Town, term: str) -> None:
    service = models.Service.objects.get(name="Detox")
    newer = models.Source.objects.create(slug="newer", title="Newer", family="list-2015", as_of=FRESH)
    models.Record.objects.create(
        source=newer,
        key="n",
        digest="",
        row=1,
        line=1,
        service=service,
        location=models.Location.objects.first(),
    )
    models.Fact.objects.create(service=service, need="methadone", answer=True, source=newer, date=FRESH)
    found = {t["id"]: t["code"] for t in ask("/taxonomy_terms", per_page="100000")["contents"]}
    whole = ask("/services", full="true")["contents"]
    for key in (key for key, code in found.items() if code in {term, f"no-{term}"}):
        carried = {
            s["id"] for s in whole if any(a["taxonomy_term_id"] == key for a in s.get("attributes", ()))
        }
        assert {s["id"] for s in ask("/services", taxonomy_term_id=key)["contents"]} == carried


def test_a_list_licensed_to_this_installation_alone_does_not_leave_it(listed: Town) -> None:
    listed.taxonomy.shared = False
    listed.taxonomy.save()
    term = models.TaxonomyTerm.objects.get(code="DT")
    assert names("/services", taxonomy_term_id=str(term.id)) == set()
    assert names("/services", taxonomy_id=str(listed.taxonomy.id)) == set()
    assert names("/services", search="DT") == set()
    assert client.get(f"/api/hsds/taxonomies/{listed.taxonomy.id}").status_code == 404
    assert client.get(f"/api/hsds/taxonomy_terms/{term.id}").status_code == 404


def test_parameters_combine_with_and(listed: Town) -> None:
    body = str(models.Organization.objects.get(name="Limestone House").id)
    later = (AT + timedelta(hours=1)).isoformat()
    assert names("/services", organization_id=body) == {"Detox", "Clínica"}
    assert names("/services", modified_after=later) == {"Clínica"}
    assert names("/services", organization_id=body, search="detox") == {"Detox"}
    assert names("/services", organization_id=body, modified_after=later, search="detox") == set()
    assert names("/services", modified_after=(AT + timedelta(days=1)).isoformat()) == {"Clínica"}, (
        "on or after"
    )


def test_places_are_selected_by_postcode_and_by_metres_from_its_middle(listed: Town) -> None:
    assert places(postcode="40324") == {("Residential", "Riverside")}
    assert places(postcode="40324-1234", search="detox") == set()
    near = places(postcode="40507", proximity="5000")
    assert near == {("Detox", "Limestone House"), ("Clínica", "Limestone House")}
    assert places(postcode="40507", proximity="40000") == near | {("Residential", "Riverside")}
    assert places(postcode="40507", proximity="0") == set()


def test_terms_are_selected_by_taxonomy_parent_and_top(listed: Town) -> None:
    parent = models.TaxonomyTerm.objects.get(code="DT")
    models.TaxonomyTerm.objects.filter(code="MD").update(parent=parent)
    own = {"taxonomy_id": str(listed.taxonomy.id)}
    assert names("/taxonomy_terms", **own) == {"DT", "MD", "MM"}
    assert names("/taxonomy_terms", **own, top_only="true") == {"DT", "MM"}
    assert names("/taxonomy_terms", **own, top_only="false") == {"DT", "MD", "MM"}
    assert names("/taxonomy_terms", parent_id=str(parent.id)) == {"MD"}


def test_minimal_is_small_and_on_one_page(listed: Town) -> None:
    page = ask("/services", minimal="true")
    assert page["total_pages"] == 1
    assert {tuple(entry) for entry in page["contents"]} == {("id", "name", "status", "last_modified")}


def test_organizations_can_hold_their_services_whole(listed: Town) -> None:
    body = models.Organization.objects.get(name="Limestone House")
    brief, whole = ask(f"/organizations/{body.id}"), ask(f"/organizations/{body.id}", full_service="true")
    assert [s["name"] for s in brief["services"]] == [s["name"] for s in whole["services"]]
    assert "attributes" not in brief["services"][0]
    assert all(ask(f"/services/{s['id']}") == s for s in whole["services"])
    assert ask("/organizations", full_service="true", search="lime")["contents"] == [whole]


def test_every_entity_of_a_list_stands_at_its_own_address(listed: Town) -> None:
    for kind in KINDS:
        for entry in (
            ask(f"/{kind}", full="true")["contents"] if kind == "services" else ask(f"/{kind}")["contents"]
        ):
            assert ask(f"/{kind}/{entry['id'].upper()}")["id"] == entry["id"]
    service = ask("/services", full="true")["contents"][0]
    assert ask(f"/services/{service['id']}") == service


def test_a_folded_service_is_answered_with_the_one_that_stands_for_it(listed: Town) -> None:
    lime = models.Location.objects.get(name="Limestone House")
    again = listed.place("Limestone House Inc", (38.05, -84.49))
    twin = listed.service(again, "Detox", {"free": True}, day=FRESH)
    first, second = sorted([lime, again], key=lambda place: place.id)
    models.Match.objects.create(
        first=first, second=second, state="same", score=1.0, reasons=[], found_at=AT, decided_by="person:1"
    )
    stands = models.Service.objects.get(name="Detox", organization=lime.organization)
    assert ask("/services")["total_items"] == 3
    for one in (twin, stands):
        answer = client.get(f"/api/hsds/services/{one.id}")
        assert orjson.loads(answer.content)["id"] == str(stands.id)
        assert answer["Content-Location"] == f"/api/hsds/services/{stands.id}"
        pair = models.ServiceAtLocation.objects.get(service=one)
        at = orjson.loads(client.get(f"/api/hsds/service_at_locations/{pair.id}").content)
        assert at["service_id"] == str(stands.id)
    listed_pairs = ask("/service_at_locations")["contents"]
    assert len(listed_pairs) == ask("/service_at_locations")["total_items"] == 3
    assert names("/services", taxonomy_term_id=need_term_id("free", answer=True)) == {"Detox"}


def test_lines_hold_everything_unless_a_page_is_asked_for(listed: Town) -> None:
    whole = ask("/services", full="true")["contents"]
    by_name = client.get("/api/hsds/services?format=ndjson&full=true")
    by_header = client.get("/api/hsds/services?full=true", headers={"Accept": "application/x-ndjson"})
    for answer in (by_name, by_header):
        assert answer["Content-Type"] == "application/x-ndjson"
        assert [orjson.loads(line) for line in answer.content.splitlines()] == whole
    one = client.get("/api/hsds/services?format=ndjson&per_page=1&page=2")
    assert len(one.content.splitlines()) == 1
    either = client.get(
        "/api/hsds/services", headers={"Accept": "application/x-ndjson;q=0.1, */*, application/json"}
    )
    assert either["Content-Type"] == "application/json"


def test_many_entities_stream_and_say_the_same_compressed(
    listed: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("daybreak.public.views.hsds.WHOLE_PAGE", 0)
    path = "/api/hsds/services?full=true"
    plain, packed = client.get(path), client.get(path, headers={"Accept-Encoding": "gzip"})
    assert plain.streaming
    assert packed.streaming
    body = b"".join(plain)
    assert orjson.loads(body)["size"] == len(orjson.loads(body)["contents"]) == 3
    assert gzip.decompress(b"".join(packed)) == body
    assert packed["Content-Encoding"] == "gzip"
    assert plain["ETag"] != packed["ETag"]
    assert "Accept-Encoding" in packed["Vary"]
    assert "Accept," in packed["Vary"]
    assert client.head(path).content == b""


def test_whole_pages_are_compressed_too(listed: Town) -> None:
    path = "/api/hsds/services?full=true"
    packed = client.get(path, headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(packed.content) == client.get(path).content
    assert int(packed["Content-Length"]) == len(packed.content)
