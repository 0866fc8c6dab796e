"""rki: is a count above the mean of the same season in earlier years by two standard deviations, or a Poisson bound?

Source: the method of the Robert Koch-Institut as described by Altmann (2003), "The surveillance system of the Robert
Koch Institute", and Höhle (2007), Computational Statistics 22(4), 571–582.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from daybreak.surge.baselines import baseline_of, check_baseline, outcome_of
from daybreak.surge.counts import Counts, FloatArray, IntArray
from daybreak.surge.detector import Detector, Mode, setting
from daybreak.surge.outcome import Outcome

SMALL = 20
"""Up to this mean the bound is the Poisson table's."""

# By the whole part of the mean: the upper end of a 95 % interval of a Poisson mean (reference, §2).
POISSON_BOUNDS = np.array(
    [3.285, 5.323, 6.686, 8.102, 9.598, 11.177, 12.817, 13.765, 14.921, 16.768, 17.633,
     19.050, 20.335, 21.364, 22.945, 23.762, 25.400, 26.306, 27.735, 28.966, 30.017]
)  # fmt: skip


@dataclass(frozen=True)
class RkiSettings:
    """Settings of `rki`."""

    years: int = setting(2, "earlier years that are looked at", r="b")
    half_window: int = setting(
        4, "rows on each side of the tested one in earlier years, and before it", r="w"
    )
    recent: bool = setting(False, "the rows just before the tested one belong to the baseline", r="actY")

    def __post_init__(self) -> None:
        check_baseline(self.years, self.half_window, self.recent)


def run(counts: Counts, tested: IntArray, settings: RkiSettings, mode: Mode) -> Outcome:
    """Mean + 2 sd of the baseline where the mean is above 20, else a bound from a table by the mean's whole part.

    expected = the mean; score = (y - mean)/sd above 20 and (y - mean)/√mean below; p_value: the Poisson probability
    of y or more in corrected mode, given the mean or half a case over the baseline (no allowance for its error).
    Missing rows: left out in corrected mode (one reported row suffices, two where the mean is above 20), in compat
    mode nothing is tested over them. Exposure: the mean is a rate times the tested row's exposure; compat mode ignores it.
    """
    base = baseline_of(
        counts, tested, settings.years, settings.half_window, settings.recent,
        gaps=mode is Mode.CORRECTED, ignored=mode is Mode.COMPAT,
    )  # fmt: skip
    y = counts.values[tested]
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = base.total / base.watched * base.now
        # rows under exposure e vary around the mean by √(mean·dispersion); with equal exposures this is the plain sd
        rest = np.maximum(base.weighted_squares - base.total**2 / base.watched, 0.0)
        deviation = np.sqrt(rest / np.maximum(base.reported - 1.0, 1.0) * base.now)
        large = mean > SMALL
        if mode is Mode.CORRECTED:  # one reported row does not tell how rows vary: as a Poisson count then
            deviation = np.where(base.reported < 2, np.sqrt(mean), deviation)
        bound = np.where(large, mean + 2.0 * deviation, _of_table(mean))
        score = (y - mean) / np.where(large, deviation, np.sqrt(mean))
    p_value = np.full(y.shape, np.nan)
    if mode is Mode.CORRECTED:
        # a baseline without a case counts as half a case, or a single case would be impossible
        with np.errstate(divide="ignore", invalid="ignore"):
            usual = np.maximum(base.total, 0.5) / base.watched * base.now
        p_value = np.where(y > 0, special.gammainc(np.maximum(y, 1.0), np.nan_to_num(usual)), 1.0)
        score = np.where(np.isfinite(score), score, np.nan)
    return outcome_of(counts, tested, base, mean, bound, score, p_value)


def _of_table(mean: FloatArray) -> FloatArray:
    whole = np.clip(np.floor(np.nan_to_num(mean)), 0, SMALL)
    return np.asarray(POISSON_BOUNDS[whole.astype(np.int64)], np.float64)


RKI = Detector(
    name="rki",
    question="Is this count above the usual range of the same season in earlier years?",
    settings=RkiSettings,
    run=run,
    source="Altmann (2003); Höhle (2007), Computational Statistics 22(4), 571–582",
)
