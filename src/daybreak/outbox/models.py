"""One row for each message, from being written to being sent or given up."""

from __future__ import annotations

import uuid

from django.db import models


class Message(models.Model):
    """An e-mail. It is due at ``due``; after a failed attempt ``due`` moves on, and after the last one ``failed`` is set.

    ``claimed_until`` is set while somebody sends it, so that two senders never send one message twice. ``body`` is emptied
    once sent where it holds a secret (``secret``): a link that lets somebody in must not lie about.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    to = models.EmailField(max_length=254)
    subject = models.CharField(max_length=250)
    body = models.TextField(blank=True)
    secret = models.BooleanField(default=False)
    kind = models.CharField(max_length=60)
    written = models.DateTimeField()
    due = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True)
    sent = models.DateTimeField(null=True)
    failed = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=200, blank=True)

    class Meta:
        """Sent or failed, never both; the queue is short whatever has been sent."""

        indexes = [
            models.Index(
                fields=["due"], condition=models.Q(sent=None, failed=None), name="outbox_message_waiting"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(sent=None) | models.Q(failed=None), name="outbox_message_sent_or_failed"
            ),
            models.CheckConstraint(condition=~models.Q(to=""), name="outbox_message_has_address"),
            models.CheckConstraint(condition=~models.Q(kind=""), name="outbox_message_has_kind"),
        ]
