"""What holds for every history in which points are spent: sums, resuming, and that there and back is nothing."""

from collections import Counter
from collections.abc import Iterable

import msgspec
from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import replace

from regulars.engine.account import Account, Lot, Memo, Spent, Wallet
from regulars.engine.calendar import DAY
from regulars.engine.due import advance
from regulars.engine.explain import explain, recompute
from regulars.engine.facts import Capture, Fact, Fulfilment, Hold, Order, Redemption, Refund, Release, Restoration
from regulars.engine.fold import apply, fold
from regulars.engine.outcome import KINDS, PLACES, Entry, Outcome
from regulars.engine.tape import Tape, Touched
from regulars.engine.timeline import Happening, unrolled
from tests.builders import copied
from tests.engine.decisions import decided
from tests.engine.histories import END, Story, thoroughly
from tests.engine.test_pages import documented
from tests.engine.test_properties import newest, returns, unit_by_unit

encode = msgspec.msgpack.encode
LATER = 400 * DAY


def from_nothing(story: Story, *more: Fact, until: int = END) -> Outcome:
    return fold(Tape(story.programs, Account()), unrolled([*story.facts, *more]), until)


def named_by(fact: Fact, orders: dict[str, Touched]) -> tuple[str, set[str]]:
    """The order and the redemptions whose memos a step needs."""
    key = fact.order if isinstance(fact, Refund | Fulfilment) else fact.key if isinstance(fact, Order) else ""
    spent = {fact.redemption} if isinstance(fact, Restoration) else set[str]()
    known = orders.get(key)
    if isinstance(fact, Order):
        spent |= {payment.redemption for payment in fact.payments}
    if known:
        spent |= known.memo.given_back.keys() | {payment.redemption for payment in known.order.payments}
    return key, spent


@thoroughly
@given(decided())
def test_resuming_after_every_step_is_folding_from_nothing(story: Story):
    account, orders, spent, entries = Account(), dict[str, Touched](), dict[str, Spent](), list[Entry]()
    for happening in unrolled(story.facts):
        tape = resumed(story, happening, account, orders, spent)
        account = tape.account
        entries += tape.entries
        orders |= tape.touched
        spent |= tape.spent
    last = fold(Tape(story.programs, copied(account)), (), END)
    whole = from_nothing(story)
    assert encode(last.account) == encode(whole.account)
    assert entries + last.entries == whole.entries
    assert {key: encode(memo) for key, memo in spent.items()} == {k: encode(m) for k, m in whole.spent.items()}
    assert {key: encode(one.memo) for key, one in orders.items()} == {k: encode(m) for k, m in whole.memos.items()}


def resumed(
    story: Story, happening: Happening, account: Account, orders: dict[str, Touched], spent: dict[str, Spent]
) -> Tape:
    """One step from stored bytes: the account, and only the order and redemptions that the step names."""
    key, keys = named_by(happening.fact, orders)
    decode = msgspec.msgpack.decode
    touched = {}
    if key in orders:
        touched[key] = Touched(orders[key].order, decode(encode(orders[key].memo), type=Memo))
    memos = {name: decode(encode(spent[name]), type=Spent) for name in keys & spent.keys()}
    tape = Tape(story.programs, copied(account), touched, spent=memos)
    apply(tape, happening)
    return tape


@thoroughly
@given(decided(), st.randoms(use_true_random=False))
def test_facts_may_arrive_in_any_order(story: Story, random):
    arrived = list(story.facts)
    random.shuffle(arrived)
    assert unrolled([*arrived, *arrived]) == unrolled(story.facts)


@thoroughly
@given(decided(), st.lists(st.integers(1_485_000_000_000_000, END), max_size=8))
def test_time_may_pass_in_many_steps(story: Story, stops: list[int]):
    tape = Tape(story.programs, Account())
    for happening in unrolled(story.facts):
        for stop in sorted(stops):
            if stop < happening.step[0]:
                advance(tape, stop)
        apply(tape, happening)
    advance(tape, END)
    assert tape.entries == from_nothing(story).entries


@thoroughly
@given(decided())
def test_entries_balances_and_lots_agree_after_every_step(story: Story):
    tape = Tape(story.programs, Account())
    for happening in unrolled(story.facts):
        apply(tape, happening)
        agree(tape)
    advance(tape, END)
    agree(tape)


