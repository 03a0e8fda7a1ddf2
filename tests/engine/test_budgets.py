"""Budgets of campaigns: never exceeded, whatever arrives when, and folded again from their rulings alone."""

import random
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.engine import grammar, quotes
from regulars.engine.account import Account, Memo, Wallet
from regulars.engine.budgets import Share
from regulars.engine.document import DocumentErrors
from regulars.engine.explain import explain, recompute
from regulars.engine.facts import Activity, Effect, Fact, Order
from regulars.engine.fold import apply, fold
from regulars.engine.outcome import Entry, Outcome
from regulars.engine.program import Programs
from regulars.engine.purse import Event, Events, Key, Purse, close, settled, total
from regulars.engine.tape import Tape, Touched
from regulars.engine.timeline import unrolled
from regulars.programs.problems import said
from tests.builders import at, back, copied, document, line, order, programs, refund, told
from tests.engine.histories import thoroughly

Tree = dict[str, Any]
encode = msgspec.msgpack.encode


def campaign(**parts: Any) -> Tree:
    plain = {"campaign": "spring", "budget": "100 points"}
    rule = {"rule": "gift", "campaign": "spring", "give": "1 point per 10 TWD"}
    return document(campaigns=[plain | parts], earn=[rule])


class Shop:
    """What several members do, told as it is learned: each time one of them is folded again under what is left."""

    def __init__(self, versions: Programs) -> None:
        self.versions = versions
        self.facts: dict[str, list[Fact]] = {}
        self.ruled: dict[str, dict[Key, Events]] = {}
        self.used: dict[str, int] = {}
        self.most: dict[str, int] = {}

    def learn(self, name: str, *facts: Fact) -> Outcome:
        known = self.facts.setdefault(name, [])
        known += facts
        ruled = self.ruled.setdefault(name, {})
        found = settled(self.used, dict(ruled), lambda purse: self.folded(name, purse))
        ruled |= found.changed
        for budget, used in self.used.items():
            self.most[budget] = max(self.most.get(budget, 0), used)
        return found.outcome

    def folded(self, name: str, purse: Purse) -> Outcome:
        return fold(Tape(self.versions, Account(), purse=purse), unrolled(self.facts[name]))

    def points(self, name: str) -> int:
        wallet = self.again(name).account.wallets.get("points") or Wallet()
        return wallet.available + wallet.pending - wallet.deficit

    def again(self, name: str) -> Outcome:
        """From the rulings alone: they answer everything, and nothing is asked beyond them."""
        purse = Purse(ruled=self.ruled[name], asks=False)
        outcome = self.folded(name, purse)
        assert not purse.unruled
        assert {key: tuple(events) for key, events in purse.events.items()} == {
            key: events for key, events in self.ruled[name].items() if events
        }
        return outcome

    def agrees(self) -> None:
        drawn: dict[str, int] = {}
        for ruled in self.ruled.values():
            for (budget, _, _), events in ruled.items():
                assert total(events) >= 0
                drawn[budget] = drawn.get(budget, 0) + total(events)
        assert drawn == {budget: used for budget, used in self.used.items() if budget in drawn}
        assert all(not used for budget, used in self.used.items() if budget not in drawn)


def test_the_order_that_meets_the_end_gets_the_rest():
    shop = Shop(programs(campaign()))
    shop.learn("ann", order("A", "2026-01-10 12:00", line("tea", 700)))
    shop.learn("ben", order("B", "2026-01-10 12:00", line("tea", 700)))
    shop.learn("cyd", order("C", "2026-01-10 12:00", line("tea", 700)))
    assert [shop.points(name) for name in ("ann", "ben")] == [70, 30]
    assert "points" not in shop.again("cyd").account.wallets
    told = explain(shop.again("ben").entries[0])
    assert (told.code, told.parameters) == ("earn.budget", {"points": 30, "wanted": 70, "campaign": "spring"})
    assert recompute(shop.again("ben").entries[0]) == 30


