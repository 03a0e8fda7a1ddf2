"""Somebody asks to be forgotten: the account is closed, and everything that names them is deleted.

What is left is the ledger under a random id that leads to nobody. Whoever buys again afterwards is somebody new. What
segments read of a member goes with the row, by a trigger of theirs.
"""

from uuid import UUID

from django.db import transaction
from msgspec import Struct

from regulars.engine.closing import payout
from regulars.engine.decide import Refusal, decide
from regulars.engine.facts import Closing
from regulars.engine.program import Programs
from regulars.ledger import load, notes
from regulars.ledger.connect import raw
from regulars.ledger.receipt import Incoming, Receipt
from regulars.ledger.record import record
from regulars.members.models import Member

# Why nobody was erased, besides what the ledger refuses. Stable for ever.
REFUSALS = ("account_closed", "already_one", "member_unknown", "money_owed")


class ErasureRefused(Exception):
    """Nothing was changed; `code` is one of REFUSALS or of the ledger's; `owed` the minor units of `money_owed`."""

    def __init__(self, code: str, owed: int = 0) -> None:
        super().__init__(code)
        self.code = code
        self.owed = owed


class Erased(Struct, frozen=True):
    """`payout`: by wallet, the minor units to pay to them, which must be asked where before they are gone."""

    receipt: Receipt
    payout: dict[str, int]


@transaction.atomic
def erase(programs: Programs, member_id: UUID, reason: str, actor: str, now: int, *, pays_out: bool = True) -> Erased:
    """Close the account for a reason (a code) by somebody (an id), and forget who it was. Raises ErasureRefused.

    Also a customer whom only orders are known of. With a member go those who became part of them; who is part of
    another one is erased with that one. Points are forfeited or paid out by each wallet's policy; where nobody
    `pays_out`, whoever is owed something is not erased.
    """
    if not Member.objects.select_for_update().filter(program_id=programs.program_id, id=member_id):
        raise ErasureRefused("member_unknown")
    account = load.accounts(raw(), programs.program_id, {member_id: False})[member_id].account
    parts = [UUID(name) for _, names in account.joined for name in names]
    said = decide(programs, account, Closing(str(member_id), now, reason, actor), now)
    if isinstance(said, Refusal):
        raise ErasureRefused(said.code)
    [receipt] = record(raw(), programs, [Incoming(member_id, said)], said.at)
    if receipt.outcome == "refused":
        raise ErasureRefused(receipt.code)
    owed = payout(programs, receipt.entries)
    if not pays_out and any(owed.values()):
        raise ErasureRefused("money_owed", sum(owed.values()))
    for part in (member_id, *parts):
        notes.forget(raw(), programs.program_id, part)
    Member.objects.filter(program_id=programs.program_id, id__in=(member_id, *parts)).delete()
    return Erased(receipt, owed)
