"""The finder inside other people's pages: who may frame what, what is always there, and the page that makes the tag."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.test import Client

from daybreak.public.jinja import FOLDER

client = Client()
WIDGETS = [
    "/widget", "/widget?near=40507&need=detox", "/es/widget?q=detox&near=Lexington", "/widget?near=Qzzzyx",
    "/widget?near=Hamilton+County", "/widget?radius=x", "/widget?scheme=pink", "/widget?near=40507&scheme=dark",
]  # fmt: skip
STATIC = FOLDER.parent / "static" / "daybreak"
MOST_BYTES = 20_000


@pytest.mark.parametrize("path", WIDGETS)
def test_any_site_may_frame_it(town: Any, path: str) -> None:
    answer = client.get(path)
    policy = answer["Content-Security-Policy"].split("; ")
    assert "frame-ancestors *" in policy
    assert "X-Frame-Options" not in answer
    assert "script-src" not in answer["Content-Security-Policy"], "it has no scripts at all"
    assert {"default-src 'none'", "style-src 'self'", "form-action 'self'", "base-uri 'none'"} <= set(policy)
    assert answer["Cache-Control"] == "no-store"
    assert not answer.cookies


@pytest.mark.parametrize("path", ["/", "/find?near=40507", "/widget/make", "/api/find", "/changes.atom", "/widget/nothing",
                                  "/es/", "/es/widget/make", "/learn"])  # fmt: skip
def test_nothing_else_may_be_framed(town: Any, path: str) -> None:
    answer = client.get(path)
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"].split("; ")
    assert answer["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("path", WIDGETS)
def test_the_lines_that_always_answer_are_on_it(town: Any, path: str) -> None:
    page = client.get(path).content.decode()
    for number in ("911", "988", "18338594357"):
        assert f'href="tel:{number}"' in page
    assert "<script" not in page
    assert page.count("<h1") == 1


@pytest.mark.parametrize("path", WIDGETS)
def test_it_is_small(town: Any, path: str) -> None:
    whole = len(client.get(path).content)
    whole += sum((STATIC / name).stat().st_size for name in ("widget.css", "sun.svg"))
    assert whole < MOST_BYTES


def test_links_open_the_site_beside_the_frame_and_leave_no_handle(town: Any) -> None:
    page = client.get("/widget?near=40507&need=detox").content.decode()
    links = re.findall(r"<a [^>]*>", page)
    away = [link for link in links if "/place/" in link or "/find?" in link]
    assert len(away) == 3
    assert all('target="_blank" rel="noopener"' in link for link in away)


def test_an_old_number_is_no_button(town: Any) -> None:
    page = client.get("/widget?near=40507&need=detox").content.decode()
    assert "tel:+18595550102" in page
    assert "5550101" not in page.replace("-", "")


def test_a_search_inside_goes_on_with_its_needs_and_colours(town: Any) -> None:
    page = client.get("/widget?need=detox&ask=all&scheme=dark").content.decode()
    for name, value in (("need", "detox"), ("ask", "all"), ("scheme", "dark")):
        assert f'<input type="hidden" name="{name}" value="{value}">' in page
    assert '<html lang="en" class="dark">' in page


def test_a_place_that_is_not_clear_is_asked_for_inside(town: Any) -> None:
    page = client.get("/widget?near=Hamilton+County&need=detox&scheme=dark").content.decode()
    links = re.findall(r'href="(/widget\?[^"]*)"', page)
    assert len(links) > 3
    assert client.get(html.unescape(links[0])).status_code == 200
    assert all("need=detox" in link and "scheme=dark" in link for link in links)


@pytest.mark.parametrize(("path", "status"), [("/widget?radius=x", 400), ("/widget?need=detx", 400)])
def test_a_wrong_address_is_answered_inside(town: Any, path: str, status: int) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert b'role="alert"' in answer.content
    assert b"detx" not in answer.content


def test_it_can_only_be_read(town: Any) -> None:
    assert client.post("/widget").status_code == 405


def test_before_anything_is_published_the_lines_are_there(settings: Any, tmp_path: Any) -> None:
    settings.GENERATIONS = tmp_path / "empty"
    answer = client.get("/widget?near=40507")
    assert answer.status_code == 503
    assert b"tel:988" in answer.content
    assert answer["Content-Security-Policy"].count("frame-ancestors *") == 1


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_tag_that_is_made_works(town: Any, language: str) -> None:
    page = client.get(
        "/widget/make",
        {
            "near": "40507",
            "need": ["detox", "medicaid"],
            "language": language,
            "scheme": "dark",
            "height": "700",
        },
    ).content.decode()
    tag = html.unescape(page.partition("<textarea")[2].partition(">")[2].partition("</textarea>")[0])
    source = html.unescape(tag.partition('src="')[2].partition('"')[0])
    prefix = "/es" if language == "es" else ""
    assert source == f"http://testserver{prefix}/widget?near=40507&need=detox&need=medicaid&scheme=dark"
    assert tag.startswith("<iframe ")
    assert 'height="700"' in tag
    assert 'title="' in tag
    answer = client.get(source.removeprefix("http://testserver"))
    assert answer.status_code == 200
    assert b"Limestone House" in answer.content
    assert f'src="{html.escape(source.removeprefix("http://testserver"))}"' in page, (
        "the preview shows the same"
    )


def test_a_tag_cannot_be_broken_out_of(town: Any) -> None:
    page = client.get("/widget/make", {"near": '"></textarea><script>alert(1)</script>'}).content.decode()
    assert "<script>alert" not in page
    assert page.count("</textarea>") == 1


@pytest.mark.parametrize(
    "wrong", ["height=12", "height=x", "height=1201", "scheme=pink", "language=fr", "need=detx"]
)
def test_what_cannot_be_made_is_said(town: Any, wrong: str) -> None:
    answer = client.get(f"/widget/make?{wrong}")
    assert answer.status_code == 400
    assert wrong.partition("=")[0] in answer.content.decode()


def test_the_page_that_makes_it_is_linked_from_every_page(town: Any) -> None:
    assert b'href="/widget/make"' in client.get("/").content
    assert b'href="/es/widget/make"' in client.get("/es/").content
