"""Reads what the operator set in the environment, and fails loudly where it cannot be used."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parents[3]


class SettingError(Exception):
    """A setting that cannot be used; the text says which, what it must be, and the cure."""


def home() -> Path:
    """The folder that holds all state: $DAYBREAK_HOME, or var/ beside the code."""
    return Path(os.environ.get("DAYBREAK_HOME") or ROOT / "var").expanduser().resolve()


def bundled(name: str) -> Path:
    """A folder that ships with the product (data/ or content/): beside the code in a checkout, inside an installed wheel."""
    beside = ROOT / name
    return beside if beside.is_dir() else Path(__file__).resolve().parents[1] / f"_{name}"


def secret_key() -> str:
    """DAYBREAK_SECRET_KEY, or a random key made once and kept, unreadable to others, in the home folder."""
    given = os.environ.get("DAYBREAK_SECRET_KEY")
    if given:
        return given
    path = home() / "secret-key"
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = path.with_name(f"secret-key.{os.getpid()}")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(50))
        with suppress(FileExistsError):  # two first starts at once: one key wins, both use it
            os.link(fresh, path)
        fresh.unlink()
    return path.read_text().strip()


def key(name: str) -> bytes:
    """A secret of at least 32 characters, as bytes; b"" where it is not set. Raises SettingError for a shorter one."""
    given = os.environ.get(name, "").encode()
    if given and len(given) < 32:
        raise SettingError(f"{name} must be at least 32 random characters; got {len(given)}.")
    return given


def database(url: str | None, *, embedded: str) -> dict[str, Any]:
    """Django's settings for one database.

    ``url`` is postgresql://user:password@host:port/name, sqlite:///absolute/path, or None for the embedded file.
    """
    if not url:
        return _sqlite(home() / embedded)
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return _sqlite(Path(unquote(parts.path)))
    if parts.scheme not in {"postgresql", "postgres"} or not parts.path.strip("/"):
        raise SettingError(
            f"DATABASE_URL must look like postgresql://user:password@host:5432/name; got the scheme "
            f"{parts.scheme!r}. Unset it to use the embedded database."
        )
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", unquote(parts.hostname or "")),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": query,
    }


def _sqlite(path: Path) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-16000;",
        },
    }


def words(name: str, default: str) -> list[str]:
    """A comma-separated setting as a list."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def whole_number(name: str, default: int, *, least: int, most: int) -> int:
    """A setting that must be a whole number between ``least`` and ``most``."""
    text = os.environ.get(name, "").strip() or str(default)
    if not text.isdecimal() or not least <= int(text) <= most:
        raise SettingError(f"{name} must be a whole number from {least} to {most}; got {text!r}.")
    return int(text)


def time_zone(name: str, default: str) -> str:
    """A setting that must name a time zone, such as America/New_York."""
    text = os.environ.get(name, "").strip() or default
    try:
        return ZoneInfo(text).key
    except (KeyError, ValueError, OSError):
        raise SettingError(f"{name} must name a time zone such as America/New_York; got {text!r}.") from None


def yes_or_no(name: str, default: str) -> bool:
    """A setting that must be yes or no."""
    text = os.environ.get(name, "").strip().lower() or default
    if text not in {"yes", "no"}:
        raise SettingError(f"{name} must be yes or no; got {text!r}.")
    return text == "yes"


def mail_server(url: str) -> dict[str, Any]:
    """Django's settings for the mail server of DAYBREAK_SMTP_URL; nothing is sent where it is not set.

    ``url`` is smtp://user:password@host:587 (STARTTLS), smtps://user:password@host:465 (TLS from the start), or
    smtp+plain://host:25 for a server on this machine or behind a tunnel.
    """
    if not url:
        return {}
    parts = urlsplit(url)
    ports = {"smtp": 587, "smtps": 465, "smtp+plain": 25}
    try:
        port = parts.port
    except ValueError:
        port = 0
    if parts.scheme not in ports or not parts.hostname or port == 0:
        raise SettingError(
            "DAYBREAK_SMTP_URL must look like smtp://user:password@mail.example.gov:587 (or smtps://, or smtp+plain:// "
            f"for a server without TLS); got the scheme {parts.scheme!r}."
        )
    return {
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": port or ports[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp",
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_TIMEOUT": 20,
    }


OIDC = ("DAYBREAK_OIDC_URL", "DAYBREAK_OIDC_CLIENT_ID", "DAYBREAK_OIDC_CLIENT_SECRET")


def directory_sign_in() -> dict[str, Any]:
    """django-allauth's settings for a city's own directory (OpenID Connect); all three settings or none."""
    given = {name: os.environ.get(name, "").strip() for name in OIDC}
    missing = [name for name, text in given.items() if not text]
    if len(missing) == len(OIDC):
        return {}
    if missing:
        raise SettingError(f"{' and '.join(missing)} must be set too: all of {', '.join(OIDC)}, or none.")
    url = given["DAYBREAK_OIDC_URL"]
    if urlsplit(url).scheme != "https" and urlsplit(url).hostname not in {"localhost", "127.0.0.1"}:
        raise SettingError(
            "DAYBREAK_OIDC_URL must begin with https://, like https://login.example.gov/tenant/v2.0."
        )
    app = {
        "provider_id": "directory",
        "name": os.environ.get("DAYBREAK_OIDC_NAME", "").strip() or "your city account",
        "client_id": given["DAYBREAK_OIDC_CLIENT_ID"],
        "secret": given["DAYBREAK_OIDC_CLIENT_SECRET"],
        "settings": {"server_url": url, "oauth_pkce_enabled": True},
    }
    return {"openid_connect": {"APPS": [app]}}
