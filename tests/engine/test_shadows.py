"""What is decided while two are one: who bears it when they are two again."""

import pytest

from regulars.engine.facts import Redemption
from regulars.engine.lots import total
from tests.builders import at
from tests.engine.parties import Deed, Parties, Tree, figures

WORTH: Tree = {"wallets": {"points": {"worth": "10 TWD per 1", "expires": "3 months"}}}
Left = tuple[str, int]
# Lin brings 100 points, wang 50.
BROUGHT = ["2026-01-02 12:00 buys A: 2 tea 10000", "2026-01-03 12:00 wang buys B: tea 5000"]
MERGED, PARTED = "2026-01-10 12:00 absorbs wang", "2026-02-10 12:00 parts from wang"
PAID = ["2026-01-12 12:00 redeems R: 30", "2026-01-12 12:01 buys C: 3 tea 300 paid 300 with R"]
PAID_BY_WANG = [
    "2026-01-12 12:00 wang redeems R: 30",
    "2026-01-12 12:01 wang buys C: 3 tea 300 paid 300 with R",
]


@pytest.mark.parametrize(
    ("deeds", "lin", "wang"),
    [
        ([], "available 100", "available 50"),
        (["2026-01-12 12:00 redeems 30"], "available 80", "available 40"),
        (["2026-01-12 12:00 wang redeems 30"], "available 80", "available 40"),
        (["2026-01-12 12:00 sends 30"], "available 80", "available 40"),
        (["2026-01-12 12:00 sends 1"], "available 99", "available 50"),
        (["2026-01-12 12:00 adjusts -30"], "available 80", "available 40"),
        (["2026-01-12 12:00 adjusts 30"], "available 130", "available 50"),
        (["2026-01-12 12:00 redeems 170"], "owed 20", ""),
        (["2026-01-12 12:00 wang redeems 170"], "", "owed 20"),
        (["2026-01-11 12:00 returns A: everything", "2026-01-12 12:00 redeems 30"], "", "available 20"),
        (["2026-01-11 12:00 wang returns B: everything", "2026-01-12 12:00 redeems 30"], "available 70", ""),
        # What came back before they were two again came back to both, what comes back later to who has the order.
        ([*PAID, "2026-01-13 12:00 cancels C"], "available 100", "available 50"),
        ([*PAID, "2026-02-13 12:00 cancels C"], "available 110", "available 40"),
        (
            [*PAID, "2026-01-13 12:00 returns C: 1 tea", "2026-02-13 12:00 returns C: 2 tea"],
            "available 107",
            "available 43",
        ),
        ([*PAID_BY_WANG, "2026-01-13 12:00 wang cancels C"], "available 100", "available 50"),
        ([*PAID_BY_WANG, "2026-02-13 12:00 wang cancels C"], "available 80", "available 70"),
        ([PAID[0], PAID_BY_WANG[1], "2026-02-13 12:00 wang cancels C"], "available 80", "available 70"),
        ([PAID_BY_WANG[0], PAID[1], "2026-02-13 12:00 cancels C"], "available 110", "available 40"),
        ([PAID[0], "2026-02-13 12:00 voids R"], "available 110", "available 40"),
        ([PAID[0], "2026-01-13 12:00 voids R"], "available 100", "available 50"),
        ([PAID[0], "2026-01-13 12:00 voids R: 1", "2026-02-13 12:00 voids R"], "available 110", "available 40"),
        ([PAID_BY_WANG[0], "2026-02-13 12:00 wang voids R"], "available 80", "available 70"),
        (
            [
                "2026-01-12 12:00 redeems R: 170",
                "2026-01-12 12:01 buys C: 1 tea 1700 paid 1700 with R",
                "2026-02-13 12:00 cancels C",
            ],
            "available 150",
            "",
        ),
        # One point at a time.
        (
            [
                "2026-01-12 12:00 redeems R: 1",
                "2026-01-12 12:01 wang buys C: 1 tea 10 paid 10 with R",
                "2026-02-13 12:00 wang cancels C",
            ],
            "available 99",
            "available 51",
        ),
        (
            [
                "2026-01-12 12:00 redeems R: 3",
                "2026-01-12 12:01 buys C: 3 tea 30 paid 30 with R",
                "2026-01-13 12:00 returns C: 1 tea",
            ],
            "available 99",
            "available 49",
        ),
        # It is bought after all.
        (
            [*PAID, "2026-01-13 12:00 cancels C", "2026-01-14 12:00 edits C: 3 tea 300 paid 300 with R"],
            "available 80",
            "available 40",
        ),
        (
            [
                *PAID,
                "2026-01-13 12:00 cancels C",
                "2026-01-13 13:00 redeems 150",
                "2026-01-14 12:00 edits C: 3 tea 300 paid 300 with R",
            ],
            "owed 30",
            "",
        ),
        (
            [
                *PAID_BY_WANG,
                "2026-01-13 12:00 wang cancels C",
                "2026-01-13 13:00 redeems 150",
                "2026-01-14 12:00 wang edits C: 3 tea 300 paid 300 with R",
            ],
            "",
            "owed 30",
        ),
        # A hold is all of who asked for it.
        (["2026-01-12 12:00 holds H: 60 until 2026-02-28"], "available 40, held 60", "available 50"),
        (["2026-01-12 12:00 wang holds H: 60 until 2026-02-28"], "available 100", "held 50"),
        (
            ["2026-01-12 12:00 wang holds H: 60 until 2026-02-28", "2026-02-11 12:00 wang captures H"],
            "available 100",
            "owed 10",
        ),
        (["2026-01-12 12:00 holds H: 60 until 2026-01-28"], "available 100", "available 50"),
        (["2026-01-12 12:00 holds H: 60", "2026-01-12 13:00 captures H"], "available 60", "available 30"),
        (["2026-01-12 12:00 wang holds H: 60", "2026-01-12 13:00 releases H"], "available 100", "available 50"),
    ],
    ids=str,
)
def test_who_bears_what_both_spend(deeds: list[Deed], lin: str, wang: str):
    seen = Parties(WORTH, [*BROUGHT, MERGED, *deeds, PARTED]).seen()
    assert (figures(seen["lin"]), figures(seen["wang"])) == (lin, wang)


