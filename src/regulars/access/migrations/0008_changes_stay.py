"""What was changed stays written as it was: the application adds to it, and neither edits nor deletes."""

from django.conf import settings
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from psycopg import sql


def protect(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Only matters where the application is not the owner; the owner keeps every right."""
    role = settings.DATABASE_APPLICATION_ROLE
    if role != editor.connection.settings_dict["USER"]:
        revoke = sql.SQL("REVOKE UPDATE, DELETE, TRUNCATE ON access_change FROM {}").format(sql.Identifier(role))
        editor.execute(revoke.as_string(None), params=None)


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0007_change_program"),
    ]

    operations = [
        migrations.RunPython(protect, migrations.RunPython.noop),
    ]
