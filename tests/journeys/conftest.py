"""Fixtures of the journeys: the running site and visits to it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import Visit, chromium, program
from tests.journeys.desk import DeskSite
from tests.journeys.desk import desk_site as served_desk

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every journey is a browser test; where there is no browser it is skipped, but never in CI."""
    here = [item for item in items if HERE in item.path.parents]
    for item in here:
        item.add_marker(pytest.mark.browser)
        if program() is None and os.environ.get("CI") != "true":
            item.add_marker(pytest.mark.skip(reason="Chromium is not installed: apt-get install chromium"))


# For the package, not for the session: while Playwright runs, its event loop lives in this thread, and Django
# would refuse every database query of the tests that come after the journeys.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One Chromium for all journeys."""
    with chromium() as running_browser:
        yield running_browser


@pytest.fixture(scope="package")
def desk_site(prepared_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskSite]:
    """A served desk with the demo's ledger; journeys may bring in more, so none counts on its whole sums."""
    with served_desk(prepared_home, tmp_path_factory.mktemp("desk")) as desk:
        yield desk


OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, site: str) -> Iterator[OpenPage]:
    """A function that opens a fresh browser window; its options are those of a Playwright context.

    ``open_page("/", viewport=PHONE, java_script_enabled=False, color_scheme="dark", locale="es-US")``
    """
    visits: list[Visit] = []

    def visit(path: str = "/", **options: Any) -> Page:
        visits.append(Visit(browser, site, **options))
        page = visits[-1].page
        answer = page.goto(path)
        assert answer is not None
        assert answer.status < 500, f"{path} answered {answer.status}"
        return page

    yield visit
    for one in visits:
        one.close()
