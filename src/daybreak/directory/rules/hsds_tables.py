"""HSDS objects as rows of the CSV datapackage: one table an entity, one row an id, what has no column in a column of ours."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import orjson

from daybreak.directory.rules.hsds_shapes import OURS, Shape
from daybreak.vocabulary import hsds

NOT_STATED = "not stated"
Row = tuple[str, dict[str, str]]
# What says in a row of an entity that it belongs to the entity around it.
_LINKS = {"attribute": ("link_id", "link_entity"), "metadata": ("resource_id", "resource_type")}
# What stands in many objects and is one row.
_SHARED = frozenset({"location", "taxonomy", "taxonomy_term"})
# Nearly every attribute looks like this, and there are hundreds of thousands.
_PLAIN = {"id", "link_id", "taxonomy_term_id", "link_entity", "taxonomy_term", OURS}
_PLAIN_TEXTS = ("id", "link_id", "taxonomy_term_id", "link_entity")
# The published tables ask that an organization have one program only, and that no two taxonomies use one code; neither is
# meant, and neither holds.
_NOT_UNIQUE = {("program", "organization_id"), ("taxonomy_term", "code")}


@cache
def columns(entity: str) -> tuple[str, ...]:
    """The columns of an entity's table, in order, ours last."""
    return (*(field["name"] for field in _resource(entity)["schema"]["fields"]), OURS)


@cache
def required(entity: str) -> frozenset[str]:
    """The columns that must hold something."""
    fields = _resource(entity)["schema"]["fields"]
    return frozenset(field["name"] for field in fields if field["constraints"]["required"])


@cache
def keys(entity: str) -> dict[str, str]:
    """Column → the entity whose id stands there."""
    found = _resource(entity)["schema"].get("foreignKeys", ())
    return {key["fields"]: key["reference"]["resource"] for key in found}


@cache
def tables() -> dict[str, str]:
    """Entity → the name of its file, in the order of the datapackage."""
    return {resource["name"]: resource["path"] for resource in hsds.datapackage()["resources"]}


@cache
def _resource(entity: str) -> dict[str, Any]:
    found: dict[str, Any] = next(r for r in hsds.datapackage()["resources"] if r["name"] == entity)
    return found


@cache
def datapackage() -> dict[str, Any]:
    """The description of our tables: the published one with our column in each."""
    found = copy.deepcopy(hsds.datapackage())
    for resource in found["resources"]:
        for field in resource["schema"]["fields"]:
            if (resource["name"], field["name"]) in _NOT_UNIQUE:
                field["constraints"]["unique"] = False
        resource["schema"]["fields"].append(
            {
                "name": OURS,
                "type": "string",
                "description": (
                    "Daybreak's own terms as JSON. \"additional\" holds properties that have no column; \"not_stated\" names "
                    "the columns that must hold something and of which nothing is known."
                ),
                "constraints": {"required": False, "unique": False},
            }
        )  # fmt: skip
    return found


class Rows:
    """Cuts objects into rows, each id once a table. ``repeated`` counts the rows that were met again and left out."""

    def __init__(self) -> None:
        self._met: dict[str, set[int]] = {}
        self.repeated: Counter[str] = Counter()

    def of(
        self, entity: str, shape: Mapping[str, Any], *, without: frozenset[str] = frozenset()
    ) -> Iterator[Row]:
        """The rows of one object: its own, then those of what stands within it; ``without`` names parts written elsewhere."""
        yield from self._cut(entity, shape, None, without)

    def _cut(
        self, entity: str, shape: Mapping[str, Any], owner: tuple[str, str] | None, without: frozenset[str]
    ) -> Iterator[Row]:
        identifier = str(shape["id"])
        if self._again(entity, identifier):
            return
        if entity == "attribute" and shape.keys() == _PLAIN and self._known(shape["taxonomy_term"]["id"]):
            yield entity, {name: shape[name] for name in _PLAIN_TEXTS} | {OURS: _cell(shape[OURS])}
            return
        names, within = columns(entity), hsds.parts(entity)
        held: dict[str, Any] = {}
        mine: Shape = dict(shape.get(OURS, {}))
        more: Shape = dict(mine.pop("additional", {}))
        children: list[Row] = []
        for name, value in shape.items():
            if name == OURS or name in without:
                continue
            if name in names:
                held[name] = value
            elif name in within and isinstance(value, list | dict):
                child, _ = within[name]
                left = []
                for part in value if isinstance(value, list) else [value]:
                    cut = self._child(child, part, held, (entity, identifier), name)
                    if cut is None:
                        left.append(part)
                    else:
                        children += cut
                if left:
                    more[name] = left if isinstance(value, list) else left[0]
            else:
                more[name] = value
        _linked(entity, held, owner)
        unknown = sorted(required(entity) - {name for name, value in held.items() if value not in (None, "")})
        if unknown:
            mine["not_stated"] = unknown
        if more:
            mine["additional"] = more
        held |= dict.fromkeys(unknown, NOT_STATED)
        if mine:
            held[OURS] = mine
        yield entity, {name: _cell(value) for name, value in held.items()}
        yield from children

    def _child(
        self, entity: str, part: Any, held: dict[str, Any], owner: tuple[str, str], name: str
    ) -> list[Row] | None:
        """The rows of what stands within; None where it cannot be a row, since it names nothing that the table needs."""
        if not isinstance(part, dict) or "id" not in part:
            return None
        if entity in {"taxonomy", "taxonomy_term"}:
            held.setdefault("taxonomy_id" if entity == "taxonomy" else "taxonomy_term_id", part["id"])
            return list(self._cut(entity, part, None, frozenset()))
        if entity == "attribute" and not ("taxonomy_term" in part or "taxonomy_term_id" in part):
            return None
        if name in {"location", "program"}:
            held.setdefault(f"{name}_id", part["id"])
        return list(self._cut(entity, part, owner, frozenset()))

    def _known(self, term: str) -> bool:
        return int(term.replace("-", ""), 16) in self._met.get("taxonomy_term", ())

    def _again(self, entity: str, identifier: str) -> bool:
        met, number = self._met.setdefault(entity, set()), int(identifier.replace("-", ""), 16)
        if number in met:
            if entity not in _SHARED:
                self.repeated[entity] += 1
            return True
        met.add(number)
        return False


def _linked(entity: str, held: dict[str, Any], owner: tuple[str, str] | None) -> None:
    """Say in a row what it belongs to, where it does not say so itself."""
    if owner is None:
        return
    kind, identifier = owner
    if entity in _LINKS:
        key, named = _LINKS[entity]
        held.setdefault(key, identifier)
        held.setdefault(named, kind)
    for column, target in keys(entity).items():
        if target == kind:
            held.setdefault(column, identifier)


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return value
    return orjson.dumps(value).decode()
