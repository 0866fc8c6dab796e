"""Charts as answers: SVG that follows the reader's light or dark mode, PNG, or the same numbers as CSV."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.http import Http404, HttpResponse

from daybreak.events.rules.lines_drawn import Words
from daybreak.events.views.sheets import Cell, csv_answer
from daybreak.surge.charts import png
from daybreak.surge.errors import BadInput

# A drawing colours itself by the reader's mode with rules of its own; it can load and run nothing.
DRAWING = "default-src 'none'; style-src 'unsafe-inline'"
WIDE, NARROW = 900, 328
WIDTHS = {"328": NARROW, "900": WIDE}

Draw = Callable[[int, str], str]


def drawing(name: str, form: str, width: str, draw: Draw) -> HttpResponse:
    """The SVG or PNG that ``draw(width, theme)`` makes."""
    px = WIDTHS.get(width, WIDE)
    if form == "png":
        try:
            body = png(draw(px, "light"))
        except BadInput as missing:
            raise Http404 from missing
        headers = {"Content-Disposition": f'attachment; filename="{name}.png"'}
        return HttpResponse(body, content_type="image/png", headers=headers)
    return HttpResponse(
        draw(px, "auto"), content_type="image/svg+xml", headers={"Content-Security-Policy": DRAWING}
    )


def table(
    name: str, columns: Sequence[str], rows: Sequence[Sequence[Cell]], scope: Sequence[str]
) -> HttpResponse:
    """The numbers of a chart as CSV."""
    return csv_answer(name, columns, rows, scope)


def as_words(lines: Sequence[str]) -> Words:
    """Title, subtitle and notes out of the lines of a text template."""
    return Words(lines[0], lines[1] if len(lines) > 1 else "", tuple(lines[2:]))
