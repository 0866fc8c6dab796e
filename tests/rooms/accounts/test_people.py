"""People are known by e-mail address, whatever its capitals, and outside by a random id."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction

from daybreak.accounts.models import User


def test_the_user_model_is_our_own() -> None:
    assert get_user_model() is User


def test_a_person_without_a_password_cannot_sign_in(db: None) -> None:
    person = User.objects.create_user("Alice@Example.gov")
    assert person.email == "alice@example.gov"
    assert not person.has_usable_password()
    assert str(person) == str(person.public_id)


def test_one_address_is_one_person(db: None) -> None:
    User.objects.create_user("alice@example.gov")
    with pytest.raises(IntegrityError), transaction.atomic():
        User(email="ALICE@example.gov").save()


@pytest.mark.parametrize("address", ["", "alice"])
def test_a_person_needs_an_address(db: None, address: str) -> None:
    with pytest.raises(ValueError, match="e-mail"):
        User.objects.create_user(address)
