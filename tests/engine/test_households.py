"""Two members become one, and two again: nothing is lost, nothing is won, and the order of arrival does not matter."""

from collections import Counter

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.engine.account import Account, Lot, Wallet
from regulars.engine.due import advance
from regulars.engine.explain import recompute
from regulars.engine.facts import (
    Enrolment,
    Fulfilment,
    Line,
    Merge,
    Order,
    Referred,
    Refund,
    RefundLine,
    Theirs,
    Unmerge,
)
from regulars.engine.fold import apply, fold
from regulars.engine.outcome import KINDS, PLACES, Entry
from regulars.engine.quotes import of_refund
from regulars.engine.shadows import shares
from regulars.engine.tape import Shadow, Tape
from regulars.engine.timeline import unrolled
from tests.builders import at as instant
from tests.builders import copied, document, programs
from tests.engine.histories import END, Story, thoroughly
from tests.engine.households import Household, households
from tests.engine.test_properties import by_place, is_in_order

encode = msgspec.msgpack.encode


def agree(tape: Tape) -> None:
    places = by_place(tape.entries)
    for name, wallet in tape.account.wallets.items():
        frozen = [lot for held in wallet.holds for lot in held.lots]
        assert wallet.available == sum(lot.points for lot in wallet.lots) == places[name, "available"]
        assert wallet.pending == sum(lot.points for lot in wallet.waiting) == places[name, "pending"]
        assert wallet.held == sum(lot.points for lot in frozen) == places[name, "held"]
        assert -wallet.deficit == places[name, "deficit"]
        assert is_in_order(wallet)
        assert sum(places[name, place] for place in PLACES) == 0
    for (_, place), points in places.items():
        assert place not in ("available", "pending", "held") or points >= 0


@thoroughly
@given(households())
def test_what_leaves_one_ledger_enters_the_other(home: Household):
    survivor = home.seen("lin", True, home.merge)
    absorbed = home.seen("wang", False, home.merge)
    agree(survivor)
    agree(absorbed)
    both = Counter(by_place(survivor.entries))
    both.update(by_place(absorbed.entries))
    assert all(points == 0 for (_, place), points in both.items() if place == "merged")
    closed = Account(into="lin", last=absorbed.account.last)
    assert encode(absorbed.account) == encode(closed)


@thoroughly
@given(households())
def test_both_histories_say_the_same_when_the_two_are_two_again(home: Household):
    sides = [home.seen(name, True, home.merge, home.unmerge) for name in ("lin", "wang")]
    both: Counter[tuple[str, str]] = Counter()
    for tape in sides:
        agree(tape)
        both.update(by_place(tape.entries))
    assert all(points == 0 for (_, place), points in both.items() if place == "merged")
    for tape, other in (sides, sides[::-1]):
        (theirs,) = other.apart.values()
        advance(theirs, END)
        mine, seen = tape.account, theirs.account
        mine.last = seen.last = (0, 0, "")
        assert encode(mine) == encode(seen)


@thoroughly
@given(households())
def test_a_merge_that_is_undone_at_once_leaves_both_as_they_were(home: Household):
    facts = [*home.story.facts, *home.theirs]
    between = [step for step in unrolled(facts) if step.step[0] in (home.merge.at, home.merge.at + 1)]
    if between or home.pays_for_the_other:
        return
    undone = Unmerge("U", "M", home.merge.at + 1)
    for name in ("lin", "wang"):
        apart, again = home.seen(name, False), home.seen(name, True, home.merge, undone)
        apart.account.last = again.account.last = (0, 0, "")
        apart.account.parted = again.account.parted
        assert again.account == apart.account
        assert {key: encode(one.memo) for key, one in again.touched.items()} == {
            key: encode(one.memo) for key, one in apart.touched.items()
        }


@thoroughly
@given(households(), st.randoms(use_true_random=False))
def test_what_is_learned_late_ends_as_if_it_had_come_in_order(home: Household, random):
    facts = home.told("lin", True, home.merge, home.unmerge)
    arrived = [*facts, *facts]
    random.shuffle(arrived)
    assert unrolled(arrived) == unrolled(facts)


@thoroughly
@given(households())
def test_becoming_one_gives_nothing_but_what_both_together_reach(home: Household):
    """A tier, a goal, or today's birthday of one where only the other is a member; whatever else changes at that
    instant goes back."""
    at = home.merge.at
    before = [*home.seen("lin", False).entries, *home.seen("wang", False).entries]
    apart, known = issued(before, at), {entry.identity for entry in before if entry.occurred_at <= at}
    together = home.seen("lin", True, home.merge).entries
    one = issued([*together, *home.seen("wang", False, home.merge).entries], at)
    reached = Counter[str]()
    for entry in together:
        cause = entry.identity.partition(":")[0]
        reaches = cause in ("goal", "tier") or (cause == "birthday" and entry.identity not in known)
        if reaches and entry.occurred_at == at:
            reached[entry.wallet] += entry.points if entry.source in ("issued", "written_off") else 0
    assert all(points <= apart[wallet] + reached[wallet] for wallet, points in one.items())


