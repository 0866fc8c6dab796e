"""Every page of the desk in a real Chromium: on a phone and on a desk, light and dark, with scripts and without, and for ears."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request

from tests.browser import DESK, PHONE
from tests.house.test_access import TABLE
from tests.journeys import desk_things as things
from tests.journeys.desk import DeskSite
from tests.journeys.test_for_everybody import STANDARDS

# Who looks: role and agency. Besides: "me" came in by an invitation and has password, app and passkey; "half" gave a password and
# no code yet; "forgetful" followed the link of a mail to a new password; "stranger" has nothing.
PEOPLE = {
    "analyst": ("analyst", "police"),
    "lead": ("agency-lead", "police"),
    "health": ("epidemiologist", "health-department"),
    "admin": ("administrator", "county-attorney"),
}
# Every route that answers GET with a page → who looks at it, and at which addresses below /desk/. What stands in
# braces is found or made by `things`.
PAGES: dict[str, list[tuple[str, str]]] = {
    "desk": [("analyst", ""), ("admin", ""), ("stranger", "sign-in?locked=1")],
    "account_login": [("stranger", "sign-in")],
    "mfa_authenticate": [("half", "sign-in/code")],
    "socialaccount_login_cancelled": [("stranger", "sign-in/cancelled")],
    "socialaccount_login_error": [("stranger", "sign-in/failed")],
    "account_logout": [("analyst", "sign-out")],
    "account_inactive": [("stranger", "suspended")],
    "account_reset_password": [("stranger", "password/forgotten")],
    "account_reset_password_done": [("stranger", "password/forgotten/sent")],
    "account_reset_password_from_key": [("forgetful", "{reset}"), ("stranger", "{reset}")],
    "account_reset_password_from_key_done": [("stranger", "password/changed")],
    "desk_arrive": [("stranger", "{invitation}"), ("stranger", "invitation?key=used")],
    "account_reauthenticate": [("me", "sign-in/again")],
    "mfa_reauthenticate": [("me", "sign-in/again/code")],
    "mfa_reauthenticate_webauthn": [("me", "sign-in/again/passkey")],
    "account_change_password": [("me", "password")],
    "account_set_password": [("analyst", "password/first")],
    "mfa_index": [("me", "second-factor"), ("analyst", "second-factor")],
    "mfa_activate_totp": [("analyst", "second-factor/app")],
    "mfa_deactivate_totp": [("me", "second-factor/app/remove")],
    "mfa_list_webauthn": [("me", "second-factor/passkeys"), ("analyst", "second-factor/passkeys")],
    "mfa_add_webauthn": [("me", "second-factor/passkeys/add")],
    "mfa_remove_webauthn": [("me", "{passkey}")],
    "mfa_view_recovery_codes": [("me", "second-factor/codes")],
    "mfa_generate_recovery_codes": [("me", "second-factor/codes/new")],
    "desk_people": [("admin", "people"), ("admin", "people?q=nobody")],
    "desk_invite": [("admin", "people/invite")],
    "desk_person": [("admin", "{person}")],
    "desk_agencies": [("admin", "agencies")],
    "desk_agency_add": [("admin", "agencies/add")],
    "desk_agency": [("admin", "agencies/police")],
    "desk_agreement_write": [("admin", "agencies/police/agreement")],
    "desk_audit": [("admin", "audit?check=1"), ("admin", "audit?actor=nobody")],
    "streams": [("analyst", "streams"), ("health", "streams")],
    "stream": [("analyst", "{stream}"), ("analyst", "{health_stream}")],
    "ledger": [("analyst", "ledger"), ("health", "ledger?since=never"), ("analyst", "ledger?zip=99999")],
    "ledger_event": [("analyst", "{event}"), ("analyst", "{corrected}")],
    "ledger_time": [("analyst", "ledger/time?since=2013-01-01&until=2013-07-31"), ("health", "ledger/time")],
    "ledger_substances": [("analyst", "ledger/substances?kind=arrest&since=2012-01-01&until=2013-07-31")],
    "ledger_map": [("analyst", "ledger/map?kind=arrest&since=2013-05-01&period=year")],
    "ledger_deaths": [("health", "ledger/deaths?since=2013-01-01&until=2013-12-31"), ("analyst", "ledger/deaths")],
    "ledger_disagree": [("analyst", "ledger/disagree")],
    "ledger_compare": [("analyst", "ledger/compare")],
    "figure_new": [("analyst", "ledger/figures/new")],
    "seizures": [("analyst", "seizures"), ("analyst", "seizures?zip=99999")],
    "seizure": [("analyst", "{seizure}"), ("analyst", "{unvalued}")],
    "operations": [("analyst", "operations")],
    "operation_new": [("analyst", "operations/new")],
    "operation": [("analyst", "{operation}"), ("health", "{operation}")],
    "prices": [("analyst", "prices")],
    "price_new": [("analyst", "prices/new")],
    "price": [("analyst", "{price}")],
    "staffing": [("lead", "staffing?since=2013-01-01&until=2013-12-31"), ("lead", "staffing")],
    "post_new": [("lead", "staffing/posts/new")],
    "assignment_new": [("lead", "staffing/assign")],
    "briefs": [("analyst", "briefs"), ("health", "briefs")],
    "brief": [("analyst", "{brief}")],
    "imports": [("analyst", "imports"), ("health", "imports")],
    "import_new": [("analyst", "imports/new")],
    "import_keys": [("analyst", "imports/keys")],
    "import": [("analyst", "{import}"), ("analyst", "{unreadable}")],
    "import_mapping": [("analyst", "{waiting}"), ("analyst", "{unreadable}/mapping")],
    "import_rows": [("analyst", "{import}/rows")],
    "mappings": [("analyst", "mappings")],
}  # fmt: skip
# Every other route that answers GET → what it answers instead of a page: a file, an answer for programs, or a way elsewhere.
NO_PAGES: dict[str, str] = {
    "desk_door": "elsewhere", "mfa_login_webauthn": "for programs", "socialaccount_signup": "elsewhere",
    "openid_connect_login": "elsewhere", "openid_connect_callback": "elsewhere",
    "stream_chart": "a file", "ledger_file": "a file", "ledger_time_chart": "a file",
    "ledger_substances_chart": "a file", "ledger_map_chart": "a file", "seizures_file": "a file",
    "brief_file": "a file", "import_errors": "a file", "mapping_file": "a file", "api_events_schema": "for programs",
}  # fmt: skip
# On these an axe run at the desk, in light, too.
MAIN = {
    "desk",
    "account_login",
    "streams",
    "stream",
    "ledger",
    "seizure",
    "operation",
    "briefs",
    "imports",
    "import_rows",
}

AXE = {"runOnly": {"type": "tag", "values": STANDARDS}, "resultTypes": ["violations"]}
# What axe does not look at: order of headings from the first on, tables without a name, scope of their heads, links that
# say nothing by themselves or lead to two places (but each number of a brief leads to what that number is), and targets
# of fingers on the phone.
FOR_EARS = """() => {
  const said = [], seen = (one) => one.getClientRects().length > 0 && getComputedStyle(one).visibility !== "hidden";
  let before = 0;
  for (const one of [...document.querySelectorAll("main h1, main h2, main h3, main h4")].filter(seen)) {
    const level = Number(one.tagName[1]);
    if (level > before + 1) said.push(`heading ${one.textContent.trim()} leaps from ${before} to ${level}`);
    before = level;
  }
  if (!document.documentElement.lang) said.push("no language");
  if (document.querySelectorAll("main").length !== 1) said.push("not one main part");
  for (const one of document.querySelectorAll("main table")) {
    const box = one.closest("[role=region]");
    if (!one.caption && !(box && box.getAttribute("aria-label"))) said.push("a table without a name");
    for (const head of one.querySelectorAll("th")) if (!head.scope) said.push(`no scope: ${head.textContent.trim()}`);
  }
  for (const one of document.querySelectorAll("main img")) if (!one.alt) said.push(`no words for ${one.src}`);
  const names = new Map();
  for (const one of [...document.querySelectorAll("main a[href]")].filter(seen)) {
    const name = (one.getAttribute("aria-label") || one.textContent).trim().replace(/\\s+/g, " ");
    if (!name || /^(here|more|link|click here|this)$/i.test(name)) said.push(`a link that says "${name}"`);
    const alone = !one.closest("tr") && !one.matches(".number-link");
    if (alone && names.has(name) && names.get(name) !== one.href) said.push(`two links say "${name}"`);
    names.set(name, one.href);
  }
  for (const one of document.querySelectorAll("main [aria-describedby]"))
    for (const id of one.getAttribute("aria-describedby").split(" "))
      if (!document.getElementById(id)) said.push(`${one.name || one.tagName} is described by ${id}, which is nowhere`);
  for (const one of [...document.querySelectorAll("main .btn, .rail a, .tabs a, .deskbar a, .deskbar button")].filter(seen)) {
    const box = one.getBoundingClientRect(), least = one.matches(".small") ? 24 : 44;
    if (box.height < least - 0.5) said.push(`${one.textContent.trim()} is ${box.height} px high, not ${least}`);
  }
  return said;
}"""

FEWER = """for (const one of document.querySelectorAll("tbody tr:nth-child(n+9), .numbers > li:nth-child(n+9)")) one.remove()"""
# Errors beside a field that the field does not name, and entries of the list that lead nowhere.
UNTIED = """() => [
  ...[...document.querySelectorAll("main .field .error, main fieldset .error, main .errorlist")].filter((one) => {
    const holder = one.id ? one : one.closest("[id]");
    return !document.querySelector(`[aria-describedby~="${holder.id}"]`);
  }).map((one) => `no field names: ${one.textContent}`),
  ...[...document.querySelectorAll("main .problem a[href^='#']")].filter((one) => !document.getElementById(one.hash.slice(1)))
    .map((one) => `leads nowhere: ${one.hash}`),
]"""


@dataclass
class Look:
    """One page to look at: whose window, which route, which address."""

    who: str
    route: str
    address: str


@dataclass
class Windows:
    """Everybody's browser windows, the pages to look at, and what a page did that it must not."""

    desk: DeskSite
    browser: Browser
    looks: list[Look]
    states: dict[str, Any]
    found: dict[str, str]
    faults: list[str] = field(default_factory=list)

    def open(self, stack: ExitStack, only: str = "", **options: Any) -> dict[str, Page]:
        """One page for each person, or for only one, signed in as they were; it notes every fault."""
        opened = {}
        for who, state in self.states.items():
            if only and who != only:
                continue
            context = self.browser.new_context(base_url=self.desk.url, storage_state=state, **options)
            stack.callback(context.close)
            opened[who] = self._watched(context)
        return opened

    def _watched(self, context: BrowserContext) -> Page:
        page = context.new_page()

        def asked(request: Request) -> None:
            if urlsplit(request.url).netloc != urlsplit(self.desk.url).netloc and not request.url.startswith(
                "data:"
            ):
                self.faults.append(f"{page.url} asked another host: {request.url}")

        def said(message: ConsoleMessage) -> None:
            # An address that answers 4xx with a page of ours is noted by the browser as an error of loading.
            if message.type == "error" and "Failed to load resource" not in message.text:
                self.faults.append(f"{page.url} says: {message.text}")

        page.on("request", asked)
        page.on("console", said)
        page.on("pageerror", lambda problem: self.faults.append(f"script error on {page.url}: {problem}"))
        return page


