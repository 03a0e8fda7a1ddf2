"""What the member list searches and sorts by.

`words` holds every word a member may be looked up by, so that one index answers "begins with" for number, card, name,
e-mail and phone in any order. `label` is what a list shows a member under. Both follow the row by themselves; order is by
code point, whatever the server's collation.
"""

from typing import ClassVar

from django.db import migrations

COLUMNS = """
ALTER TABLE members_member
    ADD COLUMN words tsvector NOT NULL GENERATED ALWAYS AS (array_to_tsvector(array_remove(
        string_to_array(
            lower((external_id || ' ' || card || ' ' || name || ' ' || email || ' ' || phone) COLLATE "default"), ' '
        ),
        ''
    ))) STORED,
    ADD COLUMN label text COLLATE "C" NOT NULL GENERATED ALWAYS AS (
        lower((CASE name WHEN '' THEN external_id ELSE name END) COLLATE "default")
    ) STORED
"""
INDEXES = """
CREATE INDEX members_member_words ON members_member USING gin (words);
CREATE INDEX members_member_label ON members_member (program_id, label, id)
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("members", "0001_initial")]
    operations: ClassVar = [
        migrations.RunSQL(COLUMNS, "ALTER TABLE members_member DROP COLUMN words, DROP COLUMN label"),
        migrations.RunSQL(INDEXES, "DROP INDEX members_member_words, members_member_label"),
    ]
