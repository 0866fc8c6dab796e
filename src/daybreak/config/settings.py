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
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "daybreak.config",
    "daybreak.audit",
    "daybreak.outbox",
    "daybreak.accounts",
    "daybreak.directory",
    "daybreak.events",
    "daybreak.intake",
    "daybreak.public",
    "daybreak.alerts",
    "daybreak.publishing",
]
MIDDLEWARE = [
    "daybreak.public.middleware.compressed",
    "daybreak.public.middleware.guarded",
    "daybreak.accounts.middleware.desk",
    "allauth.account.middleware.AccountMiddleware",
]
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
            "context_processors": ["daybreak.accounts.middleware.about_the_desk"],
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
DAYBREAK_HTTPS = environment.yes_or_no("DAYBREAK_HTTPS", "no")
DAYBREAK_URL = os.environ.get("DAYBREAK_URL", "").rstrip("/")
DAYBREAK_SMTP_URL = os.environ.get("DAYBREAK_SMTP_URL", "")
DAYBREAK_PASSWORD_LENGTH = environment.whole_number("DAYBREAK_PASSWORD_LENGTH", 12, least=8, most=128)
DAYBREAK_INVITATION_HOURS = environment.whole_number("DAYBREAK_INVITATION_HOURS", 72, least=1, most=720)
FEEDS = HOME / "feeds"
# Agency files: where they lie while they are brought in, how large an upload may be, how long refused rows can be mended.
IMPORTS = HOME / "imports"
DAYBREAK_LINK_KEY = environment.key("DAYBREAK_LINK_KEY")
DAYBREAK_IMPORT_MB = environment.whole_number("DAYBREAK_IMPORT_MB", 500, least=1, most=10_000)
DAYBREAK_MENDABLE_ROWS = environment.whole_number("DAYBREAK_MENDABLE_ROWS", 500, least=0, most=10_000)
DAYBREAK_REFUSED_DAYS = environment.whole_number("DAYBREAK_REFUSED_DAYS", 14, least=1, most=90)
DAYBREAK_CALLS_A_MINUTE = environment.whole_number("DAYBREAK_CALLS_A_MINUTE", 120, least=1, most=10_000)
# The morning list of signals: expected share of false ones, and the chance of any where nothing rises: 12 mornings a year.
DAYBREAK_FALSE_SHARE = (
    environment.whole_number("DAYBREAK_FALSE_ALERTS_A_YEAR", 12, least=1, most=365) / 365.25
)

GENERATIONS = HOME / "generations"

# The desk: who signs in, how, and the mail that goes out. Cookies are for /desk/ only: open pages have none.
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": DAYBREAK_PASSWORD_LENGTH},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "/desk/sign-in"
LOGIN_REDIRECT_URL = "/desk/"
LOGOUT_REDIRECT_URL = "/desk/sign-in"
SESSION_COOKIE_NAME, SESSION_COOKIE_PATH = "daybreak_desk", "/desk/"
CSRF_COOKIE_NAME, CSRF_COOKIE_PATH = "daybreak_form", "/desk/"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = DAYBREAK_HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
# Behind a proxy that speaks HTTPS to people and HTTP to us.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if DAYBREAK_HTTPS else None
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if DAYBREAK_HTTPS else 0
CSRF_FAILURE_VIEW = "daybreak.accounts.views.refusals.stale_form"
CSRF_TRUSTED_ORIGINS = [f"https://{host.lstrip('.')}" for host in ALLOWED_HOSTS] if DAYBREAK_HTTPS else []
CACHES = {
    # Counts of tries at signing in: in the database, so that every worker counts the same.
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "accounts_cache"}
}
ACCOUNT_ADAPTER = "daybreak.accounts.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if DAYBREAK_HTTPS else "http"
ACCOUNT_RATE_LIMITS = {"login_failed": "60/m/ip,5/15m/key", "login": "120/m/ip"}
MFA_ADAPTER = "daybreak.accounts.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_TOLERANCE = 1
SOCIALACCOUNT_ADAPTER = "daybreak.accounts.adapters.SocialAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_OPENID_CONNECT_URL_PREFIX = ""
SOCIALACCOUNT_PROVIDERS = environment.directory_sign_in()
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
vars().update(environment.mail_server(DAYBREAK_SMTP_URL))
DEFAULT_FROM_EMAIL = os.environ.get("DAYBREAK_MAIL_FROM", "Daybreak <daybreak@localhost>")

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
