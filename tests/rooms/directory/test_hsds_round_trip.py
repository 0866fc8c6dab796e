"""Out of one installation and into an empty one: what that one then exports is the same, byte for byte."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import ProtectedError

from daybreak.directory.actions import load_hsds
from daybreak.directory.actions.exporting import export_hsds
from daybreak.directory.models import Phone, Service
from tests.rooms.directory.sheets import AT, HOPE, LATER, load, place, samhsa

pytestmark = pytest.mark.django_db


def emptied() -> None:
    """An installation without any directory; rows that others point to go last."""
    models = list(apps.get_app_config("directory").get_models())
    for _ in range(len(models)):
        for model in models:
            with suppress(ProtectedError):  # its keepers go in this round, it goes in the next
                model._default_manager.all().delete()
    assert not any(model._default_manager.exists() for model in models)


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_an_export_loaded_into_an_empty_installation_goes_out_the_same(tmp_path: Path) -> None:
    rows = (
        place(Contact="(859)252-2002x12 Intake: (859)252-2019", Keys=HOPE["Keys"] + "NMOA/SP/AH/"),
        place(Name2="Men", Keys="SA/OP/ADLT/"),
        place(Name1="Oasis", Address1="", Contact=""),
    )
    load(tmp_path, samhsa(*rows))
    Phone.objects.filter(kind="intake").update(extension="12a")
    Service.objects.filter(name="Men").update(
        status="temporarily closed", alert="Until May.", url="www.example.org"
    )
    export_hsds(by="test", at=LATER, folder=tmp_path / "first")
    emptied()
    books = load_hsds(by="test", at=AT, path=tmp_path / "first")
    assert (books.quarantined, Service.objects.count()) == (0, 3)
    export_hsds(by="test", at=LATER, folder=tmp_path / "second")
    assert files(tmp_path / "second") == files(tmp_path / "first")
