"""Two again who were one: each has what they would have had, save what was decided meanwhile."""

import pytest

from regulars.engine.facts import Enrolment, Unmerge
from regulars.engine.outcome import Announcement
from tests.builders import at
from tests.engine.parties import Deed, Parties, Tree

PARTNERS = [{"rule": "base", "give": "1 point per 100 TWD", "funded_by": "the order's partner"}]
SITUATIONS: dict[str, tuple[Tree, list[Deed]]] = {
    "nothing happened": ({}, []),
    "both bought, and goods of before came back": (
        {},
        [
            "2026-01-02 12:00 buys A: 2 tea 1000",
            "2026-01-03 12:00 wang buys B: 2 tea 900",
            "2026-01-12 12:00 buys C: tea 500",
            "2026-01-13 12:00 wang buys D: tea 300",
            "2026-01-14 12:00 returns A: 1 tea",
            "2026-01-15 12:00 wang returns B: 1 tea",
            "2026-02-12 12:00 returns A: 1 tea",
            "2026-02-12 13:00 wang returns D: everything",
        ],
    ),
    "pending, funders and points that run out": (
        {"wallets": {"points": {"pending": "7 days", "expires": "1 month"}}, "earn": PARTNERS},
        [
            "2026-01-01 12:00 buys A at books: tea 1000",
            "2026-01-02 12:00 wang buys B: tea 900",
            "2026-01-08 12:00 wang buys D at books: tea 700",
            "2026-01-09 12:00 buys C: tea 800",
            "2026-01-20 12:00 buys E: tea 500",
            "2026-02-09 12:00 wang buys F at books: tea 500",
            "2026-02-12 12:00 wang returns B: everything",
            "2026-02-12 13:00 returns A: everything",
            "2026-02-20 13:00 wang returns D: everything",
        ],
    ),
    "what either had redeemed before comes back": (
        {},
        [
            "2026-01-02 12:00 buys A: tea 1000",
            "2026-01-03 12:00 wang buys B: tea 2000",
            "2026-01-04 12:00 redeems R: 10",
            "2026-01-04 12:00 wang redeems S: 12",
            "2026-01-12 12:00 voids R: 9",
            "2026-01-12 13:00 wang voids S: 11",
            "2026-02-12 12:00 voids R",
            "2026-02-12 13:00 wang voids S",
        ],
    ),
    "what either had paid with points before is not bought, and bought after all": (
        {"wallets": {"points": {"worth": "10 TWD per 1", "expires": "20 days"}}},
        [
            "2026-01-02 12:00 buys A: tea 2000",
            "2026-01-03 12:00 wang buys B: tea 2000",
            "2026-01-04 12:00 redeems R: 10",
            "2026-01-04 12:01 buys C: 2 tea 100 paid 100 with R",
            "2026-01-04 12:02 wang redeems S: 12",
            "2026-01-04 12:03 wang buys D: 2 tea 120 paid 120 with S",
            "2026-01-12 12:00 wang cancels D",
            "2026-01-13 12:00 cancels C",
            "2026-01-14 12:00 wang edits D: 2 tea 120 paid 120 with S",
            "2026-01-15 12:00 edits C: 1 tea 50 paid 50 with R",
            "2026-01-30 12:00 wang returns D: 1 tea",
            "2026-02-12 12:00 cancels C",
            "2026-02-12 13:00 wang cancels D",
        ],
    ),
    "a point for the first order": (
        {"earn": [{"rule": "first", "when": {"nth_order": "1"}, "give": "1 point"}]},
        ["2026-01-02 12:00 buys A: tea 100", "2026-01-03 12:00 wang buys B: tea 100"],
    ),
    "goals that both together reach, and awards that wait for their orders": (
        {
            "wallets": {"points": {"pending": "until fulfilled"}},
            "earn": [
                {"rule": "third", "goal": {"orders": "3", "per": "month", "repeat": "true"}, "give": "50 points"},
                {"rule": "spend", "goal": {"spend": "900", "per": "month"}, "give": "20 points"},
                {"rule": "seen", "on": "activity visit", "goal": {"times": "2", "per": "month"}, "give": "7 points"},
                {"rule": "weeks", "goal": {"orders": "1", "per": "week", "streak": "2"}, "give": "3 points"},
            ],
        },
        [
            "2026-01-02 12:00 buys A: tea 400",
            "2026-01-03 12:00 buys B: tea 100",
            "2026-01-04 12:00 buys C: tea 500",
            "2026-01-05 12:00 wang buys D: tea 400",
            "2026-01-05 13:00 wang buys E: tea 400",
            "2026-01-06 12:00 wang buys F: tea 400",
            "2026-01-07 12:00 does visit",
            "2026-01-07 12:00 wang does visit",
            "2026-01-08 12:00 gets A",
            "2026-01-12 12:00 buys G: tea 100",
            "2026-01-12 13:00 wang buys H: tea 900",
            "2026-01-13 12:00 wang gets F",
            "2026-01-13 13:00 gets C",
            "2026-01-14 12:00 wang returns E: everything",
            "2026-01-15 12:00 wang does visit",
            "2026-01-20 12:00 wang gets H",
            "2026-02-12 12:00 returns C: everything",
            "2026-02-12 12:00 wang returns D: everything",
            "2026-02-13 12:00 gets G",
        ],
    ),
    "what one gets once": (
        {
            "enrolment": "explicit",
            "tiers": [{"set": "status", "levels": [{"tier": "member"}, {"tier": "silver", "reach": "1000"}]}],
            "referral": {},
            "earn": [
                {"rule": "base", "give": "1 point per 100 TWD"},
                {"rule": "first", "when": {"nth_order": "1"}, "give": "20 points"},
                {"rule": "welcome", "on": "enrolment", "give": "50 points", "expires": "6 days"},
                {"rule": "profile", "on": "profile", "needs": ["birthday"], "give": "9 points"},
                {"rule": "birthday", "on": "birthday", "give": "30 points"},
                {"rule": "year", "on": "anniversary", "give": "11 points"},
                {"rule": "gift", "on": "tier silver", "give": "5 points", "limit": "once"},
                {"rule": "follow", "on": "activity follow", "give": "8 points", "limit": "once"},
                {"rule": "friend", "on": "referred", "give": "40 points"},
                {"rule": "thanks", "on": "referral", "give": "60 points", "limit": "once"},
            ],
        },
        [
            "2025-02-01 12:00 joins",
            ("wang", Enrolment("app:7", at("2025-01-20 12:00"))),
            "2026-01-01 12:00 tells birthday 01-03",
            "2026-01-01 13:00 wang tells birthday 01-03",
            "2026-01-02 10:00 brought mei",
            "2026-01-02 11:00 wang brought hu",
            "2026-01-02 12:00 buys A: tea 1000",
            "2026-01-03 12:00 wang buys B: tea 1000",
            "2026-01-04 12:00 does follow",
            "2026-01-04 13:00 wang does follow",
            "2026-01-05 12:00 effect referral x/1",
            "2026-01-05 13:00 wang effect referral y/1",
            "2026-01-12 12:00 effect referral x/2",
            "2026-01-13 12:00 wang buys C: tea 500",
            "2026-01-14 12:00 wang withdrawn referral y/1",
            "2026-01-15 12:00 wang does follow",
            "2026-02-11 12:00 returns A: everything",
            "2026-02-11 13:00 wang returns B: everything",
            "2026-02-12 12:00 withdrawn referral x/1",
        ],
    ),
    "tiers, by growth that begins anew with them, given by hand, and of points that wait": (
        {
            "wallets": {"points": {"pending": "20 days"}},
            "tiers": [
                {
                    "set": "status",
                    "window": "since tier start",
                    "levels": [{"tier": "member"}, {"tier": "silver", "reach": "1000", "valid": "2 months"}],
                },
                {
                    "set": "club",
                    "grows_by": "points",
                    "levels": [{"tier": "guest"}, {"tier": "fan", "reach": "25"}, {"tier": "friend", "reach": "40"}],
                },
            ],
            "earn": [
                {"rule": "base", "give": "1 point per 100 TWD"},
                {"rule": "welcome", "on": "enrolment", "give": "10 points", "pending": "30 days"},
                {"rule": "gift", "on": "tier friend", "give": "5 points"},
            ],
        },
        [
            "2026-01-02 12:00 buys A: tea 800",
            "2026-01-03 12:00 wang buys B: tea 1100",
            "2026-01-04 12:00 granted club/friend until 2026-01-20",
            "2026-01-05 12:00 wang granted club/fan until 2026-03-20",
            "2026-01-12 12:00 buys C: tea 300",
            "2026-01-13 12:00 wang buys D: tea 1500",
            "2026-01-14 12:00 returns A: everything",
            "2026-02-12 12:00 wang returns D: everything",
            "2026-03-30 12:00 returns C: everything",
        ],
    ),
    "plans, segments and what is known of them": (
        {
            "earn": [
                {"rule": "base", "give": "1 point per 100 TWD", "when": {"plan": "gold"}},
                {"rule": "press", "give": "5 points", "when": {"segment": "press"}},
                {"rule": "here", "give": "7 points", "when": {"country": "TW"}},
                {"rule": "dry", "give": "3 points", "when": {"attribute": {"skin": "dry"}}},
                {"rule": "plus", "on": "plan gold", "give": "2 points"},
            ],
            "attributes": {"skin": ["dry", "fair"]},
        },
        [
            "2026-01-02 12:00 tells country TW",
            "2026-01-02 13:00 wang tells country JP, birthday 02-05, skin dry",
            "2026-01-03 12:00 plan gold until 2026-01-20",
            "2026-01-03 13:00 wang plan gold until 2026-03-20",
            "2026-01-04 12:00 in press",
            "2026-01-05 12:00 buys A: tea 100",
            "2026-01-05 12:00 wang buys B: tea 100",
            "2026-01-15 12:00 buys C: tea 100",
            "2026-01-15 12:00 wang buys D: tea 100",
            "2026-02-15 12:00 buys E: tea 100",
            "2026-02-15 12:00 wang buys F: tea 100",
        ],
    ),
    "what went back of points that are gone": (
        {
            "wallets": {"points": {"when_short": "write_off", "expires": "1 month"}},
            "earn": [
                *PARTNERS,
                {"rule": "spend", "goal": {"spend": "1000", "per": "year", "repeat": "true"}, "give": "10 points"},
            ],
        },
        [
            "2026-01-02 12:00 buys A at books: 2 tea 1000",
            "2026-01-02 13:00 wang buys B at books: 2 tea 2000",
            "2026-01-03 12:00 redeems R: 20",
            "2026-01-03 13:00 wang redeems S: 40",
            "2026-01-04 12:00 returns A: 1 tea",
            "2026-01-04 13:00 wang edits B at books: 1 tea 1000",
            "2026-01-12 12:00 edits A at books: 3 tea 1500",
            "2026-01-12 13:00 wang edits B at books: 2 tea 2000",
            "2026-02-12 12:00 returns A: everything",
            "2026-02-12 13:00 wang edits B at books: 1 tea 1000",
        ],
    ),
    "holds that were open before": (
        {},
        [
            "2026-01-02 12:00 buys A: 2 tea 1000",
            "2026-01-02 13:00 wang buys B: 2 tea 2000",
            "2026-01-03 12:00 holds H: 6 until 2026-01-20 12:00",
            "2026-01-03 13:00 wang holds V: 5 until 2026-02-20 12:00",
            "2026-01-03 14:00 wang holds W: 12 until 2026-02-21 12:00",
            "2026-01-04 12:00 wang returns B: 1 tea",
            "2026-01-12 12:00 returns A: everything",
            "2026-01-15 12:00 captures H",
            "2026-02-12 13:00 wang captures V",
        ],
    ),
}
MERGED, PARTED = "2026-01-10 12:00 absorbs wang", "2026-02-10 12:00 parts from wang"


