"""What the till withholds money for, where no table of docs/rules/shortfall.md says it."""

from regulars.engine.account import Charged, Memo
from regulars.engine.charging import withheld
from regulars.engine.facts import Redemption, Refund
from regulars.engine.outcome import Outcome
from tests.builders import Tree, at, back, document, line, order, programs, refund, told

BOUGHT = order("A", "2026-01-05", line("tea", 1000))
SPENT = Redemption("D", "points", 10, at("2026-01-06"))
CHARGING: Tree = {"points": {"worth": "1 TWD per 3", "when_short": "charge"}}
CREDIT: Tree = {"points": {}, "credit": {}}


def returned(*withholding: tuple[str, int]) -> Refund:
    return Refund("shop/A/R", "shop/A", at("2026-01-07"), (back("tea"),), withholding)


def moves(outcome: Outcome) -> list[tuple[str, str, str, int]]:
    return [
        (entry.wallet, entry.source, entry.target, entry.points)
        for entry in outcome.entries
        if entry.occurred_at == at("2026-01-07")
    ]


def test_what_money_was_withheld_for_is_booked_so():
    outcome = told(programs(document(wallets=CHARGING)), [BOUGHT, SPENT, returned(("points", 4))])
    assert moves(outcome) == [("points", "deficit", "issued", 6), ("points", "charged", "issued", 4)]
    assert outcome.memos["shop/A"].charged == {"points": Charged(4, 133, {(100, 3): 4})}


def test_points_that_money_was_withheld_for_are_counted_once():
    rules = [{"rule": name, "give": "1 point per 200 TWD"} for name in ("one", "other")]
    outcome = told(programs(document(wallets=CHARGING, earn=rules)), [BOUGHT, SPENT, returned(("points", 5))])
    assert sum(points for _, source, _, points in moves(outcome) if source == "charged") == 5


def test_points_are_charged_at_their_worth_whatever_earlier_ones_were_charged_at():
    """Six points are short, one for each of six cups; a third time the worth is what it was the first time."""
    worths = ["1 TWD per 3", "5 TWD per 3", "0.10 TWD per 3", "1 TWD per 3"]
    wallets = [{"points": {"worth": worth, "when_short": "charge"}} for worth in worths]
    starts = ["2026-01-09", "2026-01-11", "2026-01-13"]
    versions = programs(*[document(wallets=one) for one in wallets], starts=starts)
    days = [f"2026-01-{day:02}" for day in (7, 8, 9, 10, 11, 13)]
    facts = [order("A", "2026-01-05", line("cup", 600, 6)), Redemption("D", "points", 6, at("2026-01-06"))]
    memo, found = told(versions, facts).memos["shop/A"], []
    for day in days:
        facts.append(Refund(f"shop/A/{day}", "shop/A", at(day), (back("cup"),), (("points", 1),)))
        before, memo = memo, told(versions, facts).memos["shop/A"]
        found.append(withheld(before, memo))
    # 0.33 and 0.33 make 0.67, and with a third 1.00; 1.67 and 1.67 make 3.33.
    assert found == [{"points": (1, minor)} for minor in (33, 34, 167, 166, 3, 33)]


def test_each_wallet_has_money_of_its_own():
    rules = [{"rule": "base", "give": "1 point per 100 TWD"}, {"rule": "back", "give": "7 credit"}]
    outcome = told(programs(document(wallets=CREDIT, earn=rules)), [BOUGHT, SPENT, returned(("points", 10))])
    assert moves(outcome) == [("points", "charged", "issued", 10), ("credit", "available", "issued", 7)]


def test_a_wallet_that_is_no_more_is_worth_nothing_and_owes():
    rules = [{"rule": "back", "give": "7 credit"}]
    versions = programs(
        document(wallets=CREDIT, earn=rules),
        document(wallets={"points": {}}, earn=[{"rule": "base", "give": "1 point"}]),
        starts=["2026-01-06 12:00"],
    )
    spent = Redemption("D", "credit", 7, at("2026-01-06"))
    outcome = told(versions, [BOUGHT, spent, returned(("credit", 3))])
    assert moves(outcome) == [("credit", "deficit", "issued", 4), ("credit", "charged", "issued", 3)]
    assert outcome.memos["shop/A"].charged == {"credit": Charged(3, 0, {(0, 1): 3})}


def test_points_that_are_worth_less_than_half_a_cent_cost_nothing_and_are_named():
    wallets = {"points": {"worth": "0.01 TWD per 10", "when_short": "charge"}}
    one = Redemption("D", "points", 1, at("2026-01-06"))
    bought = order("A", "2026-01-05", line("tea", 100))
    outcome = told(programs(document(wallets=wallets)), [bought, one, refund("A/R", "2026-01-07", back("tea"))])
    assert withheld(None, outcome.memos["shop/A"]) == {"points": (1, 0)}


def test_only_what_is_withheld_anew_is_named():
    had = {"points": Charged(3, 100), "credit": Charged(2, 2)}
    before, after = Memo(1, (), 0, True, {}, 0, 0, charged=had), Memo(1, (), 0, True, {}, 0, 0, charged={**had})
    after.charged["points"] = Charged(5, 167)
    assert withheld(before, after) == {"points": (2, 67)}
    assert withheld(None, after) == {"points": (5, 167), "credit": (2, 2)}
