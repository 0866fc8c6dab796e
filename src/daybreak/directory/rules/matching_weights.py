"""How much each comparison weighs, and when a pair is the same without anybody asking: tables, after Fellegi and Sunter.

``LIKELIHOODS`` is what was compared → level → (m, u): how often pairs that are the same, and pairs that are not, come out
at that level. They were estimated by `bench/matching.py --estimate` from the tuning half of
tests/rooms/directory/labelled_pairs.csv, each pair weighing as many candidate pairs as it stands for. Levels whose
estimates contradict their order are pooled (their sums are given to each). I. P. Fellegi, A. B. Sunter, A Theory for
Record Linkage, JASA 64 (1969), 1183-1210: a level weighs log(m / u).
"""

from __future__ import annotations

LIKELIHOODS: dict[str, dict[str, tuple[float, float]]] = {
    "name": {
        "same": (0.289, 0.105), "near": (0.311, 0.182), "within": (0.311, 0.182), "alike": (0.311, 0.182),
        "partly": (0.106, 0.073), "little": (0.284, 0.615), "none": (0.284, 0.615), "clash": (0.009, 0.025),
    },
    "program": {
        "same": (0.938, 0.660), "unknown": (0.938, 0.660), "other": (0.053, 0.196), "clash": (0.009, 0.144),
    },
    "street": {
        "same": (0.764, 0.054), "same-box": (0.088, 0.118), "number-slip": (0.088, 0.118),
        "street-only": (0.088, 0.118), "next-door": (0.088, 0.118), "number-only": (0.088, 0.118),
        "unknown": (0.044, 0.145), "other-side": (0.044, 0.145), "other-number": (0.044, 0.145),
        "other": (0.104, 0.683),
    },
    "unit": {
        "same": (0.117, 0.028), "unknown": (0.832, 0.762), "other": (0.051, 0.209),
    },
    "phone": {
        "same": (0.293, 0.096), "unknown": (0.680, 0.589), "shared-line": (0.016, 0.122), "other": (0.010, 0.193),
    },
    "place": {
        "here": (0.781, 0.072), "near": (0.071, 0.049), "zip": (0.059, 0.171), "town": (0.040, 0.283),
        "miles-off": (0.040, 0.315), "elsewhere": (0.040, 0.315), "far": (0.009, 0.110),
    },
}  # fmt: skip
# Of the labelled candidate pairs, as weighted, so many are the same for one that is not: 3,093 to 7,213.
PRIOR_ODDS = 0.429
# From here on a pair that no guard forbids is the same; from there on a person is asked.
SURE, DOUBTFUL = 0.80, 0.60

# What a pair must be besides likely, whichever way the likelihood came about. A pair is the same if one row holds: what was
# compared → the levels that will do; what a row does not name may come out at any level.
_NOT_FAR = frozenset({"here", "near", "zip", "town", "miles-off"})
_NOT_OTHER_PROGRAM = frozenset({"same", "unknown"})
_ANY_PROGRAM = frozenset({"same", "unknown", "other"})
GUARDS: tuple[dict[str, frozenset[str]], ...] = (
    {  # the same name at the same door; a new telephone number is nothing strange
        "name": frozenset({"same", "near"}), "street": frozenset({"same"}), "unit": frozenset({"same", "unknown"}),
        "program": _ANY_PROGRAM, "place": _NOT_FAR,
    },
    {  # a part of the name, and nothing against it
        "name": frozenset({"within", "alike"}), "street": frozenset({"same"}), "unit": frozenset({"same", "unknown"}),
        "phone": frozenset({"same", "unknown", "shared-line"}), "program": _NOT_OTHER_PROGRAM, "place": _NOT_FAR,
    },
    {  # few common words, but a number of its own or the same suite
        "name": frozenset({"partly"}), "street": frozenset({"same"}), "unit": frozenset({"same", "unknown"}),
        "phone": frozenset({"same"}), "program": _NOT_OTHER_PROGRAM, "place": _NOT_FAR,
    },
    {
        "name": frozenset({"partly"}), "street": frozenset({"same"}), "unit": frozenset({"same"}),
        "phone": frozenset({"same", "unknown"}), "program": _NOT_OTHER_PROGRAM, "place": _NOT_FAR,
    },
    {  # a slip of the pen in the address
        "name": frozenset({"same", "near"}), "street": frozenset({"number-slip", "street-only", "same-box"}),
        "unit": frozenset({"same", "unknown"}), "phone": frozenset({"same"}), "program": _NOT_OTHER_PROGRAM,
        "place": _NOT_FAR,
    },
)  # fmt: skip
