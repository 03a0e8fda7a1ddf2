"""Orders that came back, until their checkouts were looked at."""

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
    ]
