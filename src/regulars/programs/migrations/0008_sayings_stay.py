"""Who said whether versions need two people stays written as it was: the application only adds to it."""

from django.conf import settings
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from psycopg import sql


def protect(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Only matters where the application is not the owner; the owner keeps every right."""
    role = settings.DATABASE_APPLICATION_ROLE
    if role != editor.connection.settings_dict["USER"]:
        revoke = sql.SQL("REVOKE UPDATE, DELETE, TRUNCATE ON programs_twopeople FROM {}").format(sql.Identifier(role))
        editor.execute(revoke.as_string(None), params=None)


class Migration(migrations.Migration):
    dependencies = [
        ("programs", "0007_let_one"),
    ]

    operations = [
        migrations.RunPython(protect, migrations.RunPython.noop),
    ]
