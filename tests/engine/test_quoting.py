"""What a quote says beyond the tables of docs/rules/quotes.md, and what it leaves out."""

from regulars.engine import quotes
from regulars.engine.account import Account
from regulars.engine.facts import Adjustment, Closing, Fact, Order, Payment, Redemption, Refund
from regulars.engine.fold import fold
from regulars.engine.outcome import Announcement
from regulars.engine.program import Programs
from regulars.engine.purse import Purse
from regulars.engine.quotes import Returning
from regulars.engine.tape import Tape
from regulars.engine.timeline import unrolled
from tests.builders import Tree, at, back, copied, document, joined, line, order, programs, refund, told

JOINED = joined("2026-01-01")
NOW = at("2026-01-20")


def given(points: int, when: str = "2026-01-02", wallet: str = "points") -> Adjustment:
    return Adjustment(f"J-{when}-{wallet}", wallet, points, at(when), "kind", "lin")


def cart(total: int, when: str = "2026-01-20") -> Order:
    return order("cart", when, line("tea", total))


def next_order(versions: Programs, facts: list[Fact], asked: Order) -> quotes.OrderQuote:
    assert asked.paid_at is not None
    quote = quotes.of_next_order(versions, told(versions, facts).account, asked, asked.paid_at)
    assert quote is not None
    return quote


def test_an_order_that_is_there_already_is_not_quoted_again():
    versions, asked = programs(document()), cart(100)
    account = told(versions, [JOINED, asked]).account
    assert quotes.of_next_order(versions, copied(account), asked, NOW) is None
    assert quotes.of_next_order(versions, copied(account), cart(100, "2026-01-21"), NOW) is not None


def test_what_time_brings_before_the_order_is_no_part_of_the_quote():
    versions = programs(
        document(wallets={"points": {"pending": "2 days"}}, tiers=[{"set": "status", "levels": LEVELS}])
    )
    quote = next_order(versions, [JOINED, order("A", "2026-01-10", line("tea", 1000))], cart(1000))
    assert [entry.identity for entry in quote.entries] == ["order:shop/cart|base"]
    assert (quote.earns, quote.announcements, quote.tiers) == ({"points": 10}, [], {"status": ("silver", "silver")})
    assert quote.spendable == {"points": 10}


LEVELS: list[Tree] = [{"tier": "member"}, {"tier": "silver", "reach": "1000"}]


def test_whoever_joins_by_the_order_stands_on_the_lowest_tier_and_is_told_so():
    versions = programs(document(tiers=[{"set": "status", "levels": LEVELS}]))
    enrolled = Announcement("enrolment:first-order", "member.enrolled", NOW, {})
    for quote in (next_order(versions, [], cart(100)), quotes.of_order(versions, [], cart(100), NOW)):
        assert (quote.announcements, quote.tiers, quote.spendable) == ([enrolled], {"status": ("", "member")}, {})
    again = quotes.of_order(versions, [order("A", "2026-01-10", line("tea", 100))], cart(100), NOW)
    assert (again.announcements, again.earns) == ([], {"points": 1})


def test_a_guest_stays_one():
    versions = programs(document())
    quote = quotes.of_order(versions, [order("A", "2026-01-10", line("tea", 100))], cart(100), NOW, guest=True)
    assert (quote.entries, quote.account.guest, quote.earns) == ([], True, {})
    returned = refund("A/R", "2026-01-20", back("tea"))
    cash = quotes.of_refund(versions, [order("A", "2026-01-10", line("tea", 100))], returned, NOW, guest=True)
    assert (cash.entries, cash.cash) == ([], 100_00)


def spendable(spend: Tree, total: int, *facts: Fact, **wallets: Tree) -> dict[str, int]:
    tree = document(wallets=wallets | {"points": spend}, earn=[{"rule": "gift", "on": "enrolment", "give": "1 points"}])
    return next_order(programs(tree), [JOINED, *facts], cart(total)).spendable


