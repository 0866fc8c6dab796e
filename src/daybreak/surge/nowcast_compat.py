"""Nowcasts as the R package surveillance gives them: Lawless's, and two Bayesian ones with one delay distribution."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln, ndtr
from scipy.stats import beta as beta_distribution

from daybreak.surge.counts import FloatArray, IntArray
from daybreak.surge.detector import Mode
from daybreak.surge.errors import BadInput

NODES = 400
"""Equally probable values of the delay's distribution that stand for its uncertainty in `with_level_prior`."""


@dataclass(frozen=True)
class Delays:
    """What a reporting triangle shows of delays, and of each row (event period), at the last row T.

    reports: (lag,) n_x, reports with delay x of the rows T - window … T - x.
    exposed: (lag,) N_x, events of those rows reported with delay x or less.
    known: (row,) events of each row reported so far.
    """

    reports: FloatArray
    exposed: FloatArray
    known: FloatArray

    @property
    def longest(self) -> int:
        """The longest delay, D."""
        return len(self.reports) - 1

    def age(self) -> IntArray:
        """(row,) how many periods ago each row was."""
        return np.arange(len(self.known), dtype=np.int64)[::-1]


@dataclass(frozen=True)
class LevelPrior:
    """Gamma prior of a row's expected count: its mean and variance."""

    mean: float
    variance: float


def delays_of(event: IntArray, report: IntArray, now: int, longest: int, window: int | None = None) -> Delays:
    """Counts of delays from the numbers of the periods of events and reports (first row 0), as known at `now`.

    Longer delays than `longest` count as that one. Events before row 0 and reports after `now` are left out.
    """
    if longest > now:
        raise BadInput("D", f"be at most {now}, the rows before now", str(longest), "Begin dRange earlier.")
    kept = (report <= now) & (event >= 0) & (report >= event)
    event, delay = event[kept], np.minimum(report[kept] - event[kept], longest)
    cells = np.zeros((now + 1, longest + 1))
    np.add.at(cells, (event, delay), 1.0)
    first = max(0, now - (now if window is None else window))
    reports, exposed = np.zeros(longest + 1), np.zeros(longest + 1)
    for lag in range(longest + 1):
        rows = cells[first : now - lag + 1]
        reports[lag] = rows[:, lag].sum()
        exposed[lag] = rows[:, : lag + 1].sum()
    return Delays(reports, exposed, cells.sum(axis=1))


