"""Which order of a referred customer counts."""

import pytest
from msgspec.structs import replace

from regulars.engine.facts import Fulfilment, Referred
from regulars.engine.outcome import Outcome
from regulars.engine.referral import OTHERS_MOST
from tests.builders import at, back, document, line, order, programs, refund, told
from tests.engine.parties import NOON, Deed, Parties, Tree
from tests.engine.soundness import resumable, sound
from tests.engine.test_doubles import FIRST, JOINED, MERGED, rules

FRIEND = {"rule": "friend", "on": "referred", "give": "50 points"}
BROUGHT = Referred("r", "wen", at("2026-01-05"))
TERMS = {"within": "60 days", "when": {"order_at_least": "500 TWD"}}


def shop(pending: str, **terms: object):
    return programs(document(wallets={"points": {"pending": pending}}, earn=[FRIEND], referral=TERMS | terms))


def bought(name: str, day: str, total: int = 500):
    return order(name, day, line("tea", total))


def returned(name: str, day: str):
    return refund(f"{name}/R", day, back("tea"))


def earned(outcome: Outcome) -> list[tuple[str, str, int]]:
    """What was told, by which order and when."""
    sound(outcome)
    return [
        (one.kind, one.payload["order"], one.occurred_at) for one in outcome.announcements if "referral" in one.kind
    ]


WEEK = shop("7 days")


def test_the_next_order_counts_where_the_first_comes_back():
    facts = [BROUGHT, bought("A", "2026-01-06"), bought("B", "2026-01-07"), returned("A", "2026-01-08")]
    assert earned(told(WEEK, facts, "2026-02-01")) == [("referral.earned", "shop/B", at("2026-01-14"))]
    resumable(WEEK, facts, at("2026-02-01"), told(WEEK, facts, "2026-02-01"))


def test_what_could_not_be_returned_any_more_counts_at_once():
    facts = [BROUGHT, bought("A", "2026-01-06"), bought("B", "2026-01-07"), returned("A", "2026-01-20")]
    assert earned(told(WEEK, facts, "2026-02-01")) == [
        ("referral.earned", "shop/A", at("2026-01-13")),
        ("referral.withdrawn", "shop/A", at("2026-01-20")),
        ("referral.earned", "shop/B", at("2026-01-20")),
    ]


def test_what_no_longer_qualifies_does_not_wait():
    some = [BROUGHT, bought("A", "2026-01-06"), bought("B", "2026-01-07"), bought("C", "2026-01-08", 400)]
    less = replace(bought("B", "2026-01-07", 400), version_at=at("2026-01-08"))
    facts = [*some, less, returned("A", "2026-01-09")]
    assert earned(told(WEEK, facts, "2026-02-01")) == []
    more = replace(bought("C", "2026-01-08", 500), version_at=at("2026-01-10"))
    assert earned(told(WEEK, [*facts, more], "2026-02-01")) == [("referral.earned", "shop/C", at("2026-01-15"))]


def test_the_first_that_was_paid_is_the_next():
    """Also where it qualified after another one."""
    small = bought("B", "2026-01-07", 400)
    grown = replace(small, version_at=at("2026-01-09"), lines=(line("tea", 600),))
    facts = [BROUGHT, bought("A", "2026-01-06"), small, bought("C", "2026-01-08"), grown, returned("A", "2026-01-10")]
    assert earned(told(WEEK, facts, "2026-02-01")) == [("referral.earned", "shop/B", at("2026-01-14"))]


def test_an_order_that_was_handed_over_meanwhile_counts_at_once():
    fulfilled = shop("until fulfilled")
    facts = [BROUGHT, bought("A", "2026-01-06"), bought("B", "2026-01-07"), bought("C", "2026-01-08")]
    facts += [Fulfilment("f", "shop/B", at("2026-01-09")), returned("A", "2026-01-10")]
    assert earned(told(fulfilled, facts, "2026-02-01")) == [("referral.earned", "shop/B", at("2026-01-10"))]
    waits = [*facts, returned("B", "2026-01-11")]
    assert earned(told(fulfilled, waits, "2026-02-01"))[2:] == []
    late = [*waits, Fulfilment("g", "shop/C", at("2026-01-20"))]
    assert earned(told(fulfilled, late, "2026-02-01"))[2:] == [("referral.earned", "shop/C", at("2026-01-20"))]


def test_so_many_orders_are_remembered():
    names = [f"B{number:02}" for number in range(OTHERS_MOST + 1)]
    many = [bought(name, f"2026-01-07 {number:02}:00") for number, name in enumerate(names)]
    all_back = [returned(name, "2026-01-08") for name in ("A", *names[:-1])]
    facts = [BROUGHT, bought("A", "2026-01-06"), *many]
    assert earned(told(WEEK, [*facts, *all_back], "2026-02-01")) == []
    assert earned(told(WEEK, [*facts, *all_back[:-1]], "2026-02-01")) == [
        ("referral.earned", f"shop/{names[-2]}", at("2026-01-14 09:00"))
    ]


