"""Every template compiles and stays within the rules for pages: no inline style or script, no other host."""

from __future__ import annotations

import re
from pathlib import Path

import jinja2.meta
import pytest
from django.template import engines

from tests.house.plan import ROOT, SOURCE

TEMPLATES = sorted(path for path in SOURCE.glob("*/jinja2/**/*") if path.is_file())
INLINE = re.compile(
    r"<style[\s>]|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|<script(?![^>]*\ssrc=)[^>]*>|javascript:", re.IGNORECASE
)
LOADED = re.compile(
    r"<(?:script|img|link|iframe|source|video|audio|object|embed)\b[^>]*"
    r"(?:src|href|data)\s*=\s*[\"'](?:https?:)?//",
    re.IGNORECASE,
)


# Documents that are handed over as one file, and so carry their own style; no page of the site is made of them.
STANDS_ALONE = {"publishing/paper.html"}


def named(path: Path) -> str:
    """The name under which a template is loaded."""
    parts = path.relative_to(SOURCE).parts
    return "/".join(parts[parts.index("jinja2") + 1 :])


def test_there_are_templates() -> None:
    assert TEMPLATES


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_it_compiles_and_all_that_it_uses_exists(path: Path) -> None:
    engine = engines.all()[0]
    environment = engine.env
    assert engine.get_template(named(path)) is not None
    tree = environment.parse(path.read_text(encoding="utf-8"))
    for used in jinja2.meta.find_referenced_templates(tree):
        if used is not None:
            environment.get_template(used)


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_it_has_nothing_inline_that_the_policy_forbids(path: Path) -> None:
    if path.suffix in {".html", ".xml", ".svg"}:
        text = path.read_text(encoding="utf-8")
        if named(path) in STANDS_ALONE:
            text = text.replace("<style>{{ style }}</style>", "")
        found = [match[0] for match in INLINE.finditer(text)] + [match[0] for match in LOADED.finditer(text)]
        assert found == [], path.relative_to(ROOT)


@pytest.mark.parametrize(
    ("text", "caught"),
    [
        ('<p style="color:red">', True), ("<a onclick='x()'>", True), ("<script>x()</script>", True),
        ('<a href="javascript:x()">', True), ("<style>p{}</style>", True),
        ('<script src="/static/leave.js" defer></script>', False), ('<a href="/on=1">', False),
        ("<p>on time</p>", False),
    ],
)  # fmt: skip
def test_the_search_for_inline_code_works(text: str, caught: bool) -> None:
    assert bool(INLINE.search(text)) is caught


def test_the_search_for_other_hosts_works() -> None:
    assert LOADED.search('<img alt="" src="//example.org/a.png">')
    assert LOADED.search('<link rel="stylesheet" href="https://example.org/a.css">')
    assert not LOADED.search('<a href="https://example.org/">a link that a person follows</a>')
