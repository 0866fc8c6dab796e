"""A whole day at the desk in a real Chromium, against a served site: from an invitation by mail to the brief."""

from __future__ import annotations

import csv
import re
import time
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.journeys.arriving import AUTHENTICATOR, come_in, enrol_app
from tests.journeys.desk import DeskSite
from tests.rooms.accounts.codes import code

HEADINGS = ["Case No", "Date Seized", "Location", "Op", "Drug", "Quantity", "Unit", "Officer Remarks"]
REMARK = "told by a canary on the corner"
SEIZURES = [
    ["P-900", "06/03/2013", "214 E Third St", "Pandora", "Heroin", "10.5", "grams", REMARK],
    ["P-901", "06/04/2013", "100 N Limestone", "Pandora", "Heroin", "20", "grams", REMARK],
    ["P-902", "06/31/2013", "100 N Limestone", "Pandora", "Heroin", "30", "grams", REMARK],
    ["P-903", "06/07/2013", "900 Georgetown St", "Pandora", "Heroin", "forty", "grams", REMARK],
    ["P-904", "06/08/2013", "900 Georgetown St", "Pandora", "Medetomidine", "2", "grams", REMARK],
]
MAIL_SECONDS = 30


def test_from_the_invitation_to_the_brief(browser: Browser, desk_site: DeskSite, tmp_path: Path) -> None:
    file = tmp_path / "pandora-june.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([HEADINGS, *SEIZURES])
    with desk_site.window(browser, "administrator", "county-attorney") as office:
        link = invite(office.new_page(), desk_site, "analyst@journey.example")
    with desk_site.window(browser) as window:
        page = window.new_page()
        come_in_with_a_code_and_a_passkey(page, window, link)
        assert totals(page) == ("1,180 g", "$235,900.20")

        brought = bring_with_a_new_mapping(page, file)
        assert sums(page) == {"read": 5, "added": 3, "updated": 0, "unchanged": 0, "refused": 2}
        assert "Officer Remarks" in page.get_by_role("main").inner_text()
        assert REMARK not in page.content()

        mended = mend_two_rows(page)
        assert sums(page) == {"read": 2, "added": 2, "updated": 0, "unchanged": 0, "refused": 0}
        # 1,179.501 g and, in this file, 10.5 + 20 + 30 + 40 + 2 g; the medetomidine has no price yet.
        assert totals(page) == ("1,282 g", "$256,000.20")

        value_a_seizure(page)
        assert totals(page) == ("1,282 g", "$256,025.20")

        for one in (mended, brought):
            page.goto(one)
            page.get_by_role("button", name="Undo this import").click()
            expect(page.get_by_role("status")).to_contain_text("undone")
        assert totals(page) == ("1,180 g", "$235,900.20")

        read_the_brief(page)
    assert REMARK.encode() not in (desk_site.home / "daybreak.db").read_bytes()


def invite(page: Page, desk: DeskSite, address: str) -> str:
    """Invite an analyst of the police on the page; the link as the served site's own mail brings it."""
    page.goto("/desk/people/invite")
    page.get_by_label("E-mail address").fill(address)
    page.get_by_label("Name", exact=True).fill("The analyst of a journey")
    page.get_by_label("Agency").select_option(label="Division of Police")
    page.get_by_label("Role", exact=True).select_option(label="Analyst")
    page.get_by_role("button", name="Send the invitation").click()
    deadline = time.monotonic() + MAIL_SECONDS
    while not (mine := [one for one in desk.postbox.taken if one["To"] == address]):
        assert time.monotonic() < deadline, f"no mail came within {MAIL_SECONDS} s"
        time.sleep(0.2)
    sent = re.search(r"http\S+(/desk/invitation\?key=\S+)", str(mine[-1].get_content()))
    assert sent
    return desk.url + sent[1]


def come_in_with_a_code_and_a_passkey(page: Page, window: BrowserContext, link: str) -> None:
    """Choose a password, set up an app and a passkey; leave, and come back with the passkey."""
    keys = window.new_cdp_session(page)
    keys.send("WebAuthn.enable")
    keys.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    come_in(page, link)
    secret = enrol_app(page)
    page.goto("/desk/second-factor")
    page.get_by_role("link", name="Add a passkey").click()
    if page.get_by_role("heading", name="Please show again").count():
        page.get_by_label("Code").fill(code(secret, at=time.time() + 30))
        page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name="Add the passkey").click()
    page.wait_for_url("**/desk/second-factor")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/desk/sign-in")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/desk/")


