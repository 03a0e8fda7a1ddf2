"""Attacks: flaws planted in a program or in the engine are caught; of a sound program only its policies are found."""

import pytest
from msgspec.structs import replace

from regulars.engine import charging, doubles, earning, facts, fold, holds, orders, payments, transfers
from regulars.engine.spending import Occasion, new_lot
from regulars.programs.attack import deeds
from regulars.programs.attack.ground import ground
from regulars.programs.attack.moves import Enrol, Unite
from regulars.programs.attack.searching import Found, Report, attack
from regulars.programs.attack.story import holds as holds_true
from regulars.programs.attack.story import told
from regulars.programs.attack.walks import Walk, random_walk, walked
from regulars.programs.presets import preset
from regulars.programs.stories import acting

pytestmark = pytest.mark.uncounted

TEA_HOUSE = preset("tea-house")
PLAIN = """\
program: shop
timezone: Asia/Taipei
currency: TWD
wallets:
  points: {worth: 10 TWD per 100, pending: 7 days, expires: 12 months}
earn:
  - {rule: base, give: 1 point per 100 TWD}
"""
REFERRAL = """\
  - {rule: friend, on: referred, give: 50 points}
  - {rule: thanks, on: referral, give: 100 points}
referral: {within: 60 days, when: {order_at_least: 500 TWD}}
"""
# Sequences tried; the first two or three thousand are not random.
SOUND, FLAW = 5_000, 3_000


def searched(text: str, most: int = FLAW) -> Report:
    return attack(text, "program.yaml", seed=7, seconds=50, most=most)


def caught(text: str, kind: str, name: str) -> Found:
    """The flaw, whose story folds to the same end again."""
    found = {(one.kind, one.name): one for one in searched(text).flaws}
    assert (kind, name) in found, found.keys()
    assert found[kind, name].holds
    assert found[kind, name].points > 0
    return found[kind, name]


def test_the_tea_house_gives_away_what_it_names_and_nothing_else() -> None:
    report = searched(TEA_HOUSE, SOUND)
    assert [(one.kind, one.name, one.points, one.wallet, one.worth) for one in report.found] == [
        ("gift", "birthday", 200, "points", 2_000),
        ("gift", "review", 20, "points", 200),
        ("gift", "welcome", 100, "points", 1_000),
        ("per_order", "large-basket", 15_000, "credit", 15_000),
        ("unpaid_goods", "stamp", 1, "stamps", None),
    ]
    assert all(one.holds for one in report.found)
    assert not report.flaws


def test_a_stamp_for_paid_goods_alone_comes_with_no_others() -> None:
    paid = TEA_HOUSE.replace("give: 1 stamp per unit", "give: 1 stamp per unit\n    paid_only: true")
    assert paid != TEA_HOUSE
    report = searched(paid, SOUND)
    assert not report.flaws
    assert {one.kind for one in report.found} == {"gift", "per_order"}


def test_the_grocer_gives_away_what_it_names_and_nothing_else() -> None:
    report = searched(preset("grocer"), SOUND)
    assert [(one.kind, one.name, one.points, one.worth) for one in report.found] == [
        ("gift", "welcome", 50, 50),
        ("per_order", "big-basket", 25, 25),
    ]


def test_the_same_seed_finds_the_same() -> None:
    first, again = searched(TEA_HOUSE, 1_500), searched(TEA_HOUSE, 1_500)
    assert first.found == again.found


# What rules ask for is brought about, or said not to be


@pytest.mark.parametrize(
    ("rules", "name"),
    [
        ("  - {rule: spring, campaign: spring, when: {order_at_least: 1000 TWD}, give: 300 points}\n", "spring"),
        ("  - {rule: gone, campaign: gone, when: {order_at_least: 1000 TWD}, give: 300 points}\n", "gone"),
        ("  - {rule: past, when: {until: 2025-06-30, order_at_least: 100 TWD}, give: 50 points}\n", "past"),
        ("  - {rule: plus, when: {plan: plus, order_at_least: 100 TWD}, give: 50 points}\n", "plus"),
        ("  - {rule: press, when: {segment: press, order_at_least: 100 TWD}, give: 50 points}\n", "press"),
        ("  - {rule: known, on: profile, needs: [birthday, country, hair], give: 500 points}\n", "known"),
    ],
)
def test_a_rule_is_reached_as_its_conditions_ask(rules: str, name: str) -> None:
    dated = "campaigns:\n"
    dated += (
        "  - {campaign: spring, budget: 500 TWD, from: 2026-03-01, until: 2026-03-31}\n" if name == "spring" else ""
    )
    dated += "  - {campaign: gone, budget: 500 TWD, from: 2025-03-01, until: 2025-03-31}\n" if name == "gone" else ""
    hair = "attributes: {hair: [dry, oily]}\n" if name == "known" else ""
    report = searched(PLAIN + rules + (dated if name in ("spring", "gone") else hair), 1_500)
    found = {one.name: one for one in report.policies}
    assert name in found
    assert found[name].holds
    assert report.unreached == []


