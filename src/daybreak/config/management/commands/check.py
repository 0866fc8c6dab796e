"""`daybreak check`: examine the installation, Django's own system checks included."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from daybreak.config.examination import audit, files
from daybreak.config.examination.database import database
from daybreak.config.examination.findings import Finding, Verdict, problem, warning, well

MARKS = {Verdict.WELL: "ok", Verdict.WARNING: "!", Verdict.PROBLEM: "PROBLEM", Verdict.NOT_CHECKED: "?"}


class Command(BaseCommand):
    """Takes the place of Django's command of the same name, whose checks it runs first."""

    help = "Examine the installation. Ends with 1 where something is wrong, with 0 where nothing is (or warnings only)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: Any) -> None:
        """One switch."""
        parser.add_argument("--json", action="store_true", dest="as_json", help="print the findings as JSON")

    def handle(self, *, as_json: bool, **_: Any) -> None:
        """Look at everything, say everything, and end with 1 where there is a problem."""
        at = timezone.now()
        findings = list(_findings(at))
        problems = sum(finding.verdict is Verdict.PROBLEM for finding in findings)
        if as_json:
            document = {
                "at": at.isoformat(),
                "well": not problems,
                "findings": [
                    {"looked_at": f.looked_at, "verdict": f.verdict, "says": f.says, "cure": f.cure}
                    for f in findings
                ],
            }
            self.stdout.write(json.dumps(document, indent=1, ensure_ascii=False))
        else:
            for finding in findings:
                cure = f" → {finding.cure}" if finding.cure else ""
                self.stdout.write(f"{MARKS[finding.verdict]:<8}{finding.looked_at}: {finding.says}{cure}")
        if problems:
            raise CommandError(f"{problems} problem(s) found.")


def _findings(at: datetime) -> Iterator[Finding]:
    yield from _settings()
    yield from database(connection)
    yield from audit.chain()
    yield from audit.last_backup(connection, at=at)
    yield from files.files(settings.HOME)
    yield from files.index(settings.GENERATIONS)


def _settings() -> Iterator[Finding]:
    found = [message for message in checks.run_checks() if not message.is_silenced()]
    for message in found:
        told = problem if message.is_serious() else warning
        yield told("settings", message.msg, message.hint or "")
    if not found:
        yield well("settings", "Settings and models fit together.")
