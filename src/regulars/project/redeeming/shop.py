"""A shop whose members have points to spend, and have spent some, in an installation of its own.

`python -m regulars.project.redeeming.shop` prints the API key and the members' ids as JSON.
"""

import json
import os
import sys
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from regulars.programs.queries import Published

MEMBERS = 2_000
AT_ONCE = 200
POINTS = 1_000_000
DOCUMENT = """\
program: till
timezone: Asia/Taipei
currency: TWD
enrolment: explicit
wallets:
  points: {worth: 10 TWD per 100, expires: 12 months}
tiers:
  - {set: status, levels: [{tier: member}, {tier: gold, reach: 5000}]}
earn:
  - {rule: base, give: 1 point per 100 TWD}
rewards:
  - {reward: cup, costs: 10 points, gives: {product: CUP-1}}
"""


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "regulars.project.settings"
    import django

    django.setup()
    from regulars.project.database import database_running
    from regulars.project.migration import migrate_when_needed

    with database_running():
        migrate_when_needed()
        key, members = filled("rewards:read", "rewards:redeem")
        json.dump({"key": key, "members": members}, sys.stdout)


def filled(*scopes: str) -> tuple[str, list[str]]:
    """An API key with these scopes, and the members' ids."""
    from django.db import transaction

    from regulars.access.actions import issue_key
    from regulars.engine.calendar import DAY, datetime_of
    from regulars.engine.facts import Adjustment, Enrolment
    from regulars.ledger.connect import raw
    from regulars.ledger.receipt import Incoming
    from regulars.ledger.record import record
    from regulars.members.models import Member
    from regulars.programs.actions import publish
    from regulars.programs.clock import real_now
    from regulars.project.measured import settle
    from regulars.project.place import data_folder
    from regulars.project.postgres.layout import layout

    now = real_now()
    published = publish("till", DOCUMENT, now - 2 * DAY, "bench")
    members = [UUID(int=number) for number in range(1, MEMBERS + 1)]
    Member.objects.bulk_create(
        Member(id=one, program_id=published.id, external_id=str(one.int), joined_at=datetime_of(now)) for one in members
    )
    facts = [Incoming(one, Enrolment(f"bench/{one.int}", now - DAY)) for one in members]
    facts += [
        Incoming(one, Adjustment(f"bench/{one.int}", "points", POINTS, now - DAY + 1, "bench", "bench"))
        for one in members
    ]
    with transaction.atomic():
        record(raw(), published.programs, facts, now)
    key = issue_key(published.id, "bench", list(scopes))
    for first in range(0, MEMBERS, AT_ONCE):
        _spend(published, members[first : first + AT_ONCE])
    settle(layout(data_folder()))
    return key, [str(one) for one in members]


def _spend(published: "Published", members: "list[UUID]") -> None:
    """Each has held and captured once."""
    from regulars.access.queries import Grant
    from regulars.contract.bodies import LineBody
    from regulars.contract.checkouts import Turn, answers
    from regulars.contract.laying import CaptureBody, CheckoutBody, LaidBody
    from regulars.contract.once import Told

    grant = Grant("bench", "bench", published.id, frozenset(["rewards:redeem"]))
    lines, laid = [LineBody(line="1", sku="OOL-1", quantity=1, total="480")], [LaidBody(id="1", reward="cup")]
    carts = [CheckoutBody(currency="TWD", lines=lines, lay=laid, member=one, hold_minutes=10) for one in members]
    held = answers(published, [Turn("open", f"fill {cart.member}", cart, grant) for cart in carts])
    numbers = [UUID(str(one.body["id"])) for one in held if isinstance(one, Told)]
    answers(published, [Turn("capture", f"fill {one}", CaptureBody(), grant, one) for one in numbers])


if __name__ == "__main__":
    main()