def agree(tape: Tape) -> None:
    """Per wallet and funder, and in all."""
    places = by_place(tape.entries)
    for name, wallet in tape.account.wallets.items():
        held = [lot for one in wallet.holds for lot in one.lots]
        for place, lots, balance in (
            ("available", wallet.lots, wallet.available),
            ("pending", wallet.waiting, wallet.pending),
            ("held", held, wallet.held),
        ):
            assert all(lot.points > 0 for lot in lots)
            assert sum(lot.points for lot in lots) == balance >= 0
            funded = {funder: places[name, place, funder] for funder in {lot.funder for lot in lots}}
            assert funded == points_of(lots)
            assert total(places, name, place) == balance
        assert -wallet.deficit == total(places, name, "deficit")
        assert not (wallet.deficit and wallet.available)
        assert -sum(claim.points for one in wallet.holds for claim in one.claims) == total(places, name, "claimed")
        assert sum(total(places, name, place) for place in PLACES) == 0
        assert [(one.until, one.key) for one in wallet.holds] == sorted((one.until, one.key) for one in wallet.holds)


def by_place(entries: Iterable[Entry]) -> Counter[tuple[str, str, str]]:
    places: Counter[tuple[str, str, str]] = Counter()
    for entry in entries:
        places[entry.wallet, entry.source, entry.funder] -= entry.points
        places[entry.wallet, entry.target, entry.funder] += entry.points
    return places


def total(places: Counter[tuple[str, str, str]], name: str, place: str) -> int:
    return sum(points for (wallet, where, _), points in places.items() if (wallet, where) == (name, place))


def points_of(lots: Iterable[Lot]) -> dict[str, int]:
    sums: Counter[str] = Counter()
    for lot in lots:
        sums[lot.funder] += lot.points
    return dict(sums)


@thoroughly
@given(decided())
def test_entries_are_well_formed_never_dip_recompute_and_are_on_the_page(story: Story):
    entries = from_nothing(story).entries
    assert all(entry.points > 0 and entry.source != entry.target for entry in entries)
    assert all({entry.source, entry.target} <= set(PLACES) and entry.kind in KINDS for entry in entries)
    said = Counter((e.identity, e.wallet, e.funder, e.source, e.target, e.occurred_at) for e in entries)
    assert max(said.values(), default=1) == 1
    assert [entry.occurred_at for entry in entries] == sorted(entry.occurred_at for entry in entries)
    never_dips(entries)
    moved: Counter[tuple[str, str, str, int]] = Counter()
    for entry in entries:
        moved[entry.identity, entry.wallet, entry.kind, entry.occurred_at] += entry.points
    page, told = documented(), [explain(entry) for entry in entries]
    for entry in entries:
        assert recompute(entry) in (None, moved[entry.identity, entry.wallet, entry.kind, entry.occurred_at])
    while told:
        one = told.pop()
        assert set(one.parameters) == page[one.code]
        told += one.because


def never_dips(entries: Iterable[Entry]) -> None:
    running: Counter[tuple[str, str, str]] = Counter()
    for entry in entries:
        running[entry.wallet, entry.source, entry.funder] -= entry.points
        running[entry.wallet, entry.target, entry.funder] += entry.points
        source = running[entry.wallet, entry.source, entry.funder]
        assert source >= 0 or entry.source not in ("available", "pending", "held", "redeemed")
        for place in ("deficit", "written_off", "claimed", "charged"):
            assert total(running, entry.wallet, place) <= 0


# There and back


def held_by(account: Account) -> dict[str, object]:
    """Everything but what limits remember."""
    return {
        name: [wallet.available, wallet.pending, wallet.held, wallet.deficit, encode(wallet.lots)]
        for name, wallet in account.wallets.items()
        if wallet.available or wallet.pending or wallet.held or wallet.deficit
    }


def some_wallet(story: Story) -> str:
    return story.programs.main_wallet


@thoroughly
@given(decided(), st.integers(1, 500))
def test_a_redemption_that_is_undone_is_nothing(story: Story, points: int):
    last = max((happening.step[0] for happening in unrolled(story.facts)), default=0) + 1
    spent = Redemption("new", some_wallet(story), points, last)
    undone = Restoration("new", "new", last)
    before, after = from_nothing(story, until=last), from_nothing(story, spent, undone, until=last)
    assert held_by(after.account) == held_by(before.account)
    assert after.spent["new"].lots == []
    assert not after.spent["new"].short


