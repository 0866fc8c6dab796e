"""What the pages of the desk need to show something: rising streams, corrected rows, imports in every state, people, a brief."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, expect

from tests.journeys.arriving import AUTHENTICATOR, WORDS, come_in, enrol_app
from tests.journeys.desk import DeskSite

SECONDS = 60
HEADINGS = ["Case No", "Date Seized", "Location", "Drug", "Quantity", "Unit", "Officer Remarks"]
ROWS = [
    ["P-700", "06/03/2013", "214 E Third St", "Heroin", "10.5", "grams", "seen at noon"],
    ["P-701", "06/31/2013", "100 N Limestone", "Heroin", "30", "grams", "seen at noon"],
    ["P-702", "06/07/2013", "900 Georgetown St", "Heroin", "forty", "grams", "seen at noon"],
    ["P-704", "06/09/2013", "214 E Third St", "Heroin", "1.25", "grams", "seen at noon"],
    ["P-705", "06/10/2013", "214 E Third St", "Heroin", "7", "grams", "seen at noon"],
    ["P-703", "06/08/2013", "900 Georgetown St", "Xylazine", "2", "grams", "seen at noon"],
]
# Two streams that rise, of the police and of a health source, and a complaint whose ZIP code was corrected later.
_STREAMS = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "daybreak.config.settings"
import django; django.setup()
from datetime import datetime, timedelta, UTC
import numpy as np
from daybreak.alerts.actions.watching import watch
from tests.rooms.events.ledger import BY, deliver, draft, feed
now = datetime.now(UTC)
noon = now.replace(hour=17, minute=0) - timedelta(days=1)
counts = np.random.default_rng(7).poisson(0.7, 200)
counts[0] = 12
def rows(kind, zip="40507"):
    return [draft(f"{kind}/{day}/{one}", kind=kind, on=noon - timedelta(days=day), place="zip",
                  zip=zip if (day, one) == (0, 0) else "40507")
            for day, many in enumerate(counts) for one in range(many)]
calls, runs = feed("drug-complaints"), feed("runs-today", agency="fire-ems", kind="fire-ems", health=True)
deliver(calls, rows("complaint"), at=now - timedelta(minutes=9), name="complaints.csv")
deliver(calls, rows("complaint", zip="40508"), at=now - timedelta(minutes=6), name="complaints-corrected.csv")
deliver(runs, rows("overdose"), at=now - timedelta(minutes=3), name="runs.csv")
watch(by=BY, at=now)
"""


def rising_streams(desk: DeskSite) -> None:
    """Fill two feeds up to yesterday, with a burst at the end, and let them be tested."""
    done = subprocess.run(
        [sys.executable, "-c", _STREAMS], env=desk.environment, capture_output=True, text=True, check=False, timeout=SECONDS
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]


def invitation(desk: DeskSite, name: str) -> str:
    """The link of an invitation that nobody has followed yet."""
    said = desk.daybreak(
        "people", "invite", f"{name}@pages.example", "--name", f"The {name} of the pages", "--agency", "police",
        "--role", "analyst", "--site", desk.url, "--show-link",
    )  # fmt: skip
    found = re.search(r"http\S+/desk/invitation\?key=\S+", said)
    assert found, said
    return found[0]


def arrive(window: BrowserContext, link: str) -> str:
    """Come in with a password, an app and a passkey; the address at which the passkey is removed."""
    page = window.new_page()
    keys = window.new_cdp_session(page)
    keys.send("WebAuthn.enable")
    keys.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    come_in(page, link)
    enrol_app(page)
    page.goto("/desk/second-factor/passkeys/add")
    page.get_by_role("button", name="Add the passkey").click()
    page.wait_for_url("**/desk/second-factor")
    page.goto("/desk/second-factor/passkeys")
    return first(page, "second-factor/passkeys", "/remove")


