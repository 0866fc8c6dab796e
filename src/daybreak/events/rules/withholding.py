"""Disclosure control: the fixed set of cells in which counts of people from health sources may be seen, small ones withheld.

The cells are nested (a day in a ZIP code lies in its month there, that in the month of the county), so that any two of them
lie apart or one within the other. A cell is decided by what lies within it and by nothing else: later data and wider cells
never change the answer, so that nothing which has been shown must be taken back. It is shown where what is left of it after
all shown cells within it is none or at least ``least`` people, and where the rest could be spread in several ways. So
whatever is added or subtracted among shown cells counts nobody, or at least ``least`` people.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass

Path = tuple[Hashable, ...]
LEAST = 10
# What is left of a shown cell could be spread over its withheld parts so that each has at least this many more values.
SLACK = 2


@dataclass(frozen=True, slots=True)
class _Rest:
    """What is not shown of a cell: its people, and the least and the most that an onlooker must think possible.

    ``tight``: the cell had people enough and was withheld for the bounds alone. That it is missing says something of its own
    (it holds nearly the most or the least possible), so that no cell around it may be shown.
    """

    people: int
    least: int
    most: int
    shown_within: bool
    tight: bool = False


_SHOWN = _Rest(0, 0, 0, shown_within=True)


def shown_cells(people: Mapping[Path, int], *, least: int = LEAST) -> dict[Path, int]:
    """Which cells of a nested set are shown, with their counts.

    Parameters
    ----------
    people
        Finest cell → people in it. A cell is the path to it from the widest: ("KY/Fayette 2013-07", "40508", "2013-07-11").
        All paths have the same length. Cells with nobody need not stand here.
    least
        The least count that may be shown, 10 or more: an agreement can only tighten it.

    Returns
    -------
    dict
        Path (of any length from 1) → people. A cell that is not here holds fewer than ``least``, possibly nobody, or has to
        be withheld so that another stays hidden: which of these is not to be said. Zeros are never told apart from small
        counts: who saw them would know, from a wider count, that each of the few other cells holds one person.
    """
    if least < LEAST:
        raise ValueError(f"The least count that is shown must be {LEAST} or more; got {least}.")
    lengths = {len(path) for path in people}
    if len(lengths) > 1 or 0 in lengths:
        raise ValueError("Every path must name a cell of each level; got paths of different lengths.")
    if any(count < 0 for count in people.values()):
        raise ValueError("A count of people must not be negative.")
    counts = {path: count for path, count in people.items() if count}
    shown: dict[Path, int] = {}
    few = [_Rest(count, 0, least - 1, shown_within=False) for count in range(least)]
    rests = {path: few[count] for path, count in counts.items() if count < least}
    shown |= {path: count for path, count in counts.items() if count >= least}
    rests |= dict.fromkeys(shown, _SHOWN)
    for _ in range(max(lengths, default=1) - 1):
        counts = _wider(counts)
        rests = _one_level(rests, counts, shown, least)
    return shown


def _wider(counts: Mapping[Path, int]) -> dict[Path, int]:
    found: dict[Path, int] = defaultdict(int)
    for path, count in counts.items():
        found[path[:-1]] += count
    return dict(found)


def _one_level(
    rests: Mapping[Path, _Rest], counts: Mapping[Path, int], shown: dict[Path, int], least: int
) -> dict[Path, _Rest]:
    """Decides the cells of one level from what is left of those within; adds what is shown, returns what is left."""
    within: dict[Path, list[_Rest]] = defaultdict(list)
    for path, rest in rests.items():
        within[path[:-1]].append(rest)
    found: dict[Path, _Rest] = {}
    for path, parts in within.items():
        people = sum(part.people for part in parts)
        lower, upper = sum(part.least for part in parts), sum(part.most for part in parts)
        hidden = people >= least and lower + SLACK <= people <= upper - SLACK
        tight = any(part.tight for part in parts)
        if not tight and (people == 0 or hidden):
            shown[path] = counts[path]
            found[path] = _SHOWN
            continue
        inside = any(part.shown_within for part in parts)
        found[path] = _Rest(
            people,
            # With nothing left it would have been shown, so an onlooker who sees a part of it knows of one person more.
            least=max(lower, int(inside)),
            most=least - 1 if people < least else upper,
            shown_within=inside,
            tight=tight or people >= least,
        )
    return found


@dataclass(frozen=True, slots=True)
class Table:
    """A public table in one direction. A cell or total that is None is withheld; which of the reasons holds is not said."""

    cells: dict[str, int | None]
    total: int | None


def public_table(people: Mapping[str, int], *, least: int = LEAST) -> Table:
    """The table with counts from 1 to ``least`` - 1 withheld, and one cell more where the total would give them away.

    Cells with 0 are shown: the caller lists them only where the feed reported, or leaves them out. The cell that is withheld
    besides is the first large one by name, never the smallest or largest: its size says nothing about the small ones.
    Where no cell is large enough to hide behind, the total is withheld.
    """
    if least < LEAST:
        raise ValueError(f"The least count that is shown must be {LEAST} or more; got {least}.")
    if any(count < 0 for count in people.values()):
        raise ValueError("A count of people must not be negative.")
    small = {name for name, count in people.items() if 0 < count < least}
    total: int | None = sum(people.values())
    rest = sum(people[name] for name in small)
    hidden = set(small)
    if small and not (rest >= least and len(small) + SLACK <= rest <= (least - 1) * len(small) - SLACK):
        beside = min((name for name, count in people.items() if count >= least), default=None)
        if beside is None:
            total = None
        else:
            hidden.add(beside)
    return Table({name: None if name in hidden else count for name, count in people.items()}, total)
