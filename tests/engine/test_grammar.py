"""Documents that cannot be programs: every problem at once, each with its place."""

from collections.abc import Callable

import pytest

from regulars.engine import grammar
from regulars.engine.calendar import Span
from regulars.engine.document import DocumentErrors
from regulars.engine.levels import Window
from regulars.engine.program import Programs, Version
from regulars.programs.problems import told
from tests.builders import Tree, at, document, programs

LOWEST = {"tier": "member"}
SILVER = {"tier": "silver", "reach": "1000"}


def problems(tree: Tree) -> list[str]:
    with pytest.raises(DocumentErrors) as errors:
        grammar.read(tree)
    return [f"{problem.path}: {problem.value}" for problem in errors.value.problems]


def ladder(*levels: Tree, **parts: str) -> Tree:
    return document(tiers=[{"set": "status", "levels": list(levels)} | parts])


@pytest.mark.parametrize(
    ("tree", "said"),
    [
        (
            document(tiers=[{"set": "a", "levels": [LOWEST]}, {"set": "b", "levels": [LOWEST]}]),
            ["tiers[1].levels[0].tier: member"],
        ),
        (document(rewards=[{"reward": "tea", "costs": "1 point"}] * 2), ["rewards[1].reward: tea"]),
        ({}, ["document: "] * 4),
        ("shop", ["document: shop"]),
    ],
)
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


@pytest.mark.parametrize("read", [grammar.read, lambda tree: grammar.reviewed(tree).version])
def test_a_document_that_says_little_is_the_first_version(read: Callable[[Tree], Version]):
    version = read(document())
    assert (version.number, version.starts_at) == (1, 0)
    assert (version.slug, version.name, version.currency, version.zone) == (
        "shop",
        {"en": "shop"},
        "TWD",
        "Asia/Taipei",
    )
    assert (version.caps, version.bounds, version.goals, version.campaigns, version.renews) == ((), {}, (), {}, {})
    assert (version.combine, version.factor_bound, version.lifts, version.by_partner) == ("add", 0, False, False)
    assert [rule.name for rule in version.rules] == ["base"]


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
