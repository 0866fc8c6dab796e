"""A real server loses a worker and gets another; what it prints holds nothing that a visitor sent."""

from __future__ import annotations

import http.client
import json
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from tests import site as real_site

SECONDS = 30


def get(url: str, path: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=5)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def workers(url: str) -> int:
    """How many warm workers /health counts; -1 where the request was lost with the worker that held it."""
    try:
        said = json.loads(get(url, "/health")[1])
    except ConnectionError:
        return -1
    assert said["workers_expected"] == 2
    return int(said["workers"])


def wait_until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + SECONDS
    while not true():
        assert time.monotonic() < end, f"not so after {SECONDS} s"
        time.sleep(0.2)


def test_the_access_log_has_the_page_and_nothing_that_was_searched_for(prepared_home: Path) -> None:
    with real_site.running(prepared_home, None, "--access-log") as url:
        assert get(url, "/find?near=40507&q=heroin")[0] == 200
        assert get(url, "/find%3Fnear=40507%26q=heroin")[0] == 404
        wait_until(lambda: "GET /find 200" in (prepared_home / "serve.log").read_text())
    said = (prepared_home / "serve.log").read_text()
    assert "heroin" not in said
    assert "40507" not in said
    assert "127.0.0.1 " not in said.partition("GET ")[2]


def test_a_worker_that_dies_is_replaced_while_the_other_answers(prepared_home: Path) -> None:
    with real_site.running(prepared_home) as url:
        processes = {
            int(path.name)
            for folder in (prepared_home / "run").glob("*/")
            for path in folder.iterdir()
            if path.name.isdecimal() and belongs_to(int(path.name), url)
        }
        assert len(processes) == 2
        victim = min(processes)
        os.kill(victim, signal.SIGKILL)
        wait_until(lambda: workers(url) == 1)
        assert get(url, "/")[0] == 200
        wait_until(lambda: workers(url) == 2)
        assert get(url, "/health")[0] == 200
        assert get(url, "/find?" + "secret-wish&" * 1100)[0] in {400, 414}
        assert get(url, "/find?" + "q&" * 1500)[0] == 400
    printed = (prepared_home / "serve.log").read_text()
    assert "Traceback" not in printed
    assert "secret-wish" not in printed
    assert "websocket" not in printed.lower()
    assert (prepared_home.stat().st_mode & 0o077) == 0


def belongs_to(process: int, url: str) -> bool:
    """Whether a worker's environment names the port of this site; other runs on this home may be alive too."""
    environment = Path(f"/proc/{process}/environ").read_bytes().split(b"\0")
    return f"PORT={urlsplit(url).port}".encode() in environment
