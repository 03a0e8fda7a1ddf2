"""Points that last as long as the member is active: what only comes together with something else."""

import pytest

from regulars.engine.account import Account
from regulars.engine.calendar import date_of
from regulars.engine.explain import recompute
from regulars.engine.facts import Adjustment, Fact, Fulfilment, Merge, Redemption, Restoration, Theirs
from regulars.engine.fold import fold
from regulars.engine.packing import packed
from regulars.engine.program import Programs
from regulars.engine.tape import Tape
from regulars.engine.timeline import unrolled
from tests.builders import Tree, at, back, document, joined, line, order, programs, refund, told

SLIDES = {"points": {"expires": "2 months after the last activity"}}
BASE = {"rule": "base", "give": "1 point per 100 TWD"}
PROMO = {"rule": "promo", "give": "5 points", "when": {"product": "sku-cups"}, "expires": "80 days"}
MIXED = programs(document(wallets=SLIDES, earn=[BASE, PROMO]))


def last_days(versions: Programs, facts: list[Fact], until: str | None = None) -> list[tuple[int, str]]:
    account = told(versions, facts, until).account
    day = versions.calendar.day
    return [(lot.points, str(date_of(day((lot.expires_at or 0) - 1)))) for lot in account.wallets["points"].lots]


def test_what_a_renewal_puts_off_is_spent_after_what_has_a_day_of_its_own():
    first = order("A", "2026-01-10", line("cups", 1000))
    assert last_days(MIXED, [first]) == [(10, "2026-03-10"), (5, "2026-03-31")]
    second = order("B", "2026-02-20", line("tea", 100))
    assert last_days(MIXED, [first, second]) == [(5, "2026-03-31"), (10, "2026-04-20"), (1, "2026-04-20")]
    spent = Redemption("d", "points", 7, at("2026-02-21"))
    assert last_days(MIXED, [first, second, spent]) == [(8, "2026-04-21"), (1, "2026-04-21")]


def test_a_renewal_that_is_withdrawn_puts_lots_back_in_their_order():
    facts = [order("A", "2026-01-10", line("cups", 1000)), order("B", "2026-02-20", line("tea", 100))]
    gone = refund("B/R", "2026-02-21", back("tea"))
    assert last_days(MIXED, [*facts, gone]) == [(10, "2026-03-10"), (5, "2026-03-31")]


def test_what_lasts_longer_by_itself_does_so_when_a_renewal_is_withdrawn():
    given = Adjustment("j", "points", 3, at("2026-03-01"), "sorry", "lin")
    facts = [order("A", "2026-01-10", line("tea", 1000)), given, order("B", "2026-03-08", line("tea", 100))]
    assert last_days(MIXED, facts) == [(10, "2026-05-08"), (3, "2026-05-08"), (1, "2026-05-08")]
    assert last_days(MIXED, [*facts, refund("B/R", "2026-03-09", back("tea"))]) == [
        (10, "2026-03-10"),
        (3, "2026-05-01"),
    ]


def test_an_order_renews_whatever_it_earns_and_only_when_it_is_handed_over():
    waits = {"points": {"pending": "until fulfilled"} | SLIDES["points"]}
    versions = programs(document(wallets=waits))
    facts = [order("A", "2026-01-10", line("tea", 1000)), Fulfilment("A/F", "shop/A", at("2026-01-12"))]
    tiny = order("B", "2026-03-01", line("tea", 1))
    assert last_days(versions, [*facts, tiny], "2026-03-02") == [(10, "2026-03-12")]
    assert last_days(versions, [*facts, tiny, Fulfilment("B/F", "shop/B", at("2026-03-05"))]) == [(10, "2026-05-05")]


def test_points_by_hand_renew_nothing_and_last_by_themselves():
    given = Adjustment("j", "points", 3, at("2026-03-01"), "sorry", "lin")
    assert last_days(MIXED, [order("A", "2026-01-10", line("tea", 1000)), given]) == [
        (10, "2026-03-10"),
        (3, "2026-05-01"),
    ]


def test_who_becomes_one_with_somebody_active_was_active():
    versions = programs(document(wallets=SLIDES))
    mine, theirs = order("A", "2026-01-10", line("tea", 1000)), order("B", "2026-03-01", line("tea", 500))
    merge = Merge("m", "wang", "lin", at("2026-03-05"), "lin")
    tape = Tape(versions, Account())
    fold(tape, unrolled([mine, Theirs("wang", theirs), merge]), at("2026-03-20"))
    assert [lot.points for lot in tape.account.wallets["points"].lots] == [10, 5]
    assert {lot.expires_at for lot in tape.account.wallets["points"].lots} == {at("2026-05-02")}


