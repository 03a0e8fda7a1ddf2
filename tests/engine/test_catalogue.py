"""Rewards as a document says them, with everything wrong at once."""

from typing import Any

import pytest

from regulars.engine import grammar
from regulars.engine.calendar import calendar
from regulars.engine.catalogue import ON_CARTS, Cost, Gives, Prize, Reward, Supply
from regulars.engine.document import DocumentErrors
from regulars.engine.program import Cap, Version
from tests.builders import Tree, at, document

WALLETS = {"points": {"worth": "10 TWD per 100"}, "stamps": {}, "credit": {"money": "true"}}
LADDER = [{"set": "status", "levels": [{"tier": "member"}, {"tier": "gold", "reach": "1000"}]}]


def read(**parts: Any) -> Version:
    return grammar.read(document(wallets=WALLETS, tiers=LADDER, **parts))


def reward(**said: Any) -> Reward:
    said = {name.rstrip("_"): value for name, value in said.items()}
    return read(rewards=[{"reward": "cup", "costs": "150 points"} | said]).rewards["cup"]


def problems(**parts: Any) -> list[str]:
    with pytest.raises(DocumentErrors) as errors:
        read(**parts)
    return [f"{one.path}: {one.value}" for one in errors.value.problems]


def wrong_reward(**said: Any) -> list[str]:
    said = {name.rstrip("_"): value for name, value in said.items()}
    return problems(rewards=[{"reward": "cup", "costs": "150 points"} | said])


# What it costs


def test_a_reward_costs_points_of_one_wallet_or_of_several():
    found = reward(costs=["150 points", "2 stamps", "12.50 credit"])
    assert found.costs == (Cost("points", 150), Cost("stamps", 2), Cost("credit", 1250))
    assert (found.wallet, found.points) == ("points", 150)


def test_a_reward_may_cost_nothing():
    found = reward(costs="nothing")
    assert (found.costs, found.wallet, found.points) == ((), "points", 0)


def test_a_reward_may_cost_less_at_a_tier():
    assert reward(costs_for={"gold": "100 points"}).costs_for == {"gold": (Cost("points", 100),)}
    assert reward(costs_for={"gold": "nothing"}).costs_for == {"gold": ()}


@pytest.mark.parametrize(
    ("said", "cash", "least"),
    [
        ({}, 0, 0),
        ({"cash": "300 TWD"}, 30000, 0),
        ({"cash": "300 TWD", "points_at_least": "50"}, 30000, 50),
        ({"cash": "300 TWD", "points_at_least": "150"}, 30000, 150),
    ],
)
def test_money_may_pay_a_part(said: Tree, cash: int, least: int):
    found = reward(**said)
    assert (found.cash, found.points_at_least) == (cash, least)


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({"costs": ["150 points", "2 points"]}, ["rewards[0].costs: 150 points, 2 points"]),
        ({"costs": "15 gems"}, ["rewards[0].costs: 15 gems"]),
        ({"costs": []}, ["rewards[0].costs: "]),
        ({"costs": "1.5 points"}, ["rewards[0].costs: 1.5 points"]),
        ({"costs_for": {"platinum": "1 point"}}, ["rewards[0].costs_for.platinum: platinum"]),
        ({"costs_for": {"gold": "1 stamp"}}, ["rewards[0].costs_for.gold: 1 stamp"]),
        ({"costs_for": {"gold": ["1 stamp", "9 points"]}}, ["rewards[0].costs_for.gold: 1 stamp, 9 points"]),
        ({"costs_for": {"gold": "9 gems"}}, ["rewards[0].costs_for.gold: 9 gems"] * 2),
        ({"points_at_least": "5"}, ["rewards[0].points_at_least: 5"]),
        ({"points_at_least": "151", "cash": "1"}, ["rewards[0].points_at_least: 151"]),
        ({"costs": ["1 point", "1 stamp"], "cash": "1 TWD"}, ["rewards[0].cash: 1 TWD"]),
        ({"costs": "nothing", "cash": "1 TWD"}, ["rewards[0].cash: 1 TWD"]),
    ],
)
def test_costs_that_cannot_be(said: Tree, wrong: list[str]):
    assert wrong_reward(**said) == wrong


# What it gives


