"""Orders that came back, until their checkouts were looked at; adjustments that wait for somebody else."""

from uuid import uuid4

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("rewards", "0006_deeds"),
    ]

    operations = [
        migrations.CreateModel(
            name="ComingBack",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("program_id", models.IntegerField()),
                ("order_key", models.TextField(db_collation="C")),
            ],
        ),
        migrations.CreateModel(
            name="AskedAdjustment",
            fields=[
                ("id", models.UUIDField(default=uuid4, editable=False, primary_key=True, serialize=False)),
                ("program_id", models.IntegerField()),
                ("member_id", models.UUIDField()),
                ("wallet", models.TextField()),
                ("points", models.BigIntegerField()),
                ("reason", models.TextField()),
                ("asked_by", models.TextField()),
                ("asked_at", models.DateTimeField()),
                ("outcome", models.TextField(blank=True, db_collation="C", db_default="")),
                ("decided_by", models.TextField(blank=True, db_default="")),
                ("decided_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        models.F("program_id"),
                        models.F("asked_at"),
                        condition=models.Q(("outcome", "")),
                        name="rewards_adjustment_waiting",
                    )
                ],
            },
        ),
    ]
