"""Canaries: what one ambulance run says comes out at no address of the desk for law enforcement, whatever is agreed.

The run comes in as a file, as an agency brings it: a name, a birth date, a telephone number and a narrative that intake must
drop; an address, a minute, an age and a ZIP code that its own agency may see and law enforcement may not. Then every address
of config/access.csv that can be read is asked, with the filters that single the run out, as everybody of a police division.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from daybreak.accounts.models import Membership, User
from daybreak.accounts.rules.agencies import SHARED_FIELDS
from daybreak.accounts.rules.roles import ROLES
from daybreak.accounts.viewers import viewer_of
from daybreak.alerts.actions.watching import watch
from daybreak.alerts.models import Signal, Stream
from daybreak.events.actions.catalogue import record_operation
from daybreak.events.models import Event
from daybreak.events.queries.rows import handle_of
from daybreak.intake.models import Import
from daybreak.publishing.actions.briefs import make_brief
from tests.house.test_access import KEY, PATTERNS, TABLE, address
from tests.people import SINCE, Cast, make_cast, person, sign_in
from tests.rooms.events.desk import text_of
from tests.rooms.events.ledger import BY, deliver, draft, feed
from tests.rooms.intake.imports import bring, write

MORNING = datetime(2013, 7, 15, 10, tzinfo=UTC)
LAST = datetime(2013, 7, 14, 17, tzinfo=UTC)
HEADINGS = (
    "Run", "Dispatched", "Scene Address", "ZIP", "Drug", "Doses", "Outcome", "Age", "Sex", "Patient Name", "DOB", "Phone",
    "Crew Narrative",
)  # fmt: skip
MAPPING: dict[str, Any] = {
    "daybreak_mapping": 1, "name": "runs", "title": "Ambulance runs", "kind": "overdose", "timezone": "America/New_York",
    "columns": [
        {"column": "Run", "use": "key"},
        {"column": "Dispatched", "use": "occurred", "formats": ["%m/%d/%Y %H:%M"]},
        {"column": "Scene Address", "use": "address"},
        {"column": "ZIP", "use": "zip"},
        {"column": "Drug", "use": "substance"},
        {"column": "Doses", "use": "naloxone-doses"},
        {"column": "Outcome", "use": "fatal"},
        {"column": "Age", "use": "age", "unit": "years"},
        {"column": "Sex", "use": "sex"},
        {"column": "Patient Name", "use": "drop", "why": "name"},
        {"column": "DOB", "use": "drop", "why": "birth-date"},
        {"column": "Phone", "use": "drop", "why": "phone"},
        {"column": "Crew Narrative", "use": "drop", "why": "narrative"},
    ],
    "key": ["Run"], "constants": {"state": "KY", "county": "Fayette"},
}  # fmt: skip
PERSONAL = (
    "Quackenbush",
    "Zebulon",
    "03/12/1931",
    "1931-03-12",
    "555-0142",
    "8595550142",
    "wept at the door",
)
FILE = "runs-of-june.csv"


@dataclass(frozen=True)
class Ledger:
    """The cast, and what the addresses need."""

    cast: Cast
    run: Event
    brought: Import
    own: Import
    brief: Any
    operation: Any


@pytest.fixture
def ledger(db: None, tmp_path: Path, settings: Any) -> Ledger:
    """Ambulance runs with one that stands alone, arrests, and agreements that share everything with everybody."""
    settings.IMPORTS = tmp_path / "imports"
    cast = make_cast()
    for giver, kind in (("fire", "overdose"), ("police", "arrest")):
        for receiver in ("police", "health", "mayor"):
            if giver != receiver:
                cast.agree(giver, receiver, kind, *SHARED_FIELDS, place="block", time="minute")
    fire, police = cast.agencies["fire"], cast.agencies["police"]
    # Marked as a source of health data, as intake marks what an ambulance service brings.
    brought = bring(write(tmp_path, rows(), name=FILE, headings=HEADINGS), body=MAPPING, of=fire, at=MORNING - timedelta(hours=2),
                    rows_a_batch=500).brought_by  # fmt: skip
    arrests = [
        draft(str(number), on=LAST - timedelta(days=number), zip="40508", occurred_precision="minute")
        for number in range(40)
    ]
    deliver(feed("arrests"), arrests, at=MORNING - timedelta(hours=1))
    own = bring(write(tmp_path, [row("P-1", name="A Name")], name="own.csv", headings=HEADINGS), body=MAPPING, of=police,
                at=MORNING - timedelta(hours=1)).brought_by  # fmt: skip
    operation = record_operation(
        by=BY, agency=police, name="Operation Pandora", started_on=LAST.date(), substance="heroin", at=MORNING
    )
    watch(by=BY, at=MORNING)
    viewer = viewer_of(cast.lead, at=MORNING)
    brief = make_brief(by=BY, viewer=viewer, as_of=LAST.date(), before=LAST.date() - timedelta(days=7))
    run = Event.objects.get(zip="40502")
    assert run.feed.health
    return Ledger(cast, run, brought, own, brief, operation)


def row(run: object, at: datetime = LAST, **cells: object) -> tuple[object, ...]:
    """One line of the file."""
    plain: dict[str, object] = {
        "address": "1208 E Main St", "zip": "40507", "drug": "Heroin", "doses": "2", "outcome": "Non-fatal", "age": "31",
        "sex": "F", "name": "", "dob": "", "phone": "", "narrative": "",
    }  # fmt: skip
    return (run, f"{at - timedelta(hours=4):%m/%d/%Y %H:%M}", *(plain | cells).values())


def rows() -> list[tuple[object, ...]]:
    """Two hundred days of runs in one ZIP code, twelve on the last day, a bad line, and the run that stands alone."""
    drawn = np.random.default_rng(7).poisson(0.7, 200)
    drawn[-1] = 12
    made = [
        row(f"{back}-{case}", LAST - timedelta(days=back))
        for back, cases in enumerate(reversed(drawn))
        for case in range(int(cases))
    ]
    alone = datetime(2013, 6, 5, 7, 41, tzinfo=UTC)
    told = {"name": "QUACKENBUSH, Zebulon", "dob": "03/12/1931", "phone": "859-555-0142",
            "narrative": "Zebulon Quackenbush wept at the door, phone (859) 555-0142"}  # fmt: skip
    single = {
        "address": "1713 Canary Ln",
        "zip": "40502",
        "drug": "Xylazine",
        "doses": "97",
        "age": "82",
        "sex": "M",
    }
    made.append(row("CANARY-9", alone, **single, **told))
    made.append(row("CANARY-10", alone, zip="4050", **told))
    return made


ALONE = "kind=overdose&zip=40502&substance=xylazine&since=2013-06-05&until=2013-06-05"
DAY = "kind=overdose&period=day&since=2013-06-05&until=2013-06-05&zip=40502&substance=xylazine"
WEEK = "kind=overdose&period=day&since=2013-06-01&until=2013-06-09"
AREA = "kind=overdose&by=zip&since=2013-06-05&period=month"
AS_OF = "as_of=2013-07-15"


def addresses(of: Ledger) -> dict[str, list[str]]:
    """Route → every address of it that may tell of the run."""
    run, brought = handle_of(of.run.pk), of.brought.public_id
    streams, signals = (
        Stream.objects.filter(feed=of.run.feed),
        Signal.objects.filter(stream__feed=of.run.feed),
    )
    assert streams
    assert signals
    found = {
        "ledger": ["", f"?{ALONE}", f"?{ALONE}&{AS_OF}", "?q=canary", "?q=40502", f"?after={run}"],
        "ledger_file": [f"?{ALONE}", ""],
        "ledger_event": [run],
        "ledger_time": ["?kind=overdose", f"?{DAY}", f"?{DAY}&{AS_OF}", f"?{WEEK}"],
        "ledger_time_chart": [f"?{DAY}", "?kind=overdose"],
        "ledger_substances": ["?kind=overdose"],
        "ledger_substances_chart": ["?kind=overdose"],
        "ledger_map": [f"?{AREA}", "?kind=overdose&by=county"],
        "ledger_map_chart": [f"?{AREA}"],
        "seizure": [run],
        "operation": [of.operation.public_id],
        "streams": ["", "?day=2013-07-14"],
        "stream": [stream.public_id for stream in streams],
        "stream_chart": [stream.public_id for stream in streams],
        "import": [brought, of.own.public_id],
        "import_mapping": [brought],
        "import_rows": [brought],
        "import_errors": [brought],
        "mapping_file": [of.brought.mapping.public_id],
        "brief": [of.brief.public_id],
        "brief_file": [of.brief.public_id],
        "desk_agency": ["fire"],
        "desk_audit": ["", f"?text={run}", "?text=CANARY-9"],
    }  # fmt: skip
    return {
        name: [one for tail in found.get(name, [""]) for one in spelled(name, tail)] for name in readable()
    }


def readable() -> list[str]:
    """Every route that can be read by people; an agency's key opens none of these."""
    return [row.route for row in TABLE.values() if "GET" in row.methods and row.permission != KEY]