def test_what_could_pay_for_an_order_is_bounded_by_everything_that_bounds_a_redemption():
    worth = {"worth": "1 TWD per 10"}
    assert spendable(worth, 1, given(99)) == {"points": 10}
    assert spendable(worth | {"worth": "3 TWD per 10"}, 1, given(99)) == {"points": 4}
    assert spendable(worth, 0, given(99)) == {"points": 0}
    assert spendable({}, 1, given(99)) == {"points": 100}
    assert spendable({"spend": {"at_least": "100 points"}}, 1, given(99)) == {"points": 100}
    assert spendable({"spend": {"at_least": "101 points"}}, 1, given(99)) == {"points": 0}
    today = Redemption("D", "points", 30, NOW - 1_000_000)
    yesterday = {"spend": {"per week": "50 points"}}
    assert spendable(yesterday, 1, given(99), today) == {"points": 20}
    assert spendable({}, 1, given(99), stamps={}) == {"points": 100}


RATE = {"rule": "base", "give": "1 point per 100 TWD"}


def paid_by(points: int) -> list[Fact]:
    bought = order("A", "2026-01-10", line("tea", 1000), line("cup", 1000), payments=(Payment("points", 1000_00, "D"),))
    return [JOINED, given(100), Redemption("D", "points", points, at("2026-01-09")), bought]


def test_points_come_back_to_what_is_left_of_their_lot():
    versions = programs(document(wallets={"points": {"expires": "12 months"}}))
    returned = refund("A/R", "2026-01-20", back("tea"))
    facts = [*paid_by(60), given(7, "2026-01-11")]
    quote = quotes.of_refund(versions, facts, returned, NOW)
    assert quote.returns == [Returning("points", 30, at("2027-01-03"))]
    assert quote.cash == 500_00
    whole = told(versions, [*facts, returned])
    assert (quote.account, quote.entries) == (whole.account, whole.entries[-2:])
    second = refund("A/S", "2026-01-21", back("cup"))
    assert quotes.of_refund(versions, [*facts, returned], second, NOW).cash == 500_00
    everything = told(versions, [*facts[:-1], Redemption("E", "points", 40, at("2026-01-09 12:00"))])
    assert everything.account.wallets["points"].available == 10


def test_points_come_back_to_a_lot_of_which_nothing_was_left():
    rules = [
        {"rule": "one", "on": "enrolment", "give": "50 points"},
        {"rule": "other", "on": "enrolment", "give": "50 points", "funded_by": "roaster"},
    ]
    facts = [fact for fact in paid_by(100) if not isinstance(fact, Adjustment)]
    quote = quotes.of_refund(
        programs(document(earn=rules)), facts, refund("A/R", "2026-01-20", back("tea"), back("cup")), NOW
    )
    assert quote.returns == [Returning("points", 100, None)]


def test_the_memo_of_the_order_is_told_with_its_quote():
    versions = programs(document())
    for quote in (next_order(versions, [JOINED], cart(100)), quotes.of_order(versions, [JOINED], cart(100), NOW)):
        assert quote.memo is not None
        assert quote.memo.kept == {"base": 1}
    unpaid = Order("shop/cart", NOW, cart(100).lines, None)
    assert quotes.of_order(versions, [JOINED], unpaid, NOW).memo is None


def test_what_time_brings_is_no_part_of_the_quote_of_a_refund():
    versions = programs(document(wallets={"points": {"pending": "2 days", "expires": "1 month"}}))
    facts = [JOINED, order("A", "2026-01-10", line("tea", 1000)), order("B", "2026-01-19", line("tea", 500))]
    returned = refund("A/R", "2026-01-20", back("tea"))
    quote = quotes.of_refund(versions, facts, returned, at("2026-03-30"))
    moved = [(one.kind, one.source, one.target, one.points) for one in quote.entries]
    assert moved == [("reverse", "available", "issued", 10), ("correct", "expired", "available", 10)]
    assert quote.account == told(versions, [*facts, returned], "2026-03-30").account


def short(*trees: Tree, starts: tuple[str, ...] = (), before: tuple[Refund, ...] = ()) -> quotes.RefundQuote:
    facts = [JOINED, order("A", "2026-01-10", line("tea", 1000, 2)), Redemption("D", "points", 10, at("2026-01-11"))]
    versions = programs(*trees, starts=starts)
    return quotes.of_refund(versions, [*facts, *before], refund("A/R", "2026-01-20", back("tea")), NOW)


