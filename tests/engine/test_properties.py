"""What holds for every program and every history (the invariants at the foot of the rules)."""

from collections import Counter
from collections.abc import Iterable

import msgspec
from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import replace

from regulars.engine.account import Account, Memo, Wallet
from regulars.engine.due import advance
from regulars.engine.explain import explain, recompute
from regulars.engine.facts import Fulfilment, Order, Refund, RefundLine
from regulars.engine.fold import apply, fold
from regulars.engine.outcome import KINDS, PLACES, Entry, Outcome
from regulars.engine.tape import Tape, Touched
from regulars.engine.timeline import Happening, unrolled
from tests.builders import copied
from tests.engine.histories import END, Story, stories, thoroughly
from tests.engine.slow_bounds import bounds_of

encode = msgspec.msgpack.encode


def from_nothing(story: Story) -> Outcome:
    return fold(Tape(story.programs, Account()), unrolled(story.facts), END)


def resumed(story: Story, happening: Happening, account: Account, orders: dict[str, Touched]) -> Tape:
    """One step from stored bytes: the account, and only the order that the step is about."""
    fact = happening.fact
    key = fact.order if isinstance(fact, Refund | Fulfilment) else fact.key
    touched = {}
    if key in orders:
        memo = msgspec.msgpack.decode(encode(orders[key].memo), type=Memo)
        touched[key] = Touched(orders[key].order, memo)
    tape = Tape(story.programs, copied(account), touched)
    apply(tape, happening)
    orders |= tape.touched
    return tape


@thoroughly
@given(stories())
def test_resuming_after_every_step_is_folding_from_nothing(story: Story):
    account, orders, entries, announcements = Account(), dict[str, Touched](), list[Entry](), []
    for happening in unrolled(story.facts):
        tape = resumed(story, happening, account, orders)
        account = tape.account
        entries += tape.entries
        announcements += tape.announcements
    last = fold(Tape(story.programs, copied(account)), (), END)
    whole = from_nothing(story)
    assert encode(last.account) == encode(whole.account)
    assert entries + last.entries == whole.entries
    assert announcements + last.announcements == whole.announcements
    assert {key: encode(touched.memo) for key, touched in orders.items()} == {
        key: encode(memo) for key, memo in whole.memos.items()
    }


@thoroughly
@given(stories(), st.randoms(use_true_random=False))
def test_facts_may_arrive_in_any_order(story: Story, random):
    arrived = list(story.facts)
    random.shuffle(arrived)
    assert unrolled(arrived) == unrolled(story.facts)
    assert unrolled([*arrived, *arrived]) == unrolled(story.facts)


@thoroughly
@given(stories(), st.lists(st.integers(1_485_000_000_000_000, END), max_size=8))
def test_time_may_pass_in_many_steps(story: Story, stops: list[int]):
    tape = Tape(story.programs, Account())
    for happening in unrolled(story.facts):
        for stop in sorted(stops):
            if stop < happening.step[0]:
                advance(tape, stop)
        apply(tape, happening)
    for stop in sorted(stops):
        advance(tape, stop)
    advance(tape, END)
    advance(tape, END)
    whole = from_nothing(story)
    assert encode(tape.account) == encode(whole.account)
    assert tape.entries == whole.entries


@thoroughly
@given(stories())
def test_entries_balances_and_lots_agree_after_every_step(story: Story):
    tape = Tape(story.programs, Account())
    for happening in unrolled(story.facts):
        apply(tape, happening)
        agree(tape)
    advance(tape, END)
    agree(tape)


def agree(tape: Tape) -> None:
    places = by_place(tape.entries)
    for name, wallet in tape.account.wallets.items():
        assert wallet.available == sum(lot.points for lot in wallet.lots) == places[name, "available"]
        assert wallet.pending == sum(lot.points for lot in wallet.waiting) == places[name, "pending"]
        assert -wallet.deficit == places[name, "deficit"]
        assert wallet.held == 0 == places[name, "held"]
        assert sum(places[name, place] for place in PLACES) == 0
        assert is_in_order(wallet)
        assert sum(points for gone in wallet.expired for points in gone.points.values()) <= places[name, "expired"]
    for ladder in tape.account.ladders.values():
        assert ladder.growth.total == sum(amount for _, amount in ladder.growth.days)
        assert ladder.growth.waiting == sorted(ladder.growth.waiting)


def by_place(entries: Iterable[Entry]) -> Counter[tuple[str, str]]:
    places: Counter[tuple[str, str]] = Counter()
    for entry in entries:
        places[entry.wallet, entry.source] -= entry.points
        places[entry.wallet, entry.target] += entry.points
    return places


