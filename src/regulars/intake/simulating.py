"""What the demonstration's households would have redeemed: made up, the same every time, and marked as simulated.

The data tell what was bought and not what was redeemed. So two thirds of the households never redeem anything, a sixth
spends points as soon as there are 500 of them, and a sixth saves up 1,500; which one a household is, its number
decides. Whenever points mature and it has enough, it redeems with a chance of one in three: all full hundreds, 2,000 at
most. No order was paid with them, so that no figure of what was bought or earned changes.

What there is to spend is read from the ledger, less what was redeemed so far: never more than there is, since points
that were redeemed do not expire. Every such redemption has a key that begins with `simulated/`, and a note that says
so (docs/data/complete-journey.md).
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from random import Random
from uuid import UUID

from django.db import transaction

from regulars.engine.calendar import instant_of
from regulars.engine.facts import Redemption
from regulars.ledger.codec import KIND_REDEMPTION
from regulars.ledger.connect import raw, rows
from regulars.ledger.receipt import Incoming
from regulars.ledger.record import record
from regulars.programs.queries import Published, now

PREFIX = "simulated/"
NOTE = "simulated"
WALLET = "points"
# How many points a household waits for, by what it is; None: it never redeems.
HABITS = (None, None, None, None, 500, 1_500)
CHANCE = 1 / 3
STEP, MOST = 100, 2_000
BATCH = 100

MOMENTS = """
    SELECT e.member_id, m.external_id, e.occurred_at, e.available
    FROM ledger_entry AS e JOIN members_member AS m ON m.program_id = e.program_id AND m.id = e.member_id
    WHERE e.program_id = %s AND e.kind = 'mature' AND e.wallet = %s AND e.available >= %s AND e.member_id > %s
        AND NOT m.made AND m.external_id <> ''
    ORDER BY e.member_id, e.seq
"""
# Households are taken in the order of their ids, a batch and its redemptions in one transaction.
LAST = """
    SELECT member_id FROM ledger_fact_key WHERE program_id = %s AND kind = %s AND starts_with(key, %s)
    ORDER BY member_id DESC LIMIT 1
"""
NOBODY = UUID(int=0)


def is_simulated(cause: str) -> bool:
    """Whether `redeem:KEY`, what an entry is about, was made up."""
    return cause.partition(":")[2].startswith(PREFIX)


def simulate(published: Published) -> int:
    """Record what the households redeem who were not looked at yet; how many redemptions there are of them."""
    done = rows(raw(), LAST, [published.id, KIND_REDEMPTION, PREFIX])
    least = min(habit for habit in HABITS if habit is not None)
    moments = rows(raw(), MOMENTS, [published.id, WALLET, least, done[0][0] if done else NOBODY])
    found = []
    for (member_id, number), mine in groupby(moments, key=lambda row: row[:2]):
        known = [(instant_of(at), available) for _, _, at, available in mine]
        found.append([Incoming(member_id, one, note=NOTE) for one in redeemed(number, known)])
    spending = [mine for mine in found if mine]
    for start in range(0, len(spending), BATCH):
        with transaction.atomic():
            batch = [one for mine in spending[start : start + BATCH] for one in mine]
            record(raw(), published.programs, batch, now(published), sends=False)
    return sum(map(len, spending))


def redeemed(number: str, moments: Sequence[tuple[int, int]]) -> Iterator[Redemption]:
    """What a household redeems, given when points matured and how many there were then if it redeemed nothing."""
    chance, spent = _chance(number), 0
    waits_for = HABITS[chance.randrange(len(HABITS))]
    for at, available in dict(moments).items():
        left = available - spent
        if waits_for is not None and left >= waits_for and chance.random() < CHANCE:
            points = min(left // STEP * STEP, MOST)
            spent += points
            yield Redemption(f"{PREFIX}{number}/{at}", WALLET, points, at + 1)


def _chance(number: str) -> Random:
    """The same for a household every time."""
    return Random(f"redeems {number}")  # noqa: S311  # nobody gains by guessing it
