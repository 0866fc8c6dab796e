"""Parts of a ZIP container (an Excel file), unpacked in pieces and never past a stated size."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

from daybreak.intake.readers.lines import opened
from daybreak.intake.readers.sheet import UnusableFile

MOST_PARTS = 10_000
# A sheet of 1,048,576 rows (Excel's limit) by 20 columns unpacks to about 1 GB.
LARGEST_PART = 2_000_000_000
LARGEST_TOGETHER = 4_000_000_000
# Sheets of real tables shrink 5 to 40 times; what shrinks 250 times was made to.
MOST_SHRUNK = 250
_SMALL = 10_000_000
_PIECE = 262_144


class Archive:
    """A ZIP file that was looked over before anything in it was unpacked. Close it after use (it is a context manager)."""

    def __init__(self, source: Path | bytes) -> None:
        self._file = opened(source)
        try:
            self._zip = zipfile.ZipFile(self._file)
            self._check_declared()
        except (zipfile.BadZipFile, ValueError, OSError):
            self._file.close()
            _damaged()
        except UnusableFile:
            self._file.close()
            raise

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()
        self._file.close()

    def __contains__(self, part: str) -> bool:
        return part in self._zip.NameToInfo

    def pieces(self, part: str, limit: int = LARGEST_PART) -> Iterator[bytes]:
        """The unpacked bytes of one part; raises UnusableFile past ``limit``, whatever size the file declares."""
        if part not in self:
            raise UnusableFile(
                f"The Excel file must hold the part {part[:80]!r}; it is missing. Save the file again in Excel."
            )
        total = 0
        try:
            with self._zip.open(part) as file:
                while piece := file.read(_PIECE):
                    total += len(piece)
                    if total > limit:
                        _too_large(total, limit)
                    yield piece
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError):
            _damaged()

    def whole(self, part: str, limit: int = 20_000_000) -> bytes:
        """A small part in one piece."""
        return b"".join(self.pieces(part, limit))

    def _check_declared(self) -> None:
        parts = self._zip.infolist()
        if len(parts) > MOST_PARTS:
            raise UnusableFile(
                f"The Excel file must have at most {MOST_PARTS:,} parts; got {len(parts):,}. It is not read."
            )
        if any(part.flag_bits & 1 for part in parts):
            raise UnusableFile(
                "The Excel file is locked with a password. Save it without one and give it again."
            )
        together = sum(part.file_size for part in parts)
        if together > LARGEST_TOGETHER:
            _too_large(together, LARGEST_TOGETHER)
        for part in parts:
            if part.file_size > _SMALL and part.file_size > MOST_SHRUNK * max(1, part.compress_size):
                raise UnusableFile(
                    f"A part of the Excel file unpacks to more than {MOST_SHRUNK} times its size, which no table does. "
                    "It is not read. Save the sheet as CSV (UTF-8) and give that."
                )


def _too_large(size: int, limit: int) -> NoReturn:
    raise UnusableFile(
        f"The Excel file must unpack to at most {limit:,} bytes in one part; it holds {size:,} or more. It is not read. "
        "Save the sheet as CSV (UTF-8) and give that."
    )


def _damaged() -> NoReturn:
    raise UnusableFile(
        "The Excel file is damaged or cut short. Save it again in Excel, or save the sheet as CSV (UTF-8)."
    )
