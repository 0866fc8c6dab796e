"""Tests cannot leave this machine and cannot touch anybody's data."""

from __future__ import annotations

import os
import socket
import tempfile
import urllib.request
from pathlib import Path

import pytest
from django.conf import settings

from tests.isolation import NetworkIsCutError, is_loopback


# 192.0.2.0/24 and .invalid are reserved for documentation: they lead nowhere even without the cut.
def test_a_connection_to_another_host_is_refused() -> None:
    with socket.socket() as stranger, pytest.raises(NetworkIsCutError, match=r"192\.0\.2\.1"):
        stranger.connect(("192.0.2.1", 80))


def test_a_connection_attempt_that_reports_codes_is_refused() -> None:
    with socket.socket() as stranger, pytest.raises(NetworkIsCutError):
        stranger.connect_ex(("192.0.2.1", 80))


def test_a_datagram_to_another_host_is_refused() -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as stranger, pytest.raises(NetworkIsCutError):
        stranger.sendto(b"hello", ("192.0.2.1", 53))


def test_a_name_is_never_looked_up() -> None:
    with pytest.raises(NetworkIsCutError, match=r"example\.invalid"):
        socket.getaddrinfo("example.invalid", 443)


def test_a_library_meets_the_same_wall() -> None:
    with pytest.raises(NetworkIsCutError):
        urllib.request.urlopen("http://example.invalid/", timeout=1)


def test_this_machine_can_be_reached() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname(), timeout=2) as client,
    ):
        client.sendall(b"x")
        accepted, _ = server.accept()
        with accepted:
            assert accepted.recv(1) == b"x"


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("localhost", True), (b"localhost", True),
        ("", True), (None, True),
        ("0.0.0.0", False), ("10.0.0.1", False), ("169.254.169.254", False), ("localhost.example.org", False),
        ("2001:db8::1", False), ("fe80::1%eth0", False),
    ],
)  # fmt: skip
def test_loopback_is_told_from_elsewhere(host: object, expected: bool) -> None:
    assert is_loopback(host) is expected


def test_the_run_has_a_home_of_its_own() -> None:
    home = Path(os.environ["DAYBREAK_HOME"])
    assert Path(tempfile.gettempdir()).resolve() in home.resolve().parents
    assert Path(settings.HOME) == home.resolve()


def test_the_database_is_a_test_database() -> None:
    for alias, database in settings.DATABASES.items():
        if database["ENGINE"].endswith("sqlite3"):
            name = str(database["NAME"])  # Django's own test run may have put it into memory by now
            in_home = Path(settings.HOME) in Path(name).parents
            assert in_home or "mode=memory" in name, f"{alias} lies outside of the test home"
        else:
            assert os.environ.get("DAYBREAK_TEST_ENGINE") == "postgresql", f"{alias} is not the test cluster"
