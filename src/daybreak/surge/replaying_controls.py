"""Which of our methods and settings a call of an R function means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from daybreak.surge.errors import BadInput

# R function → our method; the method of earsC and glrnb depends on their control.
SURVEILLANCE = {
    "earsC": "ears-c1",
    "farrington": "farrington",
    "algo.farrington": "farrington",
    "farringtonFlexible": "farrington-flexible",
    "cusum": "cusum",
    "algo.cusum": "cusum",
    "glrnb": "glr-nb",
    "algo.glrnb": "glr-nb",
    "glrpois": "glr-poisson",
    "algo.glrpois": "glr-poisson",
    "outbreakP": "outbreakp",
    "algo.outbreakP": "outbreakp",
    "bayes": "bayes",
    "algo.bayes": "bayes",
    "rki": "rki",
    "algo.rki": "rki",
    "cdc": "cdc",
    "algo.cdc": "cdc",
}
NSSP = {"alert_ewma": "nssp-ewma", "alert_regression": "nssp-regression", "alert_switch": "nssp-switch"}

# Control names that change no number in R, and the only values of others that our methods answer to.
SILENT = frozenset({"verbose", "plot", "glmWarnings", "warnings", "range"})
FIXED = {
    "fitFun": ("algo.farrington.fitGLM.fast", "algo.farrington.fitGLM", "algo.farrington.fitGLM.flexible"),
    "populationOffset": (False,),
    "populationBool": (False,),
}


@dataclass(frozen=True)
class Call:
    """A method, its settings (ours or R's names), and how R writes a result that is not a number (None = NA)."""

    method: str
    settings: Mapping[str, Any]
    missing: str | None = None


def call_of_surveillance(function: str, control: Mapping[str, Any]) -> Call:
    """The call that an R function of the package surveillance with this control list means.

    Raises BadInput for a function or a value that no method of ours answers to. Unknown names stay in the settings,
    where the detector refuses them (quirk Q9).
    """
    if function not in SURVEILLANCE:
        raise BadInput("fn", f"be one of: {', '.join(SURVEILLANCE)}", repr(function), "Check its spelling.")
    settings = _heard(control)
    method = SURVEILLANCE[function]
    if function == "earsC":
        return _ears(settings)
    if method in ("glr-nb", "glr-poisson"):
        return _glr(method, settings)
    if method == "outbreakp":
        # the statistic is 0/0 there, the number of cases is NA
        return Call(method, settings, missing="NaN" if settings.get("ret", "cases") == "value" else None)
    return Call(method, settings)


def call_of_nssp(function: str, control: Mapping[str, Any]) -> Call:
    """The call that an alert function of the package Rnssp means."""
    if function not in NSSP:
        raise BadInput("fn", f"be one of: {', '.join(NSSP)}", repr(function), "Check its spelling.")
    return Call(NSSP[function], dict(control))


def _heard(control: Mapping[str, Any]) -> dict[str, Any]:
    for name, values in FIXED.items():
        if name in control and control[name] not in values:
            raise BadInput(f"control {name}", f"be one of {values}", repr(control[name]), "Leave it out.")
    return {name: value for name, value in control.items() if name not in SILENT and name not in FIXED}


def _ears(settings: dict[str, Any]) -> Call:
    methods = {"C1": "ears-c1", "C2": "ears-c2", "C3": "ears-c3"}
    given = settings.pop("method", "C1")
    if given not in methods:
        raise BadInput("control method", "be C1, C2 or C3", repr(given), "Check its spelling.")
    return Call(methods[given], settings, missing="NaN")


def _glr(method: str, settings: dict[str, Any]) -> Call:
    """glrnb is the Poisson method where its dispersion is 0; where none is given it estimates one."""
    if settings.get("alpha") == 0:
        method = "glr-poisson"
    if method == "glr-poisson":
        settings.pop("alpha", None)
    return Call(method, import_module("daybreak.surge.glr").glr_settings_of_r(settings))
