"""Units: definitions are exact, conventions are somebody's, XX is nothing."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybreak.vocabulary.units import Convention, conversion, recognise, unit, units, usual_conventions

BAG = Convention("bag", Decimal("0.03"), "g", "laboratory")


@pytest.mark.parametrize(
    ("of", "into", "quantity", "found"),
    [
        ("lb", "oz", "1", "16"),
        ("lb", "g", "1", "453.59237"),
        ("kg", "mg", "0.5", "500000"),
        ("gal", "fl-oz", "1", "128"),
        ("g", "g", "1.234", "1.234"),
    ],
)
def test_definitions_are_exact(of: str, into: str, quantity: str, found: str) -> None:
    way = conversion(of, into)
    assert way is not None
    assert way.apply(Decimal(quantity)) == Decimal(found)
    assert way.conventions == ()


@given(st.sampled_from(sorted(units())), st.sampled_from(sorted(units())))
def test_there_and_back_again_is_one(of: str, into: str) -> None:
    way, back = conversion(of, into, usual_conventions()), conversion(into, of, usual_conventions())
    assert (way is None) == (back is None)
    if way is not None and back is not None:
        assert way.numerator * back.numerator == way.denominator * back.denominator


@pytest.mark.parametrize(
    ("of", "into"), [("ml", "g"), ("dosage-unit", "g"), ("tablet", "mg"), ("bag", "g"), ("plant", "g")]
)
def test_nothing_converts_without_a_definition_or_a_convention(of: str, into: str) -> None:
    assert conversion(of, into) is None


def test_a_convention_is_used_where_it_is_given_and_is_named() -> None:
    bundle = next(row for row in usual_conventions() if row.unit == "bundle")
    way = conversion("bundle", "g", [bundle, BAG])
    assert way is not None
    assert way.apply(Decimal(1)) == Decimal("0.3")
    assert way.conventions == (bundle, BAG)


def test_an_agency_may_say_what_its_dosage_unit_is_but_not_what_an_ounce_is() -> None:
    stamp = Convention("dosage-unit", Decimal(1), "bag", "heroin is counted in bags here")
    way = conversion("dosage-unit", "g", [stamp, BAG])
    assert way is not None
    assert way.apply(Decimal(100)) == 3
    with pytest.raises(ValueError, match="has a definition"):
        conversion("oz", "g", [Convention("oz", Decimal(28), "g", "rounded")])


@pytest.mark.parametrize("factor", ["0", "-1", "NaN", "Infinity"])
def test_a_convention_is_a_number_above_0(factor: str) -> None:
    with pytest.raises(ValueError, match="greater than 0"):
        conversion("bag", "g", [Convention("bag", Decimal(factor), "g", "x")])


def test_a_circle_of_conventions_ends() -> None:
    circle = [Convention("bag", Decimal(10), "point", "x"), Convention("point", Decimal(10), "bag", "x")]
    assert conversion("bag", "g", circle) is None


def test_two_conventions_for_one_unit_are_refused() -> None:
    with pytest.raises(ValueError, match="has two"):
        conversion("bag", "g", [BAG, BAG])


@pytest.mark.parametrize(
    ("text", "slug"),
    [("GM", "g"), ("Grams", "g"), (" lbs. ", "lb"), ("Dosage Units/Items", "dosage-unit"), ("pills", "tablet"),
     ("NP", "plant"), ("8-ball", "eightball"), ("XX", ""), ("xx", ""), ("heap", None), ("", None)],
)  # fmt: skip
def test_units_are_recognised_and_xx_is_no_unit(text: str, slug: str | None) -> None:
    assert recognise(text) == slug


def test_every_nibrs_code_but_xx_has_a_unit() -> None:
    assert {row.nibrs for row in units().values()} - {""} == {
        "GM", "KG", "OZ", "LB", "ML", "LT", "FO", "GL", "DU", "NP",
    }  # fmt: skip
    with pytest.raises(ValueError, match="must be one of"):
        unit("furlong")
