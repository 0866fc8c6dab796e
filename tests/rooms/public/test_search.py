"""Searches over the small directory, each worked out by hand."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.http import QueryDict

from daybreak.directory.publication import publish_index
from daybreak.public.forms import BadQuestion, Question, read_question
from daybreak.public.queries import listing, results
from daybreak.public.queries.shapes import Results

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)


def ask(language: str = "en", **given: Any) -> Results:
    return results(Question(**given), language=language, at=AT)


def names(found: Results) -> list[str]:
    return [card.name for card in found.cards]


def near(found: Results) -> dict[tuple[str, str, str], int]:
    return {(line.kind, line.change, line.label): line.more for line in found.near}


def test_one_service_must_meet_every_condition(town: Any) -> None:
    assert names(ask(near="40507", needs=("detox", "medicaid"))) == ["Limestone House"]
    assert names(ask(near="40507", needs=("detox", "free"))) == [], "detox and no fee are two services"


def test_needs_of_one_group_are_alternatives(town: Any) -> None:
    found = ask(near="40507", needs=("detox", "residential"))
    assert set(names(found)) == {"Limestone House", "Riverside", "Hilltop"}


def test_an_exclusion_leaves_out_only_a_stated_yes(town: Any) -> None:
    found = ask(near="40507", needs=("detox",), excluded=("methadone",))
    assert names(found) == ["Limestone House"]
    assert near(found)["excluded", "drop", "Methadone"] == 1


def test_a_fresh_listing_goes_before_an_old_one_that_is_nearer(town: Any) -> None:
    assert names(ask(near="40507", needs=("detox",))) == ["Riverside", "Limestone House"]


def test_near_misses_say_how_many_more(town: Any) -> None:
    found = near(ask(near="40507", needs=("detox", "medicaid")))
    assert found["condition", "drop", "Medicaid"] == 1
    assert found["condition", "admit-unstated", "Medicaid"] == 1
    assert found["condition", "drop", "Detox"] == 1
    assert found["place", "radius", "40507 (Lexington, KY)"] == 1


def test_what_is_not_stated_comes_last_and_is_labelled_ask(town: Any) -> None:
    found = ask(near="40507", needs=("detox", "medicaid"), ask=("payment",))
    assert names(found) == ["Limestone House", "Riverside"]
    assert found.asked_total == 1
    assert {fact.need: fact.answer for fact in found.cards[1].facts}["medicaid"] == "ask"


def test_a_stated_no_never_passes_as_not_stated(town: Any) -> None:
    found = names(ask(near="40507", needs=("pregnant",), ask=("all",)))
    assert set(found) == {"Limestone House", "Riverside"}, "Hilltop says no"


def test_facets_lift_their_own_group(town: Any) -> None:
    found = ask(near="40507", needs=("detox", "medicaid"))
    counts = {option.need: option.listings for facet in found.facets for option in facet.options}
    assert counts["detox"] == 1
    assert counts["residential"] == 1, "with the kind of help lifted, Hilltop takes Medicaid"
    assert counts["medicaid"] == 1


def test_an_old_number_is_no_action_and_a_confirmed_one_is(town: Any) -> None:
    cards = {card.name: card for card in ask(near="40507", needs=("detox",)).cards}
    assert cards["Limestone House"].call is None
    assert cards["Limestone House"].helpline.href == "tel:18338594357"
    call = cards["Riverside"].call
    assert call is not None
    assert call.href == "tel:+18595550102"


def test_an_old_number_shows_its_year_on_its_own_page(town: Any) -> None:
    view = listing(town.ids["Limestone House"], language="en", at=AT)
    assert view is not None
    assert [(number.shown, number.year, number.href) for number in view.numbers] == [
        ("859-555-0101", 2015, "")
    ]


def test_a_number_goes_stale_after_a_year(town: Any) -> None:
    later = datetime(2027, 9, 2, 12, tzinfo=UTC)
    view = listing(town.ids["Riverside"], language="en", at=later)
    assert view is not None
    assert view.call is None


def test_outside_kentucky_the_line_is_988(town: Any) -> None:
    card = next(card for card in ask(near="OH").cards)
    assert card.helpline.href == "tel:988"


def test_what_is_not_published_is_nowhere(town: Any) -> None:
    assert "Hidden" not in names(ask(near="anywhere"))
    assert listing(town.ids["Hidden"], language="en", at=AT) is None


def test_words_become_needs_with_what_was_said(town: Any) -> None:
    found = ask(text="detox for heroin near 40507, has Medicaid")
    assert names(found) == ["Limestone House"]
    assert {chip.label for chip in found.chips} == {"Detox", "Medicaid"}


def test_a_chip_can_be_removed_alone(town: Any) -> None:
    found = ask(text="detox, medicaid", near="40507")
    chip = next(chip for chip in found.chips if chip.label == "Medicaid")
    again = read_question(QueryDict(chip.remove_url.partition("?")[2]))
    assert again.needs == ("detox",)
    assert again.text == ""
    assert again.near == "40507"


def test_a_shared_county_name_is_asked_for(town: Any) -> None:
    found = ask(near="Fayette County", needs=("detox",))
    assert found.state == "ask-place"
    assert found.choices[0].label == "Fayette County, Kentucky"
    again = read_question(QueryDict(found.choices[0].url.partition("?")[2]))
    assert names(results(again, language="en", at=AT)) == ["Riverside", "Limestone House", "Far Away"]


def test_a_name_finds_a_place_where_the_words_are_no_need(town: Any) -> None:
    assert names(ask(text="limestone")) == ["Limestone House"]


def test_a_name_of_everyday_words_is_found_too(town: Any) -> None:
    assert names(ask(text="Far Away")) == ["Far Away"]
    assert ask(text="please help me").total == 5 - 1, "no listing has this name: all of Kentucky"


def test_spanish_speaks_spanish(town: Any) -> None:
    found = ask("es", near="40507", needs=("detox",))
    assert found.chips[0].label == "Desintoxicación"
    assert found.cards[0].url.startswith("/es/place/")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("need=nosuch", "need"),
        ("not=nosuch", "not"),
        ("page=0", "page"),
        ("page=x", "page"),
        ("radius=-5", "radius"),
        ("radius=501", "radius"),
        ("radius=1e3", "radius"),
        ("ask=nosuch", "ask"),
        ("q=" + "a" * 501, "q"),
        ("near=%00", "near"),
    ],
)
def test_a_wrong_value_is_named(query: str, field: str) -> None:
    with pytest.raises(BadQuestion) as caught:
        read_question(QueryDict(query))
    assert caught.value.field == field


def test_a_question_reads_back_as_it_was_written() -> None:
    question = Question(
        near="40507",
        text="detox",
        needs=("medicaid", "BU"),
        excluded=("methadone",),
        radius=50,
        ask=("care",),
    )
    assert read_question(QueryDict(question.query())) == question


@pytest.mark.parametrize("text", ["detox, lexington", "lexington detox", "detox in Lexington", "detox 40507"])
def test_a_town_said_among_the_words_is_the_place(town: Any, text: str) -> None:
    found = ask(text=text)
    assert found.place_kind in {"town", "zip"}
    assert set(names(found)) == {"Limestone House", "Riverside"}
    assert found.not_understood == ()


def test_a_word_that_is_also_a_small_town_stays_a_word(town: Any) -> None:
    assert ask(text="detox hope").place_kind == "state"


def test_a_code_carries_the_year_of_the_source_that_states_it(town: Any) -> None:
    card = next(card for card in ask(near="40507", needs=("MD",)).cards if card.name == "Limestone House")
    assert {fact.need: fact.year for fact in card.facts}["MD"] == 2015


def test_miles_to_the_middle_of_a_zip_area_are_said_to_be_about_right(town: Any) -> None:
    from daybreak.directory.models import Location

    Location.objects.filter(name="Hilltop").update(point_from="zip")
    publish_index(by="command:test", at=AT)
    cards = {card.name: card.about for card in ask(near="40507", needs=("detox", "residential")).cards}
    assert cards == {"Hilltop": True, "Limestone House": False, "Riverside": False}
