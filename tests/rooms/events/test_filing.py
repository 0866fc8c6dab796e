"""Batches of a delivery: filed once, by one process at a time."""

from __future__ import annotations

import pytest

from daybreak.audit.models import Entry
from daybreak.events.actions.deliveries import end_delivery, undo_delivery
from daybreak.events.actions.feeds import open_feed
from daybreak.events.actions.filing import Batch, DeliveryMoved, file_batch
from daybreak.events.models import Event, Feed, Mention
from daybreak.events.rules.draft import SubstanceSeen
from tests.rooms.events.ledger import AT, BY, deliver, draft, feed, identified

pytestmark = pytest.mark.django_db


def test_a_batch_that_another_process_has_filed_is_refused_and_leaves_nothing() -> None:
    police = feed()
    delivery = deliver(police, [draft("1")], end=False)
    late = Batch([identified(police, draft("2", substances=(SubstanceSeen("heroin"),)))], position=2, after=0)
    with pytest.raises(DeliveryMoved):
        file_batch(delivery=delivery, batch=late, operations={}, at=AT)
    assert Event.objects.count() == 1
    assert not Mention.objects.exists()
    delivery.refresh_from_db()
    assert (delivery.position, delivery.read) == (1, 1)


def test_nothing_is_filed_into_a_delivery_that_has_ended() -> None:
    police = feed()
    delivery = deliver(police, [draft("1")])
    with pytest.raises(DeliveryMoved):
        file_batch(
            delivery=delivery, batch=Batch([identified(police, draft("2"))], position=2), operations={}, at=AT
        )
    assert Event.objects.count() == 1


def test_rows_said_twice_and_refused_rows_are_in_the_books_too() -> None:
    police = feed()
    delivery = deliver(police, [draft("1")], end=False)
    batch = Batch(
        [identified(police, draft("1")), identified(police, draft("2"))], position=9, refused=3, again=2
    )
    filed = file_batch(delivery=delivery, batch=batch, operations={}, at=AT)
    assert (filed.added, filed.updated, filed.unchanged) == (1, 0, 3)
    delivery.refresh_from_db()
    assert (delivery.read, delivery.added, delivery.unchanged, delivery.refused) == (8, 2, 3, 3)


def test_a_delivery_ends_once_even_where_two_end_it() -> None:
    delivery = deliver(feed(), [draft("1")])
    again = end_delivery(by=BY, delivery=delivery, at=AT, cancelled=True)
    assert again.state == "done"
    assert Entry.objects.filter(action__startswith="delivery-").count() == 1


def test_an_empty_delivery_ends_and_is_undone_like_any_other() -> None:
    delivery = deliver(feed(), [], refused=2)
    assert (delivery.state, delivery.read) == ("done", 2)
    assert undo_delivery(by=BY, delivery=delivery, at=AT).state == "undone"


def test_a_feed_is_opened_once_and_never_changes_sides() -> None:
    police = feed()
    again = open_feed(by=BY, agency=police.agency, slug="arrests", name="Other", health=True, at=AT)
    assert (again.pk, again.health) == (police.pk, False)
    assert not Entry.objects.filter(action="feed-opened").exists()
    fresh = open_feed(by=BY, agency=police.agency, slug="complaints", name="Complaints", health=False, at=AT)
    assert Entry.objects.get(action="feed-opened").subject == f"feed:{fresh.public_id}"
    assert Feed.objects.count() == 2
