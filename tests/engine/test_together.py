"""Whose account a step changes where several members' facts stand in one history."""

from regulars.engine.account import Account
from regulars.engine.facts import Closing, Merge, Theirs
from regulars.engine.fold import fold
from regulars.engine.tape import Tape
from regulars.engine.timeline import unrolled
from tests.builders import at, document, line, order, programs, told

VERSIONS = programs(document())
MINE, THEIRS = order("A", "2026-01-10", line("tea", 1000)), order("B", "2026-01-11", line("tea", 500))


def test_who_is_part_of_somebody_has_no_account_any_more():
    late = order("C", "2026-01-20", line("tea", 500))
    account = told(VERSIONS, [THEIRS, late, Merge("M", "wang", "lin", at("2026-01-15"), "wang")]).account
    account.last = Account().last
    assert account == Account(into="lin")
    stored = fold(Tape(VERSIONS, Account(into="lin")), unrolled([MINE])).account
    assert stored == Account(into="lin")


def test_an_account_that_is_closed_is_whose_it_is():
    closing = Theirs("wang", Closing("X", at("2026-01-12")))
    assert told(VERSIONS, [MINE, Theirs("wang", THEIRS), closing]).account.closed_at is None
    own = Closing("X", at("2026-01-20"))
    merged = Merge("M", "wang", "lin", at("2026-01-15"), "wang")
    assert told(VERSIONS, [THEIRS, merged, Theirs("lin", own)]).account.closed_at == at("2026-01-20")


def test_what_another_draws_of_a_budget_is_booked_by_their_own():
    rule = {"rule": "gift", "campaign": "spring", "give": "1 point per 100 TWD"}
    tree = document(campaigns=[{"campaign": "spring", "budget": "5 points"}], earn=[rule])
    merged = Merge("M", "wang", "lin", at("2026-01-15"), "lin")
    assert told(programs(tree), [MINE, Theirs("wang", THEIRS), merged]).account.wallets["points"].available == 10