@pytest.mark.parametrize(
    ("said", "gives"),
    [
        ({}, Gives()),
        ({"discount": "100 TWD"}, Gives("amount", minor=10000)),
        ({"discount": "12.5%", "at_most": "200"}, Gives("percent", hundredths=1250, at_most=20000)),
        ({"free_shipping": "true", "order_at_least": "500 TWD"}, Gives("shipping", order_at_least=50000)),
        ({"product": "CUP-1"}, Gives("product", products=("CUP-1",))),
        ({"product": ["CUP-1", "CUP-2"], "quantity": "2"}, Gives("product", products=("CUP-1", "CUP-2"), quantity=2)),
        ({"product_from": "cake"}, Gives("product", category="cake")),
        ({"buy": "2", "get": "1", "off": "50%"}, Gives("buy_get", hundredths=5000, buy=2, get=1)),
        ({"buy": "3", "get": "2"}, Gives("buy_get", hundredths=10_000, buy=3, get=2)),
        ({"cheapest": "1", "of": "3"}, Gives("cheapest", get=1, of=3)),
        ({"gift_card": "500 TWD"}, Gives("gift_card", minor=50000)),
        ({"credit": "100 credit"}, Gives("credit", cost=Cost("credit", 10000))),
        ({"credit": "100 points"}, Gives("credit", cost=Cost("points", 100))),
        ({"voucher": "cinema"}, Gives("voucher", named="cinema")),
        ({"event": "spring-tasting"}, Gives("seat", named="spring-tasting")),
        ({"early_access": "OOL-9"}, Gives("early_access", named="OOL-9")),
        ({"plan": "plus", "months": "3"}, Gives("plan", named="plus", months=3)),
        ({"donation": "100 TWD", "to": "forest"}, Gives("donation", minor=10000, named="forest")),
    ],
)  # fmt: skip
def test_what_a_reward_gives(said: Tree, gives: Gives):
    assert reward(gives=said).gives == gives
    assert gives.changes_cart == (gives.kind in ON_CARTS)


def test_conditions_of_the_cart_are_compiled():
    asks = reward(gives={"discount": "10%", "on": {"category": "tea", "quantity_at_least": "2"}}).gives.asks
    assert (asks.quantity_at_least, asks.line_test is None) == (2, False)


DRAWS = ["rewards[0].gives.draw: "]


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({"discount": "10%", "product": "A"}, ["rewards[0].gives: discount, product"]),
        ({"discount": "0%"}, ["rewards[0].gives.discount: 0%"]),
        ({"discount": "0 TWD"}, ["rewards[0].gives.discount: 0 TWD"]),
        ({"discount": "5 TWD", "at_most": "3 TWD"}, ["rewards[0].gives.at_most: 3 TWD"]),
        ({"discount": "5%", "of": "3"}, ["rewards[0].gives.of: of"]),
        ({"months": "3"}, ["rewards[0].gives.months: months"]),
        ({"plan": "plus"}, ["rewards[0].gives: plan"]),
        ({"donation": "5 TWD"}, ["rewards[0].gives: donation"]),
        ({"buy": "0", "get": "1"}, ["rewards[0].gives.buy: 0"]),
        ({"buy": "2"}, ["rewards[0].gives: buy"]),
        ({"cheapest": "3", "of": "3"}, ["rewards[0].gives.of: 3"]),
        ({"credit": "5 gems"}, ["rewards[0].gives.credit: 5 gems"]),
        ({"voucher": "cinema", "order_at_least": "5"}, ["rewards[0].gives.order_at_least: order_at_least"]),
        ({"draw": [{"prize": "a", "odds": "60%"}, {"prize": "b", "odds": "1 in 2"}]}, DRAWS),
        ({"draw": [{"prize": "a", "odds": "1%"}, {"prize": "a", "odds": "1%"}]}, DRAWS),
        ({"draw": [{"prize": "a", "odds": "1 in 3"}]}, ["rewards[0].gives.draw[0].odds: 1 in 3"]),
        ({"draw": [{"prize": "a", "odds": "1%", "reward": "x"}]}, ["rewards[0].gives.draw[0].reward: x"]),
        ({"draw": [{"prize": "a", "odds": "1%", "reward": "cup"}]}, ["rewards[0].gives.draw[0].reward: cup"]),
        (
            {"draw": [{"prize": "a", "odds": "0.00001%", "credit": "5 points"}]},
            ["rewards[0].gives.draw[0].odds: 0.00001%"],
        ),
        ({"draw": [{"prize": "a", "odds": "3 in 2", "credit": "5 points"}]}, ["rewards[0].gives.draw[0].odds: 3 in 2"]),
        ({"draw": [{"prize": "a", "odds": "1%", "credit": "5 gems"}]}, ["rewards[0].gives.draw[0].credit: 5 gems"]),
        ({"discount": "5%", "on": {"hours": "late"}}, ["rewards[0].gives.on.hours: late"]),
        ({"banana": "yes"}, ["rewards[0].gives.banana: banana"]),
    ],
)
def test_gifts_that_cannot_be(said: Tree, wrong: list[str]):
    assert wrong_reward(gives=said) == wrong


