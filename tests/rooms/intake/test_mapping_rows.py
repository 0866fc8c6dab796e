"""What columns become: places no finer than a block, ages as bands, drugs by the list, and no contradictions."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from daybreak.events.rules.draft import ChargeSeen, Draft, ExhibitSeen, SubstanceSeen
from daybreak.intake.rules.compiling import compile_mapping
from daybreak.intake.rules.mapping import MappingError
from daybreak.intake.rules.places import block_of
from daybreak.intake.rules.problems import Problem
from tests.rooms.intake.mapped import DAY, compiled, drafts, mapping


def draft(cells: dict[str, str], *columns: dict[str, Any], **changes: Any) -> Draft:
    result = row(cells, *columns, **changes)
    assert isinstance(result, Draft), result
    return result


def row(cells: dict[str, str], *columns: dict[str, Any], **changes: Any) -> Draft | Problem:
    function = compiled(DAY, *columns, **changes)
    return function(2, ("07/11/2013", *(cells.get(column["column"], "") for column in columns)))


def uses(*names: str) -> list[dict[str, Any]]:
    return [{"column": name.replace("-", " "), "use": name} for name in names]


@pytest.mark.parametrize(
    ("text", "block"),
    [
        ("1234 E Main St", "1200 block E Main St"),
        ("1234 East Main Street Apt 5, Lexington KY 40507", "1200 block E Main Street"),
        ("101 MLK BLVD #4", "100 block Mlk Blvd"),
        ("45 Oak Hill Dr.", "1 block Oak Hill Dr"),
        ("1200 BLOCK OF N LIMESTONE ST", "1200 block N Limestone St"),
        ("1950-A Old Paris Pike", "1900 block Old Paris Pike"),
        ("12 W 3rd St", "1 block W 3rd St"),
        ("S Broadway St @ E Main St", "E Main St & S Broadway St"),
        ("400 US-60", "400 block US-60"),
    ],
)
def test_of_an_address_only_the_block_is_kept(text: str, block: str) -> None:
    assert block_of(text) == block
    found = draft({"address": text}, *uses("address"))
    assert (found.block, found.place) == (block, "block")


@pytest.mark.parametrize(
    "text",
    ["Zebulon Quackenbush", "42 Jane Doe", "911 called by Jane Doe at Main St", "the lot", "1234", "12/03/1985", "859-555-0142",
     "2 subjects found behind Main St", "1234 E Main St " * 20],
)  # fmt: skip
def test_what_is_no_address_gives_no_block_and_is_counted(text: str) -> None:
    function = compiled(DAY, *uses("address"))
    found = function(2, ("07/11/2013", text))
    assert isinstance(found, Draft)
    assert (found.block, found.place, function.said["address-not-understood"]) == ("", "not-stated", 1)


def test_a_point_is_rounded_to_about_a_block() -> None:
    found = draft({"latitude": "38.0468523", "longitude": "-84.4971234"}, *uses("latitude", "longitude"))
    assert (found.latitude, found.longitude, found.place) == (38.047, -84.497, "block")
    assert draft({"point": "(38.0468523, -84.4971234)"}, *uses("point")).latitude == 38.047
    assert draft({"point": "POINT (-84.4971234 38.0468523)"}, *uses("point")).longitude == -84.497


def test_half_a_point_and_the_point_zero_are_no_place() -> None:
    assert draft({"latitude": "38.04"}, *uses("latitude", "longitude")).place == "not-stated"
    assert draft({"latitude": "0", "longitude": "0"}, *uses("latitude", "longitude")).latitude is None


def test_exchanged_or_unsigned_coordinates_are_refused() -> None:
    for cells in ({"latitude": "-84.4", "longitude": "38.0"}, {"latitude": "38.0", "longitude": "84.4"}):
        assert isinstance(row(cells, *uses("latitude", "longitude")), Problem)


@pytest.mark.parametrize(
    ("text", "zip_code"),
    [("40508", "40508"), ("40508-1234", "40508"), ("40508.0", "40508"), ("00000", ""), ("N/A", "")],
)
def test_a_zip_code_is_five_digits_or_not_stated(text: str, zip_code: str) -> None:
    assert draft({"zip": text}, *uses("zip")).zip == zip_code


@pytest.mark.parametrize("text", ["2108", "123456789", "4050a", "Lexington"])
def test_another_zip_code_is_refused(text: str) -> None:
    assert isinstance(row({"zip": text}, *uses("zip")), Problem)


def test_a_county_is_five_digits_and_brings_its_state() -> None:
    for text in ("Fayette", "FAYETTE COUNTY", "Fayette Co., KY", "21067"):
        found = draft({"county": text}, *uses("county"))
        assert (found.county, found.state, found.place) == ("21067", "KY", "county")
    found = draft({"county number": "1", "state": "42"}, *uses("county-number", "state"))
    assert (found.county, found.state) == ("42001", "PA")
    assert isinstance(row({"county": "Commonwealth of Pennsylvania Totals"}, *uses("county")), Problem)


@pytest.mark.parametrize(
    "text", ["Fayette County, OH", "Fayette, Ohio", "Jefferson, IN", "Hamilton County, Ohio", "Fayette,"]
)
def test_a_county_of_another_state_is_never_taken_for_kentuckys_of_that_name(text: str) -> None:
    assert isinstance(row({"county": text}, *uses("county")), Problem)


@pytest.mark.parametrize("text", ["Fayette", "21067"])
def test_a_county_and_a_state_that_do_not_agree_are_refused(text: str) -> None:
    found = row({"county": text, "state": "OH"}, *uses("county", "state"))
    assert isinstance(found, Problem)
    assert "must be a county of the state beside it, OH" in found.must
    assert draft({"county": text, "state": "KY"}, *uses("county", "state")).county == "21067"


@pytest.mark.parametrize(
    ("age", "unit", "band"),
    [("31", "years", "25-34"), ("14", "Y", "5-14"), ("15", "yrs", "15-24"), ("85", "2516009", "85+"), ("8", "months", "0-4"),
     ("63", "Months", "5-14"), ("4.9", "years", "0-4"), ("3", "days", "0-4")],
)  # fmt: skip
def test_an_age_is_kept_as_a_band_of_ten_years(age: str, unit: str, band: str) -> None:
    assert draft({"age": age, "age unit": unit}, *uses("age", "age-unit")).age_band == band


def test_an_age_without_its_unit_or_past_120_is_refused() -> None:
    assert isinstance(row({"age": "31"}, *uses("age", "age-unit")), Problem)
    assert isinstance(row({"age": "999"}, {"column": "age", "use": "age", "unit": "years"}), Problem)


@pytest.mark.parametrize(
    ("text", "band"),
    [("40 to 44", "35-44"), ("25-34", "25-34"), ("90 to 94", "85+"), ("85+", "85+"), ("0 to 04", "0-4")],
)
def test_a_narrower_band_becomes_the_band_that_holds_it(text: str, band: str) -> None:
    assert draft({"age band": text}, *uses("age-band")).age_band == band


def test_a_band_across_two_of_ours_is_refused_and_not_guessed() -> None:
    assert isinstance(row({"age band": "20-29"}, *uses("age-band")), Problem)


def test_missing_never_becomes_no() -> None:
    columns = uses("fatal", "naloxone-given", "sex")
    found = draft({}, *columns)
    assert (found.fatal, found.naloxone_given, found.naloxone_doses, found.sex) == (None, None, None, "")
    unknown = draft({"fatal": "unknown", "naloxone given": "Unk", "sex": "U"}, *columns)
    assert (unknown.fatal, unknown.naloxone_given, unknown.sex) == (None, None, "")
    assert draft({"fatal": "Non-Fatal", "naloxone given": "N"}, *columns).naloxone_given is False


@pytest.mark.parametrize(
    ("text", "given", "doses"),
    [
        ("None", False, 0),
        ("Single dose", True, 1),
        ("Multiple Doses", True, None),
        ("Unknown", None, None),
        ("", None, None),
    ],
)
def test_the_extent_of_naloxone_keeps_what_it_does_not_say_unsaid(
    text: str, given: bool | None, doses: int | None
) -> None:
    found = draft({"naloxone extent": text}, *uses("naloxone-extent"))
    assert (found.naloxone_given, found.naloxone_doses) == (given, doses)


def test_another_medication_says_nothing_of_naloxone() -> None:
    assert draft({"naloxone named": "Aspirin"}, *uses("naloxone-named")).naloxone_given is None
    assert (
        draft({"naloxone named": "Naloxone (e.g., Narcan)"}, *uses("naloxone-named")).naloxone_given is True
    )


def test_doses_where_none_was_given_are_refused() -> None:
    assert isinstance(
        row({"naloxone given": "no", "naloxone doses": "2"}, *uses("naloxone-given", "naloxone-doses")),
        Problem,
    )


def test_substances_are_recognised_or_the_row_is_refused() -> None:
    column = {"column": "drug", "use": "substance"}
    assert draft({"drug": "Heroin/Fentanyl"}, column).substances == (
        SubstanceSeen("heroin"),
        SubstanceSeen("fentanyl"),
    )
    assert draft({"drug": "UNKNOWN"}, column).substances == (SubstanceSeen("unknown-drug"),)
    assert isinstance(row({"drug": "Quackenbush"}, column), Problem)
    assert draft({"drug": "brown stuff"}, column | {"values": {"Brown Stuff": "heroin"}}).substances == (
        SubstanceSeen("heroin"),
    )


def test_a_substance_may_be_left_out_where_the_mapping_says_so_and_is_counted() -> None:
    function = compiled(DAY, {"column": "drug", "use": "substance", "unknown": "leave-out"})
    found = function(2, ("07/11/2013", "Quackenbush"))
    assert isinstance(found, Draft)
    assert (found.substances, function.said["substance-not-kept"]) == ((), 1)


def test_a_column_of_yes_and_no_for_one_substance_says_only_what_it_says() -> None:
    column = {"column": "Xylazine", "use": "substance-flag", "substance": "xylazine", "standing": "confirmed"}
    assert draft({"Xylazine": "Y"}, column).substances == (SubstanceSeen("xylazine", "confirmed"),)
    assert draft({"Xylazine": "N"}, column).substances == ()
    assert draft({"Xylazine": "N"}, column | {"no_means": "ruled-out"}).substances == (
        SubstanceSeen("xylazine", "ruled-out"),
    )


def test_what_one_column_confirms_another_may_not_rule_out() -> None:
    yes = {"column": "a", "use": "substance-flag", "substance": "xylazine", "standing": "confirmed"}
    no = {"column": "b", "use": "substance-flag", "substance": "xylazine", "no_means": "ruled-out"}
    assert isinstance(row({"a": "Y", "b": "N"}, yes, no), Problem)


EXHIBIT = uses("exhibit-drug", "exhibit-quantity", "exhibit-unit", "exhibit-laboratory", "exhibit-label")


@pytest.mark.parametrize(
    ("cells", "exhibit"),
    [
        (
            ("heroin", "1,179.501", "grams", "", "Item 3"),
            ExhibitSeen("heroin", Decimal("1179.501"), "g", "", "Item 3"),
        ),
        (("heroin", "0.5 oz", "", "pending", ""), ExhibitSeen("heroin", Decimal("0.5"), "oz", "pending")),
        (("heroin", "1.000", "XX", "", ""), ExhibitSeen("heroin", None, "", "pending")),
        (("heroin", "", "", "confirmed", ""), ExhibitSeen("heroin", None, "", "confirmed")),
        (("heroin", "6.61386786e-05", "lb", "", ""), ExhibitSeen("heroin", Decimal("0.000066"), "lb")),
    ],
)
def test_an_exhibit_has_a_quantity_in_a_unit_or_none(cells: tuple[str, ...], exhibit: ExhibitSeen) -> None:
    names = [column["column"] for column in EXHIBIT]
    found = draft(dict(zip(names, cells, strict=True)), *EXHIBIT, kind="seizure")
    assert found.exhibits == (exhibit,)


@pytest.mark.parametrize(
    "cells",
    [("heroin", "1,5", "g", "", ""), ("heroin", "5", "", "", ""), ("", "5", "g", "", ""), ("heroin", "-5", "g", "", ""),
     ("heroin", "5", "smidgen", "", ""), ("heroin", "5 g", "oz", "", ""), ("heroin/fentanyl", "5", "g", "", ""),
     ("", "", "", "", ""), ("heroin", "8595550142", "g", "", ""), ("heroin", "5", "g", "", "Zebulon Quackenbush")],
)  # fmt: skip
def test_an_exhibit_that_says_no_quantity_clearly_is_refused(cells: tuple[str, ...]) -> None:
    names = [column["column"] for column in EXHIBIT]
    assert isinstance(row(dict(zip(names, cells, strict=True)), *EXHIBIT, kind="seizure"), Problem)


def test_charges_are_kept_as_cited_and_offenses_only_in_the_words_of_offenses() -> None:
    columns = uses("charge-statute", "charge-offense", "charge-counts")
    found = draft(
        {
            "charge statute": "218A.1412",
            "charge offense": "TRAFF CONT SUB 1ST DEG (HEROIN)",
            "charge counts": "2",
        },
        *columns,
        kind="arrest",
    )
    assert found.charges == (ChargeSeen("KRS 218A.1412", "TRAFF CONT SUB 1ST DEG (HEROIN)", 2),)
    assert isinstance(
        row({"charge offense": "POSS HEROIN W/ ZEBULON QUACKENBUSH"}, *columns, kind="arrest"), Problem
    )


@pytest.mark.parametrize(
    ("text", "statute"),
    [
        ("218a.1412(1)(b)", "KRS 218A.1412(1)(b)"),
        ("KRS 514.030", "KRS 514.030"),
        ("514.030", "KRS 514.030"),
        ("35A", "UCR 35A"),
        ("ORS 475.854", "ORS 475.854"),
    ],
)
def test_a_statute_is_kept_as_the_law_is_cited(text: str, statute: str) -> None:
    found = draft({"charge statute": text}, *uses("charge-statute"), kind="arrest")
    assert found.charges == (ChargeSeen(statute),)


@pytest.mark.parametrize("text", ["555.0142", "555-0142", "859.555.0142", "078-05-1120", "Quackenbush 12"])
def test_a_persons_number_is_no_statute(text: str) -> None:
    assert isinstance(row({"charge statute": text}, *uses("charge-statute"), kind="arrest"), Problem)


def test_an_operation_is_one_that_the_mapping_lists() -> None:
    column = {"column": "op", "use": "operation", "values": {"Operation Pandora": "pandora"}}
    assert draft({"op": "OPERATION  PANDORA"}, column).operation == "pandora"
    assert isinstance(row({"op": "Operation Quackenbush"}, column), Problem)


def test_codes_of_causes_are_kept_without_their_descriptions() -> None:
    found = draft(
        {"underlying": "X42", "cause": "T40.1X1A Poisoning by heroin; T404"},
        *uses("underlying", "cause"),
        kind="death",
    )
    assert (found.underlying, found.causes, found.fatal) == ("X42", ("T40.1", "T40.4"), True)


def test_rows_that_are_not_meant_are_refused_with_that_reason_and_never_vanish() -> None:
    column = {"column": "impression", "use": "cause", "only_starting": ["T40"]}
    assert draft({"impression": "T40.1X1A"}, column).causes == ("T40.1",)
    for text in ("R55", ""):
        problem = row({"impression": text}, column)
        assert isinstance(problem, Problem)
        assert "takes rows" in problem.must


def test_a_count_of_none_is_no_event() -> None:
    assert draft({"count": "12"}, *uses("count")).count == 12
    for text in ("0", "-1", "many", "8595550142"):
        assert isinstance(row({"count": text}, *uses("count")), Problem)


def test_rows_with_too_many_or_too_few_cells_are_refused_unless_the_mapping_fills_them() -> None:
    text = "Date,ZIP,Case Number\n07/11/2013,40508,A1\n07/11/2013,40508\n07/11/2013,40508,A2,x\n07/11/2013,40508,A3,,\n"
    columns = (DAY, *[{"column": "ZIP", "use": "zip"}, {"column": "Case Number", "use": "key"}])
    found = drafts(text, mapping(*columns))
    assert [isinstance(one, Draft) for one in found] == [True, False, False, True]
    filled = drafts(text, mapping(*columns, file={"short_rows": "blank"}))
    assert [isinstance(one, Draft) for one in filled] == [True, True, False, True]


def test_a_file_that_lacks_a_column_of_the_mapping_is_refused_by_name() -> None:
    with pytest.raises(MappingError, match="it lacks ZIP"):
        compile_mapping(mapping(DAY, {"column": "ZIP", "use": "zip"}), ["Date", "Zip code"])


def test_columns_that_the_mapping_does_not_know_are_listed_and_not_kept() -> None:
    function = compile_mapping(
        mapping(DAY, {"column": "DOB", "use": "drop", "why": "birth-date"}), ["Date", "DOB", "New column"]
    )
    assert (function.unmapped, function.dropped) == (("New column",), {"DOB": "birth-date"})


def test_a_token_links_rows_of_one_person_and_needs_a_key_from_outside() -> None:
    columns = [DAY, {"column": "Last Name", "use": "drop"}, {"column": "DOB", "use": "drop"}]
    made = mapping(*columns, token=["Last Name", "DOB"])
    header = ["Date", "Last Name", "DOB"]
    with pytest.raises(MappingError, match="needs a key"):
        compile_mapping(made, header)
    first, second = (compile_mapping(made, header, token_key=key * 32) for key in (b"a", b"b"))
    cells = ("07/11/2013", "Quáckenbush ", "03/12/1985")
    like = ("07/12/2013", "QUACKENBUSH", "03/12/1985")
    tokens = [
        found.token
        for found in (first(2, cells), first(3, like), second(2, cells), first(4, (*cells[:2], "")))
        if isinstance(found, Draft)
    ]
    assert tokens[0] == tokens[1] != tokens[2]
    assert len(tokens[0]) == 64
    assert tokens[3] == ""
