"""Adds posts to a roster and assigns them to a focus, with dates and hours; who holds a post is not ours to know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import router, transaction

from daybreak.accounts.models import Agency
from daybreak.audit.actions import record
from daybreak.events.models import Assignment, Operation, Post

HOURS_OF_A_WEEK = 168


class TooManyHours(ValueError):
    """A post would be assigned to more hours than a week has."""


def add_post(*, by: str, agency: Agency, unit: str, title: str, at: datetime) -> Post:
    """Add a position to the roster; the one that is there already where unit and title are the same."""
    with transaction.atomic(using=router.db_for_write(Post)):
        made, new = Post.objects.get_or_create(agency=agency, unit=unit, title=title)
        if new:
            record(
                by=by,
                at=at,
                action="post-added",
                subject=f"post:{made.public_id}",
                detail={"agency": agency.slug, "unit": unit, "title": title},
            )
    return made


@dataclass(frozen=True, slots=True)
class Duty:
    """What a post is assigned to: exactly one of a substance, an operation and an area, from when to when, hours a week.

    ``from_unit`` gave up these hours, "" = the post is new.
    """

    starts_on: date
    hours_per_week: Decimal
    substance: str = ""
    operation: Operation | None = None
    area: str = ""
    ends_on: date | None = None
    from_unit: str = ""

    @property
    def focus(self) -> str:
        """The word for what it is assigned to; raises ValueError where that is none or several."""
        named = [
            word
            for word, there in (
                ("substance", bool(self.substance)),
                ("operation", self.operation is not None),
                ("area", bool(self.area)),
            )
            if there
        ]
        if len(named) != 1:
            raise ValueError("An assignment must name one of a substance, an operation and an area.")
        return named[0]


def assign(*, by: str, post: Post, duty: Duty, at: datetime) -> Assignment:
    """Assign a post. Raises TooManyHours where its hours on one day would be more than a week has."""
    focus = duty.focus
    if duty.operation is not None and duty.operation.agency_id != post.agency_id:
        raise ValueError("A post must be assigned to an operation of its own agency.")
    with transaction.atomic(using=router.db_for_write(Assignment)):
        Post.objects.select_for_update().get(pk=post.pk)
        beside = Assignment.objects.filter(post=post).exclude(ends_on__lt=duty.starts_on)
        if duty.ends_on is not None:
            beside = beside.filter(starts_on__lte=duty.ends_on)
        if _most_hours(list(beside), duty) > HOURS_OF_A_WEEK:
            raise TooManyHours(
                f"All assignments of a post together must take at most {HOURS_OF_A_WEEK} hours a week. "
                "End one first, or give fewer hours."
            )
        made = Assignment.objects.create(
            post=post,
            focus=focus,
            substance=duty.substance,
            operation=duty.operation,
            area=duty.area,
            starts_on=duty.starts_on,
            ends_on=duty.ends_on,
            hours_per_week=duty.hours_per_week,
            from_unit=duty.from_unit,
            known_from=at,
        )
        record(
            by=by,
            at=at,
            action="post-assigned",
            subject=f"post:{post.public_id}",
            detail={
                "focus": focus,
                "what": duty.substance or (duty.operation.slug if duty.operation else duty.area),
                "hours_per_week": str(duty.hours_per_week),
                "starts_on": duty.starts_on.isoformat(),
                "from_unit": duty.from_unit,
            },
        )
    return made


def _most_hours(beside: list[Assignment], duty: Duty) -> Decimal:
    """The most hours a week that the post would have on any day: on a day on which one of the assignments begins."""
    days = {max(one.starts_on, duty.starts_on) for one in beside} | {duty.starts_on}
    return max(
        duty.hours_per_week
        + sum(
            (
                one.hours_per_week
                for one in beside
                if one.starts_on <= day and (one.ends_on is None or day <= one.ends_on)
            ),
            Decimal(0),
        )
        for day in days
    )
