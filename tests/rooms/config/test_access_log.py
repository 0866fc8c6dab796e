"""The access log holds one line a request and nothing that a person typed, however the address was written."""

from __future__ import annotations

import logging

import pytest

from daybreak.config.access_log import PlainPath, plain


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/", "/"),
        ("/es/find/map.svg", "/es/find/map.svg"),
        ("/place/8db90d5d-f743-4ae5-aec3-236131ddf43a", "/place/8db90d5d-f743-4ae5-aec3-236131ddf43a"),
        ("/find?near=40507&q=heroin", "/find…"),
        ("/find;q=heroin", "/find…"),
        ("/learn/\x1b[31mred\nforged line", "/learn/…"),
        ("/\x9b31m", "/…"),
        ("/ñ", "/…"),
    ],
)
def test_a_path_ends_before_what_a_person_may_have_typed(path: str, kept: str) -> None:
    assert plain(path) == kept


def test_the_line_is_written_with_the_plain_path() -> None:
    record = logging.LogRecord(
        "granian.access",
        logging.INFO,
        "",
        0,
        "%(method)s %(path)s",
        ({"method": "GET", "path": "/a?b\nc"},),
        None,
    )
    assert PlainPath().filter(record)
    assert record.getMessage() == "GET /a…"
