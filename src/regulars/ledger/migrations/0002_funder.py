"""Each entry says who funded its points: "" is the shop itself. What was written before keeps its hash."""

from django.db import migrations

ADD = """ALTER TABLE ledger_entry ADD COLUMN funder text COLLATE "C" NOT NULL DEFAULT ''"""
DROP = "ALTER TABLE ledger_entry DROP COLUMN funder"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_ledger")]
    operations = [migrations.RunSQL(ADD, DROP)]
