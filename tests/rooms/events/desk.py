"""A ledger for tests of what people see: three agencies, a known set of events, and canaries that must never come out."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from daybreak.events.actions.catalogue import Published, note_figure, record_operation
from daybreak.events.actions.prices import Worth, set_price
from daybreak.events.models import Feed, Operation
from daybreak.events.rules.draft import ChargeSeen, Draft, ExhibitSeen, SubstanceSeen
from tests.people import Cast
from tests.rooms.events.ledger import BY, deliver

AT = datetime(2013, 7, 15, 14, 0, tzinfo=UTC)
FAYETTE = "21067"
# Values that stand in rows of EMS only: whoever must not read these rows must find them in no page and no file.
CANARIES = ("1700 block Canary Ln", "canary-token", "75-84")


def local(month: int, day: int, hour: int = 12, minute: int = 0, year: int = 2013) -> datetime:
    """A local moment in Kentucky (summer time) as UTC."""
    return datetime(year, month, day, hour, minute, tzinfo=UTC) + timedelta(hours=4)


@dataclass(frozen=True)
class Desk:
    """The feeds and the operation of the ledger."""

    arrests: Feed
    seizures: Feed
    runs: Feed
    deaths: Feed
    pandora: Operation


def feed_of(cast: Cast, agency: str, slug: str, *, health: bool) -> Feed:
    """A feed of one of the cast's agencies."""
    return Feed.objects.create(agency=cast.agencies[agency], slug=slug, name=slug.title(), health=health)


def make_desk(cast: Cast) -> Desk:
    """Fill the ledger: police arrests and seizures, EMS runs, deaths of the coroner."""
    police = cast.agencies["police"]
    pandora = record_operation(
        by=BY,
        agency=police,
        name="Operation Pandora",
        started_on=date(2013, 3, 8),
        substance="heroin",
        at=AT - timedelta(days=90),
    )
    desk = Desk(
        arrests=feed_of(cast, "police", "arrests", health=False),
        seizures=feed_of(cast, "police", "seizures", health=False),
        runs=feed_of(cast, "fire", "runs", health=True),
        deaths=feed_of(cast, "coroner", "deaths", health=False),
        pandora=pandora,
    )
    set_price(
        by=BY,
        agency=police,
        worth=Worth(
            "heroin",
            "g",
            "retail",
            Decimal(200),
            date(2013, 1, 1),
            "Narcotics unit, 2013",
            Decimal(150),
            Decimal(250),
        ),
        at=AT - timedelta(days=100),
    )
    deliver(desk.arrests, arrests(), at=AT)
    deliver(desk.seizures, seizures(), at=AT)
    deliver(desk.runs, runs(), at=AT)
    deliver(desk.deaths, deaths(), at=AT)
    return desk


def arrests() -> list[Draft]:
    """20 arrests: 12 for heroin, 8 of these in the operation; one a day from 1 June."""
    found = []
    for number in range(20):
        heroin = number < 12
        found.append(
            Draft(
                kind="arrest",
                line=1,
                key=f"A-{number}",
                occurred_at=local(6, 1 + number, 22, 15),
                occurred_precision="minute",
                place="block",
                block="300 block N Limestone",
                zip="40508",
                county=FAYETTE,
                state="KY",
                operation="operation-pandora" if number < 8 else "",
                substances=(SubstanceSeen("heroin", "confirmed"),) if heroin else (SubstanceSeen("cocaine"),),
                charges=(ChargeSeen("KRS 218A.1412", "Trafficking"),),
            )
        )
    return found


def seizures() -> list[Draft]:
    """Two seizures of 1,179.501 g heroin together; one exhibit is at the laboratory, one has no price."""
    one = Draft(
        kind="seizure",
        line=1,
        key="S-1",
        occurred_at=local(6, 20),
        place="zip",
        zip="40508",
        county=FAYETTE,
        operation="operation-pandora",
        exhibits=(
            ExhibitSeen("heroin", Decimal("867.250"), "g", "confirmed", "bricks"),
            ExhibitSeen("heroin", None, "", "pending"),
        ),
        substances=(SubstanceSeen("heroin", "confirmed"),),
    )
    other = replace(
        one,
        key="S-2",
        occurred_at=local(7, 11),
        exhibits=(
            ExhibitSeen("heroin", Decimal("312.251"), "g", "confirmed"),
            ExhibitSeen("xylazine", Decimal(3), "dosage-unit", "pending"),
        ),
        substances=(SubstanceSeen("heroin", "confirmed"), SubstanceSeen("xylazine")),
    )
    return [one, other]


def runs() -> list[Draft]:
    """EMS runs: 30 in ZIP 40508 and 3 in 40511 in May, 12 in 40508 on 4 June, one canary on 5 June."""
    found = [run(number, local(5, 1 + number % 28, 3), "40508") for number in range(30)]
    found += [run(100 + number, local(5, 2 + number, 5), "40511") for number in range(3)]
    found += [run(200 + number, local(6, 4, number), "40508") for number in range(12)]
    canary = run(300, local(6, 5, 3, 41), "40502")
    return [
        *found,
        replace(canary, block=CANARIES[0], token=CANARIES[1], age_band=CANARIES[2], naloxone_doses=97),
    ]


def run(number: int, at: datetime, zip_code: str) -> Draft:
    """One EMS run for an overdose."""
    return Draft(
        kind="overdose",
        line=1,
        key=f"R-{number}",
        occurred_at=at,
        occurred_precision="minute",
        reported_at=at,
        place="block",
        block="400 block W Third St",
        zip=zip_code,
        county=FAYETTE,
        state="KY",
        latitude=38.05,
        longitude=-84.5,
        fatal=False,
        certainty="suspected",
        naloxone_given=True,
        naloxone_doses=2,
        naloxone_by="ems",
        age_band="25-34",
        sex="F",
        substances=(SubstanceSeen("heroin"),),
    )


def deaths() -> list[Draft]:
    """Three deaths: heroin, heroin with fentanyl, and no drug."""
    one = Draft(
        kind="death",
        line=1,
        key="D-1",
        occurred_at=local(4, 2),
        place="county",
        county=FAYETTE,
        fatal=True,
        underlying="X42",
        causes=("T40.1",),
        substances=(SubstanceSeen("heroin", "confirmed"),),
    )
    both = replace(
        one,
        key="D-2",
        occurred_at=local(5, 2),
        causes=("T40.1", "T40.4"),
        substances=(SubstanceSeen("heroin", "confirmed"), SubstanceSeen("fentanyl", "confirmed")),
    )
    other = replace(one, key="D-3", occurred_at=local(6, 2), underlying="I21", causes=(), substances=())
    return [one, both, other]


def publish(
    cast: Cast, agency: str, kind: str, value: int, since: date, until: date, known_on: date, **more: object
) -> None:
    """Note a figure."""
    figure = Published(kind, Decimal(value), since, until, "Fayette County", known_on, "newspaper", **more)  # type: ignore[arg-type]
    note_figure(by=BY, agency=cast.agencies[agency], figure=figure, at=AT)


def text_of(answer: Any) -> str:
    """All that an answer says; the texts of an Excel file too."""
    body = answer.content
    if body[:2] == b"PK":
        book = zipfile.ZipFile(io.BytesIO(body))
        return "".join(book.read(name).decode("utf-8") for name in book.namelist())
    return str(body.decode("utf-8"))
