from django.db import migrations, models

OF_MEMBERS = """
    UPDATE access_change SET program_id = member.program_id
    FROM members_member member WHERE about = 'member:' || member.id
"""


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0006_tried"),
        ("members", "0006_notes"),
    ]

    operations = [
        migrations.AddField(
            model_name="change",
            name="program_id",
            field=models.IntegerField(null=True),
        ),
        migrations.RunSQL(OF_MEMBERS, migrations.RunSQL.noop),
    ]
