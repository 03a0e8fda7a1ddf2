"""Who tried codes that lead nowhere."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("rewards", "0004_held_codes"),
    ]

    operations = [
        migrations.CreateModel(
            name="Guess",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "program_id", "asker", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("program_id", models.IntegerField()),
                ("asker", models.TextField(db_collation="C")),
                ("points", models.IntegerField()),
                ("until", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(models.F("until"), name="rewards_guess_until")],
            },
        ),
    ]
