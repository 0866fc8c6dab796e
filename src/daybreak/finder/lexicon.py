"""Reads the lexicon's file into entries that can be looked up word by word, and says what is wrong with it."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import product
from pathlib import Path

from daybreak.finder.sentence import fold, singular, tokens

COLUMNS = ("kind", "language", "phrase", "meaning")
LANGUAGES = frozenset({"en", "es", "any"})
SLOTS = frozenset({"{number}", "{length}", "{years}"})

# What a row says, as docs/reference/lexicon.md tells it to the people who keep the file.
MATCHED = frozenset(
    {"need", "about", "refuse", "not", "known", "stop", "filler", "through", "and", "or"}
    | {"relative", "self", "pronoun", "patient", "writer", "behalf"}
    | {"age", "stay", "near", "in", "region", "state"}
)
WITH_NEEDS = frozenset({"need", "about", "refuse", "self", "pronoun"})
MAY_HAVE_NEEDS = frozenset({"relative", "stay", "age-years"})
RANGES = frozenset({"age-years", "stay-days"})
VALUES = frozenset({"number", "unit"})
KINDS = MATCHED | RANGES | VALUES | {"class", "spelling"}

# A misspelt word is looked for only among the words that stand alone for something.
SPELLABLE = frozenset({"need", "about", "refuse", "relative"})

_SLOT = re.compile(r"(\{(?:number|length|years)\})")
_PLACE_HOLDER = re.compile(r"\{[a-z]+\}")
_RANGE = re.compile(r"(\d+) to (\d+)")
_NEED = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


class LexiconError(ValueError):
    """A row of the lexicon that cannot be used: the message names the file, the line and the cure."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What one phrase means."""

    kind: str
    needs: tuple[str, ...] = ()
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the file, as written."""

    line: int
    kind: str
    language: str
    phrase: str
    meaning: str


@dataclass(slots=True)
class Node:
    """A place in the tree of phrases: where each next word leads, and what ends here."""

    after: dict[str, Node] = field(default_factory=dict)
    entry: Entry | None = None


@dataclass(slots=True)
class Phrases:
    """Everything the lexicon says, indexed: the tree of phrases and the small tables beside it."""

    root: Node = field(default_factory=Node)
    words: set[str] = field(default_factory=set)
    spellable: dict[str, Entry] = field(default_factory=dict)
    fillers: set[str] = field(default_factory=set)
    spellings: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    unit_days: dict[str, int] = field(default_factory=dict)
    ages: list[tuple[int, int, tuple[str, ...]]] = field(default_factory=list)
    stays: list[tuple[int, int, tuple[str, ...]]] = field(default_factory=list)
    needs: set[str] = field(default_factory=set)


def read_rows(path: Path) -> Iterator[Row]:
    """The rows of the file; empty lines and lines that begin with # are for the reader's eye."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise LexiconError(f"{path.name}: must be UTF-8 text; save it as UTF-8 ({error.reason}).") from error
    lines = ("" if line.startswith("#") else line for line in text.splitlines())
    table = csv.reader(lines)
    header = next((row for row in table if row), [])
    if tuple(header) != COLUMNS:
        got = ",".join(header) or "nothing"
        raise LexiconError(
            f"{path.name}: the first line must be {','.join(COLUMNS)}, got {got}; put it back."
        )
    for cells in table:
        if not cells:
            continue
        if len(cells) != len(COLUMNS):
            raise LexiconError(
                f"{path.name}, line {table.line_num}: must have 4 cells, got {len(cells)}; "
                "write kind,language,phrase,meaning (meaning may be empty)."
            )
        row = Row(table.line_num, *(cell.strip() for cell in cells))
        _check(path, row)
        yield row


def _check(path: Path, row: Row) -> None:
    where = f"{path.name}, line {row.line}"
    if row.kind not in KINDS:
        raise LexiconError(f"{where}: unknown kind {row.kind!r}; write one of {', '.join(sorted(KINDS))}.")
    if row.language not in LANGUAGES:
        raise LexiconError(f"{where}: language must be en, es or any, got {row.language!r}.")
    if not row.phrase:
        raise LexiconError(f"{where}: the phrase is empty; write the words or take the line out.")
    if row.kind in WITH_NEEDS and not row.meaning:
        raise LexiconError(
            f"{where}: kind {row.kind} must name a need as its meaning; write it, or use known."
        )
    if row.kind in WITH_NEEDS | MAY_HAVE_NEEDS | {"stay-days"}:
        for need in row.meaning.split():
            if not _NEED.fullmatch(need):
                raise LexiconError(
                    f"{where}: {need!r} is no need's name; use names of needs.csv, with spaces between."
                )
    if row.kind in VALUES and not row.meaning.isdecimal():
        raise LexiconError(f"{where}: a {row.kind} must mean a whole number, got {row.meaning!r}.")
    if row.kind in RANGES and not _RANGE.fullmatch(row.phrase):
        raise LexiconError(f"{where}: the phrase must be two numbers like '10 to 17', got {row.phrase!r}.")


@lru_cache(maxsize=4096)
def folded(phrase: str) -> tuple[str, ...]:
    """The words of a phrase as sentences are folded, so that both meet; slots such as {years} stay as they are."""
    words: list[str] = []
    for part in _SLOT.split(phrase):
        words.extend([part] if part in SLOTS else (singular(token.word) for token in tokens(part)))
    return tuple(words)


