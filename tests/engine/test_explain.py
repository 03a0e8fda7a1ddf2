"""Every code of docs/rules/explain.md, from the entries of a small history."""

import msgspec
import pytest

from regulars.engine.explain import Explanation, explain, order_of, recompute, rule_of
from regulars.engine.outcome import Entry


def entry(identity: str, kind: str, points: int, why: tuple[object, ...], places: str = "issued pending") -> Entry:
    source, target = places.split()
    return Entry(identity, kind, "points", source, target, points, 0, 1, why)


def same(found: Explanation, expected: Explanation) -> bool:
    """Also in that whole numbers are whole."""
    return msgspec.json.encode(found) == msgspec.json.encode(expected)


PER_MONEY = ("per_money", 134800, 10000, 1, False)
PER_MONEY_NOW = (13, *PER_MONEY)
COUNTED = {"spend": 134800, "step": 10000, "steps": 13, "per_step": 1, "points": 13, "rounds": "down"}


def test_a_fixed_gift():
    welcome = entry("enrolment:lin|welcome", "earn", 100, ("fixed", 100))
    assert explain(welcome) == Explanation("earn.fixed", "welcome", "", {"points": 100})
    assert recompute(welcome) == 100


def test_points_per_money():
    earned = entry("order:shop/A-1|base", "earn", 13, PER_MONEY)
    assert explain(earned) == Explanation("earn.per_money", "base", "shop/A-1", COUNTED)
    assert recompute(earned) == 13


def test_points_per_money_rounded_to_the_nearest():
    earned = entry("order:shop/A-1|base", "earn", 2, ("per_money", 150, 100, 1, True))
    assert explain(earned).parameters["rounds"] == "half up"
    assert recompute(earned) == 2


def test_a_multiplier_names_each_rule_it_multiplies():
    why = ("multiply", False, ("base", 99800, 500, 1000, 10000, 1, 1), ("tea", 99800, 1000, 1000, 20000, 2, 1))
    extra = entry("order:shop/A-1|double", "earn", 4 + 8, why)
    told = explain(extra)
    assert (told.code, told.parameters) == ("earn.multiply", {"points": 12})
    assert [part.code for part in told.because] == ["earn.multiply.part"] * 2
    assert [part.parameters["factor"] for part in told.because] == ["1.5", "2"]
    assert [part.parameters["points"] for part in told.because] == [4, 8]
    assert told.because[0].parameters == {
        "base": "base", "factor": "1.5", "spend": 99800, "step": 10000, "steps": 4, "per_step": 1, "points": 4,
        "rounds": "down", "percent": "",
    }  # fmt: skip
    assert recompute(extra) == 12


def test_a_refund_says_what_the_order_still_earns():
    back = entry("refund:shop/A-1/R-1|base", "reverse", 10, ("remains", 23, *PER_MONEY_NOW), "available issued")
    told = explain(back)
    assert (told.code, told.order) == ("reverse", "shop/A-1")
    assert told.parameters == {"kept": 23, "keeps": 13, "points": 10, "place": "available"}
    assert told.because == (Explanation("earn.per_money", "base", "shop/A-1", COUNTED),)
    assert recompute(back) == 10


def test_a_full_refund_needs_no_reason():
    back = entry("refund:shop/A-1/R-1|base", "reverse", 23, ("remains", 23, 0), "available issued")
    assert explain(back).because == ()
    assert recompute(back) == 23


def test_an_edit_that_adds_goods():
    more = entry("edit:shop/A-1@17.0|base", "earn", 5, ("remains", 8, *PER_MONEY_NOW))
    told = explain(more)
    assert (told.code, told.order, told.parameters["place"]) == ("earn.more", "shop/A-1", "pending")
    assert recompute(more) == 5


def test_an_expiry_names_the_lots_as_stored():
    """A derivation that was stored comes back with lists for tuples."""
    out = entry("expire:points/2026-03-31|", "expire", 30, ("expire", ["order:shop/A-1", 20], ["enrolment:lin", 10]))
    told = explain(out)
    assert (told.code, told.parameters) == ("expire", {"points": 30})
    assert told.because[0] == Explanation("expire.lot", "", "shop/A-1", {"points": 20})
    assert told.because[1].order == ""
    assert recompute(out) == 30


@pytest.mark.parametrize(("kind", "identity"), [("mature", "mature:shop/A-1|"), ("repay", "repay:mature:shop/A-1|")])
def test_points_that_only_move_on_are_not_counted_again(kind: str, identity: str):
    moved = entry(identity, kind, 22, ())
    assert explain(moved) == Explanation(kind, "", "shop/A-1", {"points": 22})
    assert recompute(moved) is None


