"""A real desk for the journeys: a served site with the demo's synthetic ledger, a mail server, and people who are signed in."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree, ignore_patterns
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext

from tests import site as real_site
from tests.browser import DESK, TIMEOUT_MS
from tests.rooms.outbox.mail_server import Postbox, mail_server

COMMAND_SECONDS = 120
# A person of a role, signed in as after a password and a second factor; prints the cookie's value.
_SIGNED_IN = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "daybreak.config.settings"
import django; django.setup()
from datetime import datetime, UTC
from django.contrib.sessions.backends.db import SessionStore
from daybreak.accounts.actions.signing_in import ENROLLED
from daybreak.accounts.models import Agency, Membership, User
role, agency = sys.argv[1:]
who, made = User.objects.get_or_create(email=f"{role}@{agency}.example", defaults={"name": f"The {role} of {agency}"})
if made:
    who.set_unusable_password(); who.save()
    Membership.objects.create(user=who, agency=Agency.objects.get(slug=agency), role=role, since=datetime(2012, 1, 1, tzinfo=UTC))
session = SessionStore()
session["_auth_user_id"], session["_auth_user_hash"] = str(who.pk), who.get_session_auth_hash()
session["_auth_user_backend"] = "allauth.account.auth_backends.AuthenticationBackend"
session[ENROLLED] = True
session.save()
print(session.session_key)
"""


@dataclass(frozen=True)
class DeskSite:
    """Where the desk is served, its home folder, its mail, and what its processes see."""

    url: str
    home: Path
    postbox: Postbox
    environment: dict[str, str]

    def daybreak(self, *words: str, code: int = 0) -> str:
        """What a `daybreak` command prints; it must end with ``code``."""
        return self._run([str(real_site.COMMAND), *words], code)

    def json(self, *words: str, code: int = 0) -> Any:
        """The same, read as JSON."""
        return json.loads(self.daybreak(*words, code=code))

    @contextmanager
    def window(
        self, browser: Browser, role: str = "", agency: str = "", **options: Any
    ) -> Iterator[BrowserContext]:
        """A browser window of somebody with a role at an agency, signed in; of a stranger where none is named."""
        context = browser.new_context(**{"base_url": self.url, "viewport": DESK, **options})
        context.set_default_timeout(TIMEOUT_MS)
        if role:
            key = self._run([sys.executable, "-c", _SIGNED_IN, role, agency], 0).strip()
            context.add_cookies([{"name": "daybreak_desk", "value": key, "url": f"{self.url}/desk/"}])
        try:
            yield context
        finally:
            context.close()

    def _run(self, command: list[str], code: int) -> str:
        done = subprocess.run(
            command,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=COMMAND_SECONDS,
        )
        assert done.returncode == code, f"{command[1:3]} ended with {done.returncode}:\n{done.stderr[-3000:]}"
        return done.stdout


@contextmanager
def desk_site(prepared: Path, home: Path) -> Iterator[DeskSite]:
    """Serve a copy of a prepared home with `daybreak demo lexington-2013` in it."""
    copytree(prepared, home, dirs_exist_ok=True, ignore=ignore_patterns("run", "serve.log"))
    with mail_server() as postbox:
        extra = {"DAYBREAK_SMTP_URL": postbox.url, "DAYBREAK_URL": "http://localhost"}
        environment = real_site.environment(home, extra)
        subprocess.run(
            [str(real_site.COMMAND), "demo", "lexington-2013"], env=environment, check=True, capture_output=True,
            timeout=COMMAND_SECONDS,
        )  # fmt: skip
        with real_site.running(home, extra) as url:
            # Passkeys are for names: a browser refuses them to a bare address.
            named = f"http://localhost:{urlsplit(url).port}"
            yield DeskSite(named, home, postbox, {**environment, "DAYBREAK_URL": named})