def test_an_account_that_slides_stays_small():
    facts = [order(f"{number:03}", f"2026-01-{1 + number % 28:02}", line("tea", 1000)) for number in range(50)]
    plain = told(programs(document(wallets={"points": {"expires": "2 months"}})), facts).account
    account = told(programs(document(wallets=SLIDES)), facts).account
    assert len(account.wallets["points"].renewals) == 28
    assert len(packed(account)) < len(packed(plain)) + 50 * 4 + 28 * 11


def test_what_runs_out_is_named_after_its_last_day():
    versions = programs(document(wallets={"points": {"expires": "1 month"}}))
    ran_out = told(versions, [order("A", "2026-01-10", line("tea", 1000))], "2026-03-01").entries[-1]
    assert (ran_out.identity, ran_out.occurred_at, ran_out.funder) == (
        "expire:points/2026-02-10|", at("2026-02-11"), "")  # fmt: skip


def test_what_is_over_when_it_is_handed_over_is_told_apart():
    """An order and the goal that it met wait for the same goods, and both come too late."""
    waits = {"points": {"pending": "until fulfilled", "expires": "2 months"}}
    goal = {"rule": "goal", "give": "5 points", "goal": {"spend": "1000 TWD", "per": "month"}}
    versions = programs(document(wallets=waits, earn=[BASE, goal]))
    facts = [order("A", "2026-01-10", line("tea", 1000)), Fulfilment("A/F", "shop/A", at("2026-06-01"))]
    ran_out = [entry for entry in told(versions, facts).entries if entry.kind == "expire"]
    assert [entry.points for entry in ran_out] == [10, 5]
    assert len({entry.identity for entry in ran_out}) == 2
    assert [recompute(entry) for entry in ran_out] == [10, 5]


def test_what_one_occasion_gives_lasts_by_the_tier_at_its_beginning():
    """Also where its first gift is what the member rises by."""
    levels = [{"tier": "member", "expires": "1 month"}, {"tier": "silver", "reach": "30", "expires": "6 months"}]
    tiers = [{"set": "status", "grows_by": "points of points", "levels": levels}]
    gifts = [{"rule": f"welcome-{number}", "on": "enrolment", "give": "30 points"} for number in range(2)]
    versions = programs(document(tiers=tiers, earn=gifts))
    account = told(versions, [joined("2026-01-10")]).account
    assert account.main_ladder.tier == "silver"
    assert last_days(versions, [joined("2026-01-10")]) == [(60, "2026-02-10")]


def test_points_of_the_last_moment_of_a_day_run_out_on_its_own_day():
    versions = programs(document(wallets={"points": {"expires": "1 day"}}))
    bought = order("A", "2026-01-10 23:59:59.999999", line("tea", 1000))
    assert last_days(versions, [bought]) == [(10, "2026-01-11")]


def test_renewals_that_are_over_are_forgotten():
    versions = programs(document(wallets={"points": {"expires": "1 month after the last activity"}}))
    facts = [order("A", "2026-01-10", line("tea", 1000)), order("B", "2026-02-10", line("tea", 100))]
    (renewal,) = (
        told(versions, [*facts, order("C", "2026-02-11", line("tea", 1))]).account.wallets["points"].renewals[1:]
    )
    assert renewal == (at("2026-03-12"), 1)
    assert len(told(versions, facts).account.wallets["points"].renewals) == 2


def test_two_who_were_both_active_were_so_as_often_as_both():
    """What one of them did still counts when what the other did on the same day is taken back."""
    waits = {"points": {"pending": "2 days"} | SLIDES["points"]}
    for wallets, mature in ((SLIDES, []), (waits, [])):
        versions = programs(document(wallets=wallets))
        mine, theirs = order("A", "2026-01-10", line("tea", 1000)), order("B", "2026-01-10", line("tea", 500))
        both = order("C", "2026-03-01", line("tea", 100)), order("D", "2026-03-01", line("tea", 100))
        merge = Merge("m", "wang", "lin", at("2026-03-02"), "lin")
        gone = refund("D/R", "2026-03-03 12:00", back("tea"))
        tape = Tape(versions, Account())
        facts = [mine, both[0], merge, *(Theirs("wang", fact) for fact in (theirs, both[1], gone)), *mature]
        fold(tape, unrolled(facts), at("2026-03-20"))
        assert tape.account.wallets["points"].available == 16


