import uuid

import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0002_agencies_and_roles"),
    ]

    operations = [
        migrations.CreateModel(
            name="Feed",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="feeds",
                        to="accounts.agency",
                    ),
                ),
                ("slug", models.SlugField(max_length=60)),
                ("name", models.CharField(max_length=200)),
                ("health", models.BooleanField()),
                ("expected_days", models.PositiveSmallIntegerField(default=7)),
                ("active", models.BooleanField(default=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("agency", "slug"), name="events_feed_once"),
                    models.CheckConstraint(
                        condition=models.Q(("expected_days__gte", 1)), name="events_feed_expected_some_day"
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deliveries",
                        to="events.feed",
                    ),
                ),
                ("file_name", models.CharField(max_length=255)),
                ("file_sha256", models.CharField(max_length=64)),
                ("mapping", models.CharField(max_length=120)),
                ("received_at", models.DateTimeField()),
                ("by", models.CharField(max_length=200)),
                ("state", models.CharField(default="running", max_length=10)),
                ("ended_at", models.DateTimeField(null=True)),
                ("position", models.PositiveIntegerField(default=0)),
                ("read", models.PositiveIntegerField(default=0)),
                ("added", models.PositiveIntegerField(default=0)),
                ("updated", models.PositiveIntegerField(default=0)),
                ("unchanged", models.PositiveIntegerField(default=0)),
                ("refused", models.PositiveIntegerField(default=0)),
                ("root", models.CharField(blank=True, max_length=64)),
            ],
            options={
                "verbose_name_plural": "deliveries",
                "indexes": [models.Index(fields=["feed", "-received_at"], name="events_delivery_newest")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("running", "done", "cancelled", "undone"))),
                        name="events_delivery_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "read",
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("added"), "+", models.F("updated")
                                        ),
                                        "+",
                                        models.F("unchanged"),
                                    ),
                                    "+",
                                    models.F("refused"),
                                ),
                            )
                        ),
                        name="events_delivery_adds_up",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "running")),
                        fields=("feed", "file_sha256", "mapping"),
                        name="events_delivery_runs_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Operation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="operations",
                        to="accounts.agency",
                    ),
                ),
                ("slug", models.SlugField(max_length=80)),
                ("name", models.CharField(max_length=200)),
                ("substance", models.SlugField(blank=True, db_index=False, max_length=60)),
                ("area", models.CharField(blank=True, max_length=200)),
                ("started_on", models.DateField()),
                ("ended_on", models.DateField(null=True)),
                ("known_from", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("agency", "slug"), name="events_operation_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_on", None), ("ended_on__gte", models.F("started_on")), _connector="OR"
                        ),
                        name="events_operation_span",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Post",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="posts",
                        to="accounts.agency",
                    ),
                ),
                ("unit", models.CharField(max_length=120)),
                ("title", models.CharField(max_length=120)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("agency", "unit", "title"), name="events_post_once")
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Assignment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "post",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assignments",
                        to="events.post",
                    ),
                ),
                ("focus", models.CharField(max_length=10)),
                ("substance", models.SlugField(blank=True, db_index=False, max_length=60)),
                (
                    "operation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assignments",
                        to="events.operation",
                    ),
                ),
                ("area", models.CharField(blank=True, max_length=200)),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField(null=True)),
                ("hours_per_week", models.DecimalField(decimal_places=2, max_digits=5)),
                ("from_unit", models.CharField(blank=True, max_length=120)),
                ("known_from", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("focus", "substance"),
                                ("operation", None),
                                models.Q(("substance", ""), _negated=True),
                            ),
                            models.Q(("focus", "operation"), ("operation__isnull", False)),
                            models.Q(
                                ("focus", "area"), ("operation", None), models.Q(("area", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="events_assignment_focus",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on", None), ("ends_on__gte", models.F("starts_on")), _connector="OR"
                        ),
                        name="events_assignment_span",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("hours_per_week__gt", 0), ("hours_per_week__lte", 168)),
                        name="events_assignment_hours",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("record", models.UUIDField(editable=False)),
                ("version", models.PositiveSmallIntegerField(default=1)),
                ("content", models.UUIDField(editable=False)),
                ("known_from", models.DateTimeField()),
                ("known_until", models.DateTimeField(null=True)),
                (
                    "feed",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="events.feed",
                    ),
                ),
                (
                    "agency",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.agency",
                    ),
                ),
                (
                    "delivery",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="events.delivery",
                    ),
                ),
                ("line", models.PositiveIntegerField()),
                ("kind", models.CharField(max_length=20)),
                ("occurred_at", models.DateTimeField()),
                ("occurred_on", models.DateField()),
                ("occurred_precision", models.CharField(max_length=10)),
                ("reported_at", models.DateTimeField(null=True)),
                ("count", models.PositiveIntegerField(default=1)),
                ("place", models.CharField(max_length=12)),
                ("block", models.CharField(blank=True, max_length=120)),
                ("zip", models.CharField(blank=True, max_length=5)),
                ("county", models.CharField(blank=True, max_length=5)),
                ("state", models.CharField(blank=True, max_length=2)),
                ("latitude", models.FloatField(null=True)),
                ("longitude", models.FloatField(null=True)),
                ("fatal", models.BooleanField(null=True)),
                ("certainty", models.CharField(blank=True, max_length=10)),
                ("naloxone_given", models.BooleanField(null=True)),
                ("naloxone_doses", models.PositiveSmallIntegerField(null=True)),
                ("naloxone_by", models.CharField(blank=True, max_length=40)),
                ("age_band", models.CharField(blank=True, max_length=10)),
                ("sex", models.CharField(blank=True, max_length=1)),
                ("status", models.CharField(blank=True, max_length=20)),
                ("manner", models.CharField(blank=True, max_length=20)),
                ("underlying", models.CharField(blank=True, max_length=5)),
                (
                    "operation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="events.operation",
                    ),
                ),
                ("token", models.CharField(blank=True, max_length=64)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["kind", "occurred_on"], name="events_event_kind_day"),
                    models.Index(fields=["feed", "occurred_on"], name="events_event_feed_day"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("record", "version"), name="events_event_version_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("known_until", None)),
                        fields=("record",),
                        name="events_event_one_present",
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
                        name="events_event_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("place__in", ("block", "zip", "county", "state", "not-stated"))),
                        name="events_event_place",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "occurred_precision__in",
                                ("minute", "hour", "day", "week", "month", "quarter", "year"),
                            )
                        ),
                        name="events_event_precision",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("certainty__in", ("", "suspected", "confirmed"))),
                        name="events_event_certainty",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("known_until", None),
                            ("known_until__gte", models.F("known_from")),
                            _connector="OR",
                        ),
                        name="events_event_known_span",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("version__gte", 1)), name="events_event_version"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Mention",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="mentions",
                        to="events.event",
                    ),
                ),
                ("substance", models.SlugField(db_index=False, max_length=60)),
                ("standing", models.CharField(max_length=10)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("event", "substance"), name="events_mention_once"),
                    models.CheckConstraint(
                        condition=models.Q(("standing__in", ("suspected", "confirmed", "ruled-out"))),
                        name="events_mention_standing",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Cause",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="causes", to="events.event"
                    ),
                ),
                ("code", models.CharField(max_length=5)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("event", "code"), name="events_cause_once")],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Charge",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="charges", to="events.event"
                    ),
                ),
                ("statute", models.CharField(max_length=60)),
                ("offense", models.CharField(blank=True, max_length=200)),
                ("counts", models.PositiveSmallIntegerField(default=1)),
            ],
            options={
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="Exhibit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="exhibits",
                        to="events.event",
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("label", models.CharField(blank=True, max_length=60)),
                ("substance", models.SlugField(db_index=False, max_length=60)),
                ("quantity", models.DecimalField(decimal_places=6, max_digits=15, null=True)),
                ("unit", models.CharField(blank=True, max_length=20)),
                ("laboratory", models.CharField(blank=True, max_length=10)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("event", "number"), name="events_exhibit_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("quantity", None), ("unit", "")),
                            models.Q(("quantity__gte", 0), models.Q(("unit", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="events_exhibit_quantity_has_unit",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("laboratory__in", ("", "pending", "confirmed", "ruled-out"))),
                        name="events_exhibit_laboratory",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Figure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="figures",
                        to="accounts.agency",
                    ),
                ),
                ("kind", models.CharField(max_length=20)),
                ("statistic", models.CharField(default="events", max_length=10)),
                ("substance", models.SlugField(blank=True, db_index=False, max_length=60)),
                (
                    "operation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="figures",
                        to="events.operation",
                    ),
                ),
                ("place", models.CharField(max_length=120)),
                ("since", models.DateField()),
                ("until", models.DateField()),
                ("value", models.DecimalField(decimal_places=3, max_digits=15)),
                ("definition", models.TextField()),
                ("known_on", models.DateField()),
                ("source", models.CharField(max_length=400)),
                ("note", models.TextField(blank=True)),
            ],
            options={
                "indexes": [models.Index(fields=["kind", "since"], name="events_figure_kind")],
                "constraints": [
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
                        name="events_figure_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("statistic__in", ("events", "doses", "mass_g", "value_usd"))),
                        name="events_figure_statistic",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("until__gte", models.F("since"))), name="events_figure_span"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("known_on__gte", models.F("since"))),
                        name="events_figure_known_after",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Price",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="prices",
                        to="accounts.agency",
                    ),
                ),
                ("substance", models.SlugField(db_index=False, max_length=60)),
                ("unit", models.CharField(max_length=20)),
                ("level", models.CharField(max_length=12)),
                ("low_usd", models.DecimalField(decimal_places=4, max_digits=14, null=True)),
                ("mid_usd", models.DecimalField(decimal_places=4, max_digits=14)),
                ("high_usd", models.DecimalField(decimal_places=4, max_digits=14, null=True)),
                ("purity", models.DecimalField(decimal_places=4, max_digits=5, null=True)),
                ("place", models.CharField(blank=True, max_length=120)),
                ("effective_from", models.DateField()),
                ("effective_until", models.DateField(null=True)),
                ("version", models.PositiveSmallIntegerField(default=1)),
                ("source", models.CharField(max_length=400)),
                ("known_from", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("agency", "substance", "unit", "level", "place", "effective_from", "version"),
                        name="events_price_version_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("level__in", ("retail", "transaction", "wholesale"))),
                        name="events_price_level",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("source", ""), _negated=True), name="events_price_has_source"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("mid_usd__gt", 0),
                            models.Q(
                                ("low_usd", None), ("low_usd__lte", models.F("mid_usd")), _connector="OR"
                            ),
                            models.Q(
                                ("high_usd", None), ("high_usd__gte", models.F("mid_usd")), _connector="OR"
                            ),
                        ),
                        name="events_price_order",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Tally",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "agency",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.agency",
                    ),
                ),
                (
                    "feed",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="events.feed",
                    ),
                ),
                ("kind", models.CharField(max_length=20)),
                ("precision", models.CharField(max_length=10)),
                ("on", models.DateField()),
                ("zip", models.CharField(blank=True, max_length=5)),
                ("county", models.CharField(blank=True, max_length=5)),
                ("substance", models.SlugField(blank=True, db_index=False, max_length=60)),
                ("events", models.PositiveIntegerField()),
                ("fatal", models.PositiveIntegerField()),
                ("doses", models.PositiveIntegerField()),
            ],
            options={
                "verbose_name_plural": "tallies",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("kind", "substance", "on", "feed", "precision", "zip", "county"),
                        name="events_tally_once",
                    )
                ],
                "indexes": [],
            },
        ),
    ]
