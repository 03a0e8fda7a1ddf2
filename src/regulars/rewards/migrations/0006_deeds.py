"""What people did about stock, batches and checkouts."""

from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from psycopg import sql


def protect(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Only matters where the application is not the owner; the owner keeps every right."""
    role = settings.DATABASE_APPLICATION_ROLE
    if role != editor.connection.settings_dict["USER"]:
        revoke = sql.SQL("REVOKE UPDATE, DELETE, TRUNCATE ON rewards_deed FROM {}").format(sql.Identifier(role))
        editor.execute(revoke.as_string(None), params=None)


class Migration(migrations.Migration):
    dependencies = [
        ("rewards", "0005_guesses"),
    ]

    operations = [
        migrations.CreateModel(
            name="Deed",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("program_id", models.IntegerField()),
                ("about", models.TextField(db_collation="C")),
                ("at", models.DateTimeField()),
                ("what", models.TextField(db_collation="C")),
                ("actor", models.TextField()),
                ("quantity", models.BigIntegerField(db_default=0)),
                ("reason", models.TextField(blank=True, db_default="")),
            ],
            options={
                "indexes": [
                    models.Index(models.F("program_id"), models.F("about"), models.F("id"), name="rewards_deed_about")
                ],
            },
        ),
        migrations.RunPython(protect, migrations.RunPython.noop),
    ]
