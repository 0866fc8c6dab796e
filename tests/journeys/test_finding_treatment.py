"""What somebody near Lexington does at 2 a.m.: home, a place and a need, results, one listing, paper."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser import DESK, PHONE

OpenPage = Callable[..., Page]
SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])


def total(page: Page) -> int:
    """The count in the heading of a result page."""
    found = re.match(r"(\d+)", page.locator("h1").inner_text().replace(",", ""))
    return int(found[1]) if found else 0


@SCRIPTS
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_from_home_to_a_listing_on_paper(open_page: OpenPage, scripts: bool, size: dict[str, int]) -> None:
    page = open_page("/", java_script_enabled=scripts, viewport=size)
    page.get_by_label("Where are you?").fill("40507")
    page.get_by_label("What do you need?").fill("detox, has Medicaid")
    page.get_by_role("button", name="Find help").click()
    page.wait_for_url("**/find?**")

    expect(page.locator("h1")).to_contain_text("places within 25 miles of 40507")
    assert total(page) >= 2
    chips = page.locator(".chip")
    assert {chip.split("\n")[0].split(" you wrote")[0].strip() for chip in chips.all_inner_texts()} >= {
        "Detox",
        "Medicaid",
    }
    first = page.locator("article.card").first
    expect(first).to_contain_text("Yes Detox")
    expect(first).to_contain_text("Yes Medicaid")
    expect(first).to_contain_text("Says yes to all you asked for.")
    expect(first).to_contain_text(re.compile(r"Listed in 20\d\d, not checked since\."))
    expect(page.locator("section.near").first).to_contain_text("more if you can bend a little")

    name = first.locator("h2 a").inner_text()
    first.locator("h2 a").click()
    page.wait_for_url("**/place/*")
    expect(page.locator("h1")).to_have_text(name)
    expect(page.get_by_role("heading", name="What to say when you call")).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("Ask KY HELP"))).to_have_attribute(
        "href", "tel:18338594357"
    )
    button = page.get_by_role("button", name="Print this page")
    assert button.count() == (1 if scripts else 0), "a button that cannot work is not shown"

    page.emulate_media(media="print")
    expect(page.locator(".crisis")).to_be_hidden()
    expect(page.locator("h1")).to_be_visible()
    expect(page.get_by_text("Overdose: call 911. To talk, any hour: 988.")).to_be_visible()


def test_going_back_keeps_the_search(open_page: OpenPage) -> None:
    page = open_page("/find?near=40507&need=detox&need=medicaid&ask=all")
    before = page.locator("h1").inner_text()
    page.locator("article.card h2 a").first.click()
    page.wait_for_url("**/place/*")
    page.go_back()
    expect(page.locator("h1")).to_have_text(before)
    expect(page.locator("input[type=checkbox][value=medicaid]")).to_be_checked()


@SCRIPTS
def test_a_chip_can_be_taken_off(open_page: OpenPage, scripts: bool) -> None:
    page = open_page("/find?near=40507&need=detox&need=medicaid", java_script_enabled=scripts)
    before = total(page)
    page.get_by_role("link", name="Remove Medicaid").click()
    page.wait_for_url(re.compile(r"need=detox(?!.*medicaid)"))
    assert total(page) > before
    expect(page.get_by_role("link", name="Remove Medicaid")).to_have_count(0)


def test_a_near_miss_gives_what_it_says(open_page: OpenPage) -> None:
    page = open_page("/find?near=40507&need=detox&need=medicaid")
    before = total(page)
    link = page.locator("section.near a").first
    more = int(re.match(r"\d+", link.inner_text())[0])  # type: ignore[index]
    link.click()
    page.wait_for_load_state()
    assert total(page) == before + more


def test_a_box_narrows_the_list_at_once_where_there_is_room(open_page: OpenPage) -> None:
    page = open_page("/find?near=40507&need=detox", viewport=DESK)
    box = page.locator("input[type=checkbox][value=methadone]")
    shown = int(page.locator("label", has=box).locator("small").inner_text())
    with page.expect_navigation():
        box.check()
    assert "need=methadone" in page.url
    assert total(page) == shown


@SCRIPTS
def test_on_a_phone_results_come_first_and_a_button_sends_the_boxes(
    open_page: OpenPage, scripts: bool
) -> None:
    page = open_page("/find?near=40507&need=detox", viewport=PHONE, java_script_enabled=scripts)
    card, form = page.locator("article.card").first.bounding_box(), page.locator("form.facets").bounding_box()
    assert card
    assert form
    assert card["y"] < form["y"]
    page.get_by_role("link", name="Narrow the list").click()
    page.locator("input[type=checkbox][value=methadone]").check()
    page.locator("input[type=checkbox][value=buprenorphine]").check()
    assert "methadone" not in page.url, "ticking several boxes does not jump away"
    page.get_by_role("button", name="Show results").click()
    page.wait_for_url("**need=methadone**")
    assert "need=buprenorphine" in page.url


@SCRIPTS
def test_the_guided_path_leads_to_results(open_page: OpenPage, scripts: bool) -> None:
    page = open_page("/", java_script_enabled=scripts)
    page.get_by_role("link", name=re.compile("Not sure what you need")).click()
    expect(page.get_by_text("Question 1 of 7")).to_be_visible()
    pregnant = page.get_by_label(re.compile("She is pregnant"))
    expect(pregnant).to_be_hidden()
    page.get_by_label("A woman").check()
    pregnant.check()
    page.get_by_role("button", name="Next").click()
    page.get_by_label("26 to 64").check()
    page.get_by_role("button", name="Next").click()
    page.get_by_label(re.compile("^Stay there")).check()
    page.get_by_role("button", name="Next").click()
    page.get_by_role("link", name="Skip this question").click()
    page.get_by_label("Medicaid", exact=True).check()
    page.get_by_label("Passport").check()
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_role("link", name=re.compile(r"Show \d+ places? now"))).to_be_visible()
    page.get_by_role("link", name="Back").click()
    expect(page.get_by_label("Medicaid", exact=True)).to_be_checked()
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Next").click()
    page.get_by_label("ZIP, town or county").fill("40507")
    page.get_by_role("button", name="Show results").click()
    page.wait_for_url("**/find?**")
    for need in ("women", "pregnant", "adults", "residential", "medicaid", "plan-passport"):
        assert f"need={need}" in page.url
    assert total(page) >= 1


def test_in_spanish_from_home_to_a_listing(open_page: OpenPage) -> None:
    page = open_page("/", viewport=PHONE, locale="es-US")
    page.get_by_role("link", name="Español").click()
    page.wait_for_url("**/es/")
    page.get_by_label("¿Dónde está?").fill("40507")
    page.get_by_label("¿Qué necesita?").fill("desintoxicación, tiene Medicaid")
    page.get_by_role("button", name="Buscar ayuda").click()
    page.wait_for_url("**/es/find?**")
    expect(page.locator("h1")).to_contain_text("lugares a menos de 25 millas de 40507")
    expect(page.locator("article.card").first).to_contain_text("Sí Desintoxicación")
    page.locator("article.card h2 a").first.click()
    page.wait_for_url("**/es/place/*")
    expect(page.get_by_role("heading", name="Qué decir cuando llame")).to_be_visible()
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", name="What to say when you call")).to_be_visible()


def test_the_map_is_drawn_when_somebody_opens_it(open_page: OpenPage) -> None:
    page = open_page("/find?near=40507&need=detox")
    picture = page.locator("details.map img")
    assert not picture.evaluate("image => image.complete && image.naturalWidth > 0")
    page.get_by_text("Show these places on a map").click()
    assert picture.evaluate(
        "image => image.complete ? image.naturalWidth : new Promise(done => { image.onload = () => done(image.naturalWidth) })"
    )


def test_leaving_puts_another_page_in_place_of_this_one(open_page: OpenPage) -> None:
    """The other page is one of this site here, since a journey asks no other host."""
    page = open_page("/learn/overdose")
    leave = page.locator("[data-leave]")
    leave.evaluate("link => { link.href = '/learn' }")
    length = page.evaluate("history.length")
    for _ in range(3):
        page.keyboard.press("Escape")
    page.wait_for_url("**/learn")
    assert page.evaluate("history.length") == length, "the page that was left is not one step back"


def test_without_scripts_the_way_out_is_a_link(open_page: OpenPage) -> None:
    page = open_page("/learn/overdose", java_script_enabled=False)
    link = page.locator("[data-leave]")
    expect(link).to_have_attribute("href", re.compile("^https://"))
    expect(link).to_have_attribute("rel", "noreferrer")


def test_a_wrong_address_says_what_to_give(open_page: OpenPage) -> None:
    page = open_page("/find?radius=far")
    expect(page.get_by_role("alert")).to_contain_text("must be a whole number of miles from 1 to 500")
    page.get_by_role("link", name="Start again").click()
    page.wait_for_url(re.compile(r"/$"))
