"""Staffing of the own agency: hours by focus beside what came of them, posts and assignments."""

from __future__ import annotations

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from daybreak.accounts.guard import DeskRequest, needs
from daybreak.events.actions.staffing import Duty, TooManyHours, add_post, assign
from daybreak.events.forms.asking import LedgerFilters, days_or
from daybreak.events.forms.writing import AssignmentForm, PostForm
from daybreak.events.models import Operation, Post
from daybreak.events.queries.rows import local_zone
from daybreak.events.queries.staffing import staffing
from daybreak.events.views.operations import own_agency
from daybreak.events.views.saying import page


@needs("see-staffing")
@require_safe
def staffing_page(request: DeskRequest) -> HttpResponse:
    """Hours and what came of them, over the last twelve months or the days asked for."""
    form = LedgerFilters(request.GET, agencies=[])
    if not form.is_valid():
        return page(request, "staffing.html", 400, form=form, found=None)
    today = request.viewer.at.astimezone(local_zone()).date()
    since, until = days_or(form.cleaned_data, until=today, months=12)
    found = staffing(request.viewer, since=since, until=until)
    if found is None:
        raise Http404
    shown = {**form.cleaned_data, "since": since, "until": until}
    return page(
        request,
        "staffing.html",
        form=LedgerFilters(shown, agencies=[]),
        found=found,
        since=since,
        until=until,
    )


@needs("edit-staffing")
@require_http_methods(["GET", "HEAD", "POST"])
def post_new(request: DeskRequest) -> HttpResponse:
    """Add a position to the roster."""
    form = PostForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        add_post(
            by=request.viewer.signature, agency=own_agency(request), at=request.viewer.at, **form.cleaned_data
        )
        return HttpResponseRedirect(reverse("staffing"))
    return page(request, "write.html", 400 if form.errors else 200, form=form, what="post", back="staffing")


@needs("edit-staffing")
@require_http_methods(["GET", "HEAD", "POST"])
def assignment_new(request: DeskRequest) -> HttpResponse:
    """Assign a post of the own agency to a focus."""
    agency = own_agency(request)
    posts = {str(one.public_id): one for one in Post.objects.filter(agency=agency).order_by("unit", "title")}
    held = {str(one.public_id): one for one in Operation.objects.filter(agency=agency).order_by("name")}
    form = AssignmentForm(
        request.POST or None,
        posts=[(key, f"{one.unit}: {one.title}") for key, one in posts.items()],
        operations=[(key, one.name) for key, one in held.items()],
    )
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        post = posts[given.pop("post")]
        given["operation"] = held.get(given["operation"])
        try:
            assign(by=request.viewer.signature, post=post, duty=Duty(**given), at=request.viewer.at)
        except TooManyHours as problem:
            form.add_error("hours_per_week", str(problem))
        else:
            return HttpResponseRedirect(reverse("staffing"))
    return page(
        request, "write.html", 400 if form.errors else 200, form=form, what="assignment", back="staffing"
    )
