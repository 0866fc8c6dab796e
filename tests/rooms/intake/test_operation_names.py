"""Cells of a column of operations are matched to the agency's operations for a person to confirm."""

from __future__ import annotations

from daybreak.intake.rules.operation_names import proposed

OPERATIONS = {
    "operation-pandora": "Operation Pandora",
    "red-river": "Red River",
    "red-river-2": "Operation Red River",
}


def test_a_cell_names_an_operation_by_slug_or_name_with_or_without_the_word() -> None:
    cells = ["Pandora", "OPERATION PANDORA", "operation-pandora", "Pandora", ""]
    assert proposed(cells, OPERATIONS) == (dict.fromkeys(cells[:3], "operation-pandora"), ())


def test_what_fits_two_operations_or_none_is_left_to_the_person() -> None:
    assert proposed(["Red River", "Pandora 2", "red-river-2"], OPERATIONS) == (
        {"red-river-2": "red-river-2"},
        ("Red River", "Pandora 2"),
    )
