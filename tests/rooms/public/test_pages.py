"""The open pages as anybody gets them: headers, languages, phone numbers, and the page for each state of a search."""

from __future__ import annotations

import gzip
import re
from typing import Any

import pytest
from django.test import Client

from daybreak.directory.publication import publish_index
from tests.rooms.public.conftest import AT

OPEN = ["/", "/find?near=40507&need=detox", "/find", "/find?near=Nowhere+At+All", "/guide", "/guide?step=5", "/learn",
        "/learn/detox", "/no-such-page", "/find?radius=abc"]  # fmt: skip
BOTH = [*OPEN, *(f"/es{path}" for path in OPEN)]
ALWAYS_LIVE = {"911", "988", "18338594357"}
client = Client()


def text(path: str) -> str:
    return client.get(path).content.decode()


def tel(page: str) -> set[str]:
    return set(re.findall(r'href="tel:([^"]*)"', page))


@pytest.mark.parametrize("path", BOTH)
def test_every_answer_carries_the_policy_and_sets_no_cookie(town: Any, path: str) -> None:
    answer = client.get(path)
    policy = answer["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self';")
    assert {"form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"} <= set(policy.split("; "))
    assert "unsafe" not in policy
    assert "http" not in policy
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "geolocation=()" in answer["Permissions-Policy"]
    assert answer["Vary"] == "Accept-Encoding"
    assert not answer.cookies
    assert "Set-Cookie" not in answer


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/", "public, max-age=300"), ("/learn", "public, max-age=300"), ("/es/learn/paying", "public, max-age=300"),
        ("/find?near=40507", "no-store"), ("/guide?step=2&who=woman", "no-store"), ("/find?radius=abc", "no-store"),
        ("/find/map.svg?near=40507", "no-store"), ("/nothing", "no-store"),
    ],
)  # fmt: skip
def test_what_a_person_looked_for_is_kept_in_no_cache(town: Any, path: str, kept: str) -> None:
    assert client.get(path)["Cache-Control"] == kept


def test_one_place_is_kept_in_no_cache(town: Any) -> None:
    assert client.get(f"/place/{town.ids['Hilltop']}")["Cache-Control"] == "no-store"


def test_text_is_compressed_for_those_who_can_read_it(town: Any) -> None:
    path = "/find?near=40507&need=detox"
    plain = client.get(path)
    small = client.get(path, headers={"Accept-Encoding": "gzip, br"})
    assert "Content-Encoding" not in plain
    assert small["Content-Encoding"] == "gzip"
    assert gzip.decompress(small.content) == plain.content
    assert int(small["Content-Length"]) == len(small.content) < len(plain.content) / 2


def test_only_a_number_that_was_confirmed_within_a_year_can_be_called(town: Any) -> None:
    for prefix in ("", "/es"):
        results = text(f"{prefix}/find?near=40507&need=detox")
        assert tel(results) - ALWAYS_LIVE == {"+18595550102"}
        assert "555-0101" not in results, "a card shows no old number at all"
        old = text(f"{prefix}/place/{town.ids['Limestone House']}")
        assert tel(old) <= ALWAYS_LIVE
        assert "<span>859-555-0101</span>" in old
        assert "2015" in old
        assert tel(text(f"{prefix}/place/{town.ids['Riverside']}")) - ALWAYS_LIVE == {"+18595550102"}


def test_an_old_number_says_its_year_and_that_nobody_checked_it(town: Any) -> None:
    assert "from 2015, not checked since" in text(f"/place/{town.ids['Limestone House']}")
    assert "de 2015, sin verificar desde entonces" in text(f"/es/place/{town.ids['Limestone House']}")


def test_the_one_action_of_a_card_is_the_call_or_the_helpline(town: Any) -> None:
    page = text("/find?near=40507&need=detox&radius=100")
    cards = page.split('<article class="card"')[1:]
    actions = [re.findall(r'<a class="btn" href="([^"]*)"', card.split("</article>")[0]) for card in cards]
    assert [len(found) for found in actions] == [1] * len(cards)
    by_name = {
        re.search(r"<h2>.*?<a [^>]*>(.*?)</a>", card)[1]: found[0]
        for card, found in zip(cards, actions, strict=True)
    }  # type: ignore[index]
    assert by_name == {
        "Riverside": "tel:+18595550102",
        "Limestone House": "tel:18338594357",
        "Far Away": "tel:18338594357",
        "Over the River": "tel:988",
    }


