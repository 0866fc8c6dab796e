"""The finder inside a page of another site: searched there, read there, opened beside it; nothing else can be framed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser import DESK, Visit
from tests.journeys.test_for_everybody import sideways, violations


@contextmanager
def other_site(body: str) -> Iterator[str]:
    """A web site of somebody else's, on another origin, with one page."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            said = f'<!doctype html><html lang="en"><title>Library</title><h1>Library</h1>{body}'.encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        # By another name than the site, so that even without ports it would be a stranger.
        yield f"http://localhost:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport=DESK)
    made.set_default_timeout(10_000)
    yield made
    made.close()


def embedded(context: BrowserContext, tag: str) -> Page:
    """The page of another site with ``tag`` in it, loaded."""
    with other_site(tag) as address:
        page = context.new_page()
        page.goto(address)
        page.wait_for_load_state("networkidle")
    return page


def test_somebody_else_embeds_it_and_a_person_finds_a_place(context: BrowserContext, site: str) -> None:
    """From the page that makes the tag, through a search inside of the frame, to a listing in a tab of its own."""
    maker = context.new_page()
    maker.goto(f"{site}/widget/make")
    maker.get_by_label("Place to start with").fill("40507")
    maker.get_by_role("button", name="Make the tag").click()
    maker.wait_for_url("**near=40507**")
    tag = maker.locator("textarea").input_value()
    page = embedded(context, tag)
    frame = page.frame_locator("iframe")
    expect(frame.locator("h1")).to_contain_text("40507")
    for number in ("911", "988"):
        expect(frame.locator(f'a[href="tel:{number}"]')).to_be_visible()
    frame.get_by_label("What do you need? In your own words").fill("detox")
    frame.get_by_role("button", name="Find help").click()
    expect(frame.locator("ul.facts").first).to_contain_text("Detox")
    link = frame.locator("article.card h2 a").first
    with context.expect_page() as opened:
        link.click()
    listing = opened.value
    listing.wait_for_url("**/place/*")
    assert listing.evaluate("window.opener") is None
    expect(listing.locator("h1")).to_be_visible()
    assert context.cookies() == []
    inside = next(one for one in page.frames if "/widget" in one.url)
    assert inside.locator("script").count() == 0, "so nothing can be stored either"


def test_no_other_page_can_be_framed(context: BrowserContext, site: str) -> None:
    for path in ("/", "/find?near=40507", "/widget/make", "/learn/overdose"):
        page = embedded(context, f'<iframe src="{escape(site + path)}" title="x"></iframe>')
        inside = page.frames[1]
        assert inside.url.startswith("chrome-error:"), f"{path}: {inside.url}"
        page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_narrow_frame_and_axe_finds_nothing(browser: Browser, site: str, scheme: str) -> None:
    visit = Visit(browser, site, viewport={"width": 280, "height": 560}, color_scheme=scheme)
    found, wide = [], {}
    for prefix in ("", "/es"):
        for query in (
            "",
            "near=40507&need=detox",
            "near=Hamilton+County",
            "near=Qzzzyx",
            "radius=x",
            "near=41701&need=methadone",
        ):
            for chosen in ("auto", "dark" if scheme == "light" else "light"):
                path = f"{prefix}/widget?{query}&scheme={chosen}"
                visit.page.goto(path)
                found += violations(visit.page)
                if sideways(visit.page) > 0:
                    wide[path] = sideways(visit.page)
    visit.close()
    assert found == []
    assert wide == {}


@pytest.mark.parametrize("size", [{"width": 320, "height": 640}, DESK], ids=["320 px", "1280 px"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_that_makes_the_tag_is_for_everybody(
    browser: Browser, site: str, size: dict[str, int], scheme: str
) -> None:
    visit = Visit(browser, site, viewport=size, color_scheme=scheme)
    found = []
    for path in ("/widget/make", "/es/widget/make?near=40507&need=detox&height=400"):
        visit.page.goto(path)
        visit.page.wait_for_load_state("networkidle")
        found += violations(visit.page)
        assert sideways(visit.page) <= 0, path
    visit.close()
    assert found == []
