"""Rewards that rules give: what was granted and not withdrawn is what orders keep, whatever happened in between."""

from collections import Counter

from hypothesis import given

from regulars.engine.account import Account
from regulars.engine.facts import Effect, Fact, Merge, Theirs
from regulars.engine.fold import fold
from regulars.engine.granting import GRANTED, WITHDRAWN
from regulars.engine.outcome import Announcement
from regulars.engine.tape import Tape
from regulars.engine.timeline import unrolled
from tests.builders import at, back, document, joined, line, order, programs, refund, told
from tests.engine.decisions import decided
from tests.engine.histories import END, Story, thoroughly

GIFT = programs(
    document(
        rewards=[{"reward": "cup", "costs": "5 points"}],
        earn=[{"rule": "gift", "give": "reward cup", "when": {"order_at_least": "500 TWD"}}],
    )
)


def kept(announced: list[Announcement]) -> Counter[str]:
    """By grant, what was granted and not withdrawn; never less than nothing on the way."""
    found = Counter[str]()
    for one in announced:
        if one.kind.startswith("reward."):
            found[one.payload["grant"]] += int(one.payload["count"]) * (1 if one.kind == GRANTED else -1)
            assert found[one.payload["grant"]] >= 0
    return +found


@thoroughly
@given(decided())
def test_orders_keep_what_was_granted_and_not_withdrawn(story: Story):
    outcome = fold(Tape(story.programs, Account()), unrolled(story.facts), END)
    rules = {rule.name for version in story.programs.versions for rule in version.rules if rule.reward}
    keeps = {
        f"order:{key}|{rule}": count
        for key, memo in outcome.memos.items()
        for rule, count in memo.kept.items()
        if rule in rules
    }
    assert kept(outcome.announcements) == keeps


@thoroughly
@given(decided())
def test_every_grant_is_announced_under_a_name_of_its_own(story: Story):
    outcome = fold(Tape(story.programs, Account()), unrolled(story.facts), END)
    names = [one.identity for one in outcome.announcements if one.kind.startswith("reward.")]
    assert len(names) == len(set(names))


def test_a_grant_keeps_its_key_and_names_reward_and_rule():
    facts = [
        order("A", "2026-01-10 12:00", line("tea", 600, 2)),
        refund("A/R", "2026-01-11 12:00", back("tea")),
    ]
    granted, withdrawn = [one for one in told(GIFT, facts).announcements if one.kind.startswith("reward.")]
    said = {"grant": "order:shop/A|gift", "reward": "cup", "rule": "gift", "count": "1"}
    assert (granted.identity, granted.payload) == ("reward.granted:order:shop/A|gift", said)
    assert (withdrawn.identity, withdrawn.payload) == ("reward.withdrawn:refund:shop/A/R|gift", said)


def test_nothing_is_booked():
    outcome = told(GIFT, [order("A", "2026-01-10 12:00", line("tea", 600))])
    assert (outcome.entries, outcome.account.wallets) == ([], {})


def test_of_several_who_become_one_each_loses_what_the_first_has():
    """Whoever came first keeps it, however many come."""
    versions = programs(
        document(
            rewards=[{"reward": "cup", "costs": "5 points"}],
            earn=[{"rule": "welcome", "on": "enrolment", "give": "reward cup"}],
        )
    )
    others = ("wang", "mei")
    facts: list[Fact] = [joined("2026-01-01")]
    for place, name in enumerate(others):
        facts.append(Theirs(name, joined("2026-01-02", name)))
        facts.append(Merge(name, name, "lin", at(f"2026-01-0{3 + place}"), "lin"))
    announced = told(versions, facts).announcements
    withdrawn = [one.payload["grant"] for one in announced if one.kind == WITHDRAWN]
    assert withdrawn == ["enrolment:wang@wang|welcome", "enrolment:mei@mei|welcome"]


def test_a_reward_that_was_withdrawn_may_be_given_again():
    """Its limit gets its room back, and its key stays what it was; what a rule gives besides is given as well."""
    tree = document(
        rewards=[{"reward": "cup", "costs": "5 points"}],
        referral={},
        earn=[
            {"rule": "cup", "on": "referral", "give": "reward cup", "limit": "once"},
            {"rule": "points", "on": "referral", "give": "5 points"},
        ],
        caps=[{"rules": "points", "at_most": "5", "per": "day"}],
        enrolment="explicit",
    )
    facts: list[Fact] = [
        joined("2026-01-01"),
        Effect("E1", "referral", at("2026-01-02"), "A"),
        Effect("E2", "referral", at("2026-01-03"), "A", withdrawn=True),
        Effect("E3", "referral", at("2026-01-04"), "B"),
        Effect("E4", "referral", at("2026-01-05"), "C"),
    ]
    outcome = told(programs(tree), facts)
    said = [(one.kind, one.payload["grant"]) for one in outcome.announcements if one.kind.startswith("reward.")]
    assert said == [
        (GRANTED, "effect:A|cup"), (WITHDRAWN, "effect:A|cup"), (GRANTED, "effect:B|cup"),
    ]  # fmt: skip
    assert outcome.account.wallets["points"].available == 10
    assert outcome.account.used["limit:cup/lifetime"][0][1] == 1


def test_what_is_withdrawn_long_afterwards_finds_its_day_forgotten():
    tree = document(
        rewards=[{"reward": "cup", "costs": "5 points"}],
        referral={},
        earn=[
            {"rule": "cup", "on": "referral", "give": "reward cup", "limit": "1 per day"},
            {"rule": "points", "on": "referral", "give": "5 points", "limit": "1 per day"},
        ],
        enrolment="explicit",
    )
    days = {"A": "2026-01-02", "B": "2026-04-01", "C": "2026-04-01 12:00"}
    given = [Effect(cause, "referral", at(day), cause) for cause, day in days.items()]
    late = [Effect(f"{cause}-", "referral", at("2026-04-02"), cause, withdrawn=True) for cause in "AB"]
    outcome = told(programs(tree), [joined("2026-01-01"), *given, *late])
    assert sum(one.kind == WITHDRAWN for one in outcome.announcements) == 2
    assert outcome.account.wallets["points"].available == 0
    assert {points for windows in outcome.account.used.values() for _, points in windows} <= {0}