def test_a_draw_has_prizes_with_chances():
    said = [
        {"reward": "tea", "costs": "9 points"},
        {"reward": "luck", "costs": "5 points", "gives": {"draw": [
            {"prize": "pot", "odds": "1%", "reward": "tea", "name": {"en": "A pot"}},
            {"prize": "points", "odds": "1 in 4", "credit": "50 points"},
            {"prize": "blank", "odds": "74%"},
        ]}},
    ]  # fmt: skip
    found = grammar.reviewed(document(wallets=WALLETS, rewards=said)).version.rewards["luck"].gives
    assert found.is_draw
    assert found.prizes == (
        Prize("pot", {"en": "A pot"}, 10_000, "tea"),
        Prize("points", {}, 250_000, cost=Cost("points", 50)),
        Prize("blank", {}, 740_000),
    )


@pytest.mark.parametrize(
    ("said", "millionths"),
    [
        ("1 in 1", "1,000,000"),
        ("1 in 4", "250,000"),
        ("3 in 8", "375,000"),
        ("1 in 1000000", "1"),
        ("100%", "1,000,000"),
        ("0.01%", "100"),
    ],
)
def test_chances_are_whole_millionths(said: str, millionths: str):
    [prize] = reward(gives={"draw": [{"prize": "pot", "odds": said, "credit": "5 points"}]}).gives.prizes
    assert f"{prize.odds:,}" == millionths


def test_a_draw_of_blanks_is_not_published():
    said = [{"reward": "luck", "costs": "5 points", "gives": {"draw": [{"prize": "cup", "odds": "1%"}]}}]
    prizes = read(rewards=said).rewards["luck"].gives.prizes
    assert [(prize.name, prize.odds) for prize in prizes] == [("cup", 10_000)]
    with pytest.raises(DocumentErrors) as errors:
        grammar.reviewed(document(wallets=WALLETS, rewards=said))
    assert [(one.path, one.code) for one in errors.value.problems] == [("rewards[0].gives.draw", "draw_of_blanks")]


# Who, when, how often


def test_who_may_have_a_reward_is_asked_one_after_the_other():
    found = reward(when={"tier": "gold", "segment": ["press", "staff"], "channel": "web"}, member_for="30 days")
    assert [(ask.code, ask.named) for ask in found.asks] == [
        ("wrong_tier", "gold"), ("wrong_segment", "press, staff"), ("not_for_member", ""),
    ]  # fmt: skip
    assert found.member_for is not None


def test_what_is_shared_has_keys():
    found = reward(stock="10", limit=["1 per day", "5 per year"], limit_of_all=["9 per month", "once"], budget="50")
    assert found.limits == (
        Cap("reward:cup/day", frozenset(), 1, "day", rejects=True, counts_times=True),
        Cap("reward:cup/year", frozenset(), 5, "year", rejects=True, counts_times=True),
    )
    pieces, money = Supply("stock:cup", 10), Supply("budget:cup", 5000)
    assert found.supply == (pieces, Supply("uses:cup/month", 9, "month"), Supply("uses:cup", 1), money)


def test_an_issued_reward_lasts_to_the_end_of_its_last_day():
    clock = calendar("Asia/Taipei")
    assert reward(valid="30 days").expires_at(clock, at("2026-01-10 15:00")) == at("2026-02-10")
    assert reward().expires_at(clock, at("2026-01-10 15:00")) is None


def test_days_of_a_reward_are_local():
    found = reward(from_="2026-01-02", until="2026-01-03", shown_from="2026-01-01", shown_until="2026-01-05")
    day = calendar("Asia/Taipei").day(at("2026-01-02"))
    assert (found.since, found.until, found.shown_since, found.shown_until) == (day, day + 1, day - 1, day + 3)
    assert [found.is_shown(day + offset) for offset in (-2, -1, 3, 4)] == [False, True, True, False]


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({"reward": "a/b"}, ["rewards[0].reward: a/b"]),
        ({"when": {"order_at_least": "5"}}, ["rewards[0].when: order_at_least"]),
        ({"limit": "1 per order"}, ["rewards[0].limit: 1 per order"]),
        ({"from_": "2026-01-02", "until": "2026-01-01"}, ["rewards[0].until: 2026-01-01"]),
        ({"group": "x", "gives": {"discount": "5%"}}, ["rewards[0].group: x"]),
        ({"group": "alone"}, ["rewards[0].group: alone"]),
        ({"approval": "true", "gives": {"discount": "5%"}}, ["rewards[0].approval: true"]),
        ({"member_for": "3 hours"}, ["rewards[0].member_for: 3 hours"]),
        ({"stock": "many", "valid": "soon"}, ["rewards[0].valid: soon", "rewards[0].stock: many"]),
    ],
)
def test_rewards_that_cannot_be(said: Tree, wrong: list[str]):
    assert wrong_reward(**said) == wrong