def lawless(delays: Delays, row: int, largest: int, mode: Mode) -> FloatArray:
    """Cumulative probabilities of 0 … largest events of a row, by a truncated normal distribution.

    The share reported so far is W = Π_{x > age}(1 − g_x) with g_x = n_x/N_x; the row's mean is N/W and its variance
    N(N+1)V_W/W⁴ + N(1−W)/W². Compat copies R, where a line break loses the first term (quirk Q13) and the truncated
    normal is divided by its mass above N but not shifted by the mass below; corrected mends both.

    Source: Lawless 1994 (Canadian Journal of Statistics 22), sections 2–3.
    """
    age = int(delays.age()[row])
    known = delays.known[row]
    support = np.arange(largest + 1.0)
    lags = np.arange(age + 1, delays.longest + 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        hazard = np.nan_to_num(delays.reports[lags] / delays.exposed[lags])
        share = float(np.prod(1 - hazard))
        terms = hazard / (delays.exposed[lags] * (1 - hazard))
        mean = known / share if share > 0 else np.inf
        variance = known * (1 - share) / share**2 if share > 0 else np.inf
        if mode is Mode.CORRECTED:
            variance += known * (known + 1) * np.nansum(terms) / share**2
    if not variance > 0:
        return np.asarray(support >= mean, dtype=np.float64)
    deviation = np.sqrt(variance)
    below = ndtr((known - mean) / deviation)
    shift = below if mode is Mode.CORRECTED else 0.0
    cumulative: FloatArray = (ndtr((support - mean) / deviation) - shift) / (1 - below)
    cumulative[support < known] = 0
    return cumulative


def without_level_prior(delays: Delays, row: int, largest: int, kappa: float = 0.1) -> FloatArray:
    """Cumulative probabilities of 0 … largest events of a row: beta-negative-binomial, nothing known of the level.

    With a = Σ_{x ≤ age}(n_x + κ) and b the rest, the events still to come are BNB(N + 1, a, b).

    Source: Höhle & an der Heiden 2014 (Biometrics 70), section 3 and appendix.
    """
    age = int(delays.age()[row])
    known = delays.known[row]
    support = np.arange(largest + 1.0)
    if age >= delays.longest:
        return np.asarray(support >= known, dtype=np.float64)
    a, b = _beta(delays, age, kappa)
    mass = np.zeros(largest + 1)
    still = support[support >= known] - known
    mass[support >= known] = np.exp(beta_negative_binomial(still, known + 1, a, b))
    return _summed(mass)


def with_level_prior(
    delays: Delays, row: int, largest: int, prior: LevelPrior, kappa: float = 0.1
) -> FloatArray:
    """Cumulative probabilities of 0 … largest events of a row whose level has a gamma prior.

    Given the share F reported so far, the events still to come are negative binomial; F is integrated over its beta
    distribution by equally probable nodes (R draws a sample instead, so that its result has Monte Carlo error).

    Source: Höhle & an der Heiden 2014 (Biometrics 70), section 3.
    """
    age = int(delays.age()[row])
    known = delays.known[row]
    support = np.arange(largest + 1.0)
    if age >= delays.longest:
        return np.asarray(support >= known, dtype=np.float64)
    a, b = _beta(delays, age, kappa)
    share = beta_distribution.ppf((np.arange(NODES) + 0.5) / NODES, a, b)[:, None]
    size = prior.mean**2 / (prior.variance - prior.mean) + known
    stay = (1 - share) * prior.mean / (prior.mean**2 / (prior.variance - prior.mean) + prior.mean)
    still = support[support >= known] - known
    with np.errstate(divide="ignore"):
        log_mass = gammaln(still + size) - gammaln(size) - gammaln(still + 1) + size * np.log1p(-stay)
        log_mass = log_mass + np.where(still == 0, 0.0, still * np.log(stay))
    each = np.exp(log_mass)
    mass = np.zeros(largest + 1)
    mass[support >= known] = (each / each.sum(axis=1, keepdims=True)).mean(axis=0)
    return _summed(mass)


def _summed(mass: FloatArray) -> FloatArray:
    cumulative: FloatArray = np.cumsum(mass)
    return cumulative


def _beta(delays: Delays, age: int, kappa: float) -> tuple[float, float]:
    weights = delays.reports + kappa
    return float(weights[: age + 1].sum()), float(weights[age + 1 :].sum())


def beta_negative_binomial(count: FloatArray, size: float, a: float, b: float) -> FloatArray:
    """Log probability of `count` failures before the size-th success whose probability is beta(a, b)."""
    log: FloatArray = (
        gammaln(size + a) + gammaln(count + b) + gammaln(size + count) + gammaln(a + b)
        - gammaln(size + count + a + b) - gammaln(size) - gammaln(count + 1) - gammaln(a) - gammaln(b)
    )  # fmt: skip
    return log


def quantile_above(cumulative: FloatArray, probability: float) -> int:
    """The first count whose cumulative probability is above `probability`; 0 where none is, as in R."""
    return int(np.argmax(cumulative > probability))


def uniform(delays: Delays, row: int, largest: int) -> FloatArray:
    """Cumulative probabilities where every count from the known one to the largest is as probable."""
    known = int(delays.known[row])
    mass = np.zeros(largest + 1)
    mass[known:] = 1 / (max(0, largest - known) + 1)
    return _summed(mass)