def test_a_rule_that_gives_a_reward_is_reached() -> None:
    """Nothing is booked for it: the fold announces it."""
    rules = (
        "  - {rule: treat, on: birthday, give: reward cup}\n  - {rule: third, when: {nth_order: 2}, give: reward cup}\n"
    )
    assert searched(PLAIN + rules + "rewards: [{reward: cup, costs: 5 points}]\n", 600).unreached == []


@pytest.mark.parametrize("asked", ["payment: card", "partner: bakery", "channel: web"])
def test_both_members_buy_as_a_rule_asks(asked: str) -> None:
    """Who buys what is left of another one's order pays for it in the same way."""
    report = searched(PLAIN + f"  - {{rule: more, when: {{{asked}}}, multiply: {{base: 3}}}}\n", 600)
    assert report.found == []
    assert report.unreached == []


def test_what_no_sequence_reaches_is_named() -> None:
    gold = "tiers: [{set: s, levels: [{tier: member}, {tier: gold, invitation: true}]}]\n"
    rule = "  - {rule: by-hand, when: {tier: gold, order_at_least: 100 TWD}, give: 50 points}\n"
    assert searched(PLAIN + rule + gold, 300).unreached == ["by-hand"]


# Planted in the engine


def test_a_bonus_kept_after_a_partial_refund(monkeypatch: pytest.MonkeyPatch) -> None:
    """The order's size is asked as it was bought, not as it remains."""

    def forgetful(version, scene, goods, lines):
        bought = replace(scene, net=sum(line.total for line in scene.what.lines))
        return [
            next((old for old in earning.earned(version, bought, goods, lines) if old[0] is rule), (rule, points, why))
            for rule, points, why in earning.earned(version, bought, goods, lines)
            if rule.kind == "fixed" or rule in [one[0] for one in earning.earned(version, scene, goods, lines)]
        ]

    monkeypatch.setattr(orders, "earned", forgetful)
    assert caught(TEA_HOUSE, "remains", "large-basket").steps <= 5


def test_a_transfer_that_renews_expiry(monkeypatch: pytest.MonkeyPatch) -> None:
    def fresh(tape, fact, at):
        on = Occasion(f"receive:{fact.key}|", "receive", fact.wallet, at, tape.programs.at(at))
        lasts = new_lot(tape, on, 1).expires_at
        lots = tuple(replace(lot, expires_at=lasts, earned_at=at) for lot in fact.lots)
        transfers.receive(tape, replace(fact, lots=lots), at)

    monkeypatch.setitem(fold.DEEDS, facts.Received, fresh)
    found = caught(PLAIN, "renewed", "transfer")
    assert "transfer" in found.story


