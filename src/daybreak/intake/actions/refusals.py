"""Notes refused rows by reason, so that ten thousand rows with one fault are one line on the page."""

from __future__ import annotations

from collections.abc import Sequence

from daybreak.directory.actions.inserts import insert_rows
from daybreak.intake.models import Fault, Import, RefusedRow
from daybreak.intake.rules.problems import Problem


def note_refusals(brought: Import, problems: Sequence[Problem]) -> None:
    """Keep line and reason of each refused row; call it in the transaction that settles these rows."""
    if not problems:
        return
    known = {
        (fault.column, fault.must, fault.cure): fault.pk
        for fault in Fault.objects.filter(brought=brought, must__in={problem.must for problem in problems})
    }
    fresh = dict.fromkeys(reason for problem in problems if (reason := _reason(problem)) not in known)
    made = Fault.objects.bulk_create(
        Fault(brought=brought, column=column, must=must, cure=cure) for column, must, cure in fresh
    )
    known |= dict(zip(fresh, (fault.pk for fault in made), strict=True))
    rows = [(known[_reason(problem)], brought.pk, problem.line, None) for problem in problems]
    insert_rows(RefusedRow, ("fault", "brought", "line", "mended_by"), rows)


def _reason(problem: Problem) -> tuple[str, str, str]:
    return problem.column[:200], problem.must, problem.cure
