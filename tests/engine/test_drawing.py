"""What an order asks of campaigns, and what they have left: told with a quote of it."""

from regulars.engine.account import Account
from regulars.engine.budgets import Share, shares
from regulars.engine.fold import fold
from regulars.engine.purse import Purse
from regulars.engine.quotes import of_order
from regulars.engine.tape import Tape
from regulars.engine.timeline import unrolled
from tests.builders import Tree, at, document, line, order, programs


def campaign(*gives: str, **parts: str) -> Tree:
    rules = [{"rule": f"r{place}", "campaign": "spring", "give": give} for place, give in enumerate(gives)]
    return document(campaigns=[{"campaign": "spring", "budget": "100 points"} | parts], earn=rules)


def test_a_quote_sums_up_what_a_campaign_is_asked_on_a_day():
    """By all of its rules, for this order alone."""
    tree = campaign("1 point per 10 TWD", "1 point per 50 TWD", per="day")
    known = [order(key, "2026-01-10 11:00", line("tea", 100)) for key in "AB"]
    cart = order("C", "2026-01-10 12:00", line("tea", 700))
    quote = of_order(programs(tree), known, cart, at("2026-01-10 12:00"))
    assert quote.budgets == {"spring": Share(84, 76, 0, 100)}


def test_what_a_budget_ruled_on_is_told_where_its_use_is_not_known():
    versions, bought = programs(campaign("1 point per 10 TWD")), order("A", "2026-01-10 12:00", line("tea", 700))
    ruled = {("spring", "order:shop/A", "r0"): ((bought.paid_at or 0, 70, 70),)}
    purse = Purse(ruled=ruled, asks=False)
    fold(Tape(versions, Account(), purse=purse), unrolled([bought]))
    assert shares(purse, "order:shop/A") == {"spring": Share(70, 70, 100, 100)}
