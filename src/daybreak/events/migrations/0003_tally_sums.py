"""Sums over years read an index that holds what they need."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("events", "0002_index_by_kind")]

    operations = [
        migrations.AddIndex(
            model_name="tally",
            index=models.Index(
                fields=["kind", "substance", "feed", "on", "precision", "events"], name="events_tally_sums"
            ),
        ),
    ]
