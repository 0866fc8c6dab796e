"""Each thing that is mended in a row, and the two things for which a row is put aside."""

from __future__ import annotations

from typing import Any

import pytest

from daybreak.directory.rules.repairs import mended
from daybreak.directory.rules.rows import Listing, Mend, Refused, Row
from daybreak.vocabulary import gazetteer

WHOLE = {
    "name": "Hope Center", "address_1": "1524 Versailles Road", "city": "Lexington", "state": "KY", "zip": "40504",
    "latitude": "38.048456", "longitude": "-84.530654", "has_point": True,
}  # fmt: skip


def listing(**changes: Any) -> Listing:
    found = mended(Row(2, 1, "raw text", **(WHOLE | changes)))
    assert isinstance(found, Listing)
    return found


def rules(found: Listing) -> list[str]:
    return [mend.rule for mend in found.mends]


def test_a_whole_row_is_left_alone() -> None:
    found = listing()
    assert found.mends == ()
    assert (found.latitude, found.longitude, found.point_from) == (38.048456, -84.530654, "source")
    assert found.county == "KY/Fayette"


@pytest.mark.parametrize(
    ("written", "five"), [("2122", "02122"), ("601", "00601"), ("4210", "04210"), ("21221465", "02122")]
)
def test_a_zip_gets_back_the_zeros_that_a_spreadsheet_took(written: str, five: str) -> None:
    found = listing(zip=written, state="", city="", latitude="", longitude="")
    assert found.zip == five
    assert Mend("zip", written, five, "zip-lost-zeros") in found.mends


@pytest.mark.parametrize("written", ["40504-1234", "405041234", "40504j", "40504.0"])
def test_a_zip_is_reduced_to_its_five_digits(written: str) -> None:
    found = listing(zip=written)
    assert found.zip == "40504"
    assert rules(found) == ["zip-reduced-to-five"]


def test_a_point_more_than_fifty_miles_from_its_zip_gives_way_to_the_zip() -> None:
    found = listing(latitude="41.0", longitude="-81.0")
    assert (found.latitude, found.longitude) == gazetteer.zip_centre("40504")
    assert found.point_from == "zip"
    assert found.county == "KY/Fayette"
    assert rules(found) == ["coordinates-far-from-zip"]
    assert found.mends[0].before == "41.0, -81.0"


def test_a_point_less_than_fifty_miles_from_its_zip_stands() -> None:
    frankfort = listing(latitude="38.2009", longitude="-84.8733")
    assert (frankfort.point_from, frankfort.county, frankfort.mends) == ("source", "KY/Franklin", ())


def test_zero_zero_is_no_place() -> None:
    found = listing(latitude="0", longitude="0.0")
    assert (found.point_from, rules(found)) == ("zip", ["coordinates-zero"])


RICHMOND = {
    "city": "Richmond",
    "zip": "40475",
    "latitude": "38.0447",
    "longitude": "-84.4966",
}  # the point: Lexington


@pytest.mark.parametrize("column", ["Madison", "madison county", "MADISON CO."])
def test_a_point_outside_the_county_that_column_and_zip_name_gives_way(column: str) -> None:
    found = listing(**RICHMOND, county=column)
    centre = gazetteer.zip_centre("40475")
    assert (found.latitude, found.longitude) == centre
    assert (found.point_from, found.county) == ("zip", "KY/Madison")
    assert [mend.after for mend in found.mends if mend.rule == "coordinates-outside-county"] == [
        f"{centre[0]}, {centre[1]}" if centre else ""
    ]


@pytest.mark.parametrize("column", ["", "Woodford", "Fayette", "Mordor"])
def test_a_point_stands_where_column_and_zip_do_not_agree_against_it(column: str) -> None:
    found = listing(**RICHMOND, county=column)
    assert (found.point_from, found.county, rules(found)) == ("source", "KY/Fayette", [])


def test_a_point_that_no_county_outline_holds_says_nothing_against_the_column() -> None:
    found = listing(city="Louisa", zip="41230", latitude="38.1142", longitude="-82.6000", county="Lawrence")
    assert (found.point_from, found.county, rules(found)) == ("source", "KY/Lawrence", [])


def test_a_county_column_names_the_county_where_there_is_no_point() -> None:
    found = listing(zip="40383", city="Versailles", latitude="", longitude="", county="Jessamine")
    assert (found.point_from, found.county) == ("zip", "KY/Jessamine")


def test_swapped_coordinates_are_swapped_back() -> None:
    found = listing(latitude="-84.530654", longitude="38.048456")
    assert (found.latitude, found.longitude, found.point_from) == (38.048456, -84.530654, "source")
    assert rules(found) == ["coordinates-swapped"]


def test_a_longitude_that_lost_its_minus_sign_gets_it_back() -> None:
    found = listing(longitude="84.530654")
    assert (found.longitude, rules(found)) == (-84.530654, ["longitude-lost-its-sign"])


def test_the_centre_of_kentucky_is_not_taken_for_a_place() -> None:
    found = listing(latitude="37.8393332", longitude="-84.2700179")
    assert (found.point_from, rules(found)) == ("zip", ["coordinates-of-the-state"])