@pytest.mark.parametrize("name", SITUATIONS)
def test_each_has_what_they_would_have_had(name: str):
    program, deeds = SITUATIONS[name]
    Parties(program, [*deeds, MERGED, PARTED]).are_as_apart()


# What is written and told of it


def test_every_move_of_parting_is_an_entry_and_what_comes_in_is_first():
    """Lin brings 10 of books and 8 pending, wang 20; both had been given one point for the first order."""
    earn = [
        {"rule": "base", "give": "1 point per 100 TWD", "funded_by": "the order's partner"},
        {"rule": "first", "when": {"nth_order": "1"}, "give": "1 point"},
        {"rule": "gift", "on": "tier silver", "give": "5 points"},
        {"rule": "late", "on": "activity visit", "give": "8 points", "pending": "60 days"},
    ]
    tiers = [{"set": "status", "levels": [{"tier": "member"}, {"tier": "silver", "reach": "2500"}]}]
    deeds = [
        *["2026-01-02 12:00 buys A at books: tea 1000", "2026-01-02 13:00 wang buys B: tea 2000"],
        *["2026-01-04 12:00 does visit", "2026-01-04 13:00 wang holds H: 4 until 2026-03-01", MERGED, PARTED],
    ]
    parties = Parties({"earn": earn, "tiers": tiers}, deeds)
    parties.are_as_apart()
    seen = parties.seen()
    found = {
        name: [
            (
                one.identity.removeprefix(f"unmerge:R{len(deeds) - 1}/points"),
                one.source,
                one.target,
                one.points,
                one.funder,
            )
            for one in outcome.entries
            if one.kind == "unmerge"
        ]
        for name, outcome in seen.items()
    }
    assert found == {
        "lin": [
            ("/out/held/|", "held", "merged", 4, ""),
            ("/out/available/|", "available", "merged", 21, ""),
            ("/apart/|", "merged", "issued", 4, ""),
        ],
        "wang": [
            ("/in/available/|", "merged", "available", 17, ""),
            ("/in/held/|", "merged", "held", 4, ""),
        ],
    }
    then = at("2026-02-10 12:00")
    assert [one for one in seen["lin"].announcements if one.occurred_at == then] == [
        Announcement(
            f"tier:status/{then}|member|",
            "tier.changed",
            then,
            {"from": "silver", "to": "member", "set": "status", "because": "unmerge"},
        )
    ]
    assert {name: outcome.account.parted for name, outcome in seen.items()} == {
        "lin": [("wang", then)],
        "wang": [("lin", then)],
    }


