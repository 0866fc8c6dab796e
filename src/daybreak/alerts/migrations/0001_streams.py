import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("events", "0001_ledger"),
    ]

    operations = [
        migrations.CreateModel(
            name="Stream",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "feed",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="streams", to="events.feed"
                    ),
                ),
                ("kind", models.CharField(max_length=20)),
                ("substance", models.SlugField(blank=True, db_index=False, max_length=60)),
                ("zip", models.CharField(blank=True, max_length=5)),
                ("active", models.BooleanField(default=True)),
                ("made_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("feed", "kind", "substance", "zip"), name="alerts_stream_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "arrest",
                                    "complaint",
                                    "death",
                                    "drug-check",
                                    "ed-visit",
                                    "naloxone",
                                    "overdose",
                                    "seizure",
                                    "toxicology",
                                ],
                            )
                        ),
                        name="alerts_stream_kind",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Watch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("at", models.DateTimeField()),
                ("tested_day", models.DateField()),
                ("streams", models.PositiveIntegerField()),
                ("tested", models.PositiveIntegerField()),
                ("listed", models.PositiveIntegerField()),
                ("share", models.FloatField()),
                ("seen_delivery", models.PositiveBigIntegerField(default=0)),
            ],
            options={
                "verbose_name_plural": "watches",
                "indexes": [models.Index(fields=["-at"], name="alerts_watch_newest")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("listed__lte", models.F("tested")), ("tested__lte", models.F("streams"))
                        ),
                        name="alerts_watch_adds_up",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Signal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "stream",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signals",
                        to="alerts.stream",
                    ),
                ),
                ("first_on", models.DateField()),
                ("last_on", models.DateField()),
                ("state", models.CharField(default="new", max_length=10)),
            ],
            options={
                "indexes": [models.Index(fields=["-last_on"], name="alerts_signal_newest")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["explained", "false", "new", "real"])),
                        name="alerts_signal_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("last_on__gte", models.F("first_on"))), name="alerts_signal_span"
                    ),
                    models.UniqueConstraint(fields=("stream", "first_on"), name="alerts_signal_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="SignalDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "signal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="days", to="alerts.signal"
                    ),
                ),
                (
                    "watch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="days", to="alerts.watch"
                    ),
                ),
                ("on", models.DateField()),
                ("window_days", models.PositiveSmallIntegerField()),
                ("observed", models.PositiveIntegerField()),
                ("expected", models.FloatField()),
                ("upper", models.FloatField(null=True)),
                ("p", models.FloatField()),
                ("recurrence_days", models.FloatField()),
                ("place", models.PositiveSmallIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("signal", "watch"), name="alerts_signalday_once"),
                    models.CheckConstraint(
                        condition=models.Q(("p__gt", 0), ("p__lte", 1)), name="alerts_signalday_p"
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Review",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "signal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reviews",
                        to="alerts.signal",
                    ),
                ),
                ("verdict", models.CharField(max_length=10)),
                ("why", models.TextField(max_length=1000)),
                ("by", models.CharField(max_length=200)),
                ("at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("verdict__in", ["explained", "false", "real"])),
                        name="alerts_review_verdict",
                    )
                ],
                "indexes": [],
            },
        ),
    ]
