"""Due feeds are refreshed beside the server, which neither waits for that nor dies of it."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from daybreak.config.refreshes import refreshes_every

APPEND = "import sys; open(sys.argv[1], 'a').write('x'); sys.exit(1)"
STAY = "import sys, time; open(sys.argv[1], 'a').write('x'); time.sleep(60)"


def wait_for(path: Path, length: int) -> bool:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if path.exists() and len(path.read_text()) >= length:
            return True
        time.sleep(0.02)
    return False


def test_it_runs_again_and_again_though_every_child_fails(tmp_path: Path) -> None:
    marks = tmp_path / "marks"
    with refreshes_every(0.05, command=(sys.executable, "-c", APPEND, str(marks))):
        assert wait_for(marks, 2)
    seen = len(marks.read_text())
    time.sleep(0.2)
    assert len(marks.read_text()) == seen


def test_a_child_that_is_busy_is_ended_with_the_server_and_is_never_doubled(tmp_path: Path) -> None:
    marks = tmp_path / "marks"
    with refreshes_every(0.05, command=(sys.executable, "-c", STAY, str(marks))):
        assert wait_for(marks, 1)
        time.sleep(0.3)
        began = time.monotonic()
    assert time.monotonic() - began < 4
    assert marks.read_text() == "x"


def test_a_command_that_is_not_there_is_told_and_tried_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with refreshes_every(0.05, command=(str(tmp_path / "nowhere"),)):
        time.sleep(0.3)
    assert caplog.text.count("could not be refreshed") >= 2


def test_nothing_runs_where_it_is_switched_off(tmp_path: Path) -> None:
    marks = tmp_path / "marks"
    with refreshes_every(0, command=(sys.executable, "-c", APPEND, str(marks))):
        time.sleep(0.2)
    assert not marks.exists()
