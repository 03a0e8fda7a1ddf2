import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Member",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("program_id", models.IntegerField()),
                ("external_id", models.TextField(blank=True, db_collation="C", db_default="")),
                ("card", models.TextField(blank=True, db_collation="C", db_default="")),
                ("name", models.TextField(blank=True, db_default="")),
                ("email", models.TextField(blank=True, db_default="")),
                ("phone", models.TextField(blank=True, db_default="")),
                ("language", models.CharField(blank=True, db_default="", max_length=10)),
                ("joined_at", models.DateTimeField(null=True)),
                ("made", models.BooleanField(db_default=False)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        models.F("program_id"),
                        models.F("external_id"),
                        condition=models.Q(("external_id", ""), _negated=True),
                        name="members_member_external_id",
                    ),
                    models.UniqueConstraint(
                        models.F("program_id"),
                        models.F("card"),
                        condition=models.Q(("card", ""), _negated=True),
                        name="members_member_card",
                    ),
                ],
            },
        ),
    ]
