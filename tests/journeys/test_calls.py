"""A counsellor with somebody on the phone: keys counted in a real browser, with and without a script."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import PHONE, Visit
from tests.journeys.test_for_everybody import sideways, violations

OpenPage = Callable[..., Page]
MOST_KEYS = 20


def typed(page: Page, text: str) -> int:
    """Press the keys of ``text`` one by one, once the line has the focus; returns how many that was."""
    expect(page.locator("#q")).to_be_focused()
    for key in text:
        page.keyboard.press("Space" if key == " " else key)
    return len(text)


@pytest.mark.parametrize(
    ("line", "chips"),
    [
        ("40507 detox", ["Detox"]),
        ("40507 detox pregnant", ["Detox", "Pregnant"]),
        ("40507 detox mcd preg", ["Detox", "Medicaid", "Pregnant"]),
        ("40507 res medicaid f", ["Residential (stay there)", "Medicaid", "Women"]),
    ],
)
def test_three_programs_in_at_most_20_keys(open_page: OpenPage, line: str, chips: list[str]) -> None:
    page = open_page("/calls")
    keys = typed(page, line)
    expect(page.locator(".heard .chip")).to_have_text(chips)
    expect(page.locator(".program")).to_have_count(3)
    expect(page.locator("[data-said]")).to_contain_text("within 25 miles of 40507")
    assert keys <= MOST_KEYS
    assert page.evaluate("document.activeElement.id") == "q", (
        "what changes while typing must not move the focus"
    )


def test_without_a_script_enter_does_the_same(open_page: OpenPage) -> None:
    page = open_page("/calls", java_script_enabled=False)
    keys = typed(page, "40507 detox") + 1
    page.keyboard.press("Enter")
    page.wait_for_url("**/calls?q=40507+detox**")
    expect(page.locator(".program")).to_have_count(3)
    assert keys == 12
    page.get_by_label("Keep to compare").nth(0).check()
    page.get_by_label("Keep to compare").nth(1).check()
    page.get_by_role("button", name="Compare").click()
    expect(page.locator("thead th")).to_have_count(3)


def test_the_keys_open_keep_and_compare(open_page: OpenPage) -> None:
    page = open_page("/calls")
    typed(page, "40507 detox")
    page.keyboard.press("Enter")
    expect(page.locator("#three")).to_be_focused()
    for key in ("p", "1", "p", "3"):
        page.keyboard.press(key)
    expect(page.locator("[data-said]")).to_have_text("Kept to compare: 2")
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    typed(page, "40507 methadone")
    expect(page.locator(".heard .chip")).to_have_text(["Methadone"])
    kept = page.locator("input[name=place]:checked")
    expect(kept).to_have_count(2)
    page.keyboard.press("Enter")
    expect(page.locator("#three")).to_be_focused()
    page.keyboard.press("?")
    expect(page.locator("[data-keys]")).to_have_attribute("open", "")
    page.keyboard.press("?")
    first = page.locator("#open-1").inner_text()
    page.keyboard.press("1")
    page.wait_for_url("**/place/*")
    expect(page.locator("h1")).to_have_text(first)
    page.go_back()
    expect(page.locator("#q")).to_have_value("40507 methadone")
    expect(page.locator("input[name=place]:checked")).to_have_count(2)
    page.locator("h1").click()
    page.keyboard.press("c")
    page.wait_for_url("**/calls/compare?**")
    expect(page.locator("thead th")).to_have_count(3)
    assert violations(page) == []


def test_single_keys_can_be_turned_off(open_page: OpenPage) -> None:
    page = open_page("/calls?q=40507+detox&keys=off")
    page.locator("#three").focus()
    for key in ("1", "c", "/", "p"):
        page.keyboard.press(key)
    assert "/calls?q=40507" in page.url
    expect(page.locator("#three")).to_be_focused()


PATHS = ["/helpers", "/calls", "/calls?q=40507+detox+medicaid+pregnant&place=", "/packet/make", "/packet?for=x",
         "/packet?near=40507&for=jail-release", "/packet?near=40507&for=door-hanger&need=detox", "/text?q=40507+detox",
         "/calls?q=detox+in+Franklin+County", "/text"]  # fmt: skip


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(browser: Browser, site: str, scheme: str) -> None:
    visit = Visit(browser, site, viewport=PHONE, color_scheme=scheme)
    found, wide = [], {}
    for path in PATHS if scheme == "light" else [f"/es{path}" for path in PATHS]:
        visit.page.goto(path)
        found += violations(visit.page)
        wide[path] = sideways(visit.page)
    visit.close()
    assert found == []
    assert {path: pixels for path, pixels in wide.items() if pixels > 0} == {}
