"""Gives the pages their languages: one catalog each, read once from content/<language>/messages.po."""

from __future__ import annotations

from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from django.conf import settings

LANGUAGES = ("en", "es")
PREFIX = {"en": "", "es": "/es"}


class CatalogError(Exception):
    """A catalog that cannot be used; the text says which file and what to do."""


def catalog_path(language: str) -> Path:
    """Where the words of a language stand."""
    return Path(settings.CONTENT) / language / "messages.po"


@cache
def translations(language: str) -> NullTranslations:
    """The catalog of a language; English needs none, since its sentences are the keys."""
    if language == "en":
        return NullTranslations()
    path = catalog_path(language)
    try:
        with path.open("rb") as file:
            catalog = read_po(file, locale=language, abort_invalid=True)
    except FileNotFoundError as error:
        raise CatalogError(
            f"The catalog {path.name} must stand in {path.parent.name}/ under content/."
        ) from error
    compiled = BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return Translations(compiled)


def other(language: str) -> str:
    """The language to which a page's switch leads."""
    return "es" if language == "en" else "en"


def in_language(path: str, language: str) -> str:
    """The address ``path`` (with or without a language in front, with its query) in ``language``."""
    where, mark, query = path.partition("?")
    plain = where.removeprefix("/es") or "/" if where == "/es" or where.startswith("/es/") else where
    moved = "/es" + plain if language == "es" else plain
    return moved + mark + query


def of_path(path: str) -> str:
    """The language that an address asks for."""
    return "es" if path == "/es" or path.startswith("/es/") else "en"