def test_money_for_points_that_are_short_by_the_version_of_the_refund():
    plain, dear = document(), document(wallets={"points": {"worth": "1 TWD per 3", "when_short": "charge"}})
    quote = short(plain)
    assert (quote.short, quote.withhold, quote.policies) == ({"points": 5}, {}, {"points": "deficit"})
    quote = short(plain, dear, starts=("2026-01-15",))
    assert (quote.short, quote.withhold, quote.policies) == ({"points": 5}, {"points": 167}, {"points": "charge"})
    quote = short(dear, plain, starts=("2026-01-15",))
    assert (quote.withhold, quote.policies) == ({}, {"points": "deficit"})


def test_money_is_withheld_for_this_refund_alone():
    dear = document(wallets={"points": {"worth": "1 TWD per 3", "when_short": "charge"}})
    first = Refund("shop/A/F", "shop/A", at("2026-01-15"), (back("tea"),), (("points", 5),))
    quote = short(dear, before=(first,))
    assert (quote.short, quote.withhold) == ({"points": 5}, {"points": 166})


def test_budgets_that_nobody_asked_about_are_full():
    rule = {"rule": "spring", "give": "10 points", "campaign": "spring"}
    versions = programs(document(earn=[rule], campaigns=[{"campaign": "spring", "budget": "15 points"}]))
    facts = [JOINED, order("A", "2026-01-10", line("tea", 100))]
    assert quotes.of_order(versions, facts, cart(100), NOW).earns == {"points": 5}
    quote = quotes.of_refund(versions, facts, refund("A/R", "2026-01-20", back("tea")), NOW)
    assert quote.goes_back == {"points": 10}
    whole = fold(Tape(versions, Account()), unrolled([*facts, refund("A/R", "2026-01-20", back("tea"))]), NOW)
    assert quote.account == whole.account


def test_a_refund_that_takes_a_renewal_back_returns_only_what_was_spent():
    versions = programs(document(wallets={"points": {"expires": "12 months after the last activity"}}))
    facts = paid_by(60)
    returned = refund("A/R", "2026-01-20", back("tea"), back("cup"))
    quote = quotes.of_refund(versions, facts, returned, NOW)
    assert [(one.wallet, one.points) for one in quote.returns] == [("points", 60)]


def test_what_time_brought_before_a_late_quote_is_no_part_of_it():
    versions = programs(document(wallets={"points": {"pending": "2 days"}}))
    quote = quotes.of_order(versions, [JOINED, order("A", "2026-01-10", line("tea", 1000))], cart(100), NOW)
    assert [entry.identity for entry in quote.entries] == ["order:shop/cart|base"]


def test_a_budget_that_others_used_up_is_so_with_and_without_what_is_asked():
    rule = {"rule": "spring", "give": "10 points", "campaign": "spring"}
    versions = programs(document(earn=[rule], campaigns=[{"campaign": "spring", "budget": "15 points"}]))
    facts = [JOINED, order("A", "2026-01-10", line("tea", 100))]
    quote = quotes.of_order(versions, facts, cart(100), NOW, purse=lambda: Purse({"spring": 12}))
    assert (quote.entries, quote.earns) == ([], {})
    returned = refund("A/R", "2026-01-20", back("tea"))
    gone = quotes.of_refund(versions, facts, returned, NOW, purse=lambda: Purse({"spring": 12}))
    assert [(one.kind, one.points) for one in gone.entries] == [("reverse", 3)]


def test_limits_of_the_day_of_the_order_bound_what_could_pay_for_it():
    spend = {"worth": "1 TWD per 1", "spend": {"per day": "5 points"}}
    before = Redemption("D", "points", 4, at("2026-01-19"))
    assert spendable(spend, 100, given(99), before) == {"points": 5}
    assert spendable(spend, 100, given(99), Redemption("D", "points", 4, NOW - 1)) == {"points": 5}


def test_a_single_point_that_comes_back_is_told():
    facts = [JOINED, given(1), *paid_by(1)[2:]]
    quote = quotes.of_refund(programs(document()), facts, refund("A/R", "2026-01-20", back("tea"), back("cup")), NOW)
    assert [(one.wallet, one.points) for one in quote.returns] == [("points", 1)]


def test_to_whoever_has_left_nothing_returns():
    gone = Closing("X", at("2026-01-30"))
    returned = refund("A/R", "2026-01-20", back("tea"), back("cup"))
    quote = quotes.of_refund(programs(document()), [*paid_by(60), gone], returned, at("2026-02-01"))
    assert quote.returns == []
