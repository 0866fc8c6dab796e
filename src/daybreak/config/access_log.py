"""Keeps what people typed out of the access log, also where it stands in the path, and each request on one line."""

from __future__ import annotations

import logging

from granian.log import LOGGING_CONFIG


class PlainPath(logging.Filter):
    """Cuts the path before the first mark that a page's address never has.

    The server logs paths decoded: "/find%3Fq=heroin" would be "/find?q=heroin", and "%0A" would begin a forged line.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Change the record's path; the line itself is always written."""
        if isinstance(record.args, dict):
            record.args = {**record.args, "path": plain(str(record.args.get("path", "")))}
        return True


def plain(path: str) -> str:
    """The path up to the first mark other than ASCII letters, digits, "/", "-", "_" and "."; "…" where it was cut."""
    end = next(
        (
            at
            for at, mark in enumerate(path)
            if not (mark.isascii() and mark.isalnum()) and mark not in "/-_."
        ),
        None,
    )
    return path if end is None else path[:end] + "…"


_HANDLERS: dict[str, dict[str, object]] = {**LOGGING_CONFIG["handlers"]}  # type: ignore[dict-item]
LOGGING: dict[str, object] = {
    "filters": {"plain-path": {"()": PlainPath}},
    "handlers": {**_HANDLERS, "access": {**_HANDLERS["access"], "filters": ["plain-path"]}},
}
