"""An order that was paid with rewards comes back, and its rewards follow. Points return by themselves."""

from collections.abc import Collection

from django.db import transaction

from regulars.engine.program import Programs
from regulars.ledger.connect import raw
from regulars.rewards import parts
from regulars.rewards.actions.checkouts import REFUNDED, locked_with_account, undone
from regulars.rewards.copies import Doing
from regulars.rewards.refusing import Refused

ACTOR = "refund"


@transaction.atomic
def follow_refunds(programs: Programs, order_keys: Collection[str], now: int) -> int:
    """Undo the checkouts of those orders of which nothing is left; how many there were.

    What was sent already, or used elsewhere since, stays as it is. Where only a part of an order comes back its rewards
    stay used: the member had them with the rest.
    """
    conn = raw()
    used = parts.captured_of(conn, programs.program_id, list(order_keys)) if order_keys else {}
    if not used:
        return 0
    gone = parts.came_back(conn, programs.program_id, list(used))
    done = 0
    for checkout_id in sorted(number for key, numbers in used.items() for number in numbers if key in gone):
        kept = locked_with_account(programs, checkout_id, now)
        # Somebody may have voided it until it was locked.
        if kept.state != "captured":
            continue
        try:
            with transaction.atomic():
                undone(programs, kept, Doing(programs.program_id, now, ACTOR, "", checkout_id), REFUNDED)
            done += 1
        except Refused:
            continue
    return done
