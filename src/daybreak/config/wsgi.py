"""The WSGI application: warm before it answers its first request."""

from __future__ import annotations

import gc
import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "daybreak.config.settings")

from django.core.wsgi import get_wsgi_application


def _warm_application() -> Any:
    gc.disable()  # a hundred thousand small things are made here and none is garbage
    from django.conf import settings

    from daybreak.config import readiness

    application = get_wsgi_application()
    from daybreak.config.static_files import with_static_files
    from daybreak.directory.published import finder
    from daybreak.finder.warm import warm
    from daybreak.public.warmth import warm_pages

    warm(finder().index())
    warm_pages(application)
    served = with_static_files(application, settings.STATIC_ROOT)
    gc.freeze()  # what lives from the start is never looked at again by the collector
    gc.set_threshold(20_000, 20, 20)  # a page makes a few thousand short-lived things: look less often
    gc.enable()
    readiness.say_ready(settings.HOME)
    return served


application = _warm_application()
