"""Which places are the same: measured on pairs labelled by hand, and case by case."""

from __future__ import annotations

from typing import Any

import pytest

from daybreak.directory.rules.matching import Place, judged, line_uses, settled
from daybreak.directory.rules.matching_blocks import candidate_pairs
from daybreak.directory.rules.matching_names import likeness, marks, marks_clash
from daybreak.directory.rules.matching_streets import read_street, street_level, units_level
from tests.rooms.directory.labelled import Labelled, labelled_pairs


def place(number: int, **said: Any) -> Place:
    known: dict[str, Any] = {
        "name": "Limestone Recovery", "programs": (), "street": "12 Elm Street", "street_2": "", "city": "Lexington",
        "state": "KY", "zip": "40507", "latitude": 38.05, "longitude": -84.5, "exact_point": True, "phones": frozenset(),
        "sources": frozenset({f"list-{number}"}),
    }  # fmt: skip
    return Place(id=number, **{**known, **said})


def verdict(one: dict[str, Any], other: dict[str, Any], uses: dict[str, int] | None = None) -> str:
    return judged(place(1, **one), place(2, **other), uses or {}).verdict


def outcomes(pairs: list[Labelled]) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for pair in pairs:
        key = pair.label, judged(pair.first, pair.second, pair.line_uses).verdict
        found[key] = found.get(key, 0) + 1
    return found


@pytest.mark.parametrize("part", ["all", "held out"])
def test_99_of_100_automatic_matches_are_right_on_the_labelled_pairs(part: str) -> None:
    pairs = labelled_pairs()
    assert len(pairs) >= 300
    found = outcomes([pair for pair in pairs if part == "all" or pair.held_out])
    automatic = sum(count for (_, said), count in found.items() if said == "same")
    right, waiting = found["same", "same"], found["same", "doubtful"]
    truly = sum(count for (label, _), count in found.items() if label == "same")
    assert right / automatic >= 0.99  # one that cannot be told counts as wrong
    assert right / truly >= 0.37
    assert (right + waiting) / truly >= 0.84


def test_every_label_says_why() -> None:
    assert all(pair.reason and pair.label in {"same", "different", "unsure"} for pair in labelled_pairs())


