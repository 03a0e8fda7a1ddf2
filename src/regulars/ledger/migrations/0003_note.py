"""What somebody wrote about a fact: beside it, in no hash, and deleted on request."""

from django.db import migrations

CREATE = """
    CREATE TABLE ledger_note (
        program_id integer NOT NULL,
        member_id uuid NOT NULL,
        kind smallint NOT NULL,
        key text COLLATE "C" NOT NULL,
        words text NOT NULL,
        PRIMARY KEY (program_id, member_id, kind, key)
    )
"""
DROP = "DROP TABLE ledger_note"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_funder")]
    operations = [migrations.RunSQL(CREATE, DROP)]