def forget(window: BrowserContext, desk: DeskSite, name: str) -> str:
    """Ask for a new password and follow the link that comes by mail; the address at which it is chosen."""
    page = window.new_page()
    page.goto("/desk/password/forgotten")
    page.get_by_label("E-mail").fill(f"{name}@pages.example")
    page.get_by_role("button").last.click()
    deadline = time.monotonic() + SECONDS
    while not (
        found := [
            link
            for one in desk.postbox.taken
            if one["To"] == f"{name}@pages.example"
            for link in re.findall(r"http\S+?(/desk/password/new/\S+)", str(one.get_content()))
        ]
    ):
        assert time.monotonic() < deadline, f"no mail came within {SECONDS} s"
        time.sleep(0.2)
    page.goto(str(found[-1]))
    return page.url


def half_way(window: BrowserContext, name: str) -> None:
    """Give the password, and stop before the second factor."""
    page = window.new_page()
    page.goto("/desk/sign-in")
    page.get_by_label("E-mail address").fill(f"{name}@pages.example")
    page.get_by_label("Password").fill(WORDS)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/desk/sign-in/code")


def upload(page: Page, file: Path, feed: str = "") -> str:
    """Bring a file as far as its columns; the address of the page."""
    page.goto("/desk/imports/new")
    page.get_by_label("The file").set_input_files(file)
    page.get_by_label("What it holds").select_option(label="Seizure")
    if feed:
        page.get_by_label("A new feed").check()
        page.get_by_label("Name of the new feed").fill(feed)
    page.get_by_role("button", name="Go on to its columns").click()
    return page.url


def imports(page: Page, folder: Path) -> dict[str, str]:
    """One import with two refused rows, one that waits for its mapping, and a file that nobody can read."""
    file, again, broken = (
        folder / name for name in ("property-room.csv", "property-room-july.csv", "scan.csv")
    )
    for one in (file, again):
        with one.open("w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows([HEADINGS, *ROWS])
    broken.write_bytes(b"%PDF-1.7\n" + bytes(range(256)) * 40)
    upload(page, file, "Property room of the pages")
    page.get_by_role("group", name="Case No", exact=True).get_by_label("part of the key").check()
    page.get_by_role("button", name="Save and bring it in").click()
    expect(page.get_by_text("unchanged +")).to_be_visible(timeout=SECONDS * 1000)
    brought = page.url.partition("?")[0]
    return {
        "import": brought,
        "waiting": upload(page, again),
        "unreadable": upload(page, broken).removesuffix("/mapping"),
    }


def first(page: Page, *parts: str, where: Callable[[str], bool] = lambda _: True) -> str:
    """The first link of the page's main part whose address holds all parts."""
    for link in page.get_by_role("main").get_by_role("link").all():
        address = link.get_attribute("href") or ""
        if all(part in address for part in parts) and where(address):
            return address
    raise AssertionError(f"{page.url} must have a link with {parts}, has none")


def everything(page: Page, office: Page, folder: Path) -> dict[str, str]:
    """Addresses of one of each thing, found on the pages themselves; a brief and imports are made."""
    found = imports(page, folder)
    page.goto("/desk/briefs")
    page.get_by_label("As known on").fill("2013-07-15")
    page.get_by_role("button", name="Make the brief").click()
    page.wait_for_url(re.compile(r"/desk/briefs/[0-9a-f-]{36}$"))
    found["brief"] = page.url
    for name, start, parts in (
        ("event", "ledger?kind=arrest", ("/desk/ledger/", "-")),
        ("corrected", "ledger?kind=complaint&zip=40508", ("/desk/ledger/", "-")),
        ("seizure", "seizures?substance=heroin&until=2013-07-31", ("/desk/seizures/", "-")),
        ("unvalued", "seizures?substance=xylazine", ("/desk/seizures/", "-")),
        ("operation", "operations", ("/desk/operations/", "-")),
        ("price", "prices", ("/desk/prices/", "-")),
        ("stream", "streams", ("/desk/streams/", "-")),
    ):
        page.goto(f"/desk/{start}")
        found[name] = first(page, *parts)
    page.goto("/desk/streams")
    found["health_stream"] = (
        page.get_by_role("row")
        .filter(has_text="not shown to law enforcement")
        .get_by_role("link")
        .first.get_attribute("href")
        or ""
    )
    office.goto("/desk/people")
    found["person"] = first(office, "/desk/people/", "-")
    return found
