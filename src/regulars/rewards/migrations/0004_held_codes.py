"""A partner's code is kept for whoever holds its reward."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("rewards", "0003_free_codes"),
    ]

    operations = [
        migrations.AddField(
            model_name="code",
            name="held_until",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name="code",
            index=models.Index(
                models.F("program_id"),
                models.F("held_until"),
                condition=models.Q(("held_until", None), _negated=True),
                name="rewards_code_held",
            ),
        ),
    ]
