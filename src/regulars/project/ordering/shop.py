"""The tea house with customers who have bought once, in an installation of its own.

`python -m regulars.project.ordering.shop` prints an API key as JSON.
"""

import json
import os
import sys
from importlib.resources import files

CUSTOMERS = 20_000
AT_ONCE = 1_000


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "regulars.project.settings"
    import django

    django.setup()
    from regulars.project.database import database_running
    from regulars.project.migration import migrate_when_needed

    with database_running():
        migrate_when_needed()
        json.dump({"key": _filled()}, sys.stdout)


def _filled() -> str:
    from regulars.access.actions import issue_key
    from regulars.engine.calendar import DAY
    from regulars.engine.facts import Line
    from regulars.intake.actions import take_orders
    from regulars.intake.orders import OrderIn
    from regulars.programs.actions import publish
    from regulars.programs.clock import real_now
    from regulars.project.measured import settle
    from regulars.project.place import data_folder
    from regulars.project.postgres.layout import layout

    now = real_now()
    document = (files("regulars.programs.presets") / "tea-house.yaml").read_text("utf-8")
    # Orders of customers who are nobody's members would earn nothing, and cost too little.
    document = document.replace("program: tea-house", "program: tea-house\nenrolment: first order")
    published = publish("tea-house", document, now - 30 * DAY, "bench")
    lines = (Line("1", "OOL-1", 1, 48_000, "oolong"),)
    for first in range(0, CUSTOMERS, AT_ONCE):
        orders = [
            OrderIn("bench", f"F-{number}", lines, customer=f"C-{number}", paid_at=now - DAY)
            for number in range(first, first + AT_ONCE)
        ]
        take_orders(published, orders, now, sends=False)
    settle(layout(data_folder()))
    return issue_key(published.id, "bench", ["orders:write"])


if __name__ == "__main__":
    main()
