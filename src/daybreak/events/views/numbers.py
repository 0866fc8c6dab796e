"""Numbers that people quote: where agencies disagree, comparisons and their refusals, deaths by cause, figures to note."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from daybreak.accounts.guard import DeskRequest, needs
from daybreak.events.actions.catalogue import Published, note_figure
from daybreak.events.forms.asking import LedgerFilters, days_or
from daybreak.events.forms.writing import FigureForm
from daybreak.events.models import Figure
from daybreak.events.queries.charting import chooser
from daybreak.events.queries.comparing import quoted
from daybreak.events.queries.deaths import deaths_by_cause
from daybreak.events.queries.figures import as_compared, disagreements, figures
from daybreak.events.queries.operations import operations
from daybreak.events.queries.rows import local_zone
from daybreak.events.queries.visibility import agencies_seen
from daybreak.events.rules.comparisons import Comparison, compare
from daybreak.events.rules.wording import said
from daybreak.events.views.operations import as_of_asked, own_agency
from daybreak.events.views.saying import page
from daybreak.vocabulary.causes import cause_groups
from daybreak.vocabulary.sentences import sentences

_MOST_BEFORE = 10


@needs("see-ledger")
@require_safe
def disagree(request: DeskRequest) -> HttpResponse:
    """Each measure by agency, definition and day of knowing, side by side, with reasons; nothing is averaged."""
    as_of, written = as_of_asked(request)
    every = disagreements(request.viewer, at=request.viewer.at, as_of=as_of)
    kind = request.GET.get("kind", "")
    kinds = sorted({one.kind for one in every})
    found = [one for one in every if kind not in kinds or one.kind == kind]
    return page(
        request,
        "disagree.html",
        found=[one for one in found if one.differs],
        agreed=[one for one in found if not one.differs],
        kinds=kinds,
        kind=kind,
        as_of=written,
    )


@needs("see-ledger")
@require_safe
def comparison(request: DeskRequest) -> HttpResponse:
    """What can be said of the published numbers, and the comparison that somebody asks for, or why it is refused."""
    as_of, written = as_of_asked(request)
    held = figures(request.viewer, as_of=as_of)
    day = (as_of or request.viewer.at).astimezone(local_zone()).date()
    now, before = _picked(request, held)
    patterns = sentences("comparisons")
    answer = compare(as_compared(now), *map(as_compared, before), as_of=day) if now and before else None
    return page(
        request,
        "compare.html",
        figures=held,
        as_of=written,
        now=now,
        before=before,
        answer=said(answer, patterns) if answer else [],
        refused=answer is not None and not isinstance(answer, Comparison),
        quoted=[(one, said(one.comparison, patterns)) for one in quoted(held, as_of=day)],
    )


def _picked(request: DeskRequest, held: list[Figure]) -> tuple[Figure | None, list[Figure]]:
    by_id = {str(figure.public_id): figure for figure in held}
    now = by_id.get(request.GET.get("now", ""))
    before = [
        by_id[one] for one in dict.fromkeys(request.GET.getlist("before")[:_MOST_BEFORE]) if one in by_id
    ]
    return now, before


@needs("see-ledger")
@require_safe
def deaths(request: DeskRequest) -> HttpResponse:
    """Deaths by group of ICD-10 codes, agency by agency; the groups never add up."""
    agencies = [(agency.slug, agency.name) for agency in agencies_seen(request.viewer)]
    form = LedgerFilters(request.GET, agencies=agencies)
    if not form.is_valid():
        return page(request, "deaths.html", 400, form=form, found=None)
    newest = chooser(request.viewer, kind="death", at=request.viewer.at).newest
    since, until = days_or(form.cleaned_data, until=newest, months=12)
    found = deaths_by_cause(
        request.viewer,
        since=since,
        until=until,
        as_of=form.asked().as_of,
        county=form.cleaned_data["county"],
    )
    shown = {**form.cleaned_data, "since": since, "until": until}
    return page(
        request,
        "deaths.html",
        form=LedgerFilters(shown, agencies=agencies),
        found=found,
        groups=cause_groups(),
        since=since,
        until=until,
    )


@needs("edit-ledger")
@require_http_methods(["GET", "HEAD", "POST"])
def figure_new(request: DeskRequest) -> HttpResponse:
    """Note a figure that the own agency published."""
    own = {
        str(one.public_id): one
        for one in operations(request.viewer)
        if one.agency_id == request.viewer.agency_id
    }
    choices = [(key, one.name) for key, one in own.items()]
    form = FigureForm(request.POST or None, operations=choices)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data | {"operation": own.get(form.cleaned_data["operation"])}
        note_figure(
            by=request.viewer.signature,
            agency=own_agency(request),
            figure=Published(**given),
            at=request.viewer.at,
        )
        return HttpResponseRedirect(reverse("ledger_disagree"))
    return page(
        request, "write.html", 400 if form.errors else 200, form=form, what="figure", back="ledger_disagree"
    )
