"""What a detector is: a name, settings, the question it answers, and one function from counts to an outcome."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from enum import Enum
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from daybreak.surge.counts import Counts, IntArray
from daybreak.surge.errors import BadInput
from daybreak.surge.outcome import Outcome


class Mode(Enum):
    """`COMPAT` copies the R package's results, defects included; `CORRECTED` mends them (reference quirks Q1 … Q13)."""

    COMPAT = "compat"
    CORRECTED = "corrected"


def setting(default: Any, says: str, *, r: str = "") -> Any:
    """A field of a detector's settings: its default, what it means (with its unit), and its name in R if it has one."""
    return field(default=default, metadata={"says": says, "r": r})


@dataclass(frozen=True)
class Detector:
    """One method.

    settings: a frozen dataclass whose fields are made with `setting` and have defaults; its `__post_init__` raises
        BadInput for values that cannot be used. A method with a nominal false-alarm rate calls that field `alpha`.
    run: (counts, tested, settings, mode) → outcome. `tested` are 0-based rows, increasing. It must treat every series
        alone (blocks of series give the same numbers), look at no count after the tested time, and read no clock.
    """

    name: str
    question: str
    settings: type[Any]
    run: Callable[[Counts, IntArray, Any, Mode], Outcome]
    source: str


def settings_from(detector: Detector, given: Mapping[str, Any]) -> Any:
    """The detector's settings with `given` in place of defaults; words become numbers where a number is meant.

    Names may be ours or R's. Raises BadInput for a name that the detector does not have (R accepts such names
    silently, quirk Q9) and for a value of the wrong kind.
    """
    types = get_type_hints(detector.settings)
    known = {each.name: each.name for each in fields(detector.settings)}
    known |= {each.metadata["r"]: each.name for each in fields(detector.settings) if each.metadata.get("r")}
    values: dict[str, Any] = {}
    for name, value in given.items():
        if name not in known:
            has = ", ".join(each.name for each in fields(detector.settings)) or "none"
            raise BadInput(
                f"setting of {detector.name}", f"be one of: {has}", repr(name), "Check its spelling."
            )
        own = known[name]
        if own in values:
            raise BadInput(
                f"setting {own}", "be given once", f"both {own} and {name}", "Leave one of them out."
            )
        values[own] = _converted(f"setting {own} of {detector.name}", value, types[own])
    return detector.settings(**values)


def _converted(where: str, value: Any, wanted: Any) -> Any:
    """A value, often a word of a command line, as the kind that a setting wants."""
    choices = [wanted]
    if get_origin(wanted) in (Union, UnionType):
        choices = list(get_args(wanted))
    if value is None or (isinstance(value, str) and value.lower() in {"none", "null"}):
        if type(None) in choices:
            return None
        if str not in choices:
            raise BadInput(where, "have a value", "none", "Leave it out for its default.")
    for choice in choices:
        try:
            return _as(choice, value)
        except (TypeError, ValueError, OverflowError):
            continue
    names = " or ".join(getattr(choice, "__name__", str(choice)) for choice in choices)
    raise BadInput(where, f"be {names}", repr(value), "See: daybreak surge methods")


def _as(choice: Any, value: Any) -> Any:
    if get_origin(choice) is tuple:
        parts = value.split(",") if isinstance(value, str) else list(value)
        inner = get_args(choice)
        kinds = [inner[0]] * len(parts) if inner[-1] is Ellipsis else list(inner)
        if len(kinds) != len(parts):
            raise ValueError
        return tuple(_as(kind, part) for kind, part in zip(kinds, parts, strict=True))
    if choice is bool:
        words = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
        if isinstance(value, bool):
            return value
        return words[str(value).strip().lower()] if str(value).strip().lower() in words else _refuse()
    if choice is int:
        return int(value) if not isinstance(value, bool) and float(value) == int(float(value)) else _refuse()
    if choice is float:
        return float(value) if not isinstance(value, bool) else _refuse()
    if isinstance(choice, type) and issubclass(choice, Enum):
        return choice(value)
    if choice is str:
        return value if isinstance(value, str) else _refuse()
    return _refuse()


def _refuse() -> Any:
    raise ValueError
