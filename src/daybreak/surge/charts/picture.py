"""A chart as PNG: our SVG drawn by resvg, a self-contained wheel (the optional extra `charts`)."""

from __future__ import annotations

from importlib import import_module

from daybreak.surge.errors import BadInput

ONE_LETTER = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><text y="30" font-size="30">{}</text></svg>'


def png(svg: str, *, scale: float = 2.0) -> bytes:
    """The SVG of `chart(…, theme="light" or "dark")` as the bytes of a PNG.

    scale: px of the picture a px of the drawing; 2 is sharp on today's screens and in print.

    Raises BadInput where the extra `charts` or any font is missing, or the chart's theme is "auto": a picture cannot
    follow its reader's mode.
    """
    try:
        drawer = import_module("resvg_py")
    except ImportError:
        raise BadInput(
            "PNG charts",
            "have the extra charts installed",
            "none",
            'Install "daybreak[charts]", or ask for .svg.',
        ) from None
    if "prefers-color-scheme" in svg:
        raise BadInput("a chart for PNG", "have a fixed theme", "auto", "Draw it with theme light or dark.")
    if drawer.svg_to_bytes(svg_string=ONE_LETTER.format("M")) == drawer.svg_to_bytes(
        svg_string=ONE_LETTER.format(" ")
    ):
        raise BadInput(
            "PNG charts",
            "find a font on this machine",
            "none",
            "Install one (fonts-dejavu-core), or ask for .svg.",
        )
    return bytes(drawer.svg_to_bytes(svg_string=svg, zoom=scale))