def test_points_earned_on_the_share_paid_with_points(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(payments, "earning_lines", lambda order, returned, lines: lines)
    found = caught(TEA_HOUSE, "paid_with_points", "base")
    assert "redemption: pays-" in found.story


def test_a_referral_of_oneself(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not searched(PLAIN + REFERRAL).flaws
    for room in (acting, deeds):
        monkeypatch.setattr(room, "is_oneself", lambda member, fact: False)
    found = caught(PLAIN + REFERRAL, "oneself", "thanks")
    assert (found.points, found.worth) == (100, 1_000)
    assert "referred: lin" in found.story


def test_points_released_from_a_hold_after_their_last_day(monkeypatch: pytest.MonkeyPatch) -> None:
    def lasting(tape, on, source, back, grace=None):
        back.lots[:] = [replace(lot, expires_at=None) for lot in back.lots]
        put_back(tape, on, source, back, grace)

    put_back = holds.put_back
    monkeypatch.setattr(holds, "put_back", lasting)
    caught(PLAIN, "renewed", "release")


def test_points_written_off_although_money_was_to_be_charged(monkeypatch: pytest.MonkeyPatch) -> None:
    """Booked as settled in money that nobody withheld."""
    monkeypatch.setattr(charging, "charge", lambda memo, worth, name, points: None)
    caught(PLAIN.replace("7 days,", "7 days, when_short: charge,"), "unbooked", "points")


# Planted in the document


def test_a_fixed_award_for_every_tiny_order() -> None:
    found = caught(PLAIN + "  - {rule: thank-you, give: 5 points}\n", "split", "thank-you")
    assert found.points >= 10


@pytest.mark.parametrize("rounding", ["half up per line", "half up per order"])
def test_half_up_rounding(rounding: str) -> None:
    caught(PLAIN.replace("per 100 TWD}", f"per 100 TWD, round: {rounding}}}"), "split", "base")


# Policies


def test_a_referral_by_an_order_that_cost_nothing() -> None:
    """Nothing comes back in its story."""
    found = caught(PLAIN + REFERRAL.replace(", when: {order_at_least: 500 TWD}", ""), "free_referral", "friend")
    assert "refund" not in found.story
    assert not searched(PLAIN + REFERRAL).flaws


def test_who_brought_the_buyer_of_an_order_that_cost_nothing() -> None:
    """They have their thanks by the same order, of which nothing comes back."""
    text = PLAIN.replace("pending: 7 days, ", "") + REFERRAL.replace(
        "{within: 60 days, when: {order_at_least: 500 TWD}}", "{}"
    )
    kinds = {(one.kind, one.name) for one in searched(text).flaws}
    assert kinds == {("free_referral", "friend"), ("free_referral", "thanks")}


def test_writing_off_is_a_policy_with_a_price() -> None:
    report = searched(PLAIN.replace("7 days,", "7 days, when_short: write_off,"))
    assert [(one.kind, one.name, one.holds) for one in report.found] == [("write_off", "points", True)]


def test_a_grace_is_a_policy_with_a_price() -> None:
    report = searched(PLAIN.replace("12 months}", "1 month, grace_on_return: 10 days}"))
    assert [one.kind for one in report.found] == ["grace"]


def test_walks_on_which_two_become_one_are_told_as_they_went() -> None:
    """Folded step by step or from nothing, before the merge and after it."""
    here, told_of = ground(TEA_HOUSE), 0
    for number in range(300):
        stage = walked(here, random_walk(here, 5, number))
        if stage.one is not None:
            told_of += 1
            assert holds_true(told(stage, "tea-house.yaml", "merge"), TEA_HOUSE), number
    assert told_of > 10


def test_welcomes_of_two_who_become_one(monkeypatch: pytest.MonkeyPatch) -> None:
    walk = Walk((Enrol(0), Enrol(1), Unite(0)))
    stage, _ = walk.play(ground(TEA_HOUSE))
    assert stage.tapes[0].account.wallets["points"].available == 100
    monkeypatch.setattr(doubles, "take_back", lambda *_: None)
    stage, _ = walk.play(ground(TEA_HOUSE))
    assert stage.tapes[0].account.wallets["points"].available == 200


def test_points_that_activity_renews_are_no_flaw() -> None:
    """Whoever is active for ever has them for ever, and what is sent is fixed: nothing is renewed by moving."""
    slides = PLAIN.replace("expires: 12 months", "expires: 12 months after the last activity")
    assert slides != PLAIN
    assert searched(slides).flaws == []
    dated = PLAIN.replace("expires: 12 months", 'expires: "31 December, earned before 1 July"')
    assert "31 December" not in ground(dated).spans


def test_two_members_share_what_a_budget_has() -> None:
    """As a story of the same deeds says, also when they become one."""
    said = PLAIN + "  - {rule: hello, campaign: hello, on: enrolment, give: 100 points}\n"
    text = said + "campaigns: [{campaign: hello, budget: 150 points}]\n"
    here, shared, united = ground(text), 0, 0
    for number in range(60):
        stage = walked(here, random_walk(here, 5, number))
        hello = [
            e for tape in stage.tapes for e in tape.entries if e.source == "issued" and e.identity.endswith("hello")
        ]
        assert sum(entry.points for entry in hello) <= 150 or stage.one is not None
        assert stage.tapes[0].purse.used.get("hello", 0) <= 150
        if len(hello) > 1:
            shared, united = shared + 1, united + (stage.one is not None)
            assert holds_true(told(stage, "shop.yaml", "walk"), text), number
    assert shared > 5
    assert united
