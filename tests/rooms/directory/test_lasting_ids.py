"""A link to a place works after the directory is loaded afresh: ids follow from what they name (decision 6)."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest

from daybreak.directory.models import Location, Organization, Program, Service, Source
from tests.rooms.directory.sheets import load, place, samhsa
from tests.rooms.directory.test_hsds_round_trip import emptied

pytestmark = pytest.mark.django_db
ROWS = (
    place(),
    place(Name2="Men", Keys="SA/OP/ADLT/"),
    place(Name2="Men", Keys="SA/RES/ADLT/"),  # the same name, and it says something else: another service
    place(Name1="Oasis", Name2="", Address1="9 Elm Street"),
)


def ids() -> dict[str, set[UUID]]:
    return {
        model.__name__: set(model._default_manager.values_list("id", flat=True))
        for model in (Location, Organization, Program, Service)
    }


def test_a_directory_that_is_loaded_afresh_has_the_same_ids(tmp_path: Path) -> None:
    load(tmp_path, samhsa(*ROWS))
    first = ids()
    assert {name: len(found) for name, found in first.items()} == {
        "Location": 2, "Organization": 2, "Program": 2, "Service": 4,
    }  # fmt: skip
    assert {found.version for group in first.values() for found in group} == {5}
    emptied()
    load(tmp_path, samhsa(*ROWS))
    assert ids() == first


def test_a_place_has_its_id_whatever_was_loaded_before(tmp_path: Path) -> None:
    load(tmp_path, samhsa(ROWS[3], ROWS[0]))
    first = {place.name: place.id for place in Location.objects.all()}
    emptied()
    load(tmp_path, samhsa(ROWS[0]), edition=2012)
    load(tmp_path, samhsa(ROWS[0], ROWS[3]))
    assert {place.name: place.id for place in Location.objects.all()} == first


def test_an_id_that_another_row_has_still_is_never_given_twice(tmp_path: Path) -> None:
    load(tmp_path, samhsa(ROWS[3]))
    held = Location.objects.get()
    Location.objects.update(match_key="renamed", name="Renamed")
    Source.objects.update(slug="another-list", family="another-list")
    load(tmp_path, samhsa(ROWS[3]))
    assert Location.objects.count() == 2
    assert Location.objects.get(match_key="renamed").id == held.id
