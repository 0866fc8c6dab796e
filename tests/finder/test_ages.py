"""Ages that have no need of their own are told in years, for those who need the help."""

from __future__ import annotations

import pytest

from tests.finder.heard import bundled


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("methadone, man 35", [35]),
        ("26 woman, residential", [26]),
        ("47 yo woman, detox", [47]),
        ("hombre de 40 años", [40]),
        ("man 22, detox", []),
        ("my brother hit a man, 3 beds near 40507", []),
        ("detox within 35 miles", []),
    ],
)
def test_an_age_without_a_need_of_its_own_is_told_in_years(text: str, years: list[int]) -> None:
    assert [year for year, _ in bundled().understand(text).ages] == years
