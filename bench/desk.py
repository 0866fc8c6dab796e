"""How fast the desk's pages are with a million events in the ledger: median and 95th percentile of each, as several roles.

Run `script/bench desk` for SQLite, and `python -m tests.postgres -- script/bench desk` for PostgreSQL. The ledger is drawn
with a seed: ten years, seven feeds of five agencies, 24 ZIP codes, weekday and yearly waves. Times are those of the whole
answer within one process: session, permission, queries, template. Synthetic data: nobody in it exists.
"""

from __future__ import annotations

import argparse
import gc
import os
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from _desk_pages import FILES, not_covered, pages  # noqa: E402 - found by the line above

FIRST, YEARS = date(2004, 1, 1), 10
AT = datetime(2014, 1, 6, 15, 0, tzinfo=UTC)
BATCH = 5000
ZIPS = [f"405{number:02d}" for number in range(2, 18)] + [
    "40324",
    "40330",
    "40347",
    "40353",
    "40356",
    "40361",
    "40383",
    "40391",
]
# agency, kind of agency, feed, kind of data, health, share of all events
FEEDS = (
    ("fire", "fire-ems", "runs", "overdose", True, 0.46),
    ("hospital", "hospital", "visits", "ed-visit", True, 0.22),
    ("police", "police", "arrests", "arrest", False, 0.14),
    ("police", "police", "complaints", "complaint", False, 0.07),
    ("police", "police", "overdoses", "overdose", False, 0.06),
    ("police", "police", "seizures", "seizure", False, 0.04),
    ("coroner", "coroner", "deaths", "death", False, 0.01),
)
SUBSTANCES = ("heroin", "fentanyl", "oxycodone", "methamphetamine", "cocaine", "xylazine", "alprazolam")


def drafts(kind: str, many: int, draw: np.random.Generator) -> Iterator[Any]:
    """Events of one kind in the order of their days."""
    from daybreak.events.rules.draft import ChargeSeen, Draft, ExhibitSeen, SubstanceSeen

    days = np.sort(draw.integers(0, 365 * YEARS, many))
    minutes = draw.integers(0, 1440, many)
    places = draw.choice(len(ZIPS), many, p=_weights())
    streets = draw.integers(1, 60, many)
    named = draw.choice(len(SUBSTANCES), many, p=(0.34, 0.22, 0.16, 0.12, 0.1, 0.03, 0.03))
    grams = draw.lognormal(1.0, 1.6, many)
    start = datetime(FIRST.year, 1, 1, 5, tzinfo=UTC)
    for at in range(many):
        zip_code = ZIPS[places[at]]
        substance = SUBSTANCES[named[at]]
        draft = Draft(
            kind=kind,
            line=at + 1,
            key=f"{kind}-{at}",
            occurred_at=start + timedelta(days=int(days[at]), minutes=int(minutes[at])),
            occurred_precision="minute",
            place="block",
            block=f"{streets[at] * 100} block Street {streets[at] % 40}",
            zip=zip_code,
            county="21067" if places[at] < 16 else "21209",
            state="KY",
            fatal=kind == "death" or (kind == "overdose" and at % 19 == 0),
            substances=(SubstanceSeen(substance),) if kind != "complaint" else (),
        )
        if kind == "overdose":
            draft = replace(
                draft, naloxone_given=at % 3 == 0, naloxone_doses=at % 3 or None, age_band="25-34"
            )
        elif kind == "arrest":
            draft = replace(
                draft,
                charges=(ChargeSeen("KRS 218A.1412", "Trafficking"),),
                operation="operation-pandora" if days[at] > 365 * 9 and at % 40 == 0 else "",
            )
        elif kind == "seizure":
            exhibit = ExhibitSeen(substance, Decimal(str(round(float(grams[at]), 3))), "g", "confirmed")
            operation = "operation-pandora" if days[at] > 365 * 9 and at % 10 == 0 else ""
            draft = replace(draft, exhibits=(exhibit,), operation=operation)
        elif kind == "death":
            draft = replace(draft, underlying="X42", causes=("T40.1", "T40.4") if at % 3 == 0 else ("T40.1",))
        yield draft


