"""Substances are rows; a text names one of them, or is said not to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybreak.vocabulary import files
from daybreak.vocabulary.substances import (
    NotRecognised,
    Recognised,
    ancestors,
    by_nibrs,
    recognise,
    recognise_all,
    substance,
    substances,
    within,
)


@pytest.mark.parametrize(
    ("text", "slug", "by"),
    [
        ("Heroin", "heroin", "name"),
        ("  HEROIN ", "heroin", "name"),
        ("diacetylmorphine", "heroin", "synonym"),
        ("smack", "heroin", "street-name"),
        ("China Girl", "fentanyl", "street-name"),
        ("tranq", "xylazine", "synonym"),
        ("Xanax", "alprazolam", "synonym"),
        ("9801", "fentanyl", "dea-number"),
        ("9801.0", "fentanyl", "dea-number"),
        ("9041", "cocaine", "dea-number"),
        ("N-pyrrolidino metonitazene", "metonitazepyne", "name"),
        ("Percocet", "oxycodone", "synonym"),
        ("Marijuana", "cannabis", "synonym"),
    ],
)
def test_a_text_names_a_substance(text: str, slug: str, by: str) -> None:
    assert recognise(text) == Recognised(slug, by)


@pytest.mark.parametrize("text", ["", "H", "moon dust", "heroine chic", "0000", "X", "other"])
def test_what_is_not_known_is_never_turned_into_other(text: str) -> None:
    assert recognise(text) == NotRecognised()


def test_a_street_name_of_several_drugs_is_left_to_a_person() -> None:
    assert recognise("girl") == NotRecognised(("cocaine", "fentanyl", "heroin"))
    assert recognise("China White") == NotRecognised(("fentanyl", "heroin"))


def test_every_nibrs_letter_is_read_only_as_a_letter_of_nibrs() -> None:
    letters = set("ABCDEFGHIJKLMNOPUX")
    assert set(by_nibrs()) == letters
    assert recognise("d", code_list="nibrs") == Recognised("heroin", "nibrs")
    assert recognise("H", code_list="nibrs") == Recognised("other-narcotic", "nibrs")
    assert recognise("Z", code_list="nibrs") == NotRecognised()
    assert all(row.nibrs in letters or row.nibrs == "" for row in substances().values())
    with pytest.raises(ValueError, match="must be"):
        recognise("D", code_list="fbi")


def test_a_cell_with_several_gives_each_once_and_what_is_left() -> None:
    assert recognise_all("Heroin/fentanyl, xylazine and moon dust; HEROIN") == (
        ("heroin", "fentanyl", "xylazine"),
        ("moon dust",),
    )
    assert recognise_all("promethazine with codeine") == (("codeine",), ())
    assert recognise_all("hydrocodone/acetaminophen") == (("hydrocodone",), ())
    assert recognise_all("  ") == ((), ())


@given(st.text(max_size=40))
def test_no_text_breaks_the_reading_and_nothing_of_it_is_lost(text: str) -> None:
    found, lost = recognise_all(text)
    assert set(found) <= set(substances())
    if any(
        letter.isalnum()
        for letter in text.replace("and", "").replace("with", "").replace("y", "").replace("w", "")
    ):
        assert found or lost


def test_xylazine_medetomidine_and_nitazenes_are_rows() -> None:
    for slug in ("xylazine", "medetomidine", "nitazene", "isotonitazene", "carfentanil"):
        assert substance(slug).name
    assert substance("medetomidine").since == 2022
    assert all(row.since_source for row in substances().values() if row.since)


def test_wider_substances_hold_narrower_ones_and_nobody_is_their_own_parent() -> None:
    assert ancestors("carfentanil") == {"fentanyl-analogue", "synthetic-opioid", "opioid"}
    assert {"fentanyl", "isotonitazene", "carfentanil"} <= within("synthetic-opioid")
    assert "xylazine" not in within("opioid")
    assert all(slug not in ancestors(slug) for slug in substances())


def test_an_unknown_slug_is_refused_with_the_cure() -> None:
    with pytest.raises(ValueError, match="Add a row"):
        substance("moon-dust")


def test_street_names_belong_to_substances_of_the_list() -> None:
    rows = files.rows("vocabulary/street_names.csv")
    assert len(rows) > 1000
    assert {row["substance"] for row in rows} <= set(substances())
    assert len({(row["term"], row["substance"]) for row in rows}) == len(rows)
