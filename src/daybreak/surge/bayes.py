"""bayes: is a count above the predictive distribution that counts of the last rows and of earlier years leave?

Source: Riebler (2004), "Empirischer Vergleich von statistischen Methoden zur Ausbruchserkennung bei Surveillance Daten",
Universität München; Höhle (2007), "surveillance: an R package for the monitoring of infectious diseases",
Computational Statistics 22(4), 571–582, section 3.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from daybreak.surge._kernels import negative_binomial as kernels
from daybreak.surge.baselines import baseline_of, check_baseline, outcome_of
from daybreak.surge.counts import Counts, IntArray
from daybreak.surge.detector import Detector, Mode, setting
from daybreak.surge.errors import BadInput
from daybreak.surge.outcome import Outcome


@dataclass(frozen=True)
class BayesSettings:
    """Settings of `bayes`."""

    years: int = setting(0, "earlier years that are looked at", r="b")
    half_window: int = setting(
        6, "rows before the tested one, and on each side of it in earlier years", r="w"
    )
    recent: bool = setting(True, "the rows just before the tested one belong to the baseline", r="actY")
    alpha: float = setting(0.05, "false alarms a test", r="alpha")

    def __post_init__(self) -> None:
        check_baseline(self.years, self.half_window, self.recent)
        if not 0 < self.alpha < 1:
            raise BadInput("alpha", "lie between 0 and 1", f"{self.alpha:g}", "The default is 0.05.")


def run(counts: Counts, tested: IntArray, settings: BayesSettings, mode: Mode) -> Outcome:
    """Poisson counts with Jeffreys' prior: NB(size Σy + ½, probability n/(n + 1)), the bound its 1 - alpha quantile.

    expected = mean of that distribution, score = (y - expected)/its standard deviation, p_value = P(Y ≥ y). Missing rows
    are left out in both modes, as R does; one reported row suffices. Exposure: NB(Σy + ½, Σe/(Σe + e now)); compat mode
    ignores it. Both modes agree otherwise. Over-dispersed counts alarm more often than alpha: see `predictive`.
    """
    base = baseline_of(
        counts, tested, settings.years, settings.half_window, settings.recent,
        gaps=True, ignored=mode is Mode.COMPAT,
    )  # fmt: skip
    with np.errstate(divide="ignore", invalid="ignore"):
        share = base.now / base.watched
    mean = np.where(base.code == 0, (base.total + 0.5) * share, np.nan)
    y = counts.values[tested]
    normal = float(stats.norm.isf(settings.alpha))
    bound, p_value = kernels.tested_against(y, mean, 1.0 + share, settings.alpha, normal)
    score = (y - mean) / np.sqrt(mean * (1.0 + share))
    return outcome_of(counts, tested, base, mean, bound, score, p_value)


BAYES = Detector(
    name="bayes",
    question="Is this count above what the last rows (and earlier years) predict for Poisson counts?",
    settings=BayesSettings,
    run=run,
    source="Höhle (2007), Computational Statistics 22(4), 571–582",
)
