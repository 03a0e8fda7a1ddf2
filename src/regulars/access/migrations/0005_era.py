from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0004_auditor"),
    ]

    operations = [
        migrations.AddField(
            model_name="staff",
            name="era",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
    ]