@pytest.fixture(scope="module")
def windows(browser: Browser, desk_site: DeskSite, tmp_path_factory: pytest.TempPathFactory) -> Windows:
    """The desk with something on every page, and the people who look."""
    things.rising_streams(desk_site)
    states: dict[str, Any] = {"stranger": {"cookies": [], "origins": []}}
    found = {"invitation": things.invitation(desk_site, "unused")}
    with ExitStack() as stack:
        opened = {who: stack.enter_context(desk_site.window(browser, *at)) for who, at in PEOPLE.items()}
        found |= things.everything(
            opened["analyst"].new_page(), opened["admin"].new_page(), tmp_path_factory.mktemp("files")
        )
        me, half, forgetful = (stack.enter_context(desk_site.window(browser)) for _ in range(3))
        found["passkey"] = things.arrive(me, things.invitation(desk_site, "me"))
        things.half_way(half, "me")
        found["reset"] = things.forget(forgetful, desk_site, "me")
        opened |= {"me": me, "half": half, "forgetful": forgetful}
        states |= {who: one.storage_state() for who, one in opened.items()}
    found = {name: address.rpartition("/desk/")[2] for name, address in found.items()}
    looks = [
        Look(who, route, "/desk/" + address.format(**found))
        for route, several in PAGES.items()
        for who, address in several
    ]
    return Windows(desk_site, browser, looks, states, found)


