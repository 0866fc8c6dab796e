"""The mapping of a waiting file: proposed, edited, tried and saved; and saved mappings as files."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from daybreak.accounts.guard import DeskRequest, needs
from daybreak.accounts.models import Agency
from daybreak.intake.actions.mappings import bring_mapping, save_mapping
from daybreak.intake.actions.receiving import choose_mapping
from daybreak.intake.actions.running import CannotRun
from daybreak.intake.actions.trials import Trial, try_file
from daybreak.intake.channels import runner
from daybreak.intake.forms import ColumnRow, Wrong, edited
from daybreak.intake.models import Import, StoredMapping
from daybreak.intake.queries.imports import mappings, one_mapping, operations_of
from daybreak.intake.readers.kept import file_of
from daybreak.intake.readers.opening import read
from daybreak.intake.readers.sheet import Sheet, UnusableFile
from daybreak.intake.rules.mapping import Column, Mapping, MappingError
from daybreak.intake.rules.mapping_check import check
from daybreak.intake.rules.mapping_file import dump, mapping_from
from daybreak.intake.rules.operation_names import proposed as proposed_operations
from daybreak.intake.rules.proposing import Proposal, Reason, propose
from daybreak.intake.rules.uses import USES
from daybreak.intake.views.imports import found
from daybreak.intake.views.wording import page
from daybreak.vocabulary.substances import substances

_SAMPLE = 500
_TRIED = 2_000
_CELLS = 3
_LONGEST_CELL = 40


@needs("run-imports")
@require_http_methods(["GET", "HEAD", "POST"])
def import_mapping(request: DeskRequest, public_id: UUID) -> HttpResponse:
    """Choose how a waiting file is read: a saved mapping, or one proposed from the file and edited here."""
    brought = found(request, public_id)
    place = file_of(settings.IMPORTS, public_id)
    if brought.state not in {"waiting", "failed"} or brought.delivery_id or not place.is_file():
        return HttpResponseRedirect(reverse("import", args=[public_id]))
    try:
        return _mapping(request, brought, place)
    except UnusableFile as problem:
        return page(request, "unusable.html", 422, brought=brought, problem=f"{problem}")


def _mapping(request: DeskRequest, brought: Import, place: Path) -> HttpResponse:
    if request.method == "POST" and request.POST.get("saved"):
        saved = one_mapping(request.viewer, _uuid(request.POST["saved"]))
        if saved is None:
            raise Http404
        return _import(request, brought, saved)
    kind = request.POST.get("kind") or request.GET.get("kind") or brought.kind
    based_on = _based_on(request)
    sheet = read(place, brought.file_name, **_shape(based_on))
    sample = sheet.sample(_SAMPLE)
    proposal = propose(
        sheet.header, sample, name=brought.feed.slug[:60], timezone=settings.DAYBREAK_TIME_ZONE, kind=kind,
        file_name=brought.file_name,
    )  # fmt: skip
    base = _on_top(proposal.mapping, based_on, sheet)
    mapping, trial = base, None
    wrong: Wrong | None = None
    if request.method == "POST":
        mapping = edited(base, {name: str(value) for name, value in request.POST.items()})
        try:
            check(mapping)
            mapping = mapping_from(json.loads(dump(mapping)))
            trial = try_file(
                mapping=mapping, path=place, name=brought.file_name, at=request.viewer.at, rows=_TRIED
            )
        except (MappingError, CannotRun) as problem:
            wrong = _said(problem, mapping)
        if trial is not None and trial.right and request.POST.get("step") == "save":
            agency = Agency.objects.get(slug=request.viewer.agency)
            saved = save_mapping(
                by=request.viewer.signature, agency=agency, mapping=mapping, at=request.viewer.at
            )
            return _import(request, brought, saved)
    return page(
        request, "mapping.html", 400 if wrong or (trial and not trial.right) else 200,
        **_told(request, brought, place, sheet, sample, proposal, mapping, trial),
        wrong=wrong, based_on=based_on,
    )  # fmt: skip


def _said(problem: MappingError | CannotRun, mapping: Mapping) -> Wrong:
    """What is wrong, by the column's heading and the option's name where it is about one."""
    if not isinstance(problem, MappingError):
        return Wrong(f"{problem}")
    number, _, option = problem.where.removeprefix("columns[").partition("].")
    if option and number.isdigit():
        return Wrong(f"{problem}", problem.must, option, int(number), mapping.columns[int(number)].heading)
    return Wrong(f"{problem}", problem.must, problem.where)


def _import(request: DeskRequest, brought: Import, saved: StoredMapping) -> HttpResponse:
    choose_mapping(by=request.viewer.signature, brought=brought, mapping=saved, at=request.viewer.at)
    runner.start()
    return HttpResponseRedirect(reverse("import", args=[brought.public_id]))


def _based_on(request: DeskRequest) -> StoredMapping | None:
    """The saved mapping that the person wants to change, None for a new one."""
    given = request.POST.get("based_on") or request.GET.get("based_on")
    return one_mapping(request.viewer, _uuid(given)) if given else None


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None


def _shape(kept: StoredMapping | None) -> dict[str, Any]:
    if kept is None:
        return {}
    shape = mapping_from(kept.body).shape
    return {
        "encoding": shape.encoding, "delimiter": shape.delimiter, "table": shape.table, "header_line": shape.header_line,
    }  # fmt: skip


def _on_top(proposed: Mapping, kept: StoredMapping | None, sheet: Sheet) -> Mapping:
    """A saved mapping for this file's headings: what it knows as it says, new columns as proposed."""
    if kept is None:
        return proposed
    saved = mapping_from(kept.body)
    columns = tuple(saved.column(column.heading) or column for column in proposed.columns)
    key = tuple(heading for heading in saved.key if heading in sheet.header)
    return replace(saved, columns=columns, key=key)