def spelled(name: str, tail: Any) -> list[str]:
    """The addresses of a route for what is asked: a query, or what stands in the address; in every form that it has."""
    words = set(PATTERNS[name][1].pattern.converters) or set(PATTERNS[name][1].pattern.regex.groupindex)
    query = tail if str(tail).startswith("?") else ""
    forms = {"brief_file": ("html", "md", "pdf"), "stream_chart": ("svg", "csv")}.get(
        name, ("csv", "xlsx") if name.endswith("_file") else ("svg", "csv")
    )
    values: list[dict[str, Any]] = [{}]
    for word in words:
        given = forms if word in {"form", "sheet"} else (tail,)
        values = [{**one, word: value} for one in values for value in given]
    if words and tail == "" and not words <= {"form", "sheet"}:
        return [address(name)]
    return [reverse(name, kwargs=one) + query for one in values]


def everybody_of_the_police(cast: Cast) -> dict[str, User]:
    """One person for each role that somebody of a police division may hold."""
    found = {"officer": cast.officer, "analyst": cast.analyst, "agency-lead": cast.lead}
    for role in ("coordinator", "privacy-officer", "administrator"):
        found[role] = person(f"{role}-at-police")
        Membership.objects.create(user=found[role], agency=cast.agencies["police"], role=role, since=SINCE)
    return found


