"""Stories that tell of what there is not: each fault is said when the story is read, not when it is run."""

import pytest

from regulars.engine.facts import Refund
from regulars.programs.stories.reading import read
from tests.programs.test_stories import HEAD, ORDER, PLAIN, nothing, problems, verdict

# ruff: noqa: E501 (steps are easier to read in one line)

BERLIN = HEAD.replace("Asia/Taipei", "Europe/Berlin") + ORDER.replace("A-1", "A")
NAMED = {
    "a line that no order has": (
        HEAD + ORDER + "  - {refund: {order: A-1, lines: [{line: 2}, {line: 7}]}}\n",
        ["story[2].refund.lines[1].line: '7': the order has no such line: it has 1 or 2"],
    ),
    "a line that an order has not got later either": (
        HEAD + "  - {refund: {order: A-1, lines: [{line: 7}]}}\n" + ORDER,
        ["story[1].refund.lines[0].line: '7': the order has no such line: it has 1 or 2"],
    ),
    "an order that there is not": (
        HEAD + ORDER + "  - {refund: {order: A-2, lines: [{line: 1}, {line: 2}]}}\n",
        ["story[2].refund.order: 'A-2': no step before this one tells of such an order"],
    ),
    "a refund of nothing in particular": (
        HEAD + ORDER + "  - {refund: {order: A-1}}\n  - {refund: {order: A-1, lines: everything, amount: 5}}\n",
        [
            "story[2].refund: say which lines came back, or only an `amount`",
            "story[3].refund: 'lines, amount': say which lines came back, or only an `amount`",
        ],
    ),
    "an amount of an order that there is not": (
        HEAD + "  - {refund: {order: A-2, amount: 5}}\n",
        ["story[1].refund.order: 'A-2': no step before this one tells of such an order"],
    ),
    "a tier of a program without tiers": (
        PLAIN + "  - {expect: {tier: gold}}\n",
        ["story[1].expect.tier: 'gold': this program has no tier"],
    ),
    "a tier that there is not": (
        HEAD + "  - {expect: {tier: {status: gold}}}\n  - {expect: {tier: golden}}\n",
        [
            "story[1].expect.tier.status: 'gold': a tier of this program is needed: member or silver",
            "story[2].expect.tier: 'golden': a tier of this program is needed: member or silver",
        ],
    ),
    "a benefit that there is not": (
        PLAIN + "  - {expect: {benefits: [lounge, x]}}\n",
        ["story[1].expect.benefits: 'x': a benefit of this program is needed: lounge"],
    ),
    "a day that there is not": (
        HEAD
        + "  - {expect: {expiry: 2026-13-01, progress: {until: 2026-02-30}}}\n  - {expect: {expiry: {points: 2026-1-1}}}\n",
        [
            "story[1].expect.expiry: '2026-13-01': a date such as 2027-01-31 is needed",
            "story[1].expect.progress.until: '2026-02-30': a date such as 2027-01-31 is needed",
            "story[2].expect.expiry.points: '2026-1-1': a date such as 2027-01-31 is needed",
        ],
    ),
    "points for nobody, and for oneself": (
        PLAIN
        + "  - {transfer: {to: bbo, points: 1}}\n  - {transfer: {to: a, points: 1}}\n"
        + "  - {member: bob, transfer: {to: bob, points: 1}}\n  - {member: bob, transfer: {to: a, points: 1}}\n",
        [
            "story[1].transfer.to: 'bbo': one of these is needed: bob",
            "story[2].transfer.to: 'a': one of these is needed: bob",
            "story[3].transfer.to: 'bob': one of these is needed: a",
        ],
    ),
    "points for another where there is nobody else": (
        HEAD + "  - {transfer: {to: mei, points: 1}}\n",
        ["story[1].transfer.to: 'mei': 'others' is missing"],
    ),
    "two redemptions or holds under one name": (
        HEAD
        + "  - {redeem: {id: R, points: 1}}\n  - {redeem: {id: R, points: 2}}\n  - {hold: {id: R, points: 3}}\n"
        + "  - {hold: {id: H, points: 4}}\n  - {hold: {id: H, points: 5}, refused: not_enough_points}\n"
        + "  - {redeem: {id: S, points: 500}, refused: not_enough_points}\n  - {redeem: {id: S, points: 5}}\n",
        [
            "story[2].redeem.id: 'R': each redemption or hold needs a name of its own",
            "story[3].hold.id: 'R': each redemption or hold needs a name of its own",
            "story[5].hold.id: 'H': each redemption or hold needs a name of its own",
        ],
    ),
    "an hour that clocks skipped": (
        BERLIN + "  - {at: 2026-03-29 02:30}\n  - {at: 2026-03-29 03:00}\n  - {at: 2026-10-25 02:30}\n",
        ["story[2].at: '2026-03-29 02:30': clocks were put forward over this hour: there was no such time"],
    ),
}


@pytest.mark.parametrize(("text", "said"), NAMED.values(), ids=NAMED)
def test_what_there_is_not_is_said_when_it_is_read(text: str, said: list[str]) -> None:
    assert [problem.partition(": ")[2] for problem in problems(text)] == said


def test_everything_is_what_the_order_contained_when_it_came_back() -> None:
    head = PLAIN.replace("1 point per 100 TWD", "1 point per 1 TWD")
    bought = "  - {at: 2026-03-05 09:00, order: {id: A, lines: [{line: a, quantity: 5, total: 500}]}}\n"
    edited = "  - {at: 2026-03-10, edit: {order: A, lines: [{line: a, quantity: 2, total: 200}]}}\n"
    back = "  - {at: 2026-03-07, learned: 2026-03-11, refund: {order: A, lines: everything}, expect: {spend: 0}}\n"
    fact = [step.fact for step in read(head + bought + edited + back, nothing).steps][-1]
    assert isinstance(fact, Refund)
    assert [(line.line, line.quantity) for line in fact.lines] == [("a", 5)]
    assert verdict(bought + edited + back, head).holds
    fact = [
        step.fact
        for step in read(head + bought + edited.replace("lines:", "corrects: yes, lines:") + back, nothing).steps
    ][-1]
    assert isinstance(fact, Refund)
    assert [(line.line, line.quantity) for line in fact.lines] == [("a", 2)]
