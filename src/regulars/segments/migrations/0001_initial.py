"""Segments, what was changed about them, how many were in them; and what is read of members for them."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from psycopg import sql

CREATE = """
-- What only facts and states say of a member: a cache, which may be emptied together with segments_reading, never alone.
-- See segments/traits.py.
CREATE TABLE segments_trait (
    program_id integer NOT NULL,
    member_id uuid NOT NULL,
    kind text COLLATE "C" NOT NULL,
    value text COLLATE "C" NOT NULL,
    first_at timestamptz,
    last_at timestamptz,
    amount bigint NOT NULL,
    PRIMARY KEY (program_id, member_id, kind, value)
);
CREATE INDEX segments_trait_value ON segments_trait (program_id, kind, value, last_at) INCLUDE (member_id, amount);

-- Up to where each member was read for it.
CREATE TABLE segments_reading (
    program_id integer NOT NULL,
    member_id uuid NOT NULL,
    fact_seq integer NOT NULL,
    entry_seq integer NOT NULL,
    day date NOT NULL,
    is_gone boolean NOT NULL,
    PRIMARY KEY (program_id, member_id)
);
"""
DROP = "DROP TABLE segments_trait, segments_reading"


def protect(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Only matters where the application is not the owner; what was changed stays written down."""
    role = settings.DATABASE_APPLICATION_ROLE
    if role != editor.connection.settings_dict["USER"]:
        said = sql.SQL("REVOKE UPDATE, DELETE, TRUNCATE ON segments_segmentchange FROM {}").format(sql.Identifier(role))
        editor.execute(said.as_string(None), params=None)


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Segment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("program_id", models.IntegerField()),
                ("key", models.TextField(db_collation="C")),
                ("name", models.TextField()),
                ("definition", models.JSONField()),
                ("tells", models.BooleanField(db_default=False)),
                ("edition", models.IntegerField(db_default=1)),
                ("archived_at", models.DateTimeField(null=True)),
                ("changed_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("size", models.IntegerField(null=True)),
                ("counted_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(models.F("program_id"), models.F("key"), name="segments_segment_key")
                ],
            },
        ),
        migrations.CreateModel(
            name="SegmentChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.UUIDField(unique=True)),
                ("what", models.CharField(max_length=20)),
                ("actor", models.TextField()),
                ("before", models.JSONField(default=dict)),
                ("after", models.JSONField(default=dict)),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("segment", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="segments.segment")),
            ],
        ),
        migrations.CreateModel(
            name="SegmentSize",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("members", models.IntegerField()),
                ("segment", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="segments.segment")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(models.F("segment"), models.F("day"), name="segments_size_day")
                ],
            },
        ),
        migrations.RunSQL(CREATE, DROP),
        migrations.RunPython(protect, migrations.RunPython.noop),
    ]
