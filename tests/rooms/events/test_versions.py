"""Deliveries: what is added, corrected, said again and taken back; nothing is lost and nothing stands twice."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.db.models import Sum

from daybreak.accounts.rules.roles import ROLES
from daybreak.accounts.rules.viewing import Viewer
from daybreak.audit.models import Entry
from daybreak.events.actions.deliveries import CannotUndo, undo_delivery
from daybreak.events.models import Charge, Delivery, Event, Exhibit, Feed, Mention, Tally
from daybreak.events.queries.asked import Asked
from daybreak.events.queries.counting import Window
from daybreak.events.queries.listing import events_page
from daybreak.events.queries.substances import most_named
from daybreak.events.rules.draft import ChargeSeen, ExhibitSeen, SubstanceSeen
from tests.rooms.events.ledger import AT, BY, deliver, draft, feed

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
HEROIN = (SubstanceSeen("heroin", "confirmed"),)


def _books(delivery: Delivery) -> tuple[int, int, int, int, int]:
    delivery.refresh_from_db()
    return delivery.read, delivery.added, delivery.updated, delivery.unchanged, delivery.refused


def _present() -> dict[str, int]:
    return {f"{row.kind}@{row.zip}": row.version for row in Event.objects.filter(known_until=None)}


def test_a_file_is_added_once_and_the_same_file_again_changes_nothing() -> None:
    police = feed()
    rows = [draft("1", zip="40507", substances=HEROIN), draft("2", zip="40508")]
    assert _books(deliver(police, rows, refused=1)) == (3, 2, 0, 0, 1)
    assert _books(deliver(police, rows, at=AT + DAY)) == (2, 0, 0, 2, 0)
    assert Event.objects.count() == 2
    assert Mention.objects.count() == 1


def test_a_correction_keeps_the_earlier_version_and_when_each_was_known() -> None:
    police = feed()
    deliver(police, [draft("1", zip="40507")])
    assert _books(deliver(police, [draft("1", zip="40511")], at=AT + DAY)) == (1, 0, 1, 0, 0)
    first, second = Event.objects.order_by("version")
    assert (first.zip, first.known_from, first.known_until) == ("40507", AT, AT + DAY)
    assert (second.zip, second.known_from, second.known_until) == ("40511", AT + DAY, None)
    assert first.record == second.record


def test_the_local_day_is_kept_beside_the_moment() -> None:
    deliver(feed(), [draft("1", on=datetime(2013, 7, 15, 3, 30, tzinfo=UTC))])
    assert Event.objects.get().occurred_on == date(2013, 7, 14)


def test_what_a_delivery_added_and_corrected_is_taken_back_with_it() -> None:
    police = feed("seizures")
    exhibits = (ExhibitSeen("heroin", Decimal("1179.501"), "GM", "confirmed"), ExhibitSeen("heroin", None))
    charges = (ChargeSeen("KRS 218A.1412", "trafficking", 2),)
    deliver(police, [draft("1", kind="seizure", exhibits=exhibits, charges=charges, substances=HEROIN)])
    second = deliver(police, [draft("1", kind="seizure"), draft("2", kind="seizure")], at=AT + DAY)
    undo_delivery(by=BY, delivery=second, at=AT + 2 * DAY)
    standing = Event.objects.get(known_until=None)
    assert standing.version == 3
    assert standing.known_from == AT + 2 * DAY
    assert [(one.quantity, one.unit) for one in standing.exhibits.order_by("number")] == [
        (Decimal("1179.501000"), "GM"),
        (None, ""),
    ]
    assert standing.charges.get().counts == 2
    assert standing.mentions.get().substance == "heroin"
    assert Exhibit.objects.count() == 4
    assert Charge.objects.count() == 2
    assert Tally.objects.get(substance="").events == 1


def test_what_was_known_before_an_undo_can_still_be_read_as_of_that_day() -> None:
    police = feed()
    wrong = deliver(police, [draft("1"), draft("2")])
    undo_delivery(by=BY, delivery=wrong, at=AT + DAY)
    then = AT + timedelta(hours=1)
    assert Event.objects.filter(known_from__lte=then, known_until__gt=then).count() == 2
    assert not Event.objects.filter(known_until=None).exists()
    assert not Tally.objects.exists()


def test_an_undone_file_can_be_brought_again() -> None:
    police = feed()
    rows = [draft("1"), draft("2")]
    undo_delivery(by=BY, delivery=deliver(police, rows), at=AT + DAY)
    assert _books(deliver(police, rows, at=AT + 2 * DAY)) == (2, 2, 0, 0, 0)
    assert _present() == {"arrest@": 2}


def test_an_undo_is_refused_with_names_where_a_later_file_corrected_the_rows() -> None:
    police = feed()
    first = deliver(police, [draft("1", zip="40507")], name="march.csv")
    second = deliver(police, [draft("1", zip="40511")], at=AT + DAY, name="april.csv")
    with pytest.raises(CannotUndo, match=r"^april\.csv$"):
        undo_delivery(by=BY, delivery=first, at=AT + 2 * DAY)
    assert _present() == {"arrest@40511": 2}
    undo_delivery(by=BY, delivery=second, at=AT + 2 * DAY)
    undo_delivery(by=BY, delivery=first, at=AT + 3 * DAY)
    assert _present() == {}


def test_undoing_in_turn_leads_back_to_the_first_word_and_not_to_an_undone_one() -> None:
    police = feed()
    deliver(police, [draft("1", zip="40502")])
    second = deliver(police, [draft("1", zip="40507")], at=AT + DAY)
    third = deliver(police, [draft("1", zip="40511")], at=AT + 2 * DAY)
    undo_delivery(by=BY, delivery=third, at=AT + 3 * DAY)
    assert _present() == {"arrest@40507": 4}
    undo_delivery(by=BY, delivery=second, at=AT + 4 * DAY)
    assert _present() == {"arrest@40502": 5}


def test_a_delivery_is_undone_once() -> None:
    delivery = deliver(feed(), [draft("1")])
    undo_delivery(by=BY, delivery=delivery, at=AT + DAY)
    with pytest.raises(ValueError, match="this one is undone"):
        undo_delivery(by=BY, delivery=delivery, at=AT + DAY)
    running = deliver(feed(), [draft("2")], at=AT + DAY, end=False)
    with pytest.raises(ValueError, match="this one is running"):
        undo_delivery(by=BY, delivery=running, at=AT + DAY)


def test_a_killed_delivery_goes_on_as_the_same_one() -> None:
    police = feed()
    first = deliver(police, [draft("1")], end=False)
    again = deliver(police, [draft("1")], at=AT + DAY)
    assert again.pk == first.pk
    assert Event.objects.count() == 1


def test_the_books_must_balance_or_the_database_refuses() -> None:
    delivery = deliver(feed(), [draft("1")])
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.filter(pk=delivery.pk).update(read=7)


def test_each_end_is_one_entry_in_the_audit_with_file_counts_and_root() -> None:
    delivery = deliver(feed(), [draft("1"), draft("2")])
    undo_delivery(by=BY, delivery=delivery, at=AT + DAY)
    done, undone = Entry.objects.filter(action__startswith="delivery-").order_by("id")
    assert (done.action, undone.action) == ("delivery-done", "delivery-undone")
    assert done.detail["added"] == 2
    assert done.detail["file_sha256"] == delivery.file_sha256
    assert len(done.detail["root"]) == 64


def test_a_wider_substance_counts_each_event_once_as_the_list_does() -> None:
    pills = [
        draft("1", kind="overdose", substances=(SubstanceSeen("oxycodone"), SubstanceSeen("hydrocodone"))),
        draft("2", kind="overdose", substances=(SubstanceSeen("prescription-opioid"),)),
        draft("3", kind="overdose", substances=(SubstanceSeen("oxycodone", "ruled-out"),)),
        draft("4", kind="overdose", on=AT - 2 * DAY, substances=(SubstanceSeen("hydrocodone"), *HEROIN)),
        draft(
            "5",
            kind="overdose",
            on=AT - 2 * DAY,
            substances=(SubstanceSeen("fentanyl"), SubstanceSeen("tramadol")),
        ),
    ]
    runs = feed("runs", agency="fire", kind="fire-ems", health=True)
    deliver(runs, pills)
    wanted = {"oxycodone": 1, "hydrocodone": 2, "tramadol": 1, "heroin": 1, "fentanyl": 1,
              "prescription-opioid": 4, "synthetic-opioid": 1, "opioid": 4}  # fmt: skip
    assert _by_substance() == wanted
    fire = _own(runs)
    for slug, events in wanted.items():
        assert len(events_page(fire, Asked(kinds=("overdose",), substance=slug)).rows) == events, slug
    # One day alone is counted anew; and what is undone is counted no more.
    later = deliver(runs, [draft("6", kind="overdose", substances=(SubstanceSeen("morphine"),))], at=AT + DAY)
    assert _by_substance()["prescription-opioid"] == 5
    undo_delivery(by=BY, delivery=later, at=AT + 2 * DAY)
    assert _by_substance() == wanted


def test_pills_heroin_and_fentanyl_stand_on_one_chart_and_nothing_repeats_them() -> None:
    named = (("oxycodone", 5), ("hydrocodone", 4), ("heroin", 3), ("fentanyl", 2), ("methamphetamine", 1))
    runs = feed("runs", agency="fire", kind="fire-ems", health=True)
    deliver(runs, [
        draft(f"{slug}{number}", kind="overdose", substances=(SubstanceSeen(slug),))
        for slug, many in named
        for number in range(many)
    ])  # fmt: skip
    window = Window(date(2013, 7, 1), date(2013, 7, 31), "month")
    shown = most_named(_own(runs), kind="overdose", window=window, agency="fire")
    assert {one.substance: one.events for one in shown} == {"prescription-opioid": 9, **dict(named)}


def _own(of: Feed) -> Viewer:
    return Viewer(
        person=None, name="", agency_id=of.agency_id, agency=of.agency.slug, roles=frozenset({"epidemiologist"}),
        permissions=ROLES["epidemiologist"].permissions, law_enforcement=False, grants=(), at=AT,
    )  # fmt: skip


def _by_substance() -> dict[str, int]:
    rows = Tally.objects.exclude(substance="").values_list("substance").annotate(n=Sum("events"))
    return dict(rows.order_by())


def test_tallies_count_by_day_place_and_substance_and_never_add_two_substances() -> None:
    both = (SubstanceSeen("heroin"), SubstanceSeen("fentanyl"), SubstanceSeen("cocaine", "ruled-out"))
    deliver(
        feed("runs", agency="fire", kind="fire-ems", health=True),
        [
            draft("1", kind="overdose", zip="40507", fatal=True, naloxone_doses=2, substances=both),
            draft("2", kind="overdose", zip="40507", count=3, substances=both[:1]),
            draft("3", kind="overdose", occurred_precision="month"),
        ],
    )
    found = {
        (row.precision, row.zip, row.substance): (row.events, row.fatal, row.doses)
        for row in Tally.objects.all()
    }
    assert found == {
        ("day", "40507", ""): (4, 1, 2),
        ("day", "40507", "heroin"): (4, 1, 2),
        ("day", "40507", "fentanyl"): (1, 1, 2),
        ("day", "40507", "synthetic-opioid"): (1, 1, 2),
        # Each event once, though one of them names two opioids.
        ("day", "40507", "opioid"): (4, 1, 2),
        ("month", "", ""): (1, 0, 0),
    }


def test_an_older_home_is_counted_anew_by_the_migration() -> None:
    deliver(feed(), [draft("1", substances=(SubstanceSeen("heroin"), SubstanceSeen("fentanyl")))])
    counted = _by_substance()
    Tally.objects.filter(substance="opioid").delete()
    migration = import_module("daybreak.events.migrations.0006_wider_substances")
    migration.count_anew(apps, SimpleNamespace(connection=connection))
    assert _by_substance() == counted
    assert counted["opioid"] == 1
