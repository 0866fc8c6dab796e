"""Checks objects against the schemas of HSDS 3.0 and 3.1's capacity, and says what is wrong without repeating what was there."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from itertools import islice
from typing import Any, NamedTuple

from jsonschema_rs import Draft202012Validator, Registry, ValidationError

from daybreak.directory.readers.hsds_json import pointed
from daybreak.vocabulary import hsds

MOST_FAULTS = 20


class Fault(NamedTuple):
    """Where in an object something is wrong (a JSON pointer), and what must stand there."""

    pointer: str
    reason: str


def faults(kind: str, value: Mapping[str, Any]) -> list[Fault]:
    """What is wrong with one object; ``kind`` names its schema: "service", "organization" …; at most 20 are told."""
    found = [_fault(error) for error in islice(_validator(kind).iter_errors(value), MOST_FAULTS)]
    found += [_fault(error) for error in islice(_own_words().iter_errors(value), MOST_FAULTS)]
    if kind == "service" and isinstance(value.get("capacities"), list):
        for number, capacity in enumerate(value["capacities"]):
            errors = islice(_validator("service_capacity").iter_errors(capacity), MOST_FAULTS)
            found += [_fault(error, f"/capacities/{number}") for error in errors]
    return found


@cache
def _registry() -> Registry:
    return Registry([(f"hsds:/{entity}.json", hsds.schema(entity)) for entity in hsds.entities()])


@cache
def _validator(kind: str) -> Draft202012Validator:
    return Draft202012Validator({"$ref": f"hsds:/{kind}.json"}, registry=_registry(), validate_formats=True)


def _objects(**properties: str) -> dict[str, Any]:
    return {"type": "array", "items": {"type": "object", "properties": _typed(**properties)}}


def _typed(**properties: str) -> dict[str, Any]:
    return {name: {"type": kind} for name, kind in properties.items()}


@cache
def _own_words() -> Draft202012Validator:
    """What stands under x_daybreak anywhere in an object, and the additional lists that we read."""
    ours = _typed(
        status="string", alert="string", url="string", source="string", said="string", date="string", confirmed_on="string",
        kind="string", readable="boolean", extension="string", description="string", point_from="string", county="string",
        match_key="string", website="string", uri="string", licence="string", expires_at="string",
    )  # fmt: skip
    ours |= {
        "sources": _objects(slug="string", title="string", family="string", as_of="string", citation="string"),
        "records": _objects(
            source="string", key="string", digest="string", row="integer", line="integer", merged="boolean",
            location_id="string",
        ),
        "also": {"type": "array", "items": {"type": "string"}},
        "position": {"type": "integer", "minimum": 0, "maximum": 32767},
        "kind": {"enum": ["main", "intake", "hotline"]},
        "point_from": {"enum": ["source", "zip", "none"]},
    }  # fmt: skip
    anything: dict[str, Any] = {
        "properties": {
            "x_daybreak": {"type": "object", "properties": ours},
            "capacities": {"type": "array", "items": {"type": "object"}},
        },
        "additionalProperties": {"$ref": "#/$defs/anything"},
        "items": {"$ref": "#/$defs/anything"},
    }
    return Draft202012Validator({"$defs": {"anything": anything}, "$ref": "#/$defs/anything"})


_KINDS = {"uuid": "a UUID", "uri": "an address such as https://example.org", "email": "an e-mail address"}


def _fault(error: ValidationError, before: str = "") -> Fault:
    """The error in our words: the validator's own would repeat the value, which may name a person."""
    told = error.kind.as_dict()
    pointer = before + "".join(f"/{pointed(step)}" for step in error.instance_path)
    match str(error.schema_path[-1]) if error.schema_path else "":
        case "required":
            return Fault(f"{pointer}/{told['property']}", "is missing; HSDS 3.0 requires it")
        case "format":
            return Fault(pointer, f"must be {_KINDS.get(told['format'], 'a ' + str(told['format']))}")
        case "enum":
            return Fault(pointer, f"must be one of {', '.join(map(str, told['options']))}")
        case "type":
            return Fault(pointer, f"must be {' or '.join(told['types'])}; leave it out where there is none")
        case rule:
            return Fault(pointer, f"breaks the rule {rule!r} of the schema")