def test_or_nothing_where_the_campaign_says_so():
    shop = Shop(programs(campaign(at_end="all_or_nothing")))
    shop.learn("ann", order("A", "2026-01-10 12:00", line("tea", 700)))
    assert not shop.learn("ben", order("B", "2026-01-10 12:00", line("tea", 700))).entries
    shop.learn("cyd", order("C", "2026-01-10 12:00", line("tea", 300)))
    assert shop.used == {"spring": 100}


def test_what_goes_back_gives_room_back_and_is_not_given_twice():
    shop = Shop(programs(campaign()))
    shop.learn("ann", order("A", "2026-01-10 12:00", line("tea", 1000, 10)))
    shop.learn("ann", refund("A/R", "2026-01-11 12:00", back("tea", 4)))
    shop.learn("ben", order("B", "2026-01-12 12:00", line("tea", 300)))
    assert (shop.points("ann"), shop.points("ben")) == (60, 30)
    shop.learn("ann", order("A", "2026-01-10 12:00", line("tea", 1500, 10), version="2026-01-13 12:00"))
    assert shop.points("ann") == 70, "900 are left of it: 30 are asked for, and 10 are there"
    shop.agrees()


def test_an_edit_asks_only_for_what_was_never_asked():
    shop = Shop(programs(campaign()))
    shop.learn("ann", order("A", "2026-01-10 12:00", line("tea", 800)))
    shop.learn("ben", order("B", "2026-01-10 12:00", line("tea", 700)))
    shop.learn("ann", refund("A/R", "2026-01-11 12:00", back("tea", 1, 800)))
    shop.learn("ben", order("B", "2026-01-10 12:00", line("tea", 710), version="2026-01-12 12:00"))
    assert shop.points("ben") == 21, "20 of 70 at payment; an edit by 10 TWD asks for one point"
    shop.agrees()


def test_an_order_that_was_refused_everything_asks_only_for_more():
    """What it asks is ruled on once; an edit that brings no more asks nothing."""
    shop = Shop(programs(campaign()))
    shop.learn("ann", order("A", "2026-01-10 12:00", line("tea", 1000)))
    key = ("spring", "order:shop/B", "gift")
    edits = [("2026-01-10 12:00", 700), ("2026-01-12 12:00", 750), ("2026-01-13 12:00", 750), ("2026-01-14 12:00", 900)]
    for version, price in edits:
        shop.learn("ben", order("B", "2026-01-10 12:00", line("tea", price), version=version))
    assert shop.ruled["ben"] == {
        key: ((at("2026-01-10 12:00"), 70, 0), (at("2026-01-12 12:00"), 5, 0), (at("2026-01-14 12:00"), 15, 0))
    }


def test_rules_of_a_campaign_stand_beside_others():
    """Each gives what it gives, in whatever order they are written; the second campaign has but a part of it."""
    rules = {"first": "1 point per 100 TWD", "spring": "1 point per 10 TWD", "second": "1 point per 50 TWD"}
    earn = [{"rule": name, "give": give, "campaign": name.removesuffix("first").removesuffix("second")}
            for name, give in rules.items()]  # fmt: skip
    earn.append({"rule": "autumn", "give": "1 point per 10 TWD", "campaign": "autumn"})
    earn.append({"rule": "last", "give": "1 point per 100 TWD"})
    budgets = [{"campaign": "spring", "budget": "100 points"}, {"campaign": "autumn", "budget": "30 points"}]
    outcome = told(programs(document(campaigns=budgets, earn=earn)), [order("A", "2026-01-10", line("tea", 1000))])
    given = {entry.identity.rpartition("|")[2]: entry.points for entry in outcome.entries}
    assert given == {"first": 10, "spring": 100, "second": 20, "autumn": 30, "last": 10}


LEFT = [("partial", "150", 50), ("all_or_nothing", "150", 0), ("all_or_nothing", "200", 100)]


