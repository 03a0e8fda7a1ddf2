"""Accounts of the tea house that are all due, in an installation of its own; or a walk over them.

`python -m regulars.project.advancing.shop fill 100000` copies one customer's account so often, with points that have
waited long enough: the copies have no facts, so they are good for nothing but this. `… walk`, or `… walk backwards`,
advances those who are due and prints, as JSON, how many accounts each chunk touched and how many seconds it took.
"""

import json
import os
import sys
from importlib.resources import files
from time import perf_counter

COLUMNS = """
    SELECT attname FROM pg_attribute WHERE attrelid = 'ledger_account'::regclass AND attnum > 0 AND NOT attisdropped
"""


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "regulars.project.settings"
    import django

    django.setup()
    from regulars.project.cycles import search_rarely
    from regulars.project.database import database_running
    from regulars.project.migration import migrate_when_needed

    with database_running():
        if sys.argv[1] == "fill":
            migrate_when_needed()
            _fill(int(sys.argv[2]))
        else:
            # As the worker does.
            search_rarely()
            json.dump(_walked(backwards="backwards" in sys.argv), sys.stdout)


def _fill(accounts: int) -> None:
    from regulars.engine.calendar import DAY
    from regulars.engine.facts import Line
    from regulars.intake.actions import take_orders
    from regulars.intake.orders import OrderIn
    from regulars.ledger.connect import raw, rows
    from regulars.programs.actions import publish
    from regulars.programs.clock import real_now
    from regulars.programs.models import Program
    from regulars.programs.queries import published

    now = real_now()
    if not Program.objects.exists():
        document = (files("regulars.programs.presets") / "tea-house.yaml").read_text("utf-8")
        document = document.replace("program: tea-house", "program: tea-house\nenrolment: first order")
        publish("tea-house", document, now - 90 * DAY, "bench")
    # Long ago, so that its points have waited long enough by now.
    paid_at = now - 60 * DAY
    lines = (Line("1", "OOL-1", 1, 48_000, "oolong"),)
    bought = OrderIn("bench", f"F-{now}", lines, f"C-{now}", paid_at=paid_at)
    take_orders(published("tea-house"), [bought], paid_at, sends=False)
    columns = [name for (name,) in rows(raw(), COLUMNS)]
    copied = ", ".join("gen_random_uuid()" if name == "member_id" else name for name in columns)
    with raw().cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE pattern AS SELECT * FROM ledger_account WHERE next_due_at < now() LIMIT 1")
        into = f"INSERT INTO ledger_account ({', '.join(columns)}) SELECT {copied}"  # names of columns
        cursor.execute(f"{into} FROM pattern, generate_series(1, %s)", [accounts])
        cursor.execute("ANALYZE ledger_account")


def _walked(*, backwards: bool) -> list[tuple[int, float]]:
    from regulars.ledger.connect import raw
    from regulars.ledger.due import walk
    from regulars.programs.queries import now, published

    shop = published("tea-house")
    found, last = [], perf_counter()
    for touched in walk(raw(), shop.programs, lambda: now(shop), backwards=backwards):
        found.append((touched, perf_counter() - last))
        last = perf_counter()
    return found


if __name__ == "__main__":
    main()