def test_who_alone_joined_when_there_were_tiers_has_one_and_it_is_no_news():
    """The two as one were a member before there were tiers, and had no order since."""
    tiers = [{"set": "status", "levels": [{"tier": "member"}, {"tier": "silver", "reach": "2500"}]}]
    deeds = ["2026-01-02 12:00 wang buys B: tea 100", MERGED, "2026-01-25 12:00 joins", PARTED]
    parties = Parties({}, deeds, [("2026-01-20 12:00", {"tiers": tiers})])
    parties.are_as_apart()
    lin = parties.seen()["lin"]
    assert lin.account.ladders["status"].tier == "member"
    assert [one.kind for one in lin.announcements if one.occurred_at == parties.until] == []


def test_what_is_owed_is_nobody_else_s_to_pay():
    deeds = [
        *["2026-01-02 12:00 buys A: tea 1000", "2026-01-02 12:00 wang buys B: tea 700"],
        *["2026-01-03 12:00 redeems 10", "2026-01-03 12:00 wang redeems 7"],
        *["2026-01-04 12:00 returns A: everything", "2026-01-04 12:00 wang returns B: everything", MERGED, PARTED],
    ]
    entries = Parties({}, deeds).seen()["lin"].entries
    assert [(one.source, one.target, one.points, one.funder) for one in entries if one.kind == "unmerge"] == [
        ("merged", "deficit", 7, "")
    ]