@pytest.mark.parametrize("rest", [{"points": {"expires": "3 months"}}, {}])
def test_a_version_that_renews_nothing_renews_nothing(rest: Tree):
    """Nor is anything taken back of it when the order is returned."""
    slides = {"stamps": {}, "points": {"pending": "7 days"} | SLIDES["points"]}
    rules = [{"rule": "base", "give": "1 point per 100 TWD"}]
    later = document(wallets={"stamps": {}} | rest, earn=rules if rest else [])
    versions = programs(document(wallets=slides, earn=rules), later, starts=["2026-02-12"])
    facts = [order("A", "2026-01-10", line("tea", 1000)), order("B", "2026-02-10", line("tea", 100))]
    assert last_days(versions, facts, "2026-02-20") == [(10, "2026-03-17"), (1, "2026-04-10")]
    gone = refund("B/R", "2026-02-20", back("tea"))
    assert last_days(versions, [*facts, gone], "2026-02-21") == [(10, "2026-03-17")]


def test_what_ended_apart_and_ends_together_is_spent_as_it_came():
    """What came first lasted longest; nothing else has an end of its own."""
    lengths = ("3 months", "1 month", "6 months")
    wallets = [{"points": {"expires": f"{length} after the last activity"}} for length in lengths]
    trees = [document(wallets=one, enrolment="explicit") for one in wallets]
    versions = programs(*trees, starts=["2026-02-01", "2026-03-01"])
    given = Adjustment("j", "points", 3, at("2026-01-10"), "sorry", "lin")
    facts = [joined("2026-01-01"), given, order("A", "2026-02-10", line("tea", 1000))]
    assert last_days(versions, facts) == [(10, "2026-03-10"), (3, "2026-04-10")]
    last = order("B", "2026-03-05", line("tea", 100))
    assert last_days(versions, [*facts, last]) == [(3, "2026-09-05"), (10, "2026-09-05"), (1, "2026-09-05")]


@pytest.mark.parametrize(("merged", "left"), [("2026-02-20 23:59:59.999999", 14), ("2026-02-21", 1)])
def test_what_comes_back_lasts_if_either_of_two_was_active_all_the_time(merged: str, left: int):
    """The other one was since January, and no longer at the end of the 20th of February."""
    slides = {"points": {"expires": "1 month after the last activity", "renewed_by": "orders"}}
    theirs = [
        order("A", "2026-01-10", line("tea", 1000)),
        Redemption("D", "points", 4, at("2026-01-12")),
        order("B", "2026-01-20", line("tea", 300)),
        Restoration("V", "D", at("2026-02-22")),
    ]
    mine = order("C", "2026-02-15", line("tea", 100))
    facts = [mine, Merge("m", "wang", "lin", at(merged), "lin"), *(Theirs("wang", fact) for fact in theirs)]
    tape = Tape(programs(document(wallets=slides)), Account())
    fold(tape, unrolled(facts), at("2026-02-23"))
    assert tape.account.wallets["points"].available == left


def test_what_no_longer_waits_is_forgotten():
    versions = programs(document(wallets={"points": {"pending": "until fulfilled"} | SLIDES["points"]}))
    bought = [order(name, "2026-01-10", line("tea", 1000)) for name in "AB"]
    handed = [Fulfilment(f"{name}/F", f"shop/{name}", at("2026-01-12")) for name in "AB"]
    assert told(versions, [*bought, *handed]).account.wallets["points"].renewing == []


def test_what_runs_out_by_a_return_is_named_after_the_day_of_the_return():
    """The first moment of a day is of that day."""
    facts = [order("A", "2026-01-10", line("tea", 1000)), order("B", "2026-03-01", line("tea", 100))]
    gone = refund("B/R", "2026-03-20 00:00:00.000001", back("tea"))
    (ran_out,) = [one for one in told(MIXED, [*facts, gone]).entries if one.kind == "expire"]
    assert ran_out.identity == "expire:points/2026-03-20@refund:shop/B/R|"


def test_a_gift_lasts_as_long_as_what_activity_renews():
    welcome = {"rule": "welcome", "on": "enrolment", "give": "50 points"}
    versions = programs(document(wallets=SLIDES, earn=[welcome, BASE], enrolment="explicit"))
    facts = [joined("2026-01-10"), order("A", "2026-02-20", line("tea", 100))]
    assert last_days(versions, facts) == [(50, "2026-04-20"), (1, "2026-04-20")]
