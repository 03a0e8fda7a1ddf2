"""What checkouts take of, what was added to supplies, and whom a code was handed out to."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("rewards", "0001_rewards"),
    ]

    operations = [
        migrations.AddField(
            model_name="checkout",
            name="things",
            field=models.IntegerField(db_default=0),
        ),
        migrations.AlterField(
            model_name="supply",
            name="added",
            field=models.BigIntegerField(db_default=0),
        ),
        migrations.AddIndex(
            model_name="code",
            index=models.Index(
                models.F("issued_id"),
                condition=models.Q(("issued_id", None), _negated=True),
                name="rewards_code_handed_out",
            ),
        ),
    ]
