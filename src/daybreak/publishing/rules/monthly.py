"""When public counts of people from health sources move: once a month, so that no two briefs of a month differ by a person."""

from __future__ import annotations

from datetime import date, timedelta

# By then a month's first reports are in; in between the count and its last day stand still.
RELEASE_DAY = 15


def release_of(day: date) -> date:
    """The newest day of release by the end of ``day``: counts are read as known when it began."""
    first = day.replace(day=1)
    return day.replace(day=RELEASE_DAY) if day.day >= RELEASE_DAY else _before(first).replace(day=RELEASE_DAY)


def next_release(day: date) -> date:
    """The first day of release after ``day``."""
    if day.day < RELEASE_DAY:
        return day.replace(day=RELEASE_DAY)
    following = day.replace(day=1) + timedelta(days=31)
    return following.replace(day=RELEASE_DAY)


def last_month(release: date, until: date) -> date:
    """The last day of the newest month that was over before the month of ``release``, and by ``until``, told of whole."""
    day = min(_before(release.replace(day=1)), until)
    return day if (day + timedelta(days=1)).day == 1 else _before(day.replace(day=1))


def _before(day: date) -> date:
    return day - timedelta(days=1)
