"""The console command says what it can do, and its exit codes can be trusted."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.site import COMMAND, environment


def daybreak(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the installed command as a person would, with a home of its own."""
    return subprocess.run(
        [str(COMMAND), *arguments],
        env=environment(home),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("asked", [["--help"], ["-h"], []])
def test_help_lists_the_sub_commands(tmp_path: Path, asked: list[str]) -> None:
    done = daybreak(tmp_path, *asked)
    assert done.returncode == 0
    for name in ("set-up", "serve", "load", "publish", "find"):
        assert f"\n  {name} " in done.stdout


@pytest.mark.parametrize("name", ["set-up", "serve", "load", "publish", "find"])
def test_each_sub_command_explains_itself(tmp_path: Path, name: str) -> None:
    done = daybreak(tmp_path, name, "--help")
    assert done.returncode == 0, done.stderr
    assert "usage: daybreak" in done.stdout


def test_an_unknown_sub_command_is_wrong_use(tmp_path: Path) -> None:
    done = daybreak(tmp_path, "fnid")
    assert done.returncode == 2
    assert "there is no sub-command 'fnid'" in done.stderr


def test_an_unknown_option_is_wrong_use(tmp_path: Path) -> None:
    done = daybreak(tmp_path, "find", "--nonsense")
    assert done.returncode == 2
    assert "--nonsense" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_search_before_the_set_up_says_what_to_do(tmp_path: Path) -> None:
    done = daybreak(tmp_path, "find", "--need", "detox", "--json")
    assert done.returncode not in {0, 2}
    assert "Traceback" not in done.stderr
    assert "daybreak" in done.stderr


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("DAYBREAK_WORKERS", "many"),
        ("DAYBREAK_PAGE_SIZE", "0"),
        ("DATABASE_URL", "mysql://root@localhost/x"),
    ],
)
def test_a_setting_that_cannot_be_used_stops_with_a_sentence(
    tmp_path: Path, setting: str, value: str
) -> None:
    done = subprocess.run(
        [str(COMMAND), "check"],
        env=environment(tmp_path, {setting: value}),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 1
    assert setting in done.stderr
    assert "must" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_command_can_be_run_as_a_module(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "daybreak.config.command", "--version"],
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0
    assert done.stdout.startswith("daybreak ")


def test_a_second_server_on_one_port_is_refused_at_once(tmp_path: Path) -> None:
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        done = daybreak(tmp_path, "serve", "--port", str(port))
    assert done.returncode == 1
    assert f"port {port} is in use" in done.stderr
    assert "Try: PORT=" in done.stderr
    assert "Traceback" not in done.stderr
    assert "Preparing" not in done.stdout, "nobody waits for a set-up in vain"


def test_an_address_of_another_machine_cannot_be_listened_on(tmp_path: Path) -> None:
    done = daybreak(tmp_path, "serve", "--host", "192.0.2.1", "--port", "18000")
    assert done.returncode == 1
    assert "192.0.2.1 is not an address of this machine" in done.stderr
    assert "Traceback" not in done.stderr


def test_what_the_command_writes_is_closed_to_others(tmp_path: Path) -> None:
    home = tmp_path / "new" / "home"
    done = daybreak(home, "migrate")
    assert done.returncode == 0, done.stderr
    made = [home, *home.rglob("*")]
    assert home / "daybreak.db" in made
    assert [path for path in made if path.stat().st_mode & 0o077] == []
