"""Static files carry the same strict headers as pages, and one that has gone is a page that says so."""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.wsgi import get_wsgi_application

from daybreak.config.preparation import collect_static_files
from daybreak.config.static_files import HASHED, with_static_files
from daybreak.public.middleware import HEADERS

PAGE = b"body { color: black }\n" * 40


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "page.0123456789ab.css").write_bytes(PAGE)
    (tmp_path / "page.0123456789ab.css.gz").write_bytes(gzip.compress(PAGE))
    return tmp_path


def ask(root_or_app: Any, path: str, **more: str) -> tuple[str, dict[str, str], bytes]:
    app = (
        with_static_files(get_wsgi_application(), root_or_app)
        if isinstance(root_or_app, Path)
        else root_or_app
    )
    begun: list[Any] = []
    environ = {
        "REQUEST_METHOD": "GET", "PATH_INFO": path, "SERVER_NAME": "localhost", "SERVER_PORT": "80",
        "wsgi.input": BytesIO(), "wsgi.url_scheme": "http", **more,
    }  # fmt: skip
    answer: Iterable[bytes] = app(environ, lambda *said: begun.extend(said))
    body = b"".join(answer)
    if hasattr(answer, "close"):
        answer.close()
    return begun[0], dict(begun[1]), body


def test_a_static_file_carries_the_headers_of_a_page(root: Path) -> None:
    status, headers, body = ask(root, "/static/page.0123456789ab.css")
    assert status == "200 OK"
    assert body == PAGE
    assert HEADERS.items() <= headers.items()
    assert "Access-Control-Allow-Origin" not in headers
    assert "immutable" in headers["Cache-Control"]


@pytest.mark.parametrize(("accepted", "small"), [("gzip", True), ("gzip;q=0", False), ("", False)])
def test_a_static_file_is_compressed_only_for_those_who_can_read_it(
    root: Path, accepted: str, small: bool
) -> None:
    _, headers, body = ask(root, "/static/page.0123456789ab.css", HTTP_ACCEPT_ENCODING=accepted)
    assert (headers.get("Content-Encoding") == "gzip") is small
    assert (gzip.decompress(body) if small else body) == PAGE


@pytest.mark.django_db  # Django looks at its connections when a request begins
def test_a_static_file_that_was_removed_meanwhile_is_not_found(root: Path) -> None:
    app = with_static_files(get_wsgi_application(), root)
    (root / "page.0123456789ab.css").unlink()
    status, headers, body = ask(app, "/static/page.0123456789ab.css")
    assert status == "404 Not Found"
    assert headers["Content-Type"].startswith("text/html")
    assert b"988" in body


def test_collecting_again_keeps_what_open_pages_link_to_and_renews_the_rest(
    tmp_path: Path, settings: LazySettings
) -> None:
    settings.STATIC_ROOT = tmp_path / "static"
    collect_static_files()
    plain = next(path for path in settings.STATIC_ROOT.rglob("*.css") if not HASHED.search(path.name))
    right = plain.read_bytes()
    old = plain.with_name("page.0123456789ab.css")
    old.write_bytes(PAGE)
    plain.write_bytes(PAGE)
    os.utime(plain, (2**32, 2**32))  # our copy looks newer than what a package brought
    collect_static_files()
    assert plain.read_bytes() == right
    assert old.read_bytes() == PAGE
