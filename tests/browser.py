"""A real Chromium for journeys: it opens pages of the site under test and reports every step outside of it."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Page, Route, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--headless",
    "--no-sandbox",  # needed as root and in containers; only our own pages are opened
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}
TIMEOUT_MS = 10_000


def program() -> Path | None:
    """Where Chromium is installed."""
    debian = Path("/usr/bin/chromium")
    if debian.exists():
        return debian
    return next((Path(found) for found in map(shutil.which, NAMES) if found), None)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Yield a running browser."""
    path = program()
    if path is None:
        raise RuntimeError("Chromium must be installed, found none. On Debian: apt-get install chromium")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(path), args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


class Visit:
    """One person's browser window; remembers what a page must not do."""

    def __init__(self, browser: Browser, site: str, **options: Any) -> None:
        self.site = site
        self.faults: list[str] = []
        self.requests: list[str] = []
        options.setdefault("viewport", DESK)
        self.context = browser.new_context(base_url=site, **options)
        self.context.set_default_timeout(TIMEOUT_MS)
        self.context.route("**/*", self._pass_or_refuse)
        self.context.on("page", self._watch)
        self.page: Page = self.context.new_page()

    def _pass_or_refuse(self, route: Route) -> None:
        url = route.request.url
        self.requests.append(url)
        if urlsplit(url).netloc == urlsplit(self.site).netloc:
            route.continue_()
        else:
            self.faults.append(f"asked another host: {url} (from {route.request.frame.url})")
            route.abort()

    def _watch(self, page: Page) -> None:
        page.on("pageerror", lambda problem: self.faults.append(f"script error on {page.url}: {problem}"))
        page.on("console", self._listen)

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type == "error" and "Content Security Policy" in message.text:
            self.faults.append(f"broke the content security policy: {message.text}")

    def close(self) -> None:
        """End the visit and fail when a page asked another host, threw an error, set a cookie or broke its policy."""
        cookies = [cookie.get("name", "") for cookie in self.context.cookies()]
        self.context.close()
        if cookies:
            self.faults.append(f"set cookies: {cookies}")
        assert not self.faults, "A page did what it must not:\n" + "\n".join(self.faults)


if __name__ == "__main__":
    if sys.argv[1:] != ["--probe"]:
        sys.exit("usage: python -m tests.browser --probe")
    sys.exit(0 if program() else 1)
