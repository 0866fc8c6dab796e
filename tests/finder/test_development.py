"""Holds the lexicon to sentences written apart from it, which its author may read and mend the causes of."""

from __future__ import annotations

from pathlib import Path

from tests.finder.heard import hear, right_share, wrong_share

DEVELOPMENT = Path(__file__).parent / "development_sentences.csv"


def test_sentences_written_apart_from_the_lexicon_are_heard_right() -> None:
    heard = hear(DEVELOPMENT)
    assert len(heard) >= 300
    right, wrong = right_share(heard), wrong_share(heard)
    missed = "\n".join(one.sentence for one in heard if not one.right)
    assert right >= 0.9, f"{right:.1%} right; missed:\n{missed}"
    assert wrong <= 0.02, f"{wrong:.1%} of the needs found wrong; missed:\n{missed}"
