"""How somebody who was invited comes in, in a browser."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.rooms.accounts.codes import code

WORDS = "four plain words here"
AUTHENTICATOR = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


def come_in(page: Page, link: str) -> None:
    """Follow an invitation and choose a password."""
    page.goto(link)
    page.get_by_label("Password").fill(WORDS)
    page.get_by_role("button", name="Come in").click()
    page.wait_for_url("**/desk/second-factor")


def enrol_app(page: Page) -> str:
    """Set up an authenticator app; its secret."""
    page.get_by_role("link", name="Set up an app").click()
    secret = page.locator(".secret").inner_text()
    page.get_by_label("six digits").fill(code(secret))
    page.get_by_role("button", name="Keep the app").click()
    page.wait_for_url("**/desk/second-factor/codes")
    return secret
