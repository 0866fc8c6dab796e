"""The demonstration: invented events whose totals are the published figures, each known from its own day."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db.models import Sum

from daybreak.accounts.models import Agency, Agreement, Invitation, User
from daybreak.accounts.rules.roles import ROLES
from daybreak.audit.models import Entry
from daybreak.events.models import Delivery, Event, Exhibit, Figure, Price
from daybreak.publishing.actions.demo import Filled, NotEmpty, fill_with_lexington
from daybreak.publishing.lexington import deliveries
from daybreak.publishing.rules.demonstration import MEMBERS
from daybreak.vocabulary import files
from tests.rooms.publishing.conftest import NOW


def known(year: int, month: int, day: int) -> datetime:
    """Late on a day in Kentucky."""
    return datetime(year, month, day, 23, 0, tzinfo=UTC)


def heroin(kind: str, at: datetime, since: date, until: date) -> int:
    """Events of a kind that named heroin and stood in the ledger at a moment."""
    rows = Event.objects.filter(
        kind=kind, known_from__lte=at, occurred_on__range=(since, until), mentions__substance="heroin"
    ).exclude(known_until__lte=at)
    return rows.aggregate(n=Sum("count"))["n"] or 0


@pytest.mark.parametrize(
    ("kind", "at", "since", "until", "many"),
    [
        ("arrest", known(2013, 7, 15), date(2011, 1, 1), date(2011, 12, 31), 8),
        ("arrest", known(2013, 7, 15), date(2012, 1, 1), date(2012, 12, 31), 102),
        ("arrest", known(2013, 7, 11), date(2013, 1, 1), date(2013, 7, 11), 150),
        ("arrest", known(2013, 7, 15), date(2013, 1, 1), date(2013, 7, 11), 160),
        ("death", known(2013, 7, 15), date(2012, 1, 1), date(2012, 12, 31), 22),
        ("death", known(2013, 7, 15), date(2013, 1, 1), date(2013, 6, 30), 28),
        ("death", known(2014, 8, 1), date(2013, 1, 1), date(2013, 12, 31), 44),
    ],
)
def test_the_ledger_counts_what_was_published(
    lexington: Filled, kind: str, at: datetime, since: date, until: date, many: int
) -> None:
    assert heroin(kind, at, since, until) == many


@pytest.mark.parametrize(
    ("at", "arrests", "grams"),
    [(known(2013, 7, 11), 67, Decimal(867)), (known(2013, 7, 12), 77, Decimal("1179.501"))],
)
def test_the_operation_grew_overnight(lexington: Filled, at: datetime, arrests: int, grams: Decimal) -> None:
    held = Event.objects.filter(operation__slug="operation-pandora", known_from__lte=at)
    assert held.filter(kind="arrest").count() == arrests
    exhibits = Exhibit.objects.filter(event__in=held, substance="heroin")
    assert exhibits.aggregate(n=Sum("quantity"))["n"] == grams
    assert exhibits.filter(quantity=None).count() == 1


def test_all_drug_deaths_of_2013_are_those_of_the_coroner_and_doses_are_those_of_the_fire_division(
    lexington: Filled,
) -> None:
    deaths = Event.objects.filter(kind="death", known_until=None, occurred_on__year=2013)
    assert deaths.count() == 81
    doses = Event.objects.filter(kind="naloxone", known_until=None, occurred_on__year=2013)
    assert doses.aggregate(n=Sum("naloxone_doses"))["n"] == 843
    assert not Event.objects.filter(kind="overdose").exclude(naloxone_doses=None).exists()


def test_a_death_is_suspected_first_and_confirmed_in_a_second_version(lexington: Filled) -> None:
    versions = Counter(Event.objects.filter(kind="death").values_list("version", "certainty"))
    assert set(versions) == {(1, "suspected"), (2, "confirmed")}
    assert versions[1, "suspected"] == versions[2, "confirmed"]


def test_every_figure_of_the_file_is_noted_with_its_day_and_source(lexington: Filled) -> None:
    noted = {
        (row.agency.slug, row.kind, row.substance, row.since, row.until, row.value, row.known_on)
        for row in Figure.objects.select_related("agency")
    }
    listed = files.rows("demo/lexington_2013_figures.csv")
    assert noted == {
        (
            row["agency"], row["kind"], row["substance"], date.fromisoformat(row["since"]), date.fromisoformat(row["until"]),
            Decimal(row["value"]), date.fromisoformat(row["known_on"]),
        )
        for row in listed
    }  # fmt: skip
    assert len(noted) == lexington.figures == 20
    assert not Figure.objects.exclude(source__startswith="http").exists()
    assert not Price.objects.filter(source="").exists()


def test_nine_agencies_and_the_state_are_marked_as_synthetic(lexington: Filled) -> None:
    assert len(MEMBERS) == 9
    assert set(Agency.objects.values_list("slug", flat=True)) == {*MEMBERS, "odcp"}
    assert set(Agency.objects.values_list("synthetic", flat=True)) == {True}
    assert not Agreement.objects.filter(receiver__slug="odcp").exists()


def test_a_person_is_invited_for_each_role_and_is_named_by_it(lexington: Filled) -> None:
    assert {one.role for one in lexington.invited} == set(ROLES)
    assert Invitation.objects.count() == len(ROLES)
    assert {person.name for person in User.objects.all()} == {role.name for role in ROLES.values()}
    assert not any(person.has_usable_password() for person in User.objects.all())
    assert all(
        one.link.startswith("https://desk.example.gov/desk/invitation?key=") for one in lexington.invited
    )


def test_every_delivery_adds_up_and_stands_in_the_audit(lexington: Filled) -> None:
    assert Delivery.objects.exclude(state="done").count() == 0
    assert Delivery.objects.count() == lexington.deliveries
    assert Entry.objects.filter(action="delivery-done").count() == lexington.deliveries


def test_a_seed_gives_the_same_rows_again() -> None:
    assert deliveries(7) == deliveries(7)
    assert deliveries(7) != deliveries(8)


def test_a_demonstration_never_goes_among_other_rows(lexington: Filled) -> None:
    before = Event.objects.count()
    with pytest.raises(NotEmpty):
        fill_with_lexington(by="command:test", at=NOW, site="https://desk.example.gov")
    with pytest.raises(CommandError, match="must be empty"):
        call_command("demo", "lexington-2013")
    assert Event.objects.count() == before