def test_the_order_of_the_two_does_not_matter() -> None:
    for pair in labelled_pairs():
        one = judged(pair.first, pair.second, pair.line_uses)
        other = judged(pair.second, pair.first, pair.line_uses)
        assert (one.verdict, round(one.score, 9)) == (other.verdict, round(other.score, 9)), pair.first.name


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"name": "Limestone Recovery Center, Inc."}, {"name": "The Limestone Recovery Ctr"}),
        ({"street": "12 West Elm Street, Suite 3"}, {"street": "12 W. Elm St", "street_2": "Ste. 3"}),
        ({"name": "Behavioral Health Group"}, {"name": "BHG"}),
        ({"street": "1402-A Browns Lane"}, {"street": "1402 Browns Lane", "street_2": "Suite A"}),
        ({"street": "62-07 Woodside Avenue"}, {"street": "6207 Woodside Ave"}),
        ({"programs": ("Limestone Clinic",)}, {}),
    ],
)  # fmt: skip
def test_one_place_written_in_two_ways_is_the_same(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert verdict(one, other) == "same"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"name": "Limestone House for Women"}, {"name": "Limestone House for Men"}),
        ({"name": "Hope House", "programs": ("Mens House",)}, {"name": "Hope House", "programs": ("Womens House",)}),
        ({"street": "12 Elm Street"}, {"street": "14 Elm Street"}),
        ({"street": "100 Hospital Dr", "street_2": "2nd Floor"}, {"street": "100 Hospital Dr", "street_2": "Floor 5"}),
        ({"street": "100 Hospital Dr", "street_2": "9 West"}, {"street": "100 Hospital Dr", "street_2": "Floor 10"}),
        ({"name": "Limestone Clinic 1"}, {"name": "Limestone Clinic 2"}),
        ({"street": "12 North Elm Street"}, {"street": "12 South Elm Street"}),
        ({"street": "12 Elm St, Suite 1", "name": "Ann Alder LCSW"}, {"street": "12 Elm St, Suite 4", "name": "Bo Birch LCSW"}),
        ({"name": "Alder Counseling"}, {"name": "Birch Counseling"}),
        ({"latitude": 38.05}, {"latitude": 39.05}),
        ({"sources": frozenset({"list-1"})}, {"sources": frozenset({"list-1", "list-2"})}),
    ],
)  # fmt: skip
def test_two_places_are_never_the_same_without_a_person(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert verdict(one, other) != "same"


def test_a_hotline_of_a_chain_does_not_make_its_branches_one() -> None:
    branches = [
        place(
            at,
            street=f"{at} Oak Street",
            zip=f"4050{at}",
            latitude=38.0 + at / 10,
            phones=frozenset({"8005550100"}),
        )
        for at in range(1, 7)
    ]
    uses = line_uses(branches)
    assert uses == {"8005550100": 6}
    assert {judged(one, other, uses).verdict for one, other in candidate_pairs(branches)} == {"different"}


def test_a_reason_says_what_was_compared_what_came_out_and_what_it_weighs() -> None:
    reasons = judged(place(1), place(2), {}).reasons
    assert [reason["compared"] for reason in reasons] == [
        "name",
        "program",
        "street",
        "unit",
        "phone",
        "place",
    ]
    assert reasons[2]["level"] == "same"
    assert float(str(reasons[2]["weight"])) > 2


def test_a_place_that_is_as_like_two_entries_of_one_list_is_left_to_a_person() -> None:
    twins = [place(1, sources=frozenset({"a"})), place(2, sources=frozenset({"a"}))]
    other = place(3, sources=frozenset({"b"}))
    pairs = [judged(twin, other, {}) for twin in twins]
    assert {pair.verdict for pair in pairs} == {"same"}
    assert {pair.verdict for pair in settled(pairs)} == {"doubtful"}
    surer = place(4, sources=frozenset({"a"}), phones=frozenset({"8595550100"}))
    asked = place(3, sources=frozenset({"b"}), phones=frozenset({"8595550100"}))
    pairs = [judged(twins[0], asked, {}), judged(surer, asked, {})]
    assert [pair.verdict for pair in settled(pairs)] == ["doubtful", "same"]


def test_every_pair_that_shares_a_telling_word_in_one_zip_is_looked_at_once() -> None:
    places = [
        place(1),
        place(2, street="9 Oak Street", latitude=38.2),
        place(3, name="Other House", street="1 A St", latitude=39.0),
    ]
    assert [(one.id, other.id) for one, other in candidate_pairs(places)] == [(1, 2)]
    assert list(candidate_pairs(places, among={3})) == []


def test_names_are_alike_by_their_telling_words() -> None:
    assert likeness("Hope Ctr", "Hope Center", "")[0] == 1.0
    assert likeness("Bluegrass Treatment Center", "Limestone Treatment Center", "")[2] is False
    assert marks_clash(marks("Clinic II"), marks("Clinic 3"))
    assert not marks_clash(marks("Women's House"), marks("House"))


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        (("250 West Loudon Avenue",), ("250 W Loudon Ave.",), "same"),
        (("250 West Loudon Avenue",), ("360 West Loudon Avenue",), "other-number"),
        (("132 Edgewood Plaza",), ("213 Edgewood Plaza",), "number-slip"),
        (("10 45th Street",), ("10 46th Street",), "number-only"),
        (("PO Box 12",), ("P.O. Box 12",), "same-box"),
        (("",), ("12 Elm Street",), "unknown"),
        (("Hope Center", "12 Elm Street"), ("12 Elm Street",), "same"),
        (("One 11th Avenue",), ("1 11th Avenue",), "same"),
        (("1208-10 James Street",), ("1208 James Street",), "same"),
    ],
)
def test_streets_agree_by_house_number_and_name(
    one: tuple[str, ...], other: tuple[str, ...], level: str
) -> None:
    assert street_level(read_street(*one), read_street(*other)) == level


def test_units_disagree_only_where_both_name_one_of_a_kind() -> None:
    suite, floor = read_street("1 A St, Suite 3"), read_street("1 A St", "2nd Floor")
    assert units_level(suite, read_street("1 A St #3")) == "same"
    assert units_level(suite, read_street("1 A St", "Ste. 4")) == "other"
    assert units_level(suite, floor) == "unknown"
    assert units_level(read_street("1 A St, Building 1"), read_street("1 A St", "Bldg 1")) == "unknown"
