"""How long the lexicon takes to understand a sentence, once with a cold memory for misspellings and once warm.

Run `script/bench words`. Prints milliseconds a sentence over the development sentences in tests/finder: median and 99th
percentile, beside the time that splitting the same sentences into words takes, as a ratio.
"""

from __future__ import annotations

import csv
import time
from pathlib import Path

from daybreak.finder.sentence import tokens
from daybreak.finder.words import Lexicon

ROOT = Path(__file__).resolve().parents[1]


def timed(work, sentences: list[str]) -> list[float]:
    """Milliseconds for each sentence, sorted."""
    taken = []
    for sentence in sentences:
        begun = time.perf_counter()
        work(sentence)
        taken.append((time.perf_counter() - begun) * 1e3)
    return sorted(taken)


def main() -> None:
    """Measure and print."""
    sentences = []
    for name in ("sentences.csv", "development_sentences.csv"):
        with (ROOT / "tests" / "finder" / name).open(encoding="utf-8", newline="") as lines:
            sentences += [row["sentence"] for row in csv.DictReader(lines)]
    begun = time.perf_counter()
    lexicon = Lexicon.read(ROOT / "data" / "vocabulary" / "lexicon.csv")
    print(f"{len(sentences)} sentences; the lexicon read in {time.perf_counter() - begun:.2f} s")
    middle = {}
    for name, work in (("cold", lexicon.understand), ("warm", lexicon.understand), ("split only", tokens)):
        taken = timed(work, sentences)
        middle[name] = taken[len(taken) // 2]
        print(
            f"{name:11} p50 {middle[name]:.3f} ms, p99 {taken[int(len(taken) * 0.99)]:.3f} ms, worst {taken[-1]:.2f} ms"
        )
    print(f"ratio       {middle['warm'] / middle['split only']:.1f} times splitting")


if __name__ == "__main__":
    main()
