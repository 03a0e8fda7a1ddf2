"""Which line of an order its points are for, where no table of docs/rules/quotes.md says it."""

import pytest
from msgspec.structs import replace

from regulars.engine.account import Account
from regulars.engine.facts import Adjustment, Line, Order, Payment, Redemption
from regulars.engine.fold import fold
from regulars.engine.sharing import by_line
from regulars.engine.tape import Tape
from regulars.engine.timeline import unrolled
from tests.builders import Tree, at, back, document, joined, line, order, programs, refund

CUP, TEA = line("cup", 100), line("tea", 100)
POST = Line("post", "sku-post", 1, 20_00, kind="shipping")


def bought(*lines: Line, **details: object) -> Order:
    return order("A", "2026-01-10", *lines, **details)


def told(asked: Order, *rules: Tree) -> tuple[Tape, dict[str, dict[str, int]]]:
    tape = Tape(programs(document(earn=list(rules), wallets={"points": {}, "stamps": {}})), Account())
    facts = [joined("2026-01-01"), Adjustment("J", "points", 50, at("2026-01-02"), "kind", "lin")]
    fold(tape, unrolled([*facts, Redemption("D", "points", 50, at("2026-01-03")), asked]))
    return tape, by_line(tape, asked, tape.entries)


@pytest.mark.parametrize(
    ("rule", "lines", "shares"),
    [
        ({"give": "4 points"}, [line("tea", 300), CUP], {"tea": 3, "cup": 1}),
        ({"give": "5 points"}, [line("tea", 0), line("cup", 0)], {"tea": 3, "cup": 2}),
        ({"give": "5 points"}, [line("less", -50), CUP], {"cup": 5}),
        ({"give": "1 stamp per unit"}, [line("cup", 1000), line("tea", 10, 3)], {"cup": 1, "tea": 3}),
        (
            {"give": "1 point per 100 TWD", "basis": "gross"},
            [CUP, replace(TEA, discount=100_00)],
            {"cup": 1, "tea": 2},
        ),
        (
            {"give": "1 point per 100 TWD", "round": "half up per line"},
            [line("cup", 149), line("tea", 150)],
            {"cup": 1, "tea": 2},
        ),
        ({"give": "1 point per 10 TWD", "when": {"order_at_most": "100"}}, [CUP, POST], {"cup": 10}),
    ],
    ids=str,
)
def test_each_line_has_what_it_gave(rule: Tree, lines: list[Line], shares: dict[str, int]):
    _, found = told(bought(*lines), {"rule": "one"} | rule)
    assert {name: points["one"] for name, points in found.items() if points} == shares


def test_what_a_multiplier_adds_is_asked_as_at_the_payment():
    base = {"rule": "base", "give": "1 point per 10 TWD", "when": {"channel": "web"}}
    double = {"rule": "double", "multiply": {"base": "2"}, "when": {"category": "tea", "order_at_most": "200"}}
    tea = line("tea", 100, category="tea")
    _, found = told(bought(CUP, tea, POST, channel="web"), base, double)
    assert found == {"cup": {"base": 10}, "tea": {"base": 10, "double": 10}, "post": {}}


def test_what_points_paid_of_a_line_earns_nothing():
    rule = {"rule": "base", "give": "1 point per 10 TWD"}
    _, found = told(bought(CUP, TEA, payments=(Payment("points", 100_00, "D"),)), rule)
    assert found == {"cup": {"base": 5}, "tea": {"base": 5}}


def test_only_what_the_order_earned_itself_is_shared_out():
    rule = {"rule": "base", "give": "1 point per 10 TWD"}
    tape, found = told(asked := bought(CUP, TEA), rule)
    [earned] = [entry for entry in tape.entries if entry.kind == "earn"]
    others = [
        replace(earned, kind="correct"),
        replace(earned, identity="order:shop/B|base"),
        replace(earned, identity="order:shop/A|other"),
        replace(earned, identity="activity:V|visit"),
    ]
    assert by_line(tape, asked, [earned, *others]) == found == {"cup": {"base": 10}, "tea": {"base": 10}}
    halves = [replace(earned, points=14), replace(earned, points=6)]
    assert by_line(tape, asked, halves) == found
    assert by_line(Tape(tape.programs, Account()), asked, []) == {"cup": {}, "tea": {}}


def test_what_came_back_since_was_there_at_the_payment():
    rule = {"rule": "base", "give": "1 point per 10 TWD", "when": {"order_at_least": "200"}}
    tape, found = told(asked := bought(CUP, TEA), rule)
    earned = [entry for entry in tape.entries if entry.kind == "earn"]
    fold(tape, unrolled([refund("A/R", "2026-01-11", back("cup"))]))
    assert by_line(tape, asked, earned) == found == {"cup": {"base": 10}, "tea": {"base": 10}}


def test_what_came_back_since_still_has_its_share():
    """The order was large enough when it was paid."""
    large = {"rule": "large", "give": "1 point per 100 TWD", "when": {"any": [{"order_at_least": "500 TWD"}]}}
    bought = order("A", "2026-01-10", line("tea", 300), line("cups", 300))
    tape = Tape(programs(document(earn=[large])), Account())
    fold(tape, unrolled([bought, refund("A/R", "2026-01-11", back("tea"))]))
    earned = [entry for entry in tape.entries if entry.kind == "earn"]
    assert by_line(tape, bought, earned) == {"tea": {"large": 3}, "cups": {"large": 3}}
