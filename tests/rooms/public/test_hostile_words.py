"""Words that were chosen to do harm are answered like any others, and cost no more."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from xml.etree import ElementTree as Xml

import pytest
from django.test import Client

from daybreak.directory.queries.hsds_carrying import Carrying
from daybreak.directory.queries.hsds_selection import Conditions, Selection

client = Client()


def found(search: str, kind: str = "services") -> list[str]:
    selected: list[str] = getattr(Selection(), kind)(Conditions(search=search))
    return selected


@pytest.mark.parametrize("kind", ["services", "service_at_locations", "organizations"])
def test_a_word_that_begins_another_one_or_is_said_again_changes_nothing(town: Any, kind: str) -> None:
    for once in ("detox", "limestone", "lexington detox", "river 40507", "nothing"):
        again = f"{once} {once[:1]} {once} {once[:3]} {once.upper()}"
        assert found(again, kind) == found(once, kind)
    assert len(found("detox")) == 4
    assert found("detox nothing") == []


@pytest.mark.parametrize("search", ["d " * 249, "nothing " + " ".join(f"x{n}" for n in range(120))])
def test_the_terms_are_asked_for_once_however_many_words_there_are(
    town: Any, search: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    original = Carrying.any_of

    def counted(self: Carrying, term_ids: Collection[str]) -> set[str]:
        asked.append(len(term_ids))
        return original(self, term_ids)

    monkeypatch.setattr(Carrying, "any_of", counted)
    found(search)
    assert len(asked) <= 1


@pytest.mark.parametrize(
    "mark", ["%01", "%08", "%7F", "%EF%BF%BE", "%EF%BF%BF", "%E2%80%AE", "%3C!--", "]]%3E"]
)
def test_no_mark_in_a_search_makes_its_feed_unreadable(town: Any, mark: str) -> None:
    for prefix in ("", "/es"):
        answer = client.get(f"{prefix}/find.atom?near=40507&name=lime{mark}stone", HTTP_HOST="localhost")
        assert answer.status_code == 200
        Xml.fromstring(answer.content)
