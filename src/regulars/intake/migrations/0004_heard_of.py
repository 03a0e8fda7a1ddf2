import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("intake", "0003_uploads")]
    operations = [
        migrations.AddField(
            model_name="importpart",
            name="heard_at",
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
        )
    ]