def test_crisis_lines_and_the_way_out_are_on_every_page(town: Any) -> None:
    for path in BOTH:
        page = text(path)
        bar = page[page.index('class="crisis"') : page.index("<header")]
        assert tel(bar) == ALWAYS_LIVE, path
        assert 'data-leave href="https://' in bar, path


def test_facts_are_said_in_words(town: Any) -> None:
    card = text("/find?near=40507&need=detox&need=medicaid&ask=all")
    assert '<li class="y"><b>Yes</b> Detox</li>' in card
    assert '<li class="a"><b>Ask</b> Medicaid</li>' in card
    assert '<li class="n"><b>No</b> Methadone</li>' in card
    spanish = text("/es/find?near=40507&need=detox&need=medicaid&ask=all")
    assert '<li class="y"><b>Sí</b> Desintoxicación</li>' in spanish
    assert '<li class="a"><b>Pregunte</b> Medicaid</li>' in spanish


def test_the_heading_is_a_sentence_with_the_count(town: Any) -> None:
    def heading(path: str) -> str:
        found = re.search(r"<h1>\s*(.*?)\s*</h1>", text(path), re.DOTALL)
        assert found
        return found[1]

    assert heading("/find?near=40507&need=detox") == "2 places within 25 miles of 40507 (Lexington, KY)"
    assert (
        heading("/find?near=40507&need=detox&need=medicaid")
        == "1 place within 25 miles of 40507 (Lexington, KY)"
    )
    assert heading("/find?need=detox") == "3 places in Kentucky"
    assert (
        heading("/es/find?near=Fayette+County,+KY&need=medicaid")
        == "3 lugares en el condado de Fayette, Kentucky"
    )
    nothing = heading("/find?near=40507&need=detox&need=women")
    assert nothing == "No place within 25 miles of 40507 (Lexington, KY) says yes to all of this"


def test_near_misses_are_links_that_give_what_they_say(town: Any) -> None:
    page = text("/find?near=40507&need=detox&need=medicaid")
    section = page[page.index('<section class="near"') :]
    links = re.findall(r'<a href="([^"]*)">\s*(\d+) more', section[: section.index("</section>")])
    assert len(links) >= 3
    for url, more in links:
        found = re.search(r"<h1>\s*(\d+) places?", text(url.replace("&amp;", "&")))
        assert found
        assert int(found[1]) == 1 + int(more), url


def test_an_empty_list_offers_the_next_best_and_somebody_to_call(town: Any) -> None:
    page = text("/find?near=42101&need=detox&need=medicaid&radius=5")
    section = page[page.index('aria-labelledby="wider"') :]
    links = re.findall(r'<a href="([^"]*)">\s*(\d+) place', section[: section.index("</section>")])
    assert links
    for url, count in links:
        found = re.search(r"<h1>\s*(\d+) places?", text(url.replace("&amp;", "&")))
        assert found
        assert found[1] == count
    assert "Somebody can look with you" in page


def test_ticking_a_box_keeps_the_rest_of_the_search(town: Any) -> None:
    page = text("/find?near=40507&need=detox&not=methadone&radius=50")
    form = page[page.index("data-facets") : page.index("</form>", page.index("data-facets"))]
    unseen = set(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form))
    assert unseen == {("near", "40507"), ("not", "methadone")}
    assert '<input type="checkbox" name="need" value="detox" checked>' in form
    assert '<option value="50" selected>' in form


def test_words_that_were_understood_are_not_asked_twice(town: Any) -> None:
    page = text("/find?near=40507&q=detox")
    form = page[page.index("data-facets") : page.index("</form>", page.index("data-facets"))]
    assert '<input type="checkbox" name="need" value="detox" checked>' in form
    assert 'name="q"' not in form, "unticking the box must be able to undo the words"


