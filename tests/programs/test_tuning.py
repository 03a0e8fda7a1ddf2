"""Numbers of a document by name, aims, and the search for the nearest draft that meets them."""

from collections import Counter
from decimal import Decimal
from fractions import Fraction
from itertools import count

import pytest

from regulars.intake.planning import drafted
from regulars.programs.planning.assuming import Assumed
from regulars.programs.planning.comparing import Outcome
from regulars.programs.planning.report import report
from regulars.programs.planning.tallying import Tally
from regulars.programs.planning.tuning.aims import Aim, NoSuchAim, aim, measured
from regulars.programs.planning.tuning.numbers import NoSuchNumber, moved, number
from regulars.programs.planning.tuning.searching import Tried, curve, search
from regulars.programs.tree import grown

DOCUMENT = """
program: shop
name: {en: Shop}
timezone: Europe/London
currency: GBP
enrolment: first order
wallets:
  points: {worth: 1 GBP per 100, expires: 12 months}
tiers:
  - set: status
    window: rolling 12 months
    levels:
      - {tier: member}
      - {tier: silver, reach: 500, retain: 400}
      - {tier: gold, reach: 2000, retain: 1500}
earn:
  - {rule: base, on: order, give: 1 point per 10 GBP}
"""
TREE = grown(DOCUMENT).tree
JANUARY = 2024 * 12


@pytest.mark.parametrize(
    ("asked", "steps", "step", "written"),
    [
        ("silver.reach=500..900", 80, "5", "500"),
        ("silver.reach=500..900/100", 4, "100", "500"),
        ("base.give=1..3", 2, "1", "1"),
        ("base.give.2=5..20", 15, "1", "10"),
        ("points.worth=0.5..2.0", 15, "0.1", "1"),
        ("points.expires=6..24", 18, "1", "12"),
        ("gold.reach=1000..90000", 89, "1000", "2000"),
    ],
)
def test_a_number_is_found_by_its_name_and_takes_round_steps(asked, steps, step, written):
    found = number(TREE, asked)
    assert (found.steps, found.step, found.written) == (steps, Decimal(step), Decimal(written))


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ("silver=1..2", "not_understood"),
        ("silver.reach=900", "not_understood"),
        ("bronze.reach=1..2", "unknown"),
        ("silver.valid=1..2", "unknown"),
        ("base.give.3=1..2", "no_number"),
        ("base.on=1..2", "no_number"),
        ("silver.reach=9..9", "bounds"),
        ("silver.reach=1..9/9", "bounds"),
        ("silver.reach=1..9/0", "bounds"),
    ],
)
def test_what_is_no_number_is_refused(asked, code):
    with pytest.raises(NoSuchNumber) as refused:
        number(TREE, asked)
    assert (refused.value.code, refused.value.asked) == (code, asked)


def test_a_number_moves_and_all_else_stays():
    numbers = [number(TREE, "silver.reach=500..900/100"), number(TREE, "base.give.2=5..20")]
    found = moved(TREE, numbers, (2, 3))
    # What is asked for to be kept goes along: 400 of 500, 560 of 700.
    assert found["tiers"][0]["levels"][1] == {"tier": "silver", "reach": "700", "retain": "560"}
    assert found["tiers"][0]["levels"][2] == TREE["tiers"][0]["levels"][2]
    assert found["earn"][0]["give"] == "1 point per 8 GBP"
    assert grown(DOCUMENT).tree == TREE


def test_what_is_kept_may_be_moved_by_itself():
    numbers = [number(TREE, "silver.reach=500..900/100"), number(TREE, "silver.retain=100..300/50")]
    assert moved(TREE, numbers, (1, 4))["tiers"][0]["levels"][1] == {"tier": "silver", "reach": "600", "retain": "300"}


