"""Lists of issued rewards and of what waits for approval: indexes on tables that are large and being written to."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import ProjectState

IS_VALID = """
    SELECT i.indisvalid FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid
    WHERE c.relname = %s AND pg_table_is_visible(c.oid)
"""


class AddIndexOnce(AddIndexConcurrently):
    """Nobody who writes waits for it. It is passed over where it is, and made anew where its making was cut short."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(IS_VALID, [self.index.name])
            found = cursor.fetchone()
        if found == (True,):
            return
        if found is not None:
            schema_editor.execute(f"DROP INDEX CONCURRENTLY {schema_editor.quote_name(self.index.name)}")
        super().database_forwards(app_label, schema_editor, from_state, to_state)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("rewards", "0007_coming_back"),
    ]

    operations = [
        AddIndexOnce(
            model_name="issued",
            index=models.Index(
                models.F("program_id"), models.F("issued_at"), models.F("id"), name="rewards_issued_newest"
            ),
        ),
        AddIndexOnce(
            model_name="checkout",
            index=models.Index(
                models.F("program_id"),
                models.F("made_at"),
                condition=models.Q(("parts__contains", [{"asks_approval": True}])),
                name="rewards_checkout_asking",
            ),
        ),
    ]