def is_in_order(wallet: Wallet) -> bool:
    """No empty lot, the next to expire first, and nothing both owed and at hand."""
    lots = [(lot.expires_at is None, lot.expires_at or 0, lot.earned_at, lot.cause) for lot in wallet.lots]
    waiting = [(lot.matures_at or 0, lot.cause) for lot in wallet.waiting]
    full = all(lot.points > 0 for lot in [*wallet.lots, *wallet.waiting])
    return full and lots == sorted(lots) and waiting == sorted(waiting) and not (wallet.deficit and wallet.available)


@thoroughly
@given(stories())
def test_no_running_balance_dips_below_zero(story: Story):
    running: Counter[tuple[str, str]] = Counter()
    for entry in from_nothing(story).entries:
        running[entry.wallet, entry.source] -= entry.points
        running[entry.wallet, entry.target] += entry.points
        held = [points for (_, place), points in running.items() if place in ("available", "pending", "expired")]
        assert min(held, default=0) >= 0
        assert all(points <= 0 for (_, place), points in running.items() if place in ("deficit", "written_off"))


@thoroughly
@given(stories())
def test_entries_are_well_formed_and_said_once(story: Story):
    entries = from_nothing(story).entries
    assert all(entry.points > 0 and entry.source != entry.target for entry in entries)
    assert all({entry.source, entry.target} <= set(PLACES) and entry.kind in KINDS for entry in entries)
    said = Counter((e.identity, e.wallet, e.source, e.target, e.funder, e.occurred_at) for e in entries)
    assert max(said.values(), default=1) == 1
    assert [entry.occurred_at for entry in entries] == sorted(entry.occurred_at for entry in entries)


@thoroughly
@given(stories())
def test_every_derivation_recomputes_to_its_points(story: Story):
    entries = from_nothing(story).entries
    moved: Counter[tuple[str, str, int]] = Counter()
    for entry in entries:
        moved[entry.identity, entry.kind, entry.occurred_at] += entry.points
    for entry in entries:
        points = recompute(entry)
        assert (points is None) == (entry.kind in ("mature", "repay"))
        assert points in (None, moved[entry.identity, entry.kind, entry.occurred_at])
        told = explain(entry)
        assert told.code.startswith(entry.kind)
        if entry.why and entry.why[0] == "remains":
            assert told.parameters["keeps"] == sum(int(part.parameters["points"]) for part in told.because)


@thoroughly
@given(stories())
def test_an_order_keeps_what_it_earned_less_what_went_back(story: Story):
    outcome = from_nothing(story)
    kept: Counter[tuple[str, str]] = Counter()
    for entry in outcome.entries:
        if entry.kind in ("earn", "reverse"):
            told = explain(entry)
            kept[told.order, told.rule] += entry.points if entry.kind == "earn" else -entry.points
    orders = {(key, rule): points for key, memo in outcome.memos.items() for rule, points in memo.kept.items()}
    assert {about: points for about, points in kept.items() if points and about[0]} == orders
    assert outcome.account.spend == sum(memo.net for memo in outcome.memos.values())
    assert outcome.account.orders == sum(not memo.gone for memo in outcome.memos.values())
    assert all(not memo.kept and not memo.net for memo in outcome.memos.values() if memo.gone)


# Refunds

WHOLE = RefundLine("", 10**6)
OF_ORDERS = ("order:", "edit:", "refund:")


def newest(story: Story) -> dict[str, Order]:
    """Each order's snapshot in force at the end."""
    found = {}
    for happening in unrolled(story.facts):
        if isinstance(happening.fact, Order):
            found[happening.fact.key] = happening.fact
    return found


def returns(order: Order, at: int, place: int) -> Refund:
    """Everything; a refund takes no more than is left."""
    lines = tuple(RefundLine(line.line, max(line.quantity, 1), line.total) for line in order.lines)
    return Refund(f"{order.key}/all-{place}", order.key, at, lines)


def for_orders(story: Story) -> tuple[str, ...]:
    """Identities of awards that nobody gets without an order."""
    aims = [rule.goal for version in story.programs.versions for rule in version.goals]
    return tuple({f"goal:{aim.key}/" for aim in aims if aim and not all(step.activity for step in aim.steps)})


