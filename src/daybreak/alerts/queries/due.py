"""Whether the streams should be tested again; apart from the testing, which takes seconds to load."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from daybreak.alerts.models import Watch
from daybreak.events.models import Delivery


def is_due(at: datetime) -> bool:
    """Whether a delivery has ended since the last watch, or a day has passed without one."""
    last = Watch.objects.order_by("-at").first()
    if last is None:
        return Delivery.objects.exclude(state="running").exists()
    if last.tested_day < at.astimezone(ZoneInfo(settings.DAYBREAK_TIME_ZONE)).date() - timedelta(days=1):
        return True
    return Delivery.objects.filter(ended_at__gt=last.at).exists()
