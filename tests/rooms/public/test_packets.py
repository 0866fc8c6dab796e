"""The sheets for paper: what stands on them, what never does, and the code that opens the list."""

from __future__ import annotations

import re
from typing import Any

import pytest
import segno
from django.test import Client

from daybreak.public.rules.cutting import cut_short
from daybreak.public.rules.qr import QUIET, code
from daybreak.public.rules.sheets import SHEETS, fitting, lines_of

client = Client()
KINDS = sorted(SHEETS)


def text(path: str) -> str:
    return client.get(path).content.decode()


def drawn(path: str, size: int) -> list[list[int]]:
    """The modules that an SVG path fills, read back from its own words."""
    grid = [[0] * size for _ in range(size)]
    for x, y, run in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\3z", path):
        for at in range(int(x), int(x) + int(run)):
            grid[int(y)][at] = 1
    return grid


def test_the_picture_is_the_code_of_the_address_module_by_module() -> None:
    address = "https://example.org/es/find?near=40507&need=detox&ask=all"
    size, path = code(address)
    grid = drawn(path, size)
    matrix = segno.make_qr(address, error="m").matrix
    assert [row[QUIET:-QUIET] for row in grid[QUIET:-QUIET]] == [list(row) for row in matrix]
    quiet = [*grid[:QUIET], *grid[-QUIET:], *([*row[:QUIET], *row[-QUIET:]] for row in grid)]
    assert not any(any(row) for row in quiet)


@pytest.mark.parametrize("prefix", ["", "/es"])
@pytest.mark.parametrize("kind", KINDS)
def test_the_code_on_the_sheet_opens_the_live_list(town: Any, kind: str, prefix: str) -> None:
    page = text(f"{prefix}/packet?near=40507&for={kind}&need=detox&need=medicaid")
    address = f"http://testserver{prefix}/find?near=40507&need=detox&need=medicaid&ask=all"
    assert f'd="{code(address).path}"' in page
    assert client.get(address.removeprefix("http://testserver")).status_code == 200


@pytest.mark.parametrize("prefix", ["", "/es"])
@pytest.mark.parametrize("kind", KINDS)
def test_no_old_number_is_printed(town: Any, kind: str, prefix: str) -> None:
    page = text(f"{prefix}/packet?near=40507&for={kind}&need=detox")
    assert "Limestone House" in page
    assert "555-0101" not in page, "its number is of 2015"
    assert "859-555-0102" in page, "this one was confirmed this year"
    for line in ("911", "988", "1-833-859-4357"):
        assert line in page
    assert "naloxon" in page
    assert "2026" in page


def test_what_is_missing_is_asked_for_and_nothing_is_lost(town: Any) -> None:
    answer = client.get("/packet?for=door-hanger&need=detox")
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "Please say where" in page
    assert re.search(r'value="door-hanger"[^>]* checked', page)
    assert re.search(r'value="detox" checked', page)
    assert client.get("/packet?near=40507&for=poster").status_code == 400
    many = "&".join(
        f"need={need}" for need in ("detox", "medicaid", "women", "adults", "spanish", "pregnant", "free")
    )
    assert "at most 6 needs" in text(f"/packet?near=40507&for=door-hanger&{many}")


def test_a_place_with_several_meanings_is_asked_for(town: Any) -> None:
    page = text("/packet?near=Franklin+County&for=jail-release")
    assert "Which one do you mean?" in page
    assert "/packet?near=Franklin+County%2C+" in page


def test_where_nothing_is_listed_the_lines_still_stand(town: Any) -> None:
    page = text("/packet?near=99501&for=jail-release&need=spanish")
    assert "No place is listed near here for this" in page
    assert "988" in page


def test_lines_are_counted_as_paper_breaks_them() -> None:
    assert lines_of("", 10) == 1
    assert lines_of("one two", 10) == 1
    assert lines_of("one two three four", 10) == 2
    assert lines_of("x" * 25, 10) == 3


def test_only_as_many_places_as_fit() -> None:
    hanger = SHEETS["door-hanger"]
    short = [["A", "1 Main Street", ""]] * 9
    assert fitting("", short, hanger, "en") == hanger.places
    long = [["long name " * 6, "long street " * 6, "ask " * 20]] * 4
    assert 0 < fitting("", long, hanger, "en") < hanger.places


def test_what_is_cut_says_so() -> None:
    assert cut_short("short", 10) == "short"
    assert cut_short("Center for Behavioral Health", 20) == "Center for […]"
    for most in range(12, 60):
        cut = cut_short("Seven Counties Services: Jefferson Alcohol and Drug Abuse Center", most)
        assert len(cut) <= most
        assert cut.endswith(" […]")
