"""Documents that cannot be programs: every problem at once, each with its place."""

from typing import Any

import pytest

from regulars.engine import grammar
from regulars.engine.calendar import Span
from regulars.engine.document import DocumentErrors
from regulars.engine.levels import Window
from regulars.engine.program import Programs
from regulars.programs.problems import told
from tests.builders import Tree, at, document, programs

LOWEST = {"tier": "member"}
SILVER = {"tier": "silver", "reach": "1000"}


def problems(tree: Tree) -> list[str]:
    with pytest.raises(DocumentErrors) as errors:
        grammar.read(tree)
    return [f"{problem.path}: {problem.value}" for problem in errors.value.problems]


def rule(**parts: Any) -> Tree:
    return document(earn=[{"rule": "base", "give": "1 point per 100 TWD"}, {"rule": "more"} | parts])


def wallet(**parts: str) -> Tree:
    return document(wallets={"points": parts})


def ladder(*levels: Tree, **parts: str) -> Tree:
    return document(tiers=[{"set": "status", "levels": list(levels)} | parts])


@pytest.mark.parametrize(
    ("tree", "said"),
    [
        (document(currency="dollars"), ["currency: dollars", "earn[0].give: 1 point per 100 TWD"]),
        (document(timezone="Asia/Atlantis"), ["timezone: Asia/Atlantis"]),
        (document(timezone="../Taipei"), ["timezone: ../Taipei"]),
        (document(wallets={}, earn=[]), ["wallets: "]),
        (document(wallets={"points": {"when_short": "charge"}}), ["wallets.points.when_short: charge"]),
        (
            document(wallets={"points": {"spend": {"share_of_order": "50%"}}}),
            ["wallets.points.spend.share_of_order: 50%"],
        ),
        (
            document(wallets={"points": {"worth": "1 TWD per 1", "spend": {"share_of_order": "101%", "step": "0"}}}),
            ["wallets.points.spend.step: 0", "wallets.points.spend.share_of_order: 101%"],
        ),
        (
            document(wallets={"points": {"spend": {"at_least": "100 points", "at_most": "50"}}}),
            ["wallets.points.spend.at_most: 50"],
        ),
        (
            document(wallets={"points": {"spend": {"per day": "ten"}, "grace_on_return": "a while"}}),
            ["wallets.points.grace_on_return: a while", "wallets.points.spend.per day: ten"],
        ),
        (document(wallets={"points": {"approve_above": "5 stamps"}}), ["wallets.points.approve_above: 5 stamps"]),
        (document(wallets={"Points": {}}, earn=[]), ["wallets.Points: Points"]),
        (wallet(pending="soon"), ["wallets.points.pending: soon"]),
        (wallet(pending="0 days"), ["wallets.points.pending: 0 days"]),
        (wallet(pending="101 years"), ["wallets.points.pending: 101 years"]),
        (wallet(expires="12 hours"), ["wallets.points.expires: 12 hours"]),
        (wallet(expires="1 day, end of week"), ["wallets.points.expires: 1 day, end of week"]),
        (wallet(pending="30 days", expires="28 days"), ["wallets.points.expires: 28 days"]),
        (wallet(pending="1 day", expires="31 December"), ["wallets.points.expires: 31 December"]),
        (wallet(pending="1 day", expires="end of year"), ["wallets.points.expires: end of year"]),
        (wallet(expires="31 April"), ["wallets.points.expires: 31 April"]),
        (wallet(expires="0 May"), ["wallets.points.expires: 0 May"]),
        (wallet(expires="1 Maytime"), ["wallets.points.expires: 1 Maytime"]),
        (wallet(expires="end of next day"), ["wallets.points.expires: end of next day"]),
        (wallet(expires="31 May, earned after 1 July"), ["wallets.points.expires: 31 May, earned after 1 July"]),
        (wallet(expires="2026-02-30"), ["wallets.points.expires: 2026-02-30"]),
        (wallet(expires="12 hours, next 31 March"), ["wallets.points.expires: 12 hours, next 31 March"]),
        (
            wallet(pending="184 days", expires="31 December, earned before 1 July"),
            ["wallets.points.expires: 31 December, earned before 1 July"],
        ),
        (wallet(expires="after the last activity"), ["wallets.points.expires: after the last activity"]),
        (
            wallet(expires="12 months, end of month after the last activity"),
            ["wallets.points.expires: 12 months, end of month after the last activity"],
        ),
        (wallet(expires="12 months", renewed_by="orders"), ["wallets.points.renewed_by: orders"]),
        (
            wallet(expires="12 months after the last activity", renewed_by="refunds"),
            ["wallets.points.renewed_by: refunds"],
        ),
        (
            rule(give="5 points", expires="12 months after the last activity"),
            ["earn[1].expires: 12 months after the last activity"],
        ),
        (ladder(LOWEST, SILVER | {"expires": "soon"}), ["tiers[0].levels[1].expires: soon"]),
        (ladder(LOWEST, SILVER | {"expires": {"stamps": "1 year"}}), ["tiers[0].levels[1].expires: stamps"]),
        (
            document(
                wallets={"points": {"pending": "30 days"}},
                tiers=[{"set": "status", "levels": [LOWEST, SILVER | {"expires": "28 days"}]}],
            ),
            ["tiers[0].levels[1].expires: 28 days"],
        ),
        (wallet(worth="10 USD per 100"), ["wallets.points.worth: 10 USD per 100"]),
        (wallet(worth="10 TWD per 0"), ["wallets.points.worth: 10 TWD per 0"]),
        (
            document(tiers=[{"set": "a", "levels": [LOWEST]}, {"set": "b", "levels": [LOWEST]}]),
            ["tiers[1].levels[0].tier: member"],
        ),
        (
            document(tiers=[{"set": "a", "levels": [LOWEST]}, {"set": "a", "levels": [{"tier": "guest"}]}]),
            ["tiers[1].set: a"],
        ),
        (document(tiers=[{"set": "a|b", "levels": [LOWEST]}]), ["tiers[0].set: a|b"]),
        (ladder({"tier": "a@b"}), ["tiers[0].levels[0].tier: a@b"]),
        (ladder(LOWEST | {"invitation": "true"}), ["tiers[0].levels[0].reach: "]),
        (ladder(LOWEST, {"tier": "vip", "invitation": "true", "reach": "5"}), ["tiers[0].levels[1].reach: 5"]),
        (ladder(LOWEST, {"tier": "vip", "invitation": "yes"}), ["tiers[0].levels[1].invitation: yes"]),
        (ladder(LOWEST, SILVER, floor="gold"), ["tiers[0].floor: gold"]),
        (ladder(LOWEST, {"tier": "vip", "invitation": "true"}, floor="vip"), ["tiers[0].floor: vip"]),
        (ladder(LOWEST, SILVER, grows_by="likes"), ["tiers[0].grows_by: likes"]),
        (ladder(LOWEST, SILVER, grows_by="spend of points"), ["tiers[0].grows_by: spend of points"]),
        (ladder(LOWEST, SILVER, grows_by="points of stamps"), ["tiers[0].grows_by: points of stamps"]),
        (ladder(LOWEST, SILVER | {"reach": "2.5"}, grows_by="orders"), ["tiers[0].levels[1].reach: 2.5"] * 2),
        (ladder(LOWEST, SILVER, grows_by="engagement"), ["tiers[0].engagement: "]),
        (ladder(LOWEST, SILVER, visit="check-in"), ["tiers[0].visit: spend"]),
        (
            document(tiers=[{"set": "s", "engagement": {"review": "5"}, "levels": [LOWEST]}]),
            ["tiers[0].engagement: spend"],
        ),
        (
            document(tiers=[{"set": "s", "grows_by": "engagement", "engagement": {"review": "0"}, "levels": [LOWEST]}]),
            ["tiers[0].engagement.review: 0"],
        ),
        (ladder(LOWEST, window="calendar week"), ["tiers[0].window: calendar week"]),
        (ladder(), ["tiers[0].levels: "]),
        (ladder(SILVER), ["tiers[0].levels[0].reach: 1000"]),
        (ladder(LOWEST, {"tier": "silver"}), ["tiers[0].levels[1].reach: 0"]),
        (ladder(LOWEST, SILVER, {"tier": "gold", "reach": "1000"}), ["tiers[0].levels[2].reach: 1000"]),
        (ladder(LOWEST, {"tier": "member", "reach": "5"}), ["tiers[0].levels[1].tier: member"]),
        (ladder(LOWEST, SILVER | {"retain": "1000.01"}), ["tiers[0].levels[1].retain: 1000.01"]),
        (ladder(LOWEST, SILVER | {"reach": "-5"}), ["tiers[0].levels[1].reach: -5"] * 2),
        (ladder(LOWEST, SILVER | {"valid": "1 hour"}), ["tiers[0].levels[1].valid: 1 hour"]),
        (ladder(LOWEST, window="12 months"), ["tiers[0].window: 12 months"]),
        (ladder(LOWEST, window="rolling 12 hours"), ["tiers[0].window: rolling 12 hours"]),
        (rule(give="1 point per 100 USD"), ["earn[1].give: 1 point per 100 USD"]),
        (rule(give="00 points"), ["earn[1].give: 00 points"]),
        (rule(give="1 point per 0 TWD"), ["earn[1].give: 1 point per 0 TWD"]),
        (rule(give="1001 points per 0.01 TWD"), ["earn[1].give: 1001 points per 0.01 TWD"]),
        (rule(give="5 stamps"), ["earn[1].give: 5 stamps"]),
        (rule(), ["earn[1]: more"]),
        (rule(give="1 point", multiply={"base": "2"}), ["earn[1]: more"]),
        (rule(multiply={"bass": "2"}), ["earn[1].multiply.bass: bass"]),
        (rule(multiply={"base": "1"}), ["earn[1].multiply.base: 1"]),
        (rule(multiply={"base": "100.001"}), ["earn[1].multiply.base: 100.001"]),
        (rule(multiply={"base": "2,5"}), ["earn[1].multiply.base: 2,5"]),
        (rule(on="enrolment", give="1 point per 1 TWD"), ["earn[1]: more"]),
        (rule(on="enrolment", give="5 points", when={"category": "tea"}), ["earn[1].when: category"]),
        (rule(on="tea time", give="5 points"), ["earn[1].on: tea time"]),
        (rule(on="tier gold", give="5 points"), ["earn[1].on: tier gold"]),
        (rule(give="5% points"), ["earn[1].give: 5% points"]),
        (rule(give="5 points", limit="seldom"), ["earn[1].limit: seldom"]),
        (rule(give="5 points", needs="birthday"), ["earn[1].needs: birthday"]),
        (rule(give="1 point per 5 TWD", paid_only="true"), ["earn[1].paid_only: true"]),
        (rule(multiply="2", paid_only="true"), ["earn[1].paid_only: true"]),
        (rule(on="birthday", give="5 points", paid_only="true"), ["earn[1].paid_only: true"]),
        (rule(give="5 points", goal={"spend": "100"}, paid_only="true"), ["earn[1].paid_only: true"]),
        (rule(give="5 points", paid_only="yes"), ["earn[1].paid_only: yes"]),
        (rule(on="profile", needs=["country", "skin"], give="5 points"), ["earn[1].needs: skin"]),
        (document(attributes={"country": "TW"}), ["attributes.country: country"]),
        (document(attributes={"skin": [], "diet": ["vegan", ""]}), ["attributes.skin: skin", "attributes.diet: diet"]),
        (rule(give="5 points", when={"any": [{"quantity_at_least": "2"}]}), ["earn[1].when: quantity_at_least"]),
        (
            rule(give="5 points", goal={"steps": [{"when": {"tier": "gold"}}]}),
            ["earn[1].goal.steps[0].when.tier: gold"],
        ),
        (
            rule(give="5 points", goal={"steps": [{"when": {"all": [{"quantity_at_least": "2"}]}}]}),
            ["earn[1].goal.steps[0].when: quantity_at_least"],
        ),
        (
            rule(give="5 points", goal={"steps": [{"activity": "visit", "when": {"category": "tea"}}]}),
            ["earn[1].goal.steps[0].when: category"],
        ),
        (
            rule(give="5 points", when={"code": "A"}, goal={"steps": [{"activity": "visit"}, {"units": "2"}]}),
            ["earn[1].when: code"],
        ),
        (
            rule(on="activity visit", give="5 points", when={"any": [{"tag": "new"}]}, goal={"times": "3"}),
            ["earn[1].when: tag"],
        ),
        (rule(give="1001 points", goal={"spend": "0.01", "repeat": "true"}), ["earn[1].give: 1001 points"]),
        (rule(give="5 points", basis="gross", goal={"spend": "5"}), ["earn[1].basis: gross"]),
        (
            rule(give="5 points", funded_by="the order's partner", goal={"spend": "5"}),
            ["earn[1].funded_by: the order's partner"],
        ),
        (document(referral={"when": {"any": [{"quantity_at_least": "2"}]}}), ["referral.when: quantity_at_least"]),
        (document(referral={"when": {"not": {"tier": "gold"}}}), ["referral.when.tier: gold"]),
        (document(enrolment={"when": {"not": {"quantity_at_least": "2"}}}), ["enrolment.when: quantity_at_least"]),
        (rule(on="birthday", give="5 points", pending="until fulfilled"), ["earn[1].pending: until fulfilled"]),
        (document(caps=[{"wallet": "stars", "at_most": "5", "per": "day"}]), ["caps[0].wallet: stars"]),
        (document(caps=[{"rules": "bass", "at_most": "5", "per": "day"}]), ["caps[0].rules: bass"]),
        (rule(give="5 points") | {"caps": [{"at_most": "4", "per": "day"}]}, ["caps[0].at_most: 4"]),
        (document(multiply_at_most="1"), ["multiply_at_most: 1"]),
        (document(wallets={"points": {"on_closing": "pay_out"}}), ["wallets.points.on_closing: pay_out"]),
        (rule(rule="base", give="5 points"), ["earn[1].rule: base"]),
        (rule(rule="a|b", give="5 points"), ["earn[1].rule: a|b"]),
        (rule(rule="", give="5 points"), ["earn[1].rule: "]),
        (rule(give="5 points", when={"weekday": "friday"}), ["earn[1].when.weekday: friday"]),
        (rule(give="5 points", when={"from": "1 May"}), ["earn[1].when.from: 1 May"]),
        (rule(give="5 points", when={"order_at_least": "5 USD"}), ["earn[1].when.order_at_least: 5 USD"]),
        (rule(give="5 points", when={"any": [{"not": {"tier": "gold"}}]}), ["earn[1].when.tier: gold"]),
        (rule(give="5 points", colour="red"), ["earn[1].colour: colour"]),
        (rule(give=["5 points"], round="up"), ["earn[1].give: ", "earn[1].round: up"]),
        (rule(when={"not": "web", "category": {}}), ["earn[1].when.not: web", "earn[1].when.category: "]),
        (document(rewards=[{"reward": "tea", "costs": "0 points"}]), ["rewards[0].costs: 0 points"]),
        (document(rewards=[{"reward": "tea", "costs": "5 gems"}]), ["rewards[0].costs: 5 gems"]),
        (document(rewards=[{"reward": "tea", "costs": "1 point"}] * 2), ["rewards[1].reward: tea"]),
        (document(wallets=["points"], earn="none"), ["wallets: ", "earn: none"]),
        ({}, ["document: "] * 4),
        ("shop", ["document: shop"]),
    ],
)  # fmt: skip
def test_what_is_refused(tree: Tree, said: list[str]):
    assert problems(tree) == said


