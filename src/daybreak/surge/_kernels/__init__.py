"""The door to the compiler: hot loops live in this folder, and nothing outside it imports numba."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

_Function = TypeVar("_Function", bound=Callable[..., Any])


def compiled(function: _Function) -> _Function:
    """The function as machine code that holds no interpreter lock and is kept on disk.

    Dividing by zero gives infinity or NaN, as in NumPy: a check before each quotient would keep loops from running side by
    side in the processor.
    """
    return cast(_Function, numba.njit(cache=True, nogil=True, error_model="numpy")(function))
