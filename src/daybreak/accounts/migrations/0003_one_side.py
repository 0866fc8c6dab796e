"""Make the database itself keep a person at one agency at a time, and never on the sides of law enforcement and care at once."""

from __future__ import annotations

from typing import Any

from django.db import migrations

# The same sets as rules.roles and rules.agencies; tests/rooms/accounts compares them.
ENFORCEMENT_ROLES = ("officer", "analyst")
CARE_ROLES = ("navigator", "provider")
ENFORCEMENT_KINDS = ("police", "prosecutor", "sheriff", "corrections")


def _quoted(words: tuple[str, ...]) -> str:
    return ", ".join(f"'{word}'" for word in words)


def _enforces(row: str, kind: str) -> str:
    return f"({row}.role IN ({_quoted(ENFORCEMENT_ROLES)}) OR {kind} IN ({_quoted(ENFORCEMENT_KINDS)}))"


def _cares(row: str) -> str:
    return f"({row}.role IN ({_quoted(CARE_ROLES)}))"


KIND_OF_NEW = "(SELECT kind FROM accounts_agency WHERE id = NEW.agency_id)"
AT_ONCE = """held.user_id = NEW.user_id AND held.id <> NEW.id
    AND (held.until IS NULL OR held.until > NEW.since) AND (NEW.until IS NULL OR NEW.until > held.since)"""
BOTH_SIDES = f"""({_enforces("NEW", KIND_OF_NEW)} AND {_cares("NEW")}) OR EXISTS (
    SELECT 1 FROM accounts_membership held JOIN accounts_agency place ON place.id = held.agency_id
    WHERE {AT_ONCE} AND (({_enforces("NEW", KIND_OF_NEW)} AND {_cares("held")})
        OR ({_cares("NEW")} AND {_enforces("held", "place.kind")})))"""  # noqa: S608 - our own words only
TWO_AGENCIES = f"""EXISTS (SELECT 1 FROM accounts_membership held
    WHERE {AT_ONCE} AND held.agency_id <> NEW.agency_id)"""  # noqa: S608
SAME_TWICE = f"""EXISTS (SELECT 1 FROM accounts_membership held
    WHERE {AT_ONCE} AND held.agency_id = NEW.agency_id AND held.role = NEW.role)"""  # noqa: S608
RULES = (
    ("sides", BOTH_SIDES, "nobody holds a law-enforcement and a care role"),
    ("one_agency", TWO_AGENCIES, "a person belongs to one agency at a time"),
    ("once", SAME_TWICE, "a person holds a role once at a time"),
)
KIND_KEPT = "the kind of an agency never changes; add another agency"


def _on_sqlite() -> list[str]:
    made = [
        f"""CREATE TRIGGER accounts_membership_{name}_{event.lower()} AFTER {event} ON accounts_membership
            WHEN {condition} BEGIN SELECT RAISE(ABORT, '{sentence}'); END"""
        for name, condition, sentence in RULES
        for event in ("INSERT", "UPDATE")
    ]
    made.append(
        f"""CREATE TRIGGER accounts_agency_kind_kept BEFORE UPDATE ON accounts_agency
            WHEN NEW.kind <> OLD.kind BEGIN SELECT RAISE(ABORT, '{KIND_KEPT}'); END"""
    )
    # INSERT OR REPLACE takes a row away without running the update trigger.
    made.append(
        """CREATE TRIGGER accounts_agency_no_replace BEFORE INSERT ON accounts_agency
           WHEN EXISTS (SELECT 1 FROM accounts_agency WHERE id = NEW.id OR slug = NEW.slug OR public_id = NEW.public_id)
           BEGIN SELECT RAISE(ABORT, 'an agency of this slug or number exists: UNIQUE'); END"""
    )
    return made


def _on_postgresql() -> list[str]:
    checks = "\n".join(
        f"IF {condition} THEN RAISE EXCEPTION '{sentence}' USING ERRCODE = 'check_violation'; END IF;"
        for _, condition, sentence in RULES
    )
    return [
        # Two changes for one person take turns: the second one sees what the first one wrote.
        f"""CREATE FUNCTION accounts_membership_check() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                PERFORM 1 FROM accounts_user WHERE id = NEW.user_id FOR UPDATE;
                {checks}
                RETURN NULL;
            END $$""",
        """CREATE TRIGGER accounts_membership_checked AFTER INSERT OR UPDATE ON accounts_membership
           FOR EACH ROW EXECUTE FUNCTION accounts_membership_check()""",
        f"""CREATE FUNCTION accounts_agency_kind_kept() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF NEW.kind <> OLD.kind THEN
                    RAISE EXCEPTION '{KIND_KEPT}' USING ERRCODE = 'check_violation';
                END IF;
                RETURN NEW;
            END $$""",
        """CREATE TRIGGER accounts_agency_kind_kept BEFORE UPDATE ON accounts_agency
           FOR EACH ROW EXECUTE FUNCTION accounts_agency_kind_kept()""",
    ]


UNDO_SQLITE = [
    *(
        f"DROP TRIGGER accounts_membership_{name}_{event}"
        for name, _, _ in RULES
        for event in ("insert", "update")
    ),
    "DROP TRIGGER accounts_agency_kind_kept",
    "DROP TRIGGER accounts_agency_no_replace",
]
UNDO_POSTGRESQL = [
    "DROP FUNCTION accounts_membership_check CASCADE",
    "DROP FUNCTION accounts_agency_kind_kept CASCADE",
]


def _run(statements: dict[str, list[str]]) -> Any:
    def run(apps: Any, schema_editor: Any) -> None:
        for statement in statements[schema_editor.connection.vendor]:
            schema_editor.execute(statement)

    return run


class Migration(migrations.Migration):
    """Triggers for both engines."""

    dependencies = [("accounts", "0002_agencies_and_roles")]
    operations = [
        migrations.RunPython(
            _run({"sqlite": _on_sqlite(), "postgresql": _on_postgresql()}),
            _run({"sqlite": UNDO_SQLITE, "postgresql": UNDO_POSTGRESQL}),
        )
    ]
