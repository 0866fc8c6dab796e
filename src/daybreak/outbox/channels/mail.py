"""Sends e-mail over SMTP, one connection for a run."""

from __future__ import annotations

import smtplib
from types import TracebackType
from typing import Protocol, Self

from django.conf import settings
from django.core.mail import EmailMessage, get_connection


class CannotSend(Exception):
    """A message that did not leave. ``for_good``: trying again would not help, since the address was refused."""

    def __init__(self, reason: str, *, for_good: bool = False) -> None:
        super().__init__(reason)
        self.for_good = for_good


class Mailer(Protocol):
    """Whoever can send one message."""

    def send(self, *, to: str, subject: str, body: str, reference: str) -> None:
        """Send it, or raise CannotSend."""


class SmtpMailer:
    """The mail server of DAYBREAK_SMTP_URL; use it in a ``with`` block. Errors never repeat an address."""

    def __init__(self) -> None:
        self._connection = get_connection(fail_silently=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def send(self, *, to: str, subject: str, body: str, reference: str) -> None:
        """Send one message; a server that refuses the address for good is not asked again."""
        domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip(">")
        message = EmailMessage(
            subject, body, settings.DEFAULT_FROM_EMAIL, [to], connection=self._connection,
            headers={"Message-ID": f"<{reference}@{domain}>", "Auto-Submitted": "auto-generated"},
        )  # fmt: skip
        try:
            message.send()
        except smtplib.SMTPRecipientsRefused as problem:
            codes = [code for code, _ in problem.recipients.values()]
            self._connection.close()
            raise CannotSend(
                "The mail server refused the address.", for_good=all(c >= 500 for c in codes)
            ) from None
        except smtplib.SMTPResponseException as problem:
            self._connection.close()
            raise CannotSend(f"The mail server answered {problem.smtp_code}.") from None
        except (OSError, smtplib.SMTPException) as problem:
            self._connection.close()
            raise CannotSend(f"The mail server could not be reached ({type(problem).__name__}).") from None
