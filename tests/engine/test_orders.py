"""Which orders count, and when the member bought first and last."""

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from regulars.engine.account import Account, Brought
from regulars.engine.facts import (
    Activity,
    Capture,
    Details,
    Fact,
    Fulfilment,
    Hold,
    Line,
    Order,
    Payment,
    Redemption,
    Referred,
    Refund,
)
from regulars.engine.fold import fold
from regulars.engine.outcome import Entry, Why
from regulars.engine.returns import came_back
from regulars.engine.tape import Tape, Touched
from regulars.engine.timeline import unrolled
from tests.builders import Tree, at, back, document, joined, line, moves, order, programs, refund, told

VERSIONS = programs(document())
EARLY = order("A", "2026-01-01 12:00", line("tea", 1000))
LATER = order("B", "2026-01-05 12:00", line("tea", 1000))


def test_an_order_that_was_cancelled_first_counts_from_its_payment_once_it_stands():
    cancelled = replace(EARLY, cancelled=True)
    restored = replace(EARLY, version_at=at("2026-01-10"), number=1)
    account = told(VERSIONS, [cancelled, LATER]).account
    assert (account.orders, account.first_order_at, account.last_order_at) == (1, LATER.paid_at, LATER.paid_at)
    account = told(VERSIONS, [cancelled, LATER, restored]).account
    assert (account.orders, account.first_order_at, account.last_order_at) == (2, EARLY.paid_at, LATER.paid_at)


def test_the_last_order_moves_on():
    account = told(VERSIONS, [EARLY, LATER]).account
    assert (account.first_order_at, account.last_order_at) == (EARLY.paid_at, LATER.paid_at)


def test_nobody_joins_by_an_order_in_which_nothing_is_left():
    assert told(VERSIONS, [replace(EARLY, cancelled=True)]).account.enrolled_at is None
    assert told(VERSIONS, [replace(EARLY, lines=())]).account.enrolled_at is None
    assert told(VERSIONS, [EARLY]).account.enrolled_at == EARLY.paid_at


def test_a_guest_earns_nothing_and_keeps_the_order():
    guest = fold(Tape(VERSIONS, Account(guest=True)), unrolled([EARLY, refund("A/R", "2026-01-02", back("tea"))]))
    assert (guest.entries, guest.account.enrolled_at) == ([], None)
    assert guest.memos["shop/A"].gone


def test_an_edit_without_a_change_changes_nothing():
    again = replace(EARLY, version_at=at("2026-01-02"), number=1)
    empty = order("C", "2026-01-03", line("bag", 0, quantity=0))
    same = replace(empty, version_at=at("2026-01-04"), number=1)
    outcome = told(VERSIONS, [EARLY, again, empty, same])
    assert moves(outcome.entries) == ["earn base 10 issued>available"]
    assert outcome.account.orders == 2


def test_a_brand_is_a_condition_on_lines():
    rule = {"rule": "brand", "when": {"brand": "Leaf"}, "give": "1 point per 100 TWD"}
    bought = order("A", "2026-01-01", replace(line("a", 300), brand="Leaf"), line("b", 500))
    assert moves(told(programs(document(earn=[rule])), [bought]).entries) == ["earn brand 3 issued>available"]


def test_what_came_back_is_told_by_line():
    bought = order("A", "2026-01-01", line("tea", 100, 3), line("cups", 350), line("bag", 5, quantity=0))
    parts = refund("A/R", "2026-01-02", back("tea", 2), back("cups", 0, 50), back("bag"))
    memo = told(VERSIONS, [bought, parts]).memos["shop/A"]
    assert came_back(bought, memo.returned) == {"tea": (2, 6667), "cups": (0, 5000), "bag": (0, 500)}


def test_the_largest_order_there_is_can_be_stored():
    most = document(
        earn=[{"rule": "base", "give": "1000 points per 0.01 TWD"}, {"rule": "more", "multiply": {"base": "100"}}]
    )
    huge = order("A", "2026-01-01", line("tea", 10**10))
    points = told(programs(most), [huge]).account.wallets["points"].available
    assert points == 10**17
    assert points < 2**63


# What an edit changes


TEA = line("tea", 1000)
MORE = order("A", "2026-01-01 12:00", TEA, line("cups", 500), version="2026-01-03 12:00")
BASE: Tree = {"rule": "base", "give": "1 point per 100 TWD"}
SHIPPING = replace(line("post", 200), kind="shipping")
SLIDING: Tree = {"points": {"expires": "1 month after the last activity", "renewed_by": ["activity visit"]}}
BY_ORDERS: Tree = {"points": {"expires": "1 month after the last activity", "renewed_by": ["orders"]}}


