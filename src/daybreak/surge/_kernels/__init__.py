"""The door to the compiler: hot loops live in this folder, and nothing outside it imports numba."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

_Function = TypeVar("_Function", bound=Callable[..., Any])


def compiled(function: _Function) -> _Function:
    """The function as machine code that holds no interpreter lock and is kept on disk."""
    return cast(_Function, numba.njit(cache=True, nogil=True)(function))
