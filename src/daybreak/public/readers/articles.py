"""Turns the Markdown under content/<language>/ into articles, once a process."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from markdown_it import MarkdownIt

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_KEYS = {"title", "description", "order", "updated", "sources"}
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")


class ArticleError(Exception):
    """An article that cannot be read; the text says which file, what it must have, and what it has."""


@dataclass(frozen=True, slots=True)
class Article:
    """One article: ``html`` is its body, made from our own Markdown with raw HTML off."""

    slug: str
    title: str
    description: str
    order: int
    updated: date
    sources: tuple[str, ...]
    html: str


@cache
def articles(folder: Path) -> dict[str, Article]:
    """Every article of one folder by slug, in their order."""
    found = [read(path) for path in sorted(folder.glob("*.md"))]
    return {
        article.slug: article for article in sorted(found, key=lambda article: (article.order, article.slug))
    }


def read(path: Path) -> Article:
    """One file: front matter between two lines of ---, then Markdown."""
    if not _SLUG.fullmatch(path.stem):
        raise ArticleError(
            f"{path.name} must be named in small letters, digits and hyphens, so that it can be an address."
        )
    parts = re.split(r"^---$\n?", path.read_text(encoding="utf-8"), maxsplit=2, flags=re.MULTILINE)
    if len(parts) != 3 or parts[0]:
        raise ArticleError(f"{path.name} must begin with front matter between two lines of ---.")
    front = dict(_pair(path, line) for line in parts[1].splitlines() if line.strip())
    if front.keys() != _KEYS:
        raise ArticleError(
            f"{path.name} must say {', '.join(sorted(_KEYS))}; got {', '.join(sorted(front))}."
        )
    try:
        order, updated = int(front["order"]), date.fromisoformat(front["updated"])
    except ValueError as error:
        raise ArticleError(
            f"{path.name}: order must be a number and updated a date like 2026-01-31; {error}."
        ) from error
    sources = tuple(source.strip() for source in front["sources"].split(";"))
    return Article(
        path.stem, front["title"], front["description"], order, updated, sources, _MARKDOWN.render(parts[2])
    )


def _pair(path: Path, line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    if not colon:
        raise ArticleError(f"{path.name}: front matter must be lines of name: value; got {line!r}.")
    return name.strip(), value.strip()