def test_a_name_that_several_places_share_is_asked_about(town: Any) -> None:
    page = text("/find?near=Franklin+County&need=detox")
    assert "Which one do you mean?" in page
    assert "near=Franklin+County%2C+Kentucky" in page
    assert "need=detox" in page


def test_a_place_that_nobody_knows_gets_a_sentence(town: Any) -> None:
    page = text("/find?near=Lexingtn+KY&need=detox")
    assert "Please give a ZIP code with 5 digits, a town, or a county with its state." in page
    assert "near=Lexington%2C+KY" in page, "the near spelling is a link"


def test_a_page_behind_the_last_one_leads_back(town: Any) -> None:
    page = text("/find?near=40507&need=detox&page=9")
    assert "This list has only 1 page." in page
    assert 'href="?near=40507&amp;need=detox"' in page


def test_a_listing_says_what_to_ask_and_what_to_bring(town: Any) -> None:
    page = text(f"/place/{town.ids['Riverside']}")
    assert "Do you take Medicaid, and which plans?" in page
    assert "Can I start or stay on methadone?" not in page, (
        "it says yes to methadone, so there is nothing to ask"
    )
    assert "What to bring" in page
    assert 'rel="noreferrer noopener">Directions</a>' in page


def test_each_page_leads_to_itself_in_the_other_language(town: Any) -> None:
    paths = [
        "/",
        "/find?near=40507&need=detox",
        f"/place/{town.ids['Hilltop']}",
        "/learn/paying",
        "/guide?step=3&who=man",
    ]
    for path in paths:
        spanish = "/es" + path
        assert f'<a href="{spanish.replace("&", "&amp;")}" lang="es"' in text(path)
        assert f'<a href="{path.replace("&", "&amp;")}" lang="en"' in text(spanish)
        assert '<html lang="es">' in text(spanish)


@pytest.mark.parametrize(
    ("short", "whole"),
    [("/es", "/es/"), ("/about", "/learn/about"), ("/es/privacy", "/es/learn/privacy")],
)
def test_short_addresses_lead_on(short: str, whole: str) -> None:
    answer = client.get(short)
    assert (answer.status_code, answer["Location"]) == (302, whole)


def test_every_link_of_the_first_page_leads_somewhere(town: Any) -> None:
    for start in ("/", "/es/"):
        links = {link.replace("&amp;", "&") for link in re.findall(r'href="(/[^"#]*)"', text(start))}
        assert len(links) > 15
        gone = {link: client.get(link).status_code for link in links if not link.startswith("/static/")}
        assert {link for link, status in gone.items() if status != 200} == set()


def test_only_its_own_files_are_loaded(town: Any) -> None:
    for path in BOTH:
        for loaded in re.findall(
            r'<(?:script|img|link|source)\b[^>]*(?:src|href|srcset)="([^"]*)"', text(path)
        ):
            assert loaded.startswith("/"), f"{path} loads {loaded}"
            assert not loaded.startswith("//"), f"{path} loads {loaded}"


def test_what_people_typed_comes_back_escaped(town: Any) -> None:
    for field in ("near", "q", "name"):
        page = client.get("/find", {field: '"><script>alert(1)</script>'}).content.decode()
        assert "<script>alert" not in page


def test_a_need_whose_name_is_a_no_is_never_told_as_a_double_no(town: Any) -> None:
    where = town.place("Costly", (38.05, -84.50))
    town.service(where, "Clinic", {"detox": True, "no-upfront-payment": False, "keep-medicines": False})
    publish_index(by="command:test", at=AT)
    card = text("/find?near=40507&need=detox&need=free&ask=all")
    assert "<b>Money needed</b> up front" in card
    assert "<b>Ask</b> what it costs" in card
    page = text(f"/es/place/{town.ids['Costly']}")
    assert "<b>Hay que pagar</b> por adelantado" in page
    assert "<b>Algunas medicinas recetadas</b> no se permiten" in page
    assert "<b>No</b> Sin" not in page
