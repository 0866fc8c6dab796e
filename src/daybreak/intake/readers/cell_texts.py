"""What an Excel cell shows, as text: numbers to 15 digits, days and times as ISO 8601, nothing calculated."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache

# ECMA-376 part 1, 18.8.30: numbers of formats that every workbook has without saying so.
_DAY_FORMATS = {14: "day", 15: "day", 16: "day", 17: "day", 18: "time", 19: "time", 20: "time", 21: "time", 22: "both",
                45: "time", 46: "elapsed", 47: "time"}  # fmt: skip
_LITERAL = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_FIRST_TRUE_SERIAL = 61  # Excel has a 29 February 1900 that never was; what lies before it is no date of ours
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def format_kind(number: int, code: str) -> str:
    """What a number format shows: "day", "time", "both", "elapsed" (hours that may pass 24) or "" (no date).

    ``code`` is "" for a built-in format.
    """
    if not code:
        return _DAY_FORMATS.get(number, "")
    if _ELAPSED.search(code):
        return "elapsed"
    shown = _LITERAL.sub("", code.partition(";")[0]).lower()
    if "general" in shown:
        return ""
    day = "y" in shown or "d" in shown or ("m" in shown and not {"h", "s"} & set(shown))
    time = "h" in shown or "s" in shown
    return "both" if day and time else "day" if day else "time" if time else ""


@lru_cache(maxsize=16_384)
def number_text(written: str, kind: str, from_1904: bool) -> str:
    """A numeric cell as text; ``kind`` is what format_kind says of its format.

    A number is shown as Excel shows it, with at most 15 significant digits: 1179.5009999999999 in the file is 1179.501.
    Raises ValueError where it is no number.
    """
    try:
        exact = Decimal(written)
        value = float(exact)
    except InvalidOperation:
        raise ValueError("no number") from None
    if kind and 0 <= value < 2_958_466:
        moment = _moment(value, kind, from_1904)
        if moment:
            return moment
    if len(exact.as_tuple().digits) > 15:
        exact = Decimal(f"{value:.15g}")
    if exact == exact.to_integral_value() and abs(exact) < Decimal(10) ** 15:
        return str(int(exact))
    return format(exact.normalize(), "f") if abs(exact.adjusted()) < 30 else str(exact)


def _moment(value: float, kind: str, from_1904: bool) -> str:
    """The moment as text; "" where the number is a duration or lies before the first true day."""
    seconds = round((value - int(value)) * 86_400)
    if kind == "elapsed" and value >= 1:
        return ""
    if kind in {"time", "elapsed"} and value < 1:
        return f"{seconds // 3600 % 24:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    if not from_1904 and value < _FIRST_TRUE_SERIAL:
        return ""
    epoch = datetime(1904, 1, 1) if from_1904 else datetime(1899, 12, 30)  # noqa: DTZ001 - a wall clock, no zone yet
    moment = epoch + timedelta(days=int(value), seconds=seconds)
    if kind == "day" and not seconds:
        return moment.date().isoformat()
    return moment.isoformat(sep=" ")


def unescaped(text: str) -> str:
    """ "_x000D_" is how the format writes a character that XML cannot hold; NUL is left out, as no database keeps it."""
    if "_x" not in text:
        return text
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text).replace("\0", "")
