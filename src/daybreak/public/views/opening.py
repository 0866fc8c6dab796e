"""How an open page answers: only to be read, kept for so long, every wrong value answered with its cure."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.http import HttpRequest, HttpResponse

from daybreak.finder.generations import DamagedGeneration, NotPublished
from daybreak.finder.question import QuestionError
from daybreak.public import speech
from daybreak.public.forms import BadQuestion
from daybreak.public.jinja import draw
from daybreak.public.middleware import problem

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def open_page(keep: str) -> Callable[[View[P]], View[P]]:
    """A page for everybody: only to be read, kept as ``keep`` says, and every wrong value answered with its cure."""

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def answer(request: HttpRequest, *args: P.args, **named: P.kwargs) -> HttpResponse:
            language = speech.of_path(request.path_info)
            if request.method not in {"GET", "HEAD"}:
                return problem(request, language, "method")
            try:
                response = view(request, *args, **named)
            except BadQuestion as wrong:
                return problem(request, language, wrong.must, field=wrong.field)
            except QuestionError:
                return problem(request, language, "fewer", field="q")
            except (NotPublished, DamagedGeneration):
                return problem(request, language, "preparing")
            response.headers.setdefault("Cache-Control", keep)
            return response

        return cast("View[P]", answer)

    return decorate


# Searches stay out of every cache: the next person at a library's computer must not find them.
private = open_page("no-store")
public = open_page("public, max-age=300")


def show(request: HttpRequest, name: str, language: str, **values: Any) -> HttpResponse:
    """A page, with the address of the same page in the other language."""
    alternate = speech.in_language(request.get_full_path(), speech.other(language))
    return HttpResponse(draw(name, language, alternate=alternate, **values))


def site_address(request: HttpRequest) -> str:
    """Where readers reach this site, as "https://host": behind a proxy that speaks TLS for us it says so in a header."""
    secure = request.is_secure() or request.headers.get("X-Forwarded-Proto", "").lower() == "https"
    return f"{'https' if secure else 'http'}://{request.get_host()}"
