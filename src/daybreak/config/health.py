"""GET /health: are the workers warm, the database there and the index open?"""

from __future__ import annotations

from django.conf import settings
from django.db import connection
from django.db.utils import Error as DatabaseError
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

import daybreak
from daybreak.config import readiness
from daybreak.directory.published import finder
from daybreak.finder.generations import DamagedGeneration, NotPublished


@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """200 when all is well, 503 with the reason when not."""
    warm, expected = readiness.ready_workers(settings.HOME)
    said: dict[str, object] = {"version": daybreak.__version__, "workers": warm, "workers_expected": expected}
    try:
        said["listings"] = finder().index().n_listings
        index_open = True
    except (NotPublished, DamagedGeneration):
        index_open = False
    said |= {"index": index_open, "database": _database_answers()}
    well = warm >= expected and index_open and bool(said["database"])
    said["status"] = "ready" if well else "not ready"
    return JsonResponse(said, status=200 if well else 503, headers={"Cache-Control": "no-store"})


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True