def edited(key: str, paid: str, when: str, *lines: Line, **details: Any) -> Order:
    return order(key, paid, *lines, version=when, **details)


def told_why(entries: Sequence[Entry]) -> list[tuple[str, Why]]:
    return [(f"{one.kind} {one.points} {one.source}>{one.target}", one.why) for one in entries]


def test_what_was_bought_adds_up():
    account = told(VERSIONS, [EARLY, LATER]).account
    assert (account.orders, account.spend) == (2, 200_000)


def test_what_is_shipped_earns_nothing_after_an_edit_either():
    """Nor does it count for a goal, or for a friend."""
    tree = document(
        wallets={"points": {"pending": "7 days"}},
        referral={"when": {"order_at_least": "1000 TWD", "channel": "web"}},
        earn=[BASE, {"rule": "goal", "goal": {"spend": "1000"}, "give": "7 points", "pending": "none"}],
        tiers=[{"set": "status", "growth_counts": "at payment", "levels": [{"tier": "member"}]}],
    )
    small = edited("A", "2026-01-01 12:00", "2026-01-02 12:00", line("tea", 900), SHIPPING, channel="web")
    facts: list[Fact] = [Referred("M", "mei", at("2026-01-01")), replace(EARLY, channel="web"), small]
    outcome = told(programs(tree), facts)
    assert moves(outcome.entries) == [
        "earn base 10 issued>pending",
        "earn goal 7 issued>available",
        "reverse base 1 pending>issued",
        "reverse goal 7 available>issued",
    ]
    account = outcome.account
    assert (account.growth.total, account.spend) == (90_000, 110_000)
    assert account.brought == Brought("mei", at("2026-01-01"))
    again = replace(small, version_at=at("2026-01-03"), lines=(TEA, SHIPPING))
    assert told(programs(tree), [*facts, again]).account.brought == Brought(
        "mei", at("2026-01-01"), "shop/A", at("2026-01-08 12:00")
    )


def test_an_order_of_which_only_the_shipping_is_left_brings_no_friend():
    facts = [Referred("M", "mei", at("2026-01-01")), EARLY, edited("A", "2026-01-01 12:00", "2026-01-02", SHIPPING)]
    tree = document(referral={}, wallets={"points": {"pending": "7 days"}})
    assert told(programs(tree), facts).account.brought == Brought("mei", at("2026-01-01"))


def test_what_more_an_order_earns_says_why():
    cut = document(caps=[{"wallet": "points", "at_most": "14", "per": "lifetime"}])
    lent = document(campaigns=[{"campaign": "spring", "budget": "12 points"}], earn=[BASE | {"campaign": "spring"}])
    because = ("per_money", 150_000, 10_000, 1, False)
    for tree, why in [
        (document(), ("remains", 10, 15)),
        (cut, ("remains", 10, 11, "capped", 11, "", "capped", 14, "cap:points/lifetime")),
        (lent, ("remains", 10, 12, "budget", 12, "spring")),
        (lent | {"campaigns": [{"campaign": "spring", "budget": "15 points"}]}, ("remains", 10, 15)),
    ]:
        facts = [EARLY, *([order("B", "2026-01-02", line("tea", 300))] if tree is cut else []), MORE]
        last = told_why(told(programs(tree), facts).entries)[-1]
        assert last[1][: len(why)] == why, last
        assert last[1][len(why) :] == because, last


def test_what_an_order_no_longer_earns_was_not_cancelled():
    tea = BASE | {"when": {"category": "tea"}}
    none = edited("A", "2026-01-01 12:00", "2026-01-02 12:00", line("cups", 1000))
    bought = replace(EARLY, lines=(line("tea", 1000, category="tea"),))
    outcome = told(programs(document(earn=[tea])), [bought, none])
    assert told_why(outcome.entries)[-1] == ("reverse 10 available>issued", ("remains", 10, 0))


def test_what_an_edit_adds_takes_its_room():
    earn = [
        {"rule": "tea", "when": {"category": "tea"}, "give": "5 points", "limit": "once"},
        BASE | {"when": {"category": "cups"}},
    ]
    versions = programs(document(earn=earn, caps=[{"rules": "base", "at_most": "10", "per": "lifetime"}]))
    both = (line("tea", 100, category="tea"), line("cups", 700, category="cups"))
    facts = [
        order("A", "2026-01-01 12:00", line("bag", 10)),
        edited("A", "2026-01-01 12:00", "2026-01-02 12:00", *both),
        order("B", "2026-01-03 12:00", *both),
    ]
    assert [one.points for one in told(versions, facts).entries] == [5, 7, 3]
    # Where a part of it goes back the limit has no room again.
    parts = [
        order("A", "2026-01-01 12:00", line("tea", 100, 2)),
        refund("A/R", "2026-01-02", back("tea")),
        order("B", "2026-01-03 12:00", line("tea", 100)),
    ]
    once = programs(document(earn=[BASE | {"give": "1 point per 50 TWD", "limit": "once"}]))
    assert [one.points for one in told(once, parts).entries] == [2, 1]


