"""Work in parts over a dask cluster: the same parts, the same numbers, and a worker that dies loses nothing."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from importlib.util import find_spec
from typing import Any, TypeVar

from daybreak.surge.errors import BadInput

_Part = TypeVar("_Part")
_Result = TypeVar("_Result")

PARTS_A_THREAD = 2
"""Parts that wait at the cluster for each of its threads: none stands idle, and few are held in memory."""
CONNECT_SECONDS = 10


def mapped_over_cluster(
    function: Callable[[_Part], _Result], parts: Iterable[_Part], address: str
) -> Iterator[_Result]:
    """The function's results, in the parts' order, each computed by some worker of the cluster.

    Parameters
    ----------
    function : a pure function that the workers can import or unpickle.
    parts : what it is called with; taken as the cluster has room. A part travels inside its task and is kept there
        until its result is here, so that the scheduler can give it to another worker when one dies.
    address : "dask://HOST:PORT" of the scheduler.

    Raises
    ------
    BadInput : the address is none, nobody answers there, or the extra `cluster` is not installed.
    """
    target = _target(address)
    if find_spec("distributed") is None:
        raise BadInput("on", "be left out", address, "Or install the extra: pip install 'daybreak[cluster]'.")
    from distributed import Client

    try:
        client = Client(target, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, TimeoutError):
        raise BadInput(
            "on", "name a dask scheduler that answers", address, "Start one: dask scheduler"
        ) from None
    try:
        yield from _in_order(client, function, parts)
    finally:
        client.close()


def _in_order(client: Any, function: Callable[[_Part], _Result], parts: Iterable[_Part]) -> Iterator[_Result]:
    room = PARTS_A_THREAD * max(1, sum(client.nthreads().values()))
    waiting: deque[Any] = deque()
    for part in parts:
        waiting.append(client.submit(function, part, pure=False))
        if len(waiting) >= room:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def _target(address: str) -> str:
    scheme, _, place = address.partition("://")
    host, _, port = place.rpartition(":")
    if scheme != "dask" or not host or not port.isdigit():
        raise BadInput("on", "look like dask://HOST:PORT", repr(address), "The usual port is 8786.")
    return f"tcp://{host}:{port}"