@pytest.mark.parametrize(("at_end", "size", "left"), LEFT)
def test_an_award_whose_room_was_drawn_meanwhile_gets_what_is_left(at_end: str, size: str, left: int):
    """A goal lost its award, somebody else took the room, and now it turns out that it never was lost."""
    goal = {"rule": "two", "campaign": "spring", "goal": {"orders": "2", "per": "month"}, "give": "100 points"}
    tree = document(campaigns=[{"campaign": "spring", "budget": f"{size} points", "at_end": at_end}], earn=[goal])
    shop = Shop(programs(tree))
    shop.learn(
        "ann", order("A", "2026-01-10 12:00", line("tea", 100)), order("B", "2026-01-11 12:00", line("tea", 100))
    )
    shop.learn("ann", refund("B/R", "2026-01-14 12:00", back("tea")))
    shop.learn("ben", order("C", "2026-01-15 12:00", line("tea", 1)), order("D", "2026-01-15 13:00", line("tea", 1)))
    assert (shop.points("ann"), shop.points("ben")) == (0, 100)
    shop.learn("ann", order("E", "2026-01-12 12:00", line("tea", 100)))
    assert shop.used == {"spring": 100 + left}
    assert shop.points("ann") == left
    shop.agrees()


def test_late_knowledge_asks_for_the_excess_over_what_was_ruled():
    shop = Shop(programs(campaign()))
    shop.learn("ann", order("A", "2026-01-10 12:00", line("tea", 300)))
    corrected = order("A", "2026-01-10 12:00", line("tea", 500), version="2026-01-11 12:00", corrects=True)
    shop.learn("ann", corrected)
    assert (shop.points("ann"), shop.used) == (50, {"spring": 50})
    shop.agrees()


def test_each_window_has_its_own_budget():
    shop = Shop(programs(campaign(per="month")))
    shop.learn("ann", order("A", "2026-01-31 23:59", line("tea", 1500)))
    shop.learn("ann", order("B", "2026-02-01 00:00", line("tea", 1500)))
    assert shop.used == {"spring/2026-01-01": 100, "spring/2026-02-01": 100}


def test_a_campaign_gives_on_its_days_alone():
    versions = programs(campaign(**{"from": "2026-01-10", "until": "2026-01-11"}))
    shop = Shop(versions)
    for day in ("09", "10", "11", "12"):
        shop.learn("ann", order(f"A{day}", f"2026-01-{day} 23:59", line("tea", 100)))
    assert shop.points("ann") == 20


def test_what_a_budget_refused_counts_towards_no_limit():
    tree = campaign()
    tree["earn"][0] |= {"on": "activity visit", "give": "60 points", "limit": "3 per day"}
    tree["caps"] = [{"wallet": "points", "at_most": "500", "per": "day"}]
    shop = Shop(programs(tree))
    shop.learn("ann", order("A", "2026-01-09 12:00", line("tea", 1)))
    for hour in (10, 11, 12):
        shop.learn("ann", Activity(f"V{hour}", "visit", at(f"2026-01-10 {hour}:00")))
    used = {bound: windows[0][1] for bound, windows in shop.again("ann").account.used.items()}
    assert used == {"limit:gift/day": 2, "cap:points/day": 100}


def test_what_went_back_may_be_asked_for_again():
    shop = Shop(programs(campaign()))
    shop.learn("ann", order("A", "2026-01-10 12:00", line("tea", 600)))
    shop.learn("ben", order("B", "2026-01-10 12:00", line("tea", 1000, 10)))
    shop.learn("ben", refund("B/R", "2026-01-11 12:00", back("tea", 8)))
    assert (shop.points("ben"), shop.used) == (20, {"spring": 80})
    shop.learn("ben", order("B", "2026-01-10 12:00", line("tea", 1500, 10), version="2026-01-12 12:00"))
    assert (shop.points("ben"), shop.used) == (30, {"spring": 90}), "300 are left: within the 1000 once asked for"
    shop.agrees()


def test_money_is_counted_at_what_points_are_worth():
    tree = campaign(budget="9.99 TWD") | {"wallets": {"points": {"worth": "10 TWD per 100"}}}
    assert grammar.read(tree).campaigns["spring"].budget == 99


WRONG: list[tuple[Tree, str]] = [
    ({"budget": "100 stamps"}, "a budget such as '100000 points' or '10000 TWD' is needed"),
    ({"budget": "100 TWD"}, "a budget in money needs points with a worth: say the worth, or a number of points"),
    ({"budget": "0 points"}, "a budget is more than nothing"),
    ({"campaign": "a/b"}, "the name of a campaign is not empty and has none of these signs: /"),
    ({"from": "2026-02-01", "until": "2026-01-01"}, "the last day must not come before the first"),
    ({"campaign": "autumn"}, "no rule says 'campaign: autumn'"),
    ({"campaign": "autumn"}, "a campaign of this program is needed: autumn"),
]


