import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="ImportRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("program_id", models.IntegerField()),
                ("file_name", models.TextField()),
                ("file_digest", models.CharField(max_length=64)),
                ("mapping_digest", models.CharField(max_length=64)),
                ("started_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("finished_at", models.DateTimeField(null=True)),
                ("counts", models.JSONField(default=dict)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("program_id", "file_digest", "mapping_digest"), name="intake_importrun_same"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportRefusal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("line", models.BigIntegerField()),
                ("key", models.TextField()),
                ("code", models.CharField(max_length=40)),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="refusals", to="intake.importrun"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ImportPart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("part", models.SmallIntegerField()),
                ("position", models.BigIntegerField(default=0)),
                ("orders_recorded", models.BigIntegerField(default=0)),
                ("orders_known", models.BigIntegerField(default=0)),
                ("orders_refused", models.BigIntegerField(default=0)),
                ("lines_recorded", models.BigIntegerField(default=0)),
                ("lines_known", models.BigIntegerField(default=0)),
                ("lines_refused", models.BigIntegerField(default=0)),
                ("refunds_recorded", models.BigIntegerField(default=0)),
                ("refunds_known", models.BigIntegerField(default=0)),
                ("refunds_refused", models.BigIntegerField(default=0)),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="parts", to="intake.importrun"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("run", "part"), name="intake_importpart_once")],
            },
        ),
    ]
