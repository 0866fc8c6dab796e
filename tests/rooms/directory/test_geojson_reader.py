"""GeoJSON by a saved mapping: the real layer of 2019, points, and files that are none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daybreak.directory.models import Location, Source
from daybreak.directory.readers.geojson import mapped_features
from daybreak.directory.readers.mapping import mapping_from
from daybreak.directory.readers.tables import UnusableFile
from daybreak.directory.rules.rows import Row
from tests.rooms.directory.sheets import five, load

DATA = Path(__file__).resolve().parents[3] / "data"
MAPPING: dict[str, Any] = {
    "source": {"slug": "a-layer", "title": "A layer", "family": "layers", "as_of": "2024-05-01"},
    "columns": {"name": "who", "zip": "zip", "phone": "tel", "latitude": "lat", "longitude": "lon"},
    "facts": [{"need": "women", "column": "women", "values": ["true", "1"]}],
}


def feature(geometry: Any = None, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": {"who": "Hope", "zip": "40508", "tel": None, "women": None, "lat": None,
                                              "lon": None, **properties}, "geometry": geometry}  # fmt: skip


def point(*coordinates: Any) -> dict[str, Any]:
    return {"type": "Point", "coordinates": list(coordinates)}


def rows(value: Any) -> list[Row]:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return list(mapped_features(data, mapping_from(MAPPING, "layer.toml")).rows())


def collection(*features: Any, **more: Any) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features), **more}


def test_properties_are_columns_and_the_point_is_the_place() -> None:
    [row] = rows(collection(feature(point(-84.5, 38.05, 290), tel="859-252-2002", women=True)))
    assert (row.name, row.zip, row.latitude, row.longitude) == ("Hope", "40508", "38.05", "-84.5")
    assert row.contacts == (("main", "859-252-2002"),)
    assert [said.need for said in row.statements] == ["women"]


def test_without_a_point_the_mapped_properties_say_where() -> None:
    line = {"type": "LineString", "coordinates": [[0, 0], [1, 1]]}
    found = rows(
        collection(feature(None, lat=38.05, lon=-84.5), feature(line, lat="38.05", lon="-84.5"), feature())
    )
    assert [(row.latitude, row.longitude) for row in found] == [
        ("38.05", "-84.5"),
        ("38.05", "-84.5"),
        ("", ""),
    ]
    assert [[mend.rule for mend in row.mends] for row in found] == [[], ["geometry-not-a-point"], []]
    [one] = rows(collection(feature({"type": "MultiPoint", "coordinates": [[-84.5, 38.05]]})))
    assert one.latitude == "38.05"


def test_collections_sequences_and_lines_say_the_same() -> None:
    two = [feature(point(-84.5, 38.05)), feature(point(-84.6, 38.06), who="Oasis")]
    sequence = "".join(f"\x1e{json.dumps(one)}\n" for one in two).encode()
    lines = "\n".join(map(json.dumps, two)).encode()
    told = [
        [(row.name, row.latitude) for row in rows(shape)] for shape in (collection(*two), sequence, lines)
    ]
    assert told.count(told[0]) == 3
    assert [row.line for row in rows(sequence)] == [1, 2]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"type": "Topology"}, "must be a FeatureCollection"),
        ([1], "no type"),
        ({"type": "FeatureCollection", "features": 5}, "list of features"),
        (collection(), "No feature has properties"),
        (collection(5), "No feature has properties"),
        (collection({"type": "Feature", "properties": {"name": "x"}}), "expects the columns"),
        (collection(feature(), crs={"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3857"}}), "WGS 84"),
        (b"<kml>", "web page or XML"),
    ],
)  # fmt: skip
def test_files_that_are_no_layer_are_refused_with_the_reason(value: Any, words: str) -> None:
    with pytest.raises(UnusableFile, match=words):
        rows(value)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.none() | st.integers() | st.text(max_size=5) | st.lists(st.floats(), max_size=3), max_size=3)
)
def test_whatever_coordinates_come_the_row_stays(coordinates: list[Any]) -> None:
    text = json.dumps(collection(feature({"type": "Point", "coordinates": coordinates})))
    try:
        found = rows(text.encode())
    except UnusableFile:
        assert "NaN" in text or "Infinity" in text
        return
    assert [row.name for row in found] == ["Hope"]


@pytest.mark.django_db
def test_the_real_layer_of_2019_is_loaded_whole(tmp_path: Path) -> None:
    data = (DATA / "kentucky" / "locator_2019_KY.geojson").read_bytes()
    books = load(tmp_path, data, "geojson", mapping="samhsa-locator-2019")
    assert (books.read, books.quarantined, books.source) == (411, 0, "samhsa-locator-2019")
    assert Source.objects.get().family == "findtreatment"
    assert Location.objects.filter(county="KY/Fayette", point_from="source").count() >= 30
    assert five(load(tmp_path, data, "geojson", mapping="samhsa-locator-2019")) == (0, 0, 411, 0, 0)


def test_a_layer_needs_a_mapping(tmp_path: Path) -> None:
    with pytest.raises(UnusableFile, match="GeoJSON file needs --mapping"):
        load(tmp_path, b"{}", "geojson")
