"""Fetches one address of somebody else's machine at a time: slowly, conditionally, and never more than is wanted."""

from __future__ import annotations

import random
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from types import TracebackType
from typing import Self
from urllib.parse import SplitResult, urljoin, urlsplit

import httpx

_TRY_AGAIN = {408, 425, 429, 500, 502, 503, 504}
_MOVED = {301, 302, 303, 307, 308}
_MOST_MOVES = 5


class Unreachable(Exception):
    """What was wanted could not be fetched; the text says from where, why, and what to do."""


@dataclass(frozen=True, slots=True)
class Manners:
    """How a visitor behaves. Times are seconds, ``largest_reply`` is bytes after unpacking.

    A try that fails is made again after ``first_wait`` · 2ⁿ, at most ``longest_wait``, spread by up to half of it; where
    the other side asks to wait longer than ``longest_wait``, the visit ends.
    """

    agent: str = "Daybreak treatment finder"
    pause: float = 1.0
    timeout: float = 30.0
    longest_reply: float = 180.0
    largest_reply: int = 50_000_000
    tries: int = 5
    first_wait: float = 2.0
    longest_wait: float = 300.0


@dataclass(frozen=True, slots=True)
class Reply:
    """What came, whole and unpacked, and what to say next time so that it need not come again."""

    body: bytes
    etag: str = ""
    modified: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The other side says that nothing has changed since the reply whose etag or day was told."""


class _Again(Exception):
    """This try failed and another one may not; ``wait`` is how long the other side asks to wait."""

    def __init__(self, why: str, wait: float | None = None) -> None:
        super().__init__(why)
        self.wait = wait


@dataclass(slots=True)
class Visitor:
    """Fetches addresses one after the other, with the manners of a guest; close it, or use it in a ``with``.

    ``sleep`` waits so many seconds, ``clock`` tells seconds that only grow, ``now`` the moment of the day (UTC): they come from
    outside so that tests need not wait. ``seed`` spreads the waiting times.
    """

    manners: Manners
    sleep: Callable[[float], None]
    clock: Callable[[], float]
    now: Callable[[], datetime]
    seed: int = 0
    _client: httpx.Client = field(init=False)
    _dice: random.Random = field(init=False)
    _last: float | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        headers = {"User-Agent": self.manners.agent, "Accept": "application/json", "Accept-Encoding": "gzip"}
        limit = httpx.Limits(max_connections=1)
        # Cookies are never kept: each request stands alone.
        self._client = httpx.Client(
            headers=headers, timeout=self.manners.timeout, limits=limit, follow_redirects=False
        )
        self._dice = random.Random(self.seed)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def fetch(
        self,
        address: str,
        *,
        etag: str = "",
        modified: str = "",
        check: Callable[[bytes], None] | None = None,
    ) -> Reply | Unchanged:
        """What the address answers, or Unchanged where it still is what ``etag`` or ``modified`` came with.

        ``check`` may raise ValueError for a body that cannot be right, such as half a document; then it is fetched again.
        Raises Unreachable.
        """
        start = allowed(address)
        for attempt in range(1, self.manners.tries + 1):
            try:
                found = self._once(start, etag, modified)
                if check and isinstance(found, Reply):
                    check(found.body)
            except (_Again, ValueError) as problem:
                self._wait_or_give_up(problem, attempt, start)
            else:
                return found
        raise AssertionError("the last try returns or raises")

    def _wait_or_give_up(self, problem: Exception, attempt: int, start: SplitResult) -> None:
        asked = problem.wait if isinstance(problem, _Again) else None
        if attempt == self.manners.tries or (asked or 0) > self.manners.longest_wait:
            later = f" It asks to wait {asked:.0f} seconds." if asked else ""
            raise Unreachable(
                f"{start.hostname}: {problem}, {attempt} time{'s' if attempt > 1 else ''}.{later} What was fetched so far is "
                "kept; run the command again later and it goes on there."
            ) from None
        wait = min(self.manners.longest_wait, self.manners.first_wait * 2 ** (attempt - 1))
        self.sleep(max(asked or 0.0, wait * (1 + self._dice.random() / 2)))

    def _once(self, start: SplitResult, etag: str, modified: str) -> Reply | Unchanged:
        told = {
            name: value for name, value in (("If-None-Match", etag), ("If-Modified-Since", modified)) if value
        }
        address = start.geturl()
        for _ in range(_MOST_MOVES + 1):
            self._pause()
            deadline = self.clock() + self.manners.longest_reply
            try:
                with self._client.stream("GET", address, headers=told) as response:
                    if response.status_code in _MOVED:
                        address = _moved(start, address, response)
                        continue
                    if response.status_code == 304 and told:
                        return Unchanged()
                    self._refuse(response, start)
                    return Reply(
                        self._body(response, deadline, start),
                        response.headers.get("etag", "")[:200],
                        response.headers.get("last-modified", "")[:60],
                        response.headers.get("content-type", "")[:100],
                    )
            except httpx.TimeoutException:
                raise _Again(f"no answer within {self.manners.timeout:g} seconds") from None
            except httpx.TransportError as problem:
                raise _Again(f"the connection failed ({type(problem).__name__})") from None
            finally:
                self._last = self.clock()
        raise Unreachable(
            f"{start.hostname} sends from one address to the next without end. Check the address."
        )

    def _pause(self) -> None:
        if self._last is not None:
            left = self._last + self.manners.pause - self.clock()
            if left > 0:
                self.sleep(left)

    def _refuse(self, response: httpx.Response, start: SplitResult) -> None:
        status = response.status_code
        if status in _TRY_AGAIN:
            raise _Again(f"it answered {status}", self._asked_wait(response.headers.get("retry-after", "")))
        if status in {401, 403}:
            raise Unreachable(
                f"{start.hostname} answered {status}: it does not let us in. Ask its operator, or save the list by hand and "
                "use `daybreak load`."
            )
        if status != 200:
            raise Unreachable(f"{start.hostname} answered {status}. Check the address of the list.")

    def _asked_wait(self, text: str) -> float | None:
        """Retry-After in seconds: it is a number of seconds or a moment."""
        if text.strip().isdecimal():
            return float(text[:9])
        try:
            moment = parsedate_to_datetime(text)
        except (ValueError, TypeError):
            return None
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return max(0.0, (moment - self.now()).total_seconds())

    def _body(self, response: httpx.Response, deadline: float, start: SplitResult) -> bytes:
        body = bytearray()
        for part in self._unpacked(response, start):
            body += part
            if len(body) > self.manners.largest_reply:
                raise Unreachable(
                    f"{start.hostname} sends more than {self.manners.largest_reply:,} bytes in one reply. Is this the list? "
                    "Ask for smaller pages."
                )
            if self.clock() > deadline:
                raise _Again(f"its reply took longer than {self.manners.longest_reply:g} seconds")
        return bytes(body)

    def _unpacked(self, response: httpx.Response, start: SplitResult) -> Iterator[bytes]:
        """The body in parts, none of them larger than a reply may be, however well it was packed."""
        packing = response.headers.get("content-encoding", "identity").strip().lower()
        if packing == "identity":
            yield from response.iter_raw()
            return
        if packing not in {"gzip", "x-gzip"}:
            raise Unreachable(
                f"{start.hostname} packs its reply as {packing[:40]!r}, which was not asked for."
            )
        unpack = zlib.decompressobj(31)
        try:
            for part in response.iter_raw():
                yield unpack.decompress(part, self.manners.largest_reply + 1)
                if unpack.unconsumed_tail:
                    yield unpack.decompress(unpack.unconsumed_tail, self.manners.largest_reply + 1)
        except zlib.error:
            raise _Again("its packed reply is damaged") from None
        if not unpack.eof:
            raise _Again("its packed reply ends too early")


def allowed(address: str) -> SplitResult:
    """The parts of an address that may be fetched: https without a password in it, or http on this machine."""
    try:
        parts = urlsplit(address)
        port_is_right = parts.port is None or parts.port > 0
    except ValueError:
        raise Unreachable(
            "The address cannot be read. It must look like https://example.org/list.json."
        ) from None
    if not parts.hostname or not port_is_right:
        raise Unreachable("The address must name a host, such as https://example.org/list.json.")
    if parts.username or parts.password:
        raise Unreachable(
            "The address must not hold a user name or password: it is written into the database and into messages."
        )
    if parts.scheme != "https" and not (parts.scheme == "http" and _here(parts.hostname)):
        raise Unreachable(f"The address must begin with https://; got {parts.scheme[:20]!r}.")
    return parts


def _here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _moved(start: SplitResult, address: str, response: httpx.Response) -> str:
    """Where a redirect leads, if that is the same host by no weaker way."""
    goal = urljoin(address, str(response.headers.get("location", "")))
    parts = allowed(goal)
    stronger = parts.scheme == "https" and start.scheme == "http"
    if parts.hostname != start.hostname or not (
        stronger or (parts.scheme, parts.port) == (start.scheme, start.port)
    ):
        raise Unreachable(
            f"{start.hostname} sends us on to {str(parts.hostname)[:80]}. If that is the right place, give its address instead."
        )
    return goal
