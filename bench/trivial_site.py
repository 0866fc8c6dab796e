"""The smallest page that the same stack can serve: Django, one view, no template; what bench/web.py compares with."""

from __future__ import annotations

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

settings.configure(DEBUG=False, ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, SECRET_KEY="bench", MIDDLEWARE=[])


def page(request: HttpRequest) -> HttpResponse:
    """Ten words."""
    return HttpResponse("<!doctype html><title>Trivial</title><p>The smallest page there is.")


urlpatterns = [path("", page)]
application = get_wsgi_application()
