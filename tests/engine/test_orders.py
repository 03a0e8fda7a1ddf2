"""Which orders count, and when the member bought first and last."""

from msgspec.structs import replace

from regulars.engine.account import Account
from regulars.engine.fold import fold
from regulars.engine.returns import came_back
from regulars.engine.tape import Tape
from regulars.engine.timeline import unrolled
from tests.builders import at, back, document, line, moves, order, programs, refund, told

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
