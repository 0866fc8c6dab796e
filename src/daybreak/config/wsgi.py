"""The WSGI application: warm before it answers its first request."""

from __future__ import annotations

import gc
import os
import re
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "daybreak.config.settings")

from django.core.wsgi import get_wsgi_application

_HASHED = re.compile(r"\.[0-9a-f]{12}\.")


def _immutable(path: str, url: str) -> bool:
    """A file whose name carries its hash never changes."""
    return _HASHED.search(url) is not None


def _warm_application() -> Any:
    gc.disable()  # a hundred thousand small things are made here and none is garbage
    from django.conf import settings
    from whitenoise import WhiteNoise

    from daybreak.config import readiness

    application = get_wsgi_application()
    from daybreak.directory.published import finder
    from daybreak.finder.warm import warm
    from daybreak.public.warmth import warm_pages

    warm(finder().index())
    warm_pages(application)
    served = WhiteNoise(
        application, root=settings.STATIC_ROOT, prefix="static/", max_age=60, immutable_file_test=_immutable
    )
    gc.freeze()  # what lives from the start is never looked at again by the collector
    gc.enable()
    readiness.say_ready(settings.HOME)
    return served


application = _warm_application()
