"""Every setting of the site; docs/reference/settings.md says what each one means."""

from __future__ import annotations

import os

from daybreak.config import environment
from daybreak.vocabulary import gazetteer

HOME = environment.home()
os.environ.setdefault("NUMBA_CACHE_DIR", str(HOME / "kernels"))
DATA = environment.bundled("data")
CONTENT = environment.bundled("content")
gazetteer.keep_in(HOME / "places")
SECRET_KEY = environment.secret_key()
DEBUG = False
ALLOWED_HOSTS = environment.words("DAYBREAK_HOSTS", "localhost,127.0.0.1,[::1]")

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.staticfiles",
    "daybreak.config",
    "daybreak.audit",
    "daybreak.accounts",
    "daybreak.directory",
    "daybreak.public",
]
MIDDLEWARE = ["daybreak.public.middleware.compressed", "daybreak.public.middleware.guarded"]
ROOT_URLCONF = "daybreak.config.urls"
WSGI_APPLICATION = "daybreak.config.wsgi.application"
AUTH_USER_MODEL = "accounts.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

DATABASES = {"default": environment.database(os.environ.get("DATABASE_URL"), embedded="daybreak.db")}

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "APP_DIRS": True,
        "OPTIONS": {
            "environment": "daybreak.public.jinja.environment",
            "auto_reload": False,
        },
    }
]
STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

LANGUAGE_CODE = "en"
USE_I18N = (
    False  # pages speak through their own catalogs (public/speech.py); Django's own texts are never shown
)
USE_TZ = True
TIME_ZONE = "UTC"

# What a county may want to change.
DAYBREAK_STATE = os.environ.get("DAYBREAK_STATE", "KY").upper()
DAYBREAK_HELPLINES = DATA / "vocabulary" / "helplines.csv"
DAYBREAK_CONFIRMED_DAYS = environment.whole_number("DAYBREAK_CONFIRMED_DAYS", 365, least=1, most=3650)
DAYBREAK_RADIUS_MILES = environment.whole_number("DAYBREAK_RADIUS_MILES", 25, least=1, most=500)
DAYBREAK_TIME_ZONE = environment.time_zone("DAYBREAK_TIME_ZONE", "America/New_York")
DAYBREAK_PAGE_SIZE = environment.whole_number("DAYBREAK_PAGE_SIZE", 10, least=1, most=100)
DAYBREAK_LEAVE_URL = os.environ.get("DAYBREAK_LEAVE_URL", "https://www.weather.gov/")
DAYBREAK_WORKERS = environment.whole_number("DAYBREAK_WORKERS", 2, least=1, most=64)
# Fetching lists over the network: `daybreak refresh`.
DAYBREAK_FINDTREATMENT_URL = os.environ.get(
    "DAYBREAK_FINDTREATMENT_URL", "https://findtreatment.gov/locator/exportsAsJson/v2"
)
DAYBREAK_FETCH_PAUSE_MS = environment.whole_number("DAYBREAK_FETCH_PAUSE_MS", 1000, least=0, most=60_000)
DAYBREAK_FETCH_ROWS = environment.whole_number("DAYBREAK_FETCH_ROWS", 200, least=1, most=2000)
DAYBREAK_REFRESH_MINUTES = environment.whole_number("DAYBREAK_REFRESH_MINUTES", 5, least=0, most=1440)
FEEDS = HOME / "feeds"

GENERATIONS = HOME / "generations"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    # These would write whole addresses with what people searched for, or a traceback for anybody's odd request.
    # public/middleware.py says where a page broke.
    "loggers": {
        name: {"handlers": [], "propagate": False, "level": "CRITICAL"}
        for name in ("django.request", "django.security")
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
}
