"""The Human Services Data Specification 3.0 as its schemas say it: entities, their properties in order, the CSV tables."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from daybreak.vocabulary import files

VERSION = "3.0"
# Entities of 3.1 that we know beside 3.0; they go out as additional properties.
LATER = frozenset({"service_capacity", "unit"})


def _json(name: str) -> dict[str, Any]:
    path = files.folder() / "hsds" / name
    if not path.is_file():
        raise FileNotFoundError(
            f"The HSDS schema {name} is missing from {path.parent}; install Daybreak again."
        )
    found: dict[str, Any] = json.loads(path.read_bytes())
    return found


@cache
def schema(entity: str) -> dict[str, Any]:
    """The JSON Schema of one entity ("service", "phone", …), as published; its references name the other files."""
    return _json(f"{'schema-3.1' if entity in LATER else 'schema'}/{entity}.json")


@cache
def entities() -> tuple[str, ...]:
    """Every entity of 3.0, and of 3.1 what we know of it."""
    found = {path.stem for path in (files.folder() / "hsds" / "schema").glob("*.json")}
    return (*sorted(found - {"openapi"}), *sorted(LATER))


@cache
def positions(entity: str) -> dict[str, int]:
    """Property → its place in the entity's schema."""
    return {name: place for place, name in enumerate(schema(entity)["properties"])}


@cache
def scalars(entity: str) -> frozenset[str]:
    """The properties of an entity that are text or numbers, which a list's entries carry."""
    return frozenset(
        name
        for name, said in schema(entity)["properties"].items()
        if said.get("type") in {"string", "number", "integer", "boolean"}
    )


@cache
def parts(entity: str) -> dict[str, tuple[str, bool]]:
    """Property → (the entity that stands there, whether it is a list of them)."""
    found = {}
    for name, said in schema(entity)["properties"].items():
        target = said.get("$ref") or said.get("items", {}).get("$ref")
        if target:
            found[name] = (str(target).removesuffix(".json"), "items" in said)
    return found


@cache
def datapackage() -> dict[str, Any]:
    """The CSV datapackage of 3.0, as published."""
    return _json("datapackage.json")