def test_a_correction_says_both_sums():
    settled = entry("order:shop/A-1|base", "correct", 9, ("correct", 22, *PER_MONEY_NOW), "pending issued")
    told = explain(settled)
    assert (told.code, told.parameters) == ("correct", {"recorded": 22, "computed": 13, "points": 9})
    assert told.because[0].code == "earn.per_money"
    assert recompute(settled) == 9
    withdrawn = entry("order:shop/A-1|base", "correct", 22, ("correct", 22, 0), "pending issued")
    assert explain(withdrawn).because == ()


def test_keys_may_hold_any_sign():
    assert order_of("refund:shop/A|1/R|2|base") == "shop/A|1"
    assert rule_of("refund:shop/A|1/R|2|base") == "base"
    assert order_of("edit:shop/A@1@5.0|base") == "shop/A@1"


def test_a_correction_is_told_the_way_it_moves():
    """Net points of what comes into `available` are below zero where places are put in order."""
    why = ("correct", -40, -20, "capped", 20, "monthly", *PER_MONEY)
    less = entry("order:shop/B|base", "correct", 20, why, "available issued")
    assert explain(less).parameters == {"recorded": 40, "computed": 20, "points": 20}
    more = entry("order:shop/B|base", "correct", 19, ("correct", -16, -35, *PER_MONEY), "issued available")
    assert explain(more).parameters == {"recorded": 16, "computed": 35, "points": 19}
    assert (recompute(less), recompute(more)) == (20, 19)


def test_a_correction_of_a_reversal_says_where_all_of_it_goes():
    why = ("correct", 5, 3, "remains", 23, *PER_MONEY_NOW)
    fewer = entry("refund:shop/A-1/R-1|base", "correct", 2, why, "issued available")
    [because] = explain(fewer).because
    assert (because.code, because.parameters["place"], because.parameters["points"]) == ("reverse", "available", 3)


def test_a_cancelled_order_says_so():
    back = entry("edit:shop/A-1@5.0|base", "reverse", 23, ("remains", 23, 0, "cancelled"), "available issued")
    assert explain(back).because == (Explanation("order.cancelled", "base", "shop/A-1", {"points": 0}),)
    assert recompute(back) == 23


def test_a_goal_says_what_was_reached_and_what_is_missing():
    reached = entry("goal:k/17/1|cups", "earn", 80, ("goal", 80, "month", 0, ("units", 16, 8)), "issued available")
    [step] = explain(reached).because
    assert step == Explanation("goal.step", "cups", "", {"measure": "units", "amount": 16, "each": 8, "missing": 0})
    why = ("remains", 80, 0, "goal", 0, "month", 0, ("units", 16, 8, 14))
    back = entry("goal:k/17/1@refund:shop/A-1/R|cups", "reverse", 80, why, "available issued")
    assert explain(back).because[0].because[0].parameters["missing"] == 2
    assert recompute(back) == 80
    old = entry("goal:k/17/1|cups", "earn", 80, ("goal", 80, "month", 0, ("units", 16)), "issued available")
    assert explain(old).because[0].parameters["each"] == 0


EARNED = Explanation("earn.per_money", "base", "shop/A-1", COUNTED)
HALF_UP = {"rounds": "half up"}


@pytest.mark.parametrize(
    ("why", "expected"),
    [
        (
            ("capped", 5, "monthly", *PER_MONEY),
            ("earn.capped", {"points": 5, "uncapped": 13, "cap": "monthly"}, EARNED),
        ),
        (
            ("budget", 5, "spring", *PER_MONEY),
            ("earn.budget", {"points": 5, "wanted": 13, "campaign": "spring"}, EARNED),
        ),
        (
            ("goal", 80, "month", 3, ("units", 16, 8, 17)),
            (
                "earn.goal",
                {"points": 80, "per": "month", "streak": 3},
                Explanation(
                    "goal.step", "base", "shop/A-1", {"measure": "units", "amount": 16, "each": 8, "missing": 0}
                ),
            ),
        ),
        (
            ("per_unit", 3, 2, 5, True),
            ("earn.per_unit", {"units": 3, "unit_step": 2, "steps": 2, "per_step": 5, "points": 10}),
        ),
        (
            ("percent", 1_000, 7_550, 100_000, True),
            ("earn.percent", {"spend": 1_000, "percent": "7.55", "points": 76} | HALF_UP),
        ),
        (
            ("percent", 1_000, 10_000, 100_000, False),
            ("earn.percent", {"spend": 1_000, "percent": "10", "points": 100, "rounds": "down"}),
        ),
        (
            ("per_line", "per_money", 1, 100, 2, True, 150, 149),
            ("earn.per_line", {"lines": 2, "points": 6} | HALF_UP),
        ),
    ],
    ids=lambda value: str(value[0]),
)
def test_each_way_to_earn(why: tuple[object, ...], expected: tuple[object, ...]):
    code, parameters, *because = expected
    told = explain(entry("order:shop/A-1|base", "earn", 1, why))
    assert same(told, Explanation(code, "base", "shop/A-1", parameters, tuple(because)))


