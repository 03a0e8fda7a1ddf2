"""Lucky draws: the seeds of their days, and what each won."""

from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from psycopg import sql


def protect(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Only matters where the application is not the owner; the owner keeps every right. A seed may be told, no more."""
    role = settings.DATABASE_APPLICATION_ROLE
    if role != editor.connection.settings_dict["USER"]:
        for said in (
            "REVOKE UPDATE, DELETE, TRUNCATE ON rewards_draw, rewards_seed FROM {}",
            "GRANT UPDATE (seed) ON rewards_seed TO {}",
        ):
            editor.execute(sql.SQL(said).format(sql.Identifier(role)).as_string(None), params=None)


class Migration(migrations.Migration):
    dependencies = [
        ("rewards", "0009_words_can_go"),
    ]

    operations = [
        migrations.CreateModel(
            name="Seed",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "program_id", "day", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("program_id", models.IntegerField()),
                ("day", models.DateField()),
                ("digest", models.BinaryField(max_length=32)),
                ("sealed", models.BinaryField(max_length=32)),
                ("published_at", models.DateTimeField()),
                ("seed", models.BinaryField(max_length=32, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Draw",
            fields=[
                ("ticket_id", models.UUIDField(primary_key=True, serialize=False)),
                ("program_id", models.IntegerField()),
                ("member_id", models.UUIDField()),
                ("reward", models.TextField(db_collation="C")),
                ("version", models.IntegerField()),
                ("day", models.DateField()),
                ("number", models.IntegerField(null=True)),
                ("again_of", models.UUIDField(null=True)),
                ("drawn", models.TextField(blank=True, db_collation="C")),
                ("prize", models.TextField(blank=True, db_collation="C")),
                ("prize_id", models.UUIDField(null=True)),
                ("at", models.DateTimeField()),
                ("actor", models.TextField(blank=True, db_default="")),
                ("place", models.TextField(blank=True, db_default="")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        models.F("program_id"), models.F("day"), models.F("number"), name="rewards_draw_number"
                    ),
                    models.UniqueConstraint(models.F("again_of"), name="rewards_draw_again_once"),
                    models.CheckConstraint(
                        condition=models.Q(("number", None), ("again_of", None), _connector="XOR"),
                        name="rewards_draw_from_one",
                    ),
                ],
                "indexes": [
                    models.Index(
                        models.F("program_id"), models.F("member_id"), models.F("reward"), name="rewards_draw_member"
                    ),
                    models.Index(
                        models.F("program_id"), models.F("at"), models.F("ticket_id"), name="rewards_draw_newest"
                    ),
                ],
            },
        ),
        migrations.RunPython(protect, migrations.RunPython.noop),
    ]
