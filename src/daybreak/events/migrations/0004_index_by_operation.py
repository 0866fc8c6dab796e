"""An operation's events are few among all: its index holds those only, by feed, kind and day."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("events", "0003_tally_sums")]

    operations = [
        migrations.AlterField(
            model_name="event",
            name="operation",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="events",
                to="events.operation",
            ),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                condition=models.Q(("operation__isnull", False)),
                fields=["operation", "feed", "kind", "occurred_on"],
                name="events_event_operation",
            ),
        ),
    ]
