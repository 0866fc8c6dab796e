"""The scripts answer wrong use with a sentence, and a finished set-up costs next to nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.plan import ROOT


def run(script: Path, *arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(script), *arguments],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout that has the scripts and the pins, and no .venv yet."""
    folder = tmp_path / "checkout"
    (folder / "script").mkdir(parents=True)
    shutil.copy2(ROOT / "script" / "bootstrap", folder / "script")
    for pins in ("requirements.lock", "requirements-test.lock", "pyproject.toml"):
        shutil.copy2(ROOT / pins, folder)
    return folder


def stamp(checkout: Path, kind: str) -> None:
    """Make the checkout look as if it had been set up just now."""
    (checkout / ".venv" / "bin").mkdir(parents=True, exist_ok=True)
    python = checkout / ".venv" / "bin" / "python"
    if not python.exists():
        python.symlink_to("/bin/sh")
    pins = [checkout / pins for pins in ("requirements.lock", "requirements-test.lock", "pyproject.toml")]
    text = f"{checkout.resolve()}\n" + "".join(path.read_text() for path in pins)
    (checkout / ".venv" / f"stamp-{kind}").write_text(text)


def old_python(tmp_path: Path) -> Path:
    """A stand-in for a Python that is too old: it answers every question with no."""
    fake = tmp_path / "python3.9"
    fake.write_text('#!/bin/sh\n[ "$1" = -V ] && echo "Python 3.9.2" && exit 0\nexit 1\n')
    fake.chmod(0o755)
    return fake


def without_venv(tmp_path: Path) -> Path:
    """A stand-in for Debian's Python without the package python3-venv."""
    fake = tmp_path / "python3.11"
    fake.write_text('#!/bin/sh\ncase "$2" in *ensurepip*) exit 1 ;; esac\nexit 0\n')
    fake.chmod(0o755)
    return fake


@pytest.mark.parametrize("kind", ["site", "test"])
def test_a_second_set_up_takes_no_time(checkout: Path, kind: str) -> None:
    stamp(checkout, kind)
    done = run(checkout / "script" / "bootstrap", kind, cwd=Path("/"))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_an_environment_for_tests_also_serves_the_site(checkout: Path) -> None:
    stamp(checkout, "test")
    assert run(checkout / "script" / "bootstrap", cwd=checkout).returncode == 0


def test_an_environment_for_the_site_does_not_pass_for_tests(checkout: Path, tmp_path: Path) -> None:
    stamp(checkout, "site")
    done = run(checkout / "script" / "bootstrap", "test", cwd=checkout, PYTHON=str(old_python(tmp_path)))
    assert done.returncode == 1


@pytest.mark.parametrize("changed", ["requirements.lock", "requirements-test.lock", "pyproject.toml"])
def test_a_changed_pin_calls_for_a_new_set_up(checkout: Path, tmp_path: Path, changed: str) -> None:
    stamp(checkout, "site")
    with (checkout / changed).open("a") as file:
        file.write("\n# changed\n")
    done = run(checkout / "script" / "bootstrap", cwd=checkout, PYTHON=str(old_python(tmp_path)))
    assert done.returncode == 1
    assert "3.11 or newer" in done.stderr


def test_a_moved_checkout_calls_for_a_new_set_up(checkout: Path, tmp_path: Path) -> None:
    stamp(checkout, "site")
    moved = checkout.rename(tmp_path / "moved")
    done = run(moved / "script" / "bootstrap", cwd=moved, PYTHON=str(old_python(tmp_path)))
    assert done.returncode == 1


def test_an_old_python_is_refused_with_its_version(checkout: Path, tmp_path: Path) -> None:
    done = run(checkout / "script" / "bootstrap", cwd=checkout, PYTHON=str(old_python(tmp_path)))
    assert done.returncode == 1
    assert "must be 3.11 or newer, got Python 3.9.2" in done.stderr
    assert not (checkout / ".venv").exists()


def test_a_python_without_venv_is_refused_with_the_cure(checkout: Path, tmp_path: Path) -> None:
    done = run(checkout / "script" / "bootstrap", cwd=checkout, PYTHON=str(without_venv(tmp_path)))
    assert done.returncode == 1
    assert "apt-get install python3-venv" in done.stderr


def test_no_python_at_all_is_told(checkout: Path) -> None:
    done = run(checkout / "script" / "bootstrap", cwd=checkout, PYTHON="no-such-python")
    assert done.returncode == 1
    assert "found no 'no-such-python'" in done.stderr


def test_an_unknown_kind_is_refused(checkout: Path) -> None:
    done = run(checkout / "script" / "bootstrap", "everything", cwd=checkout)
    assert done.returncode == 2
    assert "must be 'site' or 'test', got 'everything'" in done.stderr


@pytest.mark.parametrize("module", ["tests.postgres"])
def test_wrong_use_of_a_test_tool_is_told(module: str) -> None:
    done = run(Path(sys.executable), "-m", module, "--nonsense", cwd=ROOT)
    assert done.returncode == 2
    assert "usage: python -m tests.postgres -- COMMAND" in done.stderr


def test_continuous_integration_calls_the_same_scripts() -> None:
    lines = (ROOT / ".ci" / "run").read_text().splitlines()
    assert lines[0] == "#!/usr/bin/env bash"
    assert lines[-2:] == ["script/check", "script/test"]
    assert "export CI=true" in lines
