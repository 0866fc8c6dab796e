"""Imports on the desk: the list, a file to bring, one import with its progress and result, mending, undoing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from daybreak.accounts.guard import DeskRequest, needs
from daybreak.accounts.models import Agency
from daybreak.events.actions.deliveries import CannotUndo
from daybreak.events.actions.feeds import open_feed
from daybreak.events.models import Feed
from daybreak.intake.actions.mending import mend_rows
from daybreak.intake.actions.receiving import receive_file, stop_import, undo_import
from daybreak.intake.actions.running import CannotRun
from daybreak.intake.forms import NEW, BringForm
from daybreak.intake.models import Import
from daybreak.intake.queries.errors import error_lines
from daybreak.intake.queries.imports import faults, feeds, imports, one_import
from daybreak.intake.readers.kept import refused_of
from daybreak.intake.readers.refused_rows import refused_rows
from daybreak.intake.views.wording import page
from daybreak.vocabulary.kinds import is_health

_SHOWN = 50
_MENDED_AT_ONCE = 20
_CELLS_AT_ONCE = 800  # a form may have 1,000 values
_REFRESH_SECONDS = "3"
_QUIET_AFTER = timedelta(minutes=10)


def found(request: DeskRequest, public_id: UUID) -> Import:
    """The viewer's import with this id; 404 for any other agency's."""
    brought = one_import(request.viewer, public_id)
    if brought is None:
        raise Http404
    return brought


@needs("run-imports")
@require_safe
def import_list(request: DeskRequest) -> HttpResponse:
    """Feeds with their freshness, and the newest imports."""
    return page(
        request, "imports.html", feeds=feeds(request.viewer), imports=list(imports(request.viewer)[:_SHOWN])
    )


@needs("run-imports")
@require_http_methods(["GET", "HEAD", "POST"])
def import_new(request: DeskRequest) -> HttpResponse:
    """Bring a file."""
    form = BringForm()
    if request.method == "POST":
        try:
            form = BringForm(request.POST, request.FILES)
        except RequestDataTooBig:
            form.add_error(None, "The form is too long.")
        file = request.FILES.get("file")
        if file is not None and (file.size or 0) > settings.DAYBREAK_IMPORT_MB * 1_000_000:
            form.add_error(
                "file", f"A file may have at most {settings.DAYBREAK_IMPORT_MB:,} MB. Bring it in parts."
            )
        if form.is_valid():
            brought = receive_file(
                by=request.viewer.signature,
                feed=_feed(request, form.cleaned_data),
                name=form.cleaned_data["file"].name,
                chunks=form.cleaned_data["file"].chunks(),
                at=request.viewer.at,
                kind=form.cleaned_data["kind"],
            )
            return HttpResponseRedirect(reverse("import_mapping", args=[brought.public_id]))
    status = 400 if form.is_bound and form.errors else 200
    return page(request, "bring.html", status, form=form, feeds=feeds(request.viewer), new=NEW)


def _feed(request: DeskRequest, told: dict[str, Any]) -> Feed:
    """The chosen feed of the viewer's agency, or a new one."""
    agency = Agency.objects.get(slug=request.viewer.agency)
    if told["feed"] != NEW:
        feed = Feed.objects.filter(agency=agency, slug=told["feed"], active=True).first()
        if feed is None:
            raise Http404
        return feed
    return open_feed(
        by=request.viewer.signature,
        agency=agency,
        slug=slugify(told["feed_name"])[:60],
        name=told["feed_name"],
        health=is_health(told["kind"], agency.kind),
        at=request.viewer.at,
        expected_days=told["expected_days"] or 7,
    )


@needs("run-imports")
@require_safe
def import_one(request: DeskRequest, public_id: UUID) -> HttpResponse:
    """One import: how far it is, or how it ended. The page asks for itself again while something runs."""
    brought = found(request, public_id)
    response = page(request, "import.html", **_told(request, brought))
    if brought.state in {"queued", "running"}:
        response.headers["Refresh"] = _REFRESH_SECONDS
    return response


