"""Who bought last: an index on a table that is large and being written to, so that nobody who writes waits for it."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

NAME = "ledger_account_last_order"
IS_VALID = """
    SELECT i.indisvalid FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid
    WHERE c.relname = %s AND pg_table_is_visible(c.oid)
"""
CREATE = f"""
    CREATE INDEX CONCURRENTLY {NAME} ON ledger_account (program_id, last_order_at, member_id)
    WHERE last_order_at IS NOT NULL
"""


def create(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Passed over where it is, and made anew where its making was cut short."""
    with editor.connection.cursor() as cursor:
        cursor.execute(IS_VALID, [NAME])
        found = cursor.fetchone()
    if found == (True,):
        return
    if found is not None:
        editor.execute(f"DROP INDEX CONCURRENTLY {NAME}")
    editor.execute(CREATE)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("ledger", "0006_outbox")]
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
