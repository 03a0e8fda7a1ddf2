"""Every no of `decide` with what it tells, and the bounds at which it begins."""

import pytest
from msgspec.structs import replace

from regulars.engine.account import Account, Lot, Spent
from regulars.engine.decide import Refusal, Request, decide, decide_merge, decide_unmerge
from regulars.engine.facts import (
    Adjustment,
    Capture,
    Hold,
    Merge,
    Redemption,
    Release,
    Restoration,
    Transfer,
    Unmerge,
)
from tests.builders import Tree, at, document, joined, line, order, programs, told

NOW = at("2026-01-20")
SPEND = {"at_least": "10 points", "at_most": "50", "step": "5", "share_of_order": "50%", "per day": "60 points"}
SHOP = programs(document(wallets={"points": {"worth": "1 TWD per 2", "spend": SPEND, "approve_above": "20"}}))
USED_UP = Spent("points", 8, 0, [])


def member(*facts: Redemption | Hold) -> Account:
    return told(SHOP, [joined("2026-01-01"), order("A", "2026-01-10", line("tea", 10_000)), *facts]).account


def redeems(points: int) -> Redemption:
    return Redemption("D", "points", points, 0)


def adjusts(points: int, reason: str = "kind", actor: str = "lin", approver: str = "") -> Adjustment:
    return Adjustment("J", "points", points, 0, reason, actor, approver)


def spent(fate: str, left: int = 8, reward: str = "") -> Spent:
    lots = [Lot("order:shop/A", left, None, 0)] if left else []
    return replace(USED_UP, fate=fate, lots=lots, reward=reward)


@pytest.mark.parametrize(
    ("asked", "refusal"),
    [
        (redeems(0), Refusal("amount_not_positive", {})),
        (redeems(5), Refusal("below_minimum", {"at_least": 10})),
        (redeems(10), None),
        (redeems(50), None),
        (redeems(55), Refusal("above_maximum", {"at_most": 50})),
        (redeems(12), Refusal("not_a_step", {"step": 5})),
        (Hold("H", "points", 10, 0, NOW), Refusal("hold_ends_too_early", {})),
        (Hold("H", "points", 10, 0, NOW + 1), None),
        (Transfer("T", "points", 100, 0, "wang"), None),
        (Transfer("T", "points", 101, 0, "wang"), Refusal("not_enough_points", {"available": 100})),
        (Transfer("T", "points", 0, 0, "wang"), Refusal("amount_not_positive", {})),
        (Capture("C", "H", 0), Refusal("hold_unknown", {})),
        (Restoration("R", "D", 0), Refusal("redemption_unknown", {})),
        (adjusts(0), Refusal("amount_not_positive", {})),
        (adjusts(1), None),
        (adjusts(-1), None),
        (adjusts(20), None),
        (adjusts(1, reason=" "), Refusal("reason_missing", {})),
        (adjusts(1, actor=""), Refusal("actor_missing", {})),
        (adjusts(21), Refusal("approval_missing", {"above": 20})),
        (adjusts(-21, approver="lin"), Refusal("approval_missing", {"above": 20})),
        (adjusts(21, approver="wang"), None),
        (adjusts(-101, approver="wang"), Refusal("not_enough_points", {"available": 100})),
        (replace(adjusts(1), wallet="stamps"), Refusal("wallet_unknown", {})),
    ],
    ids=str,
)
def test_what_is_asked_of_a_member_with_a_hundred_points(asked: Request, refusal: Refusal | None):
    assert decide(SHOP, member(), asked, NOW) == (refusal or replace(asked, at=NOW))


@pytest.mark.parametrize(
    ("asked", "named", "refusal"),
    [
        (Capture("C", "H", 0), spent("redeemed"), Refusal("hold_unknown", {})),
        (Release("C", "H", 0), spent("held"), Refusal("hold_lapsed", {})),
        (Release("C", "H", 0), spent("captured"), Refusal("hold_closed", {"fate": "captured"})),
        (Restoration("R", "D", 0), spent("held"), Refusal("redemption_unknown", {})),
        (Restoration("R", "D", 0), spent("captured"), None),
        (Restoration("R", "D", 0, 1), spent("redeemed"), None),
        (Restoration("R", "D", 0, 0), spent("redeemed"), Refusal("amount_not_positive", {})),
        (Restoration("R", "D", 0, 8), spent("redeemed"), None),
        (Restoration("R", "D", 0, 9), spent("redeemed"), Refusal("more_than_left", {"left": 8})),
        (Restoration("R", "D", 0, 8), replace(spent("redeemed", 5), short=3), None),
        (Restoration("R", "D", 0), USED_UP, Refusal("more_than_left", {"left": 0})),
        (Restoration("R", "D", 0), replace(USED_UP, points=0, reward="cup"), None),
        (
            Restoration("R", "D", 0),
            replace(USED_UP, points=0, reward="cup", is_back=True),
            Refusal("more_than_left", {"left": 0}),
        ),
    ],
    ids=str,
)
def test_what_is_asked_about_points_that_were_spent(asked: Request, named: Spent, refusal: Refusal | None):
    assert decide(SHOP, member(), asked, NOW, spent=named) == (refusal or replace(asked, at=NOW))


