"""Looks at the database: pages and indexes, references, migrations, columns, and the audit's own guard."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.apps import apps
from django.db import DatabaseError, OperationalError, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from daybreak.audit.models import Entry
from daybreak.config.backups.tables import applied_migrations, known_migrations
from daybreak.config.examination.findings import Finding, not_checked, problem, well

_LISTED = 3
_RESTORE = "Restore the last backup into a new home or database: daybreak restore"


def database(connection: BaseDatabaseWrapper) -> Iterator[Finding]:
    """Findings of the database, the basic ones first; the later ones are left out where it cannot be reached at all."""
    try:
        connection.ensure_connection()
    except DatabaseError as error:
        yield problem(
            "database", f"It cannot be reached: {_first_line(error)}.", "Start it, or set DATABASE_URL."
        )
        return
    for look in (_integrity, _references, _migrations, _columns, _append_only):
        try:
            yield from look(connection)
        except DatabaseError as error:
            yield problem(look.__name__.strip("_").replace("_", "-"), f"{_first_line(error)}.", _RESTORE)


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0].rstrip(".")


def _integrity(connection: BaseDatabaseWrapper) -> Iterator[Finding]:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"PRAGMA integrity_check({_LISTED})")
            found = [row[0] for row in cursor.fetchall()]
            if found != ["ok"]:
                yield problem("integrity", f"The database file is damaged: {'; '.join(found)}.", _RESTORE)
                return
            yield well("integrity", "Every page and index of the database file holds together.")
            return
        cursor.execute(
            """SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
               JOIN pg_namespace n ON n.oid = c.relnamespace
               WHERE n.nspname = current_schema() AND NOT (i.indisvalid AND i.indisready)"""
        )
        indexes = [row[0] for row in cursor.fetchall()]
        cursor.execute(
            """SELECT conname FROM pg_constraint
               WHERE connamespace = current_schema()::regnamespace AND NOT convalidated"""
        )
        constraints = [row[0] for row in cursor.fetchall()]
        # A trigger that somebody put to sleep: refusals and references stand only while it is awake.
        cursor.execute(
            """SELECT DISTINCT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
               WHERE c.relnamespace = current_schema()::regnamespace AND t.tgenabled IN ('D', 'R')"""
        )
        asleep = [row[0] for row in cursor.fetchall()]
    if indexes:
        yield problem("integrity", f"Indexes are not valid: {_some(indexes)}.", "REINDEX them.")
    if constraints:
        yield problem(
            "integrity",
            f"Constraints were never proved: {_some(constraints)}.",
            "ALTER TABLE … VALIDATE CONSTRAINT …",
        )
    if asleep:
        yield problem(
            "integrity", f"Triggers are disabled on {_some(asleep)}.", "ALTER TABLE … ENABLE TRIGGER ALL"
        )
    if not indexes and not constraints and not asleep:
        yield well("integrity", "Every index and constraint is valid and every trigger is awake.")


def _references(connection: BaseDatabaseWrapper) -> Iterator[Finding]:
    """Rows that point at rows which are not there; PostgreSQL, too, can be filled with its guards asleep."""
    quote = connection.ops.quote_name
    broken = []
    looked_at = 0
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            for column, (there, target) in connection.introspection.get_relations(cursor, table).items():
                looked_at += 1
                cursor.execute(
                    f"SELECT count(*) FROM {quote(table)} a LEFT JOIN {quote(target)} b "  # noqa: S608 - from the schema
                    f"ON a.{quote(column)} = b.{quote(there)} "
                    f"WHERE a.{quote(column)} IS NOT NULL AND b.{quote(there)} IS NULL"
                )
                count = cursor.fetchone()[0]
                if count:
                    broken.append(f"{table}.{column} ({count:,} rows)")
    if broken:
        yield problem("references", f"Rows point at rows that are not there: {_some(broken)}.", _RESTORE)
    else:
        yield well("references", f"All {looked_at} references between tables lead somewhere.")


def _migrations(connection: BaseDatabaseWrapper) -> Iterator[Finding]:
    known, applied = known_migrations(), applied_migrations(connection)
    installed = {config.label for config in apps.get_app_configs()}
    missing = sorted(key for key in known - applied if key[0] in installed)
    strange = sorted(key for key in applied - known if key[0] in installed)
    if missing:
        yield problem(
            "migrations",
            f"{len(missing)} are not applied, the first {' '.join(missing[0])}.",
            "daybreak backup, then daybreak set-up",
        )
    if strange:
        yield problem(
            "migrations",
            f"The database is of a later version: this one does not know {' '.join(strange[0])}.",
            "Install that version again.",
        )
    if not missing and not strange:
        yield well("migrations", f"All {len(known & applied)} are applied.")


def _columns(connection: BaseDatabaseWrapper) -> Iterator[Finding]:
    """Each model's columns are there; a hand that changed the schema shows here."""
    lacking = []
    counted = 0
    with connection.cursor() as cursor:
        present = set(connection.introspection.table_names(cursor))
        for model in apps.get_models(include_auto_created=True):
            options = model._meta
            if options.proxy or not options.managed:
                continue
            counted += 1
            if options.db_table not in present:
                lacking.append(f"table {options.db_table}")
                continue
            there = {
                column.name
                for column in connection.introspection.get_table_description(cursor, options.db_table)
            }
            lacking += [
                f"{options.db_table}.{field.column}"
                for field in options.local_concrete_fields
                if field.column not in there
            ]
    if lacking:
        yield problem(
            "columns", f"The database lacks {_some(lacking)}.", "daybreak set-up, or restore a backup"
        )
    else:
        yield well("columns", f"All {counted} tables have their columns.")


class _Undo(Exception):
    """Ends the attempt on the audit without a trace."""


def _append_only(connection: BaseDatabaseWrapper) -> Iterator[Finding]:
    """Tries to change the newest audit entry to what it is already, and takes the attempt back."""
    newest = Entry.objects.using(connection.alias).order_by("-pk").values_list("pk", flat=True).first()
    if newest is None:
        yield not_checked("append-only", "The audit has no entry yet that could be tried.")
        return
    try:
        with transaction.atomic(using=connection.alias):
            changed = Entry.objects.using(connection.alias).filter(pk=newest)
            changed.update(action=changed.values_list("action", flat=True)[0])
            raise _Undo
    except _Undo:
        yield problem(
            "append-only",
            "The database let an audit entry be changed (nothing was): the triggers of audit_entry are gone.",
            "Restore the last backup into a new database; restoring makes them anew.",
        )
    except OperationalError:  # somebody else writes all the time: that is no refusal
        yield not_checked("append-only", "The database was too busy to try.")
    except DatabaseError:
        yield well("append-only", "The database refuses to change an audit entry.")


def _some(names: Sequence[str]) -> str:
    more = len(names) - _LISTED
    return ", ".join(names[:_LISTED]) + (f" and {more} more" if more > 0 else "")
