"""Says in whole sentences what kept a load from being written, and never a row's values."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, DataError, IntegrityError, connection

from daybreak.directory.readers.tables import UnusableFile

_FULL = {"53100", "SQLITE_FULL"}


class NotWritten(Exception):
    """The machine, not the file, stood in the way; the text says what, where, and what to do."""


@contextmanager
def said_in_full(what: str) -> Iterator[None]:
    """Turn a full disk and a refused row into NotWritten and UnusableFile; ``what`` begins the sentence: "The load"."""
    try:
        yield
    except OSError as problem:
        raise NotWritten(f"{what} {_os_words(problem)}") from None
    except UnicodeEncodeError:
        raise UnusableFile(
            "The file holds half a character (a lone surrogate), which no database keeps. Nothing was changed. "
            "Save it as UTF-8 and load that."
        ) from None
    except DatabaseError as problem:
        if told := _machine_words(problem):
            raise NotWritten(f"{what} {told}") from None
        if isinstance(problem, (IntegrityError, DataError)):
            # The driver's own words quote the row, which may name a person.
            raise UnusableFile(
                f"The database refused a row of this file ({_refusal(problem)}). Nothing was changed. "
                "This is a fault in Daybreak: please report it with this line."
            ) from None
        raise


def _os_words(problem: OSError) -> str:
    where = f" ({problem.filename})" if problem.filename else ""
    return (
        f"could not be written: {problem.strerror or type(problem).__name__}{where}. Everything stands as it was before. "
        "Free some space there or give Daybreak leave to write there, then run the command again."
    )


def _machine_words(problem: DatabaseError) -> str:
    cause = problem.__cause__
    name = str(getattr(cause, "sqlstate", None) or getattr(cause, "sqlite_errorname", None) or "")
    where = f"the database {connection.settings_dict['NAME']}"
    if name in _FULL:
        return (
            f"could not be written: the disk that holds {where} is full. Everything stands as it was before. "
            "Free some space there, then run the command again."
        )
    if name.startswith(("SQLITE_IOERR", "SQLITE_READONLY", "SQLITE_CANTOPEN")):
        return (
            f"could not be written: {where} cannot be written to ({name}). Everything stands as it was before. "
            "Look at its disk and at who may write to its folder, then run the command again."
        )
    return ""


def _refusal(problem: DatabaseError) -> str:
    """Which rule of which table, without what stood in the row."""
    cause = problem.__cause__
    diagnosis = getattr(cause, "diag", None)
    named = [
        f"{part} {value}"
        for part in ("table", "column", "constraint")
        if (value := getattr(diagnosis, f"{part}_name", None))
    ]
    return ", ".join([type(cause or problem).__name__, *named])
