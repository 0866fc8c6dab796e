"""How precisely a time or a place is known, finest first, and how to say it more coarsely."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

TIMES = ("minute", "hour", "day", "week", "month", "quarter", "year")
PLACES = ("block", "zip", "county", "state", "not-stated")


@lru_cache(maxsize=256)
def at_least_as_coarse(precision: str, limit: str, scale: tuple[str, ...]) -> bool:
    """Whether ``precision`` says no more than ``limit`` allows; raises ValueError on a word that is not in the scale."""
    return _rank(precision, scale) >= _rank(limit, scale)


def coarser(first: str, second: str, scale: tuple[str, ...]) -> str:
    """The coarser of two precisions of one scale (TIMES or PLACES)."""
    return scale[max(_rank(first, scale), _rank(second, scale))]


def start_of(day: date, precision: str) -> date:
    """The first day of the period of that precision around ``day``; weeks begin on Monday (ISO 8601)."""
    if precision in {"minute", "hour", "day"}:
        return day
    if precision == "week":
        return day - timedelta(days=day.weekday())
    if precision == "month":
        return day.replace(day=1)
    if precision == "quarter":
        return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
    if precision == "year":
        return day.replace(month=1, day=1)
    raise ValueError(_must(precision, TIMES))


def end_of(day: date, precision: str) -> date:
    """The last day of the period of that precision around ``day``."""
    first = start_of(day, precision)
    if first.year == date.max.year and precision not in {"minute", "hour", "day"}:
        raise ValueError(f"The year must be before {date.max.year}; got {first.year}.")
    longest = {"week": 7, "month": 31, "quarter": 92, "year": 366}.get(precision, 1)
    if precision in {"minute", "hour", "day", "week"}:
        return first + timedelta(days=longest - 1)
    return start_of(first + timedelta(days=longest), precision) - timedelta(days=1)


def _rank(word: str, scale: tuple[str, ...]) -> int:
    if word not in scale:
        raise ValueError(_must(word, scale))
    return scale.index(word)


def _must(word: str, scale: tuple[str, ...]) -> str:
    return f"The precision must be one of {', '.join(scale)}; got {word[:30]!r}."
