"""Street value: documented cases, exact sums, and everything that has no value instead of none."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybreak.events.rules.price_rows import PriceRow, pick, published_rows, rows_in_force
from daybreak.events.rules.valuation import (
    Exhibit,
    shown_mass_g,
    shown_usd,
    side_by_side,
    total_mass_g,
    value,
)
from daybreak.vocabulary.units import Convention, conversion

DAY = date(2013, 7, 1)
POLICE, SHERIFF = "police", "sheriff"
# Copied from the project's collection of documented valuations; each row names its newspaper.
with (Path(__file__).parent / "fixtures" / "street_value_test_cases.csv").open(newline="") as lines:
    CASES = {row["case"]: row for row in csv.DictReader(lines)}


def row(mid: str, **changes: object) -> PriceRow:
    given_row = PriceRow(
        reference="p1", agency=POLICE, substance="heroin", unit="g", level="retail", mid_usd=Decimal(mid),
        effective_from=date(2013, 1, 1), source="a test",
    )  # fmt: skip
    return replace(given_row, **changes)


def exhibit(quantity: str | None, unit: str = "g", **changes: object) -> Exhibit:
    amount = None if quantity is None else Decimal(quantity)
    return replace(Exhibit("e1", "heroin", amount, unit, DAY, agency=POLICE), **changes)


def worth(things: list[Exhibit], *rows: PriceRow, **how: object) -> Decimal | None:
    return value(things, rows, level="retail", known_by=DAY, **how).mid_usd


def test_operation_pandora_is_worth_what_the_police_said() -> None:
    assert "1179.501 g heroin" in CASES["Pandora 2013 (Lexington)"]["inputs"]
    assert CASES["Pandora 2013 (Lexington)"]["expected"].startswith("235900.20")
    things = [exhibit("700.25"), exhibit("479.25"), exhibit("0.001")]
    assert worth(things, row("200")) == Decimal("235900.20")
    assert shown_mass_g(total_mass_g(things) or Decimal(0)) == 1180


def test_pounds_of_methamphetamine_in_kansas_by_the_pound_and_by_the_gram() -> None:
    meth = exhibit("82.57", "lb", substance="methamphetamine")
    by_pound = row("5000", substance="methamphetamine", unit="lb")
    by_gram = row("100", substance="methamphetamine")
    assert worth([meth], by_pound) == Decimal(CASES["KBI 2021 meth"]["expected"])
    exact = worth([meth], by_gram)
    assert exact is not None
    assert str(shown_usd(exact)).startswith(CASES["KBI 2021 meth retail"]["expected"].split()[-1])


def test_nobody_may_say_that_an_ounce_is_28_grams() -> None:
    twenty_eight = Convention("oz", Decimal(28), "g", "as Kansas reckoned")
    with pytest.raises(ValueError, match="has a definition"):
        conversion("oz", "g", [twenty_eight])


def test_fentanyl_in_northeast_kentucky() -> None:
    found = worth([exhibit("5.08", "lb", substance="fentanyl")], row("145", substance="fentanyl"))
    assert found is not None
    assert found.to_integral_value() == Decimal(CASES["NE Kentucky 2021 fentanyl"]["expected"].split()[0])


def test_a_cut_factor_has_no_place_in_a_value() -> None:
    claimed = Decimal(CASES["Bensalem 2012 heroin"]["expected"].split()[0])
    assert worth([exhibit("15", "kg")], row("300")) == claimed / 2


def test_an_unknown_price_table_leaves_every_exhibit_named_and_not_valued() -> None:
    assert "unknown" in CASES["KSP Summer Heat 2024"]["method"]
    things = [
        exhibit("554", substance="fentanyl"), exhibit("219", substance="cocaine"), exhibit("41"),
        exhibit("2931", "tablet", substance="fentanyl"), exhibit("64", "dosage-unit", substance="oxycodone"),
    ]  # fmt: skip
    found = value(things, [], level="retail", known_by=DAY)
    assert [one.reason for one in found.not_valued] == ["no-price"] * 5
    assert found.mid_usd is None, "nothing valued is not 0"


@given(
    st.lists(st.decimals("0", "99999", places=3), min_size=1, max_size=20),
    st.decimals("0.01", "9999", places=4),
)
def test_the_sum_is_exact_and_does_not_depend_on_how_the_powder_was_split(
    masses: list[Decimal], price: Decimal
) -> None:
    apart = worth([exhibit(str(mass)) for mass in masses], row(str(price)))
    whole = worth([exhibit(str(sum(masses)))], row(str(price)))
    assert apart == whole


@pytest.mark.parametrize(
    ("thing", "reason"),
    [
        (exhibit(None, ""), "no-quantity"),
        (exhibit("3", laboratory="ruled-out"), "ruled-out"),
        (exhibit("3", substance="unknown-drug"), "unknown-substance"),
        (exhibit("3", substance="more-than-three"), "unknown-substance"),
        (exhibit("3", "furlong"), "unknown-unit"),
        (exhibit("3", substance="xylazine"), "no-price"),
        (exhibit("3", on=date(2012, 12, 31)), "no-price"),
        (exhibit("3", agency=SHERIFF), "no-price"),
        (exhibit("3", "dosage-unit"), "no-conversion"),
        (exhibit("3", "bag"), "no-conversion"),
        (exhibit("3", "ml"), "no-conversion"),
    ],
)
def test_what_cannot_be_valued_says_why_and_counts_nothing(thing: Exhibit, reason: str) -> None:
    found = value([thing, exhibit("1")], [row("200")], level="retail", known_by=DAY)
    assert [one.reason for one in found.not_valued] == [reason]
    assert found.mid_usd == 200


def test_a_street_unit_counts_only_with_the_agencys_own_convention_and_says_so() -> None:
    bag = Convention("bag", Decimal("0.1"), "g", "laboratory, 40 bags weighed")
    found = value([exhibit("12", "bag")], [row("200")], level="retail", known_by=DAY, conventions=[bag])
    assert found.mid_usd == 240
    assert found.valued[0].conventions == (bag,)
    assert found.valued[0].quantity == Decimal("1.2")


def test_every_value_leads_to_its_exhibit_and_its_price_row() -> None:
    found = value([exhibit("2")], [row("200", reference="row-7")], level="retail", known_by=DAY)
    assert (found.valued[0].exhibit.reference, found.valued[0].price.reference) == ("e1", "row-7")


def test_retail_and_transaction_level_stand_side_by_side_and_are_never_mixed() -> None:
    prices = [row("200"), row("90", level="transaction", reference="t1")]
    found = side_by_side([exhibit("100")], prices, known_by=DAY)
    assert {level: one.mid_usd for level, one in found.items()} == {"retail": 20000, "transaction": 9000}
    only_retail = side_by_side([exhibit("100")], prices[:1], known_by=DAY)
    assert only_retail["transaction"].mid_usd is None


def test_a_range_is_given_only_where_every_price_row_states_one() -> None:
    wide = row("200", low_usd=Decimal(150), high_usd=Decimal(250))
    bare = row("10", substance="fentanyl")
    one = value([exhibit("2")], [wide], level="retail", known_by=DAY)
    assert (one.low_usd, one.high_usd) == (300, 500)
    both = value(
        [exhibit("2"), exhibit("2", substance="fentanyl")], [wide, bare], level="retail", known_by=DAY
    )
    assert (both.mid_usd, both.low_usd) == (420, None)


def test_what_a_laboratory_confirmed_is_summed_apart() -> None:
    things = [exhibit("1", laboratory="confirmed"), exhibit("2", laboratory="pending"), exhibit("4")]
    found = value(things, [row("100")], level="retail", known_by=DAY)
    assert (found.mid_usd, found.confirmed_usd) == (700, 100)


class TestTheChoiceOfAPrice:
    """Date, agency, place, unit, newest version."""

    def picked(self, *rows: PriceRow, known_by: date = DAY, place: str = "") -> str:
        in_force = rows_in_force(rows, on=DAY, known_by=known_by)
        choice = pick(in_force, agency=POLICE, substance="heroin", unit="g", level="retail", place=place)
        return choice.row.reference if choice.row else choice.reason

    def test_the_newest_version_known_by_then_holds(self) -> None:
        first, second = row("200"), row("210", reference="p2", version=2, known_on=date(2013, 6, 1))
        assert self.picked(first, second) == "p2"
        assert self.picked(first, second, known_by=date(2013, 5, 31)) == "p1"

    def test_a_version_that_ends_a_price_ends_it(self) -> None:
        ended = row("200", reference="p2", version=2, effective_until=date(2013, 3, 31))
        assert self.picked(row("200"), ended) == "no-price"

    def test_the_agencys_own_goes_before_nobodys_and_anothers_is_never_taken(self) -> None:
        nobodys, other = row("1", agency="", reference="n"), row("2", agency=SHERIFF, reference="s")
        assert self.picked(nobodys, other, row("200")) == "p1"
        assert self.picked(nobodys, other) == "n"
        assert self.picked(other) == "no-price"

    def test_a_price_for_the_place_goes_before_one_for_everywhere(self) -> None:
        here, elsewhere = row("1", place="Fayette", reference="f"), row("2", place="Scott", reference="s")
        assert self.picked(row("200"), here, elsewhere, place="Fayette") == "f"
        assert self.picked(row("200"), here, elsewhere) == "p1"

    def test_the_exhibits_own_unit_goes_first_then_the_latest_start(self) -> None:
        kilo = row("90000", unit="kg", reference="kg", effective_from=date(2013, 6, 1))
        assert self.picked(row("200"), kilo) == "p1"
        assert (
            self.picked(row("200"), row("220", reference="late", effective_from=date(2013, 6, 1))) == "late"
        )

    def test_two_rows_that_claim_the_same_are_no_choice(self) -> None:
        assert self.picked(row("200"), row("210", reference="p2")) == "price-unclear"

    @given(st.permutations([row("200"), row("1", agency=""), row("3", reference="x", place="Scott")]))
    def test_the_order_of_the_rows_is_of_no_matter(self, rows: list[PriceRow]) -> None:
        assert self.picked(*rows) == "p1"


def test_the_published_cocaine_curve_holds_within_its_limits_only_and_says_what_it_is() -> None:
    def at(quantity: str, on: date, substance: str = "cocaine") -> tuple[object, tuple[str, ...]]:
        things = [exhibit(quantity, substance=substance, on=on)]
        found = value(things, published_rows(), level="transaction", known_by=on)
        return (found.not_valued[0].reason if found.not_valued else found.mid_usd), found.cautions

    amount, cautions = at("100", date(2007, 5, 1))
    assert float(str(amount)) == pytest.approx(97.1 * 100**0.698)
    assert cautions == ("unvalidated DEA data",)
    assert at("0.9", date(2007, 5, 1))[0] == "outside-range"
    assert at("506", date(2007, 5, 1))[0] == "outside-range"
    assert at("100", date(2013, 5, 1))[0] == "no-price"
    assert at("100", date(2007, 5, 1), "heroin")[0] == "no-price"


@pytest.mark.parametrize(
    "changes",
    [{"mid_usd": Decimal(0)}, {"mid_usd": 200.0}, {"low_usd": Decimal(300)}, {"level": "street"},
     {"unit": "furlong"}, {"effective_until": date(2012, 1, 1)}, {"mid_usd": Decimal("NaN")}],
)  # fmt: skip
def test_a_price_row_that_no_value_may_rest_on_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="must"):
        row("200", **changes)


@pytest.mark.parametrize("quantity", [1.5, Decimal(-1), Decimal("Infinity")])
def test_a_quantity_is_a_decimal_from_0_up(quantity: object) -> None:
    with pytest.raises(ValueError, match="must be a Decimal"):
        Exhibit("e1", "heroin", quantity, "g", DAY)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("mass", "shown"),
    [("1179.501", "1180"), ("99.96", "100.0"), ("12.34", "12.3"), ("0.5", "0.500"), ("100", "100")],
)
def test_a_mass_is_rounded_to_what_can_be_read(mass: str, shown: str) -> None:
    assert str(shown_mass_g(Decimal(mass))) == shown


def test_half_a_cent_goes_up_and_nothing_else_is_rounded() -> None:
    assert shown_usd(Decimal("0.125")) == Decimal("0.13")
    assert worth([exhibit("0.001")] * 5, row("25")) == Decimal("0.125")