@pytest.mark.parametrize(
    ("total", "refusal"),
    [
        (None, None),
        (50_00, None),
        (49_99, Refusal("above_share_of_order", {"at_most": 49})),
        (0, Refusal("above_share_of_order", {"at_most": 0})),
    ],
)
def test_points_pay_for_a_share_of_the_order(total: int | None, refusal: Refusal | None):
    assert decide(SHOP, member(), redeems(50), NOW, total) == (refusal or replace(redeems(50), at=NOW))


def test_a_share_of_nothing_bounds_nothing():
    free = programs(document(wallets={"points": {"worth": "0 TWD per 2", "spend": {"share_of_order": "50%"}}}))
    assert decide(free, member(), redeems(50), NOW, 1_00) == replace(redeems(50), at=NOW)


def test_what_was_spent_today_counts_and_another_version_has_another_limit():
    before = member(replace(redeems(50), at=NOW - 1000), replace(redeems(10), key="E", at=NOW - 900))
    assert decide(SHOP, before, replace(redeems(10), key="F"), NOW) == replace(redeems(10), key="F", at=NOW)
    today = member(replace(redeems(50), at=NOW + 1))
    assert decide(SHOP, today, replace(redeems(15), key="F"), NOW) == Refusal("limit_reached", {"room": 10})
    bound: Tree = {"points": {"worth": "1 TWD per 2", "spend": SPEND}}
    loose: Tree = {"points": {"worth": "1 TWD per 2"}}
    both = programs(document(wallets=bound), document(wallets=loose), starts=["2026-01-20"])
    assert decide(both, member(), redeems(1), NOW - 1) == Refusal("below_minimum", {"at_least": 10})
    assert decide(both, member(), redeems(1), NOW) == replace(redeems(1), at=NOW)


def test_nobody_decides_for_a_customer_who_is_no_member():
    assert decide(SHOP, Account(), redeems(10), NOW) == Refusal("not_a_member", {})


MERGE = Merge("M", "wang", "lin", 0, "wang")


def one(last: int = 0, **parts: object) -> Account:
    account = member()
    account.last = (last or account.last[0], *account.last[1:])
    for name, value in parts.items():
        setattr(account, name, value)
    return account


@pytest.mark.parametrize(
    ("survivor", "absorbed", "when"),
    [(one(), one(), NOW), (one(NOW + 7), one(), NOW + 8), (one(), one(NOW + 9), NOW + 10)],
)
def test_a_merge_is_dated_after_whatever_happened_to_both(survivor: Account, absorbed: Account, when: int):
    assert decide_merge(SHOP, survivor, absorbed, MERGE, NOW) == replace(MERGE, at=when)


def test_time_passes_for_both_who_become_one():
    short = programs(document(wallets={"points": {"expires": "1 day"}}))
    facts = [joined("2026-01-01"), order("A", "2026-01-10", line("tea", 100))]
    lin, wang, chen = [told(short, facts).account for _ in range(3)]
    decide_merge(short, lin, wang, MERGE, NOW)
    decide_unmerge(short, chen, Unmerge("U", "M", 0), NOW)
    assert [account.wallets["points"].available for account in (lin, wang, chen)] == [0, 0, 0]


@pytest.mark.parametrize(
    ("survivor", "absorbed", "asked", "code"),
    [
        (one(), one(), replace(MERGE, absorbed="lin"), "already_one"),
        (one(into="chen"), one(), MERGE, "already_one"),
        (one(), one(into="chen"), MERGE, "already_one"),
        (Account(), one(), MERGE, "not_a_member"),
        (one(), one(guest=True), MERGE, "not_a_member"),
    ],
)
def test_who_cannot_become_one(survivor: Account, absorbed: Account, asked: Merge, code: str):
    assert decide_merge(SHOP, survivor, absorbed, asked, NOW) == Refusal(code, {})


@pytest.mark.parametrize(
    ("account", "refusal", "when"),
    [
        (one(joined=[("M", ())]), None, NOW),
        (one(NOW + 7, joined=[("K", ()), ("M", ())]), None, NOW + 8),
        (one(joined=[("M", ()), ("K", ())]), Refusal("merge_not_last", {}), 0),
        (one(joined=[("K", ()), ("M", ()), ("L", ())]), Refusal("merge_not_last", {}), 0),
        (one(joined=[("K", ())]), Refusal("merge_unknown", {}), 0),
        (one(), Refusal("merge_unknown", {}), 0),
    ],
)
def test_the_latest_merge_is_undone_first(account: Account, refusal: Refusal | None, when: int):
    asked = Unmerge("U", "M", 0)
    assert decide_unmerge(SHOP, account, asked, NOW) == (refusal or replace(asked, at=when))
