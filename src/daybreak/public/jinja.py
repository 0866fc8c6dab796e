"""The template environment of the open pages: strict, one for each language, compiled once a process."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from babel.dates import format_date
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from jinja2 import nodes
from jinja2.ext import InternationalizationExtension
from markupsafe import escape

from daybreak.public import speech
from daybreak.public.queries.cards import KEEPS_TO
from daybreak.public.queries.helplines import helpline
from daybreak.public.queries.shapes import Helpline, Stated
from daybreak.vocabulary.needs import groups, needs

FOLDER = Path(__file__).parent / "jinja2"
_HOLE = re.compile(r"%\((\w+)\)s")


def environment(**options: Any) -> jinja2.Environment:
    """Strict: a name that a template does not know is an error, never an empty space. Speaks English."""
    options.setdefault("undefined", jinja2.StrictUndefined)
    options.setdefault("autoescape", True)
    return _taught("en", options)


@cache
def speaking(language: str) -> jinja2.Environment:
    """The environment of one language."""
    return _taught(
        language,
        {
            "loader": jinja2.FileSystemLoader(FOLDER),
            "autoescape": True,
            "auto_reload": False,
            "undefined": jinja2.StrictUndefined,
        },
    )


def draw(name: str, language: str, **values: Any) -> str:
    """The page ``public/<name>`` in a language."""
    return speaking(language).get_template(f"public/{name}").render(values)


def _taught(language: str, options: dict[str, Any]) -> jinja2.Environment:
    made = jinja2.Environment(  # noqa: S701 - both callers above turn escaping on
        trim_blocks=True, lstrip_blocks=True, extensions=[Translated], **options
    )
    made.policies["ext.i18n.trimmed"] = True
    catalog = speech.translations(language)
    made.extend(catalog=catalog)
    made.install_gettext_translations(catalog, newstyle=True)  # type: ignore[attr-defined]
    made.filters["day"] = lambda day: format_date(
        day, "long", locale="es_US" if language == "es" else "en_US"
    )
    made.filters["distance"] = distance
    made.filters["oldest"] = oldest
    made.filters["years"] = years
    made.globals.update(
        language=language,
        home=speech.PREFIX[language] + "/",
        prefix=speech.PREFIX[language],
        other_language=speech.other(language),
        asset=asset,
        leave_url=settings.DAYBREAK_LEAVE_URL,
        state_line=state_line(language),
        label_html={name: str(escape(need.label(language))) for name, need in needs().items()},
        group_html={
            name: str(escape(group.es if language == "es" else group.en)) for name, group in groups().items()
        },
        keeps_to=KEEPS_TO,
        labels={name: need.label(language) for name, need in needs().items()},
        here="",
        wrong="",
    )
    return made


def distance(miles: float) -> str:
    """Miles as people say them: tenths below ten, whole miles above; "1", not "1.0"."""
    shown = f"{miles:.0f}" if miles >= 9.95 else f"{miles:.1f}"
    return shown.removesuffix(".0")


def oldest(facts: Iterable[Stated]) -> int:
    """The year of the oldest of these facts; 0 = none of them is dated."""
    return min((fact.year for fact in facts if fact.year), default=0)


def years(groups: Iterable[tuple[str, Iterable[Stated]]]) -> list[int]:
    """The years that the facts of a service are from, oldest first."""
    return sorted({fact.year for _, facts in groups for fact in facts if fact.year})


@cache
def asset(name: str) -> str:
    """The address of a static file, with its checksum in the name once static files are collected."""
    whole = f"daybreak/{name}"
    try:
        return str(staticfiles_storage.url(whole))
    except ValueError:  # nothing is collected yet (tests, checks): the plain name
        return settings.STATIC_URL + whole


def state_line(language: str) -> Helpline | None:
    """The helpline of the home state for the crisis bar; None where there is only 988, which stands there anyway."""
    line = helpline(settings.DAYBREAK_STATE, language)
    return None if line.name == line.shown else line


class Translated(InternationalizationExtension):
    """Jinja's {% trans %}, with the sentence of the environment's own catalog written into the compiled template.

    Each language has an environment of its own (public/jinja.py), so a sentence is known when its template is compiled.
    Plurals stay as they are, since their number is not. Measured: a page of results is drawn in two thirds of the time.
    """

    def _make_node(
        self,
        singular: str,
        plural: str | None,
        context: str | None,
        variables: dict[str, nodes.Expr],
        plural_expr: nodes.Expr | None,
        vars_referenced: bool,
        num_called_num: bool,
    ) -> nodes.Output:
        if plural_expr is not None or context is not None:
            return super()._make_node(
                singular, plural, context, variables, plural_expr, vars_referenced, num_called_num
            )
        sentence = self.environment.catalog.gettext(singular)  # type: ignore[attr-defined]
        return nodes.Output(list(_pieces(sentence, variables)))


def _pieces(sentence: str, variables: dict[str, nodes.Expr]) -> Iterator[nodes.Expr]:
    """Words as template text, holes as the expressions that fill them (escaped like any other)."""
    for number, piece in enumerate(_HOLE.split(sentence)):
        if number % 2:
            yield variables[piece]
        elif piece:
            yield nodes.TemplateData(piece.replace("%%", "%"))
