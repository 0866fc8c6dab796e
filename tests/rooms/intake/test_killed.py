"""An import that is killed at any moment and run again neither loses nor doubles a row."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection
from django.db.models import Count

from daybreak.audit.models import Entry
from daybreak.events.models import Delivery, Event, Mention, Tally
from daybreak.intake.models import Import, RefusedRow
from tests.house.plan import ROOT
from tests.rooms.intake.killed import ROWS, WRONG

KILLS = 20


@pytest.mark.django_db(transaction=True)
def test_killed_at_twenty_random_moments_the_books_add_up_and_no_row_is_lost_or_doubled(
    tmp_path: Path,
) -> None:
    done = run_killing(tmp_path, seed=20130715)
    told = json.loads(done)
    assert told["kills"] == KILLS
    assert len({position for position in told["positions"] if position}) >= 5, (
        "most must die in the middle of a file"
    )
    refused = len(range(0, ROWS, WRONG))
    read = ROWS + 10
    again = sum(one % WRONG != 0 for one in range(ROWS - 10, ROWS))
    counts = read_back(tmp_path)
    twice_refused = 10 - again
    new = (read, ROWS - refused, 0, again, refused + twice_refused)
    # A process that died after its last word, before it said so, is run again: then all is unchanged.
    old = (read, 0, 0, ROWS - refused + again, refused + twice_refused)
    assert set(counts["books"]) <= {new, old}
    assert counts["books"].count(new) == told["files"]
    whole = told["files"] * (ROWS - refused)
    assert [counts[name] for name in ("events", "records", "mentions", "tallied")] == [whole] * 4
    assert counts["refused"] == len(counts["books"]) * (refused + twice_refused)
    assert counts["states"] == {"done"}
    assert counts["entries"] == len(counts["books"])
    assert counts["imports"] == {"ended"}


def run_killing(folder: Path, *, seed: int) -> str:
    """Run the killing program on a database that this test may read: PostgreSQL's, or a copy of the one in memory."""
    environment = {**os.environ, "DAYBREAK_HOME": str(folder / "home"), "DATABASE_URL": database_url(folder)}
    done = subprocess.run(
        [sys.executable, "-m", "tests.rooms.intake.killed", str(folder), str(KILLS), str(seed)],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=240,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def database_url(folder: Path) -> str:
    """Where the killed processes write."""
    if connection.vendor == "sqlite":
        import sqlite3

        connection.ensure_connection()
        copy = sqlite3.connect(folder / "killed.db")
        connection.connection.backup(copy)
        copy.close()
        return f"sqlite://{quote(str(folder / 'killed.db'))}"
    given = settings.DATABASES["default"]
    name = connection.settings_dict["NAME"]
    return f"postgresql://{quote(given['USER'])}:{quote(given['PASSWORD'])}@{given['HOST']}:{given['PORT']}/{name}"


def read_back(folder: Path) -> dict[str, Any]:
    """What stands in that database; the copy is read through this process's own connection."""
    if connection.vendor == "sqlite":
        import sqlite3

        copy = sqlite3.connect(folder / "killed.db")
        copy.backup(connection.connection)
        copy.close()
    deliveries = Delivery.objects.order_by("pk")
    return {
        "books": list(deliveries.values_list("read", "added", "updated", "unchanged", "refused")),
        "states": set(deliveries.values_list("state", flat=True)),
        "events": Event.objects.count(),
        "records": Event.objects.filter(known_until=None).aggregate(many=Count("record", distinct=True))[
            "many"
        ],
        "mentions": Mention.objects.count(),
        "tallied": sum(Tally.objects.filter(substance="").values_list("events", flat=True)),
        "refused": RefusedRow.objects.count(),
        "entries": Entry.objects.filter(action="delivery-done").count(),
        "imports": set(Import.objects.values_list("state", flat=True)),
    }
