from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("programs", "0004_named_hands")]

    operations = [
        migrations.AddField("programdraft", "stories", models.TextField(db_default="")),
        migrations.AddField("programversion", "stories", models.TextField(db_default="")),
    ]