def test_what_waits_and_what_is_held_was_brought_as_well():
    """100 and 20 of lin, 10 of them held; 60 of wang: two thirds and one."""
    program: Tree = {"wallets": {"points": {"pending": "30 days"}}}
    deeds: list[Deed] = [
        "2025-12-01 12:00 buys A: tea 10000",
        "2026-01-05 12:00 buys C: tea 2000",
        "2025-12-02 12:00 wang buys B: tea 6000",
        "2026-01-08 12:00 holds H: 10 until 2026-02-01",
        MERGED,
        "2026-01-12 12:00 redeems 60",
        PARTED,
    ]
    seen = Parties(program, deeds).seen()
    assert (figures(seen["lin"]), figures(seen["wang"])) == ("available 80", "available 40")


@pytest.mark.parametrize(
    ("deeds", "lin", "wang"),
    [
        ([("lin", Redemption("R", "credit", 6, at("2026-01-13 12:00")))], "available 10", "available 14"),
        ([("wang", Redemption("R", "credit", 6, at("2026-01-13 12:00")))], "available 10", "available 14"),
        ([("lin", Redemption("R", "merit", 6, at("2026-01-13 12:00")))], "available 10", "available 20"),
        ([("wang", Redemption("R", "merit", 6, at("2026-01-13 12:00")))], "available 10", "available 20"),
    ],
    ids=str,
)
def test_what_only_one_of_them_brought_is_spent_first(deeds: list[Deed], lin: str, wang: str):
    """Credit was wang's alone when they became one, merits nobody's: those are spent by whose decision it is."""
    earn = [
        {"rule": "credit", "on": "activity visit", "give": "10 credit"},
        {"rule": "merit", "on": "activity share", "give": "10 merit"},
    ]
    wallets: Tree = {"points": {}, "credit": {}, "merit": {}}
    then: list[Deed] = [
        *["2026-01-02 12:00 joins", "2026-01-03 12:00 wang joins", "2026-01-04 12:00 wang does visit"],
        *[MERGED, "2026-01-12 12:00 does visit", "2026-01-12 12:00 wang does visit"],
        *["2026-01-12 13:00 does share", "2026-01-12 13:00 wang does share"],
    ]
    [(who, spent)] = [deed for deed in deeds if not isinstance(deed, str)]
    seen = Parties({"wallets": wallets, "earn": earn, "enrolment": "explicit"}, [*then, *deeds, PARTED]).seen()
    assert (figures(seen["lin"], "credit"), figures(seen["wang"], "credit")) == (
        (lin, wang) if spent.wallet == "credit" else ("available 10", "available 20")
    )
    if spent.wallet == "merit":
        left = {"lin": "available 10", "wang": "available 10", who: "available 4"}
        assert {name: figures(outcome, "merit") for name, outcome in seen.items()} == left


REWARDS: Tree = {
    "rewards": [
        {"reward": "badge", "costs": "nothing", "limit": "1 per year"},
        {"reward": "cup", "costs": "30 points", "limit": "1 per year"},
    ]
}


