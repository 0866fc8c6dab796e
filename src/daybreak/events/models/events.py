"""Events and their parts: substances, causes, charges, exhibits. A row is one version of one record and is never rewritten."""

from __future__ import annotations

from django.db import models

from daybreak.accounts.models import Agency
from daybreak.events.models.choices import one_of
from daybreak.events.models.deliveries import Delivery, Feed
from daybreak.events.models.operations import Operation
from daybreak.vocabulary.kinds import KINDS
from daybreak.vocabulary.precision import PLACES, TIMES

CERTAINTIES = ("", "suspected", "confirmed")
STANDINGS = ("suspected", "confirmed", "ruled-out")
LABORATORY = ("", "pending", "confirmed", "ruled-out")


class Event(models.Model):
    """One version of one record: what the feed said, from ``known_from`` until a correction or an undo (``known_until``).

    ``record`` is the digest of the row's identity within its feed, the same in every version; ``content`` the digest of
    what it says. ``occurred_on`` is the local day of ``occurred_at`` (the first day of a longer period). The other fields
    are those of rules.draft.Draft: no name, birth date, exact address or case subject has a column.
    """

    record = models.UUIDField(editable=False)
    version = models.PositiveSmallIntegerField(default=1)
    content = models.UUIDField(editable=False)
    known_from = models.DateTimeField()
    known_until = models.DateTimeField(null=True)
    # The delivery's own: the database checks that the delivery is there, whose feed and agency it has checked before.
    feed = models.ForeignKey(Feed, models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    delivery = models.ForeignKey(Delivery, models.PROTECT, related_name="events")
    line = models.PositiveIntegerField()
    kind = models.CharField(max_length=20)
    occurred_at = models.DateTimeField()
    occurred_on = models.DateField()
    occurred_precision = models.CharField(max_length=10)
    reported_at = models.DateTimeField(null=True)
    count = models.PositiveIntegerField(default=1)
    place = models.CharField(max_length=12)
    block = models.CharField(max_length=120, blank=True)
    zip = models.CharField(max_length=5, blank=True)
    county = models.CharField(max_length=5, blank=True)
    state = models.CharField(max_length=2, blank=True)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    fatal = models.BooleanField(null=True)
    certainty = models.CharField(max_length=10, blank=True)
    naloxone_given = models.BooleanField(null=True)
    naloxone_doses = models.PositiveSmallIntegerField(null=True)
    naloxone_by = models.CharField(max_length=40, blank=True)
    age_band = models.CharField(max_length=10, blank=True)
    sex = models.CharField(max_length=1, blank=True)
    status = models.CharField(max_length=20, blank=True)
    manner = models.CharField(max_length=20, blank=True)
    underlying = models.CharField(max_length=5, blank=True)
    operation = models.ForeignKey(Operation, models.PROTECT, null=True, related_name="events", db_index=False)
    token = models.CharField(max_length=64, blank=True)

    class Meta:
        """One present version a record; a kind, precision and place that we know."""

        indexes = [
            models.Index(fields=["kind", "occurred_on"], name="events_event_kind_day"),
            models.Index(fields=["feed", "kind", "occurred_on"], name="events_event_feed_kind"),
            models.Index(
                fields=["operation", "feed", "kind", "occurred_on"],
                condition=models.Q(operation__isnull=False),
                name="events_event_operation",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["record", "version"], name="events_event_version_once"),
            models.UniqueConstraint(
                fields=["record"], condition=models.Q(known_until=None), name="events_event_one_present"
            ),
            models.CheckConstraint(condition=one_of("kind", sorted(KINDS)), name="events_event_kind"),
            models.CheckConstraint(condition=one_of("place", PLACES), name="events_event_place"),
            models.CheckConstraint(
                condition=one_of("occurred_precision", TIMES), name="events_event_precision"
            ),
            models.CheckConstraint(condition=one_of("certainty", CERTAINTIES), name="events_event_certainty"),
            models.CheckConstraint(
                condition=models.Q(known_until=None) | models.Q(known_until__gte=models.F("known_from")),
                name="events_event_known_span",
            ),
            models.CheckConstraint(condition=models.Q(version__gte=1), name="events_event_version"),
        ]


class Mention(models.Model):
    """A substance that an event names, and how sure it is."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="mentions")
    substance = models.SlugField(max_length=60, db_index=False)
    standing = models.CharField(max_length=10)

    class Meta:
        """Once an event."""

        constraints = [
            models.UniqueConstraint(fields=["event", "substance"], name="events_mention_once"),
            models.CheckConstraint(condition=one_of("standing", STANDINGS), name="events_mention_standing"),
        ]


class Cause(models.Model):
    """An ICD-10 code on a death or a visit; the groups of codes never add up, since one death may have several."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="causes")
    code = models.CharField(max_length=5)

    class Meta:
        """Once an event."""

        constraints = [models.UniqueConstraint(fields=["event", "code"], name="events_cause_once")]


class Charge(models.Model):
    """A charge of an arrest, as cited; which text of the statute was in force is looked up by the day of the arrest."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="charges")
    statute = models.CharField(max_length=60)
    offense = models.CharField(max_length=200, blank=True)
    counts = models.PositiveSmallIntegerField(default=1)


class Exhibit(models.Model):
    """A seized thing. ``quantity`` is None where none was reported (NIBRS XX), and then it has no unit and no value."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="exhibits")
    number = models.PositiveSmallIntegerField()
    label = models.CharField(max_length=60, blank=True)
    substance = models.SlugField(max_length=60, db_index=False)
    quantity = models.DecimalField(max_digits=15, decimal_places=6, null=True)
    unit = models.CharField(max_length=20, blank=True)
    laboratory = models.CharField(max_length=10, blank=True)

    class Meta:
        """Numbered within its event; a quantity has a unit and is not negative."""

        constraints = [
            models.UniqueConstraint(fields=["event", "number"], name="events_exhibit_once"),
            models.CheckConstraint(
                condition=models.Q(quantity=None, unit="") | models.Q(quantity__gte=0) & ~models.Q(unit=""),
                name="events_exhibit_quantity_has_unit",
            ),
            models.CheckConstraint(
                condition=one_of("laboratory", LABORATORY), name="events_exhibit_laboratory"
            ),
        ]
