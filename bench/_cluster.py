"""A PostgreSQL of its own for a benchmark, reached by a local socket, with memory for all of its table."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.postgres import own, programs, run  # noqa: E402

SETTINGS = {
    "listen_addresses": "''",
    "shared_buffers": "3GB",
    "effective_cache_size": "6GB",
    "work_mem": "512MB",
    "maintenance_work_mem": "1GB",
    "max_wal_size": "8GB",
    "random_page_cost": "1.1",
    "max_parallel_workers_per_gather": "2",
    "jit": "off",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
}


def missing() -> str | None:
    """What must be installed first, or None."""
    where = programs()
    if where is None:
        return "PostgreSQL. On Debian: apt-get install postgresql-15 postgresql-15-postgis-3"
    version = where.parent.name
    if not Path(f"/usr/share/postgresql/{version}/extension/postgis.control").exists():
        return f"PostGIS for PostgreSQL {version}. On Debian: apt-get install postgresql-{version}-postgis-3"
    return None


@contextmanager
def cluster() -> Iterator[Path]:
    """The folder of the socket of a running server."""
    where = programs()
    assert where is not None
    # Not below the folder of the benchmark: the name of a socket must be short.
    with tempfile.TemporaryDirectory(prefix="bench-pg-") as scratch:
        folder = Path(scratch)
        own(folder)
        data = folder / "data"
        run([str(where / "initdb"), "-D", str(data), "-U", "daybreak", "-E", "UTF8", "--locale=C.UTF-8",
             "--auth=trust", "--no-sync"], cwd=folder)  # fmt: skip
        lines = [f"{name} = {value}" for name, value in SETTINGS.items()]
        with (data / "postgresql.conf").open("a") as config:
            config.write("\n".join([*lines, f"unix_socket_directories = '{folder}'", ""]))
        run([str(where / "pg_ctl"), "-D", str(data), "-l", str(folder / "log"), "-w", "start"], cwd=folder)
        try:
            yield folder
        finally:
            run([str(where / "pg_ctl"), "-D", str(data), "-w", "-m", "immediate", "stop"], cwd=folder)
