"""Two members become one: what that one has of both."""

from typing import Any

import pytest

from regulars.engine.account import Account, Wallet
from regulars.engine.facts import Merge
from regulars.engine.fold import fold
from regulars.engine.outcome import Outcome
from regulars.engine.tape import Tape
from regulars.engine.timeline import unrolled
from tests.builders import at as instant
from tests.builders import document, programs
from tests.engine.parties import Deed, Parties, Tree

MERGED, PARTED = "2026-01-31 12:00 absorbs wang", "2026-03-31 12:00 parts from wang"
BASE: Tree = {"rule": "base", "give": "1 point per 100 TWD"}


def one(program: Tree, deeds: list[Deed], *later: tuple[str, Tree]) -> Outcome:
    """What lin has when all is told; and when they are two again, each has what they would have had."""
    Parties(program, [*deeds, PARTED], later).are_as_apart()
    return Parties(program, deeds, later).seen()["lin"]


@pytest.mark.parametrize(
    ("lin", "wang", "ends"),
    [
        (["gold until 2026-03-01"], ["gold until 2026-03-15"], [("gold", "2026-03-15")]),
        (["gold until 2026-03-15"], ["gold until 2026-03-01"], [("gold", "2026-03-15")]),
        (["gold"], ["gold until 2026-03-01"], []),
        (["gold until 2026-03-01"], ["gold"], []),
        ([], ["gold until 2026-03-01"], [("gold", "2026-03-01")]),
        (["gold until 2026-03-01"], [], [("gold", "2026-03-01")]),
        (["gold"], ["gold until 2026-03-01", "plus until 2026-03-15"], [("plus", "2026-03-15")]),
        (["plus until 2026-03-02"], ["gold until 2026-03-01"], [("gold", "2026-03-01"), ("plus", "2026-03-02")]),
    ],
    ids=str,
)
def test_a_plan_ends_when_the_later_one_of_the_two_does(lin: list[str], wang: list[str], ends: list[tuple[str, str]]):
    rule = BASE | {"when": {"plan": ["gold", "plus"]}}
    deeds = ["2026-01-01 12:00 buys A: tea 100", "2026-01-01 12:00 wang buys B: tea 100"]
    deeds += [f"2026-01-02 12:00 plan {said}" for said in lin] + [f"2026-01-02 12:00 wang plan {said}" for said in wang]
    account = one({"earn": [rule]}, [*deeds, MERGED]).account
    assert account.plan_ends == [(instant(until), name) for name, until in ends]
    assert account.known.plans == tuple(sorted({said.partition(" ")[0] for said in (*lin, *wang)}))


