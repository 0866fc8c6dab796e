"""Knows which tables and columns a database has, at whatever migration it stands, and sums up their rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.introspection import TableInfo
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Field, Model

from daybreak.config.backups.canonical import Column, Tally, encoder

_ROWS_A_FETCH = 2000
_KIND_OF_FIELD = {
    **dict.fromkeys(
        [
            "AutoField", "BigAutoField", "SmallAutoField", "IntegerField", "BigIntegerField", "SmallIntegerField",
            "PositiveIntegerField", "PositiveBigIntegerField", "PositiveSmallIntegerField",
        ],
        "whole number",
    ),
    **dict.fromkeys(
        [
            "CharField", "TextField", "SlugField", "FileField", "FilePathField", "ImageField", "URLField",
            "EmailField", "GenericIPAddressField", "IPAddressField",
        ],
        "text",
    ),
    "BooleanField": "yes or no",
    "FloatField": "real number",
    "DecimalField": "decimal",
    "DateTimeField": "moment",
    "DateField": "date",
    "TimeField": "time",
    "DurationField": "duration",
    "UUIDField": "uuid",
    "JSONField": "json",
    "BinaryField": "bytes",
}  # fmt: skip


class UnknownColumn(Exception):
    """A column whose kind we do not know how to compare; the text names it."""


@dataclass(frozen=True)
class Table:
    """A table and its columns, in a fixed order; ``key`` is the column whose numbers the database gives out, or None."""

    name: str
    columns: tuple[Column, ...]
    key: str | None = None


def applied_migrations(connection: BaseDatabaseWrapper) -> set[tuple[str, str]]:
    """(app, name) of every migration that the database says it has had; empty for an empty database.

    Django's own recorder would ask whatever connection bears the same name, not this one.
    """
    with connection.cursor() as cursor:
        if "django_migrations" not in connection.introspection.table_names(cursor):
            return set()
        cursor.execute("SELECT app, name FROM django_migrations")
        return {(app, name) for app, name in cursor.fetchall()}


def known_migrations() -> set[tuple[str, str]]:
    """(app, name) of every migration that this version of the code brings."""
    return set(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)


def tables_of(connection: BaseDatabaseWrapper) -> list[Table]:
    """Every table of the database, by name; columns as the migrations that were applied describe them.

    Tables that no migration we know describes (of a later version, or made by hand) are read as the database shows them.
    SQLite's own, whose names begin with ``sqlite_``, are what ANALYZE counted: they can be made again.
    """
    with connection.cursor() as cursor:
        foreign = _of_extensions(connection, cursor)
        present = {
            info.name: info
            for info in connection.introspection.get_table_list(cursor)
            if info.type == "t" and info.name not in foreign and not info.name.startswith("sqlite_")
        }
    described = {model._meta.db_table: _of_model(model) for model in _models_of(connection)}
    return [
        described.get(name) or _of_description(connection, info) for name, info in sorted(present.items())
    ]


def lines(
    connection: BaseDatabaseWrapper, table: str, columns: Sequence[Column], *, in_order: str = ""
) -> Iterator[bytes]:
    """Canonical lines of a table's rows, read in pieces; the caller holds the transaction that makes them agree."""
    quote = connection.ops.quote_name
    names = ", ".join(_shown(connection, column) for column in columns)
    encode = encoder(table, columns)
    order = f" ORDER BY {quote(in_order)}" if in_order else ""
    # Server-side on PostgreSQL, where a plain cursor would load the whole table.
    with connection.chunked_cursor() as cursor:
        cursor.execute(f"SELECT {names} FROM {quote(table)}{order}")  # noqa: S608 - names quoted, from the schema
        while rows := cursor.fetchmany(_ROWS_A_FETCH):
            yield from map(encode, rows)


def tally(connection: BaseDatabaseWrapper, table: str, columns: Sequence[Column]) -> Tally:
    """Count and checksum of a table's rows over these columns."""
    counted = Tally()
    for line in lines(connection, table, columns):
        counted.add(line)
    return counted


def _shown(connection: BaseDatabaseWrapper, column: Column) -> str:
    """How a column is asked for, so that its stored value comes as it stands.

    SQLite's driver converts by a column's declared type, and turns a moment that it cannot read into nothing; an
    expression has no declared type. PostgreSQL's driver would parse JSON.
    """
    name = connection.ops.quote_name(column.name)
    if connection.vendor == "sqlite":
        return f"+{name}"
    return f"{name}::text" if column.kind == "json" else name


def _models_of(connection: BaseDatabaseWrapper) -> list[type[Model]]:
    loader = MigrationLoader(None, ignore_no_migrations=True)
    applied = [key for key in sorted(applied_migrations(connection)) if key in loader.graph.nodes]
    if not applied:
        return []
    state = loader.project_state(applied)
    models = [
        model
        for model in state.apps.get_models(include_auto_created=True)
        if not model._meta.proxy and model._meta.managed
    ]
    return [*models, MigrationRecorder(connection).Migration]


def _of_extensions(connection: BaseDatabaseWrapper, cursor: Any) -> set[str]:
    """Tables that came with an extension of PostgreSQL, such as PostGIS: they are the extension's to make."""
    if connection.vendor != "postgresql":
        return set()
    cursor.execute(
        """SELECT c.relname FROM pg_depend d JOIN pg_class c ON c.oid = d.objid
           WHERE d.deptype = 'e' AND d.classid = 'pg_class'::regclass"""
    )
    return {name for (name,) in cursor.fetchall()}


def _of_model(model: type[Model]) -> Table:
    fields = [field for field in model._meta.local_concrete_fields if not getattr(field, "generated", False)]
    key = next((field.column for field in fields if field.get_internal_type().endswith("AutoField")), None)
    return Table(model._meta.db_table, tuple(_column(model._meta.db_table, field) for field in fields), key)


def _column(table: str, field: Field[Any, Any]) -> Column:
    target: Any = field
    while target.remote_field:
        target = target.target_field
    kind = _KIND_OF_FIELD.get(target.get_internal_type())
    if kind is None:
        raise UnknownColumn(
            f"Column {field.column} of table {table} must be of a kind that backups know; got "
            f"{target.get_internal_type()}. Add it to config/backups/tables.py."
        )
    return Column(str(field.column), kind, getattr(target, "decimal_places", 0) or 0)


def _of_description(connection: BaseDatabaseWrapper, info: TableInfo) -> Table:
    columns = []
    with connection.cursor() as cursor:
        for found in connection.introspection.get_table_description(cursor, info.name):
            try:
                type_name = connection.introspection.get_field_type(found.type_code, found)
            except KeyError:
                type_name = "TextField"
            places = getattr(found, "scale", 0) or 0
            columns.append(Column(found.name, _KIND_OF_FIELD.get(type_name, "text"), places))
    return Table(info.name, tuple(columns))
