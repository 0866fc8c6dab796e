"""Reads recovery meetings for anybody: those of a place, by the day of the week on which they come next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from daybreak.directory.models import Meeting
from daybreak.vocabulary.gazetteer import miles_between, zip_centre
from daybreak.vocabulary.places import Found

MOST = 600
MILES_A_DEGREE = 69.0


@dataclass(frozen=True, slots=True)
class MetHere:
    """One meeting and how far it is, in miles; None = it is online only, or the place asked for is no point.

    ``about``: its list gives no point, so the distance is to the middle of its ZIP.
    """

    meeting: Meeting
    miles: float | None
    about: bool = False


@dataclass(frozen=True, slots=True)
class MeetingsFound:
    """Meetings in the order of the week, beginning at ``first_day`` (0 = Sunday); ``cut`` where there were too many to give."""

    met: tuple[MetHere, ...]
    cut: bool


def meetings_known() -> dict[str, date]:
    """Title of each feed that has meetings → the day for which it speaks."""
    rows = Meeting.objects.order_by("source__title").values_list("source__title", "source__as_of").distinct()
    return dict(rows)


def meetings_found(
    *,
    place: Found,
    miles: float,
    first_day: int,
    day: int | None = None,
    way: str = "",
    types: tuple[str, ...] = (),
) -> MeetingsFound:
    """Meetings in person at ``place`` and, since a line reaches everywhere, all that can be joined online.

    ``way``: in-person or online, "" = both. ``day``: 0 for Sunday to 6. ``types``: all of these codes.
    """
    rows = Meeting.objects.select_related("source")
    if day is not None:
        rows = rows.filter(day=day)
    if way == "online":
        rows = rows.filter(online=True)
    elif way == "in-person":
        rows = rows.filter(in_person=True)
    near = _near(rows, place, miles)
    found = []
    for meeting in near.order_by("day", "opens_at", "name", "key")[: MOST * 4]:
        if not set(types) <= set(meeting.types):
            continue
        distance = _distance(meeting, place) if meeting.in_person else None
        far = _round(place) and (distance is None or distance > miles)
        far = far or (place.kind == "county" and meeting.county != place.county)
        if far and (way == "in-person" or not meeting.online):
            continue
        found.append(MetHere(meeting, None if far else distance, about=meeting.latitude is None))
    found.sort(key=lambda met: 7 if met.meeting.day is None else (met.meeting.day - first_day) % 7)
    return MeetingsFound(tuple(found[:MOST]), len(found) > MOST)


def _near(rows: QuerySet[Meeting], place: Found, miles: float) -> QuerySet[Meeting]:
    """A box around the place and whoever has no point; the exact distance is told afterwards."""
    if place.kind == "county":
        return rows.filter(Q(online=True) | Q(county=place.county))
    if place.point is not None:
        latitude, tall, wide = place.point[0], miles / MILES_A_DEGREE, miles / 30
        box = Q(latitude__range=(latitude - tall, latitude + tall)) & Q(
            longitude__range=(place.point[1] - wide, place.point[1] + wide)
        )
        return rows.filter(Q(online=True) | box | Q(latitude__isnull=True))
    return rows.filter(Q(online=True) | Q(state=place.state)) if place.state else rows


def _round(place: Found) -> bool:
    """Whether the place is a circle around a point, not a county or a state."""
    return place.point is not None and place.kind != "county"


def _distance(meeting: Meeting, place: Found) -> float | None:
    if place.point is None:
        return None
    if meeting.latitude is not None and meeting.longitude is not None:
        return miles_between(*place.point, meeting.latitude, meeting.longitude)
    centre = zip_centre(meeting.zip) if meeting.zip else None
    return miles_between(*place.point, *centre) if centre else None
