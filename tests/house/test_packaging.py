"""The numeric core installs and works without Django; the wheel carries all that the site reads."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from email.message import Message
from email.parser import Parser
from pathlib import Path

import pytest

from tests.house.plan import ROOT, modules, project

SITE_ONLY = {"django", "granian", "psycopg", "whitenoise", "jinja2", "asgiref", "babel"}


def test_the_core_searches_and_watches_without_django(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "tests" / "house" / "core_alone.py"), str(tmp_path / "generations")],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    *_, alarm, answer = done.stdout.splitlines()
    assert alarm.split() == ["41,1", "0"]
    assert answer.split() == ["1", "00000000-0000-4000-8000-000000000001", "False"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from this checkout without the network."""
    folder = tmp_path_factory.mktemp("wheel")
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return next(folder.glob("*.whl"))


def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return Parser().parsestr(archive.read(name).decode())


def requirements(wheel: Path) -> dict[str, set[str]]:
    """Extra ("" for the core) → names of packages."""
    found: dict[str, set[str]] = {}
    for line in metadata(wheel).get_all("Requires-Dist") or []:
        extra = re.search(r"extra == ['\"]([^'\"]+)['\"]", line)
        name = re.match(r"[A-Za-z0-9._-]+", line)
        assert name is not None, line
        found.setdefault(extra[1] if extra else "", set()).add(name[0].lower())
    return found


def test_the_core_does_not_ask_for_the_site(wheel: Path) -> None:
    needed = requirements(wheel)
    assert needed[""]
    assert needed[""].isdisjoint(SITE_ONLY)
    assert "django" in needed["site"]


def test_the_wheel_carries_code_pages_words_and_data(wheel: Path) -> None:
    inside = names(wheel)
    for path in modules():
        assert str(path.relative_to(ROOT / "src")) in inside, f"{path.name} is missing"
    for folder, place in (("data", "daybreak/_data"), ("content", "daybreak/_content")):
        for path in (ROOT / folder).rglob("*"):
            if path.is_file():
                assert f"{place}/{path.relative_to(ROOT / folder)}" in inside
    for kind in ("templates", "static"):
        for path in (ROOT / "src" / "daybreak").glob(f"*/{kind}/**/*"):
            if path.is_file():
                assert str(path.relative_to(ROOT / "src")) in inside


def test_the_wheel_carries_no_state_and_no_tests(wheel: Path) -> None:
    wrong = [
        name
        for name in names(wheel)
        if re.search(r"\.(db|sqlite3|pyc)$|^(tests|var|bench)/|secret-key", name)
    ]
    assert wrong == []


def test_the_wheel_names_its_licence_and_its_python(wheel: Path) -> None:
    facts = metadata(wheel)
    assert facts["License-Expression"] == "Apache-2.0"
    assert facts["Requires-Python"] == ">=3.11"
    assert any(name.endswith("licenses/LICENSE") for name in names(wheel))


def test_the_lock_pins_what_the_project_asks_for() -> None:
    asked = project()["project"]
    extras = asked["optional-dependencies"]
    for lock, wanted in (
        ("requirements.lock", asked["dependencies"] + extras["site"] + extras["build"]),
        (
            "requirements-test.lock",
            asked["dependencies"] + [line for extra in extras.values() for line in extra],
        ),
    ):
        pinned = set(re.findall(r"^([a-z0-9._-]+)==", (ROOT / lock).read_text(), re.MULTILINE))
        needed = {re.split(r"[\[<>=~! ;]", line)[0].lower() for line in wanted}
        assert needed - pinned == set(), f"{lock} lacks packages"


def test_both_locks_pin_the_same_versions() -> None:
    pins = [
        dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", (ROOT / lock).read_text(), re.MULTILINE))
        for lock in ("requirements.lock", "requirements-test.lock")
    ]
    assert pins[0]
    assert {name: pins[1].get(name) for name in pins[0]} == pins[0]
