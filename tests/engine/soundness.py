"""What must be so of every outcome, whatever the program and the facts: the rows of all pages are asked for it too."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from regulars.engine.account import Account, Claim, Lot, Memo, Spent, Wallet
from regulars.engine.explain import explain, recompute
from regulars.engine.facts import Fact, Fulfilment, Merge, Order, Own, Refund, Restoration, Theirs, Unmerge
from regulars.engine.fold import apply, fold
from regulars.engine.outcome import KINDS, PLACES, Announcement, Entry, Outcome
from regulars.engine.packing import copied
from regulars.engine.program import Programs
from regulars.engine.purse import Purse
from regulars.engine.tape import Tape, Touched
from regulars.engine.timeline import Happening, unrolled

encode, decode = msgspec.msgpack.encode, msgspec.msgpack.decode
UNNAMED = re.compile(r"\bNone\b|^:|:$")


def sound(outcome: Outcome) -> None:
    """It can be stored; entries, lots and balances agree; each entry is named, told and counted again."""
    assert decode(encode(outcome), type=Outcome).account == outcome.account
    agree(outcome)
    said = Counter((e.identity, e.wallet, e.source, e.target, e.funder, e.occurred_at) for e in outcome.entries)
    assert max(said.values(), default=1) == 1
    assert [one.occurred_at for one in outcome.entries] == sorted(one.occurred_at for one in outcome.entries)
    moved: Counter[tuple[str, str, int]] = Counter()
    for entry in outcome.entries:
        moved[entry.identity, entry.kind, entry.occurred_at] += entry.points
    for entry in outcome.entries:
        assert entry.points > 0
        assert entry.source != entry.target
        assert entry.kind in KINDS
        assert not UNNAMED.search(entry.identity)
        points = recompute(entry)
        assert (points is None) == (entry.kind in ("mature", "repay"))
        assert points in (None, moved[entry.identity, entry.kind, entry.occurred_at])
        assert explain(entry).code.startswith(entry.kind)
    assert not any(UNNAMED.search(one.identity) for one in outcome.announcements)


def agree(outcome: Outcome) -> None:
    """Per wallet, place and funder."""
    places: Counter[tuple[str, str, str]] = Counter()
    for entry in outcome.entries:
        assert {entry.source, entry.target} <= set(PLACES)
        places[entry.wallet, entry.source, entry.funder] -= entry.points
        places[entry.wallet, entry.target, entry.funder] += entry.points
    wallets = outcome.account.wallets
    for name in wallets.keys() | {name for name, _, _ in places}:
        wallet = wallets.get(name, Wallet())
        held = [lot for one in wallet.holds for lot in one.lots]
        for place, lots, balance in (
            ("available", wallet.lots, wallet.available),
            ("pending", wallet.waiting, wallet.pending),
            ("held", held, wallet.held),
        ):
            assert all(lot.points > 0 and lot.cause and not UNNAMED.search(lot.cause) for lot in lots)
            assert sum(lot.points for lot in lots) == balance == total(places, name, place)
            assert by_funder(lots) == {f: n for (w, p, f), n in places.items() if (w, p) == (name, place) and n}
        assert -wallet.deficit == total(places, name, "deficit") <= 0
        assert not (wallet.deficit and wallet.available)
        claims = [claim for one in wallet.holds for claim in one.claims]
        assert by_funder(claims) == {f: -n for (w, p, f), n in places.items() if (w, p) == (name, "claimed") and n}


def between(entries: Iterable[Entry]) -> dict[tuple[str, str], int]:
    """By wallet and funder, what members who became one, or two again, gave but did not get."""
    found: Counter[tuple[str, str]] = Counter()
    for entry in entries:
        found[entry.wallet, entry.funder] += entry.points * ((entry.target == "merged") - (entry.source == "merged"))
    return {key: points for key, points in found.items() if points}


def total(places: Counter[tuple[str, str, str]], name: str, place: str) -> int:
    return sum(points for (wallet, where, _), points in places.items() if (wallet, where) == (name, place))


def by_funder(parts: Iterable[Lot | Claim]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for part in parts:
        found[part.funder] += part.points
    return dict(found)


# Step by step


class Kept:
    """What is stored between steps."""

    def __init__(self, programs: Programs) -> None:
        self.programs, self.account, self.purse = programs, Account(), Purse()
        self.orders: dict[str, Touched] = {}
        self.spent: dict[str, Spent] = {}
        self.entries: list[Entry] = []
        self.announcements: list[Announcement] = []

    def step(self, happening: Happening) -> None:
        """From stored bytes: the account, and only the order and the redemptions that the step names."""
        order, redemptions = self.named_by(happening.fact)
        touched = {}
        if known := self.orders.get(order):
            touched[order] = Touched(known.order, decode(encode(known.memo), type=Memo))
        spent = {name: decode(encode(self.spent[name]), type=Spent) for name in redemptions & self.spent.keys()}
        tape = Tape(self.programs, copied(self.account), touched, spent=spent, purse=self.purse)
        apply(tape, happening)
        self.keep(tape)

    def keep(self, tape: Tape) -> None:
        self.account = tape.account
        self.orders |= tape.touched
        self.spent |= tape.spent
        self.entries += tape.entries
        self.announcements += tape.announcements

    def named_by(self, fact: Own) -> tuple[str, set[str]]:
        key = fact.order if isinstance(fact, Refund | Fulfilment) else fact.key
        spent = {fact.redemption} if isinstance(fact, Restoration) else {fact.key}
        paid_with = [fact] if isinstance(fact, Order) else []
        if known := self.orders.get(key):
            spent |= known.memo.given_back.keys()
            paid_with.append(known.order)
        return key, spent | {payment.redemption for order in paid_with for payment in order.payments}


def resumable(programs: Programs, facts: Sequence[Fact], until: int, whole: Outcome) -> None:
    """Folding step by step from what was stored is folding from nothing: the only way for who was merged."""
    if any(isinstance(fact, Theirs | Merge | Unmerge) for fact in facts):
        return
    kept = Kept(programs)
    for happening in unrolled(facts):
        kept.step(happening)
    last = Tape(programs, copied(kept.account), purse=kept.purse)
    fold(last, (), until)
    kept.keep(last)
    assert encode(kept.account) == encode(whole.account)
    assert kept.entries == whole.entries
    assert kept.announcements == whole.announcements
    assert {key: encode(one.memo) for key, one in kept.orders.items()} == {k: encode(m) for k, m in whole.memos.items()}
    assert {key: encode(one) for key, one in kept.spent.items()} == {k: encode(m) for k, m in whole.spent.items()}
