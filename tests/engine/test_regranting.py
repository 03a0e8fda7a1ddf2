"""What budgets still have for two who are two again: where it is not enough, the absorbed one goes without first."""

import pytest

from regulars.engine.account import Account, Wallet
from regulars.engine.due import advance
from regulars.engine.fold import fold
from regulars.engine.purse import Purse, close
from regulars.engine.tape import Tape
from regulars.engine.timeline import unrolled
from tests.builders import at, line, order
from tests.engine.parties import Deed, Parties, Tree

MERGED, PARTED = "2026-01-10 12:00 absorbs wang", "2026-02-10 12:00 parts from wang"
THEN = at("2026-02-10 12:00")


class Parted:
    """Lin's history, where others have used so much of the budgets, and what the same history says folded again."""

    def __init__(self, program: Tree, deeds: list[Deed], used: dict[str, int], *later: tuple[str, Tree]) -> None:
        parties = Parties(program, deeds, later)
        self.used, self.until = used, parties.until
        self.steps, self.programs = unrolled(parties.facts("lin")), parties.stage.programs
        self.tape, self.purse = self.folded(Purse(dict(used)))
        changed = close(self.purse).changed
        again, asked = self.folded(Purse(dict(self.purse.used), changed))
        assert again.account == self.tape.account
        assert close(asked).changed == {}

    def folded(self, purse: Purse) -> tuple[Tape, Purse]:
        tape = Tape(self.programs, Account(), purse=purse)
        fold(tape, self.steps, self.until)
        for other in tape.apart.values():
            advance(other, self.until)
        return tape, purse

    @property
    def wang(self) -> Account:
        return self.tape.apart["wang"].account

    @property
    def points(self) -> tuple[int, int]:
        """Of lin and wang."""
        lin, wang = (one.wallets.get("points") or Wallet() for one in (self.tape.account, self.wang))
        return lin.available, wang.available

    @property
    def asked(self) -> list[tuple[str, int, int]]:
        """By what and for how much anew, and what was granted; what went back is below zero."""
        return [
            (f"{cause.partition('/')[2]}|{rule}", wanted, granted)
            for (_, cause, rule), events in self.purse.events.items()
            for when, wanted, granted in events
            if when == THEN and cause.startswith("unmerge:")
        ]


def campaign(*earn: Tree, **parts: str) -> Tree:
    """All rules of one campaign of 200 points; cups give as many as are wanted."""
    spring = {"campaign": "spring", "budget": "200 points"} | parts
    return {"campaigns": [spring], "earn": [rule | {"campaign": "spring"} for rule in (*earn, CUPS)], "referral": {}}


CUPS = {"rule": "cups", "when": {"category": "cups"}, "give": "1 point per 1 TWD"}
WELCOME = {"rule": "welcome", "on": "enrolment", "give": "50 points"}
FIRST = {"rule": "first", "when": {"nth_order": "1"}, "give": "40 points"}
PAIR = {"rule": "pair", "goal": {"orders": "2", "per": "month"}, "give": "30 points"}
EACH = {"rule": "each", "on": "referral", "give": "3 points"}
THANKS = {"rule": "thanks", "on": "referral", "give": "20 points", "limit": "once"}
FOLLOW = {"rule": "follow", "on": "activity follow", "give": "10 points", "limit": "once"}
BOTH: list[Deed] = ["2026-01-02 12:00 buys A: 2 tea 100", "2026-01-03 12:00 wang buys B: 2 tea 100"]
FOLLOWED: list[Deed] = ["2026-01-04 12:00 does follow", "2026-01-04 12:00 wang does follow"]
EFFECTS: list[Deed] = ["2026-01-04 12:00 effect referral x/1", "2026-01-04 13:00 wang effect referral y/1"]
NAMED: list[Deed] = ["2026-01-04 12:00 effect referral x/1:2", "2026-01-04 13:00 wang effect referral y/1:2"]
PAIRS: list[Deed] = [*BOTH, "2026-01-04 12:00 buys C: tea 10", "2026-01-04 12:00 wang buys D: tea 10"]


def bought(cups: int) -> list[Deed]:
    return [f"2026-01-12 12:00 buys G: cups {cups}"] if cups else []


