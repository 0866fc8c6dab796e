"""POST /api/events: events from an agency's own system, with a key, once."""

from __future__ import annotations

from functools import cache
from http import HTTPStatus
from typing import Any

import jsonschema_rs
import orjson
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from daybreak.intake.actions.calls import OtherBody, WrongFeed, calls_left, key_of, receive_call
from daybreak.intake.rules.calls import MOST_BYTES, SCHEMA
from daybreak.public.rules.problems import TYPE, problem_document

_PLAIN = {"Cache-Control": "no-store"}
_MOST_ERRORS = 50
_LONGEST_IDEMPOTENCY = 200
DETAILS = {
    "method": "The method must be POST.",
    "key": "The header Authorization must be: Bearer and a key of your agency that is in force. Ask your coordinator for one.",
    "type": "The Content-Type must be application/json.",
    "long": f"The body must have at most {MOST_BYTES:,} bytes. Send fewer events at once.",
    "idempotency": (
        f"The header Idempotency-Key must have 1 to {_LONGEST_IDEMPOTENCY} characters: a new one for each call, and the same one "
        "when you send the same call again because no answer came."
    ),
    "busy": "The key may make fewer calls a minute. Wait a minute, or send more events in one call.",
    "json": "The body must be one JSON document in UTF-8.",
    "schema": "The body must fit the schema at /api/events/schema.json; errors says where it does not. Nothing was stored.",
    "other-body": "This Idempotency-Key was used for another body. Send a new one with each new call. Nothing was stored.",
    "feed": (
        "The key's feed must be a health feed, because events of this kind from your agency concern the living. Ask your "
        "coordinator for a key of such a feed. Nothing was stored."
    ),
}


def events(request: HttpRequest) -> HttpResponse:
    """File a call's events; 200 = some or all are in the ledger, 422 = every one was refused, others = nothing was stored."""
    at = timezone.now()
    if request.method != "POST":
        return _problem(405, "method", headers={"Allow": "POST"})
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    key = key_of(text.strip()) if scheme.lower() == "bearer" and text.strip() else None
    if key is None:
        return _problem(401, "key", headers={"WWW-Authenticate": "Bearer"})
    if calls_left(key, at=at) <= 0:
        return _problem(429, "busy", headers={"Retry-After": "60"})
    idempotency = request.headers.get("Idempotency-Key", "").strip()
    wrong = _wrong_envelope(request, idempotency)
    if wrong:
        return _problem(415 if wrong == "type" else 413 if wrong == "long" else 400, wrong)
    body = request.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        return _problem(413, "long")
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        return _problem(400, "json")
    if errors := _errors(document):
        return _problem(400, "schema", errors=errors)
    try:
        told = receive_call(key=key, idempotency=idempotency, body=body, document=document, at=at)
    except OtherBody:
        return _problem(422, "other-body")
    except WrongFeed:
        return _problem(422, "feed")
    headers = _PLAIN | ({"Idempotency-Replayed": "true"} if told.replayed else {})
    return HttpResponse(
        orjson.dumps(told.answer), status=told.status, content_type="application/json", headers=headers
    )


def schema(request: HttpRequest) -> HttpResponse:
    """The JSON schema of a call."""
    if request.method not in {"GET", "HEAD"}:
        return _problem(405, "method", headers={"Allow": "GET, HEAD"})
    return HttpResponse(
        orjson.dumps(SCHEMA, option=orjson.OPT_INDENT_2),
        content_type="application/schema+json",
        headers=_PLAIN,
    )


def _wrong_envelope(request: HttpRequest, idempotency: str) -> str:
    if request.content_type != "application/json":
        return "type"
    if not 1 <= len(idempotency) <= _LONGEST_IDEMPOTENCY:
        return "idempotency"
    length = request.headers.get("Content-Length", "")
    return "long" if length.isdecimal() and int(length) > MOST_BYTES else ""


@cache
def _validator() -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(SCHEMA)


def _errors(document: Any) -> list[dict[str, str]]:
    """Where the document does not fit the schema, and what must stand there; never what does."""
    found: dict[str, str] = {}
    for error in _validator().iter_errors(document):
        where = "".join(f"/{step}" for step in error.instance_path)
        found.setdefault(where, _must([*error.schema_path]))
        if len(found) >= _MOST_ERRORS:
            break
    return [{"at": where or "/", "must": must} for where, must in found.items()]


def _must(steps: list[str | int]) -> str:
    """The sentence that the schema has for the place at which a rule of it was broken."""
    place: Any = SCHEMA
    for step in steps[:-1]:
        place = place[step]
    if steps[-1] == "additionalProperties":
        return f"have no names but {', '.join(place['properties'])}"
    if steps[-1] == "required":
        return f"have {', '.join(place['required'])}"
    return f"be {place['description']}"


def _problem(
    status: int,
    kind: str,
    *,
    errors: list[dict[str, str]] | None = None,
    headers: dict[str, str] | None = None,
) -> HttpResponse:
    more = {"errors": errors} if errors else {}
    document = problem_document(status, HTTPStatus(status).phrase, DETAILS[kind], **more)
    return HttpResponse(
        orjson.dumps(document), status=status, content_type=TYPE, headers=_PLAIN | (headers or {})
    )
