"""The next code of a pool is found at once, however many were handed out."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("rewards", "0002_checkouts"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="code",
            index=models.Index(
                models.F("batch"),
                models.F("number"),
                condition=models.Q(("issued_id", None), ("sealed__isnull", False)),
                name="rewards_code_free",
            ),
        ),
    ]
