"""A real SMTP server on this machine that keeps what it is sent, and can be told to refuse."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

from tests.postgres import free_port


class Postbox:
    """What the server has taken. ``answer`` is what it says to the next messages; ``refused`` addresses get a 550."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.answer = "250 Taken"
        self.refused: set[str] = set()
        self.url = ""

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        """Take the address, or refuse it for good."""
        if address in self.refused:
            return "550 No such person"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """Keep the message where the answer is that it is taken."""
        if self.answer.startswith("2"):
            kept = message_from_bytes(envelope.content, policy=policy.default)
            assert isinstance(kept, EmailMessage)
            self.taken.append(kept)
        return self.answer

    def text(self) -> str:
        """The words of the last message."""
        return str(self.taken[-1].get_content())


@contextmanager
def mail_server() -> Iterator[Postbox]:
    """Yield a postbox whose server listens; its ``url`` fits DAYBREAK_SMTP_URL."""
    postbox = Postbox()
    port = free_port()
    controller = Controller(postbox, hostname="127.0.0.1", port=port)
    controller.start()
    postbox.url = f"smtp+plain://127.0.0.1:{port}"
    try:
        yield postbox
    finally:
        controller.stop()