@pytest.mark.parametrize("by", ["", "wang "])
@pytest.mark.parametrize(
    ("taken", "then", "again"),
    [
        ("0 for badge", [], "reward_limit_reached"),
        ("0 for badge", ["2026-01-13 12:00 voids R"], "yes"),
        (
            "0 for badge",
            ["2026-01-12 12:01 buys C: tea 100 paid 0 with R", "2026-01-13 12:00 edits C: tea 200 paid 0 with R"],
            "reward_limit_reached",
        ),
        ("30 for cup", [], "reward_limit_reached"),
        ("30 for cup", ["2026-01-13 12:00 voids R"], "yes"),
        ("30 for cup", ["2026-01-13 12:00 voids R: 29"], "reward_limit_reached"),
    ],
    ids=str,
)
def test_a_reward_is_taken_by_one_of_them(by: str, taken: str, then: list[Deed], again: str):
    parties = Parties(REWARDS, [*BROUGHT, MERGED, f"2026-01-12 12:00 {by}redeems R: {taken}", *then, PARTED])
    asked = f"redeems {taken}"
    answers = {
        name: parties.stage.answer(asked, outcome, at("2026-02-11 12:00")) for name, outcome in parties.seen().items()
    }
    assert answers == {"lin": "yes", "wang": "yes", by.strip() or "lin": again}
    rewards = {name: outcome.spent["R"].reward for name, outcome in parties.seen().items() if "R" in outcome.spent}
    own = {by.strip() or "lin": taken.rpartition(" ")[2]}
    assert {name: reward for name, reward in rewards.items() if reward} == own


@pytest.mark.parametrize(
    ("deeds", "lin", "wang"),
    [
        (["2026-01-12 12:00 redeems R: 1"], [("R", 1)], []),
        (["2026-01-12 12:00 redeems R: 30"], [("R", 30)], []),
        (["2026-01-12 12:00 wang redeems R: 30"], [], [("R", 30)]),
        (["2026-01-12 12:00 redeems R: 30", "2026-01-13 12:00 voids R: 6"], [("R", 24)], []),
        (["2026-01-12 12:00 redeems R: 30", "2026-01-13 12:00 voids R"], [("R", 0)], [("R", 0)]),
        (["2026-01-12 12:00 redeems R: 30", "2026-01-13 12:00 wang buys C: tea 300 paid 300 with R"], [], [("R", 30)]),
        (["2026-01-12 12:00 redeems R: 1", "2026-01-13 12:00 wang buys C: tea 10 paid 10 with R"], [], [("R", 1)]),
        (
            [
                "2026-01-11 12:00 wang returns B: everything",
                "2026-01-12 12:00 redeems R: 120",
                "2026-01-13 12:00 wang buys C: tea 1200 paid 1200 with R",
            ],
            [],
            [("R", 120)],
        ),
    ],
    ids=str,
)
def test_what_can_still_come_back_is_one_s_alone(deeds: list[Deed], lin: list[Left], wang: list[Left]):
    """And it counts towards what this one may redeem, not towards what the other may."""
    program = {"wallets": {"points": {"worth": "10 TWD per 1", "spend": {"per month": "130 points"}}}}
    later = "2026-01-20 13:00"
    given = [f"{later} adjusts 200", f"{later} wang adjusts 200"]
    parties = Parties(program, [*BROUGHT, MERGED, *deeds, "2026-01-20 12:00 parts from wang", *given])
    for name, found in (("lin", lin), ("wang", wang)):
        outcome = parties.seen()[name]
        left = [(key, one.short + total(one.lots)) for key, one in outcome.spent.items()]
        assert left == found
        room = 130 - sum(points for _, points in left)
        assert parties.stage.answer(f"redeems {room}", outcome, at("2026-01-21 12:00")) == "yes"
        assert parties.stage.answer(f"redeems {room + 1}", outcome, at("2026-01-21 12:00")) != "yes"


# Three who are one


NESTED = [*BROUGHT, "2026-01-04 12:00 mei buys M: tea 6000", MERGED, "2026-01-11 12:00 mei absorbs lin"]
TWO_AGAIN = ["2026-02-01 12:00 mei parts from lin", PARTED]
LENT = "2026-01-12 12:00 mei redeems R: 42"