def _weights() -> np.ndarray:
    weights = 1.0 / np.arange(1, len(ZIPS) + 1)
    return weights / weights.sum()


def fill(events: int) -> None:
    """Agencies, agreements, people, prices, figures, and the events."""
    import hashlib

    from daybreak.accounts.models import Agency, Agreement, Membership, User
    from daybreak.accounts.rules.agencies import SHARED_FIELDS
    from daybreak.events.actions.catalogue import Published, note_figure, record_operation
    from daybreak.events.actions.deliveries import File, end_delivery, open_delivery
    from daybreak.events.actions.filing import Batch, Identified, file_batch
    from daybreak.events.actions.prices import Worth, set_price
    from daybreak.events.models import Feed, Operation

    since = datetime(2004, 1, 1, tzinfo=UTC)
    kinds = {slug: kind for slug, kind, *_ in FEEDS} | {"health": "health-department"}
    agencies = {
        slug: Agency.objects.create(slug=slug, name=slug.title(), kind=kind) for slug, kind in kinds.items()
    }
    for name, role, agency in (
        ("analyst", "analyst", "police"),
        ("lead", "agency-lead", "police"),
        ("epidemiologist", "epidemiologist", "health"),
    ):
        person = User.objects.create_user(f"{name}@example.gov", name=f"The {name}")
        Membership.objects.create(user=person, agency=agencies[agency], role=role, since=since)
    for giver, _, _, kind, _, _ in FEEDS:
        for receiver, place, precision in (("police", "block", "minute"), ("health", "zip", "day")):
            if giver != receiver:
                Agreement.objects.create(
                    giver=agencies[giver], receiver=agencies[receiver], kind=kind, fields=list(SHARED_FIELDS), place=place,
                    time=precision, starts_on=since.date(), document="MOU of the bench",
                )  # fmt: skip
    record_operation(
        by="bench",
        agency=agencies["police"],
        name="Operation Pandora",
        started_on=date(2013, 3, 8),
        substance="heroin",
        at=since,
    )
    for substance in SUBSTANCES[:5]:
        worth = Worth(substance, "g", "retail", Decimal(150), date(2004, 1, 1), "bench")
        set_price(by="bench", agency=agencies["police"], worth=worth, at=since)
    for year in range(FIRST.year, FIRST.year + YEARS):
        for agency, kind, value in (
            ("police", "arrest", 14_000),
            ("coroner", "death", 1_000),
            ("health", "death", 1_050),
        ):
            figure = Published(
                kind,
                Decimal(value + year),
                date(year, 1, 1),
                date(year, 12, 31),
                "Fayette County",
                date(year + 1, 1, 5),
                "bench",
            )
            note_figure(by="bench", agency=agencies[agency], figure=figure, at=AT)
    operations = dict(Operation.objects.values_list("slug", "id"))
    draw = np.random.default_rng(20130715)
    for slug, _, name, kind, health, share in FEEDS:
        feed = Feed.objects.create(agency=agencies[slug], slug=name, name=name.title(), health=health)
        delivery = open_delivery(by="bench", feed=feed, file=File(f"{name}.csv", "0" * 64, "bench@1"), at=AT)
        rows: list[Any] = []
        position = 0
        for draft in drafts(kind, round(events * share), draw):
            digest = hashlib.blake2b(f"{feed.pk}/{draft.key}".encode(), digest_size=16).digest()
            rows.append(Identified(UUID(bytes=digest), UUID(bytes=digest), draft))
            if len(rows) == BATCH:
                position += BATCH
                file_batch(delivery=delivery, batch=Batch(rows, position), operations=operations, at=AT)
                rows = []
        if rows:
            file_batch(
                delivery=delivery, batch=Batch(rows, position + len(rows)), operations=operations, at=AT
            )
        end_delivery(by="bench", delivery=delivery, at=AT)