def test_no_page_is_forgotten() -> None:
    asked = {route for route, row in TABLE.items() if "GET" in row.methods}
    assert sorted(asked ^ (PAGES.keys() | NO_PAGES.keys())) == []
    assert sorted(PAGES.keys() & NO_PAGES.keys()) == []


def test_every_page_is_whole_on_a_phone_and_on_a_desk_with_scripts_and_without(windows: Windows) -> None:
    found: list[str] = []
    with ExitStack() as stack:
        pages = windows.open(stack, viewport=DESK, color_scheme="light")
        plain = windows.open(stack, java_script_enabled=False)
        for look in windows.looks:
            page, where = pages[look.who], f"{look.route} {look.address}"
            page.set_viewport_size(DESK)
            page.emulate_media(color_scheme="light")
            page.goto(look.address)
            if (
                urlsplit(page.url).path != urlsplit(look.address).path
                or not page.locator("body.desk").count()
            ):
                found.append(f"{where} is another page: {page.url}")
                continue
            found += [f"{where}: {fault}" for fault in plain_faults(page)]
            said = page.locator("main").inner_text()
            page.set_viewport_size(PHONE)
            page.emulate_media(color_scheme="dark")
            faults = sideways(page, PHONE) + page.evaluate(FOR_EARS)
            # Rows of one table are made alike: axe reads the first eight.
            page.evaluate(FEWER)
            found += [f"{where}, phone: {fault}" for fault in faults + axe(page)]
            if look.route in MAIN:
                page.set_viewport_size(DESK)
                page.emulate_media(color_scheme="light")
                found += [f"{where}, desk: {fault}" for fault in axe(page)]
            plain[look.who].goto(look.address)
            # A passkey is the one thing that only a script can ask for; and an app's secret is another each time.
            if (
                "passkey" not in said
                and look.route != "mfa_activate_totp"
                and plain[look.who].locator("main").inner_text() != said
            ):
                found.append(f"{where} says something else without scripts")
    found += windows.faults
    assert found == [], "\n".join(found)