def read_phrases(path: Path) -> Phrases:
    """The whole lexicon, indexed.

    Raises LexiconError for the first row that cannot be used.
    """
    rows = list(read_rows(path))
    phrases = Phrases()
    classes: dict[str, list[Row]] = {}
    for row in rows:
        _take_table_row(phrases, row)
        if row.kind == "class":
            for name in row.meaning.split():
                classes.setdefault(f"{{{name}}}", []).append(row)
    seen: dict[tuple[str, ...], tuple[bool, Entry, int]] = {}
    for row in rows:
        if row.kind in MATCHED:
            entry = Entry(row.kind, _needs(row), row.meaning)
            for words in _expanded(path, row, classes):
                words = _without_inner(words, phrases)
                _claim(path, seen, words, (_PLACE_HOLDER.search(row.phrase) is None, entry, row.line))
    for words, (_, entry, _) in seen.items():
        _plant(phrases, words, entry)
    _plant_joined(phrases, seen)
    return phrases


def _needs(row: Row) -> tuple[str, ...]:
    return tuple(row.meaning.split()) if row.kind in WITH_NEEDS | MAY_HAVE_NEEDS | {"stay-days"} else ()


def _take_table_row(phrases: Phrases, row: Row) -> None:
    key = " ".join(folded(row.phrase)) if row.kind not in RANGES else row.phrase
    if row.kind == "spelling":
        phrases.spellings[fold(row.phrase)] = singular(fold(row.meaning))
    elif row.kind == "number":
        phrases.numbers[key] = int(row.meaning)
    elif row.kind == "unit":
        phrases.unit_days[key] = int(row.meaning)
    elif row.kind == "filler":
        phrases.fillers.add(key)
    elif row.kind in RANGES:
        low, high = (int(part) for part in row.phrase.split(" to "))
        table = phrases.ages if row.kind == "age-years" else phrases.stays
        table.append((low, high, _needs(row)))
    phrases.needs.update(_needs(row))
    if row.kind in VALUES:
        phrases.words.add(key)


def _expanded(path: Path, row: Row, classes: dict[str, list[Row]]) -> Iterator[tuple[str, ...]]:
    """Every phrase that the row stands for: "on {bupe}" is "on suboxone", "on subutex" and so on."""
    choices: list[list[tuple[str, ...]]] = []
    for part in re.split(r"(\{[a-z]+\})", row.phrase):
        if part in SLOTS:
            choices.append([(part,)])
        elif part.startswith("{"):
            members = [
                folded(member.phrase)
                for member in classes.get(part, [])
                if "any" in (row.language, member.language) or row.language == member.language
            ]
            if not members:
                raise LexiconError(
                    f"{path.name}, line {row.line}: no word of class {part}; write rows of kind class that mean it."
                )
            choices.append(members)
        elif part.strip():
            choices.append([folded(part)])
    for combination in product(*choices):
        yield tuple(word for words in combination for word in words)


def _without_inner(words: tuple[str, ...], phrases: Phrases) -> tuple[str, ...]:
    """A phrase means the same with another small word inside: "keep my baby", "keep our baby".

    "A year" is not "years", so what stands before a unit stays.
    """
    kept = [
        word
        for at, word in enumerate(words)
        if at in (0, len(words) - 1) or word not in phrases.fillers or words[at + 1] in phrases.unit_days
    ]
    return tuple(kept)


def _claim(
    path: Path,
    seen: dict[tuple[str, ...], tuple[bool, Entry, int]],
    words: tuple[str, ...],
    claim: tuple[bool, Entry, int],
) -> None:
    literal, entry, line = claim
    if not words:
        raise LexiconError(f"{path.name}, line {line}: the phrase has no words; write letters or digits.")
    earlier = seen.get(words)
    if earlier is None or (literal and not earlier[0]):
        seen[words] = claim
    elif earlier[0] and not literal:
        return  # A phrase written out is an exception to the pattern.
    elif earlier[1] != entry:
        raise LexiconError(
            f"{path.name}, line {line}: {' '.join(words)!r} means something else on line {earlier[2]}; "
            "keep one of the two."
        )


def _plant(phrases: Phrases, words: tuple[str, ...], entry: Entry) -> None:
    node = phrases.root
    for word in words:
        node = node.after.setdefault(word, Node())
        if word not in SLOTS:
            phrases.words.add(word)
    node.entry = entry
    if entry.kind in SPELLABLE and len(words) == 1:
        phrases.spellable[words[0]] = entry


def _plant_joined(phrases: Phrases, seen: dict[tuple[str, ...], tuple[bool, Entry, int]]) -> None:
    """Two-word phrases are often written as one: "soberliving"."""
    for words, (_, entry, _) in seen.items():
        joined = "".join(words)
        if len(words) != 2 or entry.kind not in {"need", "about"} or min(map(len, words)) < 3:
            continue
        if len(joined) >= 8 and "{" not in joined and joined not in phrases.words:
            _plant(phrases, (joined,), entry)
            phrases.spellable.pop(joined)  # It is a misspelling itself.
