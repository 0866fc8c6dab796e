"""`daybreak value` says the mass and the value as the police did, and refuses what it cannot value."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, load_command_class


def run(*words: str) -> str:
    command: Any = load_command_class("daybreak.events", "value")
    out = StringIO()
    command.stdout._out = out
    command._called_from_command_line = True
    options = vars(command.create_parser("daybreak", "value").parse_args(list(words)))
    command.execute(*options.pop("args", ()), **{**options, "stdout": out})
    return out.getvalue()


def test_the_grams_and_dollars_of_operation_pandora() -> None:
    said = run("--drug", "heroin", "--grams", "1179.501", "--price", "200")
    assert "1,180 g" in said
    assert "$235,900.20" in said


def test_the_same_as_json() -> None:
    facts = json.loads(run("--drug", "heroin", "--grams", "1179.501", "--price", "200", "--json"))
    assert (facts["mass_g"], facts["mass_g_shown"], facts["value_usd"]) == ("1179.501", "1180", "235900.20")
    assert facts["not_valued"] is None


def test_another_unit_and_level() -> None:
    words = ("--quantity", "82.57", "--unit", "LB", "--price", "5000", "--level", "wholesale", "--json")
    facts = json.loads(run("--drug", "meth", *words))
    assert (facts["substance"], facts["value_usd"], facts["level"]) == (
        "methamphetamine",
        "412850.00",
        "wholesale",
    )


def test_nibrs_xx_has_no_value_and_the_exit_code_says_so() -> None:
    with pytest.raises(CommandError, match="not valued, which is not 0: no quantity") as stopped:
        run("--drug", "nibrs:D", "--quantity", "1", "--unit", "XX", "--price", "200")
    assert stopped.value.returncode == 1


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--drug", "girl", "--grams", "1", "--price", "2"), "could be cocaine or fentanyl or heroin"),
        (("--drug", "moondust", "--grams", "1", "--price", "2"), "must name one substance"),
        (("--drug", "heroin", "--grams", "much", "--price", "2"), "--grams must be a number"),
        (("--drug", "heroin", "--grams", "-1", "--price", "2"), "--grams must be a number"),
        (("--drug", "heroin", "--grams", "1", "--price", "0"), "--price must be a number"),
        (("--drug", "heroin", "--quantity", "1", "--unit", "heap", "--price", "2"), "--unit must be one of"),
        (("--drug", "heroin", "--grams", "1", "--price", "2", "--on", "July"), "--on must be a day"),
        (("--drug", "heroin", "--grams", "1", "--price", "2", "--low", "3"), "low ≤ middle ≤ high"),
    ],
)
def test_wrong_words_are_explained(words: tuple[str, ...], says: str) -> None:
    with pytest.raises(CommandError, match=says) as stopped:
        run(*words)
    assert stopped.value.returncode == 2
