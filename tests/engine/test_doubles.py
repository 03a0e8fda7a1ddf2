"""What both had got although one member gets it once: what goes back when they become one, and what never returns."""

from typing import Any

import pytest

from regulars.engine.facts import Activity, Enrolment
from regulars.engine.outcome import Announcement
from tests.builders import at
from tests.engine.parties import Deed, Parties, Tree, figures

MERGED = "2026-01-10 12:00 absorbs wang"
THEN = MERGED[:16]


def rules(*earn: Tree, **parts: Any) -> Tree:
    return {"earn": [*earn], "enrolment": "explicit", "referral": {}} | parts


WELCOME = {"rule": "welcome", "on": "enrolment", "give": "50 points"}
BIRTHDAY = {"rule": "birthday", "on": "birthday", "give": "30 points"}
YEAR = {"rule": "year", "on": "anniversary", "give": "9 points"}
FOLLOW = {"rule": "follow", "on": "activity follow", "give": "8 points", "limit": "once"}
SHARE = {"rule": "share", "on": "activity share", "give": "4 points", "limit": "2 per lifetime"}
THANKS = {"rule": "thanks", "on": "referral", "give": "100 points", "limit": "once"}
EACH = {"rule": "each", "on": "referral", "give": "7 points"}
JOINED: list[Deed] = ["2025-02-01 12:00 joins", ("wang", Enrolment("app:7", at("2025-01-05 12:00")))]
BORN: list[Deed] = ["2026-01-02 12:00 tells birthday 01-05", "2026-01-02 12:00 wang tells birthday 01-05"]


@pytest.mark.parametrize(
    ("program", "deeds", "gone", "left"),
    [
        (rules(WELCOME), JOINED, ["welcome 50"], 50),
        (rules(BIRTHDAY), [*JOINED, *BORN], ["birthday 30"], 30),
        # Of two years: last year's of wang, this year's of lin.
        (
            rules(BIRTHDAY),
            [*JOINED, "2025-03-02 12:00 wang tells birthday 03-05", "2026-01-02 12:00 tells birthday 01-05"],
            [],
            60,
        ),
        # Wang has been a member for a year, lin has not.
        (rules(YEAR), [*JOINED, "2026-01-06 12:00 wang does share"], [], 9),
        (
            rules(FOLLOW),
            [*JOINED, "2026-01-03 12:00 does follow", "2026-01-03 13:00 wang does follow"],
            ["follow 8"],
            8,
        ),
        (
            rules(FOLLOW),
            [
                *JOINED,
                ("lin", Activity("a|1:x", "follow", at("2026-01-03 12:00"))),
                ("wang", Activity("b|2:y", "follow", at("2026-01-03 13:00"))),
            ],
            ["follow 8"],
            8,
        ),
        (rules(SHARE), [*JOINED, "2026-01-03 12:00 does share", "2026-01-03 13:00 wang does share"], [], 8),
        (
            rules(THANKS, EACH),
            [*JOINED, "2026-01-03 12:00 effect referral x/1", "2026-01-03 13:00 wang effect referral y/1"],
            ["thanks 100"],
            114,
        ),
        # What was taken back before was given to one of them only, or again.
        (
            rules(THANKS),
            [
                *JOINED,
                "2026-01-03 12:00 effect referral x/1",
                "2026-01-03 13:00 wang effect referral y/1",
                "2026-01-04 12:00 wang withdrawn referral y/1",
            ],
            [],
            100,
        ),
        (
            rules(THANKS, wallets={"points": {"when_short": "write_off"}}),
            [
                *JOINED,
                "2026-01-03 12:00 effect referral x/1",
                "2026-01-03 13:00 wang effect referral y/1",
                "2026-01-03 14:00 wang redeems 70",
                "2026-01-04 12:00 wang withdrawn referral y/1",
                "2026-01-05 12:00 wang effect referral y/1",
            ],
            ["thanks 100"],
            30,
        ),
    ],
    ids=str,
)
def test_what_goes_back(program: Tree, deeds: list[Deed], gone: list[str], left: int):
    parties = Parties(program, [*deeds, MERGED])
    went = [move.split(" ", 1)[1].rpartition(" ")[0] for move in parties.why() if move.startswith("reverse")]
    assert went == gone
    assert figures(parties.seen()["lin"]) == f"available {left}"
    Parties(program, [*deeds, MERGED, "2026-02-10 12:00 parts from wang"]).are_as_apart()


