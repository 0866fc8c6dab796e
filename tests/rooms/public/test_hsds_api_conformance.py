"""Schemathesis asks the directory's interface what its OpenAPI document allows and forbids; `script/bench hsds` asks more."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode, openapi
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from daybreak.public.readers.hsds_openapi import upstream
from daybreak.public.rules.hsds_openapi import described, mended
from tests.rooms.public.conftest import OLD, Town

SERVER = "http://localhost/api/hsds"
HEADERS = {"Host": "localhost", "Accept-Encoding": "identity"}
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
DOCUMENTS = {
    "upstream": lambda: mended(upstream()),
    "served": lambda: described(upstream(), server=SERVER, version="0"),
}
EXAMPLES = {"upstream": 4, "served": 2}
# Too long an address is refused as well; Schemathesis's own list of refusals leaves 414 out.
REFUSED = ["400", "404", "405", "414"]


@pytest.fixture
def some(db: None) -> Iterator[Town]:
    """A few services, not published to the finder; the site's requests leave this test's database connection open."""
    made = Town()
    for number in range(3):
        where = made.place(f"House {number}", (38.05 + number / 10, -84.49))
        service = made.service(where, "Detox", {"detox": True, "methadone": False}, codes="DT MD")
        made.phone(where, f"859555010{number}", OLD)
        assert service.published
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield made
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def asked_by(name: str) -> Any:
    """The document of that name, its requests going to the site within this process."""
    schema = openapi.from_dict(DOCUMENTS[name]())
    schema.app = get_wsgi_application()
    schema.config.update(base_url=SERVER)
    schema.config.checks.negative_data_rejection.expected_statuses = REFUSED
    return schema


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize("name", DOCUMENTS)
def test_whatever_the_document_allows_or_forbids_is_answered_as_it_says(
    some: Any, name: str, mode: GenerationMode
) -> None:
    asked: list[int] = []
    for found in asked_by(name).get_all_operations():
        operation = found.ok()
        if mode is GenerationMode.NEGATIVE and not operation.query:
            continue

        @settings(
            max_examples=EXAMPLES[name],
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def ask(case: Any) -> None:
            answer = case.call_and_validate(checks=CHECKS, headers=HEADERS)
            asked.append(answer.status_code)

        ask()
    assert len(asked) >= 6 * EXAMPLES[name]
    assert set(asked) & ({200} if mode is GenerationMode.POSITIVE else {400}), (
        "it asked something to the point"
    )


def test_a_server_that_kept_no_promise_would_be_noticed(some: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test above is only worth something if it can fail."""
    from daybreak.public.queries import hsds

    monkeypatch.setattr(hsds, "MINIMAL", ("id",))
    operation = asked_by("upstream")["/services"]["GET"]
    case = operation.Case(query={"minimal": "true"})
    with pytest.raises(FailureGroup):
        case.call_and_validate(checks=CHECKS, headers=HEADERS)
