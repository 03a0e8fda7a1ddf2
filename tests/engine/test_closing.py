"""A closed account holds nothing, and nothing happens to it any more."""

from collections import Counter

from hypothesis import given

from regulars.engine.account import Account
from regulars.engine.closing import payout
from regulars.engine.decide import Refusal, decide, decide_merge, decide_unmerge
from regulars.engine.due import next_due
from regulars.engine.explain import recompute
from regulars.engine.facts import Closing, Hold, Merge, Redemption, Unmerge
from regulars.engine.fold import apply, fold
from regulars.engine.outcome import Announcement
from regulars.engine.tape import Tape
from regulars.engine.timeline import unrolled
from tests.builders import at, back, copied, document, joined, line, order, programs, refund, told
from tests.engine.histories import END, Story, stories, thoroughly

PAID = programs(document(wallets={"points": {"worth": "1 TWD per 3", "on_closing": "pay_out"}}))
BOUGHT = order("A", "2026-01-10 12:00", line("tea", 1000))


@thoroughly
@given(stories())
def test_nothing_is_left_and_nothing_follows(story: Story):
    steps = unrolled(story.facts)
    closed_at = steps[len(steps) // 2].step[0] if steps else 0
    leaving = Closing("end", closed_at)
    outcome = fold(Tape(story.programs, Account()), unrolled([*story.facts, leaving]), END)
    account, places = outcome.account, Counter[tuple[str, str]]()
    for entry in outcome.entries:
        places[entry.wallet, entry.source] -= entry.points
        places[entry.wallet, entry.target] += entry.points
        assert entry.occurred_at <= closed_at
    assert all(not places[name, place] for name, _ in places for place in ("available", "pending", "held", "deficit"))
    assert (account.wallets, account.ladders, account.known, next_due(account)) == ({}, {}, Account().known, None)
    assert (account.closed_at, account.enrolled_at) == (closed_at, None)
    whole = unrolled([*story.facts, leaving])
    earlier = whole[: next(place for place, step in enumerate(whole) if step.fact is leaving)]
    before = fold(Tape(story.programs, Account()), earlier, closed_at)
    own = ("close:end|", "release:end/", "claim:end/")
    assert before.entries == [
        entry for entry in outcome.entries if not entry.identity.removeprefix("repay:").startswith(own)
    ]
    for entry in (entry for entry in outcome.entries if entry.kind == "close"):
        mine = [one for one in outcome.entries if (one.identity, one.wallet) == (entry.identity, entry.wallet)]
        assert recompute(entry) == sum(one.points for one in mine)


def test_a_stored_account_stays_closed():
    account = told(PAID, [BOUGHT, Closing("end", at("2026-01-11 12:00"))]).account
    tape = Tape(PAID, copied(account))
    for late in (order("B", "2026-01-12 12:00", line("tea", 500)), joined("2026-01-13 12:00")):
        apply(tape, unrolled([late])[0])
    assert (tape.account, tape.entries) == (account, [])


def test_what_is_paid_out_is_rounded_once():
    outcome = told(PAID, [BOUGHT, order("B", "2026-01-10 13:00", line("tea", 1000)), Closing("end", at("2026-01-11"))])
    assert payout(PAID, outcome.entries) == {"points": 667}
    assert payout(programs(document()), told(programs(document()), [BOUGHT]).entries) == {}


def test_who_left_is_refused_everything():
    now = at("2026-01-12 12:00")
    account = told(PAID, [BOUGHT, Closing("end", at("2026-01-11 12:00"))]).account
    for asked in (Closing("again", 0), Hold("H", "points", 5, 0, now + 10**9)):
        assert decide(PAID, copied(account), asked, now) == Refusal("account_closed", {})


def test_who_left_is_nobody_to_become_one_with():
    now = at("2026-01-12 12:00")
    left, other = told(PAID, [BOUGHT, Closing("end", at("2026-01-11 12:00"))]).account, told(PAID, [BOUGHT]).account
    merge, closed = Merge("M", "lin", "wang", 0, "wang"), Refusal("account_closed", {})
    assert decide_merge(PAID, copied(other), copied(left), merge, now) == closed
    assert decide_merge(PAID, copied(left), copied(other), merge, now) == closed
    assert decide_unmerge(PAID, copied(left), Unmerge("U", "M", 0), now) == closed


def test_whoever_is_not_closed_may_leave_also_guests():
    now = at("2026-01-12 12:00")
    for account in (Account(), Account(guest=True), told(PAID, [BOUGHT]).account):
        said = decide(PAID, account, Closing("end", 0), now)
        assert isinstance(said, Closing)
        assert said.at >= now


def test_what_is_held_is_let_go_and_what_was_claimed_of_it_goes_back():
    end = at("2026-01-12 12:00")
    hold = Hold("H", "points", 8, at("2026-01-11 12:00"), end + 10**12)
    outcome = told(PAID, [BOUGHT, hold, refund("A/R", "2026-01-11 13:00", back("tea", total=500)), Closing("end", end)])
    assert [
        (one.identity, one.source, one.target, one.points) for one in outcome.entries if one.occurred_at == end
    ] == [
        ("claim:end/H/order:shop/A|", "held", "claimed", 3),
        ("release:end/H|", "held", "available", 5),
        ("close:end|", "available", "paid_out", 5),
    ]


def test_points_that_are_worth_something_are_forfeited_where_nobody_says_otherwise():
    end = at("2026-01-12")
    outcome = told(programs(document(wallets={"points": {"worth": "1 TWD per 3"}})), [BOUGHT, Closing("end", end)])
    assert (outcome.entries[-1].target, payout(PAID, outcome.entries)) == ("forfeited", {})
    assert outcome.announcements[-1] == Announcement("closing:end", "account.closed", end, {})


def test_what_was_owed_is_let_go():
    spent = Redemption("D", "points", 10, at("2026-01-11"))
    facts = [BOUGHT, spent, refund("A/R", "2026-01-11 13:00", back("tea")), Closing("end", at("2026-01-12"))]
    last = told(PAID, facts).entries[-1]
    assert (last.source, last.target, last.points, last.why) == ("written_off", "deficit", 10, ("close", ("", 10)))


def test_points_of_several_funders_are_paid_out_together():
    rules = [{"rule": "base", "give": "1 point"}, {"rule": "roasted", "give": "1 point", "funded_by": "roaster"}]
    wallets = {"points": {"worth": "1 TWD per 3", "on_closing": "pay_out"}}
    versions = programs(document(wallets=wallets, earn=rules))
    assert payout(versions, told(versions, [BOUGHT, Closing("end", at("2026-01-12"))]).entries) == {"points": 67}