def _told(
    request: DeskRequest,
    brought: Import,
    place: Path,
    sheet: Sheet,
    sample: list[tuple[str, ...]],
    proposal: Proposal,
    mapping: Mapping,
    trial: Trial | None,
) -> dict[str, Any]:
    reasons = {reason.heading: reason for reason in proposal.reasons}
    operations = operations_of(brought)
    rows = [
        _with_operations(
            _row(number, column, mapping, sheet, sample, reasons.get(column.heading)),
            sheet,
            sample,
            operations,
        )
        for number, column in enumerate(mapping.columns)
    ]
    groups: dict[str, list[Any]] = {}
    for use in USES.values():
        groups.setdefault(use.group, []).append(use)
    return {
        "brought": brought, "mapping": mapping, "rows": rows, "groups": groups, "trial": trial,
        "lacks": proposal.lacks, "recognised": proposal.recognised, "notices": sheet.notices,
        "fitting": [] if trial else _fitting(request, brought, place), "substances": substances(),
        "operations": operations,
    }  # fmt: skip


def _row(
    number: int,
    column: Column,
    mapping: Mapping,
    sheet: Sheet,
    sample: list[tuple[str, ...]],
    reason: Reason | None,
) -> ColumnRow:
    """A column's row; cells of columns that hold persons, or are not used, are not shown."""
    shown: list[str] = []
    personal = column.use == "drop" or (reason is not None and reason.code.startswith("personal"))
    if not personal and column.heading in sheet.header:
        at = sheet.header.index(column.heading)
        cells = (" ".join(row[at].split())[:_LONGEST_CELL] for row in sample if at < len(row))
        shown = list(dict.fromkeys(cell for cell in cells if cell))[:_CELLS]
    return ColumnRow(
        place=number, column=column, is_key=column.heading in mapping.key, shown=tuple(shown),
        code=reason.code if reason else "saved", understood=reason.understood if reason else 0,
        filled=reason.filled if reason else 0, unknown=reason.unknown if reason else (),
    )  # fmt: skip


def _with_operations(
    row: ColumnRow, sheet: Sheet, sample: list[tuple[str, ...]], operations: dict[str, str]
) -> ColumnRow:
    """The row of a column of operations, with what its cells may mean written down for the person to confirm."""
    column = row.column
    if column.use != "operation" or column.values or column.heading not in sheet.header:
        return row
    at = sheet.header.index(column.heading)
    named, other = proposed_operations(
        (" ".join(cells[at].split()) for cells in sample if at < len(cells)), operations
    )
    return replace(row, column=replace(column, values=named), unknown=other[:_CELLS], confirm=True)


def _fitting(request: DeskRequest, brought: Import, place: Path) -> list[tuple[StoredMapping, Trial]]:
    """Saved mappings that read this file's first rows, the ones with the most right rows first."""
    found_fitting = []
    for kept in mappings(request.viewer):
        try:
            trial = try_file(
                mapping=kept, path=place, name=brought.file_name, at=request.viewer.at, rows=_SAMPLE
            )
        except CannotRun:
            continue
        if trial.right:
            found_fitting.append((kept, trial))
    return sorted(found_fitting, key=lambda one: (-one[1].right, one[0].name))


@needs("run-imports")
@require_safe
def mapping_list(request: DeskRequest) -> HttpResponse:
    """The agency's mappings."""
    kept = [(one, mapping_from(one.body)) for one in mappings(request.viewer)]
    return page(request, "mappings.html", mappings=kept, wrong="")


@needs("run-imports")
@require_POST
def mapping_bring(request: DeskRequest) -> HttpResponse:
    """Keep a mapping that comes as a file."""
    file = request.FILES.get("file")
    agency = Agency.objects.get(slug=request.viewer.agency)
    try:
        if file is None or (file.size or 0) > 1_000_000:
            raise MappingError(
                "A mapping must be a JSON file of at most 1 MB; choose one that was exported here."
            )
        bring_mapping(by=request.viewer.signature, agency=agency, text=file.read(), at=request.viewer.at)
    except MappingError as problem:
        kept = [(one, mapping_from(one.body)) for one in mappings(request.viewer)]
        return page(request, "mappings.html", 400, mappings=kept, wrong=f"{problem}")
    return HttpResponseRedirect(reverse("mappings"))


@needs("run-imports")
@require_safe
def mapping_file(request: DeskRequest, public_id: UUID) -> HttpResponse:
    """A mapping as a file to take away."""
    kept = one_mapping(request.viewer, public_id)
    if kept is None:
        raise Http404
    name = f"{slugify(kept.name)}-{kept.version}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(dump(mapping_from(kept.body)), content_type="application/json", headers=headers)
