"""Reasons in somebody's own words are deleted with the member; nothing else of what happened can be written again."""

from django.conf import settings
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from psycopg import sql


def let_go(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Only matters where the application is not the owner; the owner keeps every right."""
    role = settings.DATABASE_APPLICATION_ROLE
    if role != editor.connection.settings_dict["USER"]:
        for table in ("rewards_deed", "rewards_happened"):
            grant = sql.SQL("GRANT UPDATE (reason) ON {} TO {}").format(sql.Identifier(table), sql.Identifier(role))
            editor.execute(grant.as_string(None), params=None)


class Migration(migrations.Migration):
    dependencies = [
        ("rewards", "0008_lists"),
    ]

    operations = [
        migrations.RunPython(let_go, migrations.RunPython.noop),
    ]