@pytest.mark.parametrize(
    ("earn", "deeds", "used", "cups", "wang", "asked"),
    [
        # What was given to each stays theirs, and nobody asks.
        ([], [*BOTH, "2026-01-04 12:00 buys C: cups 60", "2026-01-04 12:00 wang buys D: cups 70"], 70, 0, 70, []),
        # Wang's went back when they became one: as much of it returns as there is.
        ([WELCOME], BOTH, 50, 100, 50, [("welcome", 50, 50)]),
        ([WELCOME], BOTH, 50, 130, 20, [("welcome", 50, 20)]),
        ([WELCOME], BOTH, 50, 149, 1, [("welcome", 50, 1)]),
        ([WELCOME], BOTH, 50, 150, 0, [("welcome", 50, 0)]),
        ([FIRST], BOTH, 40, 130, 30, [("first", 40, 30)]),
        ([FIRST], BOTH, 40, 160, 0, [("first", 40, 0)]),
        ([FOLLOW], [*BOTH, *FOLLOWED], 10, 185, 5, [("follow", 10, 5)]),
        ([THANKS, EACH], [*BOTH, *EFFECTS], 23, 165, 12, [("thanks", 20, 9)]),
        ([PAIR], PAIRS, 30, 160, 10, [("pair", 30, 10)]),
        # Only as one had they met it: that gives room back, which is there for wang's welcome.
        (
            [WELCOME, PAIR | {"goal": {"orders": "3", "per": "month"}}],
            BOTH,
            50,
            120,
            30,
            [("pair", 0, -30), ("welcome", 50, 30)],
        ),
        # What wang did meanwhile, as one of two who had got it.
        (
            [FOLLOW | {"give": "1 point"}],
            [*BOTH, FOLLOWED[0], "2026-01-12 12:00 wang does follow"],
            0,
            100,
            1,
            [("follow", 1, 1)],
        ),
    ],
    ids=str,
)
def test_the_absorbed_one_goes_without_what_there_is_no_room_for(
    earn: list[Tree], deeds: list[Deed], used: int, cups: int, wang: int, asked: list[tuple[str, int, int]]
):
    """`used` is what wang had drawn before: to lin's history that is another's. Lin's cups take the room meanwhile."""
    parted = Parted(campaign(*earn), [*deeds, MERGED, *bought(cups), PARTED], {"spring": used})
    assert (parted.points[1], sorted((rule.rpartition("|")[2], *rest) for rule, *rest in parted.asked)) == (wang, asked)


def test_where_both_want_the_same_the_survivor_goes_without_last():
    """The second pair of the two is wang's first and, apart, lin's second: 60 are wanted, and 10 are left."""
    deeds = [*PAIRS, MERGED, "2026-01-12 12:00 buys G: cups 60", "2026-01-13 12:00 buys H: tea 10", PARTED]
    again = PAIR | {"goal": {"orders": "2", "per": "month", "repeat": "true"}}
    parted = Parted(campaign(WELCOME, again), deeds, {"spring": 80})
    assert parted.points == (150, 50)
    awards = [[award.points for award in awards] for awards in parted.tape.account.awards.values()]
    assert (awards, next(iter(parted.wang.awards.values()))[0].points) == ([[30, 10]], 0)


@pytest.mark.parametrize(
    ("earn", "deeds", "used", "cups", "then", "wang"),
    [
        # Only what was given goes back, and what was refused is not asked for again, although there is room by now.
        ([FIRST], BOTH, 40, 130, ["2026-02-12 12:00 wang edits B: 3 tea 150"], 30),
        ([FIRST], BOTH, 40, 130, ["2026-02-12 12:00 wang returns B: everything"], 0),
        ([FIRST], BOTH, 40, 160, ["2026-02-12 12:00 wang edits B: 3 tea 150"], 0),
        ([THANKS, EACH], [*BOTH, *EFFECTS], 23, 165, ["2026-02-12 12:00 wang withdrawn referral y/1"], 0),
        ([THANKS], [*BOTH, *NAMED], 20, 165, ["2026-02-12 12:00 wang withdrawn referral y/1:2"], 0),
        ([PAIR], PAIRS, 30, 160, ["2026-02-12 12:00 wang returns D: everything"], 0),
        # Whoever was given a part has been given it, whoever was given nothing may be given it yet.
        ([FOLLOW], [*BOTH, *FOLLOWED], 10, 185, ["2026-02-12 12:00 wang does follow"], 5),
        ([FOLLOW], [*BOTH, *FOLLOWED], 10, 190, ["2026-02-12 12:00 wang does follow"], 10),
    ],
    ids=str,
)
def test_what_goes_back_of_it_later(
    earn: list[Tree], deeds: list[Deed], used: int, cups: int, then: list[Deed], wang: int
):
    room = "2026-02-11 12:00 returns G: everything"
    parted = Parted(campaign(*earn), [*deeds, MERGED, *bought(cups), PARTED, room, *then], {"spring": used})
    assert parted.points[1] == wang
    assert not parted.wang.wallets["points"].deficit


