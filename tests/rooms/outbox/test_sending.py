"""Messages leave once, when they are due, over real SMTP; what fails is tried again with growing pauses."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from daybreak.config.environment import SettingError
from daybreak.config.environment import mail_server as mail_settings
from daybreak.outbox.actions import post_message, send_due
from daybreak.outbox.channels.mail import CannotSend, SmtpMailer
from daybreak.outbox.models import Message
from daybreak.outbox.queries import waiting
from daybreak.outbox.rules import MOST_ATTEMPTS, pause_after
from tests.postgres import free_port
from tests.rooms.outbox.mail_server import Postbox, mail_server

AT = datetime(2026, 11, 23, 8, tzinfo=UTC)


@pytest.fixture
def postbox(settings) -> Iterator[Postbox]:
    """A mail server, and settings that point at it."""
    with mail_server() as box:
        use(settings, box.url)
        yield box


def use(settings, url: str) -> None:
    settings.EMAIL_BACKEND = (
        "django.core.mail.backends.smtp.EmailBackend"  # Django's test runner takes it away
    )
    settings.DAYBREAK_SMTP_URL = url
    for name, value in mail_settings(url).items():
        setattr(settings, name, value)


def post(**fields) -> Message:
    given = {
        "to": "alice@example.gov",
        "subject": "One thing",
        "body": "A link",
        "kind": "test",
        "at": AT,
    } | fields
    return post_message(**given)


def send(at: datetime = AT, **named) -> tuple[int, int]:
    with SmtpMailer() as mailer:
        return send_due(at=at, mailer=mailer, **named)


def test_a_message_that_is_due_leaves_once(db: None, postbox: Postbox) -> None:
    post(subject="Ünter\nanother line", body="Grüße\nzwei")
    assert send() == (1, 0)
    assert send() == (0, 0)
    (taken,) = postbox.taken
    assert taken["To"] == "alice@example.gov"
    assert taken["Subject"] == "Ünter another line"
    assert taken["Auto-Submitted"] == "auto-generated"
    assert postbox.text().split() == ["Grüße", "zwei"]
    kept = Message.objects.get()
    assert (kept.sent, kept.attempts, kept.body) == (AT, 1, "Grüße\nzwei")


def test_a_message_waits_until_it_is_due(db: None, postbox: Postbox) -> None:
    post(due=AT + timedelta(minutes=1))
    assert send() == (0, 0)
    assert send(AT + timedelta(minutes=1)) == (1, 0)


def test_what_is_rolled_back_is_never_sent(db: None, postbox: Postbox) -> None:
    with transaction.atomic():
        post()
        transaction.set_rollback(True)
    assert send() == (0, 0)


def test_the_text_of_a_secret_message_is_gone_once_it_is_sent(db: None, postbox: Postbox) -> None:
    post(secret=True)
    assert Message.objects.get().body == "A link"
    assert send() == (1, 0)
    assert Message.objects.get().body == ""
    assert "A link" in postbox.text()


def test_what_fails_is_tried_again_after_a_pause_and_given_up_in_the_end(db: None, postbox: Postbox) -> None:
    postbox.answer = "451 Come back later"
    post(secret=True)
    at = AT
    for attempt in range(1, MOST_ATTEMPTS + 1):
        assert send(at) == (0, 1), attempt
        kept = Message.objects.get()
        assert kept.problem == "The mail server answered 451."
        if attempt < MOST_ATTEMPTS:
            assert send(kept.due - timedelta(seconds=1)) == (0, 0)
            at = kept.due
    assert (kept.failed, kept.sent, kept.body) == (at, None, "")
    postbox.answer = "250 Taken"
    assert send(at + timedelta(days=1)) == (0, 0)


def test_one_failure_does_not_keep_others_back(db: None, postbox: Postbox) -> None:
    postbox.refused = {"nobody@example.gov"}
    post(to="nobody@example.gov")
    post()
    assert send() == (1, 1)
    refused = Message.objects.get(to="nobody@example.gov")
    assert refused.failed == AT, "an address that is refused for good is not tried again"
    assert "nobody" not in refused.problem


def test_a_server_that_is_not_there_is_told_and_waited_for(db: None, settings) -> None:
    use(settings, f"smtp+plain://127.0.0.1:{free_port()}")
    post()
    assert send() == (0, 1)
    kept = Message.objects.get()
    assert "could not be reached" in kept.problem
    assert (kept.failed, kept.due) == (None, AT + pause_after(1))


def test_a_message_that_another_sender_holds_is_left_alone_until_its_claim_runs_out(
    db: None, postbox: Postbox
) -> None:
    message = post()
    Message.objects.filter(pk=message.pk).update(claimed_until=AT + timedelta(minutes=5))
    assert send() == (0, 0)
    assert send(AT + timedelta(minutes=5)) == (1, 0)


def test_of_two_senders_one_has_the_message(db: None) -> None:
    """The second sender comes while the first one sends."""
    sent: list[str] = []

    class Meets:
        def send(self, *, to: str, subject: str, body: str, reference: str) -> None:
            sent.append(reference)
            assert send_due(at=AT, mailer=self) == (0, 0)

    post()
    assert send_due(at=AT, mailer=Meets()) == (1, 0)
    assert len(sent) == 1


def test_pauses_grow_up_to_two_hours() -> None:
    minutes = [pause_after(attempts).total_seconds() / 60 for attempts in range(1, 10)]
    assert minutes == [1, 2, 4, 8, 16, 32, 64, 120, 120]


def test_the_command_sends_and_counts(db: None, postbox: Postbox, capsys) -> None:
    post()
    post(due=AT + timedelta(days=9999))
    call_command("send")
    assert capsys.readouterr().out == "1 sent, 0 failed.\n"
    call_command("send", "--count")
    assert capsys.readouterr().out == "0 due, 1 later, 0 given up, 1 sent.\n"


def test_the_command_ends_with_1_where_something_could_not_be_sent(db: None, postbox: Postbox) -> None:
    postbox.answer = "451 Later"
    post()
    with pytest.raises(CommandError, match="Not everything"):
        call_command("send")


def test_the_command_says_which_setting_is_missing(db: None, settings) -> None:
    settings.DAYBREAK_SMTP_URL = ""
    with pytest.raises(CommandError, match="DAYBREAK_SMTP_URL must name the mail server"):
        call_command("send")


def test_a_message_is_sent_or_failed_and_never_both(db: None) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.filter(pk=post().pk).update(sent=AT, failed=AT)


def test_a_naive_moment_is_refused(db: None) -> None:
    with pytest.raises(ValueError, match="aware"):
        post(at=datetime(2026, 11, 23))  # noqa: DTZ001


def test_the_queue_is_counted(db: None) -> None:
    post()
    assert (waiting(at=AT).due, waiting(at=AT - timedelta(seconds=1)).later) == (1, 1)


@pytest.mark.parametrize(
    ("url", "settings"),
    [
        ("", {}),
        ("smtp://me:p%40ss@mail.example.gov", ("mail.example.gov", 587, "me", "p@ss", True, False)),
        ("smtps://mail.example.gov", ("mail.example.gov", 465, "", "", False, True)),
        ("smtp+plain://localhost:2525", ("localhost", 2525, "", "", False, False)),
    ],
)
def test_the_address_of_the_mail_server_says_how_it_is_spoken_to(url: str, settings) -> None:
    names = (
        "EMAIL_HOST",
        "EMAIL_PORT",
        "EMAIL_HOST_USER",
        "EMAIL_HOST_PASSWORD",
        "EMAIL_USE_TLS",
        "EMAIL_USE_SSL",
    )
    said = mail_settings(url)
    assert (tuple(said[name] for name in names) if said else {}) == settings


@pytest.mark.parametrize(
    "url", ["mail.example.gov", "http://mail.example.gov", "smtp://:587", "smtp://host:port"]
)
def test_an_address_that_is_none_of_a_mail_server_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(SettingError, match="DAYBREAK_SMTP_URL must look like"):
        mail_settings(url)


def test_a_mailer_without_a_server_says_so_without_the_address(settings) -> None:
    use(settings, f"smtp+plain://127.0.0.1:{free_port()}")
    with SmtpMailer() as mailer, pytest.raises(CannotSend) as wrong:
        mailer.send(to="alice@example.gov", subject="x", body="y", reference="z")
    assert "alice" not in str(wrong.value)
