"""Prints a brief: as a page of its own, as Markdown, as PDF, all from one value."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, time
from importlib import import_module
from pathlib import Path
from typing import Any

from babel.dates import format_date
from django.template.loader import render_to_string
from markupsafe import Markup

from daybreak.publishing.rules.bars import sheet
from daybreak.publishing.rules.brief import Brief, Chart, Number, Sentence, Table, plain

HERE = Path(__file__).parent
FORMS = {"html": "text/html", "md": "text/markdown", "pdf": "application/pdf"}
WIDE, NARROW = 640, 328
PAPER_FONT = "Libertinus Serif"
_ON_PAGE = {
    name: Markup('class="{}"').format(name) for name in ("bar", "newest", "words", "number", "axis", "edge")
}
_ON_PAPER = {
    "bar": Markup('fill="#9fb0bb"'),
    "newest": Markup('fill="#0b5568"'),
    "words": Markup('fill="#14202b"'),
    "number": Markup('fill="#14202b"'),
    "axis": Markup('stroke="#495867"'),
    "edge": Markup('stroke="#b45c06"'),
}
# Characters by which a word would become Markdown.
_MARKS = re.compile(r"([\\`*_\[\]<>#|])")
# A column of a paper table gets at least and at most this share of another.
_LEAST, _MOST = 5, 44
_SMALL_FROM_COLUMNS = 6


def printed(brief: Brief, form: str, *, site: str | None = None) -> bytes:
    """The brief as "html", "md" or "pdf"; the same brief gives the same bytes.

    ``site`` is the address of the desk that the rows' links lead to, None = no such links.
    """
    if form == "pdf":
        return _pdf(brief)
    if form == "md":
        shown = {one.id: one.shown for one in brief.numbers}
        text = render_to_string("publishing/markdown.txt", {"brief": brief, "shown": shown, "md": _escaped})
        return (re.sub(r"\n{3,}", "\n\n", text).strip() + "\n").encode()
    if form == "html":
        style = Markup((HERE / "static" / "daybreak" / "brief.css").read_text(encoding="utf-8"))  # noqa: S704 - our own
        return render_to_string("publishing/paper.html", page_values(brief, site) | {"style": style}).encode()
    raise ValueError(f"The form must be one of {', '.join(FORMS)}; got {form[:10]!r}.")


def page_values(brief: Brief, site: str | None) -> dict[str, Any]:
    """What the templates of a brief's page need."""
    charts = [chart for section in brief.sections for chart in section.charts]
    return {
        "brief": brief,
        "shown": {one.id: one.shown for one in brief.numbers},
        "drawings": {chart.id: _drawings(chart) for chart in charts},
        "desk": site,
    }


def _drawings(chart: Chart) -> Markup:
    """The chart for a wide and for a narrow page; the stylesheet shows one of them."""
    return Markup("").join(
        Markup(  # noqa: S704 - drawn by our own template, which escapes
            render_to_string(
                "publishing/chart.svg",
                {
                    "sheet": sheet(chart, width),
                    "only": only,
                    "ink": _ON_PAGE,
                    "font": "inherit",
                    "size": False,
                },
            )
        )
        for width, only in ((WIDE, "wide"), (NARROW, "narrow"))
    )


def _escaped(text: str) -> str:
    return _MARKS.sub(r"\\\1", text)


def _pdf(brief: Brief) -> bytes:
    """Set by Typst: tagged for screen readers (PDF/UA-1), with its own fonts, dated by the brief and not by the clock."""
    typst = import_module("typst")
    files: dict[str, bytes] = {"main.typ": (HERE / "jinja2" / "publishing" / "brief.typ").read_bytes()}
    sections = []
    for section in brief.sections:
        charts = []
        for chart in section.charts:
            name = f"{chart.id}.svg"
            files[name] = render_to_string(
                "publishing/chart.svg",
                {"sheet": sheet(chart, WIDE), "only": "", "ink": _ON_PAPER, "font": PAPER_FONT, "size": True},
            ).encode()
            charts.append(
                {
                    "title": chart.title, "subtitle": chart.subtitle, "source": chart.source, "file": name,
                    "alt": "; ".join(f"{bar.label}: {bar.shown}" for bar in chart.bars),
                }
            )  # fmt: skip
        sections.append(
            {
                "id": section.id,
                "title": section.title,
                "sentences": [_spans(sentence) for sentence in section.sentences],
                "charts": charts,
                "tables": [_table(one) for one in section.tables],
            }
        )
    files["brief.json"] = json.dumps(_data(brief, sections), ensure_ascii=False).encode()
    midnight = datetime.combine(brief.as_of, time(), UTC)
    made = typst.compile(
        files,
        format="pdf",
        ignore_system_fonts=True,
        pdf_standards=["ua-1"],
        timestamp=int(midnight.timestamp()),
    )
    return bytes(made)


def _data(brief: Brief, sections: list[dict[str, Any]]) -> dict[str, Any]:
    shown = {one.id: one.shown for one in brief.numbers}
    return {
        "title": brief.title,
        "agency": brief.agency,
        "as_of": _day(brief.as_of),
        "before": _day(brief.before),
        "synthetic": brief.synthetic,
        "labels": dict(brief.labels),
        "lead": [_spans(sentence) for sentence in brief.lead],
        "sections": sections,
        "release": [_spans(sentence) for sentence in brief.release],
        "numbers": [_number(one, shown, brief.labels["known"]) for one in brief.numbers],
    }


def _number(one: Number, shown: dict[str, str], known: str) -> dict[str, Any]:
    scope = " · ".join(part for part in (one.definition, one.agency, one.operation, one.place) if part)
    days = [_day(day) for day in (one.since, one.until) if day]
    when = " · ".join(
        part for part in (" – ".join(dict.fromkeys(days)), f"{known} {_day(one.known_on)}") if part
    )
    return {
        "id": one.id, "shown": one.shown, "origin": one.origin, "scope": scope, "when": when, "note": one.note,
        "source": one.source, "rows": list(one.rows), "of": [{"id": other, "shown": shown[other]} for other in one.of],
    }  # fmt: skip


def _table(one: Table) -> dict[str, Any]:
    """A table with the share of the line that each column needs, by its longest cell."""
    widths = [
        min(max([len(one.head[place]), *(len(plain(row[place])) for row in one.rows), _LEAST]), _MOST)
        for place in range(len(one.head))
    ]
    return {
        "caption": one.caption, "head": list(one.head), "numeric": list(one.numeric), "widths": widths,
        "small": len(one.head) >= _SMALL_FROM_COLUMNS,
        "rows": [[{"spans": _spans(cell)} for cell in row] for row in one.rows],
    }  # fmt: skip


def _spans(sentence: Sentence) -> list[dict[str, str]]:
    return [{"text": span.text, "number": span.number} for span in sentence]


def _day(day: date | None) -> str:
    return format_date(day, "long", locale="en_US") if day else ""
