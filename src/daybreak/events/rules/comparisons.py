"""Comparisons that people quote ("more than the previous two years combined"), with scope and dates, or a refusal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import combinations, pairwise

from daybreak.vocabulary.precision import end_of, start_of

# What must be alike for two numbers to be compared at all, in the order in which it is said.
SCOPE = ("kind", "statistic", "definition", "substance", "agency", "place", "operation")


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with its scope: what was counted by whom, where, under which operation ("" = all), from which day to which.

    ``statistic`` is events, doses, mass_g or value_usd. ``until`` is the last day counted, ``known_on`` the day on which the
    number became known. ``definition`` "" = not stated.
    """

    kind: str
    value: Decimal
    since: date
    until: date
    known_on: date
    agency: str
    statistic: str = "events"
    place: str = ""
    operation: str = ""
    substance: str = ""
    definition: str = ""

    def __post_init__(self) -> None:
        """Refuse a period that ends before it begins, and a value that is no count; raises ValueError."""
        if self.until < self.since:
            raise ValueError(
                f"The last day counted must not be before the first; got {self.since} to {self.until}."
            )
        if not isinstance(self.value, Decimal) or not self.value.is_finite() or self.value < 0:
            raise ValueError(f"The value must be a Decimal from 0 up; got {self.value!r}.")

    @property
    def days(self) -> int:
        """How many days were counted."""
        return (self.until - self.since).days + 1

    @property
    def span(self) -> str:
        """ "year", "quarter", "month", "week" or "day" where the period is a whole one, else ""."""
        for precision in ("year", "quarter", "month", "week", "day"):
            if start_of(self.since, precision) == self.since and end_of(self.since, precision) == self.until:
                return precision
        return ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why two numbers are not compared: an entry of SCOPE, or overlap, order, gap or later; and what each of them says."""

    reason: str
    one: str
    other: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """A number against an earlier one, or against the sum of several that follow each other without a gap.

    ``percent`` is the change in per cent of the earlier number, unrounded; None where the earlier number is 0.
    ``equal_periods``: both are whole years, quarters, months or weeks, or have the same number of days.
    """

    now: Figure
    before: tuple[Figure, ...]
    before_value: Decimal
    before_days: int
    percent: Decimal | None
    equal_periods: bool

    @property
    def direction(self) -> str:
        """more, fewer or same."""
        if self.now.value == self.before_value:
            return "same"
        return "more" if self.now.value > self.before_value else "fewer"

    @property
    def percent_shown(self) -> int | None:
        """The change in whole per cent without its sign, halves up."""
        if self.percent is None:
            return None
        return int(abs(self.percent).quantize(Decimal(1), ROUND_HALF_UP))


def compare(now: Figure, *before: Figure, as_of: date) -> Comparison | tuple[Refusal, ...]:
    """``now`` against what came before it, as it was known on ``as_of``; every reason against it, where there is one.

    Several earlier figures are added up: they must follow each other, and lead to ``now``, without a gap. Raises ValueError
    without any.
    """
    if not before:
        raise ValueError("A comparison must have an earlier number; got none.")
    earlier = tuple(sorted(before, key=lambda figure: figure.since))
    refusals = _unlike(now, earlier) + _against_time(now, earlier, as_of)
    if refusals:
        return tuple(dict.fromkeys(refusals))
    total = sum((figure.value for figure in earlier), Decimal(0))
    days = sum(figure.days for figure in earlier)
    alike = len(earlier) == 1 and now.span == earlier[0].span != ""
    return Comparison(
        now=now,
        before=earlier,
        before_value=total,
        before_days=days,
        percent=None if total == 0 else (now.value - total) * 100 / total,
        equal_periods=alike or days == now.days,
    )


def _unlike(now: Figure, earlier: Sequence[Figure]) -> list[Refusal]:
    return [
        Refusal(name, getattr(now, name), getattr(figure, name))
        for figure in earlier
        for name in SCOPE
        if getattr(now, name) != getattr(figure, name)
    ]


def _against_time(now: Figure, earlier: Sequence[Figure], as_of: date) -> list[Refusal]:
    found = [Refusal("later", as_of.isoformat(), "") for figure in (now, *earlier) if figure.known_on > as_of]
    for one, other in combinations((now, *earlier), 2):
        if one.since <= other.until and other.since <= one.until:
            found.append(Refusal("overlap", _days(one), _days(other)))
    if any(figure.since > now.until for figure in earlier):
        found.append(Refusal("order", _days(now), _days(earlier[-1])))
    found += [
        Refusal("gap", _days(one), _days(other))
        for one, other in pairwise((*earlier, now) if len(earlier) > 1 else ())
        if other.since > one.until + timedelta(days=1)
    ]
    return found


def _days(figure: Figure) -> str:
    return f"{figure.since.isoformat()}/{figure.until.isoformat()}"
