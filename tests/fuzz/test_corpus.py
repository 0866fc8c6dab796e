"""The kept corpus: what the fuzzer found worth keeping is read again in every run, and so is every seed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fuzz.targets import READERS

CORPUS = Path(__file__).parent / "corpus"


@pytest.mark.django_db
@pytest.mark.parametrize("reader", READERS)
def test_whatever_the_bytes_it_is_used_or_refused_in_words_and_the_books_add_up(reader: str) -> None:
    seeds = READERS[reader].seeds()
    assert seeds
    for seed in seeds:
        READERS[reader].check(seed, True)
    for number, path in enumerate(sorted((CORPUS / reader).glob("*"))):
        READERS[reader].check(path.read_bytes(), number % 10 == 0)


def test_the_corpus_has_a_folder_for_each_reader_and_stays_small() -> None:
    assert {path.name for path in CORPUS.iterdir()} == set(READERS)
    assert sum(path.stat().st_size for path in CORPUS.rglob("*") if path.is_file()) < 600_000
