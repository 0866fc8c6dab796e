"""Every open page, as a browser meets it: it answers, asks no other host, sets no cookie and breaks no policy."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.house.test_pages import OPEN_PAGES

PAGES = sorted({example for example in OPEN_PAGES.values() if example})


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_keeps_to_itself(open_page: Callable[..., Page], path: str, scripts: bool) -> None:
    """What a page must not do is collected while it is open; the fixture fails the test when it closes the visit."""
    page = open_page(path, java_script_enabled=scripts)
    # Only scripts can ask for something after the page has loaded.
    page.wait_for_load_state("networkidle" if scripts else "load")
    assert page.title().strip()
    assert page.locator("h1").count() == 1


def test_a_listing_keeps_to_itself(open_page: Callable[..., Page]) -> None:
    page = open_page("/find?near=40507")
    page.locator("a[href*='/place/']").first.click()
    page.wait_for_url("**/place/*")
    page.wait_for_load_state("networkidle")
    assert page.locator("h1").count() == 1


def test_health_says_that_all_workers_are_warm(site: str) -> None:
    with urllib.request.urlopen(f"{site}/health", timeout=5) as answer:
        assert answer.status == 200
        assert answer.headers["Content-Type"] == "application/json"
        said = json.load(answer)
    assert said["status"] == "ready"
    assert said["workers"] >= said["workers_expected"] >= 1
    assert said["listings"] > 0
