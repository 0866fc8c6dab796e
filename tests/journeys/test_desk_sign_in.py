"""Somebody is invited by real mail, comes in, and signs in with an app's code and with a passkey, in a real Chromium."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.management import call_command
from playwright.sync_api import Browser, BrowserContext, Page

from daybreak.accounts.actions import add_agency, invite_person
from daybreak.config.environment import mail_server as mail_settings
from tests.browser import DESK, PHONE, TIMEOUT_MS
from tests.journeys.arriving import AUTHENTICATOR, WORDS, come_in, enrol_app
from tests.rooms.accounts.codes import code
from tests.rooms.outbox.mail_server import Postbox, mail_server


@pytest.fixture(autouse=True, scope="module")
def _database_beside_the_browser() -> Iterator[None]:
    """Playwright's event loop is in this thread, which Django minds: these tests ask the database only in between."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield


@pytest.fixture
def postbox(settings) -> Iterator[Postbox]:
    """A mail server, and settings that point at it."""
    with mail_server() as box:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.DAYBREAK_SMTP_URL = box.url
        for name, value in mail_settings(box.url).items():
            setattr(settings, name, value)
        yield box


@pytest.fixture
def window(browser: Browser, live_server, settings, tmp_path) -> Iterator[BrowserContext]:
    """A browser window at a desk of its own."""
    settings.HOME = tmp_path
    settings.ALLOWED_HOSTS = ["localhost"]
    context = browser.new_context(base_url=live_server.url.replace("127.0.0.1", "localhost"), viewport=DESK)
    context.set_default_timeout(TIMEOUT_MS)
    yield context
    context.close()


def invited(postbox: Postbox, site: str, role: str = "administrator") -> str:
    """Invite somebody by mail; the link as it arrives."""
    at = datetime.now(UTC)
    agency = add_agency(by="test", at=at, slug="health", name="Health Department", kind="health-department")
    invite_person(
        by="test", at=at, email="new@example.gov", name="The new one", agency=agency, role=role, site=site
    )
    call_command("send", verbosity=0)
    assert postbox.taken[-1]["To"] == "new@example.gov"
    return re.search(r"http\S+/desk/invitation\?key=\S+", postbox.text())[0]


def test_from_the_invitation_to_a_code_and_a_passkey(
    window: BrowserContext, postbox: Postbox, live_server
) -> None:
    site = live_server.url.replace("127.0.0.1", "localhost")
    page = window.new_page()
    keys = window.new_cdp_session(page)
    keys.send("WebAuthn.enable")
    keys.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})

    come_in(page, invited(postbox, site))
    secret = enrol_app(page)
    assert page.locator(".codes li").count() == 10
    page.get_by_role("link", name="To the desk").click()
    assert page.get_by_role("heading", name="What waits for you").is_visible()

    page.get_by_role("link", name="Sign-in").click()
    page.get_by_role("link", name="Add a passkey").click()
    if page.get_by_role("heading", name="Please show again").count():
        page.get_by_label("Code").fill(code(secret, at=time.time() + 30))
        page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name="Add the passkey").click()
    page.wait_for_url("**/desk/second-factor")
    assert "1 passkey" in page.content()

    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/desk/sign-in")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/desk/")
    assert page.get_by_role("heading", name="What waits for you").is_visible()

    page.goto("/desk/people")
    assert page.get_by_role("link", name="The new one").is_visible()
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "text"
    page.locator("h1").click()
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.textContent") == "The new one"
    page.keyboard.press("?")
    assert page.get_by_role("heading", name="Keys").is_visible()


def test_without_scripts_a_password_and_a_code_are_enough(
    browser: Browser, window, postbox, live_server
) -> None:
    site = live_server.url.replace("127.0.0.1", "localhost")
    plain = browser.new_context(base_url=site, java_script_enabled=False, viewport=PHONE)
    try:
        page = plain.new_page()
        come_in(page, invited(postbox, site))
        secret = enrol_app(page)
        page.get_by_role("link", name="To the desk").click()
        page.get_by_role("button", name="Sign out").click()
        page.get_by_label("E-mail address").fill("new@example.gov")
        page.get_by_label("Password").fill(WORDS)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_label("Code").fill(code(secret, at=time.time() + 30))
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/desk/")
        assert page.get_by_role("heading", name="What waits for you").is_visible()
    finally:
        plain.close()


def test_the_pages_of_the_house_have_no_fault_that_axe_can_find(window, postbox, live_server) -> None:
    site = live_server.url.replace("127.0.0.1", "localhost")
    page = window.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda problem: faults.append(str(problem)))
    page.on(
        "console",
        lambda said: (
            faults.append(said.text) if said.type == "error" and "Content Security" in said.text else None
        ),
    )
    page.goto("/desk/sign-in")
    seen = {"/desk/sign-in": _axe(page)}
    come_in(page, invited(postbox, site))
    seen["enrolment"] = _axe(page)
    enrol_app(page)
    for path in ("", "people", "people/invite", "agencies", "agencies/add", "agencies/health",
                 "agencies/health/agreement", "audit?check=1", "second-factor", "password"):  # fmt: skip
        page.goto(f"/desk/{path}")
        light = [("light", DESK)] if path in {"", "people", "agencies/health/agreement"} else []
        for scheme, size in [*light, ("dark", PHONE)]:
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size(size)
            seen[f"/desk/{path} {scheme}"] = _axe(page)
            assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], path
    assert {where: found for where, found in seen.items() if found} == {}
    assert faults == []


def _axe(page: Page) -> list[str]:
    return [fault["id"] for fault in Axe().run(page).response["violations"]]