def leaked(answer: Any, where: str, secrets: tuple[str, ...]) -> list[str]:
    """What of the run an answer says, its headers and the names of its files included; not what the address itself says."""
    said = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
    if answer.headers.get("Content-Type") != "application/pdf":
        said += text_of(answer)
    return [secret for secret in secrets if secret in said.replace(where, "") and secret not in where]


def test_no_address_tells_anybody_of_the_police_of_the_run(ledger: Ledger) -> None:
    run = str(handle_of(ledger.run.pk))
    exact = ledger.run.occurred_at.isoformat()
    found, opened = [], 0
    for role, who in everybody_of_the_police(ledger.cast).items():
        for name, asked in addresses(ledger).items():
            for where in asked:
                answer = sign_in(Client(), who).get(where)
                assert answer.status_code < 500, (name, where, answer.status_code)
                opened += answer.status_code == 200
                secrets = (*PERSONAL, "Canary Ln", "03:41", "3:41 AM", "CANARY-9", FILE, exact, run)
                # Whoever reads the audit reads that there was an import, and its number, which opens nothing to them.
                secrets += () if name == "desk_audit" else (str(ledger.brought.public_id),)
                found += [(role, where, secret) for secret in leaked(answer, where, secrets)]
                if f"/{run}" in where:
                    assert answer.status_code == 404, (role, where)
    assert found == []
    assert opened > 200, "the pages must have been open, or nothing was tried"


@pytest.mark.parametrize("form", ["csv", "svg"])
def test_the_day_and_the_area_of_the_run_have_no_number(ledger: Ledger, form: str) -> None:
    client = sign_in(Client(), ledger.cast.analyst)
    asked = {
        "ledger_time_chart": "kind=overdose&period=day&since=2013-06-05&until=2013-06-05",
        "ledger_map_chart": AREA,
    }
    for name, query in asked.items():
        said = text_of(client.get(f"{reverse(name, kwargs={'form': form})}?{query}"))
        assert "40502" not in said, name
        assert "2013-06-05,1," not in said, name


def test_its_own_agency_sees_the_run_so_that_the_others_could(ledger: Ledger) -> None:
    who = person("lead-at-fire")
    Membership.objects.create(
        user=who, agency=ledger.cast.agencies["fire"], role="epidemiologist", since=SINCE
    )
    client = sign_in(Client(), who)
    said = "".join(
        text_of(client.get(where))
        for where in (f"/desk/ledger?{ALONE}", f"/desk/ledger/{handle_of(ledger.run.pk)}", "/desk/imports")
    )
    assert [
        secret
        for secret in ("1700 block Canary Ln", "3:41 AM", "75-84", "97", "40502", FILE)
        if secret not in said
    ] == []
    assert [secret for secret in PERSONAL if secret in said] == []


def test_what_names_the_person_stands_nowhere_in_the_database_or_beside_it(
    ledger: Ledger, settings: Any
) -> None:
    kept = [path for path in Path(settings.IMPORTS).rglob("*") if path.is_file()]
    assert kept, "refused rows are kept to be mended"
    assert [path.name for path in kept for secret in PERSONAL if secret.encode() in path.read_bytes()] == []
    held = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            held += [
                (table, secret)
                for line in cursor.fetchall()
                for secret in PERSONAL
                if secret.casefold() in repr(line).casefold()
            ]
    assert held == []


def test_every_role_that_a_police_division_may_give_is_tried(ledger: Ledger) -> None:
    tried = set(everybody_of_the_police(ledger.cast))
    assert {role for role in ROLES if ROLES[role].side in {"law-enforcement", "neutral"}} == tried