def test_what_goes_back_to_a_budget_goes_at_its_instant():
    tree = document(campaigns=[{"campaign": "spring", "budget": "100 points"}], earn=[BASE | {"campaign": "spring"}])
    less = refund("A/R", "2026-01-02", back("tea", 1, 400))
    tape = Tape(programs(tree), Account())
    fold(tape, unrolled([EARLY, less]))
    (events,) = tape.purse.events.values()
    assert events == [(EARLY.paid_at, 10, 10), (less.at, 0, -4)]


def test_what_is_owed_is_settled_by_what_comes_in():
    """By an order, and by what an edit adds: the entry names it, when, and the version then."""
    spent = Redemption("D", "points", 10, at("2026-01-02"))
    facts: list[Fact] = [
        EARLY,
        spent,
        refund("A/R", "2026-01-03", back("tea")),
        order("B", "2026-01-04", line("tea", 300)),
        edited("B", "2026-01-04", "2026-01-05", line("tea", 500)),
    ]
    versions = programs(document(), document(), starts=["2026-01-04 12:00"])
    entries = [one for one in told(versions, facts).entries if one.kind == "repay"]
    assert [(one.identity, one.points, one.occurred_at, one.version) for one in entries] == [
        ("repay:order:shop/B|", 3, at("2026-01-04"), 1),
        (f"repay:edit:shop/B@{at('2026-01-05')}.0|base", 2, at("2026-01-05"), 1),
    ]


def test_points_that_an_edit_adds_last_as_long_as_those_of_the_order():
    """Those that activity renews as long as it does; others no longer than their own day, and not on the next."""
    fixed = {"rule": "fixed", "give": "1 point per 100 TWD", "expires": "1 month"}
    visits = [Activity(when, "visit", at(when)) for when in ("2026-01-20", "2026-02-10")]
    facts: list[Fact] = [EARLY, *visits, replace(MORE, version_at=at("2026-03-01"))]
    entries = told(programs(document(wallets=SLIDING, earn=[BASE, fixed])), facts).entries
    assert moves(entries)[-2:] == ["earn base 5 issued>available", "earn fixed 5 issued>expired"]
    plain = programs(document(wallets={"points": {"expires": "1 month"}}))
    for when, place in [("2026-02-01 23:59:59.999999", "available"), ("2026-02-02", "expired")]:
        entries = told(plain, [EARLY, replace(MORE, version_at=at(when))]).entries
        assert moves(entries)[-1] == f"earn base 5 issued>{place}"


def test_what_runs_out_when_it_is_handed_over_names_its_order():
    versions = programs(document(wallets={"points": {"pending": "until fulfilled", "expires": "1 month"}}))
    entries = told(versions, [EARLY, Fulfilment("F", "shop/A", at("2026-03-01"))]).entries
    assert entries[-1].identity == "expire:points/2026-02-28@order:shop/A|"


def test_a_gift_keeps_no_points_from_coming():
    tree = document(
        rewards=[{"reward": "cup", "costs": "100 points"}], earn=[{"rule": "gift", "give": "reward cup"}, BASE]
    )
    assert moves(told(programs(tree), [EARLY]).entries) == ["earn base 10 issued>available"]


# What an order renews


def test_an_order_renews_once_as_long_as_anything_is_left_of_it():
    versions, end = programs(document(wallets=BY_ORDERS)), at("2026-02-06")
    second = order("B", "2026-01-05 12:00", line("tea", 1000, 2))
    part, rest = (refund(f"B/{when}", when, back("tea")) for when in ("2026-01-06", "2026-01-08"))
    again = edited("B", "2026-01-05 12:00", "2026-01-07", line("tea", 1100, 2))

    def ends(*facts: Fact) -> list[int | None]:
        return [lot.expires_at for lot in told(versions, facts).account.wallets["points"].lots]

    assert ends(EARLY, second) == ends(EARLY, second, part, again) == [end, end]
    assert ends(EARLY, second, part, again, rest) == [at("2026-02-02")]
    assert ends(EARLY, replace(second, cancelled=True)) == [at("2026-02-02")]


# The number of an order, and what is known of its member