@pytest.mark.parametrize(
    ("lin", "wang", "then"),
    [
        ("nothing", "birthday 02-05, country JP, skin dry", ((2, 5), "JP", {"skin": "dry"}, 30)),
        ("birthday 02-06, country TW, skin fair", "nothing", ((2, 6), "TW", {"skin": "fair"}, 30)),
        ("birthday 05-05, country TW", "birthday 02-05, country JP, skin dry", ((5, 5), "TW", {"skin": "dry"}, 0)),
        ("birthday 02-05, skin fair", "birthday 05-05, country JP, skin dry", ((2, 5), "JP", {"skin": "fair"}, 30)),
        ("nothing", "birthday 01-31, country JP", ((1, 31), "JP", {}, 30)),
        ("nothing", "nothing", (None, "", {}, 0)),
    ],
)
def test_what_is_known_of_the_survivor_holds_else_of_the_other(lin: str, wang: str, then: tuple[object, ...]):
    dry = BASE | {"when": {"attribute": {"skin": "dry"}}}
    earn = [{"rule": "birthday", "on": "birthday", "give": "30 points"}, dry]
    program = {"earn": earn, "attributes": {"skin": ["dry", "fair"]}}
    bought = ["2026-01-01 12:00 buys A: tea 100", "2026-01-01 12:00 wang buys B: tea 100"]
    told = [f"2026-01-02 12:00 tells {lin}", f"2026-01-02 12:00 wang tells {wang}"]
    account = one(program, [*bought, *told, MERGED, "2026-02-20 12:00 buys C: tea 100"]).account
    known = account.known
    points = account.wallets["points"].available if account.wallets else 0
    assert (known.birthday, known.country, known.attributes, points // 30 * 30) == then


TWO = [
    {"tier": "member"},
    {"tier": "silver", "reach": "1000", "valid": "3 months"},
    {"tier": "gold", "reach": "3000", "valid": "2 months"},
]
GIFTS: list[Tree] = [
    {"rule": "silver", "on": "tier silver", "give": "5 points"},
    {"rule": "gold", "on": "tier gold", "give": "9 points"},
]


def ladder(**parts: Any) -> Tree:
    return {"tiers": [{"set": "status", "levels": TWO, **parts}], "earn": GIFTS}


@pytest.mark.parametrize(
    ("deeds", "tier", "growth", "until", "told", "points"),
    [
        # Neither stands on one: what both grew together counts.
        (["2026-01-02 12:00 buys A: tea 300", "2026-01-03 12:00 wang buys B: tea 400"], "member", 700, "", [], 0),
        (["2026-01-02 12:00 buys A: tea 600", "2026-01-03 12:00 wang buys B: tea 400"], "silver", 1000, "2026-05-01",
         ["member>silver merge"], 5),
        # Who had the better tier brings it, and what came with it was given then.
        (["2026-01-02 12:00 buys A: tea 300", "2026-01-03 12:00 wang buys B: tea 1400"], "silver", 1700, "2026-04-04",
         ["member>silver merge"], 5),
        (["2026-01-02 12:00 buys A: tea 1400", "2026-01-03 12:00 wang buys B: tea 300"], "silver", 1700, "2026-04-03",
         [], 5),
        # Of two alike the one that lasts longer.
        (["2026-01-02 12:00 buys A: tea 1400", "2026-01-03 12:00 wang buys B: tea 1400"], "silver", 2800, "2026-04-04",
         [], 5),
        (["2026-01-04 12:00 buys A: tea 1400", "2026-01-03 12:00 wang buys B: tea 1400"], "silver", 2800, "2026-04-05",
         [], 5),
        # The higher one, though the other lasts longer.
        (["2026-01-20 12:00 buys A: tea 1400", "2026-01-03 12:00 wang buys B: tea 3000"], "gold", 4400, "2026-03-04",
         ["silver>gold merge"], 14),
        # Both together reach a higher one.
        (["2026-01-02 12:00 buys A: tea 1400", "2026-01-03 12:00 wang buys B: tea 1600"], "gold", 3000, "2026-04-01",
         ["silver>gold merge"], 14),
        (["2026-01-02 12:00 buys A: tea 300", "2026-01-03 12:00 wang buys B: tea 2700"], "gold", 3000, "2026-04-01",
         ["member>silver merge", "silver>gold merge"], 14),
        (["2026-01-02 12:00 joins", "2026-01-03 12:00 wang buys B: tea 2700"], "silver", 2700, "2026-04-04",
         ["member>silver merge"], 5),
    ],
    ids=str,
)  # fmt: skip
def test_the_better_of_two_tiers_stays(
    deeds: list[Deed], tier: str, growth: int, until: str, told: list[str], points: int
):
    outcome = one(ladder(), [*deeds, MERGED])
    found = outcome.account.ladders["status"]
    assert (found.tier, found.growth.total) == (tier, growth * 100)
    assert found.standing.until == (instant(until) if until else None)
    then = [one.payload for one in outcome.announcements if one.occurred_at == instant("2026-01-31 12:00")]
    assert [f"{said['from']}>{said['to']} {said['because']}" for said in then if "to" in said] == told
    assert (outcome.account.wallets.get("points") or Wallet()).available == points


@pytest.mark.parametrize(
    ("lin", "wang", "tier", "until"),
    [
        ("silver until 2026-02-20", "gold until 2026-02-10", "gold", "2026-02-10"),
        ("gold until 2026-02-10", "silver until 2026-02-20", "gold", "2026-02-10"),
        ("silver until 2026-02-20", "silver until 2026-02-10", "silver", "2026-02-20"),
        ("silver until 2026-02-10", "silver until 2026-02-20", "silver", "2026-02-20"),
        ("", "silver until 2026-02-20", "silver", "2026-02-20"),
        ("silver until 2026-02-20", "", "silver", "2026-02-20"),
    ],
)
def test_the_better_of_two_tiers_given_by_hand_stays(lin: str, wang: str, tier: str, until: str):
    deeds = ["2026-01-01 12:00 buys A: tea 100", "2026-01-01 12:00 wang buys B: tea 100"]
    granted = [f"2026-01-02 12:00 {who}granted {said}" for who, said in (("", lin), ("wang ", wang)) if said]
    found = one(ladder(), [*deeds, *granted, MERGED]).account.ladders["status"]
    assert found.grant is not None
    assert (found.tier, found.grant.tier, found.grant.until) == (tier, tier, instant(until))


@pytest.mark.parametrize(
    ("window", "deeds", "growth"),
    [
        # Of the 30 days until the merge.
        ("rolling 30 days", ["2026-01-01 12:00 buys A: tea 100", "2026-01-02 12:00 wang buys B: tea 200"], 200),
        ("rolling 30 days", ["2026-01-02 12:00 buys A: tea 100", "2026-01-01 12:00 wang buys B: tea 200"], 100),
        ("rolling 30 days", ["2026-01-02 12:00 buys A: tea 100", "2026-01-03 12:00 wang buys B: tea 200"], 300),
        ("calendar month", ["2025-12-31 12:00 buys A: tea 100", "2026-01-01 12:00 wang buys B: tea 200"], 200),
        # Since the anniversary of whoever joined first.
        ("since joining", ["2025-01-10 12:00 buys A: tea 100", "2026-01-02 12:00 wang buys B: tea 200",
                           "2026-01-15 12:00 wang buys C: tea 300"], 300),
        # With the tier it begins anew: what came after the better one, order by order.
        ("since tier start", ["2026-01-02 12:00 buys A: tea 300", "2026-01-03 12:00 wang buys B: tea 400"], 700),
        ("since tier start", ["2026-01-05 12:00 buys A: tea 1000", "2026-01-05 11:00 wang buys B: tea 200",
                              "2026-01-05 13:00 wang buys C: tea 300", "2026-01-06 13:00 wang buys D: tea 50"], 350),
        ("since tier start", ["2026-01-05 12:00 wang buys A: tea 1000", "2026-01-05 11:00 buys B: tea 200",
                              "2026-01-05 13:00 buys C: tea 300", "2026-01-06 13:00 buys D: tea 50"], 350),
        ("since tier start", ["2026-01-05 12:00 buys A: tea 1000", "2026-01-06 11:00 wang buys B: tea 1000",
                              "2026-01-07 13:00 wang buys C: tea 300", "2026-01-08 13:00 buys D: tea 50"], 350),
        ("since tier start", ["2026-01-06 12:00 buys A: tea 1000", "2026-01-05 11:00 wang buys B: tea 1000",
                              "2026-01-05 13:00 wang buys C: tea 70", "2026-01-07 13:00 wang buys D: tea 300",
                              "2026-01-08 13:00 buys E: tea 50"], 350),
        ("since tier start", ["2026-01-06 09:00 buys A: tea 1000", "2026-01-06 11:00 wang buys B: tea 1000"], 1000),
        ("since tier start", ["2026-01-05 12:00 buys A: tea 1000", "2026-01-06 12:00 wang buys B: tea 200",
                              "2026-01-07 12:00 wang returns B: everything"], 0),
        # At the very instant of the merge, in the order of all steps.
        ("since tier start", ["2026-01-05 12:00 buys A: tea 1000", "2026-01-31 12:00 wang buys B: tea 200"], 200),
        ("since tier start", ["2026-01-31 12:00 buys A: tea 1000", "2026-01-31 12:00 wang buys B: tea 200"], 200),
        ("since tier start", ["2026-01-31 12:00 buys Z: tea 1000", "2026-01-31 12:00 wang buys B: tea 200"], 0),
    ],
    ids=str,
)  # fmt: skip
def test_growth_of_both_counts_within_the_window(window: str, deeds: list[Deed], growth: int):
    assert one(ladder(window=window), [*deeds, MERGED]).account.growth.total == growth * 100


def test_growth_that_never_began_anew_counts_from_the_beginning():
    visit = {"rule": "visit", "on": "activity visit", "give": "20 points"}
    program = ladder(window="since tier start", grows_by="points") | {"earn": [BASE, visit]}
    deeds = ["2026-01-02 12:00 buys A: tea 300", "2026-01-03 12:00 wang buys B: tea 400"]
    visits = ["2026-01-04 12:00 does visit", "2026-01-04 12:00 wang does visit"]
    assert one(program, [*deeds, *visits, MERGED]).account.growth.total == 47


def test_growth_that_began_anew_when_a_tier_was_lost_counts_from_there():
    """Wang was silver and is a member again; lin never was anything else."""
    levels = [{"tier": "member"}, {"tier": "silver", "reach": "1000", "valid": "10 days"}]
    deeds = [
        *["2026-01-02 12:00 wang buys B: tea 1000", "2026-01-04 12:00 wang buys C: tea 300"],
        *["2026-01-20 12:00 wang buys D: tea 70", "2026-01-21 12:00 buys A: tea 5", MERGED],
    ]
    program = ladder(window="since tier start", levels=levels) | {"earn": []}
    assert one(program, deeds).account.growth.total == 7_500


def test_growth_counts_by_the_window_that_holds_now():
    """It began anew with lin's tier while that was the window; now all that wang grew in it counts."""
    deeds = [
        *["2026-01-02 12:00 wang buys B: tea 200", "2026-01-05 12:00 buys A: tea 1000"],
        *["2026-01-07 12:00 wang buys C: tea 300", MERGED],
    ]
    later = ("2026-01-25", ladder(window="rolling 60 days"))
    assert one(ladder(window="since tier start"), deeds, later).account.growth.total == 50_000


def test_growth_of_other_deeds_counts_from_the_day_on_which_the_tier_began():
    """Wang's visits of that day and later; of the orders of that day those after it."""
    visit = {"rule": "visit", "on": "activity visit", "give": "20 points"}
    levels = [{"tier": "member"}, {"tier": "silver", "reach": "100"}, {"tier": "gold", "reach": "900"}]
    tiers = [{"set": "status", "grows_by": "points", "window": "since tier start", "levels": levels}]
    deeds = [
        *[
            "2026-01-02 12:00 wang buys B: tea 100",
            "2026-01-04 12:00 wang does visit",
            "2026-01-05 09:00 wang does visit",
        ],
        *["2026-01-05 10:00 wang buys C: tea 700", "2026-01-05 12:00 buys A: tea 10000"],
        *["2026-01-05 13:00 wang buys D: tea 200", "2026-01-06 12:00 wang does visit", MERGED],
    ]
    assert one({"earn": [BASE, visit], "tiers": tiers}, deeds).account.growth.total == 42


def test_what_counted_when_growth_began_anew_goes_back_by_its_new_name():
    goal = {"rule": "goal", "goal": {"orders": "2", "repeat": "true"}, "give": "25 points"}
    levels = [{"tier": "member"}, {"tier": "silver", "reach": "10", "retain": "0"}, {"tier": "gold", "reach": "900"}]
    tiers = [{"set": "status", "grows_by": "points", "window": "since tier start", "levels": levels}]
    deeds = [
        *["2026-01-02 12:00 buys C: tea 100", "2026-01-03 12:00 buys D: tea 100"],
        *["2026-01-10 12:00 wang buys A: tea 1000", "2026-01-10 12:00 wang buys B: tea 100", MERGED],
    ]
    assert one({"earn": [BASE, goal], "tiers": tiers}, deeds).account.growth.total == 26
    deeds.append("2026-02-01 12:00 wang returns B: everything")
    assert one({"earn": [BASE, goal], "tiers": tiers}, deeds).account.growth.total == 0


def test_what_counted_when_growth_began_anew_goes_back_where_both_had_it():
    """What wang told of himself came at the very instant at which his order matured."""
    profile = {"rule": "profile", "on": "profile", "needs": ["country"], "give": "5 points"}
    levels = [{"tier": "member"}, {"tier": "silver", "reach": "10", "retain": "0"}]
    tiers = [{"set": "status", "grows_by": "points", "window": "since tier start", "levels": levels}]
    program = {"earn": [BASE, profile], "tiers": tiers, "wallets": {"points": {"pending": "1 day"}}}
    lin: list[Deed] = ["2026-01-01 12:00 buys C: tea 100", "2026-01-02 12:00 tells country TW"]
    wang: list[Deed] = ["2026-01-09 12:00 wang buys A: tea 1000", "2026-01-10 12:00 wang tells country TW"]
    assert one(program, [*wang, MERGED]).account.growth.total == 5
    assert one(program, [*lin, *wang, MERGED]).account.growth.total == 0


def test_a_tier_set_that_is_gone_keeps_what_either_had():
    with_club = ladder()["tiers"] + [{"set": "club", "levels": [{"tier": "guest"}, {"tier": "fan", "reach": "500"}]}]
    versions = [("2026-01-20", ladder()), ("2026-03-01", ladder() | {"tiers": with_club})]
    for lin, wang in (("", "wang "), ("wang ", "")):
        told = [
            f"2026-01-21 12:00 {lin}buys A: tea 100",
            f"2026-01-02 12:00 {wang}buys B: tea 100",
            f"2026-01-03 12:00 {wang}granted club/fan until 2026-12-31",
            MERGED,
        ]
        parties = Parties(ladder() | {"tiers": with_club}, [*told, "2026-03-02 12:00 buys C: tea 100"], versions)
        assert parties.seen()["lin"].account.ladders["club"].tier == "fan"


# Points


def test_what_both_owe_is_owed_and_settled_from_whatever_comes():
    deeds = [
        *["2026-01-02 12:00 buys A: tea 1000", "2026-01-02 12:00 wang buys B: tea 700"],
        *["2026-01-03 12:00 redeems 10", "2026-01-03 12:00 wang redeems 7"],
        *["2026-01-04 12:00 returns A: everything", "2026-01-04 12:00 wang returns B: everything", MERGED],
    ]
    assert one({}, deeds).account.wallets["points"].deficit == 17


def test_what_one_owes_is_settled_by_what_others_paid_for():
    earn = [BASE | {"funded_by": "the order's partner"}]
    deeds = [
        *["2026-01-02 12:00 buys A at books: tea 1000", "2026-01-02 12:00 wang buys B: tea 700"],
        *["2026-01-03 12:00 wang redeems 7", "2026-01-04 12:00 wang returns B: everything", MERGED],
    ]
    outcome = one({"earn": earn}, deeds)
    assert [(entry.points, entry.funder) for entry in outcome.entries if entry.kind == "repay"] == [(7, "books")]


@pytest.mark.parametrize(("more", "is_possible"), [(9, True), (10, False)])
def test_what_either_redeemed_counts_towards_the_limit(more: int, is_possible: bool):
    program: Tree = {"wallets": {"points": {"spend": {"per month": "60 points"}}}}
    deeds = [
        *["2026-01-02 12:00 buys A: tea 10000", "2026-01-02 12:00 wang buys B: tea 10000"],
        *["2026-01-03 12:00 redeems 20", "2026-01-04 12:00 wang redeems 31", MERGED],
    ]
    parties = Parties(program, deeds)
    said = parties.stage.answer(f"redeems {more}", parties.seen()["lin"], instant("2026-01-31 13:00"))
    assert (said == "yes") == is_possible


def test_what_ran_out_of_either_goes_back_first():
    """Points of one partner of both; what lasts stays."""
    earn = [BASE | {"funded_by": "the order's partner", "expires": "10 days"}, {"rule": "try", "give": "5 points"}]
    deeds = [
        *["2026-01-02 12:00 buys A at books: tea 1000", "2026-01-03 12:00 wang buys B at books: tea 700", MERGED],
        *["2026-02-01 12:00 returns A: everything", "2026-02-01 13:00 wang returns B: everything"],
    ]
    entries = one({"earn": earn}, deeds).entries
    gone = [(entry.source, entry.points) for entry in entries if entry.kind == "reverse" and entry.funder == "books"]
    assert gone == [("expired", 10), ("expired", 7)]


def test_awards_of_goals_are_numbered_on_and_go_back_from_their_own_points():
    """Lin has met it once in January and wang twice; wang alone in December. Points of each day run out apart."""
    goal = {"rule": "goal", "goal": {"spend": "1000", "per": "month", "repeat": "true"}, "give": "10 points"}
    other = {"rule": "seen", "on": "activity visit", "goal": {"times": "3", "per": "month"}, "give": "7 points"}
    program = {"earn": [goal | {"expires": "3 months"}, other]}
    bought: list[Deed] = [
        *["2025-12-20 12:00 wang buys Z: tea 1000", "2026-01-02 12:00 buys A: tea 1000"],
        *["2026-01-03 12:00 wang buys B: tea 1000", "2026-01-04 12:00 wang buys C: tea 1000", MERGED],
    ]
    outcome = one(program, bought)
    [(key, awards)] = outcome.account.awards.items()
    assert [award.number for award in awards] == [1, 1, 2, 3]
    assert [list(tallies.values()) for tallies in outcome.account.tallies.values()] == [[[300_000], [100_000]]]
    lots = [lot.cause for lot in outcome.account.wallets["points"].lots]
    assert lots == [f"goal:{key}/{award.window}/{award.number}" for award in awards]
    less = one(program, [*bought, "2026-02-01 12:00 returns A: everything", "2026-02-01 13:00 buys D: tea 100"])
    assert [lot.cause for lot in less.account.wallets["points"].lots] == lots[:3]


def test_awards_wait_for_whose_order_it_was():
    goal = {"rule": "goal", "goal": {"orders": "2", "per": "month", "repeat": "true"}, "give": "10 points"}
    program = {"earn": [goal], "wallets": {"points": {"pending": "until fulfilled"}}}
    bought = [
        *["2026-01-02 12:00 buys A: tea 100", "2026-01-02 13:00 buys B: tea 100"],
        *["2026-01-03 12:00 wang buys C: tea 100", "2026-01-03 13:00 wang buys D: tea 100", MERGED],
    ]
    for got, cause in (("2026-02-01 12:00 gets B", 1), ("2026-02-01 12:00 wang gets D", 2)):
        wallet = one(program, [*bought, got]).account.wallets["points"]
        assert (wallet.available, wallet.pending) == (10, 10)
        assert [lot.cause.rpartition("/")[2] for lot in wallet.lots] == [str(cause)]


def test_an_order_awaits_no_award_that_is_gone():
    """D had completed an award, which went with C: the next one waits for E alone."""
    goal = {"rule": "goal", "goal": {"orders": "2", "per": "month"}, "give": "10 points"}
    program = {"earn": [goal], "wallets": {"points": {"pending": "until fulfilled"}}}
    bought = [
        *["2026-01-02 12:00 buys A: tea 100", "2026-01-03 12:00 wang buys C: tea 100"],
        *["2026-01-03 13:00 wang buys D: tea 100", "2026-01-04 12:00 wang returns C: everything", MERGED],
    ]
    wallet = one(program, bought).account.wallets["points"]
    assert (wallet.available, wallet.pending) == (10, 0)


def test_what_was_let_go_of_either_is_taken_up_again():
    goal = {"rule": "goal", "goal": {"spend": "1000", "per": "month"}, "give": "10 points"}
    program = {
        "earn": [goal | {"goal": {"spend": "1000", "per": "month"}}],
        "wallets": {"points": {"when_short": "write_off"}},
    }
    deeds = [
        *["2026-01-02 12:00 buys A: 2 tea 1000", "2026-01-02 12:00 redeems 10", "2026-01-03 12:00 returns A: 1 tea"],
        *["2025-12-02 12:00 wang buys B: 2 tea 1000", "2025-12-02 12:00 wang redeems 10"],
        *["2025-12-03 12:00 wang returns B: 1 tea", MERGED],
    ]
    for more in ("2026-02-01 12:00 edits A: 2 tea 2000", "2026-02-01 12:00 wang edits B: 2 tea 2000"):
        outcome = one(program, [*deeds, more])
        assert outcome.account.wallets["points"].available == 0
        assert [e.target for e in outcome.entries if e.occurred_at == instant("2026-02-01 12:00")] == ["written_off"]


def test_who_was_one_and_becomes_one_again_has_nothing_but_that():
    """The other's history knows until when they had been one before."""
    deeds: list[Deed] = [
        *["2026-01-02 12:00 buys A: tea 100", "2026-01-02 12:00 wang buys B: tea 100", MERGED, PARTED],
        ("lin", Merge("again", "wang", "lin", instant("2026-04-10 12:00"), "lin")),
    ]
    account = Parties({}, deeds).seen()["wang"].account
    account.last = Account().last
    assert account == Account(into="lin", parted=[("lin", instant("2026-03-31 12:00"))])


@pytest.mark.parametrize(("absorbed", "survivor"), [("wang", "mei"), ("mei", "wang")])
def test_who_is_part_of_somebody_is_in_no_other_merge(absorbed: str, survivor: str):
    at = instant("2026-01-01 12:00")
    stored = Account(into="lin")
    outcome = fold(Tape(programs(document()), stored), unrolled([Merge("N", absorbed, survivor, at, "wang")]))
    outcome.account.last = Account().last
    assert outcome.account == Account(into="lin")
