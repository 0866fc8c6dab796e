"""Reads GeoJSON by a saved mapping: the properties of a feature are its columns, its point is its place."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from daybreak.directory.readers.csv import MappedList
from daybreak.directory.readers.documents import Element, decoded, documents, elements
from daybreak.directory.readers.mapping import ListMapping
from daybreak.directory.readers.tables import Record, UnusableFile
from daybreak.directory.rules.rows import Mend

# Headings of the two columns that the geometry fills; the unit separator keeps them apart from every property.
_LATITUDE, _LONGITUDE = "\x1flatitude", "\x1flongitude"
_WGS84 = ("CRS84", "4326")


def mapped_features(data: bytes, mapping: ListMapping) -> MappedList:
    """The list of features in ``data``, read by ``mapping`` as a CSV would be; raises UnusableFile."""
    table = Features(data, mapping)
    placed = {**mapping.columns, "latitude": _LATITUDE, "longitude": _LONGITUDE}
    return MappedList(table, replace(mapping, columns=placed))


class Features:
    """Features as rows: a FeatureCollection, a Feature, or a sequence of them.

    Where a feature has no point, the mapping's own columns for latitude and longitude are looked at.
    """

    def __init__(self, data: bytes, mapping: ListMapping) -> None:
        text = decoded(data)
        self._elements: list[Element] = []
        for begin, _, value in documents(text):
            self._elements += _features(text, begin, value)
        names: dict[str, None] = {}
        for _, feature in self._elements:
            names |= dict.fromkeys(_properties(feature))
        if not names:
            raise UnusableFile(
                "No feature has properties. Give a FeatureCollection whose features say who they are."
            )
        self.headings = [[*names, _LATITUDE, _LONGITUDE]]
        self._fallback = (mapping.columns.get("latitude", ""), mapping.columns.get("longitude", ""))

    def records(self, fields: Sequence[str]) -> Iterator[Record]:
        """Every feature, in the order of the file."""
        for number, (line, feature) in enumerate(self._elements, 1):
            properties = _properties(feature)
            latitude, longitude, mends = _point(feature)
            if not latitude and all(self._fallback):
                latitude, longitude = (_text(properties.get(name)) for name in self._fallback)
            cells = [_text(properties.get(name)) for name in self.headings[0][:-2]]
            raw = json.dumps(feature, ensure_ascii=True)
            yield Record(line, number, raw, [*cells, latitude, longitude], mends)


def _features(text: str, begin: int, value: Any) -> list[Element]:
    kind = value.get("type") if isinstance(value, dict) else None
    if kind not in ("FeatureCollection", "Feature"):  # not a set: whatever stands there may be a list
        raise UnusableFile(
            "GeoJSON must be a FeatureCollection or Features one after the other; this has "
            f"{'the type ' + repr(kind)[:60] if kind else 'no type'}. Export the list as GeoJSON with its properties."
        )
    _right_coordinates(value.get("crs"))
    if kind == "Feature":
        return [Element(text.count("\n", 0, begin) + 1, value)]
    found = value.get("features")
    if not isinstance(found, list):
        raise UnusableFile("A FeatureCollection must have a list of features. Export the list again.")
    return elements(text, begin, found, "features")


def _right_coordinates(crs: Any) -> None:
    """The old member crs may name WGS 84 only: anything else would put every place somewhere else."""
    if crs is None:
        return
    told = crs.get("properties") if isinstance(crs, dict) else crs
    name = str(told.get("name", "")) if isinstance(told, dict) else str(told)
    if not name.endswith(_WGS84):
        raise UnusableFile(
            f"Coordinates must be longitude and latitude (WGS 84, CRS84); this file says {name[:80]!r}. "
            "Export it again in EPSG:4326."
        )


def _properties(feature: Any) -> Mapping[str, Any]:
    found = feature.get("properties") if isinstance(feature, dict) else None
    return found if isinstance(found, dict) else {}


def _point(feature: Any) -> tuple[str, str, tuple[Mend, ...]]:
    """Latitude and longitude as text, and a mend where the geometry is something else than a point."""
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    if geometry is None:
        return "", "", ()
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    coordinates = geometry.get("coordinates") if isinstance(geometry, dict) else None
    if kind == "MultiPoint" and isinstance(coordinates, list) and len(coordinates) == 1:
        kind, coordinates = "Point", coordinates[0]
    if kind != "Point" or not isinstance(coordinates, list) or len(coordinates) < 2:
        return "", "", (Mend("geometry", json.dumps(geometry)[:500], "", "geometry-not-a-point"),)
    return _text(coordinates[1]), _text(coordinates[0]), ()


def _text(value: Any) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, (bool, list, dict)):
        return json.dumps(value)
    return str(value)
