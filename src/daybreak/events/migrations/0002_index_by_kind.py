"""Lists and counts look for a feed's kind and day, so one index holds the three."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("events", "0001_ledger")]

    operations = [
        migrations.RemoveIndex(model_name="event", name="events_event_feed_day"),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(fields=["feed", "kind", "occurred_on"], name="events_event_feed_kind"),
        ),
    ]
