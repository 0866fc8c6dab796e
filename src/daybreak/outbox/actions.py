"""What happens to messages: one is posted, those that are due leave, one that is out of date is recalled."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import F, Q

from daybreak.outbox.channels.mail import CannotSend, Mailer
from daybreak.outbox.models import Message
from daybreak.outbox.rules import MOST_ATTEMPTS, pause_after

CLAIM = timedelta(minutes=5)


def post_message(
    *,
    to: str,
    subject: str,
    body: str,
    kind: str,
    at: datetime,
    due: datetime | None = None,
    secret: bool = False,
) -> Message:
    """Write one message, in the transaction of what it tells of; it leaves when that is kept and ``due`` has come.

    ``secret`` empties the body once it has been sent. ``at`` must be aware; ``due`` is ``at`` where it is not given.
    """
    if at.tzinfo is None:
        raise ValueError("The moment of a message must be aware (with a time zone); got a naive one.")
    return Message.objects.create(
        to=to,
        subject=" ".join(subject.split())[:250],
        body=body,
        kind=kind,
        written=at,
        due=due or at,
        secret=secret,
    )


def recall_messages(*, to: str, kind: str, at: datetime) -> int:
    """Give up what has not left yet for this address, of this kind: a later message says it better. Returns how many."""
    waiting = Message.objects.filter(_is_free(at), to=to, kind=kind, sent=None, failed=None)
    return waiting.update(failed=at, body="", problem="Replaced by a later message.")


def send_due(*, at: datetime, mailer: Mailer, most: int = 200) -> tuple[int, int]:
    """Send what is due, oldest first; returns how many were sent and how many failed this time.

    Each message is claimed by a conditional update, so that of two senders only one has it; a sender that dies gives its
    claim up after five minutes.
    """
    sent = failed = 0
    waiting = Message.objects.filter(_is_free(at), sent=None, failed=None, due__lte=at).order_by("due", "id")
    for number in list(waiting.values_list("pk", flat=True)[:most]):
        claimed = Message.objects.filter(_is_free(at), pk=number, sent=None, failed=None).update(
            claimed_until=at + CLAIM, attempts=F("attempts") + 1
        )
        if claimed:
            good = _send(Message.objects.get(pk=number), at, mailer)
            sent, failed = sent + good, failed + (not good)
    return sent, failed


def _is_free(at: datetime) -> Q:
    return Q(claimed_until=None) | Q(claimed_until__lte=at)


def _send(message: Message, at: datetime, mailer: Mailer) -> bool:
    """Send one claimed message and note how it went."""
    try:
        mailer.send(
            to=message.to, subject=message.subject, body=message.body, reference=str(message.public_id)
        )
    except CannotSend as problem:
        message.problem = str(problem)[:200]
        if message.attempts >= MOST_ATTEMPTS or problem.for_good:
            message.failed = at
        else:
            message.due = at + pause_after(message.attempts)
    else:
        message.sent, message.problem = at, ""
    message.claimed_until = None
    if message.secret and (message.sent or message.failed):
        message.body = ""
    message.save()
    return message.sent is not None
