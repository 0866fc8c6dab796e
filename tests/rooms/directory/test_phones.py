"""Phone cells as they really are: several numbers, labels, extensions, words for digits."""

from __future__ import annotations

import pytest

from daybreak.directory.rules.phones import numbers_in
from daybreak.directory.rules.rows import Number


def told(text: str) -> list[tuple[str, str, str]]:
    return [(found.number, found.extension, found.kind) for found in numbers_in(text)]


@pytest.mark.parametrize(
    ("cell", "numbers"),
    [
        ("(334)673-2143", [("3346732143", "", "main")]),
        ("(334)673-2143 Hotline: (800)951-4357", [("3346732143", "", "main"), ("8009514357", "", "hotline")]),
        (
            "(205)216-0200 Intake: (205)216-0202 Hotlines: (888)950-4325 (888)950HEAL",
            [("2052160200", "", "main"), ("2052160202", "", "intake"), ("8889504325", "", "hotline")],
        ),
        ("(606)393-5926x123", [("6063935926", "123", "main")]),
        (
            "(561)244-9499 Intakes: (561)244-9499x9 (561)244- 9499x201",
            [("5612449499", "", "main"), ("5612449499", "9", "intake"), ("5612449499", "201", "intake")],
        ),
        ("859-625-0104 ext 237", [("8596250104", "237", "main")]),
        ("270-901-5000  -  Ext 1146; 1268", [("2709015000", "1146; 1268", "main")]),
        ("800.713.0954", [("8007130954", "", "main")]),
        ("270/843-9130", [("2708439130", "", "main")]),
        ("2706890073", [("2706890073", "", "main")]),
        ("1-800-928-8000", [("8009288000", "", "main")]),
        ("(312)CAN-HELP", [("3122264357", "", "main")]),
        ("(315)7351MGJ 162 (315)7351MGJ 160", [("3157351645", "162", "main"), ("3157351645", "160", "main")]),
        ("270-247-4212 OR 800-273-1282", [("2702474212", "", "main"), ("8002731282", "", "main")]),
        (
            "859-734-5486 local office or central intake 800-928-8000",
            [("8597345486", "", "main"), ("8009288000", "", "intake")],
        ),
        ("", []),
        ("call the front desk", []),
    ],
)
def test_every_number_of_a_cell_is_read_with_its_label_and_extension(
    cell: str, numbers: list[tuple[str, str, str]]
) -> None:
    assert told(cell) == numbers


def test_the_same_number_twice_is_kept_once() -> None:
    assert told("(888)950-4325 (888)950HEAL") == [("8889504325", "", "main")]


@pytest.mark.parametrize("text", ["884-217-4422", "(270)"])
def test_what_cannot_be_a_number_is_kept_as_text_and_marked(text: str) -> None:
    (found,) = numbers_in(text)
    assert found == Number(text, readable=False)


def test_words_after_a_number_say_whom_it_is_for() -> None:
    first, second = numbers_in("1-877-473-7766 for non-locals, 270-881-9551 for local residents")
    assert (first.number, first.description) == ("8774737766", "for non-locals")
    assert (second.number, second.description) == ("2708819551", "for local residents")


def test_a_column_of_intake_numbers_gives_its_kind() -> None:
    assert [found.kind for found in numbers_in("800-928-8000", kind="intake")] == ["intake"]
