from django.db import migrations

# What Django's cache in the database expects.
TABLE = """
    CREATE TABLE access_tried (
        cache_key varchar(255) PRIMARY KEY,
        value text NOT NULL,
        expires timestamptz NOT NULL
    );
    CREATE INDEX access_tried_expires ON access_tried (expires);
"""


class Migration(migrations.Migration):
    """Where what was tried at the doors is counted for all processes."""

    dependencies = [
        ("access", "0005_era"),
    ]

    operations = [
        migrations.RunSQL(TABLE, "DROP TABLE access_tried"),
    ]
