"""Codes, issued rewards, supplies and checkouts; what happened to an issued reward may only be added to."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from psycopg import sql


def protect(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Only matters where the application is not the owner; the owner keeps every right."""
    role = settings.DATABASE_APPLICATION_ROLE
    if role != editor.connection.settings_dict["USER"]:
        revoke = sql.SQL("REVOKE UPDATE, DELETE, TRUNCATE ON rewards_happened FROM {}").format(sql.Identifier(role))
        editor.execute(revoke.as_string(None), params=None)


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Batch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("program_id", models.IntegerField()),
                ("coupon", models.TextField(blank=True, db_collation="C", db_default="")),
                ("reward", models.TextField(blank=True, db_collation="C", db_default="")),
                ("prefix", models.TextField(blank=True, db_collation="C", db_default="")),
                ("length", models.SmallIntegerField(db_default=0)),
                ("wanted", models.IntegerField(db_default=0)),
                ("made", models.IntegerField(db_default=0)),
                ("numbered", models.IntegerField(db_default=0)),
                ("uses", models.IntegerField(null=True)),
                ("valid_from", models.DateTimeField(null=True)),
                ("expires_at", models.DateTimeField(null=True)),
                ("made_at", models.DateTimeField()),
                ("made_by", models.TextField()),
                ("cancelled_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("coupon", ""), ("reward", ""), _connector="XOR"),
                        name="rewards_batch_for_one",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Checkout",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("program_id", models.IntegerField()),
                ("member_id", models.UUIDField(null=True)),
                ("state", models.TextField(db_collation="C")),
                ("order_key", models.TextField(blank=True, db_collation="C", db_default="")),
                ("made_at", models.DateTimeField()),
                ("until", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("actor", models.TextField(blank=True, db_default="")),
                ("place", models.TextField(blank=True, db_default="")),
                ("parts", models.JSONField()),
            ],
            options={
                "indexes": [
                    models.Index(
                        models.F("program_id"),
                        models.F("member_id"),
                        models.F("made_at"),
                        name="rewards_checkout_member",
                    ),
                    models.Index(
                        models.F("program_id"),
                        models.F("order_key"),
                        condition=models.Q(("order_key", ""), _negated=True),
                        name="rewards_checkout_order",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Issued",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("program_id", models.IntegerField()),
                ("member_id", models.UUIDField()),
                ("reward", models.TextField(db_collation="C")),
                ("version", models.IntegerField()),
                ("state", models.TextField(db_collation="C")),
                ("mark", models.BinaryField(max_length=16)),
                ("issued_at", models.DateTimeField()),
                ("valid_from", models.DateTimeField(null=True)),
                ("expires_at", models.DateTimeField(null=True)),
                ("checkout_id", models.UUIDField(null=True)),
                ("held_until", models.DateTimeField(null=True)),
                ("fulfilment", models.TextField(blank=True, db_collation="C", db_default="")),
            ],
            options={
                "indexes": [
                    models.Index(
                        models.F("program_id"),
                        models.F("member_id"),
                        models.F("issued_at"),
                        name="rewards_issued_member",
                    ),
                    models.Index(
                        models.F("program_id"),
                        models.F("checkout_id"),
                        condition=models.Q(("checkout_id", None), _negated=True),
                        name="rewards_issued_checkout",
                    ),
                    models.Index(
                        models.F("program_id"),
                        models.F("fulfilment"),
                        models.F("issued_at"),
                        condition=models.Q(("fulfilment", ""), _negated=True),
                        name="rewards_issued_open",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(models.F("program_id"), models.F("mark"), name="rewards_issued_mark")
                ],
            },
        ),
        migrations.CreateModel(
            name="Happened",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("program_id", models.IntegerField()),
                ("at", models.DateTimeField()),
                ("what", models.TextField(db_collation="C")),
                ("actor", models.TextField(blank=True, db_default="")),
                ("place", models.TextField(blank=True, db_default="")),
                ("reason", models.TextField(blank=True, db_default="")),
                ("checkout_id", models.UUIDField(null=True)),
                (
                    "issued",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="history",
                        to="rewards.issued",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Reservation",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "program_id",
                        "thing",
                        "checkout_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("program_id", models.IntegerField()),
                ("thing", models.TextField(db_collation="C")),
                ("checkout_id", models.UUIDField()),
                ("quantity", models.BigIntegerField()),
                ("until", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(models.F("program_id"), models.F("checkout_id"), name="rewards_reservation_by")
                ],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("quantity__gt", 0)), name="rewards_reservation_some")
                ],
            },
        ),
        migrations.CreateModel(
            name="Supply",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "program_id", "thing", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("program_id", models.IntegerField()),
                ("thing", models.TextField(db_collation="C")),
                ("added", models.BigIntegerField(null=True)),
                ("taken", models.BigIntegerField(db_default=0)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("taken__gte", 0)), name="rewards_supply_taken")
                ],
            },
        ),
        migrations.CreateModel(
            name="Code",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "program_id", "mark", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("program_id", models.IntegerField()),
                ("mark", models.BinaryField(max_length=16)),
                ("number", models.IntegerField()),
                ("owner_id", models.UUIDField(null=True)),
                ("giver_id", models.UUIDField(null=True)),
                ("issued_id", models.UUIDField(null=True)),
                ("sealed", models.BinaryField(null=True)),
                (
                    "batch",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="codes",
                        to="rewards.batch",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(models.F("batch"), models.F("number"), name="rewards_code_of_batch")],
            },
        ),
        migrations.RunPython(protect, migrations.RunPython.noop),
    ]
