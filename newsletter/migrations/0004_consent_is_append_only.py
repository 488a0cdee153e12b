"""The database itself refuses to change a consent once it is written.

DELETE stays allowed: erasing a person must take their consents along (by cascade), and nothing else deletes them.
SQLite drops triggers when it rebuilds a table, so a later migration that alters `Consent` has to run this again.
"""

from django.db import migrations

SQLITE = (
    "CREATE TRIGGER newsletter_consent_append_only BEFORE UPDATE ON newsletter_consent "
    "BEGIN SELECT RAISE(ABORT, 'consents are append-only'); END"
)
POSTGRESQL = (
    "CREATE FUNCTION newsletter_consent_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'consents are append-only' USING ERRCODE = 'integrity_constraint_violation'; END $$",
    "CREATE TRIGGER newsletter_consent_append_only BEFORE UPDATE ON newsletter_consent "
    "FOR EACH ROW EXECUTE FUNCTION newsletter_consent_append_only()",
)


def refuse_updates(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    for statement in {"sqlite": (SQLITE,), "postgresql": POSTGRESQL}[vendor]:
        schema_editor.execute(statement)


def allow_updates(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    table = " ON newsletter_consent" if vendor == "postgresql" else ""
    schema_editor.execute(f"DROP TRIGGER newsletter_consent_append_only{table}")
    if vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION newsletter_consent_append_only()")


class Migration(migrations.Migration):
    dependencies = [("newsletter", "0003_turns_and_last_download")]

    operations = [migrations.RunPython(refuse_updates, allow_updates, elidable=False)]
