"""Rewards that go into the member's account when they are issued: what `ledger.contents` says of them is recorded.

Nothing of it lies here. What was spent of it, or is in use, cannot be taken back, and then the copy counts as used.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import psycopg

from regulars.engine.catalogue import Gives
from regulars.engine.decide import Refusal
from regulars.engine.facts import Adjustment, Fact, PlanStanding, Theirs
from regulars.engine.program import Programs
from regulars.ledger import contents, deciding, load
from regulars.ledger.load import Loaded
from regulars.ledger.receipt import Incoming, Receipt
from regulars.ledger.record import record
from regulars.rewards.refusing import Refused


def put_in(
    conn: psycopg.Connection[Any], programs: Programs, gives: Gives, issued_id: UUID, owner: UUID, now: int
) -> None:
    """What a copy gives is the member's, whose account is locked, from now on. Raises Refused."""
    if contents.goes_in(gives):
        loaded = deciding.locked(conn, programs.program_id, owner)
        _recorded(conn, programs, contents.put_in(programs, gives, str(issued_id), loaded.account, now), loaded, now)


def take_out(
    conn: psycopg.Connection[Any],
    programs: Programs,
    gives: Gives,
    issued_id: UUID,
    owner: UUID,
    now: int,
    bought_with: str = "",
) -> None:
    """As if it had not been put in. Raises Refused where what it gave was spent since, or is in use. `bought_with` is
    the order in which it was bought."""
    if not contents.goes_in(gives):
        return

    def history() -> list[Fact]:
        return [_own(fact) for _, fact in load.history(conn, programs.program_id, owner)]

    loaded = deciding.locked(conn, programs.program_id, owner)
    back = contents.take_out(programs, gives, str(issued_id), loaded.account, history, now, bought_with)
    try:
        _recorded(conn, programs, back, loaded, now)
    except Refused as refused:
        raise Refused("code_used" if refused.code == "not_enough_points" else refused.code) from None


def _recorded(
    conn: psycopg.Connection[Any],
    programs: Programs,
    said: Adjustment | PlanStanding | Refusal | None,
    owner: Loaded,
    now: int,
) -> None:
    if said is None:
        return
    found: Sequence[Receipt] | Refusal
    if isinstance(said, Adjustment):
        found = deciding.decided(conn, programs, owner, [said], now)
    elif isinstance(said, PlanStanding):
        found = record(conn, programs, [Incoming(owner.member_id, said)], said.at)
    else:
        found = said
    if isinstance(found, Refusal):
        raise Refused(found.code, found.parameters)
    assert [receipt.outcome for receipt in found] == ["recorded"], found


def _own(fact: Fact) -> Fact:
    return fact.fact if isinstance(fact, Theirs) else fact