def test_what_both_were_given_once_is_not_given_a_third_time():
    """Also where it had been taken back of one of them before: the other has it."""
    once = [*JOINED, "2026-01-03 12:00 effect referral x/1", "2026-01-03 13:00 wang effect referral y/1"]
    again = [
        "2026-01-12 12:00 effect referral z/1",
        "2026-01-12 13:00 does follow",
        "2026-01-12 14:00 wang does follow",
    ]
    follow = ["2026-01-04 12:00 does follow", "2026-01-04 13:00 wang does follow"]
    gone = ["2026-01-04 14:00 wang withdrawn referral y/1"]
    for before in ([], gone):
        outcome = Parties(rules(THANKS, FOLLOW), [*once, *follow, *before, MERGED, *again]).seen()["lin"]
        assert figures(outcome) == "available 108"


@pytest.mark.parametrize(
    ("withdrawn", "left"),
    [
        # What went back when they became one does not go back again; what wang was given besides does.
        (["2026-01-12 12:00 wang withdrawn referral y/1"], "available 107"),
        (["2026-01-12 12:00 withdrawn referral x/1"], "available 7"),
        (["2026-01-12 12:00 wang withdrawn referral y/1", "2026-01-12 12:00 withdrawn referral x/1"], ""),
    ],
    ids=str,
)
def test_what_another_deed_gave_is_withdrawn_once(withdrawn: list[Deed], left: str):
    effects = ["2026-01-03 12:00 effect referral x/1", "2026-01-03 13:00 wang effect referral y/1"]
    outcome = Parties(rules(THANKS, EACH), [*JOINED, *effects, MERGED, *withdrawn]).seen()["lin"]
    assert figures(outcome) == left


def test_what_was_withdrawn_with_something_written_off_and_given_again_is_all_of_it():
    """One point of the hundred had been spent; given again it settles what was written off, and goes back as well."""
    effects = ["2026-01-03 12:00 effect referral x/1", "2026-01-03 13:00 wang effect referral y/1"]
    spent = "2026-01-04 12:00 wang redeems R: 1"
    again = ["2026-01-05 12:00 wang withdrawn referral y/1", "2026-01-06 12:00 wang effect referral y/1"]
    program = rules(THANKS, wallets={"points": {"when_short": "write_off"}})
    parties = Parties(program, [*JOINED, *effects, spent, *again, MERGED])
    said = parties.folded("lin")[1].entries
    went = [(entry.points, entry.source) for entry in said if entry.kind == "reverse" and entry.occurred_at == at(THEN)]
    assert went == [(100, "available")]


@pytest.mark.parametrize("funder", ["books", ""])
def test_it_goes_back_from_the_points_that_it_gave(funder: str):
    """Wang's birthday points had run out; the others, which last, stay."""
    paid = BIRTHDAY | {"expires": "2 days"} | ({"funded_by": funder} if funder else {})
    program = rules(paid, FOLLOW)
    deeds = [*JOINED, *BORN, "2026-01-06 12:00 does follow", MERGED]
    outcome = Parties(program, deeds).seen()["lin"]
    assert figures(outcome) == "available 8"
    assert [(one.source, one.target, one.points, one.funder) for one in outcome.entries if one.kind == "reverse"] == [
        ("expired", "issued", 30, funder)
    ]


