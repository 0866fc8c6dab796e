"""What a first visit to results costs on a phone: bytes over the wire, and requests before there is something to read."""

from __future__ import annotations

import gzip
from typing import Any

from playwright.sync_api import Browser

from daybreak.public import jinja
from tests.browser import PHONE

MOST_BYTES = 60_000
MOST_REQUESTS_BEFORE_CONTENT = 3
MOST_STYLE_BYTES = 15_000


def fetched(browser: Browser, url: str) -> list[dict[str, Any]]:
    """Everything that one cold visit fetches: address, bytes with their headers, and whether it holds up the page."""
    context = browser.new_context(viewport=PHONE)
    page = context.new_page()
    wire = context.new_cdp_session(page)
    found: dict[str, dict[str, Any]] = {}
    wire.on(
        "Network.requestWillBeSent", lambda e: found.setdefault(e["requestId"], {"url": e["request"]["url"]})
    )
    wire.on("Network.loadingFinished", lambda e: found[e["requestId"]].update(bytes=e["encodedDataLength"]))
    wire.send("Network.enable")
    wire.send("Network.setCacheDisabled", {"cacheDisabled": True})
    page.goto(url)
    page.wait_for_load_state("networkidle")
    blocking = set(
        page.evaluate(
            "performance.getEntriesByType('resource').filter(e => e.renderBlockingStatus === 'blocking').map(e => e.name)"
        )
    )
    context.close()
    return [one | {"blocks": one["url"] in blocking or one["url"] == url} for one in found.values()]


def test_a_first_visit_to_results_is_light(browser: Browser, site: str) -> None:
    for path in (
        "/find?near=40507&q=detox&need=medicaid",
        "/es/find?near=Louisville&need=outpatient&ask=all",
    ):
        seen = fetched(browser, f"{site}{path}")
        whole = sum(one.get("bytes", 0) for one in seen)
        before = [one["url"] for one in seen if one["blocks"]]
        print(f"{path}: {whole} bytes in {len(seen)} requests, {len(before)} before content")
        assert 2_000 < whole <= MOST_BYTES
        assert 2 <= len(before) <= MOST_REQUESTS_BEFORE_CONTENT, before


def test_the_stylesheet_is_small() -> None:
    style = (jinja.FOLDER.parent / "static" / "daybreak" / "daybreak.css").read_bytes()
    assert len(gzip.compress(style, 6)) <= MOST_STYLE_BYTES
