"""Serves the static files in front of Django, with the same strict headers as the pages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, MutableMapping
from pathlib import Path
from typing import Any

from whitenoise import WhiteNoise

from daybreak.public.middleware import HEADERS, takes_gzip

Application = Callable[..., Iterable[bytes]]

HASHED = re.compile(r"\.[0-9a-f]{12}\.")
_PREFIX = "/static/"


def with_static_files(application: Application, root: Path) -> Application:
    """The application with the files under ``root`` at /static/; what is not there is the application's to answer."""
    files: Application = WhiteNoise(
        application, root=root, prefix=_PREFIX, max_age=60, allow_all_origins=False,
        immutable_file_test=_never_changes, add_headers_function=_strict,
    )  # fmt: skip

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if not environ.get("PATH_INFO", "").startswith(_PREFIX):
            return application(environ, start_response)
        if not takes_gzip(environ.get("HTTP_ACCEPT_ENCODING", "")):
            # WhiteNoise looks for the word only, so "gzip;q=0" would be given gzip.
            environ = {**environ, "HTTP_ACCEPT_ENCODING": "identity"}
        try:
            return files(environ, start_response)
        except FileNotFoundError:  # removed while we run: the application's page for what is not there
            return application(environ, start_response)

    return answer


def _never_changes(path: str, url: str) -> bool:
    """A file whose name carries its hash never changes."""
    return HASHED.search(url) is not None


def _strict(headers: MutableMapping[str, str], path: str, url: str) -> None:
    for name, value in HEADERS.items():
        headers[name] = value
