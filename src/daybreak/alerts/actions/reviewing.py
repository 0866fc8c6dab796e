"""Says what a signal was: real, explained or false, by whom and why."""

from __future__ import annotations

from datetime import datetime

from django.db import router, transaction

from daybreak.alerts.models import Review, Signal
from daybreak.alerts.rules.lifecycle import NEXT, may_follow
from daybreak.audit.actions import record


def review_signal(*, by: str, signal: Signal, verdict: str, why: str, at: datetime) -> Review:
    """Add a review; raises ValueError for a verdict that may not follow, or without a reason."""
    if not why.strip():
        raise ValueError("A review must say why, so that the next reader understands it; got nothing.")
    with transaction.atomic(using=router.db_for_write(Signal)):
        signal = Signal.objects.select_for_update().get(pk=signal.pk)
        if not may_follow(signal.state, verdict):
            allowed = ", ".join(sorted(NEXT[signal.state]))
            raise ValueError(
                f"After {signal.state!r} a review must be one of {allowed}; got {verdict[:20]!r}."
            )
        review = Review.objects.create(signal=signal, verdict=verdict, why=why.strip(), by=by, at=at)
        signal.state = verdict
        signal.save(update_fields=["state"])
        record(
            by=by,
            at=at,
            action="signal-reviewed",
            subject=f"signal:{signal.public_id}",
            detail={"verdict": verdict},
        )
    return review