@pytest.mark.parametrize("text", ["north of town", "inf", "1e400"])
def test_unreadable_coordinates_give_way_to_the_zip(text: str) -> None:
    found = listing(latitude=text)
    assert (found.point_from, rules(found)) == ("zip", ["coordinates-unreadable"])


def test_missing_coordinates_are_a_gap_only_where_the_source_has_columns_for_them() -> None:
    assert rules(listing(latitude="", longitude="")) == ["coordinates-missing"]
    assert rules(listing(latitude="", longitude="", has_point=False)) == []


def test_a_missing_street_is_recorded_and_the_row_stands() -> None:
    found = listing(address_1="")
    assert (found.address_1, rules(found)) == ("", ["street-missing"])


def test_a_street_on_the_second_line_moves_up() -> None:
    found = listing(address_1="", address_2="P.O. Box 249")
    assert (found.address_1, found.address_2) == ("P.O. Box 249", "")
    assert rules(found) == ["street-from-second-line"]


def test_a_phone_number_in_the_street_column_is_a_phone_number() -> None:
    found = listing(
        address_1="270-443-1201", city="Paducah", zip="42001", latitude="", longitude="", has_point=False
    )
    assert (found.address_1, [number.number for number in found.phones]) == ("", ["2704431201"])
    assert rules(found) == ["phone-in-street", "street-missing"]


def test_a_street_in_the_city_column_moves_back_and_the_zip_names_the_town() -> None:
    found = listing(
        address_1="DHR", city="22nd Street, Building 2526", zip="42223", latitude="", longitude=""
    )
    assert (found.address_1, found.address_2, found.city) == (
        "DHR",
        "22nd Street, Building 2526",
        "Fort Campbell",
    )
    assert {"street-in-city", "city-from-zip"} <= set(rules(found))


def test_a_missing_state_and_city_come_from_the_zip() -> None:
    found = listing(state="", city="")
    assert (found.city, found.state) == ("Lexington", "KY")
    assert rules(found) == ["state-from-zip", "city-from-zip"]


@pytest.mark.parametrize("written", ["ky", "Kentucky", "kentucky"])
def test_a_state_is_spelled_in_two_letters(written: str) -> None:
    assert listing(state=written).state == "KY"


def test_letters_that_were_decoded_twice_are_mended() -> None:
    found = listing(name="Avenida Antonio R BarcÃ©lo")
    assert found.name == "Avenida Antonio R Barcélo"
    assert rules(found) == ["damaged-letters"]


def test_good_accents_and_quotes_are_left_alone() -> None:
    found = listing(name="Port Gamble S’Klallam Centro Médico")
    assert (found.name, found.mends) == ("Port Gamble S’Klallam Centro Médico", ())


def test_a_row_without_a_name_is_named_after_its_program() -> None:
    found = listing(name="", program="Recovery Program")
    assert (found.name, rules(found)) == ("Recovery Program", ["name-from-program"])


def test_a_row_without_any_name_is_put_aside() -> None:
    assert mended(Row(7, 6, "raw text", **(WHOLE | {"name": "  "}))) == Refused(
        7, 6, "raw text", "has no name"
    )


def test_a_row_without_a_place_is_put_aside() -> None:
    found = mended(
        Row(
            7,
            6,
            "raw text",
            name="Hope Center",
            latitude="37.8393332",
            longitude="-84.2700179",
            has_point=True,
        )
    )
    assert isinstance(found, Refused)
    assert found.reason.startswith("has no place")


@pytest.mark.parametrize(
    "place",
    [{"zip": "40504"}, {"city": "Lexington", "state": "KY"}, {"latitude": "38.05", "longitude": "-84.5"}],
)
def test_any_one_way_to_name_a_place_is_enough(place: dict[str, str]) -> None:
    assert isinstance(mended(Row(2, 1, "raw", name="Hope Center", **place)), Listing)  # type: ignore[arg-type]


def test_codes_become_facts_and_languages() -> None:
    found = listing(codes=("BU", "MD", "SP", "F70", "AH", "QQQ"))
    facts = {said.need: (said.answer, said.said) for said in found.statements}
    assert facts["buprenorphine"] == (True, "BU")
    assert facts["medicaid"] == (True, "MD")
    assert facts["deaf"] == (True, "AH")
    assert facts["other-language"] == (True, "F70")
    assert "methadone" not in facts
    assert found.languages == (("Spanish", "es"), ("Russian", ""))


def test_a_note_about_whom_a_program_takes_becomes_a_fact() -> None:
    facts = {said.need: said.said for said in listing(note="Methadone Clients Only").statements}
    assert facts == dict.fromkeys(("methadone", "medication", "opioid-only"), "Methadone Clients Only")
    stated = {said.need for said in listing(note="DWI/DUI Clients Only").statements}
    assert stated == {"dui", "dui-only"}


def test_a_number_that_cannot_be_read_is_kept_and_recorded() -> None:
    found = listing(contacts=(("main", "884-217-4422"),))
    assert [(number.number, number.readable) for number in found.phones] == [("884-217-4422", False)]
    assert rules(found) == ["phone-unreadable"]