def _told(request: DeskRequest, brought: Import) -> dict[str, Any]:
    _, kept = refused_rows(refused_of(settings.IMPORTS, brought.public_id))
    open_lines = set(
        brought.refused_rows.filter(mended_by=None, line__in=list(kept)).values_list("line", flat=True)
    )
    quiet = brought.state == "running" and (
        brought.beat_at is None or request.viewer.at - brought.beat_at > _QUIET_AFTER
    )
    return {
        "brought": brought,
        "delivery": brought.delivery,
        "faults": faults(brought),
        "mendable": len(open_lines),
        "mended_by": list(brought.mended_by.select_related("delivery").order_by("made_at")),
        "quiet": quiet,
        "later": (),
        "said": request.GET.get("said", ""),
    }


@needs("run-imports")
@require_POST
def import_stop(request: DeskRequest, public_id: UUID) -> HttpResponse:
    """Stop after the batch, or set aside what only waits."""
    brought = found(request, public_id)
    stop_import(by=request.viewer.signature, brought=brought, at=request.viewer.at)
    return HttpResponseRedirect(reverse("import", args=[public_id]))


@needs("undo-imports")
@require_POST
def import_undo(request: DeskRequest, public_id: UUID) -> HttpResponse:
    """Take the import back; where later ones corrected its rows, say which."""
    brought = found(request, public_id)
    try:
        undo_import(by=request.viewer.signature, brought=brought, at=request.viewer.at)
    except CannotUndo as refused:
        return page(request, "import.html", 409, **_told(request, brought) | {"later": refused.later})
    except ValueError:
        return HttpResponseRedirect(reverse("import", args=[public_id]))
    return HttpResponseRedirect(reverse("import", args=[public_id]) + "?said=undone")


@needs("run-imports")
@require_safe
def import_errors(request: DeskRequest, public_id: UUID) -> HttpResponseBase:
    """The refused rows as CSV."""
    brought = found(request, public_id)
    headers = {"Content-Disposition": f'attachment; filename="errors-{public_id}.csv"'}
    return StreamingHttpResponse(
        error_lines(brought), content_type="text/csv; charset=utf-8", headers=headers
    )


@needs("run-imports")
@require_http_methods(["GET", "HEAD", "POST"])
def import_rows(request: DeskRequest, public_id: UUID) -> HttpResponse:
    """Mend refused rows: correct their cells and bring them again."""
    brought = found(request, public_id)
    headings, kept = refused_rows(refused_of(settings.IMPORTS, public_id))
    if request.method == "POST":
        cells = {
            line: [request.POST.get(f"r{line}-{place}", cell) for place, cell in enumerate(row)]
            for line, row in kept.items()
            if f"r{line}-0" in request.POST
        }
        changed = {line: row for line, row in cells.items() if row != kept[line]}
        if not changed:
            return _rows_page(request, brought, headings, kept, {}, 400, "nothing")
        try:
            mended = mend_rows(
                by=request.viewer.signature, brought=brought, cells=changed, at=request.viewer.at
            )
        except CannotRun as problem:
            return _rows_page(request, brought, headings, kept, changed, 400, f"{problem}")
        return HttpResponseRedirect(reverse("import", args=[mended.public_id]) + "?said=mended")
    return _rows_page(request, brought, headings, kept, {})


def _rows_page(
    request: DeskRequest,
    brought: Import,
    headings: list[str],
    kept: dict[int, list[str]],
    typed: dict[int, list[str]],
    status: int = 200,
    wrong: str = "",
) -> HttpResponse:
    refused = (
        brought.refused_rows.filter(mended_by=None, line__in=list(kept))
        .select_related("fault")
        .order_by("line")
    )
    many = max(1, min(_MENDED_AT_ONCE, _CELLS_AT_ONCE // max(1, len(headings))))
    rows = [(one.line, one.fault, typed.get(one.line, kept[one.line])) for one in refused[:many]]
    return page(
        request,
        "rows.html",
        status,
        brought=brought,
        headings=headings,
        rows=rows,
        left=refused.count(),
        wrong=wrong,
    )
