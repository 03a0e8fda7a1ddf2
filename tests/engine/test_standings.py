"""What holds of a member from an instant on, where no table of docs/rules/occasions.md says it."""

from regulars.engine.facts import Details, Fact, PlanStanding
from regulars.engine.outcome import Announcement, Outcome
from tests.builders import at, document, joined, programs, told

RULES = [
    {"rule": "birthday", "on": "birthday", "give": "100 points"},
    {"rule": "profile", "on": "profile", "needs": ["country"], "give": "10 points"},
    {"rule": "premium", "on": "plan premium", "give": "5 points"},
    {"rule": "plus", "on": "plan plus", "give": "7 points"},
]
VERSIONS = programs(document(earn=RULES))
JOINED = joined("2026-01-01")


def outcome(*facts: Fact, until: str = "") -> Outcome:
    return told(VERSIONS, [JOINED, *facts], until)


def given(*facts: Fact, until: str = "") -> list[tuple[str, int]]:
    return [(entry.identity, entry.points) for entry in outcome(*facts, until=until).entries]


def details(when: str, birthday: tuple[int, int] | None = None, country: str = "") -> Details:
    return Details(f"D-{when}", at(when), birthday, country)


def plan(name: str, when: str, until: str = "") -> PlanStanding:
    return PlanStanding(f"{name}-{when}", name, at(when), at(until) if until else None)


def test_a_birthday_that_is_told_later_comes():
    told_later = details("2026-02-01", (3, 2))
    assert given(told_later, until="2026-03-01") == []
    assert given(told_later, until="2026-03-02") == [("birthday:2026|birthday", 100)]


def test_a_birthday_that_is_withdrawn_does_not_come():
    facts = [details("2026-02-01", (3, 2)), details("2026-02-02")]
    assert given(*facts, until="2026-03-03") == []
    assert outcome(*facts).account.birthday_at is None


def test_a_complete_profile_is_called_so():
    assert given(details("2026-02-01", country="TW")) == [("profile|profile", 10)]


def test_each_plan_stands_by_itself():
    both = [plan("premium", "2026-01-05", "2026-02-01"), plan("plus", "2026-01-06", "2026-03-01")]
    assert given(*both) == [("plan:premium-2026-01-05|premium", 5), ("plan:plus-2026-01-06|plus", 7)]
    assert outcome(*both).account.known.plans == ("plus", "premium")
    assert outcome(*both, until="2026-02-01").account.known.plans == ("plus",)
    longer = plan("premium", "2026-01-20", "2026-04-01")
    assert outcome(*both, longer, until="2026-02-01").account.known.plans == ("plus", "premium")
    assert outcome(*both, longer, until="2026-03-01").account.known.plans == ("premium",)
    assert outcome(*both, longer, until="2026-04-01").account.known.plans == ()


def test_a_plan_that_ends_as_it_begins_was_never_there():
    assert given(plan("premium", "2026-01-05", "2026-01-05")) == []
    ended = outcome(plan("premium", "2026-01-05"), plan("premium", "2026-01-20", "2026-01-20"))
    assert ended.account.known.plans == ()


def test_the_end_of_a_plan_is_announced():
    until = at("2026-02-01")
    told_of = outcome(plan("premium", "2026-01-05", "2026-02-01"), until="2026-02-02").announcements
    assert [one for one in told_of if one.kind == "plan.ended"] == [
        Announcement(f"plan:premium/{until}", "plan.ended", until, {"plan": "premium"})
    ]


def test_what_ends_together_may_be_renewed_together():
    both = [plan("premium", "2026-01-05", "2026-02-01"), plan("plus", "2026-01-05", "2026-02-01")]
    again = [plan("premium", "2026-02-01"), plan("plus", "2026-02-01")]
    assert len(given(*both, *again)) == 2


def test_a_plan_that_ended_before_begins_anew_when_another_ends():
    """Only what ended at this very instant is renewed."""
    both = [plan("premium", "2026-01-05", "2026-02-01"), plan("plus", "2026-01-05", "2026-03-01")]
    assert given(*both, plan("premium", "2026-03-01"))[2:] == [("plan:premium-2026-03-01|premium", 5)]
    assert given(*both, plan("plus", "2026-03-01"))[2:] == []