def test_an_order_that_was_cancelled_first_has_its_number_once_it_stands():
    first = {"rule": "first", "when": {"nth_order": "1"}, "give": "30 points"}
    known = Details("D", at("2026-01-01"), birthday=(1, 31))
    facts = [joined("2026-01-01"), known, replace(EARLY, cancelled=True), replace(EARLY, version_at=at("2026-01-10"))]
    outcome = told(programs(document(earn=[first])), facts)
    assert moves(outcome.entries) == ["earn first 30 issued>available"]
    # The birthday is not kept with the order.
    assert outcome.memos["shop/A"].known.birthday is None


# What was let go, and what points paid


def test_what_was_let_go_for_an_order_is_taken_up_once():
    versions = programs(document(wallets={"points": {"when_short": "write_off"}}))
    facts: list[Fact] = [
        EARLY,
        Redemption("D", "points", 10, at("2026-01-02")),
        refund("A/R", "2026-01-03", back("tea", 1, 300)),
        refund("A/Q", "2026-01-04", back("tea", 1, 400)),
        edited("A", "2026-01-01 12:00", "2026-01-05", TEA, line("cups", 500)),
        edited("A", "2026-01-01 12:00", "2026-01-06", TEA, line("cups", 1000)),
        edited("A", "2026-01-01 12:00", "2026-01-07", TEA, line("cups", 1100)),
    ]
    assert moves(told(versions, facts).entries)[2:] == [
        "reverse base 3 written_off>issued",
        "reverse base 4 written_off>issued",
        "earn base 5 issued>written_off",
        "earn base 2 issued>written_off",
        "earn base 3 issued>available",
        "earn base 1 issued>available",
    ]


def test_what_was_let_go_at_a_hold_is_taken_up_after_what_was_let_go_at_refunds():
    versions = programs(document(wallets={"points": {"when_short": "write_off"}}))
    facts: list[Fact] = [
        EARLY,
        Redemption("D", "points", 3, at("2026-01-02")),
        Hold("H", "points", 7, at("2026-01-03"), at("2026-01-05")),
        refund("A/R", "2026-01-04", back("tea")),
        Capture("C", "H", at("2026-01-04 12:00")),
        edited("A", "2026-01-01 12:00", "2026-01-06", TEA, line("cups", 500)),
        edited("A", "2026-01-01 12:00", "2026-01-07", TEA, line("cups", 1100)),
    ]
    assert [move for move in moves(told(versions, facts).entries) if move.startswith("earn")][1:] == [
        "earn base 5 issued>written_off",
        "earn base 5 issued>written_off",
        "earn base 1 issued>available",
    ]


def test_only_the_refund_at_the_till_charges():
    versions = programs(document(wallets={"points": {"worth": "1 TWD per 3", "when_short": "charge"}}))
    less = edited("A", "2026-01-01 12:00", "2026-01-04", line("tea", 500))
    asked = Refund("shop/A/R", "shop/A", at("2026-01-03"), (back("tea", 1, 100),), None)
    outcome = told(versions, [EARLY, Redemption("D", "points", 10, at("2026-01-02")), asked, less])
    assert moves(outcome.entries)[2:] == ["reverse base 1 charged>issued", "reverse base 5 deficit>issued"]


def test_points_that_paid_come_back_when_they_no_longer_do():
    paid = (Payment("points", 300_00, "D"),)
    spent = Redemption("D", "points", 3, at("2026-01-02"), "shop/B")
    bought = replace(LATER, payments=paid)
    plain = edited("B", "2026-01-05 12:00", "2026-01-06", TEA)
    restored = [one for one in told(VERSIONS, [EARLY, spent, bought, plain]).entries if one.kind == "restore"]
    assert [(one.identity, one.points) for one in restored] == [(f"edit:shop/B@{plain.version_at}.0|", 3)]
    cancelled = told(VERSIONS, [EARLY, spent, replace(bought, cancelled=True)]).entries[-1]
    assert (cancelled.identity, cancelled.kind, cancelled.points) == ("order:shop/B|", "restore", 3)


def test_where_nobody_wrote_down_the_partner_the_newest_snapshot_says_who_paid():
    """Orders were stored without it once. What another partner gave is older, and stays."""
    base = {"rule": "base", "give": "1 point per 100 TWD", "funded_by": "the order's partner"}
    versions, bought = programs(document(earn=[base])), replace(LATER, partner="books")
    facts = [replace(EARLY, partner="tea"), bought, refund("B/R", "2026-01-06", back("tea"))]
    before = told(versions, facts[:2])
    stored = Touched(bought, replace(before.memos["shop/B"], partner=None))
    after = fold(Tape(versions, before.account, {"shop/B": stored}), unrolled(facts)[2:])
    assert [(one.source, one.points, one.funder) for one in after.entries] == [("available", 10, "books")]