@pytest.mark.parametrize("day", ["2026-01-02", "2026-01-31"])
def test_an_offer_of_one_day(day: str):
    found = reward(from_=day, until=day)
    assert found.since == found.until == calendar("Asia/Taipei").day(at(day))


def test_how_a_reward_is_shown_and_whether_somebody_must_agree():
    found = reward(name={"en": "Cup"}, picture={"en": "cup.png"}, category="kitchen", terms={"en": "One each"})
    assert (found.title, found.picture, found.category) == ({"en": "Cup"}, {"en": "cup.png"}, "kitchen")
    assert (found.terms, found.group, found.main_wallet) == ({"en": "One each"}, "", "points")
    assert [reward(approval=said).needs_approval for said in ("", "false", "true")] == [False, False, True]


def test_conditions_that_ask_nothing_are_not_asked():
    assert reward(when={}).asks == reward().asks == ()


# Rules that give one


def gift(**said: Any) -> Tree:
    return {
        "rewards": [{"reward": "cup", "costs": "5 points"}],
        "earn": [{"rule": "base", "give": "1 point per 100 TWD"}, {"rule": "gift", "give": "reward cup"} | said],
    }


def test_a_rule_may_give_a_reward_instead_of_points():
    rule = read(**gift(limit="once")).order_rules[1]
    assert (rule.reward, rule.wallet, rule.points, rule.kind) == ("cup", "", 1, "fixed")


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({"give": "reward pot"}, ["earn[1].give: pot"]),
        ({"give": "reward "}, ["earn[1].give: reward "]),
        ({"pending": "7 days", "expires": "1 year"}, ["earn[1].pending: 7 days", "earn[1].expires: 1 year"]),
        ({"funded_by": "bakery"}, ["earn[1].funded_by: bakery"]),
        ({"multiply": {"base": "2"}}, ["earn[1]: gift"]),
    ],
)
def test_gifts_of_rewards_that_cannot_be(said: Tree, wrong: list[str]):
    assert problems(**gift(**said)) == wrong


def test_a_cap_counts_points_and_no_rewards():
    assert problems(**gift(), caps=[{"at_most": "5", "per": "day", "rules": ["gift"]}]) == ["caps[0].rules: gift"]
    assert read(**gift(), caps=[{"at_most": "5", "per": "day"}]).caps[0].rules == {"base"}


# What is not meant


def test_offers_that_nobody_can_meet_are_refused():
    def said(**parts: Any) -> list[str]:
        with pytest.raises(DocumentErrors) as errors:
            grammar.reviewed(document(tiers=LADDER, **parts))
        return [one.path for one in errors.value.problems]

    never = {"all": [{"tier": "member"}, {"tier": "gold"}]}
    assert said(rewards=[{"reward": "cup", "costs": "1 point", "when": never}]) == ["rewards[0].when"]
    club = {"set": "club", "levels": [{"tier": "friend"}]}
    both = {"all": [{"tier": "gold"}, {"tier": "friend"}]}
    large = {"discount": "5%", "on": {"order_at_least": "5 TWD", "order_at_most": "5 TWD"}}
    meant = {"reward": "cup", "costs": "1 point", "when": both, "gives": large}
    assert grammar.reviewed(document(tiers=[*LADDER, club], rewards=[meant])).warnings == []
    gives = {"discount": "5%", "on": {"order_at_least": "5", "order_at_most": "4"}}
    assert said(coupons=[{"coupon": "a", "code": "ABC", "gives": gives}]) == ["coupons[0].gives.on"]


def test_a_reward_that_is_shown_for_too_long_is_warned_of():
    cup = {"reward": "cup", "costs": "1 point", "until": "2026-01-31", "shown_until": "2026-02-28"}

    def warned(**said: str) -> list[str]:
        tree = document(rewards=[cup | said])
        return [f"{one.path}: {one.value}" for one in grammar.reviewed(tree).warnings]

    assert warned() == ["rewards[0].shown_until: 2026-02-28"]
    assert warned(until="") == warned(shown_until="") == warned(until="2026-02-28") == []


def test_attributes_are_what_is_said_of_them_and_what_conditions_ask():
    """Wherever they ask it, of somebody who joins, of a friend, and inside of other conditions."""

    def asks(value: str) -> Tree:
        return {"any": [{"all": [{"attribute": {"skin": value}}]}, {"not": {"attribute": {"hair": value}}}]}

    version = read(
        attributes={"skin": ["dry", "oily"]},
        earn=[{"rule": "asks", "give": "5 points", "when": asks("a")}],
        enrolment={"when": asks("b")},
        referral={"when": asks("c")},
        benefits=[{"benefit": "tea", "when": asks("d")}],
    )
    assert version.attributes == {"skin": frozenset({"dry", "oily", *"abcd"}), "hair": frozenset("abcd")}
