"""How tests of briefs read one."""

from __future__ import annotations

from datetime import date
from functools import cache

from daybreak.accounts.models import Agency
from daybreak.accounts.viewers import Viewer, shell_viewer
from daybreak.publishing.queries.briefs import brief_for
from daybreak.publishing.rules.brief import Brief, plain
from tests.rooms.publishing.conftest import NOW

JULY = date(2013, 7, 15)
AUGUST = date(2014, 8, 1)


def viewer_at(agency: str = "police", role: str = "coordinator") -> Viewer:
    """Somebody of an agency."""
    return shell_viewer(Agency.objects.get(slug=agency), role=role, at=NOW)


def brief_at(day: date, agency: str = "police", role: str = "coordinator") -> Brief:
    """The brief as known on a day, for an agency, from the ledger as it is at this moment."""
    return brief_for(viewer_at(agency, role), as_of=day, made_at=NOW)


# For tests that change nothing: the demonstration's ledger is the same in all of them.
read_brief = cache(brief_at)


def text_of(brief: Brief) -> str:
    """Everything that a brief prints, without its tables' heads and its annex of numbers."""
    lines = [brief.title, *map(plain, brief.lead)]
    for section in brief.sections:
        lines += [section.title, *map(plain, section.sentences)]
        lines += [chart.title for chart in section.charts]
        lines += [" | ".join(map(plain, row)) for table in section.tables for row in table.rows]
    return "\n".join([*lines, *map(plain, brief.release)])


def section_of(brief: Brief, name: str) -> str:
    """One section as text."""
    section = next(one for one in brief.sections if one.id == name)
    rows = [" | ".join(map(plain, row)) for table in section.tables for row in table.rows]
    return "\n".join([*map(plain, section.sentences), *rows])