def test_points_that_last_otherwise_in_a_tier_go_back_first():
    """Both rules give by one deed: of the two, what one gets once goes back, which runs out sooner in this tier."""
    program = rules(
        {"rule": "once", "on": "referral", "give": "10 points", "limit": "once"},
        {"rule": "each", "on": "referral", "give": "7 points", "expires": "1 year"},
        wallets={"points": {"expires": "1 year"}},
        tiers=[
            {
                "set": "status",
                "levels": [{"tier": "member"}, {"tier": "silver", "reach": "1000", "expires": "6 months"}],
            }
        ],
    )
    deeds = [*JOINED, "2026-01-02 12:00 wang granted silver until 2026-12-31", "2026-01-03 12:00 effect referral x/1",
             "2026-01-03 13:00 wang effect referral y/1"]  # fmt: skip
    outcome = Parties(program, [*deeds, MERGED]).seen()["lin"]
    lots = {lot.cause: lot.points for lot in outcome.account.wallets["points"].lots}
    assert lots == {"effect:x/1": 17, "effect:y/1": 7}
    assert [lot.expires_at for lot in outcome.account.wallets["points"].lots if lot.cause == "effect:y/1"] == [
        at("2027-01-04")
    ]


# Three members


def test_what_a_third_one_had_as_well_goes_back_under_the_name_that_it_has():
    """Wang's birthday points were lin's only ones; mei has had hers."""
    born = ["2026-01-02 12:00 wang tells birthday 01-05", "2026-01-02 12:00 mei tells birthday 01-05"]
    deeds = [*JOINED, "2025-03-01 12:00 mei joins", *born, MERGED, "2026-01-12 12:00 mei absorbs lin"]
    parties = Parties(rules(BIRTHDAY), deeds)
    outcome = parties.seen()["mei"]
    assert figures(outcome) == "available 30"
    assert [one.identity for one in outcome.entries if one.kind == "reverse"] == ["birthday:2026@lin+wang|birthday"]
    # The other way round it is lin's that stays.
    parties = Parties(rules(BIRTHDAY), [*deeds[:-1], "2026-01-12 12:00 absorbs mei"])
    assert [one.identity for one in parties.seen()["lin"].entries if one.kind == "reverse"] == [
        "birthday:2026@lin+mei|birthday"
    ]


def test_growth_that_waits_with_them_goes_as_well():
    """Wang's welcome points wait; mei was welcomed before."""
    welcome = WELCOME | {"pending": "60 days"}
    program = rules(welcome, {"rule": "order", "give": "1 point"}, enrolment="first order", tiers=CLUB)
    deeds = [
        "2026-01-02 12:00 wang buys B: tea 100",
        "2026-01-02 12:00 mei buys C: tea 100",
        "2026-01-03 12:00 tells birthday 01-05",
        MERGED,
        "2026-01-12 12:00 mei absorbs lin",
    ]
    for more, growth in (([], 2), (["2026-03-12 12:00 mei buys D: tea 100"], 53)):
        account = Parties(program, [*deeds, *more]).seen()["mei"].account
        waiting = [amount for _, _, amount in account.ladders["club"].growth.waiting]
        assert (account.ladders["club"].growth.total, sum(waiting)) == (growth, 0 if more else 50)


# Orders


FIRST = {"rule": "first", "when": {"nth_order": "1", "order_at_least": "500 TWD"}, "give": "20 points"}
SECOND = {"rule": "second", "when": {"nth_order": "2"}, "give": "10 points"}
THIRDS = {"rule": "thirds", "when": {"nth_order": "every 3"}, "give": "3 points"}
BASE = {"rule": "base", "give": "1 point per 100 TWD"}
SMALL = {"rule": "small", "when": {"order_at_most": "400 TWD"}, "give": "5 points"}
TRY = {"rule": "try", "when": {"category": "tea"}, "give": "6 points", "limit": "once"}
WEB = {"rule": "web", "when": {"channel": "web"}, "give": "2 points"}
SCARF = {"rule": "scarf", "when": {"category": "tea"}, "give": "reward scarf"}
REWARDS = [{"reward": "scarf", "costs": "nothing"}]
BOTH = ["2026-01-02 12:00 buys A: tea 600", "2026-01-03 12:00 wang buys B: 2 tea 800"]
PLENTY = [f"2026-01-0{day} 12:00 {who}buys {who.strip()}{day}: tea 100" for day in (4, 5) for who in ("", "wang ")]


