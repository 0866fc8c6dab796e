"""Opens whatever an agency drops: tells by the content, not by the name, what kind of file it is."""

from __future__ import annotations

from pathlib import Path

from daybreak.intake.readers.delimited import open_delimited
from daybreak.intake.readers.json_rows import open_json, open_json_lines
from daybreak.intake.readers.lines import encoding_of, start_of
from daybreak.intake.readers.nibrs import is_nibrs, open_nibrs
from daybreak.intake.readers.sheet import Sheet, UnusableFile
from daybreak.intake.readers.workbook import open_workbook

_OTHERS = {
    b"\xd0\xcf\x11\xe0": "an old Excel file (.xls) or one with a password",
    b"%PDF": "a PDF",
    b"\x1f\x8b": "a compressed file",
    b"7z\xbc\xaf": "a compressed file",
    b"SQLite format 3": "a database",
    b"PAR1": "a Parquet file",
    b"{\\rtf": "a text document",
    b"\x89PNG": "a picture",
}  # fmt: skip
_XML = (b"<?xml", b"<!doctype", b"<html", b"<table")


def read(
    source: Path | bytes, name: str = "", *, encoding: str = "", delimiter: str = "", table: str = "", header_line: int = 0
) -> Sheet:  # fmt: skip
    """The table in a file: NIBRS flat file, Excel (.xlsx), JSON, JSON lines, or delimited text.

    ``name`` is only for telling JSON lines from JSON. The other arguments are what a saved mapping says of its files: how
    text is encoded and delimited, which Excel table, and on which line the headings stand (0 = found). Raises UnusableFile,
    which says what, where and the cure.
    """
    start = start_of(source)
    if not start.strip():
        raise UnusableFile("The file is empty. Give a file with a line of headings and at least one row.")
    for magic, what in _OTHERS.items():
        if start.startswith(magic):
            raise UnusableFile(
                f"This is {what}. Save the sheet as Excel (.xlsx) or CSV (UTF-8) and give that."
            )
    if start.startswith(b"PK"):
        return open_workbook(source, table=table, header_line=header_line)
    plain = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if plain[:9].lower().startswith(_XML):
        raise UnusableFile(
            "This is a web page or XML, not a table. Save it as Excel (.xlsx) or CSV (UTF-8) and give that."
        )
    if not encoding and is_nibrs(start):
        return open_nibrs(source)
    kind = _json_kind(start, name)
    if kind:
        return open_json_lines(source) if kind == "lines" else open_json(source)
    _known(encoding)
    return open_delimited(source, encoding=encoding, delimiter=delimiter, header_line=header_line)


def _json_kind(start: bytes, name: str) -> str:
    """ "whole", "lines" or "" (no JSON)."""
    text = start.decode(encoding_of(start) or "utf-8", errors="replace").lstrip("\ufeff").lstrip()
    if text.startswith("[") and text[1:].lstrip()[:1] in {"{", "]"}:
        return "whole"
    if not text.startswith("{"):
        return ""
    first, _, rest = text.partition("\n")
    several = first.rstrip().endswith("}") and rest.lstrip().startswith("{")
    return "lines" if several or name.lower().endswith((".jsonl", ".ndjson")) else "whole"


def _known(encoding: str) -> None:
    try:
        "date,zip\n".encode(encoding or "utf-8")
    except (LookupError, ValueError):
        raise UnusableFile(
            f"The encoding must be a name such as utf-8 or windows-1252; got {encoding[:30]!r}."
        ) from None
