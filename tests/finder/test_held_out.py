"""Holds the lexicon to sentences that its author has never seen."""

from __future__ import annotations

from pathlib import Path

from tests.finder.heard import hear, right_share, wrong_share

HELD_OUT = Path(__file__).parent / "held_out_sentences.csv"


def test_sentences_that_the_author_never_saw_are_heard_right() -> None:
    heard = hear(HELD_OUT)
    right, wrong = right_share(heard), wrong_share(heard)
    # Two figures and never a sentence: whoever tends the lexicon must not learn them by heart.
    figures = f"{right:.1%} of {len(heard)} held-out sentences right, {wrong:.1%} of the needs found wrong"
    print(figures)
    met = right >= 0.85 and wrong <= 0.03
    assert met, figures
