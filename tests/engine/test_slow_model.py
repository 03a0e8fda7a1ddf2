"""The engine against a plain slow member, written independently of it."""

from collections import Counter

from hypothesis import given

from regulars.engine.account import Account
from regulars.engine.fold import fold
from regulars.engine.outcome import Entry
from regulars.engine.tape import Tape
from regulars.engine.timeline import unrolled
from tests.engine.histories import END, Story, stories, thoroughly
from tests.engine.slow_lots import Move
from tests.engine.slow_model import SlowMember


@thoroughly
@given(stories())
def test_the_engine_says_what_the_slow_model_says(story: Story):
    slow = SlowMember(story.trees).live(story.facts, END)
    outcome = fold(Tape(story.programs, Account()), unrolled(story.facts), END)
    assert added_up(outcome.entries) == slow.moves
    account = outcome.account
    assert lots_of(account) == slow_lots(slow)
    assert {name: wallet.deficit for name, wallet in account.wallets.items() if wallet.deficit} == +slow.owed
    for name, ladder in account.ladders.items():
        standing, told = ladder.standing, slow.ladders[name]
        assert (standing.tier, standing.until, standing.gained_by) == (told.tier, told.until, told.gained_by)
        assert ladder.tier == told.shown
        assert ladder.growth.total == sum(told.within(share) for share in told.shares.values())
    assert {key: memo.net for key, memo in outcome.memos.items()} == {
        k: order["net"] for k, order in slow.orders.items()
    }
    assert {key: Counter(memo.kept) for key, memo in outcome.memos.items()} == {
        key: order["kept"] for key, order in slow.orders.items()
    }


def added_up(entries: list[Entry]) -> Counter[Move]:
    sums: Counter[Move] = Counter()
    for entry in entries:
        sums[entry.identity, entry.wallet, entry.source, entry.target, entry.occurred_at] += entry.points
    return sums


def lots_of(account: Account) -> Counter[tuple[str, str, str, int | None]]:
    sums: Counter[tuple[str, str, str, int | None]] = Counter()
    for name, wallet in account.wallets.items():
        for place, lots in (("available", wallet.lots), ("pending", wallet.waiting)):
            for lot in lots:
                sums[name, lot.cause, place, lot.expires_at] += lot.points
    return sums


def slow_lots(slow: SlowMember) -> Counter[tuple[str, str, str, int | None]]:
    sums: Counter[tuple[str, str, str, int | None]] = Counter()
    for lot in slow.lots:
        if lot["place"] in ("available", "pending") and lot["points"]:
            sums[lot["wallet"], lot["cause"], lot["place"], lot["expires"]] += lot["points"]
    return sums