def test_what_only_the_absorbed_one_was_given_is_asked_by_its_name_and_never_anew():
    """The campaign began when lin had joined already."""
    program = campaign(WELCOME, **{"from": "2026-01-03"})
    parted = Parted(program, [*BOTH, MERGED, *bought(100), PARTED], {"spring": 50})
    assert (parted.points, parted.asked) == ((100, 50), [])


@pytest.mark.parametrize("pending", ["", "60 days"])
def test_who_paid_for_it_has_it_back_and_growth_falls(pending: str):
    """Of an order of a partner; growth that counts, or waits for the order."""
    tiers = [{"set": "club", "grows_by": "points", "levels": [{"tier": "guest"}, {"tier": "fan", "reach": "1000"}]}]
    program = campaign({"rule": "tea", "when": {"category": "tea"}, "give": "3 points"}, FIRST) | {"tiers": tiers}
    program["earn"] = [rule | {"funded_by": "the order's partner"} for rule in program["earn"]]
    program["wallets"] = {"points": {"pending": pending} if pending else {}}
    tea = order("B:1", "2026-01-03 12:00", line("1", 100, category="tea"), partner="books")
    deeds: list[Deed] = ["2026-01-02 12:00 buys A at books: tea 100", ("wang", tea), MERGED, *bought(127), PARTED]
    parted = Parted(program, deeds, {"spring": 43})
    wallet, growth = parted.wang.wallets["points"], parted.wang.ladders["club"].growth
    assert [(lot.points, lot.funder) for lot in (*wallet.lots, *wallet.waiting)] == [(30, "books")]
    assert (growth.total, [(key, amount) for _, key, amount in growth.waiting]) == (
        (0, [("shop/B:1", 30)]) if pending else (30, [])
    )
    memo = parted.tape.apart["wang"].touched["shop/B:1"].memo
    assert (memo.kept, memo.asked) == ({"tea": 3, "first": 27}, {"first": 40})


def version(*earn: Tree, unit: str = "points") -> Tree:
    base = {"rule": "base", "give": "1 point per 100 TWD"}
    campaigns = [{"campaign": "spring", "budget": f"15 {unit}"}]
    return {"wallets": {"points": {}, "credits": {}}, "campaigns": campaigns, "earn": [base, *earn], "referral": {}}


def spring(rule: Tree, **parts: str) -> Tree:
    return rule | {"campaign": "spring"} | parts


REACH = {"rule": "reach", "goal": {"spend": "1000", "per": "lifetime"}, "give": "10 points"}


@pytest.mark.parametrize(
    "later",
    [
        version(spring(REACH)),
        version(spring(THANKS)),
        version(spring(REACH, give="1 credit"), unit="credits"),
        # Of the present version more would be left of it.
        version(spring(REACH, give="5 points", limit="once")),
    ],
    ids=str,
)
def test_a_goal_gives_by_the_version_of_the_order_that_completed_it(later: Tree):
    """Both orders are of the first version, and complete their goal under the second one."""
    deeds: list[Deed] = [
        "2026-01-03 12:00 buys A: tea 900",
        "2026-01-03 12:00 wang buys B: tea 900",
        MERGED,
        "2026-01-23 12:00 edits A: tea 1000",
        "2026-01-23 13:00 wang edits B: tea 1000",
        PARTED,
    ]
    first = version(spring(REACH, limit="5 per lifetime"))
    parted = Parted(first, deeds, {}, ("2026-01-20", later))
    assert parted.points == (20, 15)
    assert not parted.wang.wallets.get("credits", Wallet()).deficit
    assert [[award.points for award in awards] for awards in parted.wang.awards.values()] == [[5]]


@pytest.mark.parametrize(
    ("handed_over", "growth"),
    [
        ([], (0, [10])),
        (["2026-01-07 12:00 wang gets D"], (10, [])),
        # There was nothing to wait for when it was completed.
        (["2026-01-05 12:00 wang gets D"], (10, [])),
    ],
    ids=str,
)
def test_growth_of_a_goal_that_waits_for_the_order_falls(handed_over: list[Deed], growth: tuple[int, list[int]]):
    tiers = [{"set": "club", "grows_by": "points", "levels": [{"tier": "guest"}, {"tier": "fan", "reach": "1000"}]}]
    goal = PAIR | {"goal": {"spend": "120", "per": "month"}, "pending": "until fulfilled"}
    edits: list[Deed] = ["2026-01-06 12:00 edits C: tea 20", "2026-01-06 12:00 wang edits D: tea 20"]
    deeds = [*PAIRS, *handed_over, *edits, MERGED, *bought(160), PARTED]
    parted = Parted(campaign(goal) | {"tiers": tiers}, deeds, {"spring": 30})
    found = parted.wang.ladders["club"].growth
    assert (found.total, [amount for *_, amount in found.waiting]) == growth


