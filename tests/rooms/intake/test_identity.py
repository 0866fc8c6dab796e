"""Rows are known again: by key, else by content and their place among like rows; order and repeats change nothing."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from daybreak.events.rules.draft import Draft, ExhibitSeen
from daybreak.intake.rules.identity import Identities, content_of, root_of

PLAIN = Draft("overdose", 2, datetime(2013, 7, 11, 4, tzinfo=UTC), zip="40508")


def row(key: str = "", zip_code: str = "40508", line: int = 2) -> Draft:
    return replace(PLAIN, key=key, zip=zip_code, line=line)


def test_a_row_with_a_key_is_the_same_record_whatever_it_says() -> None:
    before, after = Identities("feed").of(row("a")), Identities("feed").of(row("a", "40505", 9))
    assert before.record == after.record
    assert before.content != after.content


def test_a_row_without_a_key_is_another_record_when_it_says_something_else() -> None:
    assert Identities("feed").of(row()).record != Identities("feed").of(row(zip_code="40505")).record


def test_two_like_rows_without_a_key_are_two_events() -> None:
    identities = Identities("feed")
    first, second = identities.of(row(line=2)), identities.of(row(line=3))
    assert first.record != second.record
    assert first.content == second.content
    assert not second.again


def test_a_key_that_comes_twice_in_one_file_says_so_and_whether_it_says_the_same() -> None:
    identities = Identities("feed")
    assert not identities.of(row("a", line=2)).again
    same, other = identities.of(row("a", line=3)), identities.of(row("a", "40505", line=4))
    assert (same.again, same.same, same.first) == (True, True, 2)
    assert (other.again, other.same, other.first) == (True, False, 2)


def test_two_feeds_never_share_a_record() -> None:
    assert Identities("fire").of(row("a")).record != Identities("police").of(row("a")).record
    assert Identities("fire").of(row()).record != Identities("police").of(row()).record


def test_the_line_is_no_content_and_trailing_zeros_are_none_either() -> None:
    def with_mass(quantity: str) -> Draft:
        return replace(PLAIN, exhibits=(ExhibitSeen("heroin", Decimal(quantity), "g"),))

    assert content_of(row(line=2)) == content_of(row(line=3))
    assert content_of(with_mass("1.5")) == content_of(with_mass("1.500"))
    assert content_of(with_mass("1.5")) != content_of(with_mass("1.6"))


def test_every_field_of_a_draft_but_line_and_key_changes_the_content() -> None:
    changes = {
        "kind": "death", "occurred_at": datetime(2013, 7, 12, tzinfo=UTC), "occurred_precision": "week", "count": 2,
        "reported_at": datetime(2013, 7, 12, tzinfo=UTC), "place": "zip", "block": "1 block E Main St", "zip": "40505",
        "county": "21067", "state": "KY", "latitude": 38.0, "longitude": -84.0, "fatal": False, "certainty": "suspected",
        "naloxone_given": False, "naloxone_doses": 0, "naloxone_by": "ems", "age_band": "25-34", "sex": "F", "status": "open",
        "manner": "accident", "underlying": "X42", "operation": "pandora", "token": "t", "substances": (("heroin",),),
        "causes": ("T40.1",), "charges": (("KRS",),), "exhibits": (("x",),),
    }  # fmt: skip
    assert set(changes) | {"line", "key"} == set(Draft.__dataclass_fields__)
    from daybreak.events.rules.draft import ChargeSeen, SubstanceSeen

    changes |= {
        "substances": (SubstanceSeen("heroin"),),
        "charges": (ChargeSeen("KRS 218A.1412"),),
        "exhibits": (ExhibitSeen("heroin", None),),
    }
    contents = {content_of(replace(PLAIN, **{name: value})) for name, value in changes.items()}  # type: ignore[arg-type]
    assert len(contents | {content_of(PLAIN)}) == len(changes) + 1


@given(
    st.lists(st.tuples(st.sampled_from(["", "a", "b"]), st.sampled_from(["40508", "40505"])), max_size=12),
    st.randoms(),
)
def test_the_records_of_a_file_do_not_depend_on_the_order_of_its_rows(
    rows: list[tuple[str, str]], random: object
) -> None:
    def records(order: list[tuple[str, str]]) -> Counter[object]:
        identities = Identities("feed")
        return Counter(
            identities.of(row(key, zip_code, line)).record for line, (key, zip_code) in enumerate(order, 2)
        )

    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert records(rows) == records(shuffled)


@given(st.lists(st.sampled_from(["40508", "40505"]), max_size=10), st.sampled_from(["40508", "40505"]))
def test_a_file_with_one_row_more_has_exactly_one_record_more(rows: list[str], more: str) -> None:
    def records(order: list[str]) -> set[object]:
        identities = Identities("feed")
        return {identities.of(row(zip_code=zip_code)).record for zip_code in order}

    assert len(records(rows)) == len(rows)
    assert len(records([*rows, more]) - records(rows)) == 1


def test_the_root_of_an_import_changes_with_any_row_and_with_their_order() -> None:
    contents = [Identities("feed").of(row(zip_code=zip_code)).content for zip_code in ("40508", "40505")]
    assert len({root_of(contents), root_of(contents[::-1]), root_of(contents[:1]), root_of([])}) == 4
