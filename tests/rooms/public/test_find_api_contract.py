"""The OpenAPI document of /api/find against the server: generated questions, every property described, real replies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import jsonschema
import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from daybreak.public.middleware import LONGEST_QUERY
from daybreak.public.rules.find_openapi import MOST_CONDITIONS, document

PATHS = ["/api/find", "/api/find.csv", "/api/find.geojson"]
client = Client()


def conditions(query: dict[str, Any]) -> int:
    """How many needs a question names in all its lists: each value may itself be a list with commas."""
    values = [value for name in ("need", "ask", "not") for value in query.get(name) or []]
    return sum(len(str(value).split(",")) for value in values)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("mode", ["positive", "negative"])
def test_generated_questions_find_no_failure(town: Any, path: str, mode: str) -> None:
    """What the document allows is answered, what it does not allow is refused, and every answer is as it says."""
    schema = schemathesis.openapi.from_wsgi("/api/find/openapi.json", WSGIHandler())
    operation = schema[path]["GET"]
    seen = []

    @settings(
        max_examples=25, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=schemathesis.GenerationMode(mode)))
    def ask(case: Any) -> None:
        query = case.query or {}
        # Three rules that OpenAPI has no words for: near stands alone, all lists together have a most, an address has an end.
        if mode == "positive" and query.get("near"):
            query.pop("county", None)
            query.pop("state", None)
        if len(urlencode(query, doseq=True)) > LONGEST_QUERY:
            return
        response = case.call(headers={"Accept-Encoding": "identity"})
        seen.append(response.status_code)
        if mode == "positive" and response.status_code == 400:
            assert conditions(query) > MOST_CONDITIONS
            assert response.json()["must"] == "ask for at most 24 things"
            return
        case.validate_response(response)

    ask()
    assert len(seen) >= 10
    assert 200 in seen if mode == "positive" else 400 in seen


def test_the_checks_include_what_must_be_refused() -> None:
    names = {check.__name__ for check in schemathesis.checks.CHECKS.get_all()}
    assert {positive_data_acceptance.__name__, negative_data_rejection.__name__} <= names


def nodes(node: Any, at: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(node, dict):
        yield at, node
        for key, value in node.items():
            yield from nodes(value, f"{at}/{key}")
    elif isinstance(node, list):
        for number, value in enumerate(node):
            yield from nodes(value, f"{at}/{number}")


def test_every_property_and_parameter_is_described() -> None:
    silent = []
    counted = 0
    for at, node in nodes(document()["components"]["schemas"]):
        properties = node.get("properties")
        if isinstance(properties, dict) and node.get("type") == "object":
            for name, one in properties.items():
                counted += 1
                if "$ref" not in one and not one.get("description", "").endswith((".", "…")):
                    silent.append(f"{at}/{name}")
    for path in PATHS:
        operation = document()["paths"][path]["get"]
        assert len(operation["parameters"]) == (10 if path == "/api/find" else 9)
        silent += [one["name"] for one in operation["parameters"] if not one["description"].endswith(".")]
        silent += [
            f"{path} {status}" for status, one in operation["responses"].items() if not one["description"]
        ]
    assert counted > 60
    assert silent == []


def test_the_document_is_openapi_3_1_and_its_schemas_are_schemas() -> None:
    assert document()["openapi"] == "3.1.0"
    for schema in document()["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)
    assert client.get("/api/find/openapi.json").json() == document()


@given(radius=st.floats(0.001, 500), page=st.integers(1, 10_000))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_numbers_as_programs_write_them_are_read(town: Any, radius: float, page: int) -> None:
    assert client.get("/api/find", {"near": "40507", "radius": str(radius), "page": page}).status_code == 200
