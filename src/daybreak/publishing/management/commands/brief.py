"""`daybreak brief`: write the task force's brief as it was known on a day, as HTML, PDF or Markdown."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from daybreak.accounts.models import Agency
from daybreak.accounts.viewers import shell_viewer
from daybreak.publishing.printing import FORMS, printed
from daybreak.publishing.queries.briefs import brief_for

WRONG_WORDS = 2


class Command(BaseCommand):
    """Reads the ledger and writes one file; the database stays as it is."""

    help = "Write the task force's brief as it was known at the end of a day."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which day, for whom, and where to."""
        parser.add_argument("--as-of", metavar="DAY", help="the day, such as 2013-07-15 (today)")
        parser.add_argument(
            "--before", metavar="DAY", help="say what changed since the end of this day (a week earlier)"
        )
        parser.add_argument(
            "--agency",
            metavar="SLUG",
            help="for whom: what this agency may see (the police, where there is one)",
        )
        parser.add_argument("--out", required=True, metavar="FILE", help="FILE.html, FILE.pdf or FILE.md")

    def handle(self, **options: Any) -> None:
        """Write it and say where."""
        out = Path(options["out"])
        form = out.suffix.removeprefix(".").lower()
        if form not in FORMS:
            raise CommandError(
                f"--out must end in .{', .'.join(FORMS)}; got {out.suffix[:10]!r}", returncode=WRONG_WORDS
            )
        at = timezone.now()
        viewer = shell_viewer(_agency(options["agency"]), role="coordinator", at=at)
        as_of = _day("--as-of", options["as_of"]) or timezone.localdate(at)
        try:
            brief = brief_for(viewer, as_of=as_of, before=_day("--before", options["before"]), made_at=at)
        except ValueError as wrong:
            raise CommandError(str(wrong), returncode=WRONG_WORDS) from None
        content = printed(brief, form, site=settings.DAYBREAK_URL or None)
        try:
            out.write_bytes(content)
        except OSError as wrong:
            raise CommandError(f"{out} cannot be written: {wrong.strerror}") from None
        self.stdout.write(f"Wrote {out}: {len(brief.numbers)} numbers, as known on {as_of.isoformat()}.")


def _agency(slug: str | None) -> Agency:
    active = Agency.objects.filter(active=True)
    if slug is not None:
        found = active.filter(slug=slug).first()
        if found is None:
            raise CommandError(
                f"--agency must be one of {', '.join(active.values_list('slug', flat=True)) or 'none yet'}; "
                f"got {slug[:40]!r}",
                returncode=WRONG_WORDS,
            )
        return found
    police = list(active.filter(kind="police")[:2])
    if len(police) == 1:
        return police[0]
    raise CommandError(
        "--agency must name one agency, since there is not exactly one police agency. See: daybreak agencies list",
        returncode=WRONG_WORDS,
    )


def _day(option: str, text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise CommandError(
            f"{option} must be a day such as 2013-07-15; got {text!r}", returncode=WRONG_WORDS
        ) from None
