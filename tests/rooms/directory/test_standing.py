"""What several sources said at different times: which of it stands."""

from __future__ import annotations

import itertools
from datetime import date

from daybreak.directory.rules.standing import Edition, Said, standing_facts, standing_sources

EDITIONS = {
    "directory-2012": Edition("directory-2012", "directory", date(2012, 12, 31)),
    "directory-2015": Edition("directory-2015", "directory", date(2015, 12, 31)),
    "survey-2015": Edition("survey-2015", "survey", date(2015, 12, 31)),
    "list-2022": Edition("list-2022", "list", date(2022, 4, 25)),
}


def test_a_newer_edition_replaces_the_older_one_of_the_same_directory() -> None:
    standing = standing_sources(["directory-2012", "directory-2015"], EDITIONS)
    assert standing == {"directory-2015"}
    facts = standing_facts([Said("methadone", True, "directory-2012")], standing, EDITIONS)
    assert facts == {}, "what the newer edition no longer says is not stated any more"


def test_an_older_edition_stands_where_no_newer_one_has_the_service() -> None:
    assert standing_sources(["directory-2012"], EDITIONS) == {"directory-2012"}


def test_different_lists_stand_side_by_side() -> None:
    standing = standing_sources(["directory-2015", "list-2022"], EDITIONS)
    facts = standing_facts(
        [Said("medicaid", True, "directory-2015"), Said("methadone", True, "list-2022")], standing, EDITIONS
    )
    assert {need: fact.source for need, fact in facts.items()} == {
        "medicaid": "directory-2015",
        "methadone": "list-2022",
    }


def test_the_newest_word_stands() -> None:
    standing = frozenset(EDITIONS)
    said = [Said("methadone", False, "survey-2015"), Said("methadone", True, "list-2022")]
    for order in (said, said[::-1]):
        assert standing_facts(order, standing, EDITIONS)["methadone"].answer is True


def test_where_words_of_one_day_contradict_each_other_none_stands() -> None:
    standing = frozenset(EDITIONS)
    said = [Said("pregnant", True, "directory-2015"), Said("pregnant", False, "survey-2015")]
    for order in (said, said[::-1]):
        assert standing_facts(order, standing, EDITIONS) == {}


def test_a_newer_word_ends_a_contradiction() -> None:
    standing = frozenset(EDITIONS)
    said = [
        Said("pregnant", True, "directory-2015"),
        Said("pregnant", False, "survey-2015"),
        Said("pregnant", True, "list-2022"),
    ]
    for order in itertools.permutations(said):
        assert standing_facts(order, standing, EDITIONS)["pregnant"].source == "list-2022"
