"""Puts the facts of a comparison or a lag into the sentences of content/: whole patterns, chosen and filled, never glued."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from daybreak.events.rules.comparisons import Comparison, Figure, Refusal
from daybreak.events.rules.lag import Lag, NotMeasurable
from daybreak.vocabulary.kinds import kind
from daybreak.vocabulary.substances import substances

Patterns = Mapping[str, Any]


def said(found: Comparison | Sequence[Refusal], patterns: Patterns) -> list[str]:
    """The sentences about a comparison, or about why there is none, in the order in which they are read."""
    if isinstance(found, Comparison):
        return _compared(found, patterns)
    return [_refused(refusal, patterns) for refusal in found]


def _compared(found: Comparison, patterns: Patterns) -> list[str]:
    facts = {
        "value": _number(found.now.value),
        "what": what(found.now, patterns),
        "period": period(found.now.since, found.now.until, patterns),
        "before": _number(found.before_value),
        "before_period": _before(found, patterns),
        "percent": f"{found.percent_shown or 0:,}",
        "number": _word(len(found.before), patterns),
        "parts": patterns["combined"]["between"].join(
            patterns["combined"]["part"].format(
                value=_number(figure.value), period=period(figure.since, figure.until, patterns)
            )
            for figure in found.before
        ),
    }
    if len(found.before) > 1:
        unit = "years" if {figure.span for figure in found.before} == {"year"} else "periods"
        pattern = patterns["combined"][unit][found.direction]
    elif found.percent is None and found.direction == "more":
        pattern = patterns["change"]["from-none"]
    elif found.percent_shown == 0 and found.direction != "same":
        pattern = patterns["change"][f"little-{found.direction}"]
    else:
        pattern = patterns["change"][found.direction]
    sentences = [pattern.format(**facts)]
    if not found.equal_periods:
        sentences.append(
            patterns["unequal"].format(days=f"{found.now.days:,}", before_days=f"{found.before_days:,}")
        )
    return sentences


def _before(found: Comparison, patterns: Patterns) -> str:
    """The earlier period; a whole year beside a part of one is called so, since the sentence may be quoted alone."""
    first, last = found.before[0], found.before[-1]
    if len(found.before) == 1 and first.span == "year" and not found.equal_periods:
        return str(patterns["period"]["whole-year"].format(year=first.since.year))
    return period(first.since, last.until, patterns)


def _refused(refusal: Refusal, patterns: Patterns) -> str:
    empty = patterns["refusal-empty"].get(refusal.reason, "")
    facts = {"one": _side(refusal.one, patterns) or empty, "other": _side(refusal.other, patterns) or empty}
    return str(patterns["refusal"][refusal.reason].format(**facts))


def _side(text: str, patterns: Patterns) -> str:
    """A side of a refusal as people read it: periods and days in words, everything else as it is."""
    first, _, last = text.partition("/")
    try:
        since = date.fromisoformat(first)
        return period(since, date.fromisoformat(last), patterns) if last else _day(since, patterns)
    except ValueError:
        return text


def _day(day: date, patterns: Patterns) -> str:
    return str(patterns["date"].format(month=patterns["months"][day.month - 1], day=day.day, year=day.year))


def what(figure: Figure, patterns: Patterns) -> str:
    """What the number counts: "heroin arrests", "grams of heroin seized"."""
    key = figure.statistic
    if key == "events" and figure.value == 1:
        key = "events-one"
    if figure.substance and f"{key}-substance" in patterns["what"]:
        key = f"{key}-substance"
    counted = kind(figure.kind)
    facts = {"many": counted.many, "one": counted.one, "substance": _in_a_sentence(figure.substance)}
    return str(patterns["what"][key].format(**facts))


def lag_said(found: Lag | NotMeasurable, falling: str, rising: str, patterns: Patterns) -> str:
    """The sentence about a lag between two substances, given by their slugs."""
    names = {"falling": _in_a_sentence(falling), "rising": _in_a_sentence(rising)}
    if isinstance(found, NotMeasurable):
        return _sentence(patterns["not-measurable"][found.reason].format(**names))
    low, high = round(found.low), round(found.high)
    way = "together" if low <= 0 <= high else "after" if low > 0 else "before"
    if way == "before":
        low, high = -high, -low
    facts = {**names, "months": abs(round(found.months)), "low": low, "high": high}
    return _sentence(patterns["measured"][way].format(**facts))


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _in_a_sentence(substance: str) -> str:
    """A substance's name without its capital and its remark in brackets, but for abbreviations (MDMA, LSD)."""
    row = substances().get(substance)
    name = row.name.partition(" (")[0] if row else substance
    return name if name[:2].isupper() else name[:1].lower() + name[1:]


def period(since: date, until: date, patterns: Patterns) -> str:
    """The period in words, with its preposition: "in 2012", "from January 1 through July 11, 2013"."""
    months = patterns["months"]
    facts = {
        "year": since.year,
        "month": months[since.month - 1],
        "day": since.day,
        "quarter": (since.month + 2) // 3,
        "last_year": until.year,
        "last_month": months[until.month - 1],
        "last_day": until.day,
    }
    span = Figure("arrest", Decimal(0), since, until, until, "").span
    key = span if span in patterns["period"] else "same-year" if since.year == until.year else "years"
    return str(patterns["period"][key].format(**facts))


def _word(number: int, patterns: Patterns) -> str:
    return str(patterns["numbers"].get(str(number), number))


def _number(value: Decimal) -> str:
    """1,179.5 as it is, without a tail of zeros."""
    whole = value.to_integral_value()
    return f"{whole:,f}" if value == whole else f"{value.normalize():,f}"
