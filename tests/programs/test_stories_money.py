"""Money in stories: major units, wherever it is read or shown; and the signs of a failing story's ledger."""

import pytest

from tests.programs.test_stories import HEAD, ORDER, problems, verdict

# ruff: noqa: E501 (steps are easier to read in one line)

MONEY = """\
program:
  program: shop
  timezone: Asia/Taipei
  currency: TWD
  wallets: {points: {}, credit: {money: true, unit: {en: store credit}}}
  campaigns: [{campaign: spring, budget: 20 TWD}]
  earn:
    - {rule: base, give: 1 point per 100 TWD}
    - {rule: cashback, give: 5% credit, campaign: spring}
    - {rule: double, when: {category: tea}, give: 3 points}
    - {rule: visit, on: activity visit, give: 3 credit}
member: {id: lin}
others: [{id: mei}]
story:
  - {at: 2026-01-05 09:00, enrol: }
  - {order: {id: A, lines: [{total: 250}]}, expect: {credit: 12.50, budget: {spring: 7.5 TWD}}}
"""


def test_money_is_told_as_money() -> None:
    found = verdict(
        "  - {redeem: {id: R, points: 2.50, wallet: credit}, expect: {credit: {available: 10.00 TWD, redeemed: 2.50}, why: redeem 2.5}}\n"
        "  - {restore: {redemption: R, points: 1.25}, expect: {credit: 11.25}}\n"
        "  - {hold: {id: H, points: 1, wallet: credit, for: 1 hour}, expect: {credit: {held: 1}}}\n"
        "  - {transfer: {to: mei, points: 0.25, wallet: credit}, expect: {credit: 10}}\n"
        "  - {adjust: {points: -10 TWD, wallet: credit, reason: r, actor: a}, expect: {credit: 0, points: 2}}\n"
        "  - {receive: {lots: [{points: 3.5}], wallet: credit, cause: c}, expect: {credit: 3.50}}\n"
        "  - {order: {id: B, lines: [{total: 10}]}, expect: {why: [cashback 0.50 TWD], entries: [{rule: cashback, points: 0.5}], credit: 4}}\n"
        "  - {budget: {campaign: spring, left: 0.5}, expect: {budget: {spring: 0.50}}}\n",
        MONEY,
    )
    assert found.holds, found


def test_growth_is_as_much_with_zeros_as_without() -> None:
    head = MONEY.replace(
        "  earn:",
        "  tiers: [{set: s, growth_counts: at payment, levels: [{tier: a}, {tier: b, reach: 3000}]}]\n  earn:",
    )
    for said in ("1454.50", "1454.5", "1454.50 TWD"):
        steps = "  - {order: {id: B, lines: [{total: 1204.50}]}, expect: {growth: " + said + ", spend: 1454.50}}\n"
        steps += (
            "  - {expect: {progress: {growth: " + said + ", missing: 1545.50, s: {reach: 3000.00}, next_tier: b}}}\n"
        )
        assert verdict(steps, head).holds, said
        assert not verdict(steps.replace("1454.5", "1454.6"), head).holds
    orders = head.replace("growth_counts: at payment,", "growth_counts: at payment, grows_by: orders,")
    assert verdict("  - {expect: {growth: 1}}\n", orders).holds
    assert not verdict("  - {expect: {growth: 1.0}}\n", orders).holds


