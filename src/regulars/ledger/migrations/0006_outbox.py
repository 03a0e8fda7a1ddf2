"""Announcements, which the application's role may only add."""

from pathlib import Path

from django.conf import settings
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from psycopg import sql

SCHEMA = Path(__file__).parent.parent / "sql" / "outbox.sql"


def create(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    editor.execute(SCHEMA.read_text(encoding="utf-8"), params=None)


def protect(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Only matters where the application is not the owner; the owner keeps every right."""
    role = settings.DATABASE_APPLICATION_ROLE
    if role != editor.connection.settings_dict["USER"]:
        revoke = sql.SQL("REVOKE UPDATE, DELETE, TRUNCATE ON ledger_announcement FROM {}").format(sql.Identifier(role))
        editor.execute(revoke.as_string(None), params=None)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0005_periods")]
    operations = [
        migrations.RunPython(create, migrations.RunPython.noop),
        migrations.RunPython(protect, migrations.RunPython.noop),
    ]