@pytest.mark.parametrize(
    ("earn", "deeds", "lost"),
    [
        ([BASE, FIRST, WEB], BOTH, {"shop/B": {"base": 8}, "shop/A": {"base": 6, "first": 20}}),
        ([FIRST, SECOND], ["2026-01-02 12:00 buys A: tea 100", *BOTH[1:], "2026-01-04 12:00 buys C: tea 600"],
         {"shop/A": {}, "shop/B": {"first": 20}, "shop/C": {"second": 10}}),
        ([THIRDS, FIRST], [*BOTH, *PLENTY],
         {"shop/A": {"first": 20}, "shop/B": {}, "shop/4": {}, "shop/5": {"thirds": 3}, "shop/wang4": {},
          "shop/wang5": {"thirds": 3}}),
        ([TRY, BASE], BOTH, {"shop/A": {"try": 6, "base": 6}, "shop/B": {"base": 8}}),
        # What is left of both is small: that has to do with no number.
        ([SMALL, FIRST], [*BOTH, "2026-01-04 12:00 returns A: 1 tea for 300", "2026-01-04 12:00 wang returns B: 1 tea"],
         {"shop/A": {"small": 5}, "shop/B": {"small": 5}}),
        # A discount that was taken back is none any more.
        ([SECOND, {"rule": "teas", "when": {"category": ["tea", "off"]}, "give": "1 point per 100 TWD"}],
         ["2026-01-02 12:00 buys A: tea 600, off -600", "2026-01-03 12:00 wang buys B: tea 700, off -700",
          "2026-01-04 12:00 returns A: 1 off", "2026-01-04 12:00 wang returns B: 1 off"],
         {"shop/A": {"teas": 6}, "shop/B": {"teas": 7}}),
        # What multiplies what is lost is less by that.
        ([BASE, FIRST | {"give": "1 point per 50 TWD"}, {"rule": "more", "multiply": {"base": "2", "first": "2"}}],
         BOTH,
         {"shop/A": {"base": 6, "first": 12, "more": 18}, "shop/B": {"base": 8, "more": 8}}),
        ([BASE, FIRST | {"give": "1 point per 50 TWD"},
          {"rule": "more", "multiply": {"first": "2"}, "when": {"category": "cups"}}],
         [BOTH[0], "2026-01-03 12:00 wang buys B: cups 800"],
         {"shop/A": {"base": 6, "first": 12}, "shop/B": {"base": 8}}),
        ([BASE, FIRST, SCARF, SMALL], BOTH,
         {"shop/A": {"base": 6, "first": 20, "scarf": 1}, "shop/B": {"base": 8, "scarf": 1}}),
    ],
    ids=str,
)  # fmt: skip
def test_of_two_orders_the_later_loses_what_it_had_for_its_number(earn: list[Tree], deeds: list[Deed], lost: Tree):
    program = {"earn": earn, "rewards": REWARDS}
    parties = Parties(program, [*deeds, MERGED])
    outcome = parties.seen()["lin"]
    assert {key: memo.kept for key, memo in outcome.memos.items()} == lost
    assert not [one for one in outcome.announcements if one.kind == "reward.withdrawn"]
    assert figures(outcome) == f"available {sum(n for kept in lost.values() for k, n in kept.items() if k != 'scarf')}"
    # More of it brings back nothing of that.
    more = Parties(program, [*deeds, MERGED, "2026-01-12 12:00 wang edits B: 9 tea 3600"]).seen()["lin"]
    assert "first" not in more.memos["shop/B"].kept or "first" not in lost["shop/A"]
    Parties(program, [*deeds, MERGED, "2026-02-10 12:00 parts from wang"]).are_as_apart()