def test_a_multiplied_share_of_money_is_rounded_as_it_says():
    why = ("multiply", True, ("credit", 1_001, 500, 1000, 100_000, 1, 5_000))
    told = explain(entry("order:shop/A-1|half-more", "earn", 25, why))
    parameters = {
        "spend": 1_001, "base": "credit", "factor": "1.5", "step": 100_000, "steps": 25, "per_step": 1, "points": 25,
        "rounds": "half up", "percent": "5",
    }  # fmt: skip
    part = Explanation("earn.multiply.part", "half-more", "shop/A-1", parameters)
    assert same(told, Explanation("earn.multiply", "half-more", "shop/A-1", {"points": 25}, (part,)))
    up = ("multiply", True, ("base", 150, 1000, 1000, 100, 3, 1))
    [part] = explain(entry("order:shop/A-1|double", "earn", 6, up)).because
    assert (part.parameters["steps"], part.parameters["points"], part.parameters["percent"]) == (2, 6, "")


def test_multipliers_that_stand_beside_others_name_each_factor_once():
    shares = ((100, 1000, 1000), (200, 1000, 1000), (150, 500, 1000))
    why = ("combine", True, ("base", 100, 3, 1, shares))
    told = explain(entry("order:shop/A-1|double", "earn", 12, why))
    parameters = {
        "spend": 450, "base": "base", "factor": "2, 1.5", "step": 100, "steps": 4, "per_step": 3, "points": 12,
        "rounds": "half up", "percent": "",
    }  # fmt: skip
    part = Explanation("earn.multiply.part", "double", "shop/A-1", parameters)
    assert same(told, Explanation("earn.multiply", "double", "shop/A-1", {"points": 12}, (part,)))


LOT, OWED = Explanation("lot", "", "shop/A-1", {"points": 20}), Explanation("owed", "", "", {"points": 10})


@pytest.mark.parametrize(
    ("code", "places", "place"),
    [
        ("redeem", "available redeemed", "available"),
        ("release", "held available", "available"),
        ("receive", "transferred pending", "pending"),
        ("adjust", "issued available", "available"),
        ("adjust", "available issued", "available"),
        ("merge", "merged available", "available"),
        ("merge", "available merged", "available"),
        ("close", "available forfeited", "forfeited"),
    ],
)
def test_a_decision_names_the_place_and_the_lots(code: str, places: str, place: str):
    why = (code, ("order:shop/A-1", 20), ("", 10))
    moved = entry("refund:shop/B/R|", code, 30, why, places)
    assert same(explain(moved), Explanation(code, "", "shop/B", {"points": 30, "place": place}, (LOT, OWED)))
    assert recompute(moved) == 30


def test_a_claim_names_the_order_that_it_is_for():
    why = ("claim", ("refund:shop/A-1/R", 20))
    claimed = entry("hold:H|", "claim", 20, why, "held issued")
    assert same(explain(claimed), Explanation("claim", "", "shop/A-1", {"points": 20, "place": "held"}))


@pytest.mark.parametrize(
    ("why", "places", "because"),
    [
        ((5, 1, "remains", 14, *PER_MONEY_NOW), "issued available", ("reverse", 14, 13, 1, "available")),
        ((-5, -3, "remains", 10, *PER_MONEY_NOW), "available issued", ("earn.more", 10, 13, 3, "available")),
    ],
    ids=str,
)
def test_a_correction_says_what_it_leaves(
    why: tuple[object, ...], places: str, because: tuple[str, int, int, int, str]
):
    code, kept, keeps, points, place = because
    settled = entry("order:shop/A-1|base", "correct", 2, ("correct", *why), places)
    [left] = explain(settled).because
    moved = {"kept": kept, "keeps": keeps, "points": points, "place": place}
    assert same(left, Explanation(code, "base", "shop/A-1", moved, (EARNED,)))


def test_a_correction_of_what_came_in_to_nothing():
    gone = entry("order:shop/A-1|base", "correct", 22, ("correct", -22, 0), "available issued")
    parameters = {"recorded": 22, "computed": 0, "points": 22}
    assert same(explain(gone), Explanation("correct", "base", "shop/A-1", parameters))


def test_what_expires_is_told_without_a_rule():
    out = entry("expire:points/2026-03-31|", "expire", 20, ("expire", ("order:shop/A-1", 20)))
    lot = Explanation("expire.lot", "", "shop/A-1", {"points": 20})
    assert same(explain(out), Explanation("expire", "", "", {"points": 20}, (lot,)))


def test_a_key_may_hold_a_colon():
    assert order_of("order:shop/A:1|base") == order_of("fulfilled:shop/A:1|") == "shop/A:1"
