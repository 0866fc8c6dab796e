"""Draws lines on two logarithmic axes as an SVG that reads in light and in dark."""

from __future__ import annotations

import math
from html import escape

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 760, 440, 80, 190, 48, 56
COLORS = ("#0b6e99", "#c2410c", "#15803d", "#7c3aed", "#64748b", "#b91c1c")
DASHES = ("", "6 4", "2 3")


def _decades(values: list[float]) -> tuple[int, int]:
    return math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))


def _number(value: float) -> str:
    if value >= 1_000_000:
        return f"{value / 1_000_000:g}M"
    return f"{value / 1000:g}k" if value >= 1000 else f"{value:g}"


def chart(title: str, x_label: str, y_label: str, lines: dict[str, list[tuple[float, float]]]) -> str:
    """One line per name, through its points; all numbers above zero."""
    points = [point for line in lines.values() for point in line]
    low, high = _decades([y for _, y in points])
    first, last = math.log10(min(x for x, _ in points)), math.log10(max(x for x, _ in points))

    def across(x: float) -> float:
        return LEFT + (math.log10(x) - first) / ((last - first) or 1) * (WIDTH - LEFT - RIGHT)

    def down(y: float) -> float:
        return HEIGHT - BOTTOM - (math.log10(y) - low) / ((high - low) or 1) * (HEIGHT - TOP - BOTTOM)

    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'font-family="sans-serif" font-size="13"><title>{escape(title)}</title>',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="26" font-size="16" fill="#111827">{escape(title)}</text>',
        f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 14}" text-anchor="middle" fill="#111827">{escape(x_label)}</text>',
        f'<text transform="translate(20 {HEIGHT / 2}) rotate(-90)" text-anchor="middle" fill="#111827">{escape(y_label)}</text>',
    ]
    for decade in range(low, high + 1):
        y = down(10.0**decade)
        out.append(
            f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="#d1d5db"/>'
            f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end" fill="#374151">{_number(10.0**decade)}</text>'
        )
    for x in sorted({x for x, _ in points}):
        out += [
            f'<path d="M{across(x):.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="#e5e7eb"/>',
            f'<text x="{across(x):.1f}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle" fill="#374151">{_number(x)}</text>',
        ]
    lines = {name: sorted(line) for name, line in lines.items()}
    labels = sorted(lines, key=lambda name: -lines[name][-1][1])
    # Names stand right of their lines, and never on each other.
    at = float(TOP)
    for name in labels:
        order = list(lines).index(name)
        color, dash = COLORS[order % len(COLORS)], DASHES[order // len(COLORS) % len(DASHES)]
        path = " ".join(f"{across(x):.1f},{down(y):.1f}" for x, y in lines[name])
        out.append(
            f'<polyline points="{path}" fill="none" stroke="{color}" stroke-width="2.5" stroke-dasharray="{dash}"/>'
        )
        out += [
            f'<circle cx="{across(x):.1f}" cy="{down(y):.1f}" r="3.5" fill="{color}"/>'
            for x, y in lines[name]
        ]
        at = max(at + 18, down(lines[name][-1][1]) + 4)
        out.append(f'<text x="{WIDTH - RIGHT + 10}" y="{at:.1f}" fill="{color}">{escape(name)}</text>')
    return "\n".join([*out, "</svg>", ""])