REFERRAL: Tree = {
    "referral": {"when": {"order_at_least": "500 TWD"}},
    "earn": [{"rule": "friend", "on": "referred", "give": "50 points"}],
}


@pytest.mark.parametrize(
    ("deeds", "lin", "wang"),
    [
        ([], [], []),
        # Both had earned for who brought them: the one that was withdrawn counts again.
        (
            [
                *["2026-01-01 12:00 brought mei", "2026-01-02 12:00 wang brought hu"],
                *["2026-01-03 12:00 buys A: tea 600", "2026-01-03 12:00 wang buys B: tea 600"],
            ],
            [],
            [("referral.earned", {"by": "hu", "order": "shop/B"})],
        ),
        # Only as one have they earned: wang's order for who brought lin.
        (
            ["2026-01-01 12:00 brought mei", "2026-01-12 12:00 wang buys B: tea 600"],
            [("referral.withdrawn", {"by": "mei", "order": "shop/B"})],
            [],
        ),
        # Nobody has earned yet.
        (["2026-01-01 12:00 brought mei", "2026-01-02 12:00 wang brought hu"], [], []),
        # Lin's own order counts as it did.
        (["2026-01-01 12:00 brought mei", "2026-01-12 12:00 buys A: tea 600"], [], []),
    ],
    ids=str,
)
def test_who_brought_either_hears_what_holds_again(deeds: list[Deed], lin: list[object], wang: list[object]):
    seen = Parties(REFERRAL, [*deeds, MERGED, PARTED]).seen()
    then = at("2026-02-10 12:00")
    told = {
        name: [(one.kind, one.payload) for one in outcome.announcements if one.occurred_at == then]
        for name, outcome in seen.items()
    }
    assert told == {"lin": lin, "wang": wang}


def test_who_was_never_one_is_not_parted():
    deeds: list[Deed] = [
        "2026-01-02 12:00 buys A: tea 1000",
        MERGED,
        ("lin", Unmerge("U", "unknown", at("2026-02-10"))),
    ]
    assert Parties({}, deeds).seen()["lin"].account.joined