def test_each_time_that_a_goal_gave_nothing_after_all_is_there_for_the_next():
    """Lin had used the limit, so that wang has met the goal twice only apart, and then there is no room."""
    goal = REACH | {"goal": {"spend": "1000", "per": "lifetime", "repeat": "true"}, "limit": "2 per lifetime"}
    met: list[Deed] = ["2026-01-02 12:00 buys A: tea 2000", "2026-01-03 12:00 wang buys B: tea 10", MERGED]
    deeds: list[Deed] = [*met, "2026-01-11 12:00 wang buys D: tea 2000", *bought(180), PARTED]
    assert Parted(campaign(goal), deeds, {}).points == (200, 0)
    room: list[Deed] = ["2026-02-11 12:00 returns G: everything", "2026-02-12 12:00 wang buys E: tea 2000"]
    assert Parted(campaign(goal), [*deeds, *room], {}).points == (20, 20)


@pytest.mark.parametrize(
    ("at_most", "cups", "wang"),
    [
        # Three times ten less so much: it counts as often as that gives something.
        ("1000", 155, 25),
        ("1000", 160, 30),
        ("1000", 170, 30),
        # The third one gave five.
        ("25", 160, 25),
        ("25", 175, 25),
    ],
)
def test_a_goal_that_gave_a_part_after_all_has_been_met_as_often_as_that_takes(at_most: str, cups: int, wang: int):
    goal = REACH | {"goal": {"spend": "1000", "per": "lifetime", "repeat": "true"}, "limit": "3 per lifetime"}
    program = campaign(goal) | {"caps": [{"at_most": at_most, "per": "lifetime", "rules": ["reach"]}]}
    met: list[Deed] = ["2026-01-02 12:00 buys A: tea 3000", "2026-01-03 12:00 wang buys B: tea 10", MERGED]
    room: list[Deed] = ["2026-02-11 12:00 returns G: everything", "2026-02-12 12:00 wang buys E: tea 3000"]
    deeds: list[Deed] = [*met, "2026-01-11 12:00 wang buys D: tea 3000", *bought(cups), PARTED, *room]
    assert Parted(program, deeds, {}).points[1] == wang


def test_what_was_withdrawn_and_given_again_goes_back_as_it_was_given_last():
    """Points at first, then credits, of which fifteen are left for wang."""
    wallets: Tree = {"wallets": {"points": {}, "credits": {}}}
    first, later = campaign(THANKS) | wallets, campaign(THANKS | {"give": "20 credits"}, budget="200 credits") | wallets
    later["earn"][1]["give"] = "1 credit per 1 TWD"
    again: list[Deed] = ["2026-01-05 12:00 wang withdrawn referral y/1", "2026-01-09 12:00 wang effect referral y/1"]
    deeds = [*BOTH, *EFFECTS, *again, MERGED, *bought(165), PARTED]
    parted = Parted(first, deeds, {"spring": 20}, ("2026-01-08", later))
    assert parted.points == (20, 0)
    assert {name: (one.available, one.deficit) for name, one in parted.wang.wallets.items()} == {
        "points": (0, 0),
        "credits": (15, 0),
    }


@pytest.mark.parametrize(("left", "wang"), [(50, 50), (49, 0)])
def test_all_or_nothing(left: int, wang: int):
    program = campaign(WELCOME, at_end="all_or_nothing")
    parted = Parted(program, [*BOTH, MERGED, *bought(150 - left), PARTED], {"spring": 50})
    assert parted.points[1] == wang


def test_each_month_has_its_own_budget():
    """January's room is asked for what was January's, although it is February."""
    deeds = [*BOTH, MERGED, *bought(130), PARTED]
    parted = Parted(campaign(WELCOME, per="month"), deeds, {"spring/2026-01-01": 50})
    assert parted.points[1] == 20


@pytest.mark.parametrize("budget", ["170 points", ""])
def test_the_budget_is_as_it_is_now_or_was_last(budget: str):
    """Another version cut it, or has none of it any more: then it is as it was."""
    first = campaign(WELCOME)
    later = campaign(WELCOME)
    later["campaigns"][0]["budget"] = budget
    if not budget:
        later = {"earn": [{"rule": "base", "give": "1 point"}]}
    deeds = [*BOTH, MERGED, *bought(100), PARTED]
    parted = Parted(first, deeds, {"spring": 50}, ("2026-01-20", later))
    assert parted.points[1] == (20 if budget else 50)
