"""A small HTTP server on this machine that replays recorded replies, and misbehaves as it is told."""

from __future__ import annotations

import gzip
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

SAMPLE = Path(__file__).resolve().parents[2] / "fixtures" / "findtreatment" / "locator_sample.json"


def recorded_rows() -> list[dict[str, Any]]:
    """The thirty rows of the recorded reply."""
    rows: list[dict[str, Any]] = json.loads(SAMPLE.read_bytes())["rows"]
    return rows


@dataclass(slots=True)
class Answer:
    """One answer: its body, and how it goes wrong. ``cut``: the connection drops after so many bytes."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None
    drip: float = 0.0


Script = Callable[[dict[str, str], int], Answer]


@dataclass(slots=True)
class Replay:
    """What the server does: ``script`` gets the question and the number of the request (from 1)."""

    script: Script
    url: str = ""
    asked: list[dict[str, str]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)


def page_of(rows: list[Any], page: int, size: int, *, count: int | None = None) -> bytes:
    """One page as the locator writes it."""
    pages = -(-len(rows) // size)
    told = len(rows) if count is None else count
    part = rows[(page - 1) * size : page * size]
    return json.dumps({"page": page, "totalPages": pages, "recordCount": told, "rows": part}).encode()


def locator(rows: list[Any]) -> Script:
    """A locator that does as it should."""
    return lambda query, _: Answer(page_of(rows, int(query["page"]), int(query["pageSize"])))


@contextmanager
def replaying(script: Script) -> Iterator[Replay]:
    """Serve on a free port of this machine."""
    replay = Replay(script)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
            replay.asked.append(query | {"": urlsplit(self.path).path})
            replay.headers.append({name.lower(): value for name, value in self.headers.items()})
            answer = replay.script(replay.asked[-1], len(replay.asked))
            self.close_connection = True
            self.send_response(answer.status)
            headers = {
                "Content-Type": "application/json",
                "Content-Length": str(len(answer.body)),
                **answer.headers,
            }
            if answer.status == 304:
                del headers["Content-Length"]
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            sent = answer.body if answer.cut is None else answer.body[: answer.cut]
            try:
                for start in range(0, len(sent), 10 if answer.drip else max(1, len(sent))):
                    self.wfile.write(sent[start : start + (10 if answer.drip else len(sent))])
                    time.sleep(answer.drip)
            except OSError:
                return

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    replay.url = f"http://127.0.0.1:{server.server_port}/locator"
    try:
        yield replay
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def zipped(body: bytes) -> Answer:
    """The body packed as gzip."""
    return Answer(gzip.compress(body), headers={"Content-Encoding": "gzip"})


@dataclass(slots=True)
class Hours:
    """Time that passes only when somebody sleeps."""

    moment: datetime = datetime(2026, 11, 22, 12, tzinfo=UTC)
    seconds: float = 0.0
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        """Let the time pass at once."""
        self.slept.append(seconds)
        self.seconds += seconds
        self.moment += timedelta(seconds=seconds)

    def clock(self) -> float:
        """Seconds since the beginning."""
        return self.seconds

    def now(self) -> datetime:
        """The moment of the day."""
        return self.moment
