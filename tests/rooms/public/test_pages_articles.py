"""Articles: Markdown with front matter becomes a page; a file that is not one is refused with what it must have."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from daybreak.public.readers.articles import ArticleError, articles, read

GOOD = """---
title: What is it?
description: A short line: with a colon.
order: 20
updated: 2026-03-01
sources: One; Two, with a comma
---

## A heading

Words with <b>raw HTML</b> and a [link](/learn/detox).
"""
client = Client()


def test_a_file_becomes_an_article(tmp_path: Path) -> None:
    (tmp_path / "it.md").write_text(GOOD)
    made = read(tmp_path / "it.md")
    assert (made.slug, made.title, made.order) == ("it", "What is it?", 20)
    assert made.description == "A short line: with a colon."
    assert made.updated.isoformat() == "2026-03-01"
    assert made.sources == ("One", "Two, with a comma")
    assert "<h2>A heading</h2>" in made.html
    assert "&lt;b&gt;raw HTML" in made.html


def test_articles_stand_in_their_order(tmp_path: Path) -> None:
    for name, order in (("aa", 30), ("bb", 10), ("cc", 20)):
        (tmp_path / f"{name}.md").write_text(GOOD.replace("order: 20", f"order: {order}"))
    assert list(articles(tmp_path)) == ["bb", "cc", "aa"]


@pytest.mark.parametrize(
    ("name", "body", "said"),
    [
        ("it.md", "No front matter", "must begin with front matter"),
        ("it.md", GOOD.replace("order: 20\n", ""), "must say description, order, sources, title, updated"),
        ("it.md", GOOD.replace("order: 20", "order: first"), "order must be a number"),
        ("it.md", GOOD.replace("2026-03-01", "last week"), "updated a date"),
        ("it.md", GOOD.replace("title: What is it?", "What is it"), "lines of name: value"),
        ("Not An Address.md", GOOD, "small letters, digits and hyphens"),
    ],
)
def test_what_is_no_article_is_refused(tmp_path: Path, name: str, body: str, said: str) -> None:
    (tmp_path / name).write_text(body)
    with pytest.raises(ArticleError, match=said):
        read(tmp_path / name)


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_article_of_the_site_is_a_page(language: str) -> None:
    known = articles(settings.CONTENT / language)
    assert len(known) >= 10
    prefix = "" if language == "en" else "/es"
    shelf = client.get(f"{prefix}/learn").content.decode()
    for slug, article in known.items():
        page = client.get(f"{prefix}/learn/{slug}").content.decode()
        assert article.html in page
        assert f'href="{prefix}/learn/{slug}"' in shelf
