"""Keys of the agency's own systems: made, shown once, ended."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from daybreak.accounts.guard import DeskRequest, needs
from daybreak.events.models import Feed
from daybreak.intake.actions.keys import end_key, make_key
from daybreak.intake.forms import KeyForm
from daybreak.intake.queries.imports import feeds, keys
from daybreak.intake.views.wording import page


@needs("run-imports")
@require_http_methods(["GET", "HEAD", "POST"])
def key_list(request: DeskRequest) -> HttpResponse:
    """The keys, and a form for a new one, whose text this one answer shows and nothing keeps."""
    form = KeyForm(request.POST or None)
    text = ""
    if request.method == "POST" and form.is_valid():
        feed = Feed.objects.filter(
            agency=request.viewer.agency_id, slug=form.cleaned_data["feed"], active=True
        ).first()
        if feed is None:
            raise Http404
        _, text = make_key(
            by=request.viewer.signature, feed=feed, label=form.cleaned_data["label"], at=request.viewer.at
        )
    status = 400 if form.is_bound and not form.is_valid() else 200
    told = {"keys": list(keys(request.viewer)), "feeds": feeds(request.viewer), "form": form, "text": text}
    return page(request, "keys.html", status, **told)


@needs("run-imports")
@require_POST
def key_end(request: DeskRequest, public_id: UUID) -> HttpResponse:
    """End a key at once."""
    key = keys(request.viewer).filter(public_id=public_id).first()
    if key is None:
        raise Http404
    end_key(by=request.viewer.signature, key=key, at=request.viewer.at)
    return HttpResponseRedirect(reverse("import_keys"))