@thoroughly
@given(households())
def test_parting_makes_no_points_and_destroys_none(home: Household):
    """Where no rule asks who somebody is, and both were members ever since, both have what the one had, whatever was
    spent, held and returned."""
    first = min([home.merge.at, *(happening.step[0] for happening in unrolled([*home.story.facts, *home.theirs]))])
    mine, theirs = (Enrolment(f"{name} first", first) for name in ("lin", "wang"))
    story = Story([], programs(document()), [mine, *home.story.facts])
    plain = Household(story, [theirs, *home.theirs], home.merge, home.unmerge)
    for name in ("lin", "wang"):
        entries = plain.seen(name, True, home.merge, home.unmerge).entries
        assert not [entry for entry in entries if entry.kind == "unmerge" and "issued" in (entry.source, entry.target)]


def issued(entries: list[Entry], until: int) -> Counter[str]:
    """Points by wallet that came from nowhere; what was written off has gone back on paper only."""
    found: Counter[str] = Counter()
    for entry in entries:
        if entry.occurred_at <= until:
            found[entry.wallet] += entry.points if entry.source == "issued" else 0
            found[entry.wallet] -= entry.points if entry.target == "issued" else 0
    return found


@thoroughly
@given(households())
def test_every_entry_of_a_merge_can_be_counted_again(home: Household):
    for name in ("lin", "wang"):
        entries = home.seen(name, True, home.merge, home.unmerge).entries
        moved: Counter[tuple[str, str, int]] = Counter()
        said = Counter((e.identity, e.wallet, e.source, e.target, e.funder, e.occurred_at) for e in entries)
        assert max(said.values(), default=1) == 1
        for entry in entries:
            assert entry.points > 0
            assert entry.kind in KINDS
            assert {entry.source, entry.target} <= set(PLACES)
            moved[entry.identity, entry.kind, entry.occurred_at] += entry.points
        for entry in entries:
            assert recompute(entry) in (None, moved[entry.identity, entry.kind, entry.occurred_at])


@thoroughly
@given(households())
def test_resuming_after_a_merge_is_folding_from_nothing(home: Household):
    """The account alone, and the order that a step is about: what both did is in it."""
    whole = home.seen("lin", True, home.merge)
    tape, entries = Tape(home.story.programs, Account()), list[Entry]()
    for happening in unrolled(home.told("lin", True, home.merge)):
        if tape.account.joined:
            fact = happening.fact
            key = fact.order if isinstance(fact, Refund | Fulfilment) else fact.key
            touched = {key: one} if (one := tape.touched.get(key)) else {}
            apart = Tape(home.story.programs, copied(tape.account), touched, spent=tape.spent)
            apply(apart, happening)
            entries += apart.entries
            apart.touched, apart.entries = tape.touched | apart.touched, tape.entries
            tape = apart
        else:
            apply(tape, happening)
    advance(tape, END)
    assert encode(tape.account) == encode(whole.account)


def test_a_refund_is_quoted_for_an_order_of_whoever_was_absorbed():
    at, programs_ = instant("2026-01-01 12:00"), programs(document())
    bought = Order("shop/B", at, (Line("1", "tea", 2, 100_000),), at)
    facts = [Theirs("wang", bought), Merge("M", "wang", "lin", at + 1, "lin")]
    back = Refund("shop/B/R", "shop/B", at + 2, (RefundLine("1", 1),))
    quote = of_refund(programs_, facts, back, at + 3)
    assert quote.goes_back == {"points": 5}
    assert of_refund(programs_, [bought], back, at + 3).goes_back == quote.goes_back


def test_what_is_shared_is_shared_by_what_each_brought():
    """Largest remainder, ties to the survivor; what one lacks the other bears."""

    def tape(points: int) -> Tape:
        account = Account(wallets={"points": Wallet(points, lots=[Lot("a", points, None, 0)])})
        return Tape(programs(document()), account)

    def shared(brought: tuple[int, int], left: tuple[int, int], points: int) -> tuple[int, int]:
        shadow = Shadow("M", "", "wang", ("wang",), tape(left[0]), tape(left[1]), {"points": brought}, ("", ""))
        return shares(shadow, "points", points, of_theirs=False)

    assert shared((110, 108), (110, 108), 51) == (26, 25)
    assert shared((10, 10), (10, 10), 5) == (3, 2)
    assert shared((10, 30), (10, 5), 12) == (7, 5)
    assert shared((10, 30), (0, 5), 12) == (7, 5)
    assert shared((0, 0), (4, 4), 6) == (4, 2)


@pytest.mark.parametrize("by", ["lin", "wang"])
def test_nobody_is_referred_by_whom_they_are_part_of(by: str):
    at = instant("2026-01-01 12:00")
    facts = [
        Enrolment("lin", at),
        Theirs("wang", Enrolment("wang", at)),
        Merge("M", "wang", "lin", at + 1, "lin"),
        Theirs("wang", Referred("R", by, at + 2)),
    ]
    outcome = fold(Tape(programs(document()), Account()), unrolled(facts))
    assert outcome.account.joined
    assert outcome.account.brought is None