CLUB = [{"set": "club", "grows_by": "points", "levels": [{"tier": "guest"}, {"tier": "fan", "reach": "1000"}]}]


def test_what_a_partner_paid_for_goes_back_to_them_and_growth_falls():
    """Though other points would be used first."""
    earn = [FIRST | {"funded_by": "the order's partner"}, FOLLOW | {"expires": "1 month"}]
    deeds = ["2026-01-02 12:00 buys A at books: tea 600", "2026-01-03 12:00 wang buys B at books: tea 800"]
    outcome = Parties({"earn": earn, "tiers": CLUB}, [*deeds, "2026-01-04 12:00 does follow", MERGED]).seen()["lin"]
    assert [(one.identity, one.points, one.funder) for one in outcome.entries if one.kind == "reverse"] == [
        ("merge:lin+wang/shop/B|first", 20, "books")
    ]
    assert {(lot.points, lot.funder) for lot in outcome.account.wallets["points"].lots} == {(8, ""), (20, "books")}
    assert outcome.account.ladders["club"].growth.total == 28


def test_growth_that_waits_for_the_order_is_less_as_well():
    program = {"earn": [BASE, FIRST], "tiers": CLUB, "wallets": {"points": {"pending": "30 days"}}}
    growth = Parties(program, [*BOTH, MERGED]).seen()["lin"].account.ladders["club"].growth
    assert [(key, amount) for _, key, amount in growth.waiting] == [("shop/A", 26), ("shop/B", 8)]


def test_an_order_that_points_paid_in_part_is_weighed_as_it_was():
    deeds = [
        *BOTH,
        "2026-01-04 12:00 wang redeems R: 10",
        "2026-01-04 12:01 wang buys C: 2 tea 1200 paid 100 with R",
        "2026-01-04 13:00 wang returns C: 1 tea",
        MERGED,
    ]
    program = {"earn": [BASE, FIRST, SECOND], "wallets": {"points": {"worth": "10 TWD per 1"}}}
    outcome = Parties(program, deeds).seen()["lin"]
    assert outcome.memos["shop/C"].kept == {"base": 5, "second": 10}


# Friends


REFERRAL: Tree = {
    "referral": {"when": {"order_at_least": "500 TWD"}},
    "earn": [
        {"rule": "friend", "on": "referred", "give": "50 points"},
        {"rule": "thanks", "on": "referral", "give": "100 points"},
    ],
}
EARNED, WITHDRAWN = "referral.earned", "referral.withdrawn"


def of_friends(deeds: list[Deed], later: list[tuple[str, Tree]] | None = None) -> list[tuple[str, str, str]]:
    """What is told in lin's history of who brought them, by whom and the order."""
    outcome = Parties(REFERRAL, deeds, later or ()).seen()["lin"]
    told: list[Announcement] = [one for one in outcome.announcements if one.kind in (EARNED, WITHDRAWN)]
    return [(one.kind, one.payload["by"], one.payload["order"]) for one in told]


