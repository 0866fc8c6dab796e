"""How the queue stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from daybreak.outbox.models import Message


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many messages are due now, later, given up, and sent."""

    due: int
    later: int
    failed: int
    sent: int


def waiting(*, at: datetime) -> Waiting:
    """The queue at one moment."""
    open_ones = Q(sent=None, failed=None)
    counted = Message.objects.aggregate(
        count_due=Count("pk", filter=open_ones & Q(due__lte=at)),
        count_later=Count("pk", filter=open_ones & Q(due__gt=at)),
        count_failed=Count("pk", filter=~Q(failed=None)),
        count_sent=Count("pk", filter=~Q(sent=None)),
    )
    return Waiting(**{name.removeprefix("count_"): number for name, number in counted.items()})