@pytest.mark.parametrize(("parts", "sentence"), WRONG, ids=str)
def test_what_cannot_be_published(parts: Tree, sentence: str):
    with pytest.raises(DocumentErrors) as refused:
        grammar.read(campaign(**parts))
    assert sentence in [said(problem) for problem in refused.value.problems]


def blamed(**rule: Any) -> list[str]:
    tree = campaign(**{"from": "2026-03-01"})
    tree["earn"][0] |= rule
    with pytest.raises(DocumentErrors) as refused:
        grammar.reviewed(tree)
    return [said(problem) for problem in refused.value.problems]


def test_a_rule_that_cannot_draw_is_refused():
    happens = "a budget is asked when something happens, and this rule may give when only time passes"
    time_alone = f"{happens}: take it out of the campaign"
    assert blamed(on="birthday", give="5 points") == [time_alone]
    assert blamed(give="101 points") == ["the rule gives more at once than the whole budget"]
    assert blamed(when={"until": "2026-02-28"}) == ["nothing can meet this: the first day comes after the last"]


def test_a_quote_says_what_is_asked_and_what_is_left():
    versions = programs(campaign())

    def quoted(total: int, used: int) -> Share:
        cart = order("A", "2026-01-10 12:00", line("tea", total))
        found = quotes.of_next_order(versions, Account(), cart, at("2026-01-10 12:00"), lambda: Purse({"spring": used}))
        assert found is not None
        assert (
            found.budgets
            == quotes.of_order(
                versions, [], cart, at("2026-01-10 12:00"), purse=lambda: Purse({"spring": used})
            ).budgets
        )
        assert found.earns.get("points", 0) == found.budgets["spring"].granted
        return found.budgets["spring"]

    plenty, nearly, end, over = quoted(700, 20), quoted(700, 21), quoted(700, 30), quoted(700, 50)
    assert plenty == Share(70, 70, 10, 100)
    assert (nearly.granted, nearly.left) == (70, 9)
    assert (end.granted, end.left) == (70, 0)
    assert (over.wanted, over.granted, over.left) == (70, 50, 0)


# Whatever happens

RANDOM = document(
    campaigns=[
        {"campaign": "spring", "budget": "90 points"},
        {"campaign": "daily", "budget": "40 points", "per": "day", "at_end": "all_or_nothing"},
    ],
    earn=[
        {"rule": "rate", "campaign": "spring", "give": "1 point per 10 TWD"},
        {"rule": "gift", "campaign": "daily", "give": "15 points", "limit": "2 per day"},
        {"rule": "goal", "campaign": "spring", "goal": {"orders": "2", "repeat": "true"}, "give": "20 points"},
        {"rule": "visit", "campaign": "daily", "on": "activity visit", "give": "10 points"},
        {"rule": "friend", "campaign": "spring", "on": "referral", "give": "25 points"},
    ],
    caps=[{"wallet": "points", "at_most": "80", "per": "day"}],
    referral={},
)  # fmt: skip
TIMES = [f"2026-01-{day} {hour}:00" for day in (10, 11, 12) for hour in (10, 18)]


@st.composite
def shoppings(draw: st.DrawFn) -> list[tuple[str, Fact]]:
    """Members buy, edit, correct, return and do other things, in no order of time."""
    choose = random.Random(draw(st.integers(0, 2**32)))
    found: list[tuple[str, Fact]] = []
    for number in range(choose.randint(2, 14)):
        name, when, key = choose.choice("abc"), choose.choice(TIMES), f"{choose.choice('abc')}{choose.randint(1, 3)}"
        name = key[0] if choose.random() < 0.8 else name
        if choose.random() < 0.55:
            key = f"{name}{choose.randint(1, 3)}"
            lines = [line(str(n), choose.choice([100, 350, 800]), 2) for n in range(choose.randint(1, 2))]
            more: Tree = {"number": number, "cancelled": choose.random() < 0.15, "corrects": choose.random() < 0.3}
            found.append((name, order(key, TIMES[ord(key[1]) - 49], *lines, version=max(when, TIMES[0]), **more)))
        elif choose.random() < 0.6:
            key = f"{name}{choose.randint(1, 3)}"
            found.append((name, refund(f"{key}/R{number}", when, back(choose.choice("01"), choose.randint(1, 2)))))
        elif choose.random() < 0.5:
            found.append((name, Activity(f"V{number}", "visit", at(when))))
        else:
            cause = f"{name}-friend"
            found.append((name, Effect(f"E{number}", "referral", at(when), cause, choose.random() < 0.4)))
    return found