@pytest.mark.parametrize(
    ("deeds", "mei", "lin", "wang"),
    [
        ([], "available 60", "available 100", "available 50"),
        ([LENT], "available 48", "available 80", "available 40"),
        (["2026-01-12 12:00 mei redeems R: 250"], "owed 40", "", ""),
        # What is bought meanwhile is of who bought it, and so is what comes back of it.
        ([LENT, "2026-01-12 12:01 mei buys C: 3 tea 420 paid 420 with R", "2026-02-12 12:00 mei cancels C"],
         "available 90", "available 80", "available 40"),
        ([LENT, "2026-01-12 12:01 buys C: 3 tea 420 paid 420 with R", "2026-02-12 12:00 cancels C"],
         "available 48", "available 122", "available 40"),
        ([LENT, "2026-01-12 12:01 wang buys C: 3 tea 420 paid 420 with R", "2026-02-12 12:00 wang cancels C"],
         "available 48", "available 80", "available 82"),
        ([LENT, "2026-01-12 12:01 wang buys C: 3 tea 420 paid 420 with R", "2026-01-13 12:00 wang returns C: 1 tea",
          "2026-02-12 12:00 wang cancels C"], "available 52", "available 87", "available 71"),
        ([LENT, "2026-01-12 12:01 wang buys C: 3 tea 420 paid 420 with R", "2026-01-13 12:00 wang returns C: 1 tea",
          "2026-01-14 12:00 wang returns C: 1 tea", "2026-02-12 12:00 wang cancels C"],
         "available 56", "available 94", "available 60"),
        ([LENT, "2026-01-12 12:01 buys C: 3 tea 420 paid 420 with R", "2026-02-05 12:00 returns C: 1 tea",
          "2026-02-12 12:00 cancels C"], "available 48", "available 119", "available 43"),
        ([LENT, "2026-01-12 12:01 wang buys C: 3 tea 420 paid 420 with R", "2026-02-05 12:00 wang returns C: 1 tea",
          "2026-02-12 12:00 wang cancels C"], "available 48", "available 87", "available 75"),
        (["2026-01-12 12:00 mei redeems R: 250", "2026-01-12 12:01 wang buys C: 1 tea 2500 paid 2500 with R",
          "2026-02-12 12:00 wang cancels C"], "owed 40", "", "available 250"),
        ([LENT, "2026-01-13 12:00 mei voids R"], "available 60", "available 100", "available 50"),
        ([LENT, "2026-02-12 12:00 mei voids R"], "available 90", "available 80", "available 40"),
        (["2026-01-12 12:00 mei redeems R: 2", "2026-02-12 12:00 mei voids R"],
         "available 61", "available 99", "available 50"),
        (["2026-01-10 18:00 redeems S: 30", "2026-01-12 12:00 mei voids S"],
         "available 60", "available 100", "available 50"),
        (["2026-01-10 18:00 redeems S: 30", "2026-02-12 12:00 voids S"],
         "available 60", "available 110", "available 40"),
        (["2026-01-12 12:00 mei holds H: 42 until 2026-03-01"],
         "available 18, held 42", "available 100", "available 50"),
    ],
    ids=str,
)  # fmt: skip
def test_three_are_two_again_in_turn(deeds: list[Deed], mei: str, lin: str, wang: str):
    seen = Parties(WORTH, [*NESTED, *deeds, *TWO_AGAIN]).seen()
    assert {name: figures(outcome) for name, outcome in seen.items()} == {"mei": mei, "lin": lin, "wang": wang}


@pytest.mark.parametrize("by", ["", "wang ", "mei "])
@pytest.mark.parametrize("given", [[], ["2026-01-05 12:00 mei adjusts 300"]])
def test_a_reward_is_taken_by_one_of_three(by: str, given: list[Deed]):
    """The point of it that is left to come back was paid by who had most."""
    taken = [f"2026-01-12 12:00 {by}redeems R: 30 for cup", "2026-01-13 12:00 mei voids R: 29"]
    parties = Parties(REWARDS, [*given, *NESTED, *taken, *TWO_AGAIN])
    answers = {
        name: parties.stage.answer("redeems 30 for cup", outcome, at("2026-02-11 12:00"))
        for name, outcome in parties.seen().items()
    }
    assert answers == {"lin": "yes", "wang": "yes", "mei": "yes", by.strip() or "lin": "reward_limit_reached"}


def test_three_are_as_they_would_have_been():
    bought = [
        "2026-01-12 12:00 mei buys C: tea 500",
        "2026-01-12 13:00 wang buys D: 2 tea 600",
        "2026-01-13 12:00 buys E: tea 700",
        "2026-01-14 12:00 wang returns D: 1 tea",
        "2026-01-15 12:00 returns A: 1 tea",
        "2026-02-05 12:00 wang buys F: tea 800",
        "2026-02-12 12:00 wang returns D: 1 tea",
    ]
    Parties({}, [*NESTED, *bought, *TWO_AGAIN]).are_as_apart()