@thoroughly
@given(decided(), st.integers(1, 500))
def test_a_hold_that_is_given_back_is_nothing_and_one_that_is_captured_a_redemption(story: Story, points: int):
    last = max((happening.step[0] for happening in unrolled(story.facts)), default=0) + 1
    hold = Hold("new", some_wallet(story), points, last, last + 5)
    before = from_nothing(story, until=last + 5)
    for end in ([Release("new", "new", last + 1)], []):
        assert held_by(from_nothing(story, hold, *end, until=last + 5).account) == held_by(before.account)
    captured = from_nothing(story, hold, Capture("new", "new", last), until=last)
    redeemed = from_nothing(story, Redemption("new", some_wallet(story), points, last), until=last)
    assert held_by(captured.account) == held_by(redeemed.account)
    assert captured.spent["new"].lots == redeemed.spent["new"].lots


@thoroughly
@given(decided())
def test_an_order_that_comes_back_gives_back_all_that_paid_for_it(story: Story):
    outcome = from_nothing(story, *(returns(order, END, 0) for order in newest(story).values()))
    for order in newest(story).values():
        for payment in order.payments:
            spent = outcome.spent.get(payment.redemption)
            if spent is not None and spent.fate in ("redeemed", "captured"):
                assert spent.lots == []
                assert not spent.short


@thoroughly
@given(decided(), st.randoms(use_true_random=False))
def test_parts_in_any_order_give_back_the_whole(story: Story, random):
    """Unless other decisions lie in between, an order comes back at once or unit by unit alike.

    One that was paid later, with points that it had earned itself, may owe some of them before they come back expired.
    """
    orders = {key: order for key, order in newest(story).items() if order.lines}
    order = orders[min(orders)] if orders else Order("shop/none", 0, ())
    kept = [fact for fact in story.facts if not (isinstance(fact, Refund) and fact.order == order.key)]
    calm = replace(story, facts=kept)
    at_once = from_nothing(calm, returns(order, END, 0))
    in_parts = from_nothing(calm, *unit_by_unit(order, [END], random))
    spent = from_nothing(calm).spent
    paid_by = [spent[payment.redemption] for payment in order.payments if payment.redemption in spent]
    pays_itself = any(lot.cause == f"order:{order.key}" for one in paid_by for lot in one.lots)
    assert {key: (m.given_back, m.kept) for key, m in in_parts.memos.items()} == {
        key: (m.given_back, m.kept) for key, m in at_once.memos.items()
    }
    for name, wallet in at_once.account.wallets.items():
        parts = in_parts.account.wallets[name]
        if not any(entry.source in ("written_off", "charged") for entry in in_parts.entries) and not pays_itself:
            assert worth_of(parts) == worth_of(wallet)


def worth_of(wallet: Wallet) -> int:
    """What the member has, less what they owe and what is claimed of their holds."""
    claimed = sum(claim.points for held in wallet.holds for claim in held.claims)
    return wallet.available + wallet.pending + wallet.held - wallet.deficit - claimed


@thoroughly
@given(decided())
def test_there_and_back_gives_nobody_anything(story: Story):
    """An order that is cancelled and restored, again and again, is worth no more than before.

    A goal that is reached anew gives anew, with the dates of that day; a bound may have more room by then.
    """
    for _, said in story.trees:
        points = [rule for rule in said["earn"] if "reward" not in rule.get("give", "")]
        assume(not said.get("caps") and not any("goal" in rule or "limit" in rule for rule in points))
    again = [replace(order, version_at=END, number=9, corrects=False) for order in newest(story).values()]
    before = from_nothing(story, *again)
    edits = [
        replace(order, number=number, cancelled=order.cancelled or number % 2 == 0)
        for order in again
        for number in range(10, 14)
    ]
    after = from_nothing(story, *again, *edits)
    for name, wallet in after.account.wallets.items():
        had = worth_of(before.account.wallets[name]) if name in before.account.wallets else 0
        assert worth_of(wallet) <= had
    assert {key: memo.given_back for key, memo in after.memos.items()} == {
        key: memo.given_back for key, memo in before.memos.items()
    }