@pytest.mark.parametrize(
    ("deeds", "said"),
    [
        # Nobody has earned: the first who came before either of them bought.
        (["2026-01-02 12:00 wang brought hu", MERGED, "2026-01-12 12:00 buys A: tea 600"],
         [(EARNED, "hu", "shop/A")]),
        (["2026-01-02 12:00 wang brought hu", "2026-01-01 12:00 brought ann", MERGED,
          "2026-01-12 12:00 wang buys A: tea 600"], [(EARNED, "ann", "shop/A")]),
        (["2026-01-02 12:00 wang brought hu", "2026-01-03 12:00 brought ann", MERGED,
          "2026-01-12 12:00 buys A: tea 600"], [(EARNED, "hu", "shop/A")]),
        (["2026-01-02 12:00 wang brought hu", "2026-01-02 12:00 wang buys B: tea 100", MERGED,
          "2026-01-12 12:00 buys A: tea 600"], [(EARNED, "hu", "shop/A")]),
        (["2026-01-02 12:00 wang brought hu", "2026-01-01 12:00 buys B: tea 100", MERGED,
          "2026-01-12 12:00 buys A: tea 600"], []),
        # One has earned: that stays, whatever was before.
        (["2026-01-02 12:00 wang brought hu", "2026-01-03 12:00 brought ann", "2026-01-04 12:00 buys A: tea 600",
          MERGED,
          "2026-01-12 12:00 wang buys B: tea 600"], [(EARNED, "ann", "shop/A")]),
        (["2026-01-02 12:00 brought hu", "2026-01-03 12:00 wang brought ann", "2026-01-04 12:00 wang buys B: tea 600",
          "2026-01-05 12:00 buys A: tea 600", MERGED],
         [(EARNED, "hu", "shop/A"), (WITHDRAWN, "ann", "shop/B")]),
        # Nobody brings themselves.
        (["2026-01-02 12:00 brought wang", MERGED, "2026-01-12 12:00 buys A: tea 600"], []),
    ],
    ids=str,
)  # fmt: skip
def test_of_two_who_brought_them_one_counts(deeds: list[Deed], said: list[tuple[str, str, str]]):
    assert of_friends(deeds) == said


@pytest.mark.parametrize(("bought", "is_enough"), [("2 tea 1100", True), ("2 tea 1090", False)])
def test_what_is_left_of_an_order_that_points_paid_in_part_counts_for_who_brought_them(bought: str, is_enough: bool):
    """Half of it came back, and with it half of what points paid: 550 less 50 is left."""
    program = REFERRAL | {"wallets": {"points": {"worth": "10 TWD per 1"}}}
    program["earn"] = [*REFERRAL["earn"], {"rule": "follow", "on": "activity follow", "give": "10 points"}]
    deeds = [
        "2026-01-01 12:00 brought hu",
        "2026-01-02 12:00 wang does follow",
        "2026-01-02 12:01 wang redeems R: 10",
        f"2026-01-02 12:02 wang buys B: {bought} paid 100 with R",
        "2026-01-02 12:03 wang returns B: 1 tea",
        MERGED,
    ]
    told = Parties(program, deeds).seen()["lin"].announcements
    assert [one.payload["order"] for one in told if one.kind == EARNED] == ["shop/B"] * is_enough


@pytest.mark.parametrize("later", [[], [("2026-01-09", REFERRAL)]], ids=["one version", "a later version"])
def test_who_brought_each_other_loses_all_of_it(later: list[tuple[str, Tree]]):
    deeds: list[Deed] = [
        "2026-01-02 12:00 wang brought lin",
        "2026-01-02 13:00 brought wang",
        "2026-01-03 12:00 wang buys B: tea 600",
        "2026-01-05 12:00 effect referral wang/shop/B",
        "2026-01-04 12:00 buys A: tea 600",
        "2026-01-04 12:00 wang effect referral lin/shop/A",
    ]
    parties = Parties(REFERRAL, [*deeds, MERGED], later)
    assert figures(parties.seen()["lin"]) == ""
    assert sorted(move for move in parties.why() if "reverse" in move) == [
        "reverse friend 50 available>issued",
        "reverse friend 50 available>issued",
        "reverse thanks 100 available>issued",
        "reverse thanks 100 available>issued",
    ]
    gone = ["2026-01-12 12:00 withdrawn referral wang/shop/B", "2026-01-12 13:00 wang withdrawn referral lin/shop/A"]
    assert figures(Parties(REFERRAL, [*deeds, MERGED, *gone], later).seen()["lin"]) == ""
