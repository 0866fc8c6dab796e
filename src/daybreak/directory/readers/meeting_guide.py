"""Cuts a Meeting Guide feed into its entries and drafts: what can be shown, and what cannot with its reason."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from daybreak.directory.readers.documents import decoded, documents, elements
from daybreak.directory.readers.tables import UnusableFile
from daybreak.directory.rules.meetings import Drafted, NoMeeting, meetings_of
from daybreak.directory.rules.rows import Refused


@dataclass(slots=True)
class Entry:
    """One entry of the feed: its place in the list from 1, its line, and its meetings, one a day.

    ``repeats`` are the keys of meetings that an earlier entry told in the same words.
    """

    number: int
    line: int
    drafts: list[Drafted] = field(default_factory=list)
    repeats: list[str] = field(default_factory=list)


def read_feed(data: bytes) -> tuple[list[Entry], list[Refused]]:
    """The entries in order, and those that cannot be used; raises UnusableFile where this is no feed."""
    text = decoded(data)
    begin, end, value = next(documents(text))
    if text[end:].strip():
        raise UnusableFile("The feed must be one JSON list; something follows after its end. Fetch it again.")
    key = ""
    if isinstance(value, dict):
        key = next((name for name in ("meetings", "data") if isinstance(value.get(name), list)), "")
        value = value.get(key)
    if not isinstance(value, list):
        raise UnusableFile("The feed must be a JSON list of meetings, as the Meeting Guide format has it.")
    if not value:
        raise UnusableFile("The feed has no meetings at all. Is this the right address or file?")
    entries: list[Entry] = []
    refused: list[Refused] = []
    met: dict[str, dict[str, Any]] = {}
    for number, (line, entry) in enumerate(elements(text, begin, value, key), 1):
        try:
            drafts = list(meetings_of(entry))
            if any(met.get(draft.key, draft.columns) != draft.columns for draft in drafts):
                raise NoMeeting("its slug stands earlier in the feed with another meeting")
        except NoMeeting as problem:
            raw = json.dumps(
                {"slug": entry.get("slug")} if isinstance(entry, dict) else None, ensure_ascii=True
            )
            refused.append(Refused(line, number, raw[:300], f"entry {number}: {problem}"))
            continue
        repeats = [draft.key for draft in drafts if draft.key in met]
        entries.append(Entry(number, line, [draft for draft in drafts if draft.key not in met], repeats))
        met |= {draft.key: draft.columns for draft in drafts}
    return entries, refused
