"""Pages for everybody: axe finds nothing, a keyboard is enough, 200 % zoom and 320 px need no sideways scrolling."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser import DESK, PHONE, Visit

OpenPage = Callable[..., Page]
ENGLISH = [
    "/", "/find?near=40507&need=detox&need=medicaid", "/find?near=40507&need=detox&need=medicaid&ask=all&not=methadone",
    "/find?q=detox+zzyzx", "/find?near=41701&need=methadone&need=spanish&need=pregnant", "/find?near=Lexingtn",
    "/find?near=Franklin+County", "/guide",
    "/guide?step=5&pay=medicaid", "/guide?step=6", "/guide?step=7", "/learn", "/learn/overdose",
    "/find?radius=far", "/nothing-here",
]  # fmt: skip
# Pages for helpers, meetings and other sites: time is short, so phones look at them in English and desks in Spanish.
HELPERS = [
    "/calls?q=40507+detox+preg", "/calls?q=franklin+county", "/calls/compare", "/packet?near=40507&for=jail-release",
    "/packet?near=40507", "/packet/make", "/text?q=40507+detox", "/helpers", "/widget?near=40507&need=detox",
    "/widget/make?near=40507", "/meetings?near=40507",
]  # fmt: skip
PAGES = [*ENGLISH, *(f"/es{path}" for path in ENGLISH)]
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page: Page) -> list[str]:
    """What axe finds, one line each, with the elements at fault."""
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": STANDARDS}}).response["violations"]
    return [f"{page.url} {one['id']}: {[node['target'] for node in one['nodes']][:4]}" for one in found]


@pytest.fixture(params=["phone light", "desk light", "phone dark", "desk dark"])
def visit(request: pytest.FixtureRequest, browser: Browser, site: str) -> Iterator[Visit]:
    size, scheme = request.param.split()
    made = Visit(browser, site, viewport=PHONE if size == "phone" else DESK, color_scheme=scheme)
    yield made
    made.close()


def test_axe_finds_nothing_on_any_page(visit: Visit) -> None:
    found = []
    wide = visit.page.viewport_size == DESK
    for path in [*PAGES, *(f"/es{path}" if wide else path for path in HELPERS)]:
        visit.page.goto(path)
        found += violations(visit.page)
    assert found == []


def test_axe_finds_nothing_on_listings(visit: Visit) -> None:
    for start in ("/find?near=40507&need=detox", "/es/find?near=Louisville&need=methadone"):
        visit.page.goto(start)
        visit.page.locator("article.card h2 a").first.click()
        visit.page.wait_for_url("**/place/*")
        assert violations(visit.page) == []


def sideways(page: Page) -> int:
    """By how much the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


@pytest.mark.parametrize(
    "size", [{"width": 320, "height": 640}, {"width": 640, "height": 450}], ids=["320 px", "1280 px at 200 %"]
)
def test_no_page_scrolls_sideways(browser: Browser, site: str, size: dict[str, int]) -> None:
    visit = Visit(browser, site, viewport=size)
    wide = {}
    for path in [*PAGES, *(f"/es{path}" for path in HELPERS)]:
        visit.page.goto(path)
        visit.page.evaluate("document.querySelectorAll('details').forEach(box => { box.open = true })")
        if sideways(visit.page) > 0:
            wide[path] = sideways(visit.page)
    visit.close()
    assert wide == {}


def test_text_at_twice_its_size_still_fits(open_page: OpenPage) -> None:
    page = open_page("/find?near=40507&need=detox", viewport=DESK)
    page.evaluate("document.styleSheets[0].insertRule('html { font-size: 200% }')")
    assert sideways(page) <= 0


def focused(page: Page) -> str:
    return str(
        page.evaluate("(document.activeElement.innerText || document.activeElement.name || '').trim()")
    )


def test_a_keyboard_is_enough_to_find_a_place(open_page: OpenPage) -> None:
    page = open_page("/")
    page.keyboard.press("Tab")
    assert focused(page) == "Skip to the content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert focused(page) == "near"
    page.keyboard.type("40507")
    page.keyboard.press("Tab")
    page.keyboard.type("detox")
    page.keyboard.press("Tab")
    assert focused(page) == "Find help"
    page.keyboard.press("Enter")
    page.wait_for_url("**/find?**")
    expect(page.locator("h1")).to_contain_text("within 25 miles of 40507")
    first = page.locator("article.card h2 a").first.inner_text()
    for _ in range(60):
        page.keyboard.press("Tab")
        if focused(page) == first:
            break
    assert focused(page) == first
    page.keyboard.press("Enter")
    page.wait_for_url("**/place/*")
    expect(page.locator("h1")).to_have_text(first)


@pytest.mark.parametrize("path", ["/", "/find?near=40507&need=detox", "/guide", "/learn/overdose"])
def test_where_the_keyboard_is_can_be_seen(open_page: OpenPage, path: str) -> None:
    """Every stop has an outline and is not hidden behind the bar that stays on top."""
    page = open_page(path, viewport=DESK)
    for _ in range(25):
        page.keyboard.press("Tab")
        stop = page.evaluate(
            """() => {
                const at = document.activeElement;
                if (at === document.body) return null;
                const box = at.getBoundingClientRect();
                const x = box.left + Math.min(box.width / 2, 12), y = box.top + box.height / 2;
                const top = document.elementFromPoint(x, y);
                return {
                    text: at.outerHTML.slice(0, 90),
                    outline: getComputedStyle(at).outlineStyle !== "none",
                    seen: !!top && (at.contains(top) || top.contains(at)),
                };
            }"""
        )
        if stop is None:
            break
        assert stop["outline"], stop["text"]
        assert stop["seen"], stop["text"]


def test_everything_to_tap_is_large_enough(open_page: OpenPage) -> None:
    """44 px, but for links inside sentences, which WCAG excepts."""
    small = []
    for path in ("/", "/find?near=40507&need=detox&need=medicaid", "/guide?step=5", "/es/find?near=40507"):
        page = open_page(path, viewport=PHONE)
        small += page.evaluate(
            """() => [...document.querySelectorAll("a, button, label:has(input), summary, select, input[type=text]")]
                .filter(it => it.checkVisibility() && !it.closest("p:not(.jump):not(.crumb):not(.onward), h2, .skip, dd"))
                .filter(it => !it.matches(".skip"))
                .map(it => [it, it.getBoundingClientRect()])
                .filter(([it, box]) => box.height < 43.5 && box.height > 0 && !(it.matches(".chip a") && box.height >= 40))
                .map(([it, box]) => `${location.pathname} ${it.outerHTML.slice(0, 80)} ${box.height}`)"""
        )
    assert small == []
