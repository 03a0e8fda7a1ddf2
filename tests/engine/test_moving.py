"""Who had an order that moved to somebody else has nothing of it, from the beginning."""

from regulars.engine.moving import has_moved, left_behind
from tests.builders import document, line, order, programs, told


def test_nothing_of_it_is_left_behind():
    known = order("A", "2026-01-10", line("tea", 1000))
    again = order("A", "2026-01-10", line("tea", 1000), number=3)
    left = left_behind(again, "mei")
    outcome = told(programs(document()), [known, left])
    assert (outcome.account.enrolled_at, outcome.account.orders, outcome.entries) == (None, 0, [])
    assert (left.lines, has_moved(left), has_moved(known)) == ((), True, False)
