"""Gives a test run a home folder of its own and cuts the network, before Django or the product is imported."""

from __future__ import annotations

import atexit
import ipaddress
import os
import shutil
import socket
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

LOOPBACK_NAMES = {"localhost", "localhost.localdomain", ""}


class NetworkIsCutError(RuntimeError):
    """A test tried to leave this machine. No OSError: code that survives network trouble must not swallow it."""


def is_loopback(host: object) -> bool:
    """Whether an address or name stays on this machine."""
    if host is None:
        return True
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
    if name.lower() in LOOPBACK_NAMES:
        return True
    try:
        return ipaddress.ip_address(name.split("%", 1)[0]).is_loopback
    except ValueError:
        return False


def refuse_strangers(host: object) -> None:
    """Raise unless the host is this machine."""
    if not is_loopback(host):
        raise NetworkIsCutError(
            f"Tests must stay on this machine (loopback); got the host {host!r}. "
            "Serve what the test needs from a fixture instead."
        )


def guard_connect(original: Callable[..., Any]) -> Callable[..., Any]:
    """The socket method that first looks at where the connection would go."""

    def connect(self: socket.socket, address: Any) -> Any:
        if self.family in {socket.AF_INET, socket.AF_INET6}:
            refuse_strangers(address[0])
        return original(self, address)

    return connect


def guard_sendto(original: Callable[..., Any]) -> Callable[..., Any]:
    """The datagram method that first looks at where the message would go."""

    def sendto(self: socket.socket, data: Any, *rest: Any) -> Any:
        if self.family in {socket.AF_INET, socket.AF_INET6}:
            refuse_strangers(rest[-1][0])
        return original(self, data, *rest)

    return sendto


def guard_lookup(original: Callable[..., Any]) -> Callable[..., Any]:
    """The name lookup that never asks a name server."""

    def lookup(host: object, *rest: Any, **named: Any) -> Any:
        refuse_strangers(host)
        return original(host, *rest, **named)

    return lookup


def cut_network() -> None:
    """Patch the socket module for the rest of this process."""
    socket.socket.connect = guard_connect(socket.socket.connect)  # type: ignore[method-assign]
    socket.socket.connect_ex = guard_connect(socket.socket.connect_ex)  # type: ignore[method-assign]
    socket.socket.sendto = guard_sendto(socket.socket.sendto)  # type: ignore[method-assign]
    socket.getaddrinfo = guard_lookup(socket.getaddrinfo)
    socket.gethostbyname = guard_lookup(socket.gethostbyname)


def isolate_home() -> None:
    """Point the product's state at a temp folder, and away from any database that the shell may name."""
    for name in [name for name in os.environ if name.startswith("DAYBREAK_")]:
        if (
            not name.startswith("DAYBREAK_TEST_") and name != "DAYBREAK_FIXTURES"
        ):  # reference files, only read
            del os.environ[name]
    if os.environ.get("DAYBREAK_TEST_ENGINE") != "postgresql":
        os.environ.pop("DATABASE_URL", None)
        os.environ.pop("CARE_DATABASE_URL", None)
    # Compiled kernels depend on the code alone: each run and each server in it would compile them again.
    os.environ["NUMBA_CACHE_DIR"] = str(Path(__file__).resolve().parents[1] / ".pytest_cache" / "kernels")
    home = tempfile.mkdtemp(prefix="daybreak-test-")
    os.environ["DAYBREAK_HOME"] = home
    atexit.register(shutil.rmtree, home, ignore_errors=True)


isolate_home()
cut_network()