@thoroughly
@given(stories())
def test_returning_everything_leaves_nothing_earned(story: Story):
    """Also after edits, earlier refunds and expiry: what remains issued was given for other things than buying."""
    outcome = from_nothing(story)
    facts = [*story.facts, *(returns(order, END, 0) for order in newest(story).values())]
    bare = fold(Tape(story.programs, Account()), unrolled(facts), END)
    gifts = by_place(entry for entry in outcome.entries if not entry.identity.startswith((*OF_ORDERS, "goal:")))
    left = by_place(entry for entry in bare.entries if not entry.identity.startswith("goal:"))
    assert all(left[name, "issued"] == gifts[name, "issued"] for name, _ in left)
    awards = by_place(entry for entry in bare.entries if entry.identity.startswith(for_orders(story)))
    assert not any(awards[name, "issued"] for name, _ in awards)
    assert all((memo.kept, memo.net, memo.gone) == ({}, 0, True) for memo in bare.memos.values())
    assert (bare.account.orders, bare.account.spend) == (0, 0)
    for name, ladder in bare.account.ladders.items():
        assert not ladder.growth.waiting
        if grows_by(story, name) in ("spend", "orders"):
            assert ladder.growth.total == 0


def grows_by(story: Story, tier_set: str) -> str:
    return next(v.tier_sets[tier_set].grows_by for v in story.programs.versions if tier_set in v.tier_sets)


def unit_by_unit(order: Order, at: list[int], random) -> list[Refund]:
    units = [line.line for line in order.lines for _ in range(max(line.quantity, 1))]
    random.shuffle(units)
    return [
        Refund(f"{order.key}/unit-{place}", order.key, at[place % len(at)], (RefundLine(name, 1),))
        for place, name in enumerate(units)
    ]


@thoroughly
@given(stories(), st.randoms(use_true_random=False))
def test_parts_in_any_order_are_the_whole(story: Story, random):
    """One order comes back at once, or unit by unit in any order.

    Only a policy that gives points away may let go here what is owed there: when a discount comes back first, its order
    earns more for a moment, and that settles a debt.
    """
    orders = newest(story)
    order = orders[min(orders)] if orders else Order("shop/none", 0, ())
    facts = [fact for fact in story.facts if not (isinstance(fact, Refund) and fact.order == order.key)]
    at_once = fold(Tape(story.programs, Account()), unrolled([*facts, returns(order, END, 0)]), END)
    parts = unit_by_unit(order, [END], random)
    in_parts = fold(Tape(story.programs, Account()), unrolled([*facts, *parts]), END)
    assert short_as_one(in_parts) == short_as_one(at_once)
    if not any(entry.source == "written_off" for entry in in_parts.entries):
        assert balances(in_parts.account) == balances(at_once.account)
    for key, memo in at_once.memos.items():
        assert (memo.kept, memo.net, memo.gone) == (
            in_parts.memos[key].kept,
            in_parts.memos[key].net,
            in_parts.memos[key].gone,
        )


def short_as_one(outcome: Outcome) -> Counter[tuple[str, str]]:
    """Points by place, with no difference between what is owed and what was let go."""
    places = by_place(outcome.entries)
    for name, place in list(places):
        if place == "written_off":
            places[name, "deficit"] += places.pop((name, place))
    return Counter({where: points for where, points in places.items() if points})


@thoroughly
@given(stories())
def test_there_and_back_gives_nobody_anything(story: Story):
    """An order that is cancelled and restored, again and again, is worth no more than before.

    Under a bound it may be worth more if there is more room by then, or less if there is less. A goal that is reached
    anew gives points that last from then on, also where those that it gave before had run out.
    """
    assume(not any(bounds_of(tree) for _, tree in story.trees))
    before = from_nothing(story)
    edits = [
        replace(order, version_at=END, number=number, cancelled=order.cancelled or number % 2 == 0, corrects=False)
        for order in newest(story).values()
        for number in range(10, 14)
    ]
    after = fold(Tape(story.programs, Account()), unrolled([*story.facts, *edits]), END)
    worth = {name: available + pending - owed for name, (available, pending, owed) in balances(before.account).items()}
    fresh = ran_out_of_goals(before.entries)
    for name, (available, pending, owed) in balances(after.account).items():
        assert available + pending - owed <= worth.get(name, 0) + fresh[name]
    assert {key: memo.kept for key, memo in after.memos.items()} == {key: m.kept for key, m in before.memos.items()}


def ran_out_of_goals(entries: Iterable[Entry]) -> Counter[str]:
    """Points by wallet; entries of several funders that ran out together say the same of all of them."""
    expired = {(entry.wallet, entry.occurred_at): entry.why[1:] for entry in entries if entry.kind == "expire"}
    found: Counter[str] = Counter()
    for (wallet, _), lots in expired.items():
        found[wallet] += sum(points for cause, points in lots if cause.startswith("goal:"))
    return found


def balances(account: Account) -> dict[str, tuple[int, int, int]]:
    sums = {name: (w.available, w.pending, w.deficit) for name, w in account.wallets.items()}
    return {name: points for name, points in sums.items() if any(points)}