# Two who become one


def friends(**terms: Tree) -> Tree:
    return rules(FRIEND, wallets={"points": {"pending": "7 days"}}, referral={"within": "60 days"} | terms)


LARGE = friends(when={"order_at_least": "500 TWD"})
MEI = "2025-12-10 12:00 brought mei"
A = ["2025-12-12 12:00 buys A: tea 600"]
B = ["2025-12-13 12:00 wang buys B: 2 tea 600"]
BACK = ["2026-01-12 12:00 returns A: everything"]
COUNTED = ["earned A 2025-12-19 12:00"]
GONE = [*COUNTED, "withdrawn A 2026-01-12 12:00"]


@pytest.mark.parametrize(
    ("program", "deeds", "told"),
    [
        (LARGE, [*A, *B, MERGED, *BACK], [*GONE, "earned B 2026-01-12 12:00"]),
        # It waits behind the one that counts first, though it was bought before.
        (LARGE, ["2026-01-08 12:00 buys A: tea 600", *B, MERGED, *BACK], ["earned B 2026-01-12 12:00"]),
        # Lin has bought nothing: the first of wang's counts as soon as they are one and nobody can return it.
        (LARGE, [*B, "2025-12-14 12:00 wang buys C: tea 600", MERGED], ["earned B 2026-01-10 12:00"]),
        (LARGE, ["2026-01-09 12:00 wang buys C: tea 600", MERGED], ["earned C 2026-01-16 12:00"]),
        (LARGE, ["2025-12-13 12:00 wang buys C: tea 600", "2025-12-14 12:00 wang buys B: tea 600", MERGED],
         ["earned C 2026-01-10 12:00"]),
        (friends(when={"partner": "books"}), ["2025-12-12 12:00 buys A at books: tea 600",
         "2025-12-13 12:00 wang buys B at books: 2 tea 600", MERGED, *BACK], [*GONE, "earned B 2026-01-12 12:00"]),
        # It qualifies no longer, or never did: too small, too late, before lin was brought.
        (LARGE, [*A, *B, "2026-01-02 12:00 wang returns B: 1 tea", MERGED, *BACK], GONE),
        (LARGE, [*A, "2025-12-13 12:00 wang buys B: tea 400", MERGED, *BACK], GONE),
        (friends(when={"quantity_at_least": "2"}), ["2025-12-12 12:00 buys A: 2 tea 600", *B,
         "2026-01-02 12:00 wang returns B: 1 tea", MERGED, *BACK], GONE),
        (friends(within="30 days"), [*A, "2026-01-09 12:00 wang buys B: tea 600", MERGED, *BACK], GONE),
        (LARGE, [*A, "2025-12-10 11:59 wang buys B: tea 600", MERGED, *BACK], GONE),
        (LARGE, [*A, "2025-12-10 12:00 wang buys B: tea 600", MERGED, *BACK], [*GONE, "earned B 2026-01-12 12:00"]),
        # Both were the first order of somebody, A is not any more; what has counted stays.
        (friends(when={"nth_order": "1"}) | {"earn": [FIRST]}, [*A, "2025-12-11 12:00 wang buys B: tea 600", MERGED],
         COUNTED),
    ],
    ids=str,
)  # fmt: skip
def test_what_either_bought_counts_for_who_brought_them(program: Tree, deeds: list[Deed], told: list[str]):
    """And an edit that changes nothing does not."""
    before = [*JOINED, MEI, *deeds, "2026-01-20 12:00 does share"]
    edited = [f"2026-01-19 12:00{one[NOON:]}".replace("buys", "edits") for one in deeds if "wang buys" in str(one)]
    for edits in ([], edited):
        assert referrals(Parties(program, [*before, *edits])) == [dated(one) for one in told]
    Parties(program, [*before, "2026-02-10 12:00 parts from wang"]).are_as_apart()


def test_what_was_bought_before_joining_counts_for_nobody():
    deeds = ["2025-12-01 12:00 joins", MEI, *A, *B, "2026-01-02 12:00 wang joins", MERGED, *BACK]
    assert referrals(Parties(LARGE, deeds)) == [dated(one) for one in GONE]


def referrals(parties: Parties) -> list[tuple[str, str, int]]:
    told = [one for one in parties.seen()["lin"].announcements if "by" in one.payload]
    return [(one.kind, one.payload["order"], one.occurred_at) for one in told]


def dated(said: str) -> tuple[str, str, int]:
    kind, order, when = said.split(" ", 2)
    return f"referral.{kind}", f"shop/{order}", at(when)