def test_a_reward_costs_points_of_a_wallet():
    read = grammar.read(document(rewards=[{"reward": "tea", "costs": "150 points", "gives": {"product": "T"}}]))
    assert [(one.name, one.wallet, one.points) for one in read.rewards.values()] == [("tea", "points", 150)]


def test_everything_that_is_wrong_is_said_at_once():
    tree = document(currency="TWD", timezone="Mars", wallets={"points": {"pending": "soon", "expires": "late"}})
    assert problems(tree) == ["timezone: Mars", "wallets.points.pending: soon", "wallets.points.expires: late"]
    with pytest.raises(DocumentErrors, match=r"'soon': not_a_length; wallets.points.expires: 'late'"):
        grammar.read(tree)


def test_a_multiplier_gives_to_the_wallet_of_what_it_multiplies():
    rates = [{"rule": "p", "give": "1 point per 1 TWD"}, {"rule": "c", "give": "1 credit per 1 TWD"}]
    wallets = {"points": {}, "credits": {}}
    read = grammar.read(document(wallets=wallets, earn=[*rates, {"rule": "double", "multiply": {"c": "2"}}]))
    assert [rule.wallet for rule in read.order_rules] == ["points", "credits", "credits"]
    both = document(wallets=wallets, earn=[*rates, {"rule": "double", "multiply": {"c": "2", "p": "2"}}])
    assert problems(both) == ["earn[2].multiply: credits, points"]