@pytest.mark.parametrize(
    ("who", "address", "button"),
    [
        ("admin", "people/invite", "Send the invitation"), ("admin", "agencies/add", "Add the agency"),
        ("admin", "agencies/police/agreement", "Keep the agreement"), ("stranger", "sign-in", "Sign in"),
        ("analyst", "operations/new", "Save"), ("analyst", "prices/new", "Save"), ("lead", "staffing/posts/new", "Save"),
        ("analyst", "ledger/figures/new", "Save"), ("analyst", "imports/new", "Go on to its columns"),
        ("analyst", "{stream}", "Save the review"), ("analyst", "{import}/rows", "Bring the corrected rows"),
    ],
)  # fmt: skip
def test_an_error_is_where_the_reader_is(windows: Windows, who: str, address: str, button: str) -> None:
    """The page opens at the list of what is wrong; each entry leads to its field, and each field names its error."""
    with ExitStack() as stack:
        page = windows.open(stack, only=who, java_script_enabled=False)[who]
        page.goto("/desk/" + address.format(**windows.found))
        page.evaluate("for (const form of document.forms) form.noValidate = true")
        page.get_by_role("button", name=button, exact=True).click()
        page.wait_for_load_state()
        assert page.evaluate("document.activeElement.matches('.problem[role=alert]')")
        assert page.locator("main .problem[role=alert]").inner_text().strip()
        assert page.evaluate(UNTIED) == []


def plain_faults(page: Page) -> list[str]:
    """Faults that can be seen at the desk without tools."""
    faults = sideways(page, DESK)
    if (count := page.locator("h1").count()) != 1:
        faults.append(f"{count} headings of the first level")
    if not page.title().partition("–")[0].strip():
        faults.append("no title")
    if page.locator("body.desk .rail").count() and not page.locator(".synthetic").is_visible():
        faults.append("does not say that the data is synthetic")
    return faults


def sideways(page: Page, size: Any) -> list[str]:
    """Whether the page is wider than the window."""
    width = page.evaluate("document.documentElement.scrollWidth")
    return [f"is {width} px wide, not {size['width']}"] if width > size["width"] else []


def axe(page: Page) -> list[str]:
    """What axe finds, one line each, with the elements at fault."""
    found = Axe().run(page, options=AXE).response["violations"]
    return [f"{one['id']} {[node['target'] for node in one['nodes']][:4]}" for one in found]
