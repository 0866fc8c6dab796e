"""Generalised likelihood ratio detectors: has the mean changed at some time since the watch began, by whatever size?

Source: Höhle & Paul (2008), "Count data regression charts for the monitoring of surveillance time series", Computational
Statistics & Data Analysis 52(9), 4357–4368, sections 2.1–2.3.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from daybreak.surge._kernels import glr_series as kernels
from daybreak.surge.counts import Counts, FloatArray, IntArray
from daybreak.surge.detector import Detector, Mode, setting
from daybreak.surge.errors import BadInput
from daybreak.surge.outcome import DID_NOT_REPORT, UNTESTED, Outcome, taken


@dataclass(frozen=True)
class GlrPoissonSettings:
    """Settings of `glr-poisson`."""

    threshold: float = setting(5.0, "log likelihood ratio from which it alarms", r="c.ARL")
    change: str = setting(
        "intercept", "intercept: the mean is multiplied; epi: earlier counts add", r="change"
    )
    theta: float | None = setting(None, "a known change of ln mean; none: the likeliest is found", r="theta")
    window: int = setting(-1, "rows that a change may lie back; -1: to the last alarm", r="M")
    shortest: int = setting(1, "fewest rows that a change has lasted", r="Mtilde")
    direction: str = setting("inc", "inc: rises are sought, dec: falls", r="dir")
    mu0_harmonics: int = setting(1, "pairs of yearly waves in the baseline")
    mu0_trend: bool = setting(False, "whether the baseline has a trend in time")
    mu0_refit: bool = setting(False, "whether the baseline is fitted again after an alarm")
    mu0_given: tuple[float, ...] | None = setting(
        None, "expected counts of the tested rows (or one for all); none: fitted"
    )
    returns: str | None = setting(
        None,
        "what upper_bound is: cases or value (the statistic); none: cases, in compat mode value",
        r="ret",
    )
    most_cases: int = setting(10_000, "where R's search for the count ends", r="xMax")

    def __post_init__(self) -> None:
        if not self.threshold > 0:
            raise BadInput("threshold", "be above 0", f"{self.threshold:g}", "The default is 5.")
        for name, words in (("change", ("intercept", "epi")), ("direction", ("inc", "dec"))):
            if getattr(self, name) not in words:
                raise BadInput(
                    name, f"be {' or '.join(words)}", repr(getattr(self, name)), "Check its spelling."
                )
        if self.returns not in (None, "cases", "value"):
            raise BadInput("returns", "be cases or value", repr(self.returns), "Leave it out.")
        if self.theta is not None and (self.theta == 0 or not math.isfinite(self.theta)):
            raise BadInput("theta", "be a number other than 0", f"{self.theta:g}", "ln 1.5 is 0.405.")
        if self.window != -1 and self.window < 1:
            raise BadInput("window", "be -1 or 1 and more rows", str(self.window), "The default is -1.")
        if self.shortest < 1 or self.mu0_harmonics < 0 or self.mu0_harmonics > 20:
            raise BadInput(
                "shortest and mu0_harmonics", "be at least 1 and 0 to 20",
                f"{self.shortest} and {self.mu0_harmonics}", "The defaults are 1 and 1.",
            )  # fmt: skip
        if self.change == "epi" and (self.theta is not None or self.direction == "dec"):
            raise BadInput(
                "change", "be intercept with theta or falls", "epi", "Leave theta and direction out."
            )
        if self.mu0_given is not None and not all(0 < mean < math.inf for mean in self.mu0_given):
            raise BadInput("mu0_given", "be above 0", "others", "Give expected counts, or leave it out.")


@dataclass(frozen=True)
class GlrNbSettings(GlrPoissonSettings):
    """Settings of `glr-nb`."""

    dispersion: float | None = setting(
        None, "variance = mean + dispersion·mean²; none: the likeliest in the baseline", r="alpha"
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.dispersion is not None and not 0 < self.dispersion < math.inf:
            raise BadInput(
                "dispersion", "be above 0", f"{self.dispersion:g}", "For no over-dispersion use glr-poisson."
            )
        if self.change != "intercept":
            raise BadInput("change", "be intercept in glr-nb", self.change, "glr-poisson has epi.")
        if self.dispersion is None and self.mu0_given is not None:
            raise BadInput(
                "dispersion", "be given with mu0_given", "none", "There is no baseline to find it in."
            )


def glr_settings_of_r(control: Mapping[str, Any]) -> dict[str, Any]:
    """Settings of a `control` list of R's glrnb or glrpois: its nested `mu0` taken apart, the rest left by R's names."""
    settings = {name: value for name, value in control.items() if name != "mu0" and value is not None}
    mu0 = control.get("mu0")
    if isinstance(mu0, Mapping):
        names = {"S": "mu0_harmonics", "trend": "mu0_trend", "refit": "mu0_refit"}
        for name, value in mu0.items():
            if name not in names:
                raise BadInput(
                    "control mu0", "have S, trend and refit only", repr(name), "Check its spelling."
                )
            settings[names[name]] = value
    elif isinstance(mu0, int | float):
        settings["mu0_given"] = (float(mu0),)
    elif mu0 is not None:
        settings["mu0_given"] = tuple(float(mean) for mean in mu0)
    return settings


def run_poisson(counts: Counts, tested: IntArray, settings: GlrPoissonSettings, mode: Mode) -> Outcome:
    """Poisson GLR: max over starts k and changes θ of Σ_{i=k…t} ln f_θ(xᵢ)/f_0(xᵢ); an alarm ends the watch, the next begins.

    The expected counts come from a log-linear Poisson fit to the rows before the first tested one (yearly waves, trend),
    or are given. θ given: Σ ln f_θ/f_0, never below 0 (CUSUM). change="epi": the mean becomes μ₀ + λ·(count before).
    score = the statistic. upper_bound with returns="cases": the largest count that raises no alarm (falls: the smallest);
    in compat mode R's number, the smallest count that alarms; with "value" the statistic. Exposure: offset ln exposure.
    Missing: rows that did not report are left out of fit and watch. Corrected: where a baseline has no case or its season
    and trend have no finite fit, it is a constant rate of (cases or ½) per exposure; epi takes the likeliest λ (R's search
    may stop short of it).
    """
    return _run(counts, tested, settings, mode, dispersion=0.0)


def run_nb(counts: Counts, tested: IntArray, settings: GlrNbSettings, mode: Mode) -> Outcome:
    """Negative binomial GLR, as `run_poisson` with variance μ + α μ²; the dispersion α is given or the baseline's likeliest.

    Both modes give the true maximum over starts and changes (quirk Q11: R's search sometimes misses it).
    `extra["dispersion"]` is the α used.
    """
    dispersion = math.nan if settings.dispersion is None else settings.dispersion
    return _run(counts, tested, settings, mode, dispersion=dispersion)


def _run(
    counts: Counts, tested: IntArray, settings: GlrPoissonSettings, mode: Mode, dispersion: float
) -> Outcome:
    compat = mode is Mode.COMPAT
    watched = np.arange(tested[0], tested[-1] + 1) if len(tested) else tested
    if not compat and len(watched) > len(tested) and len(settings.mu0_given or ()) < 2:
        # rows between the tested ones are watched too
        whole = _run(counts, watched, settings, mode, dispersion)
        return taken(whole, np.searchsorted(watched, tested))
    returns = settings.returns or ("value" if compat else "cases")
    design = _design(counts, settings)
    shape = (len(tested), counts.series)
    code = np.zeros(shape, np.uint8)
    results = np.full((3, *shape), np.nan)
    means = np.full(shape, np.nan)
    spread = np.full(counts.series, np.nan if settings.mu0_given is None else dispersion)
    dispersions = np.full(shape, np.nan)
    first = np.zeros(
        counts.series, np.int64
    )  # of each series, the tested row from which it is still to be watched
    given = _given(settings, len(tested))
    while len(tested) and (first < len(tested)).any():
        if given is not None:
            means[:] = given[:, None]
        else:
            if not compat:  # R estimates the dispersion once
                spread[:] = np.nan
            exposure = np.empty((0, 0)) if counts.exposure is None else counts.exposure
            kernels.baselines(
                counts.values, exposure, design, tested, first, dispersion, compat, means, spread, code
            )  # fmt: skip
        fresh = np.arange(len(tested))[:, None] >= first
        dispersions = np.where(fresh & ~np.isnan(means), spread, dispersions)
        _watch(counts, tested, settings, compat, returns == "cases", means, spread, code, first, results)
    statistic, count, alarm = results
    bound = statistic
    if returns == "cases":
        bound = count if compat or settings.theta is not None else _calm(count, settings)
    if not compat:
        means = np.where(np.isnan(alarm), np.nan, means)
        dispersions = np.where(np.isnan(alarm), np.nan, dispersions)
    return Outcome(
        tested=tested,
        expected=means,
        upper_bound=bound,
        score=statistic,
        p_value=np.full(shape, np.nan),
        alarm=np.where(np.isnan(alarm), UNTESTED, alarm).astype(np.int8),
        reason=code,
        reasons=_reasons(design.shape[0] + 1),
        extra={"dispersion": dispersions} if isinstance(settings, GlrNbSettings) else {},
    )


def _watch(
    counts: Counts,
    tested: IntArray,
    settings: GlrPoissonSettings,
    compat: bool,
    bounds: bool,
    means: FloatArray,
    spread: FloatArray,
    code: NDArray[np.uint8],
    first: IntArray,
    results: FloatArray,
) -> None:
    """Watches each series from `first` on: to the end, or to an alarm where the baseline is to be fitted again."""
    once = settings.mu0_refit and settings.mu0_given is None
    limit, window, shortest = settings.threshold, settings.window, settings.shortest
    sign = 1.0 if settings.direction == "inc" else -1.0
    if settings.theta is not None:
        kernels.watched_known(
            counts.values, tested, means, spread, code, first, once, settings.theta, limit, compat, results
        )  # fmt: skip
    elif settings.change == "epi":
        kernels.watched_spread(
            counts.values, tested, means, code, first, once, limit, window, shortest, bounds, compat, results
        )  # fmt: skip
    elif isinstance(settings, GlrNbSettings):
        most = float(settings.most_cases)
        kernels.watched_binomial(
            counts.values, tested, means, spread, code, first, once, limit, window, shortest, sign, most, bounds,
            compat, results,
        )  # fmt: skip
    else:
        kernels.watched_poisson(
            counts.values, tested, means, code, first, once, limit, window, shortest, sign, bounds, compat, results
        )  # fmt: skip


def _design(counts: Counts, settings: GlrPoissonSettings) -> FloatArray:
    """(coefficients, time): 1, a straight line, and cosine and sine of each yearly wave (rows count from 1)."""
    row = np.arange(1.0, counts.times + 1.0)
    columns = [np.ones(counts.times)]
    if settings.mu0_trend:
        columns.append(row / counts.times - 0.5)  # any straight line does; this one keeps its distance from 1
    for wave in range(1, settings.mu0_harmonics + 1):
        angle = 2.0 * np.pi * wave / counts.period.value * row
        columns += [np.cos(angle), np.sin(angle)]
    return np.ascontiguousarray(np.stack(columns))


def _given(settings: GlrPoissonSettings, tested: int) -> FloatArray | None:
    if settings.mu0_given is None:
        return None
    given = np.array(settings.mu0_given)
    if given.size not in (1, tested):
        raise BadInput("mu0_given", f"be one number or {tested}", str(given.size), "Give one a tested row.")
    return np.ascontiguousarray(np.broadcast_to(given, tested))


def _calm(count: FloatArray, settings: GlrPoissonSettings) -> FloatArray:
    """The last count without an alarm; NaN where there is none or no count was found that alarms."""
    if settings.direction == "dec":
        return count
    return np.where(np.isfinite(count) & (count > 0), count - 1.0, np.nan)


def _reasons(least: int) -> tuple[str, ...]:
    """A sentence for each code of the kernels."""
    short = (f"needs {least} reported rows before the first tested one, has {has}" for has in range(least))
    return ("", DID_NOT_REPORT, "the rows before the first tested one do not determine the baseline", *short)


GLR_POISSON = Detector(
    name="glr-poisson",
    question="Has the mean of Poisson counts changed at some time since the last alarm, by whatever size?",
    settings=GlrPoissonSettings,
    run=run_poisson,
    source="Höhle & Paul (2008), Computational Statistics & Data Analysis 52(9), 4357–4368, section 2",
)
GLR_NB = Detector(
    name="glr-nb",
    question="Has the mean of over-dispersed counts changed at some time since the last alarm, by whatever size?",
    settings=GlrNbSettings,
    run=run_nb,
    source="Höhle & Paul (2008), Computational Statistics & Data Analysis 52(9), 4357–4368, section 2",
)
