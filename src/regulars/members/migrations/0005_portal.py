"""What the portal keeps of members: codes that were sent, who may come in, what they agreed to."""

import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0004_phone"),
    ]

    operations = [
        migrations.CreateModel(
            name="Consent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.TextField()),
                ("version", models.IntegerField()),
                ("words", models.TextField()),
                ("given", models.BooleanField()),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Pass",
            fields=[
                ("mark", models.TextField(db_collation="C", primary_key=True, serialize=False)),
                ("kind", models.TextField()),
                ("made_at", models.DateTimeField()),
                ("until", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="SignInCode",
            fields=[
                ("token", models.TextField(db_collation="C", primary_key=True, serialize=False)),
                ("program_id", models.IntegerField()),
                ("address", models.TextField(db_collation="C")),
                ("client", models.TextField(db_collation="C")),
                ("code", models.TextField(db_collation="C")),
                ("made_at", models.DateTimeField()),
                ("until", models.DateTimeField()),
                ("tries", models.IntegerField(db_default=0)),
                ("proven_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name="member",
            name="invitation",
            field=models.TextField(blank=True, db_collation="C", db_default=""),
        ),
        migrations.AddField(
            model_name="member",
            name="proven_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name="member",
            index=models.Index(
                models.F("program_id"),
                django.db.models.functions.text.Upper("email"),
                condition=models.Q(("email", ""), _negated=True),
                name="members_member_email",
            ),
        ),
        migrations.AddConstraint(
            model_name="member",
            constraint=models.UniqueConstraint(
                models.F("program_id"),
                models.F("invitation"),
                condition=models.Q(("invitation", ""), _negated=True),
                name="members_member_invitation",
            ),
        ),
        migrations.AddField(
            model_name="consent",
            name="member",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="members.member"),
        ),
        migrations.AddField(
            model_name="pass",
            name="member",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="members.member"),
        ),
        migrations.AddIndex(
            model_name="signincode",
            index=models.Index(models.F("address"), models.F("made_at"), name="members_signin_address"),
        ),
        migrations.AddIndex(
            model_name="signincode",
            index=models.Index(models.F("client"), models.F("made_at"), name="members_signin_client"),
        ),
        migrations.AddIndex(
            model_name="signincode",
            index=models.Index(models.F("made_at"), name="members_signin_made"),
        ),
        migrations.AddIndex(
            model_name="consent",
            index=models.Index(models.F("member"), models.F("kind"), models.F("id"), name="members_consent_of"),
        ),
        migrations.AddIndex(
            model_name="pass",
            index=models.Index(models.F("until"), name="members_pass_until"),
        ),
    ]
