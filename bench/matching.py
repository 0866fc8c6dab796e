"""Measures the matching of places: precision and recall on the pairs labelled by hand, and how long a search takes.

    script/bench matching                            labelled pairs, then the bundled lists in an empty installation
    script/bench matching --home FOLDER              labelled pairs, then the installation there (read only)
    script/bench matching --estimate                 the likelihoods for rules/matching_weights.py, from the tuning half

The times are of this process alone (CPU seconds), since the machine may be shared; the wall clock stands beside them.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections import Counter
from math import log
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

ORDER = {
    "name": ["same", "near", "within", "alike", "partly", "little", "none", "clash"],
    "program": ["same", "unknown", "other", "clash"],
    "street": [
        "same", "same-box", "number-slip", "street-only", "next-door", "number-only", "unknown", "other-side",
        "other-number", "other",
    ],
    "unit": ["same", "unknown", "other"],
    "phone": ["same", "unknown", "shared-line", "other"],
    "place": ["here", "near", "zip", "town", "miles-off", "elsewhere", "far"],
}  # fmt: skip


def main() -> None:
    """Reads its words and prints."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument(
        "--home", type=Path, help="an installation whose places are matched, without writing to it"
    )
    asked.add_argument("--estimate", action="store_true", help="print likelihoods instead")
    words = asked.parse_args()
    if words.estimate:
        print_likelihoods()
        return
    print_quality()
    if words.home:
        print_time(words.home)
        return
    with tempfile.TemporaryDirectory() as folder:
        print_time(Path(folder), empty=True)


def print_quality() -> None:
    """Precision and recall of the automatic decisions, on all labelled pairs and on those held out."""
    from daybreak.directory.rules.matching import judged
    from tests.rooms.directory.labelled import labelled_pairs

    pairs = [(pair, judged(pair.first, pair.second, pair.line_uses).verdict) for pair in labelled_pairs()]
    for name, chosen in (("all labelled pairs", pairs), ("held out", [p for p in pairs if p[0].held_out])):
        counts = Counter((pair.label, verdict) for pair, verdict in chosen)
        automatic = sum(count for (_, verdict), count in counts.items() if verdict == "same")
        truly = sum(count for (label, _), count in counts.items() if label == "same")
        right, waiting = counts["same", "same"], counts["same", "doubtful"]
        weight = {v: sum(p.stands_for for p, said in chosen if p.label == "same" and said == v) for v in
                  ("same", "doubtful", "different")}  # fmt: skip
        total = sum(weight.values())
        print(
            f"{name}: {len(chosen)} pairs; automatic {right} right of {automatic}, precision {right / automatic:.3f}\n"
            f"  recall: automatic {right / truly:.3f}, automatic and doubtful {(right + waiting) / truly:.3f}\n"
            f"  recall, each pair weighing what it stands for: {weight['same'] / total:.3f} and "
            f"{(weight['same'] + weight['doubtful']) / total:.3f}"
        )


def print_time(home: Path, *, empty: bool = False) -> None:
    """How long it takes to read and compare the places of an installation."""
    os.environ["DAYBREAK_HOME"] = str(home)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "daybreak.config.settings")
    import django

    django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    from daybreak.directory.actions import load_bundled
    from daybreak.directory.queries.matching import places_to_match
    from daybreak.directory.rules.matching import judged, line_uses, settled
    from daybreak.directory.rules.matching_blocks import candidate_pairs

    if empty:
        call_command("migrate", interactive=False, verbosity=0)
        load_bundled(by="command:bench", at=timezone.now())
    began, cpu = time.perf_counter(), time.process_time()
    places = places_to_match()
    read = time.process_time() - cpu
    uses = line_uses(places)
    pairs = [judged(one, other, uses) for one, other in candidate_pairs(places)]
    verdicts = Counter(pair.verdict for pair in settled(pairs))
    print(
        f"{len(places):,} places: {len(pairs):,} pairs compared, {verdicts['same']:,} the same, {verdicts['doubtful']:,} "
        f"doubtful\n  read in {read:.1f} s CPU, all in {time.process_time() - cpu:.1f} s CPU "
        f"({time.perf_counter() - began:.1f} s by the clock)"
    )


def print_likelihoods() -> None:
    """(m, u) of every level from the tuning half: weighted, smoothed by half a pair, pooled where the order is broken."""
    from daybreak.directory.rules.matching import comparison
    from tests.rooms.directory.labelled import labelled_pairs

    tuning = [pair for pair in labelled_pairs() if not pair.held_out]
    levels = [comparison(pair.first, pair.second, pair.line_uses) for pair in tuning]
    for compared, order in ORDER.items():
        tallies = []
        for label in ("same", "different"):
            chosen = [
                (p.stands_for, came[compared])
                for p, came in zip(tuning, levels, strict=True)
                if p.label == label
            ]
            total = sum(weight for weight, _ in chosen)
            effective = total**2 / sum(weight**2 for weight, _ in chosen)
            tally = dict.fromkeys(order, 0.5)
            for weight, level in chosen:
                tally[level] += weight / total * effective
            tallies.append(tally)
        pools: list[tuple[list[str], float, float]] = []
        for level in order:
            pools.append(([level], tallies[0][level], tallies[1][level]))
            while len(pools) > 1 and pools[-2][1] / pools[-2][2] <= pools[-1][1] / pools[-1][2] * 1.05:
                last = pools.pop()
                pools[-1] = (pools[-1][0] + last[0], pools[-1][1] + last[1], pools[-1][2] + last[2])
        same, different = sum(pool[1] for pool in pools), sum(pool[2] for pool in pools)
        for names, m, u in pools:
            for name in names:
                weight = log(m / same / (u / different))
                print(f"{compared:8} {name:13} m {m / same:.3f}  u {u / different:.3f}  weight {weight:+.2f}")


if __name__ == "__main__":
    main()
