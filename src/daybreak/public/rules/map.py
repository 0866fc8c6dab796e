"""Lays out the little map of a result page: where dots, distance rings and county lines go on a sheet of 720 by 480."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from daybreak.vocabulary import gazetteer

WIDTH, HEIGHT = 720, 480
MILES_PER_DEGREE = gazetteer.EARTH_RADIUS_MILES * math.pi / 180
_MARGIN = 44
LEAST_MILES = 3.0
_RINGS = (1, 2, 5, 10, 25, 50, 100, 250)
_DOT = 13.0
_GAP = 2 * _DOT + 3


@dataclass(frozen=True, slots=True)
class Dot:
    """One listing: its number in the list, where its dot stands, and its true point when the dot had to make room."""

    number: int
    x: float
    y: float
    true_x: float
    true_y: float
    moved: bool


@dataclass(frozen=True, slots=True)
class Ring:
    """One circle of distance around the middle, in miles and in units of the sheet."""

    miles: str
    radius: float


@dataclass(frozen=True, slots=True)
class CountyLine:
    """One county: its outline as an SVG path, and where its name stands ("" = no room)."""

    name: str
    path: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Sheet:
    """A whole map, ready to be drawn."""

    dots: tuple[Dot, ...]
    rings: tuple[Ring, ...]
    counties: tuple[CountyLine, ...]
    middle: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class _View:
    """The part of the world on the sheet: its middle in degrees and the units of the sheet per mile."""

    latitude: float
    longitude: float
    scale: float

    def place(self, latitude: float, longitude: float) -> tuple[float, float]:
        """Equirectangular around the view's middle: true to a few yards in a hundred miles, which is enough for dots."""
        east = (longitude - self.longitude) * math.cos(math.radians(self.latitude)) * MILES_PER_DEGREE
        north = (latitude - self.latitude) * MILES_PER_DEGREE
        return WIDTH / 2 + east * self.scale, HEIGHT / 2 - north * self.scale


def lay_out(
    points: Sequence[tuple[int, float, float]],
    middle: tuple[float, float] | None,
    across_miles: float = LEAST_MILES,
) -> Sheet:
    """The map of numbered points (number, latitude, longitude) around ``middle`` (latitude, longitude), if there is one.

    It shows at least ``across_miles`` from top to bottom.
    """
    shown = [(latitude, longitude) for _, latitude, longitude in points] + ([middle] if middle else [])
    view = _view(shown, across_miles)
    return Sheet(
        dots=tuple(_dots(view, points)),
        rings=tuple(_rings(view, middle)) if middle else (),
        counties=tuple(_county_lines(view)),
        middle=view.place(*middle) if middle else None,
    )


def _view(points: Sequence[tuple[float, float]], across_miles: float) -> _View:
    if not points:
        return _View(37.8, -85.7, 1.0)
    north, south = max(p[0] for p in points), min(p[0] for p in points)
    east, west = max(p[1] for p in points), min(p[1] for p in points)
    latitude, longitude = (north + south) / 2, (east + west) / 2
    high = max((north - south) * MILES_PER_DEGREE, across_miles)
    wide = max((east - west) * MILES_PER_DEGREE * math.cos(math.radians(latitude)), across_miles)
    return _View(latitude, longitude, min((WIDTH - 2 * _MARGIN) / wide, (HEIGHT - 2 * _MARGIN) / high))


def _rings(view: _View, middle: tuple[float, float]) -> Iterator[Ring]:
    x, y = view.place(*middle)
    reach = max(math.hypot(cx - x, cy - y) for cx in (0, WIDTH) for cy in (0, HEIGHT))
    fitting = [miles for miles in _RINGS if 48 <= miles * view.scale < reach]
    for miles in fitting[:3]:
        yield Ring(f"{miles:g}", miles * view.scale)


def _dots(view: _View, points: Sequence[tuple[int, float, float]]) -> Iterator[Dot]:
    """Dots that would cover each other push each other aside, a little at a time."""
    true = [view.place(latitude, longitude) for _, latitude, longitude in points]
    at = [list(point) for point in true]
    for _ in range(60):
        calm = True
        for i in range(len(at)):
            for j in range(i):
                calm &= _push_apart(at[i], at[j], i)
        if calm:
            break
    for (number, _, _), (x, y), (true_x, true_y) in zip(points, at, true, strict=True):
        x = min(max(x, _DOT + 2), WIDTH - _DOT - 2)
        y = min(max(y, _DOT + 2), HEIGHT - _DOT - 2)
        yield Dot(number, x, y, true_x, true_y, math.hypot(x - true_x, y - true_y) > 4)


def _push_apart(one: list[float], other: list[float], turn: int) -> bool:
    """Whether the two already stood apart."""
    dx, dy = one[0] - other[0], one[1] - other[1]
    apart = math.hypot(dx, dy)
    if apart >= _GAP - 0.1:
        return True
    shift = (_GAP - apart) / 2
    if apart < 0.01:  # one address, two listings: each goes its own way, always the same
        dx, dy, apart = math.cos(2.4 * turn), math.sin(2.4 * turn), 1.0
    for axis, part in ((0, dx / apart), (1, dy / apart)):
        one[axis] += shift * part
        other[axis] -= shift * part
    return False


@cache
def _boxes() -> tuple[tuple[str, tuple[float, float, float, float]], ...]:
    """Every county with an outline, and its box: west, south, east, north."""
    found = []
    for key in sorted(gazetteer.counties()):
        rings = gazetteer.county_outline(key) if key.startswith("KY/") else []
        if rings:
            xs = [x for ring in rings for x, _ in ring]
            ys = [y for ring in rings for _, y in ring]
            found.append((key, (min(xs), min(ys), max(xs), max(ys))))
    return tuple(found)


def _county_lines(view: _View) -> Iterator[CountyLine]:
    for key, (west, south, east, north) in _boxes():
        left, bottom = view.place(south, west)
        right, top = view.place(north, east)
        if right < 0 or left > WIDTH or bottom < 0 or top > HEIGHT:
            continue
        rings = gazetteer.county_outline(key)
        path = "".join(_path(view, ring) for ring in rings)
        x, y = (max(left, 0) + min(right, WIDTH)) / 2, (max(top, 0) + min(bottom, HEIGHT)) / 2
        name = key.partition("/")[2]
        shown = (
            min(right, WIDTH) - max(left, 0) > 9 * len(name) + 8 and min(bottom, HEIGHT) - max(top, 0) > 26
        )
        yield CountyLine(name if shown else "", path, x, y)


def _path(view: _View, ring: gazetteer.Ring) -> str:
    """The ring as an SVG path; points less than a unit from the last one add nothing to see."""
    kept: list[tuple[float, float]] = []
    for longitude, latitude in ring:
        x, y = view.place(latitude, longitude)
        if not kept or abs(x - kept[-1][0]) + abs(y - kept[-1][1]) >= 1.5:
            kept.append((x, y))
    return "M" + "L".join(f"{x:.0f} {y:.0f}" for x, y in kept) + "Z"
