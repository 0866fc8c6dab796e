"""The map of a page of results: dots where the places are, rings at true miles, no style that the policy forbids."""

from __future__ import annotations

import math
import re
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from daybreak.public.rules.map import HEIGHT, WIDTH, lay_out
from daybreak.vocabulary.gazetteer import miles_between

LEXINGTON = (38.0464, -84.4970)
SVG = "{http://www.w3.org/2000/svg}"
client = Client()


def test_rings_are_at_the_miles_that_they_say() -> None:
    points = [(1, 38.05, -84.49), (2, 38.20, -84.55), (3, 38.05, -84.10)]
    sheet = lay_out(points, LEXINGTON)
    assert sheet.middle
    assert len(sheet.rings) >= 2
    for dot, (_, latitude, longitude) in zip(sheet.dots, points, strict=True):
        units = math.hypot(dot.true_x - sheet.middle[0], dot.true_y - sheet.middle[1])
        miles = miles_between(*LEXINGTON, latitude, longitude)
        assert units * float(sheet.rings[0].miles) / sheet.rings[0].radius == pytest.approx(miles, rel=0.01)


def test_north_is_up_and_east_is_right() -> None:
    sheet = lay_out([(1, 38.3, -84.5), (2, 38.0, -84.1)], LEXINGTON)
    north, east = sheet.dots
    assert sheet.middle
    assert north.true_y < sheet.middle[1]
    assert east.true_x > sheet.middle[0]


def test_listings_of_one_address_make_room_for_each_other() -> None:
    sheet = lay_out([(number, 38.05, -84.49) for number in range(1, 6)], LEXINGTON)
    gaps = [math.hypot(a.x - b.x, a.y - b.y) for a in sheet.dots for b in sheet.dots if a.number < b.number]
    assert min(gaps) > 20
    assert sum(dot.moved for dot in sheet.dots) >= 4, "a thin line leads from a moved dot to its place"


def test_county_lines_are_drawn_where_they_are_known() -> None:
    names = {county.name for county in lay_out([], LEXINGTON, 40.0).counties}
    assert {"Fayette", "Scott", "Madison"} <= names
    assert lay_out([(1, 40.7, -74.0)], (40.7, -74.0)).counties == ()


@given(st.lists(st.tuples(st.integers(1, 99), st.floats(24, 49), st.floats(-125, -67)), max_size=10))
@settings(max_examples=60, deadline=None)
def test_every_dot_is_on_the_sheet(points: list[tuple[int, float, float]]) -> None:
    sheet = lay_out(points, LEXINGTON)
    assert len(sheet.dots) == len(points)
    assert all(0 <= dot.x <= WIDTH and 0 <= dot.y <= HEIGHT for dot in sheet.dots)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_picture_is_svg_that_needs_no_style(town: Any, scheme: str) -> None:
    answer = client.get(f"/es/find/map.svg?near=40507&need=detox&scheme={scheme}")
    assert answer["Content-Type"] == "image/svg+xml"
    body = answer.content.decode()
    tree = ElementTree.fromstring(body)
    assert [node.text for node in tree.iter(f"{SVG}title")] == ["Dónde están estos lugares"]
    numbers = {node.text for node in tree.iter(f"{SVG}text")}
    assert {"1", "2"} <= numbers
    assert not re.search(r"<style|style=|class=|href=|<script", body)


def test_the_two_schemes_differ(town: Any) -> None:
    light, dark = (
        client.get(f"/find/map.svg?near=40507&scheme={scheme}").content for scheme in ("light", "dark")
    )
    assert light != dark


def test_one_place_has_a_map_of_its_counties(town: Any) -> None:
    body = client.get(f"/place/{town.ids['Hilltop']}/map.svg").content.decode()
    assert "Fayette" in body
    assert ElementTree.fromstring(body).tag == f"{SVG}svg"
