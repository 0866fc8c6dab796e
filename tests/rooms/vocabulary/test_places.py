"""What people write for a place becomes that place, or a question."""

from __future__ import annotations

import pytest

from daybreak.vocabulary import gazetteer, places
from daybreak.vocabulary.places import Ask, Found, Unknown


def found(text: str) -> Found:
    place = places.resolve(text, home_state="KY")
    assert isinstance(place, Found), place
    return place


@pytest.mark.parametrize("zip_code", ["40507", "40511", "40515", "40588", "40522", "40522-1234", " 40507 "])
def test_a_lexington_zip_is_in_fayette_county_even_where_it_has_no_area_of_its_own(zip_code: str) -> None:
    place = found(zip_code)
    assert (place.kind, place.county, place.state) == ("zip", "KY/Fayette", "KY")
    assert place.point is not None
    assert gazetteer.miles_between(*place.point, 38.0406, -84.5037) < 10


def test_a_zip_that_is_not_in_use_is_unknown() -> None:
    assert isinstance(places.resolve("99999", home_state="KY"), Unknown)


@pytest.mark.parametrize("text", ["Lexington", "lexington ky", "LEXINGTON, Kentucky", "lex"])
def test_a_town_of_the_home_state_goes_before_its_namesakes(text: str) -> None:
    assert found(text).label == "Lexington, Kentucky"


def test_the_namesakes_are_offered_beside_a_town() -> None:
    others = found("Lexington").others
    assert "Lexington, MA" in others
    assert found("Lexington, MA").state == "MA"


@pytest.mark.parametrize("text", ["Fayette", "Fayette County", "fayette co", "condado de Fayette"])
def test_a_county_whose_name_others_share_is_asked_for_with_the_home_states_first(text: str) -> None:
    place = places.resolve(text, home_state="KY")
    assert isinstance(place, Ask)
    assert place.choices[0] == "Fayette County, Kentucky"
    assert "Fayette County, Pennsylvania" in place.choices
    assert all(found(choice).kind == "county" for choice in place.choices)


@pytest.mark.parametrize("text", ["Fayette County, KY", "fayette ky", "Fayette Co., Kentucky"])
def test_a_county_with_its_state_is_that_county(text: str) -> None:
    assert found(text).county == "KY/Fayette"


def test_every_county_is_found_again_by_its_label() -> None:
    missed = [key for key in gazetteer.counties() if found(gazetteer.county_label(key)).county != key]
    assert missed == []
    assert sum(key.startswith("KY/") for key in gazetteer.counties()) == 120


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("ky", "Kentucky"),
        ("West Virginia", "West Virginia"),
        ("Charleston West Virginia", "Charleston, West Virginia"),
        ("Washington, D.C.", "Washington, District of Columbia"),
        ("St. Louis, MO", "Saint Louis, Missouri"),
        ("McCracken", "McCracken County, Kentucky"),
        ("anywhere", "United States"),
        ("38.0406, -84.5037", "38.0406, -84.5037"),
    ],
)
def test_places_people_write(text: str, label: str) -> None:
    assert found(text).label == label


def test_a_misspelt_town_is_unknown_and_what_looks_like_it_is_offered() -> None:
    place = places.resolve("Lexinton", home_state="KY")
    assert isinstance(place, Unknown)
    assert place.nearest[0] == "Lexington, KY"


@pytest.mark.parametrize("text", ["", "   ", "99.9, 200", "'; drop table", "\U0001f600", "a" * 5000])
def test_text_that_names_no_place_is_unknown_and_never_an_error(text: str) -> None:
    assert isinstance(places.resolve(text, home_state="KY"), Unknown)


def test_a_point_lies_in_the_county_that_surrounds_it() -> None:
    assert gazetteer.county_of_point(38.0406, -84.5037) == "KY/Fayette"
    assert gazetteer.county_of_point(38.2527, -85.7585) == "KY/Jefferson"
    assert gazetteer.county_of_point(39.1031, -84.5120) is None  # Cincinnati


def test_miles_agree_with_a_published_distance() -> None:
    """Great-circle Louisville (38.2527, -85.7585) to Lexington (38.0406, -84.5037) is 69.7 miles (haversine, R = 3958.76)."""
    assert gazetteer.miles_between(38.2527, -85.7585, 38.0406, -84.5037) == pytest.approx(69.7, abs=0.1)


def test_the_kept_list_reads_back_as_it_was_assembled(tmp_path) -> None:
    before = gazetteer.atlas()
    kept = list(gazetteer._KEEP_IN)
    try:
        gazetteer.keep_in(tmp_path)
        for _ in range(2):  # once assembled and written, once read
            gazetteer.atlas.cache_clear()
            assert gazetteer.atlas() == before
    finally:
        gazetteer._KEEP_IN[:] = kept
        gazetteer.atlas.cache_clear()
