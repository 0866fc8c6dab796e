"""Draws counts or rates by county or ZIP code: at most five steps of one colour, withheld areas hatched, a key that says so."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree

from daybreak.events.rules.lines_drawn import NARROW, Words
from daybreak.surge.charts.ink import Sheet, text_width

Ring = Sequence[tuple[float, float]]
# One hue in five steps of ink: more is stronger on light and on dark ground alike.
STEPS = (0.14, 0.34, 0.56, 0.78, 1.0)
_STRONG = 0.7
_LEAST_DEGREES = 0.25
# A ZIP code fits into a disc of this radius in px.
_LABELLED = 15.0


@dataclass(frozen=True, slots=True)
class Shape:
    """One area: its name, its outline (rings of longitude, latitude) or, without one, its middle."""

    code: str
    name: str
    rings: Sequence[Ring] = ()
    middle: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Key:
    """The words of the key: "none counted", "withheld", and the unit of the numbers."""

    nothing: str
    withheld: str
    unit: str


def bounds_of(values: Sequence[float], most: int = 5) -> list[float]:
    """Where the steps end: at most five, at round numbers of alike many areas; the last is the highest value."""
    there = sorted({value for value in values if value > 0})
    if len(there) <= most:
        return there
    ends = [_round_up(there[math.ceil(len(there) * (step + 1) / most) - 1]) for step in range(most - 1)]
    ends.append(there[-1])
    return sorted(set(ends))


def _round_up(value: float) -> float:
    """The next number of two digits and zeros."""
    power = 10 ** (math.floor(math.log10(value)) - 1)
    return float(round(math.ceil(value / power) * power, 6))


def choropleth(
    shapes: Sequence[Shape],
    values: Mapping[str, float | None],
    words: Words,
    key: Key,
    *,
    ground: Sequence[Shape] = (),
    width: int = 760,
    theme: str = "auto",
) -> str:
    """SVG of the areas; ``values`` code → number, None = withheld; an area without an entry has none.

    ``ground`` are outlines to find one's way by. Areas without an outline are discs at their middle.
    """
    sheet = Sheet(width, theme)
    sheet.add("rect", fill="card", width="100%", height="100%", rx="14")
    _hatching(sheet)
    pad = 16.0 if width < NARROW else 24.0
    inner = width - 2 * pad
    y = sheet.paragraph(
        pad, pad - 6, words.title, width=inner * 0.88, size=18 if width < NARROW else 22, weight=700
    )
    y = sheet.paragraph(pad, y + 4, words.subtitle, width=inner * 0.94, size=14, fill="ink-2") + 12
    view = _view(shapes, ground, pad, y, inner)
    ends = bounds_of([value for value in values.values() if value is not None])
    frame = _framed(sheet, view, pad, y, inner)
    for shape in ground:
        sheet.add("path", fill="none", stroke="line", inside=frame, d=view.path(shape.rings))
    radius = _radius(view, shapes)
    for shape in shapes:
        _area(sheet, frame, view, shape, values, ends, radius)
    y = _key(
        sheet, view.bottom + 22, pad, ends, key, withheld=any(value is None for value in values.values())
    )
    for note in words.notes:
        y = sheet.paragraph(pad, y + 2, note, width=inner * 0.94, size=13, fill="ink-2")
    return sheet.finished(y + pad, words.title, " ".join((words.subtitle, *words.notes)))


@dataclass(frozen=True, slots=True)
class _View:
    """How degrees become px: the west and north edge, px a degree of longitude and latitude, and the lower edge."""

    west: float
    north: float
    left: float
    top: float
    across: float
    down: float
    bottom: float

    def place(self, longitude: float, latitude: float) -> tuple[float, float]:
        return (
            self.left + (longitude - self.west) * self.across,
            self.top + (self.north - latitude) * self.down,
        )

    def path(self, rings: Sequence[Ring]) -> str:
        found = []
        for ring in rings:
            kept: list[tuple[float, float]] = []
            for longitude, latitude in ring:
                x, y = self.place(longitude, latitude)
                if not kept or abs(x - kept[-1][0]) + abs(y - kept[-1][1]) >= 1.2:
                    kept.append((x, y))
            found.append("M" + "L".join(f"{x:.0f} {y:.0f}" for x, y in kept) + "Z")
        return "".join(found)


def _view(shapes: Sequence[Shape], ground: Sequence[Shape], left: float, top: float, wide: float) -> _View:
    points = [point for shape in (shapes or ground) for point in _points(shape)] or [(-85.7, 37.8)]
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    if all(not shape.rings for shape in shapes):  # discs need room around their middles
        west, east, south, north = west - 0.06, east + 0.06, south - 0.05, north + 0.05
    squeeze = math.cos(math.radians((south + north) / 2))
    degrees = max((east - west) * squeeze, _LEAST_DEGREES)
    most_high = wide * 0.62
    scale = min(wide / degrees, most_high / max(north - south, _LEAST_DEGREES * 0.5))
    used = (east - west) * squeeze * scale
    high = max(north - south, 0.05) * scale
    return _View(west, north, left + (wide - used) / 2, top, scale * squeeze, scale, top + high)


def _points(shape: Shape) -> list[tuple[float, float]]:
    return [point for ring in shape.rings for point in ring] or ([shape.middle] if shape.middle else [])


def _hatching(sheet: Sheet) -> None:
    pattern = sheet.add("pattern", id="withheld", width="6", height="6", patternUnits="userSpaceOnUse")
    sheet.add("rect", fill="card", inside=pattern, width="6", height="6")
    sheet.add("path", stroke="ink-2", inside=pattern, d="M0 6L6 0M-1 1L1 -1M5 7L7 5", stroke_width="1.1")


def _step(value: float | None, ends: Sequence[float]) -> float:
    """How strong the ink of a value is, 0 = none of it."""
    if value is None or value <= 0 or not ends:
        return 0.0
    at = next((number for number, end in enumerate(ends) if value <= end), len(ends) - 1)
    return _strengths(len(ends))[at]


def _strengths(steps: int) -> Sequence[float]:
    return STEPS if steps >= 5 else {1: STEPS[3:4], 2: STEPS[1:4:2], 3: STEPS[0:5:2], 4: STEPS[1:]}[steps]


def _paint(strength: float, *, withheld: bool) -> dict[str, object]:
    """The fill of an area or swatch."""
    if withheld:
        return {"fill": "url(#withheld)"}
    return {"fill": "brand", "fill_opacity": f"{strength:g}"} if strength else {"fill": "none"}


def _framed(sheet: Sheet, view: _View, left: float, top: float, wide: float) -> ElementTree.Element:
    """A window on the map, so that outlines beyond it do not run over the words."""
    return sheet.add(
        "svg", x=left, y=top, width=wide, height=view.bottom - top,
        viewBox=f"{left:.1f} {top:.1f} {wide:.1f} {view.bottom - top:.1f}",
    )  # fmt: skip


def _radius(view: _View, shapes: Sequence[Shape]) -> float:
    """How large discs may be: most of them clear their nearest neighbour."""
    places = [view.place(*shape.middle) for shape in shapes if shape.middle is not None]
    nearest = sorted(
        min(math.dist(one, other) for other in places if other is not one)
        for one in places
        if len(places) > 1
    )
    return min(17.0, max(6.0, nearest[len(nearest) // 4] * 0.55)) if nearest else 17.0


def _area(
    sheet: Sheet,
    frame: ElementTree.Element,
    view: _View,
    shape: Shape,
    values: Mapping[str, float | None],
    ends: Sequence[float],
    radius: float,
) -> None:
    value = values.get(shape.code, 0)
    strength = _step(value, ends)
    paint = _paint(strength, withheld=value is None)
    group = sheet.add("g", inside=frame)
    said = "withheld" if value is None else f"{value:,.1f}".removesuffix(".0")
    ElementTree.SubElement(group, "title").text = f"{shape.name}: {said}"
    if shape.rings:
        sheet.add("path", stroke="ink-2", inside=group, d=view.path(shape.rings), stroke_width="0.7", **paint)  # type: ignore[arg-type]
        return
    if shape.middle is None:
        return
    x, y = view.place(*shape.middle)
    sheet.add("circle", fill="card", inside=group, cx=x, cy=y, r=radius)
    sheet.add("circle", stroke="ink-2", inside=group, cx=x, cy=y, r=radius, **paint)  # type: ignore[arg-type]
    if radius < _LABELLED:
        return
    label = sheet.text(
        x, y + 3.5, shape.code[-5:], size=10, anchor="middle", fill="card" if strength >= _STRONG else "ink"
    )
    group.append(label)
    sheet.root.remove(label)


def _key(sheet: Sheet, y: float, pad: float, ends: Sequence[float], key: Key, *, withheld: bool) -> float:
    """Swatches with their numbers, folded to the width; returns where they end."""
    entries: list[tuple[dict[str, object], str]] = []
    low = 0.0
    for strength, end in zip(_strengths(len(ends)) if ends else (), ends, strict=True):
        first = _shown(low) if low else ""
        entries.append(
            (
                _paint(strength, withheld=False),
                f"over {first} to {_shown(end)}" if first else f"up to {_shown(end)}",
            )
        )
        low = end
    entries.append((_paint(0, withheld=False), key.nothing))
    if withheld:
        entries.append((_paint(0, withheld=True), key.withheld))
    sheet.text(pad, y + 2, key.unit, size=13, fill="ink-2")
    x, y = pad, y + 14
    for paint, name in entries:
        wide = 26 + text_width(name, 13) + 18
        if x + wide > sheet.width - pad and x > pad:
            x, y = pad, y + 24
        sheet.add("rect", stroke="ink-2", x=x, y=y, width=18, height=14, rx="3", **paint)  # type: ignore[arg-type]
        sheet.text(x + 25, y + 12, name, size=13)
        x += wide
    return y + 26


def _shown(value: float) -> str:
    return f"{value:,.1f}".removesuffix(".0")
