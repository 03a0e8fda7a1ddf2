from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("intake", "0005_loads"),
    ]

    operations = [
        migrations.AlterField(model_name="load", name="finished_at", field=models.DateTimeField(null=True)),
    ]
