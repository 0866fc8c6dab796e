"""The finder as data: /api/find as JSON, every result as CSV and GeoJSON, and the document that describes them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from daybreak.directory.published import finder
from daybreak.finder.generations import DamagedGeneration, NotPublished
from daybreak.finder.search import QuestionError, search
from daybreak.public.forms import read_search
from daybreak.public.middleware import OPEN_DATA, data_problem, problem
from daybreak.public.queries.printed import as_json
from daybreak.public.queries.requested import Refused, requested
from daybreak.public.queries.taken import features, table
from daybreak.public.rules import problems
from daybreak.public.rules.cells import csv_lines
from daybreak.public.rules.find_openapi import document
from daybreak.public.views.few import OneOfFew, TooMany
from daybreak.public.views.opening import site_address

Answer = Callable[[HttpRequest], HttpResponseBase]
# A value that cannot be used is 400; a place that nothing or too much is called is not found.
STATUS = {"value": 400, "place": 404, "places": 404}


def open_data(keep: str) -> Callable[[Answer], Answer]:
    """An answer for programs of any site: only to be read, kept as ``keep`` says, every wrong value with its cure."""

    def decorate(view: Answer) -> Answer:
        @wraps(view)
        def answer(request: HttpRequest) -> HttpResponseBase:
            if request.method == "OPTIONS":
                return _methods()
            if request.method not in {"GET", "HEAD"}:
                return problem(request, "en", "method")
            try:
                response = view(request)
            except Refused as wrong:
                return _refusal(wrong)
            except QuestionError as wrong:
                name = "name" if wrong.field == "name_words" else "need"
                return _refusal(Refused(name, "ask for at most 24 things", "Leave some out."))
            except TooMany:
                return data_problem(503, problems.DETAILS["busy"])
            except (NotPublished, DamagedGeneration):
                return problem(request, "en", "preparing")
            for name, value in {**OPEN_DATA, "Cache-Control": keep}.items():
                response.headers[name] = value
            return response

        return answer

    return decorate


def _methods() -> HttpResponse:
    said = {
        "Allow": problems.METHODS,
        "Access-Control-Allow-Methods": problems.METHODS,
        "Cache-Control": "no-store",
    }
    return HttpResponse(status=204, headers={**OPEN_DATA, **said, "Access-Control-Allow-Headers": "*"})


def _refusal(wrong: Refused) -> HttpResponse:
    more = {"choices": list(wrong.choices)} if wrong.choices else {}
    name = wrong.parameter or "the name of a parameter"
    return data_problem(
        STATUS[wrong.kind], f"{name} must {wrong.must}. {wrong.cure}",
        parameter=wrong.parameter or None, must=wrong.must, cure=wrong.cure, **more,
    )  # fmt: skip


@open_data("no-store")
def find(request: HttpRequest) -> HttpResponse:
    """One page of results, as `daybreak find --json` says it."""
    at, asked_for = timezone.now(), read_search(dict(request.GET.lists()))
    index, asked = finder().index(), requested(asked_for, at=at)
    answer = search(index, asked.query, page=asked_for.page, page_size=settings.DAYBREAK_PAGE_SIZE)
    return HttpResponse(orjson.dumps(as_json(index, asked, answer, at=at)), content_type="application/json")


@open_data("no-store")
def find_csv(request: HttpRequest) -> StreamingHttpResponse:
    """Every result as a table."""
    at, asked_for = timezone.now(), read_search(dict(request.GET.lists()), paged=False)
    index, asked = finder().index(), requested(asked_for, at=at)
    answer = search(index, asked.query, everything=True)
    rows = table(index, asked.query, answer, at=at, site=site_address(request))
    return StreamingHttpResponse(
        OneOfFew(csv_lines(rows)),
        content_type="text/csv; charset=utf-8; header=present",
        headers={"Content-Disposition": f'attachment; filename="daybreak-{at:%Y-%m-%d}.csv"'},
    )


@open_data("no-store")
def find_geojson(request: HttpRequest) -> StreamingHttpResponse:
    """Every result as a map's features."""
    at, asked_for = timezone.now(), read_search(dict(request.GET.lists()), paged=False)
    index, asked = finder().index(), requested(asked_for, at=at)
    answer = search(index, asked.query, everything=True)
    return StreamingHttpResponse(
        OneOfFew(features(index, asked.query, answer, at=at, site=site_address(request))),
        content_type="application/geo+json",
        headers={"Content-Disposition": f'attachment; filename="daybreak-{at:%Y-%m-%d}.geojson"'},
    )


@open_data("public, max-age=300")
def openapi(request: HttpRequest) -> HttpResponse:
    """What the addresses above take and give."""
    return HttpResponse(orjson.dumps(document()), content_type="application/json")
