"""A port is taken by one server only, and whoever comes second is told what to do."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from daybreak.config.listening import CannotListen, must_be_free


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which somebody listens the way our server does: ready to share."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_port_that_is_in_use_is_refused_with_another_to_try(taken: int, host: str) -> None:
    with pytest.raises(CannotListen, match=rf"port {taken} is in use on {host}.*Try: PORT=\d+ script/server"):
        must_be_free(host, taken)


def test_looking_leaves_a_free_port_free() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        port = other.getsockname()[1]
    must_be_free("127.0.0.1", port)
    with socket.socket() as server:
        server.bind(("127.0.0.1", port))
        server.listen()
        assert server.getsockname()[1] == port
        with pytest.raises(CannotListen):
            must_be_free("127.0.0.1", port)
