"""As which edition a segment was counted; and whoever is deleted as a member leaves nothing that was read of them."""

from typing import ClassVar

from django.db import migrations, models

FOLLOW = """
CREATE FUNCTION segments_forget() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM segments_trait WHERE program_id = OLD.program_id AND member_id = OLD.id;
    DELETE FROM segments_reading WHERE program_id = OLD.program_id AND member_id = OLD.id;
    RETURN NULL;
END $$;
CREATE TRIGGER segments_forget AFTER DELETE ON members_member FOR EACH ROW EXECUTE FUNCTION segments_forget()
"""
STAY = "DROP TRIGGER segments_forget ON members_member; DROP FUNCTION segments_forget()"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("segments", "0001_initial"), ("members", "0001_initial")]

    operations: ClassVar = [
        migrations.AddField("segment", "counted_edition", models.IntegerField(null=True)),
        migrations.RunSQL(FOLLOW, STAY),
    ]
