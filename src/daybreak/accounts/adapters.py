"""How django-allauth behaves here: nobody signs up, mail leaves through the outbox, secrets are kept encrypted."""

from __future__ import annotations

import base64
import hashlib
import time
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from cryptography.fernet import Fernet
from django.conf import settings
from django.core.mail import EmailMessage
from django.http import HttpRequest
from django.utils import timezone

from daybreak.accounts.actions.signing_in import ENROLLED
from daybreak.accounts.queries import has_second_factor
from daybreak.outbox.actions import post_message


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc] # allauth is untyped
    """Accounts are made by invitation only."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "This e-mail address and password do not go together.",
        "too_many_login_attempts": "Too many tries. Wait 15 minutes, then try again.",
        "incorrect_code": "This code is not right, or it has run out. Wait for the next one and try again.",
        "incorrect_password": "This password is not right.",
        "invalid_password_reset": "This link has been used or has run out. Ask for another.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: an administrator invites."""
        return False

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Not for a first second factor right after signing in: who has just typed the password need not type it again."""
        request = context.request
        records = get_authentication_records(request, request.user)
        fresh = bool(records) and time.time() - records[-1]["at"] < app_settings.REAUTHENTICATION_TIMEOUT
        first = app == "allauth.mfa" and (
            bool(request.session.get(ENROLLED)) or not has_second_factor(request.user.pk)
        )
        return not (first and fresh) and bool(super().is_reauthentication_required(app=app))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write the message into the outbox, from which it leaves after commit."""
        message: EmailMessage = self.render_mail(template_prefix, email, context)
        post_message(
            to=email,
            subject=str(message.subject),
            body=str(message.body),
            kind=template_prefix.rpartition("/")[2],
            at=timezone.now(),
            secret=True,
        )

    def format_email_subject(self, subject: str) -> str:
        """The subject as the template says it."""
        return subject


class SocialAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """A city's directory signs in people whom somebody has invited, and makes nobody new."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Never: an administrator invites."""
        return False


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Keeps the secrets of authenticator apps and recovery codes encrypted with a key derived from the secret key."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": "This code is not right, or it has run out. Wait for the next one and try again.",
    }

    def get_totp_issuer(self) -> str:
        """What an authenticator app calls this site."""
        return f"Daybreak {self._get_site_name()}"

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        """What a passkey is called until somebody names it."""
        return f"Passkey {Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1}"

    def encrypt(self, text: str) -> str:
        """What the database keeps instead of the secret."""
        return _vault().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The secret again; raises cryptography's InvalidToken where the secret key is another one now."""
        return _vault().decrypt(encrypted_text.encode()).decode()


def _vault() -> Fernet:
    return Fernet(
        base64.urlsafe_b64encode(hashlib.sha256(b"second factor\0" + settings.SECRET_KEY.encode()).digest())
    )
