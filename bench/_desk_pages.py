"""The desk's pages for bench/desk.py: each name with a function that makes a different address of it each time."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]

# Every other address of access.csv that can be read must be among the pages; these do not read the ledger.
ASIDE = {
    "people and agencies": (
        "desk_door", "desk_arrive", "desk_people", "desk_invite", "desk_person", "desk_agencies", "desk_agency_add",
        "desk_agency", "desk_agreement_write", "desk_audit",
    ),
    "one file that was brought in": (
        "import", "import_mapping", "import_rows", "import_errors", "import_keys", "mapping_file", "api_events_schema",
    ),
}  # fmt: skip
SIGNING_IN = ("account_", "mfa_", "socialaccount_", "openid_")
# Files that are taken out or set, as large as what they hold: measured and shown, without a goal.
FILES = ("ledger, CSV of a month", "ledger, Excel of a month", "seizures, CSV of a year", "brief, PDF")


def pages(
    draw: np.random.Generator, first: date, years: int, zips: list[str], substances: tuple[str, ...]
) -> dict[str, Callable[[], str]]:
    """Page → a function that makes a different address of it each time."""
    from daybreak.alerts.models import Stream
    from daybreak.events.models import Event, Operation, Price
    from daybreak.events.queries.rows import handle_of
    from daybreak.publishing.models import MadeBrief

    def day(least: int = 0) -> date:
        return first + timedelta(days=int(draw.integers(least, 365 * years)))

    def month() -> str:
        return day().replace(day=1).isoformat()

    def span() -> str:
        start = day(30).replace(day=1)
        return f"since={start}&until={start + timedelta(days=29)}"

    def some(options: tuple[str, ...] | list[str]) -> str:
        return str(options[int(draw.integers(0, len(options)))])

    def handle(kind: str) -> str:
        newest = (
            Event.objects.filter(kind=kind, occurred_on__lte=day(30))
            .order_by("-occurred_on")
            .values_list("pk", flat=True)
            .first()
        )
        return str(handle_of(newest or 1))

    kinds = ("overdose", "arrest", "seizure", "death", "ed-visit", "complaint")
    pandora = Operation.objects.get().public_id
    price = Price.objects.first()
    brief = MadeBrief.objects.values_list("public_id", flat=True)[0]
    streams = [
        str(one)
        for one in Stream.objects.filter(feed__agency__slug="police")
        .order_by("pk")
        .values_list("public_id", flat=True)
    ]
    return {
        "start": lambda: "/desk/",
        "ledger": lambda: "/desk/ledger",
        "ledger, kind and days": lambda: f"/desk/ledger?kind={some(kinds)}&until={day()}",
        "ledger, ZIP": lambda: f"/desk/ledger?zip={some(zips)}&until={day()}",
        "ledger, substance and ZIP": lambda: (
            f"/desk/ledger?substance={some(substances)}&zip={some(zips)}&until={day()}"
        ),
        "ledger, rare": lambda: f"/desk/ledger?kind=death&substance=alprazolam&zip={some(zips[12:])}",
        "ledger, words": lambda: f"/desk/ledger?q=Street+{int(draw.integers(1, 40))}",
        "ledger, words that are nowhere": lambda: "/desk/ledger?q=nowhere",
        "ledger, as of": lambda: f"/desk/ledger?kind={some(kinds)}&as_of=2014-01-06",
        "event": lambda: f"/desk/ledger/{handle('arrest')}",
        "over time": lambda: f"/desk/ledger/time?kind={some(kinds)}&until={day(720)}",
        "over time, ten years": lambda: (
            f"/desk/ledger/time?kind={some(kinds)}&since=2004-01-01&until=2013-12-31"
        ),
        "over time, drawing": lambda: f"/desk/ledger/time/chart.svg?kind={some(kinds)}&until={day(720)}",
        "substances, five years": lambda: f"/desk/ledger/substances?kind={some(kinds)}&until={day(1900)}",
        "substances, drawing": lambda: (
            f"/desk/ledger/substances/chart.svg?kind={some(kinds)}&until={day(1900)}"
        ),
        "map, county and month": lambda: (
            f"/desk/ledger/map?kind={some(kinds)}&by=county&period=month&since={month()}"
        ),
        "map, ZIP and year": lambda: (
            f"/desk/ledger/map?kind={some(kinds)}&by=zip&period=year&since={month()}"
        ),
        "map, drawing": lambda: (
            f"/desk/ledger/map/chart.svg?kind={some(kinds)}&by=zip&period=year&since={month()}"
        ),
        "deaths": lambda: f"/desk/ledger/deaths?until={day(400)}",
        "disagree": lambda: "/desk/ledger/disagree",
        "compare": lambda: "/desk/ledger/compare",
        "seizures": lambda: f"/desk/seizures?until={day()}",
        "seizure": lambda: f"/desk/seizures/{handle('seizure')}",
        "operations": lambda: "/desk/operations",
        "operation": lambda: f"/desk/operations/{pandora}",
        "prices": lambda: "/desk/prices",
        "price": lambda: f"/desk/prices/{price.public_id if price else ''}",
        "ledger, CSV of a month": lambda: f"/desk/ledger.csv?{span()}",
        "ledger, Excel of a month": lambda: f"/desk/ledger.xlsx?{span()}",
        "seizures, CSV of a year": lambda: (
            f"/desk/seizures.csv?since={(until := day(400)) - timedelta(days=365)}&until={until}"
        ),
        "figure to note": lambda: "/desk/ledger/figures/new",
        "operation to open": lambda: "/desk/operations/new",
        "price to set": lambda: "/desk/prices/new",
        "post to add": lambda: "/desk/staffing/posts/new",
        "hours to assign": lambda: "/desk/staffing/assign",
        "morning list": lambda: "/desk/streams",
        "stream": lambda: f"/desk/streams/{some(streams)}",
        "stream, drawing": lambda: f"/desk/streams/{some(streams)}/chart.svg",
        "briefs": lambda: "/desk/briefs",
        "brief": lambda: f"/desk/briefs/{brief}",
        "brief, PDF": lambda: f"/desk/briefs/{brief}.pdf",
        "imports": lambda: "/desk/imports",
        "file to bring in": lambda: "/desk/imports/new",
        "mappings": lambda: "/desk/mappings",
        "staffing": lambda: "/desk/staffing?since=2013-01-01&until=2013-12-31",
    }


def not_covered(addresses: list[str]) -> list[str]:
    """The names of access.csv that can be read and that no page here asks for."""
    from django.urls import resolve

    asked = {resolve(one.partition("?")[0]).url_name for one in addresses}
    asked |= {name for names in ASIDE.values() for name in names}
    with (ROOT / "src" / "daybreak" / "config" / "access.csv").open(encoding="utf-8", newline="") as table:
        return sorted(
            row["route"]
            for row in csv.DictReader(table)
            if "GET" in row["methods"].split()
            and row["route"] not in asked
            and not row["route"].startswith(SIGNING_IN)
        )
