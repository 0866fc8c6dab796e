"""The pages for people who look for help: each reads its address, asks for its rows once, and draws."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect, HttpResponseRedirect
from django.utils import timezone

from daybreak.public import speech
from daybreak.public.forms import read_answers, read_question
from daybreak.public.jinja import draw
from daybreak.public.middleware import problem
from daybreak.public.queries import listing, results
from daybreak.public.queries.asking import understand
from daybreak.public.queries.question import Question
from daybreak.public.queries.shapes import Results
from daybreak.public.queries.wider import wider
from daybreak.public.readers.articles import Article, articles
from daybreak.public.rules import map as sheet
from daybreak.public.rules.guide import STEPS
from daybreak.public.views.opening import private, public, show
from daybreak.vocabulary.needs import needs
from daybreak.vocabulary.places import Found

# What people come for most, as one tap each.
PICKS = (
    "detox",
    "medication",
    "residential",
    "outpatient",
    "medicaid",
    "free",
    "pregnant",
    "teens",
    "spanish",
)
GOOD_TO_KNOW = ("overdose", "first-call", "detox", "medication-treatment", "naloxone", "paying", "caseys-law")


@public
def home(request: HttpRequest, language: str) -> HttpResponse:
    """Where are you, what do you need."""
    find = f"{speech.PREFIX[language]}/find"
    picks = [(needs()[need].label(language), f"{find}?{Question(needs=(need,)).query()}") for need in PICKS]
    known = _articles(language)
    read = [known[slug] for slug in GOOD_TO_KNOW if slug in known]
    return show(request, "home.html", language, picks=picks, articles=read, near="", q="", kept=())


@private
def find(request: HttpRequest, language: str) -> HttpResponse:
    """The results of a search."""
    question, at = read_question(request.GET), timezone.now()
    found = results(question, language=language, at=at)
    empty = found.state == "found" and not found.total and not found.near
    return show(
        request, "results.html", language,
        results=found, first_page=question.query(), wider=wider(question, language=language, at=at) if empty else (),
        **_form_values(found),
    )  # fmt: skip


def _form_values(found: Results) -> dict[str, Any]:
    """What the two forms of the result page carry besides what people see in them.

    The words of ``q`` stay in the upper form. The boxes below show what those words meant, so there they are left out.
    """
    fields = found.fields
    above = [(name, value) for name in ("need", "not", "radius", "ask", "both") for value in fields[name]]
    beside = [(name, value) for name in ("near", "name", "not") for value in fields[name] if value]
    beside += [("need", code) for code in fields["code"]]
    beside += [("both", need) for need in fields["both"]]
    beside += [("ask", key) for key in fields["ask"] if key != "all"]
    asked = bool(fields["need"] or any(chip.kind in {"need", "not"} for chip in found.chips))
    return {
        "near": "".join(fields["near"]), "q": "".join(fields["q"]), "kept": above, "beside": beside, "asked": asked,
    }  # fmt: skip


@private
def find_map(request: HttpRequest, language: str) -> HttpResponse:
    """The map of a page of results, as a picture."""
    question, at = read_question(request.GET), timezone.now()
    found = results(question, language=language, at=at)
    place = understand(question, at=at).place
    points = [
        (card.position, card.latitude, card.longitude)
        for card in found.cards
        if card.latitude is not None and card.longitude is not None
    ]
    return _picture(request, language, points, place.point if isinstance(place, Found) else None)


@private
def place(request: HttpRequest, language: str, listing_id: UUID) -> HttpResponse:
    """One listing whole. The address of a place that is shown as part of another one leads there."""
    found = listing(str(listing_id), language=language, at=timezone.now())
    if found is None:
        return problem(request, language, "no-place")
    if found.id != str(listing_id):
        return HttpResponsePermanentRedirect(f"{speech.PREFIX[language]}/place/{found.id}")
    has_point = found.extra.get("latitude") is not None
    map_url = f"{speech.PREFIX[language]}/place/{found.id}/map.svg" if has_point else ""
    return show(request, "listing.html", language, place=found, map_url=map_url)


@private
def place_map(request: HttpRequest, language: str, listing_id: UUID) -> HttpResponse:
    """One listing and the counties around it, as a picture."""
    found = listing(str(listing_id), language=language, at=timezone.now())
    if found is None or found.extra.get("latitude") is None:
        return problem(request, language, "no-place")
    middle = (float(found.extra["latitude"]), float(found.extra["longitude"]))
    return _picture(request, language, [], middle, across_miles=40.0)


def _picture(
    request: HttpRequest,
    language: str,
    points: list[tuple[int, float, float]],
    middle: tuple[float, float] | None,
    across_miles: float = sheet.LEAST_MILES,
) -> HttpResponse:
    scheme = "dark" if request.GET.get("scheme") == "dark" else "light"
    body = draw("map.svg", language, sheet=sheet.lay_out(points, middle, across_miles), scheme=scheme)
    return HttpResponse(body, content_type="image/svg+xml")


@private
def guide(request: HttpRequest, language: str) -> HttpResponse:
    """One question of the guided path; after the last one, its results."""
    answers = read_answers(request.GET)
    prefix = speech.PREFIX[language]
    question = answers.question()
    results_url = f"{prefix}/find?{question.query()}"
    if answers.done:
        return HttpResponseRedirect(results_url)
    so_far = results(question, language=language, at=timezone.now()) if question.needs else None
    return show(
        request, "guide.html", language,
        step=answers.name, number=answers.step, steps=len(STEPS), chosen=answers.chosen, near=answers.near,
        kept=answers.kept(), results_url=results_url, so_far=so_far.total if so_far else 0,
        skip_url=f"{prefix}/guide?{answers.address(answers.step + 1, without_own=True)}",
        back_url=f"{prefix}/guide?{answers.address(answers.step - 1)}" if answers.step > 1 else "",
    )  # fmt: skip


@public
def learn(request: HttpRequest, language: str) -> HttpResponse:
    """All articles."""
    return show(
        request,
        "learn.html",
        language,
        here="learn",
        here_kind="page",
        articles=list(_articles(language).values()),
    )


@public
def article(request: HttpRequest, language: str, slug: str) -> HttpResponse:
    """One article, and the one to read next."""
    known = _articles(language)
    if slug not in known:
        return problem(request, language, "no-article")
    order = list(known)
    following = known[order[(order.index(slug) + 1) % len(order)]] if len(order) > 1 else None
    return show(
        request,
        "article.html",
        language,
        here="learn",
        here_kind="true",
        article=known[slug],
        following=following,
    )


ROBOTS = """User-agent: *
Disallow: /*?*q=
Disallow: /*?*name=
Disallow: /*map.svg
Disallow: /guide?
Disallow: /es/guide?
"""


@public
def robots(request: HttpRequest) -> HttpResponse:
    """What search engines may read: the pages and lists; nothing that somebody put in words of their own."""
    return HttpResponse(ROBOTS, content_type="text/plain")


@public
def moved(request: HttpRequest, language: str, to: str) -> HttpResponse:
    """A short address for a page that stands elsewhere."""
    return HttpResponseRedirect(speech.PREFIX[language] + to)


def _articles(language: str) -> dict[str, Article]:
    return articles(settings.CONTENT / language)
