"""Who takes gzip, as the header Accept-Encoding says it."""

from __future__ import annotations

import pytest

from daybreak.public.middleware import takes_gzip


@pytest.mark.parametrize(
    ("accepted", "taken"),
    [
        ("gzip", True), ("gzip, deflate, br", True), ("br;q=1.0, gzip;q=0.5", True), ("gzip;q=0.001", True),
        ("gzip, br;q=0", True), ("GZIP", True), ("", False), ("br", False), ("identity", False),
        ("gzip;q=0", False), ("gzip; q=0.000, br", False), ("gzip ; Q=0", False), ("notgzip", False),
    ],
)  # fmt: skip
def test_who_takes_gzip(accepted: str, taken: bool) -> None:
    assert takes_gzip(accepted) is taken
