"""Counts the days of every feed anew: a wider substance now counts what is narrower."""

from __future__ import annotations

from typing import Any

from django.db import migrations
from django.db.models import Max, Min


def count_anew(apps: Any, schema_editor: Any) -> None:
    """Only where events are: a new installation has nothing to count."""
    events = apps.get_model("events", "Event").objects.using(schema_editor.connection.alias)
    spans = (
        events.values_list("feed", "feed__agency")
        .annotate(first=Min("occurred_on"), last=Max("occurred_on"))
        .order_by()
    )
    if not spans:
        return
    from daybreak.events.actions.tallying import tally
    from daybreak.events.models import Feed

    for feed, agency, first, last in spans:
        tally(feed=Feed(pk=feed, agency_id=agency), first=first, last=last)


class Migration(migrations.Migration):
    """Only rows change."""

    dependencies = (("events", "0005_checks_without_lists"),)
    operations = (migrations.RunPython(count_anew, migrations.RunPython.noop),)
