"""Campaigns as a document says them: their budgets, and the days on which their rules give."""

import pytest

from regulars.engine import grammar
from regulars.engine.facts import Activity, Fact
from regulars.engine.program import Campaign
from tests.builders import Tree, at, document, joined, line, order, programs, told

WALLETS: Tree = {"points": {"worth": "10 TWD per 100"}, "credit": {"money": "true"}}


@pytest.mark.parametrize(
    ("budget", "give", "found"),
    [
        ("1 point", "1 point", 1),
        ("5000 points", "1 point", 5000),
        ("100 TWD", "1 point", 1000),
        ("0.19 TWD", "1 point", 1),
        ("100 TWD", "1 credit", 10_000),
        ("100 credit", "1 credit", 10_000),
    ],
)
def test_a_budget_is_points_or_what_they_are_worth(budget: str, give: str, found: int):
    parts: Tree = {
        "wallets": WALLETS,
        "campaigns": [{"campaign": "spring", "budget": budget, "name": {"en": "Spring"}, "per": "day"}],
        "earn": [{"rule": "r", "give": give, "campaign": "spring", "limit": "once"}],
    }
    campaigns = grammar.read(document(**parts)).campaigns
    assert campaigns == {"spring": Campaign("spring", {"en": "Spring"}, found, "day", is_whole=False)}


MAY = {"campaign": "may", "budget": "9999 points", "from": "2026-05-02", "until": "2026-05-03"}
JUNE = {"campaign": "june", "budget": "9999 points", "from": "2026-06-02", "until": "2026-06-02"}


def day(month: str, number: int) -> list[Fact]:
    when = f"2026-{month}-0{number}"
    bought = order(f"A-{month}{number}", f"{when} 23:59", line("tea", 5))
    return [bought, Activity(f"V-{month}{number}", "visit", at(f"{when} 00:00"))]


@pytest.mark.parametrize(
    "rule",
    [
        {"give": "1 point"},
        {"give": "1 point per 5 TWD"},
        {"give": "1 point", "on": "activity visit"},
        {"give": "1 point", "goal": {"spend": "5", "repeat": "true"}},
        {"give": "1 point", "goal": {"steps": [{"activity": "visit"}], "repeat": "true"}},
        {"give": "1 point", "on": "activity visit", "goal": {"times": "1", "repeat": "true"}},
        {"give": "1 point", "when": {"weekday": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]}},
    ],
    ids=str,
)
@pytest.mark.parametrize(
    ("of", "dates", "given"),
    [
        ("", {}, ["05-01", "05-02", "05-03", "05-04", "06-01", "06-02", "06-03"]),
        ("may", {}, ["05-02", "05-03"]),
        ("may", {"from": ""}, ["05-01", "05-02", "05-03"]),
        ("may", {"until": ""}, ["05-02", "05-03", "05-04", "06-01", "06-02", "06-03"]),
        ("june", {}, ["06-02"]),
    ],
)
def test_rules_of_a_campaign_give_on_its_days(rule: Tree, of: str, dates: Tree, given: list[str]):
    """Both its first and its last; each has its own."""
    other = {"rule": "other", "give": "7 points", "on": "enrolment"}
    rules = [other | {"rule": f"other-{name}", "campaign": name} for name in ("may", "june")]
    tree = document(earn=[*rules, {"rule": "r", "campaign": of} | rule], campaigns=[MAY | dates, JUNE])
    facts = [fact for month, last in (("05", 5), ("06", 4)) for number in range(1, last) for fact in day(month, number)]
    entries = told(programs(tree), [joined("2026-04-01"), *facts]).entries
    found = [entry.occurred_at for entry in entries if "|r" in entry.identity]
    assert found == [at(f"2026-{when} 00:00") if "visit" in str(rule) else at(f"2026-{when} 23:59") for when in given]