def test_a_full_document_says_what_it_says():
    read = grammar.read(
        document(
            name={"en": "Tea House"},
            enrolment="explicit",
            wallets={"points": {"unit": {"en": ["point", "points"]}, "worth": "10 TWD per 100", "expires": "2 years"}},
            tiers=[{"set": "status", "window": "rolling 2 weeks", "levels": [LOWEST, SILVER | {"valid": "1 year"}]}],
        ),
        number=3,
        starts_at=7,
    )
    assert (read.number, read.starts_at, read.name, read.joining is not None) == (3, 7, {"en": "Tea House"}, False)
    wallet = read.wallets["points"]
    assert wallet is read.main_wallet
    assert wallet.worth is not None
    assert (wallet.worth.minor, wallet.worth.points, wallet.unit) == (1000, 100, {"en": ["point", "points"]})
    assert wallet.expires is not None
    assert (wallet.expires.span.count, wallet.expires.span.unit, wallet.expires.end_of) == (24, "month", "day")
    assert read.tiers is not None
    assert read.tiers.window == Window("rolling", Span(14, "day"))
    assert [(level.reach, level.retain) for level in read.tiers.levels] == [(0, 0), (100_000, 100_000)]


def test_money_and_days_keep_their_meaning_from_version_to_version():
    with pytest.raises(ValueError, match="timezone_changed"):
        programs(document(), document(timezone="Asia/Tokyo"), starts=["2026-01-01"])


