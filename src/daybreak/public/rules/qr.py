"""Draws an address as a QR code: the path of an SVG picture, one unit a module."""

from __future__ import annotations

from typing import NamedTuple

import segno

# Quiet zone that ISO/IEC 18004 asks for, in modules.
QUIET = 4


class Code(NamedTuple):
    """A QR code; ``size`` is its side in modules, the quiet zone included, ``path`` the dark modules as SVG."""

    size: int
    path: str


def code(address: str) -> Code:
    """The code of ``address``; level M bears a fold or a smear (15 % of it)."""
    matrix = segno.make_qr(address, error="m").matrix
    runs = []
    for y, row in enumerate(matrix):
        x = 0
        while x < len(row):
            if not row[x]:
                x += 1
                continue
            end = next((at for at in range(x, len(row)) if not row[at]), len(row))
            runs.append(f"M{x + QUIET} {y + QUIET}h{end - x}v1h-{end - x}z")
            x = end
    return Code(len(matrix) + 2 * QUIET, "".join(runs))
