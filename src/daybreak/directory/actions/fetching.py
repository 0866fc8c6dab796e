"""Fetches a list page by page into files, so that whatever stops it, it goes on where it was."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from daybreak.directory.channels import Reply, Unchanged, Unreachable, Visitor
from daybreak.directory.readers.tables import UnusableFile

# How often a list is read from its beginning because it changed while it was read.
ROUNDS = 3
# Which part of what the list announces may be missing after the last round; it is told.
MAY_MISS = 0.01
MOST_PAGES = 20_000
Tell = Callable[[str], None]


class ChangingList(Unreachable):
    """The list never stood still long enough to be read whole."""


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What a page says: which page it is, how many there are and how many rows in all (None = not said), and its rows' keys."""

    page: int | None
    pages: int | None
    count: int | None
    keys: list[str]


@dataclass(frozen=True, slots=True)
class PagedList:
    """A list in pages: the address of each (from 1), and what a page's bytes say; ``read`` raises UnusableFile."""

    address: Callable[[int], str]
    read: Callable[[bytes], PageFacts]


@dataclass(slots=True)
class Progress:
    """How far a fetch is: kept after every page, so that a stopped one goes on. ``done`` has a page's SHA-256, etag and day."""

    begun: datetime
    asked: dict[str, Any]
    round: int = 1
    pages: int | None = None
    count: int | None = None
    done: list[tuple[str, str, str]] = field(default_factory=list)
    refused: bool = False

    def as_json(self) -> dict[str, Any]:
        """As a feed keeps it."""
        return {
            "begun": self.begun.isoformat(), "asked": self.asked, "round": self.round, "pages": self.pages,
            "count": self.count, "done": [list(page) for page in self.done], "refused": self.refused,
        }  # fmt: skip

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Progress:
        """What a feed kept."""
        return cls(
            datetime.fromisoformat(kept["begun"]), kept["asked"], kept["round"], kept["pages"], kept["count"],
            [(page[0], page[1], page[2]) for page in kept["done"]], kept["refused"],
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fetched:
    """The files of a whole list, in order; how many rows it announces that never came; how many pages were as last time."""

    files: list[Path]
    rows: int
    missing: int
    unchanged: int


@dataclass(slots=True)
class Fetch:
    """One fetch of one list into ``folder``. ``keep`` writes the progress down, ``tell`` tells a person how it goes."""

    folder: Path
    visitor: Visitor
    listed: PagedList
    progress: Progress
    keep: Callable[[Progress], None]
    tell: Tell
    _seen: dict[str, int] = field(init=False, default_factory=dict)
    _unchanged: int = field(init=False, default=0)

    def run(self) -> Fetched:
        """Fetch what is missing; raises Unreachable. What came is kept, whatever happens."""
        self._run_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._go_on()
        while True:
            while not self._at_end():
                self._page()
            missing = max(0, (self.progress.count or 0) - len(self._seen))
            if not missing:
                break
            if self.progress.round >= ROUNDS:
                if missing > (self.progress.count or 0) * MAY_MISS:
                    raise ChangingList(
                        f"The list announces {self.progress.count:,} rows, and {missing:,} of them never came in {ROUNDS} "
                        "rounds: its pages overlap. Nothing was changed. Try again later, or with another page size."
                    )
                break
            self._new_round(f"{missing:,} of {self.progress.count:,} rows did not come")
        files = [self._file(number) for number in range(1, len(self.progress.done) + 1)]
        return Fetched(files, len(self._seen), missing, self._unchanged)

    def keep_as_last(self) -> None:
        """What was fetched becomes what the next fetch compares with."""
        last = self.folder / "last"
        tags = {str(number): page[1:] for number, page in enumerate(self.progress.done, 1)}
        _write(
            self._run_folder / "tags.json", json.dumps({"asked": self.progress.asked, "pages": tags}).encode()
        )
        _clear(last)
        self._run_folder.rename(last)

    @property
    def _run_folder(self) -> Path:
        return self.folder / "run"

    def _file(self, number: int) -> Path:
        return self._run_folder / f"{number:05}.json"

    def _go_on(self) -> None:
        """Read what an earlier run left; a page that is not as it was written is fetched again, with all after it."""
        for number, (sha256, _, _) in enumerate(self.progress.done, 1):
            try:
                body = self._file(number).read_bytes()
                right = hashlib.sha256(body).hexdigest() == sha256
            except OSError:
                right = False
            if not right:
                del self.progress.done[number - 1 :]
                break
            self._count(self.listed.read(body), number)
        if self.progress.done:
            self.tell(f"Going on after page {len(self.progress.done)}.")

    def _count(self, facts: PageFacts, number: int) -> int:
        """Remember the page's rows; returns how many of them are new."""
        before = len(self._seen)
        for key in facts.keys:
            self._seen.setdefault(key, number)
        return len(self._seen) - before

    def _at_end(self) -> bool:
        done = len(self.progress.done)
        if self.progress.pages is not None:
            return done >= max(1, self.progress.pages)
        # A list that does not say how many pages it has ends with a page that brings nothing new.
        return bool(done) and done not in self._seen.values()

    def _page(self) -> None:
        number = len(self.progress.done) + 1
        if number > MOST_PAGES:
            raise Unreachable(
                f"The list has more than {MOST_PAGES:,} pages. Ask for larger pages, or for less."
            )
        known = self._last_page(number) if self.progress.round == 1 else None
        reply = self.visitor.fetch(
            self.listed.address(number), etag=known[1] if known else "", modified=known[2] if known else "",
            check=self._readable,
        )  # fmt: skip
        if isinstance(reply, Unchanged):
            assert known  # noqa: S101 - said to the type checker: nothing was told without it
            body, etag, modified = known
            self._unchanged += 1
        else:
            body, etag, modified = _body(reply)
        facts = self.listed.read(body)
        if facts.page is not None and facts.page != number:
            raise Unreachable(
                f"Page {number} was asked for, and page {facts.page} came. Nothing was changed."
            )
        announced = (facts.pages, facts.count)
        if self.progress.done and announced != (self.progress.pages, self.progress.count):
            self._new_round(
                f"the list changed from {_size(self.progress.pages, self.progress.count)} to {_size(*announced)}"
            )
            return
        self.progress.pages, self.progress.count = announced
        _write(self._file(number), body)
        self.progress.done.append((hashlib.sha256(body).hexdigest(), etag, modified))
        self._count(facts, number)
        self.keep(self.progress)
        of = f" of {facts.pages}" if facts.pages else ""
        self.tell(f"Page {number}{of}: {len(facts.keys)} rows.")

    def _new_round(self, why: str) -> None:
        if self.progress.round >= ROUNDS:
            raise ChangingList(
                f"The list changed {ROUNDS} times while it was read ({why}). Nothing was changed. Try again later."
            )
        self.progress.round += 1
        self.tell(f"Beginning again, since {why} (round {self.progress.round} of {ROUNDS}).")
        self.progress.pages = self.progress.count = None
        self.progress.done.clear()
        self._seen.clear()
        self.keep(self.progress)

    def _readable(self, body: bytes) -> None:
        """Raise ValueError for a page that cannot be read, so that it is fetched again: it may have been cut off."""
        try:
            self.listed.read(body)
        except UnusableFile as problem:
            raise ValueError(f"its reply cannot be read: {problem}") from None

    def _last_page(self, number: int) -> tuple[bytes, str, str] | None:
        """The page of the last whole fetch with its etag and day, if that fetch asked for the same."""
        try:
            tags = json.loads((self.folder / "last" / "tags.json").read_bytes())
            etag, modified = tags["pages"][str(number)]
            if tags["asked"] != self.progress.asked or not (etag or modified):
                return None
            return (self.folder / "last" / f"{number:05}.json").read_bytes(), str(etag), str(modified)
        except (OSError, ValueError, KeyError, TypeError):
            return None


def _body(reply: Reply) -> tuple[bytes, str, str]:
    return reply.body, reply.etag, reply.modified


def _size(pages: int | None, count: int | None) -> str:
    return f"{'?' if count is None else count} rows on {'?' if pages is None else pages} pages"


def _write(path: Path, data: bytes) -> None:
    """A file that is there whole or not at all, even when the power goes."""
    fresh = path.with_suffix(".part")
    with fresh.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def _clear(folder: Path) -> None:
    with suppress(FileNotFoundError):
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()


def forget(folder: Path) -> None:
    """Throw away a fetch that will not be gone on with; what the last whole fetch left stays."""
    _clear(folder / "run")
