"""Imports and foreign keys point down; doors open in one direction; the numeric core stands alone."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models, router

from tests.house.plan import DOORS, NUMERIC, ROOT, SOURCE, dotted, floors, imports, modules, rooms

RANK = {door: rank for rank, doors in enumerate(DOORS) for door in doors}

# What every room may have beside its doors.
EVERYWHERE = {"__init__", "apps", "migrations", "jinja2", "static"}

# Files that are no door, and why there is none for them. A new line here needs a decision record.
OTHER_FILES = {
    "accounts/adapters": "how django-allauth behaves here; it names them in settings and calls them",
    "accounts/guard": "asks who is there before a view runs; views of every room above use it",
    "accounts/middleware": "session, person, locks and layout, which Django calls around views of the desk",
    "accounts/viewers": "turns a person into the viewer that every query of the rooms above takes",
    "accounts/waiting": "a registry that rooms above fill, since this room may not import them",
    "directory/publication": "derives the finder's index from the database; writes files, no rows",
    "directory/published": "holds the generation in force for this process",
    "publishing/lexington": "invents the rows of the demonstration from a seed; rules draw no lots",
    "publishing/printing": "prints a brief as page, Markdown or PDF, for views and for the command alike",
    "public/jinja": "the template environment that settings name",
    "public/middleware": "headers, compression and error pages, which Django calls around views",
    "public/speech": "the two languages of the pages, which forms, queries and templates speak",
    "public/warmth": "draws pages before a worker is called ready",
}
# config puts the house together, vocabulary is everybody's words, the numeric libraries have their own plan.
WITHOUT_DOORS = {"config", "vocabulary", *NUMERIC}


def test_the_linter_finds_no_import_that_points_up() -> None:
    done = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]


def test_every_room_stands_on_a_floor() -> None:
    assert {room.name for room in rooms()} <= set(floors())


def test_the_floors_are_those_of_the_plan() -> None:
    level = floors()
    down = [
        "config",
        "publishing",
        "intake",
        "events",
        "directory",
        "accounts",
        "audit",
        "vocabulary",
        "finder",
    ]
    assert [level[room] for room in down] == sorted((level[room] for room in down), reverse=True)
    for strangers in (("intake", "alerts", "response"), ("events", "referrals", "public"),
                      ("directory", "releases"), ("audit", "outbox", "dropbox"), ("surge", "finder")):  # fmt: skip
        assert len({level[room] for room in strangers}) == 1


def keys() -> Iterator[tuple[type[models.Model], models.Field, type[models.Model]]]:
    """Every foreign key and many-to-many of the house's own models."""
    for model in apps.get_models(include_auto_created=True):
        if model.__module__.startswith("daybreak."):
            for field in [*model._meta.local_fields, *model._meta.local_many_to_many]:
                if field.related_model is not None:
                    yield model, field, field.related_model


def room_of(model: type[models.Model]) -> str | None:
    parts = model.__module__.split(".")
    return parts[1] if parts[0] == "daybreak" else None


def test_there_are_keys_to_look_at() -> None:
    assert sum(1 for _ in keys()) >= 5


def test_keys_point_to_their_own_room_or_down() -> None:
    wrong = []
    for model, field, target in keys():
        here, there = room_of(model), room_of(target)
        if there is not None and here != there and floors()[str(there)] >= floors()[str(here)]:
            wrong.append(f"{model._meta.label}.{field.name} → {target._meta.label}")
    assert not wrong, "These keys point up or to a stranger: " + ", ".join(wrong)


def test_keys_never_cross_databases() -> None:
    wrong = [
        f"{model._meta.label}.{field.name} → {target._meta.label}"
        for model, field, target in keys()
        if router.db_for_write(model) != router.db_for_write(target)
    ]
    assert not wrong, "These keys cross databases (use the public UUID): " + ", ".join(wrong)


def door(path: Path, room: Path) -> str:
    """The door behind which a file of a room stands."""
    first = path.relative_to(room).parts[0]
    return first.removesuffix(".py")


def door_faults(room: Path) -> Iterator[str]:
    """Imports inside a room that go through a door the wrong way."""
    prefix = f"{dotted(room / '__init__.py')}."
    for path in modules(room):
        here = door(path, room)
        if here not in RANK:
            continue
        for line, name in imports(path):
            there = name.removeprefix(prefix).split(".")[0] if name.startswith(prefix) else here
            if there in RANK and there != here and RANK[there] <= RANK[here]:
                yield f"{path.relative_to(ROOT)}:{line} {here} must not use {there}"


ROOMS_WITH_DOORS = [room for room in rooms() if room.name not in WITHOUT_DOORS]


@pytest.mark.parametrize("room", ROOMS_WITH_DOORS, ids=lambda room: room.name)
def test_doors_open_in_one_direction(room: Path) -> None:
    assert list(door_faults(room)) == []


def test_every_file_stands_behind_a_door() -> None:
    homeless = {
        f"{room.name}/{door(path, room)}"
        for room in ROOMS_WITH_DOORS
        for path in modules(room)
        if door(path, room) not in {*RANK, *EVERYWHERE}
    }
    assert homeless - set(OTHER_FILES) == set(), "which door is theirs? see docs/explanation/the-house.md"
    assert set(OTHER_FILES) - homeless == set(), "these are gone, or have moved: take them off the list"


def test_a_wrong_door_would_be_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test above is only worth something if it can fail."""
    room = tmp_path / "src" / "daybreak" / "porch"
    (room / "rules").mkdir(parents=True)
    (room / "__init__.py").write_text('"""A room."""\n')
    (room / "rules" / "fit.py").write_text("from daybreak.porch import models\n")
    (room / "queries.py").write_text("from daybreak.porch.rules import fit\n")
    monkeypatch.setattr("tests.house.plan.SOURCE", tmp_path / "src" / "daybreak")
    monkeypatch.setattr("tests.house.test_floors.ROOT", tmp_path)
    faults = list(door_faults(room))
    assert len(faults) == 1
    assert "rules must not use models" in faults[0]


def forbidden(names: set[str], words: set[str]) -> list[str]:
    return sorted(name for name in names if name.split(".")[0] in words)


@pytest.mark.parametrize(
    "room", [room for room in rooms() if room.name in NUMERIC], ids=lambda room: room.name
)
def test_numeric_libraries_know_no_django_no_database_no_network(room: Path) -> None:
    strangers = {"django", "sqlite3", "psycopg", "socket", "http", "urllib", "requests", "jinja2"}
    for path in modules(room):
        names = {name for _, name in imports(path)}
        assert forbidden(names, strangers) == [], path.relative_to(ROOT)
        own = {name for name in names if name.startswith("daybreak.")}
        assert all(name.startswith(f"daybreak.{room.name}") for name in own), path.relative_to(ROOT)
        compiled = [name for name in names if name.startswith("numba")]
        assert not compiled or path.name == "_kernels.py" or path.parent.name == "_kernels", (
            f"{path.relative_to(ROOT)} must leave numba to _kernels"
        )


def test_rules_know_no_django_no_clock_no_network() -> None:
    strangers = {"django", "socket", "sqlite3", "psycopg", "subprocess", "urllib", "http", "time", "random"}
    for room, path in product(rooms(), SOURCE.rglob("*.py")):
        if room in path.parents and door(path, room) == "rules" and room.name not in WITHOUT_DOORS:
            assert forbidden({name for _, name in imports(path)}, strangers) == [], path.relative_to(ROOT)
