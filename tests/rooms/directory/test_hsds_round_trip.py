"""Out of one installation and into an empty one: what that one then exports is the same, byte for byte."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import ProtectedError

from daybreak.directory.actions import load_hsds
from daybreak.directory.actions.exporting import export_hsds
from daybreak.directory.actions.matching import find_matches
from daybreak.directory.models import Match, Phone, Service
from daybreak.directory.queries import PublishedListing, published_listings
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


def shown() -> list[PublishedListing]:
    """The listings as pages show them; the ids of places that were folded into one stay behind."""
    found = list(published_listings(at=LATER))
    for listing in found:
        listing.also, listing.also_called = [], []
    return found


def test_places_that_are_one_arrive_as_one_and_are_shown_the_same(tmp_path: Path) -> None:
    older = place(Name1="Hope Ctr Inc", Contact="(859)555-0100", Keys="SA/OP/")
    newer = place(Name1="Hope Center", Name2="", Contact="(859)555-0100 (859)555-0199", Keys="SA/OIT/NMOA/")
    load(tmp_path, samhsa(older), edition=2012)
    load(tmp_path, samhsa(newer, place(Name1="Oasis", Address1="9 Elm Street", Contact="")), edition=2015)
    find_matches(by="test", at=AT)
    Match.objects.update(state="same", decided_by="test")
    assert Match.objects.count() == 1
    before = shown()
    assert len(before) == 2
    export_hsds(by="test", at=LATER, folder=tmp_path / "first")
    emptied()
    load_hsds(by="test", at=AT, path=tmp_path / "first")
    assert shown() == before
    export_hsds(by="test", at=LATER, folder=tmp_path / "second")
    assert files(tmp_path / "second") == files(tmp_path / "first")
