"""The third wall: the ledger knows events, not people. Its columns are listed here; a new one is a decision."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import models

from daybreak.accounts.models import User

LEDGER = ("events", "alerts")
TEXT = (models.CharField, models.TextField, models.JSONField, models.FileField, models.BinaryField)
# Every column that can hold words, and what words they are. No column holds words that a file's row brings unchecked, but
# for those marked "checked": intake lets codes, blocks and offenses through and drops the rest.
WORDS = {
    "events.Feed": {"slug": "ours", "name": "ours"},
    "events.Delivery": {
        "file_name": "the file's name", "file_sha256": "digest", "mapping": "ours", "by": "who, as the audit says it",
        "state": "code", "root": "digest",
    },
    "events.Event": {
        "kind": "code", "occurred_precision": "code", "place": "code", "block": "checked: a block, never an address",
        "zip": "code", "county": "code", "state": "code", "certainty": "code", "naloxone_by": "checked: code",
        "age_band": "checked: code", "sex": "code", "status": "checked: code", "manner": "checked: code",
        "underlying": "checked: code", "token": "keyed digest",
    },
    "events.Mention": {"substance": "code", "standing": "code"},
    "events.Cause": {"code": "checked: code"},
    "events.Charge": {"statute": "checked: a citation", "offense": "checked: an offense"},
    "events.Exhibit": {"label": "checked: an exhibit's number", "substance": "code", "unit": "code", "laboratory": "code"},
    "events.Operation": {"slug": "ours", "name": "ours", "substance": "code", "area": "ours"},
    "events.Post": {"unit": "ours", "title": "ours: a position, never who holds it"},
    "events.Assignment": {"focus": "code", "substance": "code", "area": "ours", "from_unit": "ours"},
    "events.Figure": {
        "kind": "code", "statistic": "code", "substance": "code", "place": "ours", "definition": "ours", "source": "ours",
        "note": "ours",
    },
    "events.Price": {"substance": "code", "unit": "code", "level": "code", "place": "ours", "source": "ours"},
    "events.Tally": {
        "kind": "code", "precision": "code", "zip": "code", "county": "code", "substance": "code",
    },
    "alerts.Stream": {"kind": "code", "substance": "code", "zip": "code"},
    "alerts.Watch": {},
    "alerts.Signal": {"state": "code"},
    "alerts.SignalDay": {},
    "alerts.Review": {"verdict": "code", "why": "ours", "by": "who, as the audit says it"},
}  # fmt: skip
# Columns by which somebody can be found out whatever they are called in a file.
FINDS_A_PERSON = (
    "first_name", "last_name", "middle_name", "full_name", "patient", "decedent", "suspect", "victim", "arrestee", "birth",
    "dob", "age_years", "ssn", "phone", "email", "street", "address", "apartment", "narrative", "remark", "comment", "plate",
    "license", "licence", "mrn", "fbi_number", "booking",
)  # fmt: skip


def _tables() -> list[type[models.Model]]:
    return [model for room in LEDGER for model in apps.get_app_config(room).get_models()]


@pytest.mark.parametrize("model", _tables(), ids=lambda model: model._meta.label)
def test_each_column_of_words_in_the_ledger_is_on_the_list(model: type[models.Model]) -> None:
    columns = {field.name for field in model._meta.concrete_fields if isinstance(field, TEXT)}
    assert columns == set(WORDS[model._meta.label]), (
        "a new column of words is a decision: what may stand in it?"
    )


@pytest.mark.parametrize("model", _tables(), ids=lambda model: model._meta.label)
def test_no_column_of_the_ledger_is_named_for_a_person(model: type[models.Model]) -> None:
    named = [
        field.name
        for field in model._meta.concrete_fields
        if any(word in field.name for word in FINDS_A_PERSON)
    ]
    assert named == []


@pytest.mark.parametrize("model", _tables(), ids=lambda model: model._meta.label)
def test_no_row_of_the_ledger_points_to_a_person(model: type[models.Model]) -> None:
    assert [field.name for field in model._meta.concrete_fields if field.related_model is User] == []