def test_aims_are_measured_on_a_plan():
    tally = Tally(
        revenue=Counter({JANUARY: 100_000}),
        points=Counter({(JANUARY, "points", "issued", "base"): 2_000}),
        active=Counter({"member": 7, "silver": 2, "gold": 1}),
    )
    told = report(drafted(DOCUMENT), Outcome(tally), Assumed())
    # 70 % of 2,000 points are worth 14.00 of 1,000.00; nothing is redeemed in January.
    assert measured(told, "cost", is_share=True) == Fraction(14, 1_000)
    assert measured(told, "cost", is_share=False) == measured(told, "liability", is_share=False) == 1_400
    assert measured(told, "result", is_share=False) == -1_400
    assert measured(told, "margin", is_share=True) == Fraction(286, 1_000)
    assert measured(told, "silver", is_share=True) == Fraction(3, 10)
    assert measured(told, "gold", is_share=True) == Fraction(1, 10)


def test_aims_say_how_much_is_missing():
    least, most = aim("silver >= 15 %", "GBP", ["silver"]), aim("cost<=2.50", "GBP", [])
    assert (least.bound, most.bound, most.is_share) == (Fraction(15, 100), 250, False)
    assert (least.missed_by(Fraction(15, 100)), least.missed_by(Fraction(12, 100))) == (0, pytest.approx(0.2))
    assert (most.missed_by(Fraction(250)), most.missed_by(Fraction(500))) == (0, 1)


@pytest.mark.parametrize("asked", ["cost < 2 %", "bronze >= 1 %", "silver >= 5", "cost", "cost <= much"])
def test_what_is_no_aim_is_refused(asked):
    with pytest.raises(NoSuchAim):
        aim(asked, "GBP", ["member", "silver"])


def test_of_two_candidates_the_one_that_costs_less_for_as_much_stays():
    found = [
        Tried((0,), 0, 0, Fraction(1, 100), (Fraction(1, 10),)),
        Tried((1,), 0, 0, Fraction(2, 100), (Fraction(1, 10),)),
        Tried((2,), 0, 0, Fraction(3, 100), (Fraction(3, 10),)),
        Tried((3,), 0, 0, Fraction(3, 100), (Fraction(2, 10),)),
        Tried((4,), 0, 0, Fraction(4, 100), (Fraction(2, 10),)),
    ]
    assert [one.steps for one in curve(found, [Aim("silver", False, Fraction(0), True, "")], 0)] == [(0,), (2,)]


def told_of(steps):
    """The further the first number is up, the fewer are silver; the further the second, the less it costs."""
    reach, per = steps
    silver = max(100 - reach, 0)
    tally = Tally(
        revenue=Counter({JANUARY: 100_000}),
        points=Counter({(JANUARY, "points", "issued", "base"): 20_000 // (per + 1)}),
        active=Counter({"member": 100 - silver, "silver": silver}),
    )
    return report(drafted(DOCUMENT), Outcome(tally), Assumed())


NUMBERS = (number(TREE, "silver.reach=500..900"), number(TREE, "base.give.2=5..20"))
AIMS = (aim("cost <= 2 %", "GBP", []), aim("silver >= 40 %", "GBP", ["silver"]))


def test_the_search_finds_what_is_nearest_to_what_is_written():
    found = search(NUMBERS, AIMS, told_of, 1, 60)
    best = found.tried[0]
    # The cost is 14 % / (steps + 1): six steps up from 5 is the first that meets it, and 10 is written.
    assert (best.missed, best.steps, found.is_over) == (0, (0, 6), True)
    assert [one.steps for one in search(NUMBERS, AIMS, told_of, 1, 60).tried] == [one.steps for one in found.tried]


def test_the_search_ends_when_its_time_is_up():
    ticks = count(step=1)
    found = search(NUMBERS, AIMS, told_of, 1, 10, lambda: float(next(ticks)))
    assert not found.is_over
    assert 1 <= len(found.tried) <= 10


def test_a_candidate_that_is_no_program_is_passed_over():
    found = search(NUMBERS, AIMS, lambda steps: told_of(steps) if steps[1] < 10 else None, 1, 60)
    assert found.tried[0].steps == (0, 6)
    assert all(one.steps[1] < 10 for one in found.tried)
