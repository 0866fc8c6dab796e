"""`daybreak serve`: set up where needed, then serve."""

from __future__ import annotations

import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from daybreak.config import environment, readiness
from daybreak.config.listening import CannotListen, must_be_free
from daybreak.config.preparation import is_ready, prepare

# No query string, no address, no agent: what a person searched for is nobody's business.
ACCESS_LOG = "[%(time)s] %(method)s %(path)s %(status)d %(dt_ms).1f ms"


class Command(BaseCommand):
    """Granian (WSGI) with a few workers; every worker is warm before /health says so."""

    help = "Set up where needed, then serve the site."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: Any) -> None:
        """Where to listen, and whether to write a line for every request."""
        parser.add_argument("--port", type=int, default=None, help="default: $PORT, or 8000")
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")
        parser.add_argument(
            "--access-log", action="store_true", help="one line a request: time, path, status – no query"
        )

    def handle(self, *, port: int | None, host: str, access_log: bool, **_: Any) -> None:
        """Prepare, announce, serve until stopped."""
        from granian.constants import Interfaces
        from granian.log import LogLevels
        from granian.server import Server

        from daybreak.config.access_log import LOGGING
        from daybreak.config.refreshes import IMPORTS, SEND, WATCH, refreshes_every

        chosen = port if port is not None else environment.whole_number("PORT", 8000, least=1, most=65535)
        if not 1 <= chosen <= 65535:
            raise CommandError(f"--port must be from 1 to 65535; got {chosen}.", returncode=2)
        _claim(host, chosen)  # first, so that nobody waits for a set-up in vain
        if not is_ready():
            prepare(
                by="command:serve", at=timezone.now(), say=self.stdout.write, progress=sys.stderr.isatty()
            )
            _claim(host, chosen)
        readiness.start(settings.HOME, workers=settings.DAYBREAK_WORKERS)
        self.stdout.write(f"Daybreak is at http://localhost:{chosen}")
        self.stdout.flush()
        server = Server(
            "daybreak.config.wsgi:application",
            address=host,
            port=chosen,
            interface=Interfaces.WSGI,
            workers=settings.DAYBREAK_WORKERS,
            blocking_threads=4,
            respawn_failed_workers=True,  # without it, one worker that dies takes the whole site down
            backlog=1024,
            websockets=False,
            log_access=access_log,
            log_access_format=ACCESS_LOG,
            log_dictconfig=LOGGING,
            log_level=LogLevels.info if access_log else LogLevels.warning,
        )
        seconds = 60 * settings.DAYBREAK_REFRESH_MINUTES
        mail = 5 if settings.DAYBREAK_SMTP_URL else 0
        with (
            refreshes_every(seconds),
            refreshes_every(seconds, command=WATCH),
            refreshes_every(seconds, command=IMPORTS),
            refreshes_every(mail, command=SEND),
        ):
            server.serve()


def _claim(host: str, port: int) -> None:
    try:
        must_be_free(host, port)
    except CannotListen as error:
        raise CommandError(str(error)) from error
