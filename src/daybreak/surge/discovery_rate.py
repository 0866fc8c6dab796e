"""Alarms over many series at once, such that few of them are false."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from daybreak.surge.counts import FloatArray
from daybreak.surge.errors import BadInput
from daybreak.surge.outcome import UNTESTED


def discoveries(p_value: FloatArray, share: float) -> NDArray[np.int8]:
    """Alarms at each time, over all series, of which at most `share` is expected to be false.

    Parameters
    ----------
    p_value : (times, series); NaN = not tested: it is neither counted nor alarmed.
    share : expected share of false alarms among the alarms of one time, between 0 and 1. Valid for p-values that are
        independent or positively dependent, and conservative for those of discrete counts.

    Returns
    -------
    (times, series) int8: 1 = alarm, 0 = none, -1 = not tested.

    Source: Benjamini & Hochberg 1995 (JRSS B 57), step-up procedure; Benjamini & Yekutieli 2001 for dependence.
    """
    if not 0 < share < 1:
        raise BadInput("the false discovery rate", "lie between 0 and 1", f"{share:g}", "0.05 is usual.")
    ranked = np.sort(p_value, axis=1)  # NaN last
    tested = (~np.isnan(p_value)).sum(axis=1, keepdims=True)
    rank = np.arange(1, p_value.shape[1] + 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        passes = ranked <= share * rank / tested
    limit = np.where(passes, ranked, -1.0).max(axis=1, initial=-1.0, keepdims=True)
    alarm: NDArray[np.int8] = (p_value <= limit).astype(np.int8)
    alarm[np.isnan(p_value)] = UNTESTED
    return alarm
