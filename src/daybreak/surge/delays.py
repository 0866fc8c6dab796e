"""How late reports are: the share of a row's events that is known after each lag, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import betaincinv

from daybreak.surge._kernels.nowcast import learned_hazards
from daybreak.surge.counts import FloatArray, IntArray

FORGETTING = (1.0, 0.98, 0.95, 0.9, 0.8)
"""What is kept of earlier reports from one period to the next: 1 = delays never change, 0.8 = only about 5 periods count."""
CONCENTRATION = (1e6, 100.0, 30.0, 10.0)
"""Dirichlet concentration of one row's delays around the average: small = rows differ much."""
DRIFT = (0.0, -0.04, -0.02, 0.02, 0.04)
"""Log odds a period by which later reports become more frequent (or rarer, below 0) and go on doing so."""
DRIFTING_FORGETS = (0.98, 0.95, 0.9)
"""What is kept where delays drift."""
RECALL = 0.93
"""What a period's score still counts a period later when settings are compared."""
LEARNED_ROWS = 400
"""Rows that teach delays, the latest ones."""
KAPPA = 0.1
"""Prior events a lag (Höhle & an der Heiden 2014)."""


@dataclass(frozen=True)
class Reported:
    """Beta distributions, one a lag, of the share of a new row's events that is reported by then.

    a, b: (lag,); b = 0 at the last lag: all is reported.
    forgetting, concentration, drift: averages over what the reports support, for people.
    """

    a: FloatArray
    b: FloatArray
    forgetting: float = 1.0
    concentration: float = np.inf
    drift: float = 0.0

    @property
    def share(self) -> FloatArray:
        """(lag,) the expected share."""
        mean: FloatArray = self.a / (self.a + self.b)
        return mean

    def quantile(self, probability: float) -> FloatArray:
        """(lag,) the share that is as low as this with the given probability."""
        uncertain = self.b > 0
        shares: FloatArray = np.ones(len(self.a))
        shares[uncertain] = betaincinv(self.a[uncertain], self.b[uncertain], probability)
        return shares


def clean_lags(cells: FloatArray) -> IntArray:
    """(time,) how many lags from 0 on were reported without a gap; what comes after a gap is a backlog, no delay."""
    gap = np.isnan(cells)
    lags: IntArray = np.where(gap.any(axis=1), gap.argmax(axis=1), cells.shape[1]).astype(np.int64)
    return lags


def learn_delays(cells: FloatArray, kappa: float = KAPPA) -> Reported:
    """Learns delays that may drift and may differ from row to row.

    Parameters
    ----------
    cells : (time, lag) of one series as known now; NaN = the source did not report then, or the report lies ahead. The
        latest 400 rows teach.
    kappa : prior events a lag.

    Returns
    -------
    Reported. How fast old reports are forgotten, how much rows differ and whether delays drift is averaged over a grid,
    weighted by how well each setting predicted every report from the earlier ones (beta-binomial scores, recent ones
    above all). The further ahead a report lies, the less is thought to be known of its delay.

    Source: reverse-time hazards, Kalbfleisch & Lawless 1989 (JASA 84), unbiased although recent rows are cut off;
    power discounting, West & Harrison 1997 (Bayesian Forecasting and Dynamic Models) chapter 6; generalised Dirichlet,
    Höhle & an der Heiden 2014 (Biometrics 70) section 3; averaging with forgetting, Raftery, Kárný & Ettler 2010
    (Technometrics 52).
    """
    grid = np.array(
        [
            (forgets, rows, drift)
            for forgets in FORGETTING
            for rows in CONCENTRATION
            for drift in (DRIFT if forgets in DRIFTING_FORGETS else DRIFT[:1])
        ]
    )
    latest = cells[-LEARNED_ROWS:]
    scores, moments = learned_hazards(np.nan_to_num(latest), clean_lags(latest), grid, kappa, RECALL)
    weight = np.exp(scores - scores.max())
    weight /= weight.sum()
    first, second = np.tensordot(weight, moments, axes=1).T
    a, b = _beta_of(first, second)
    keep, rows, drift = weight @ np.column_stack([grid[:, 0], np.log(grid[:, 1]), grid[:, 2]])
    return Reported(a, b, float(keep), float(np.exp(rows)), float(drift))


def counted_delays(cells: FloatArray, window: int | None, kappa: float = KAPPA) -> Reported:
    """The closed form: delays of the last `window` rows (None = all) simply counted, as if nothing were cut off.

    a = Σ_{x ≤ lag}(n_x + κ), b = the rest. Recent rows show short delays only, so that the shares come out too high
    unless the window is much longer than the delays.

    Source: Höhle & an der Heiden 2014 (Biometrics 70), "bayes.notrunc".
    """
    rows = cells if window is None else cells[max(0, len(cells) - 1 - window) :]
    weight = np.nansum(rows, axis=0) + kappa
    a = np.cumsum(weight)
    return Reported(a, np.concatenate([weight[:0:-1].cumsum()[::-1], [0.0]]))


def _beta_of(first: FloatArray, second: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Beta distributions of these first and second moments; mean 1 has b = 0."""
    variance = np.maximum(second - first**2, 1e-12)
    scale = np.maximum(first * (1 - first) / variance - 1, 1e-3)
    a, b = first * scale, (1 - first) * scale
    certain = first >= 1 - 1e-12
    return np.where(certain, 1.0, a), np.where(certain, 0.0, b)
