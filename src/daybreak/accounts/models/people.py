"""The person who signs in."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower


class People(BaseUserManager["User"]):
    """Makes people; an e-mail address is needed, a password is not (an invitation sets it later)."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Save one person; raises ValueError without an e-mail address."""
        if not email or "@" not in email:
            raise ValueError("A person must have an e-mail address, like name@example.gov.")
        person = self.model(email=email.strip().lower(), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person


class User(AbstractBaseUser, PermissionsMixin):
    """One person; known outside by ``public_id``, never by the row number."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=200, blank=True)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(auto_now_add=True)

    objects = People()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        """One person an address, whatever its capitals."""

        constraints = [models.UniqueConstraint(Lower("email"), name="accounts_user_email_once")]

    def __str__(self) -> str:
        return str(self.public_id)
