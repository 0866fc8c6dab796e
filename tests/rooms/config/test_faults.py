"""A page that breaks leaves a trace that names code only; an odd request leaves none."""

from __future__ import annotations

import logging

import pytest
from django.test import Client

from daybreak.public.views import pages

SECRET = "heroin-near-main-street"


def test_a_broken_page_is_logged_by_its_code_and_without_what_was_asked(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(values: object) -> None:
        raise ZeroDivisionError(SECRET)

    monkeypatch.setattr(pages, "read_question", fail)
    answer = Client(raise_request_exception=False).get(f"/find?q={SECRET}")
    assert answer.status_code == 500
    assert answer["Content-Security-Policy"].startswith("default-src 'none'")
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    line = record.getMessage()
    assert line.startswith("a page broke: ZeroDivisionError at ")
    assert f"{__name__}:{fail.__code__.co_firstlineno + 1}" in line
    assert "daybreak.public.views.pages:" in line
    assert line.endswith("route 'find'")
    assert SECRET not in logging.Formatter().format(record)


def test_a_request_with_too_many_values_is_refused_quietly(caplog: pytest.LogCaptureFixture) -> None:
    answer = Client(raise_request_exception=False).get("/find?" + "a&" * 1500)
    assert answer.status_code == 400
    assert b"988" in answer.content
    assert caplog.records == []