@thoroughly
@given(shoppings())
def test_budgets_are_never_exceeded_and_rulings_answer_everything(shopping: list[tuple[str, Fact]]):
    shop = Shop(programs(RANDOM))
    for name, fact in shopping:
        learned = shop.learn(name, fact)
        assert all(used <= (90 if budget == "spring" else 40) for budget, used in shop.used.items())
        shop.agrees()
        again = shop.again(name)
        assert encode(again.account) == encode(learned.account)
        assert again.entries == learned.entries


@thoroughly
@given(shoppings(), st.randoms(use_true_random=False))
def test_the_same_facts_and_rulings_in_any_order_end_alike(shopping: list[tuple[str, Fact]], shuffle: random.Random):
    shop = Shop(programs(RANDOM))
    for name, fact in shopping:
        shop.learn(name, fact)
    for name, facts in shop.facts.items():
        before = shop.again(name)
        shuffle.shuffle(facts)
        shop.ruled[name] = dict(shuffle.sample(list(shop.ruled[name].items()), len(shop.ruled[name])))
        assert shop.again(name) == before
        assert not settled(shop.used, shop.ruled[name], lambda purse, name=name: shop.folded(name, purse)).changed


@thoroughly
@given(shoppings())
def test_returning_everything_gives_all_room_back(shopping: list[tuple[str, Fact]]):
    shop = Shop(
        programs(RANDOM | {"earn": [rule for rule in RANDOM["earn"] if rule["rule"] in ("rate", "gift", "goal")]})
    )
    for name, fact in shopping:
        shop.learn(name, fact)
    for name, facts in shop.facts.items():
        for number, key in enumerate(sorted({fact.key for fact in facts if isinstance(fact, Order)})):
            whole = [back(name, 9, 10**6) for name in "01"]
            shop.learn(name, refund(f"{key.partition('/')[2]}/X{number}", "2026-01-30 12:00", *whole))
    assert not any(shop.used.values())


@thoroughly
@given(shoppings())
def test_resuming_asks_as_folding_from_nothing_does(shopping: list[tuple[str, Fact]]):
    """In order of time nothing but the account and the order at hand is needed, no ruling."""
    versions, steps = programs(RANDOM), unrolled(fact for _, fact in shopping)
    whole = Tape(versions, Account())
    fold(whole, steps)
    account, orders, used, entries = Account(), dict[str, Touched](), dict[str, int](), list[Entry]()
    events: dict[Key, list[Event]] = {}
    for happening in steps:
        key = getattr(happening.fact, "order", happening.fact.key)
        touched = {key: copied_order(orders[key])} if key in orders else {}
        tape = Tape(versions, copied(account), touched, purse=Purse(used))
        apply(tape, happening)
        closing = close(tape.purse)
        assert not closing.limits
        for asked, ruled in closing.changed.items():
            events.setdefault(asked, []).extend(ruled)
        account, entries = tape.account, entries + tape.entries
        orders |= tape.touched
    assert (encode(account), entries, events) == (encode(whole.account), whole.entries, whole.purse.events)
    assert used == {budget: points for budget, points in whole.purse.used.items() if budget in used}
    assert {key: encode(one.memo) for key, one in orders.items()} == {
        key: encode(one.memo) for key, one in whole.touched.items()
    }


def copied_order(touched: Touched) -> Touched:
    return Touched(touched.order, msgspec.msgpack.decode(encode(touched.memo), type=Memo))
