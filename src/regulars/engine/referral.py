"""Referral: who came because another member brought them, and when both have earned something for it.

The friend's first order that qualifies counts when its points mature, that is when it can no longer be returned. Then
the friend gets what rules on `referred` give, and an announcement names who referred them: their own account learns of
it as an effect, and of what is withdrawn as well. If the order no longer qualifies, both go back, and the next one that
qualified takes its place. Only who had not bought before can be referred. Worked examples: docs/rules/referral.md.
"""

from collections.abc import Sequence

from regulars.engine import occasions
from regulars.engine.account import Brought, Given, Memo
from regulars.engine.calendar import FOREVER
from regulars.engine.facts import Effect, Line, Referred
from regulars.engine.outcome import Announcement, Told
from regulars.engine.program import Scene, Version, is_matching
from regulars.engine.tape import Tape, matures

# So many orders that qualified are remembered, for when those before them come back.
OTHERS_MOST = 10


def bring(tape: Tape, fact: Referred, at: int) -> None:
    """The first one to refer somebody counts; nobody whom they are part of does."""
    account = tape.account
    if any(fact.by in members for _, members in account.joined):
        return
    if account.brought is None and account.first_order_at is None:
        account.brought = Brought(fact.by, at)


def ordered(tape: Tape, version: Version, order: str, memo: Memo, scene: Scene, goods: Sequence[Line], at: int) -> None:
    """An order was paid or changed: it may qualify, or no longer do so."""
    brought = tape.account.brought
    if brought is None:
        return
    qualifies = _qualifies(tape, version, brought, memo, scene, goods)
    if brought.order == order:
        if not qualifies:
            withdraw(tape, brought, at)
        return
    others = [other for other in brought.others if other[1] != order]
    if qualifies:
        due = matures(tape, version.main_wallet.pending, memo.paid_at)
        if due is None or (due == FOREVER and memo.fulfilled_at is not None):
            due = at
        others = sorted([*others, (memo.paid_at, order, due)])[:OTHERS_MOST]
    brought.others = tuple(others)
    if not brought.order:
        _next(brought, at)


def _next(brought: Brought, at: int) -> None:
    """The first that qualified counts, at once where it can no longer be returned."""
    if brought.others:
        (_, brought.order, due), *others = brought.others
        brought.due_at, brought.others = max(due, at), tuple(others)


def _qualifies(tape: Tape, version: Version, brought: Brought, memo: Memo, scene: Scene, goods: Sequence[Line]) -> bool:
    rules = version.referral
    # Somebody who was one of two by then may have bought before.
    if rules is None or memo.paid_at < brought.at:
        return False
    if rules.within is not None and memo.paid_at >= tape.programs.calendar.after(brought.at, rules.within):
        return False
    return any(is_matching(line) for line in rules.asks.matching(scene, goods))


def fulfilled(tape: Tape, order: str, at: int) -> None:
    brought = tape.account.brought
    if brought is None:
        return
    if brought.order == order and brought.due_at == FOREVER:
        brought.due_at = at
    brought.others = tuple(
        (paid, key, at if (key, due) == (order, FOREVER) else due) for paid, key, due in brought.others
    )


def complete(tape: Tape, at: int) -> None:
    """The order that qualified can no longer be returned."""
    brought = tape.account.brought
    if brought is None:
        return
    brought.due_at = None
    brought.given = occasions.award(tape, "referred", f"referred:{brought.order}", at)
    announce(tape, brought, "referral.earned", at)


def withdraw(tape: Tape, brought: Brought, at: int) -> None:
    if brought.given is not None:
        occasions.take_all_back(tape, brought.given, f"referred:{brought.order}", at)
        announce(tape, brought, "referral.withdrawn", at)
    tape.account.brought = left = Brought(brought.by, brought.at, others=brought.others)
    _next(left, at)


def earned_by(brought: Brought | None) -> tuple[str, str, Given] | None:
    """Who brought the friend, by which order both have earned, and what the friend had for it; None: not yet."""
    return None if brought is None or brought.given is None else (brought.by, brought.order, brought.given)


def effect_of(friend: str, number: int, told: Told) -> tuple[str, Effect] | None:
    """Whom what was told of a friend concerns, and what it is for them; `number` counts what was told of the friend."""
    said = told.announcement
    if said.kind not in ("referral.earned", "referral.withdrawn"):
        return None
    cause, withdrawn = f"{friend}/{said.payload['order']}", said.kind == "referral.withdrawn"
    key = f"{friend}/{number:08}"
    return said.payload["by"], Effect(key, "referral", said.occurred_at, cause, withdrawn, void=told.withdrawn)


def announce(tape: Tape, brought: Brought, kind: str, at: int) -> None:
    said = {"by": brought.by, "order": brought.order}
    tape.announcements.append(Announcement(f"{kind}:{brought.order}@{at}", kind, at, said))