def measure(rounds: int, only: str) -> list[tuple[str, str, float, float, float, int]]:
    """Person, page, median and 95th percentile in ms, the latter in this process's own CPU time too, and bytes."""
    from django.test import Client

    from daybreak.accounts.models import User
    from tests.people import sign_in

    found = []
    # As config/wsgi.py does where pages are served.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    for name in ("lead", "epidemiologist"):
        client = Client(raise_request_exception=True)
        sign_in(client, User.objects.get(email=f"{name}@example.gov"))
        asked = pages(np.random.default_rng(7), FIRST, YEARS, ZIPS, SUBSTANCES)
        if missing := not_covered([address() for address in asked.values()]):
            raise SystemExit(f"bench/_desk_pages.py must have a page, or a reason, for {', '.join(missing)}.")
        for page, address in asked.items():
            if not re.search(only, page):
                continue
            times, own, size = [], [], 0
            for turn in range((min(rounds, 3) if page in FILES else rounds) + 1):
                where = address()
                start, cpu = time.perf_counter(), time.process_time()
                answer = client.get(where)
                took, spent = (time.perf_counter() - start) * 1000, (time.process_time() - cpu) * 1000
                if answer.status_code == 404 and not times:
                    break  # not this person's page; below it must have been somebody's
                if answer.status_code != 200:
                    raise SystemExit(f"bench/desk.py: {where} answered {answer.status_code} to {name}.")
                size = len(answer.content)
                if turn:  # the first answer compiles templates and reads data files
                    times.append(took)
                    own.append(spent)
            if times:
                found.append(
                    (
                        name,
                        page,
                        statistics.median(times),
                        float(np.percentile(times, 95)),
                        float(np.percentile(own, 95)),
                        size,
                    )
                )
    shown = {page for _, page, *_ in found}
    if nobody := [page for page in asked if re.search(only, page) and page not in shown]:
        raise SystemExit(f"bench/desk.py: nobody was answered on {', '.join(nobody)}.")
    return found


def ready() -> None:
    """What pages show beside the ledger: one day watched, one brief kept."""
    from daybreak.accounts.models import User
    from daybreak.accounts.viewers import viewer_of
    from daybreak.alerts.actions.watching import watch
    from daybreak.alerts.models import Watch
    from daybreak.publishing.actions.briefs import make_brief
    from daybreak.publishing.models import MadeBrief

    if not Watch.objects.exists():
        watch(by="bench", at=AT)
    if not MadeBrief.objects.exists():
        viewer = viewer_of(User.objects.get(email="lead@example.gov"), at=AT)
        make_brief(by="bench", viewer=viewer, as_of=date(2013, 7, 15), before=date(2013, 7, 8))


def main() -> None:
    """Fill a ledger of its own and measure it."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--events", type=int, default=1_000_000)
    ask.add_argument("--rounds", type=int, default=20)
    ask.add_argument("--only", default="", help="measure the pages whose names this pattern finds")
    ask.add_argument("--home", help="a folder to keep the ledger in; one that is filled is measured again")
    given = ask.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(given.home or folder)
        os.environ["DAYBREAK_HOME"] = str(home)
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "daybreak.config.settings")
        import django

        django.setup()
        from django.conf import settings
        from django.core.management import call_command
        from django.db import connection

        settings.ALLOWED_HOSTS = ["testserver"]
        call_command("migrate", verbosity=0)
        from daybreak.events.models import Event

        if not Event.objects.exists():
            start = time.perf_counter()
            fill(given.events)
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("ANALYZE")
            print(f"filled in {time.perf_counter() - start:.0f} s")
        start = time.perf_counter()
        ready()
        print(f"watched, and a brief made, in {time.perf_counter() - start:.0f} s")
        print(
            f"{connection.vendor}, {Event.objects.count():,} events, {given.rounds} different addresses of each page"
        )
        for name, page, middle, high, own, size in measure(given.rounds, given.only):
            late = "" if high <= 300 else "  (a file)" if page in FILES else "  <-- over 300"
            print(
                f"{name:15} {page:32} {middle:7.0f} ms {high:7.0f} ms p95 {own:6.0f} ms CPU {size / 1000:8.0f} kB{late}"
            )


if __name__ == "__main__":
    main()
