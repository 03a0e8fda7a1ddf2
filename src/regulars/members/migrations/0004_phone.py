"""Members are found by the digits of their telephone number, however it is written."""

from django.db import migrations

CREATE = """
    CREATE INDEX members_member_phone ON members_member (program_id, regexp_replace(phone, '[^0-9]', '', 'g'))
    WHERE phone <> ''
"""


class Migration(migrations.Migration):
    dependencies = [("members", "0003_trace")]
    operations = [migrations.RunSQL(CREATE, "DROP INDEX members_member_phone")]
