"""Prices: every row with its versions, one row, and the form for the next version."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from daybreak.accounts.guard import DeskRequest, needs
from daybreak.events.actions.prices import Worth, set_price
from daybreak.events.forms.writing import PriceForm
from daybreak.events.queries.prices import one_price, prices
from daybreak.events.rules.price_rows import published_rows
from daybreak.events.views.operations import own_agency
from daybreak.events.views.saying import page


@needs("see-ledger")
@require_safe
def price_list(request: DeskRequest) -> HttpResponse:
    """Every price row that the viewer may read, and the published curves."""
    rows = prices(request.viewer)
    newest: dict[tuple[object, ...], int] = {}
    for row in rows:
        key = (row.agency_id, row.substance, row.unit, row.level, row.place, row.effective_from)
        newest.setdefault(key, row.pk)
    return page(request, "prices.html", rows=rows, newest=set(newest.values()), published=published_rows())


@needs("see-ledger")
@require_safe
def price(request: DeskRequest, public_id: UUID) -> HttpResponse:
    """One price row with the other versions of it."""
    row = one_price(request.viewer, public_id)
    if row is None:
        raise Http404
    alike = [
        one
        for one in prices(request.viewer)
        if (one.agency_id, one.substance, one.unit, one.level, one.place, one.effective_from)
        == (row.agency_id, row.substance, row.unit, row.level, row.place, row.effective_from)
    ]
    return page(request, "price.html", price=row, versions=alike)


@needs("set-prices")
@require_http_methods(["GET", "HEAD", "POST"])
def price_new(request: DeskRequest) -> HttpResponse:
    """Set a price of the own agency: a new row, or the next version of one."""
    start = {name: request.GET[name] for name in PriceForm.base_fields if name in request.GET}
    form = PriceForm(request.POST) if request.method == "POST" else PriceForm(initial=start)
    if request.method == "POST" and form.is_valid():
        made = set_price(
            by=request.viewer.signature,
            agency=own_agency(request),
            worth=Worth(**form.cleaned_data),
            at=request.viewer.at,
        )
        return HttpResponseRedirect(reverse("price", args=[made.public_id]))
    return page(request, "write.html", 400 if form.errors else 200, form=form, what="price", back="prices")