def test_growth_keeps_its_meaning_from_version_to_version():
    spend = ladder(LOWEST, SILVER)
    with pytest.raises(ValueError, match=r"tiers\[0\].grows_by: 'orders': tiers_changed"):
        programs(spend, ladder(LOWEST, SILVER, grows_by="orders"), starts=["2026-01-01"])
    points = ladder(LOWEST, SILVER, grows_by="points")
    with pytest.raises(ValueError, match=r"tiers\[0\].grows_by: 'spend': tiers_changed"):
        programs(points, spend, starts=["2026-01-01"])
    other = document(tiers=[{"set": "club", "levels": [LOWEST]}])
    with pytest.raises(ValueError, match="'club': main_tiers_changed"):
        programs(spend, document(), other, starts=["2026-01-01", "2026-02-01"])


def test_the_version_in_force_starts_inclusive():
    versions: Programs = programs(document(), document(), document(), starts=["2026-01-01", "2026-02-01"])
    starts = [at("2020-01-01"), at("2026-01-01") - 1, at("2026-01-01"), at("2026-02-01") - 1, at("2026-02-01")]
    assert [versions.at(instant).number for instant in starts] == [1, 1, 2, 2, 3]
    assert [versions.numbered(number).number for number in (1, 3)] == [1, 3]
    assert str(versions.zone) == "Asia/Taipei"


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"earn": [{"rule": "r", "multiply": {"bse": "3"}}]}, "earn[0].multiply.bse: 'bse': this program has no rule"),
        (
            {"earn": [{"rule": "r", "give": "1 point", "when": {"tier": "gold"}}]},
            "earn[0].when.tier: 'gold': this program has no tier",
        ),
        (
            {"earn": [{"rule": "r", "give": "1 point per 1 USD"}]},
            "earn[0].give: '1 point per 1 USD': money is told in TWD, this program's currency",
        ),
        (
            {"earn": [{"rule": "r", "give": "1 point", "when": {"any": [{"hours": "9:00-17:00"}]}}]},
            (
                "earn[0].when.any[0].hours: '9:00-17:00': hours such as 14:00-17:00 or 22:00-02:00 are needed, "
                "the end not included"
            ),
        ),
        (
            {"earn": [{"rule": "r", "give": "1 point", "when": {"from": "1 May"}}]},
            "earn[0].when.from: '1 May': a date such as 2026-05-01 is needed",
        ),
        (
            {"wallets": {"points": {"expires": "12 months", "end of month": ""}}},
            (
                "wallets.points.end of month: 'end of month': inside of {…} a comma begins the next word: "
                'put quotes around "12 months, end of month"'
            ),
        ),
        (
            {"wallets": {"points": ""}},
            (
                "wallets.points: a part with some of unit, worth, pending, expires, renewed_by, when_short, "
                "grace_on_return, spend, approve_above, money or on_closing is needed; for nothing of it write {}"
            ),
        ),
    ],
)
def test_what_is_wrong_is_said_by_its_place(parts, said):
    with pytest.raises(DocumentErrors) as errors:
        grammar.read(document(**parts))
    assert [told(one) for one in errors.value.problems] == [said]


def test_points_of_a_wallet_may_last_for_ever_by_name():
    assert grammar.read(document(wallets={"points": {"expires": "never"}})).wallets["points"].expires is None
