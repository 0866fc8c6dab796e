"""The morning's list, one stream with its chart, and the review of a signal."""

from __future__ import annotations

import csv
from io import StringIO
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from daybreak.accounts.guard import DeskRequest, needs
from daybreak.alerts.actions.reviewing import review_signal
from daybreak.alerts.models import Signal, Stream, Watch
from daybreak.alerts.queries.charts import Tested, drawing, rows, tested
from daybreak.alerts.queries.morning import morning_of, name_of, reviews_of
from daybreak.alerts.queries.visibility import NUMBERS, sight
from daybreak.alerts.rules.lifecycle import NEXT, VERDICTS
from daybreak.surge.charts import png

WIDTHS = {"360": 328, "760": 760}
# A drawing colours itself by the reader's mode with rules of its own; it can load and run nothing.
DRAWING = "default-src 'none'; style-src 'unsafe-inline'"


@require_safe
@needs("see-alerts")
def morning(request: DeskRequest) -> HttpResponse:
    """The ranked list, and all streams below it."""
    return render(request, "alerts/morning.html", {"morning": morning_of(request.viewer)})


@require_safe
@needs("see-alerts")
def stream(request: DeskRequest, stream_id: UUID) -> HttpResponse:
    """One stream: chart, table, signals and their reviews."""
    found, how = _found(request, stream_id)
    of = _tested(found) if how == NUMBERS else None
    signals = [(one, reviews_of(one)) for one in found.signals.order_by("-last_on")[:20]]
    return render(
        request,
        "alerts/stream.html",
        {
            "stream": found, "name": name_of(found), "numbers": how == NUMBERS, "rows": list(rows(of)) if of else [],
            "signals": signals if how == NUMBERS else [(one, []) for one, _ in signals],
            "may_review": how == NUMBERS and request.viewer.may("review-alerts"),
            "next": NEXT, "verdicts": VERDICTS, "problem": request.GET.get("problem", "")[:20],
        },
    )  # fmt: skip


@require_safe
@needs("see-alerts")
def drawn(request: DeskRequest, stream_id: UUID, form: str) -> HttpResponse:
    """The chart as SVG (it follows the reader's light or dark mode) or PNG, or its rows as CSV."""
    found, how = _found(request, stream_id)
    of = _tested(found) if how == NUMBERS else None
    if of is None:
        raise Http404
    if form == "csv":
        return _table(found, of)
    width = WIDTHS.get(request.GET.get("width", ""), 760)
    svg = drawing(
        of, subtitle=_words("subtitle", found), method=_words("method", found), source=_words("source", found),
        width=width, theme="auto" if form == "svg" else "light",
    )  # fmt: skip
    if form == "png":
        response = HttpResponse(png(svg), content_type="image/png")
        response.headers["Content-Disposition"] = f'attachment; filename="stream-{found.public_id}.png"'
        return response
    return HttpResponse(svg, content_type="image/svg+xml", headers={"Content-Security-Policy": DRAWING})


@require_http_methods(["POST"])
@needs("review-alerts")
def review(request: DeskRequest, signal_id: UUID) -> HttpResponse:
    """Add a review; what is missing is said on the stream's page."""
    signal = Signal.objects.select_related("stream__feed__agency").filter(public_id=signal_id).first()
    if signal is None or sight(request.viewer, signal.stream) != NUMBERS:
        raise Http404
    page = reverse("stream", args=[signal.stream.public_id])
    why = request.POST.get("why", "")[:1000]
    verdict = request.POST.get("verdict", "")
    if not why.strip():
        return HttpResponseRedirect(f"{page}?problem=why")
    try:
        review_signal(
            by=request.viewer.signature, signal=signal, verdict=verdict, why=why, at=request.viewer.at
        )
    except ValueError:
        return HttpResponseRedirect(f"{page}?problem=verdict")
    return HttpResponseRedirect(page)


def _found(request: DeskRequest, stream_id: UUID) -> tuple[Stream, str]:
    found = Stream.objects.select_related("feed__agency").filter(public_id=stream_id).first()
    how = sight(request.viewer, found) if found else ""
    if found is None or not how:
        raise Http404
    return found, how


def _tested(found: Stream) -> Tested | None:
    newest = Watch.objects.order_by("-at").first()
    return tested(found, newest.tested_day, label=_words("label", found)) if newest else None


def _words(part: str, found: Stream) -> str:
    """A sentence of the chart, from the template that holds them all."""
    return render(None, "alerts/words.txt", {"part": part, "name": name_of(found)}).content.decode().strip()


def _table(found: Stream, of: Tested) -> HttpResponse:
    made = StringIO()
    table = csv.writer(made)
    table.writerow(["day", "count", "expected", "upper_bound", "p", "alarm"])
    for row in rows(of):
        table.writerow([row.on, row.count, row.expected, row.upper, row.p, int(row.alarm)])
    response = HttpResponse(made.getvalue(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="stream-{found.public_id}.csv"'
    return response
