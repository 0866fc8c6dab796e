"""How many events a row should have, learned from the rows before it: a gamma level that may wander or jump."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln

from daybreak.surge._kernels.nowcast import filtered_levels
from daybreak.surge.counts import FloatArray

DISCOUNT = (1.0, 0.99, 0.97, 0.93, 0.85, 0.7, 0.5)
"""What is kept of the level's certainty from one row to the next: 1 = it never moves."""
GROWTH = (0.0, -0.1, -0.04, 0.04, 0.1)
"""Log of the level's growth from one row to the next, if it goes on growing."""
GROWING = (0.97, 0.93, 0.85)
"""Discounts of growing levels."""
RECALL = 0.98
"""What a row's score still counts a row later when settings are compared."""
SURGE = 0.02
"""Prior probability that a row's level has nothing to do with the rows before it."""
SCORED_SHARE = 0.5
"""Rows of which less is expected to be known do not judge how the level moves."""
WEEKDAY_EVENTS = 10.0
"""Events that a weekday must differ by before its factor is half believed."""


@dataclass(frozen=True)
class Levels:
    """Gamma mixtures of the expected count of each row, before its own count is looked at.

    shape, rate: (part, time); weight: (part,); factor: (time,) how the row's weekday differs from the average.
    """

    shape: FloatArray
    rate: FloatArray
    weight: FloatArray
    factor: FloatArray


def learn_levels(known: FloatArray, share: FloatArray, weekday: FloatArray | None) -> Levels:
    """Levels of every row of one series from what is known now.

    Parameters
    ----------
    known : (time,) events known so far, NaN = nothing reported of the row.
    share : (time,) expected share known so far.
    weekday : (time,) day of the week, or None if rows are no days.

    Source: steady model with power discounting, Smith 1979 (JRSS B 41), West & Harrison 1997 chapter 10; the discount
    is averaged over a grid by how well it predicted each row.
    """
    there = ~np.isnan(known)
    factor = _weekday_factors(known, share, weekday)
    exposure = np.maximum(share * factor, 1e-9)
    mean = (known[there].sum() + 0.5) / (exposure[there].sum() + 0.5)
    scored = (there & (share >= SCORED_SHARE)).astype(np.float64)
    scored[: min(len(scored), 5)] = 0.0
    shape0, rate0 = 0.5, 0.5 / mean
    grid = np.array(
        [
            (keep, growth, RECALL)
            for keep in DISCOUNT
            for growth in (GROWTH if keep in GROWING else GROWTH[:1])
        ]
    )
    scores, shapes, rates = filtered_levels(
        np.ascontiguousarray(known), exposure, grid, shape0, rate0, scored
    )
    weight = np.exp(scores - scores.max())
    weight = np.maximum(weight * ((1 - SURGE) / weight.sum()), 1e-300)
    jump = np.ones((1, len(known)))
    return Levels(
        np.vstack([shapes, shape0 * jump]),
        np.vstack([rates, rate0 * jump]),
        np.append(weight, SURGE),
        factor,
    )


def _weekday_factors(known: FloatArray, share: FloatArray, weekday: FloatArray | None) -> FloatArray:
    factor = np.ones(len(known))
    if weekday is None:
        return factor
    used = ~np.isnan(known) & (share >= SCORED_SHARE)
    total, exposed = known[used].sum(), share[used].sum()
    if exposed <= 0 or total <= 0:
        return factor
    for day in range(7):
        here = used & (weekday == day)
        expected = total * share[here].sum() / exposed
        factor[weekday == day] = (known[here].sum() + WEEKDAY_EVENTS) / (expected + WEEKDAY_EVENTS)
    return factor


def still_to_come(
    levels: Levels, row: int, known: float, shares: FloatArray, share_weight: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Negative binomial mixture of the events of a row that will still be reported.

    Parameters
    ----------
    known : events known, 0 where nothing was reported (then `shares` is 0).
    shares, share_weight : (node,) values and masses of the uncertain share known.

    Returns
    -------
    size, stay (probability of one more event each), weight; each (part × node,). The row's own count re-weights the
    levels and shares: a count that the wandering level cannot explain speaks for a jump.
    """
    shape = levels.shape[:, row, None]
    rate = levels.rate[:, row, None]
    seen = np.maximum(shares[None, :] * levels.factor[row], 1e-12)
    log = (
        gammaln(known + shape) - gammaln(shape) + shape * np.log(rate / (rate + seen))
        + known * np.log(seen / (rate + seen)) + np.log(levels.weight[:, None] * share_weight[None, :])
    )  # fmt: skip
    weight = np.exp(log - log.max())
    size = np.broadcast_to(shape + known, weight.shape)
    stay = (1 - shares[None, :]) * levels.factor[row] / (rate + levels.factor[row])
    return size.ravel(), stay.ravel(), (weight / weight.sum()).ravel()