@pytest.mark.parametrize(
    ("expect", "told"),
    [
        ("{credit: 1250}", ("credit.available", "1250.00 TWD", "12.50 TWD")),
        ("{budget: {spring: 750}}", ("budget.spring", "750.00 TWD", "7.50 TWD")),
        ("{points: 3}", ("points.available", "3", "2")),
        ("{why: [base 2, cashback 1250]}", ("why", "base 2, cashback 1250.00 TWD", "base 2, cashback 12.50 TWD")),
        ("{why: [base, cashback x]}", ("why", "base, cashback x", "base 2, cashback 12.50 TWD")),
        ("{why: [cashback 1, base 3]}", ("why", "cashback 1.00 TWD, base 3", "base 2, cashback 12.50 TWD")),
        ("{why: [base 2, double 3]}", ("why", "base 2, double 3", "base 2, cashback 12.50 TWD")),
        ("{why: [base 2, visit 3]}", ("why", "base 2, visit 3.00 TWD", "base 2, cashback 12.50 TWD")),
        ("{why: [base 2, mature 3]}", ("why", "base 2, mature 3", "base 2, cashback 12.50 TWD")),
        (
            "{entries: [{rule: cashback, points: 1}, {wallet: points, points: 3}]}",
            (
                "entries",
                "rule: cashback, points: 1.00 TWD\nwallet: points, points: 3",
                "rule: base, points: 2\nwallet: credit, points: 12.50 TWD",
            ),
        ),
        (
            "{entries: [{points: 2}, {rule: cashback, points: 12.5}, {points: 1}]}",
            (
                "entries",
                "points: 2\nrule: cashback, points: 12.50 TWD\npoints: 1",
                "points: 2\nrule: cashback, points: 12.50 TWD",
            ),
        ),
    ],
)
def test_a_difference_of_money_is_shown_as_money(expect: str, told: tuple[str, str, str]) -> None:
    head, _space, bought = MONEY.rpartition("  - {order")
    found = verdict(f"  - {{order{bought.partition('}]}')[0]}}}]}}, expect: {expect}}}\n", head)
    assert found.failure is not None
    assert [(one.what, one.expected, one.found) for one in found.failure.differences] == [told]
    assert [(line.wallet, line.points, line.amount) for line in found.failure.ledger] == [
        ("points", 2, "+2"),
        ("credit", 1250, "+NT$12.50"),
    ]


def test_the_ledger_of_a_failure_has_the_signs_that_members_see() -> None:
    """What expired is not taken once more; what waits comes, what is reserved goes."""
    head = HEAD.replace('pending: 7 days, expires: "12 months, end of month"', "pending: 1 day, expires: 7 days")
    steps = ORDER + "  - {wait: 2 days, hold: {points: 10}}\n  - {wait: 8 days}\n"
    steps += "  - {wait: 1 day, refund: {order: A-1, lines: everything}, expect: {points: 1}}\n"
    failure = verdict(steps, head).failure
    assert failure is not None
    assert [(line.name, line.source, line.amount) for line in failure.ledger] == [
        ("welcome", "issued", "+100"),
        ("base", "issued", "+13"),
        ("double-tea", "issued", "+9"),
        ("mature", "pending", "+22"),
        ("hold", "available", "−10"),
        ("lapse", "held", "+10"),
        ("expire", "available", "−100"),
        ("expire", "available", "−22"),
        ("base", "expired", "0"),
        ("double-tea", "expired", "0"),
    ]


def test_an_amount_that_is_no_money_is_said_to_be_none() -> None:
    [said] = problems(MONEY + "  - {wait: 1 day, expect: {credit: 12.505}}\n")
    assert said.startswith("line 17: story[2].expect.credit: '12.505': an amount in TWD such as")


def test_an_amount_may_say_its_currency_wherever_it_stands() -> None:
    found = verdict(
        "  - {at: 2026-01-10 15:00, order: {id: A-1, lines: [{price: 300 TWD, quantity: 2, discount: 50 TWD}, {total: 0.50 TWD}]}}\n"
        "  - {wait: 7 days, expect: {spend: 550.5 TWD, growth: 550.5 TWD, progress: {missing: 449.5 TWD}, points: 105}}\n"
        "  - {redeem: {points: 5, total: 10 TWD}, expect: {points: 100}}\n"
    )
    assert found.holds, found
    [said] = problems(HEAD + "  - {order: {id: A-1, lines: [{total: 10 USD}]}}\n")
    assert "'10 USD'" in said
