"""Migrations are one line for each room, match the models, and lead back down again."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.db.migrations.loader import MigrationLoader

from tests.house.plan import ROOT

OWN = sorted(config.label for config in apps.get_app_configs() if config.name.startswith("daybreak."))


@pytest.fixture(scope="module")
def loader() -> MigrationLoader:
    """Every migration on disk; no database is asked."""
    return MigrationLoader(None, ignore_no_migrations=True)


def with_migrations(loader: MigrationLoader) -> list[str]:
    return [label for label in OWN if any(app == label for app, _ in loader.disk_migrations)]


def test_the_house_has_rooms_with_migrations(loader: MigrationLoader) -> None:
    assert {"accounts", "audit", "directory"} <= set(with_migrations(loader))


def test_each_room_has_one_last_migration(loader: MigrationLoader) -> None:
    for label in with_migrations(loader):
        leaves = [name for _, name in loader.graph.leaf_nodes(label)]
        assert len(leaves) == 1, f"{label} has {len(leaves)} last migrations: {leaves}"


def test_each_migration_follows_one_other(loader: MigrationLoader) -> None:
    for (label, name), migration in loader.disk_migrations.items():
        if label in OWN:
            before = [parent for app, parent in migration.dependencies if app == label]
            assert len(before) == (0 if name.startswith("0001") else 1), f"{label}.{name} follows {before}"
            assert not migration.replaces, f"{label}.{name} squashes: keep the line simple"


def test_each_migration_can_be_undone_or_says_why_not(loader: MigrationLoader) -> None:
    for (label, name), migration in loader.disk_migrations.items():
        if label in OWN:
            declared = getattr(sys.modules[type(migration).__module__], "IRREVERSIBLE", "")
            stuck = [type(step).__name__ for step in migration.operations if not step.reversible]
            assert not stuck or declared, f'{label}.{name}: {stuck} need a reverse, or IRREVERSIBLE = "why"'


DOWN = """
import sys, django
from django.core.management import call_command
django.setup()
for label in sys.argv[1:]:
    call_command("migrate", label, "zero", interactive=False, verbosity=0)
"""


def django(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """One of Django's commands on an embedded database of its own."""
    return python(home, "-m", "django", *arguments)


def python(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Python with the settings of an installation of its own."""
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    environment |= {"DAYBREAK_HOME": str(home), "DJANGO_SETTINGS_MODULE": "daybreak.config.settings"}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def test_models_and_migrations_agree(tmp_path: Path) -> None:
    done = django(tmp_path, "makemigrations", "--check", "--dry-run")
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_database_goes_up_and_down_and_up_again(tmp_path: Path, loader: MigrationLoader) -> None:
    up = django(tmp_path, "migrate", "--no-input")
    assert up.returncode == 0, up.stderr
    # A room goes down together with the rooms above it, so "zero" for the lowest takes all of them.
    down = python(tmp_path, "-c", DOWN, *with_migrations(loader))
    assert down.returncode == 0, down.stderr
    left = django(tmp_path, "showmigrations", "--plan")
    own = [line for line in left.stdout.splitlines() if line.split()[-1].split(".")[0] in OWN]
    assert own
    assert all(line.startswith("[ ]") for line in own), left.stdout
    again = django(tmp_path, "migrate", "--no-input")
    assert again.returncode == 0, again.stderr
