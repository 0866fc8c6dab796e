"""Makes sure that the port is free before the server takes it."""

from __future__ import annotations

import errno
import socket


class CannotListen(Exception):
    """The server cannot have this address; the text says why and what to do."""


def must_be_free(host: str, port: int) -> None:
    """Raise CannotListen unless this process could listen there alone.

    The server itself shares its port among its workers (SO_REUSEPORT), so a second server would be let in silently, and
    every other visitor would get the wrong one.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
    except socket.gaierror as error:
        raise CannotListen(
            f"--host must be an address of this machine; {host!r} is none ({error.strerror}). Try: --host 127.0.0.1"
        ) from error
    except OSError as error:
        raise CannotListen(_why(error, host, port)) from error


def _why(error: OSError, host: str, port: int) -> str:
    other = port + 1 if 1024 <= port < 65535 else 8000
    if error.errno == errno.EADDRINUSE:
        return (
            f"port {port} is in use on {host}, perhaps by another Daybreak. Try: PORT={other} script/server"
        )
    if error.errno == errno.EACCES:
        return f"port {port} is not for this user: below 1024 needs special rights. Try: PORT={other} script/server"
    if error.errno == errno.EADDRNOTAVAIL:
        return f"{host} is not an address of this machine. Try: --host 127.0.0.1"
    return f"port {port} on {host} cannot be used: {error.strerror}. Try: PORT={other} script/server"
