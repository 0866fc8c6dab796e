"""A kept lexicon hears as the file says, and a changed file or a damaged copy is read afresh."""

from __future__ import annotations

from pathlib import Path

import pytest

from daybreak.finder.kept import read_kept

ROWS = "kind,language,phrase,meaning\nneed,en,detox,detox\n"


@pytest.fixture
def lexicon_file(tmp_path: Path) -> Path:
    path = tmp_path / "lexicon.csv"
    path.write_text(ROWS)
    return path


def needs(path: Path, text: str) -> list[str]:
    return [found.need for found in read_kept(path, path.parent / "words").understand(text).needs]


def test_what_is_kept_hears_as_the_file_does(lexicon_file: Path) -> None:
    assert needs(lexicon_file, "detox") == needs(lexicon_file, "detox") == ["detox"]
    assert len(list((lexicon_file.parent / "words").glob("*.pickle"))) == 1


def test_a_changed_file_is_read_afresh_and_replaces_what_was_kept(lexicon_file: Path) -> None:
    assert needs(lexicon_file, "rehab") == []
    lexicon_file.write_text(ROWS + "need,en,rehab,residential\n")
    assert needs(lexicon_file, "rehab") == ["residential"]
    assert len(list((lexicon_file.parent / "words").glob("*.pickle"))) == 1


@pytest.mark.parametrize("damage", [b"", b"not a pickle", b"\x80\x05N."])
def test_a_damaged_copy_is_read_afresh(lexicon_file: Path, damage: bytes) -> None:
    needs(lexicon_file, "detox")
    kept = next((lexicon_file.parent / "words").glob("*.pickle"))
    kept.write_bytes(damage)
    assert needs(lexicon_file, "detox") == ["detox"]


def test_a_folder_that_cannot_be_made_costs_only_time(lexicon_file: Path) -> None:
    (lexicon_file.parent / "words").write_text("a file stands in the way")
    assert needs(lexicon_file, "detox") == ["detox"]