def bring_with_a_new_mapping(page: Page, file: Path) -> str:
    """Upload a file, correct what is proposed for its columns, try it, save it; the address of the import."""
    page.goto("/desk/imports")
    page.get_by_role("link", name="Bring a file").click()
    page.get_by_label("The file").set_input_files(file)
    page.get_by_label("What it holds").select_option(label="Seizure")
    page.get_by_label("A new feed").check()
    page.get_by_label("Name of the new feed").fill("Property room")
    page.get_by_role("button", name="Go on to its columns").click()

    expect(page.get_by_role("heading", level=1)).to_have_text(f"How to read {file.name}")
    column(page, "Op").get_by_label("It is").select_option(value="operation")
    column(page, "Case No").get_by_label("part of the key").check()
    page.get_by_role("button", name="Try it").click()
    words = column(page, "Op").get_by_label("Words of its cells")
    expect(words).to_have_value("Pandora = operation-pandora")
    page.get_by_role("button", name="Try it").click()
    trial = page.get_by_role("region", name="Trial")
    expect(trial).to_contain_text("3 of the first 5 rows are right")
    assert REMARK not in page.content()
    page.get_by_role("button", name="Save and bring it in").click()
    return until_ended(page)


def mend_two_rows(page: Page) -> str:
    """Correct the two refused rows on the screen; the address of the import that brings them."""
    page.get_by_role("link", name="Mend 2 rows here").click()
    first, second = page.get_by_role("group", name="Line 4"), page.get_by_role("group", name="Line 5")
    first.get_by_label("Date Seized").fill("06/30/2013")
    second.get_by_label("Quantity").fill("40")
    page.get_by_role("button", name="Bring the corrected rows").click()
    return until_ended(page)


def value_a_seizure(page: Page) -> None:
    """Find the exhibit that has no price, set one, and see its value and the price row behind it."""
    page.goto("/desk/seizures?substance=medetomidine")
    page.locator("[data-row]").first.click()
    here = page.url
    expect(page.get_by_role("main")).to_contain_text("Not valued")
    page.get_by_role("link", name="Set a price of medetomidine").click()
    assert page.get_by_label("Substance").input_value() == "medetomidine"
    assert page.get_by_label("Price of one").input_value() == "g"
    page.get_by_label("Middle, $").fill("12.50")
    page.get_by_label("From").fill("2013-01-01")
    page.get_by_label("Source").fill("The division's own purchases")
    page.get_by_role("button", name="Save").click()
    page.goto(here)
    expect(page.get_by_role("main")).to_contain_text("$25.00")
    page.get_by_role("link", name="$12.50 per").click()
    expect(page.get_by_role("main")).to_contain_text("The division's own purchases")


def read_the_brief(page: Page) -> None:
    """Make the brief of July 2013 at the desk and read it; the PDF comes too."""
    page.goto("/desk/briefs")
    page.get_by_label("As known on").fill("2013-07-15")
    page.get_by_role("button", name="Make the brief").click()
    page.wait_for_url(re.compile(r"/desk/briefs/[0-9a-f-]{36}$"))
    said = page.get_by_role("main").inner_text().lower()
    for words in ("160", "102", "77", "1,180 g", "$235,900.20", "9 agencies"):
        assert words in said, words
    with page.expect_download() as coming:
        page.get_by_role("link", name="PDF").first.click()
    assert Path(coming.value.path()).read_bytes().startswith(b"%PDF-")


def column(page: Page, heading: str):
    """The part of the mapping page that is about one column."""
    return page.get_by_role("group", name=heading, exact=True)


def until_ended(page: Page) -> str:
    """Wait until the import's page says that it ended; its address."""
    expect(page.get_by_text("unchanged +")).to_be_visible(timeout=60_000)
    return page.url.partition("?")[0]


def sums(page: Page) -> dict[str, int]:
    """The reconciliation as the import's page shows it."""
    said = page.get_by_text("unchanged +").inner_text()
    numbers = [int(word.replace(",", "")) for word in re.findall(r"[\d,]+", said)]
    return dict(zip(("read", "added", "updated", "unchanged", "refused"), numbers, strict=True))


def totals(page: Page) -> tuple[str, str]:
    """Mass and retail value as the page of Operation Pandora shows them."""
    page.goto("/desk/operations")
    page.get_by_role("link", name="Operation Pandora").click()
    mass, value = page.locator(".stats li b").all_inner_texts()[:2]
    return mass, value
