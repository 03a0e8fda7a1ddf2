"""What an order's own lines say was given back: counted on when a later file says more, never silently less."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from regulars.intake.importing import Request, import_file
from regulars.intake.planning import Question, drafted, fold_file
from regulars.intake.proposing import proposed
from regulars.intake.queries import reasons, refusals
from regulars.intake.reading.faults import Unreadable
from regulars.intake.reading.peeking import peek
from regulars.ledger.connect import raw, rows
from regulars.ledger.verify import verify
from regulars.programs.actions import publish
from regulars.programs.queries import Published
from tests.intake.shop import DOCUMENT, at, orders_kept, shop
from tests.intake.staged import mapping, read

TOP = "id,at,who,sku,qty,total,back,units,when\n"
LINE = {"columns": {"refunded": "back"}}
UNITS = {"columns": {"refunded": "back", "refunded_quantity": "units", "refunded_at": "when"}}
ORDER = {"columns": {"order_refunded": "back", "refunded_at": "when"}}
DAY = at("2020-01-05 10:00", "UTC")


def given_back(found: Any) -> list[tuple[str, int | None, list[tuple[str, int, int | None]]]]:
    return [
        (late.order, late.refund.amount, [(line.line, line.quantity, line.total) for line in late.refund.lines])
        for late in found.refunds
    ]


@pytest.mark.parametrize(
    ("said", "units"),
    [
        *(("3.00,,", 0), ("-3.00,,", 0), ("9.00,,", 2), ("3.00,1,", 1), ("0,1,", 1), ("9.00,0,", 0)),
        *((",,", None), ("0,0,-", None)),
    ],
)
def test_a_line_says_what_came_back_of_it(tmp_path: Path, said: str, units: int | None) -> None:
    """All of its money takes all its units along, where nobody says how many."""
    found = read(tmp_path, TOP + f"A,2020-01-05 10:00,lin,X,2,9.00,{said}\n", **UNITS)
    money = abs(round(float(said.split(",", maxsplit=1)[0] or 0) * 100))
    assert given_back(found) == ([] if units is None else [("A", None, [("1", units, money)])])
    assert [late.refund.refunded_at for late in found.refunds] == [DAY] * (units is not None)
    assert (found.rejects, found.counts.order_lines, found.counts.refunded) == ([], 1, money)


@pytest.mark.parametrize(
    ("when", "instant"),
    [
        ("2020-01-06 11:30", at("2020-01-06 11:30", "UTC")),
        ("2020-01-06T11:30+08:00", at("2020-01-06 03:30", "UTC")),
        ("2020-01-05", DAY),
        ("2019-12-31 10:00", DAY),
    ],
)
@pytest.mark.parametrize("how", [UNITS, ORDER])
def test_it_came_back_when_the_file_says_but_not_before_it_was_paid(
    tmp_path: Path, how: Any, when: str, instant: int
) -> None:
    found = read(tmp_path, TOP + f"A,2020-01-05 10:00,lin,X,2,9.00,3,,{when}\n", **how)
    assert [late.refund.refunded_at for late in found.refunds] == [instant]


@pytest.mark.parametrize(
    ("said", "rejects", "units", "money"),
    [
        ("10.00,1,", (2, "back", "10.00", "more_than_paid"), 1, 900),
        ("9.00,3,", (2, "units", "3", "partly_refunded"), 2, 900),
        ("99999999999,,", (2, "back", "99999999999", "more_than_paid"), 2, 900),
    ],
)
def test_more_than_the_line_is_a_fault_of_its_line(
    tmp_path: Path, said: str, rejects: tuple[object, ...], units: int, money: int
) -> None:
    found = read(tmp_path, TOP + f"A,2020-01-05 10:00,lin,X,2,9.00,{said}\n", **UNITS)
    assert found.rejects == [rejects]
    assert given_back(found) == [("A", None, [("1", units, money)])]
    assert (found.counts.partly_refunded, found.counts.rejected) == (1, {})


@pytest.mark.parametrize(
    ("said", "reason"),
    [("some,,", "not_a_number"), ("1,half,", "not_a_number"), ("1,0.5,", "fractional"), ("1,1,soon", "not_a_time")],
)
def test_what_cannot_be_read_leaves_its_order_out(tmp_path: Path, said: str, reason: str) -> None:
    found = read(tmp_path, TOP + f"A,2020-01-05,lin,X,2,9,{said}\nA,2020-01-05,lin,Y,2,9,,,\n", **UNITS)
    assert (found.orders, found.refunds) == ({}, [])
    assert [reject[3] for reject in found.rejects] == [reason, "incomplete_order"]


@pytest.mark.parametrize("amounts", [("6", ""), ("", "6"), ("6", "6")])
def test_what_came_back_of_an_order_stands_once_or_on_each_line(tmp_path: Path, amounts: tuple[str, str]) -> None:
    first, second = amounts
    found = read(tmp_path, TOP + f"A,2020-01-05,lin,X,2,9,{first},,\nA,2020-01-05,lin,Y,1,3,{second},,\n", **ORDER)
    assert given_back(found) == [("A", 600, [])]
    assert (found.counts.refunds, found.counts.refunded) == (1, 600)


def test_an_orders_amounts_that_differ_leave_it_out(tmp_path: Path) -> None:
    found = read(tmp_path, TOP + "A,2020-01-05,lin,X,2,9,6,,\nA,2020-01-05,lin,Y,1,3,0,,\n", **ORDER)
    assert (found.orders, found.counts.rejected) == ({}, {"several_refunds": 2})


def test_more_than_the_order_is_a_fault_of_its_first_line(tmp_path: Path) -> None:
    found = read(tmp_path, TOP + "A,2020-01-05,lin,X,2,9,20,,\nA,2020-01-05,lin,Y,1,3,20,,\n", **ORDER)
    assert found.rejects == [(2, "back", "20", "more_than_paid")]
    assert given_back(found) == [("A", 1200, [])]


@pytest.mark.parametrize(
    ("how", "path"),
    [
        ({"columns": {"refunded": "back", "order_refunded": "units"}}, "columns.order_refunded"),
        ({"columns": {"refunded_quantity": "units"}}, "columns.refunded_quantity"),
        ({"columns": {"refunded_at": "when"}}, "columns.refunded_at"),
        ({**LINE, "refunds": {"when": {"qty": {"below": "0"}}}}, "refunds"),
    ],
)
def test_what_came_back_is_said_in_one_way(how: Any, path: str) -> None:
    with pytest.raises(Unreadable) as no:
        mapping(**how)
    assert [fault.path for fault in no.value.faults] == [path]


@pytest.mark.parametrize(
    ("headings", "rows_", "meant"),
    [
        ("退款金額,退款時間", ["A,0,", "A,30,2024-03-06", "B,,"], {"refunded": "退款金額", "refunded_at": "退款時間"}),
        ("退款金额,退款数量", ["A,30,1", "A,30,1"], {"refunded": "退款金额", "refunded_quantity": "退款数量"}),
        ("Refunded Amount,Note", ["A,0.00,", "A,,", "B,30.00,", "B,,"], {"order_refunded": "Refunded Amount"}),
        ("Refunded Amount,Note", ["A,,", "A,30.00,", "B,,"], {"refunded": "Refunded Amount"}),
        ("退款金额,Note", ["A,0,", "B,30,"], {"order_refunded": "退款金额"}),
        # Of the line, or the same on each of the order's: nobody knows.
        ("退款金额,Note", ["A,30,", "A,30,"], {}),
        ("退款金额,Note", ["A,0,", "A,0,"], {}),
        ("退款金额,Note", ["A,无退款,", "B,30,"], {}),
        ("退款状态,退款时间", ["A,退款成功,2024-03-06"], {}),
    ],
)
def test_ordinary_headings_say_what_came_back(
    tmp_path: Path, headings: str, rows_: list[str], meant: dict[str, str]
) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(f"订单号,{headings},付款时间,商品,金额\n" + "".join(f"{row},2024-03-05,T,100\n" for row in rows_))
    found = peek(path)
    assert {name: column for name, column in found.guess.items() if "refunded" in name} == meant
    assert ("refunds" in proposed(found, found.guess).said) == (not meant)


# Two orders of a member and one of a guest; `back` of the lines of A, of B and of G.
def file(folder: Path, *back: str, name: str = "orders.csv", when: str = "") -> Path:
    lines = [
        f"A,2019-03-01 10:00,lin,X,2,60.00,{back[0]},,{when}",
        f"A,2019-03-01 10:00,lin,Y,1,40.00,{back[1]},,{when}",
        f"B,2019-04-01 10:00,lin,X,3,100.00,{back[2]},,{when}",
        f"G,2019-04-01 10:00,,X,1,10.00,{back[3]},,{when}",
    ]
    path = folder / name
    path.write_text(TOP + "\n".join(lines) + "\n")
    return path


def take(published: Published, path: Path, **how: Any) -> Any:
    return import_file(published, Request(path, mapping(**how), 3, 0), lambda _: None).imported


def net() -> dict[str, int]:
    return {key.removeprefix("shop/"): left for key, (_gross, left) in orders_kept().items()}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("how", "back", "more"),
    [
        (LINE, ("", "10", "25.5", "10"), ("30", "40", "100", "10")),
        (ORDER, ("10", "10", "25.5", "10"), ("70", "70", "100", "10")),
    ],
)
def test_a_later_file_says_how_much_came_back_altogether(
    tmp_path: Path, how: Any, back: tuple[str, ...], more: tuple[str, ...]
) -> None:
    published = shop()
    first = take(published, file(tmp_path, *back), **how)
    assert net() == {"A": 9_000, "B": 7_450, "G": 0}
    # The same in another file changes nothing.
    again = take(published, file(tmp_path, *back, name="again.csv", when="2019-05-01 10:00"), **how)
    assert net() == {"A": 9_000, "B": 7_450, "G": 0}
    assert (again.tally.refunds_recorded, again.tally.refunds_known) == (0, first.tally.refunds_recorded)
    take(published, file(tmp_path, *more, name="more.csv"), **how)
    assert net() == {"A": 3_000, "B": 0, "G": 0}
    # And an older file that comes last takes nothing away, and is told of.
    less = take(published, file(tmp_path, *back, name="less.csv", when="2019-05-02 10:00"), **how)
    assert net() == {"A": 3_000, "B": 0, "G": 0}
    assert dict(reasons(less.run_id)) == {"less_refunded": less.tally.refunds_refused}
    assert [line for line, *_ in refusals(less.run_id)] == ([3, 4] if how is LINE else [2, 4])


STEPS = [("", "", "", ""), ("7", "7", "33.33", "1"), ("21", "21", "66.67", "2"), ("60", "60", "100", "10")]


@pytest.mark.django_db
@pytest.mark.parametrize("how", [LINE, ORDER])
@pytest.mark.parametrize("when", ["", "2019-05-01 10:00"])
def test_in_steps_at_once_and_in_a_plan_it_comes_to_the_same(tmp_path: Path, how: Any, when: str) -> None:
    """Points that were given and taken back for it, in all, and what the orders are worth."""
    how = {"columns": {**how["columns"], "refunded_at": "when"}}
    stepwise, at_once = (
        publish(slug, DOCUMENT.replace("program: shop", f"program: {slug}"), at("2000-01-01"), "test")
        for slug in ("steps", "once")
    )
    for place, step in enumerate(STEPS):
        path = file(tmp_path, *step, name=f"{place}.csv", when=when)
        take(stepwise, path, **how)
    take(at_once, path, **how)
    assert kept(stepwise.id) == kept(at_once.id)
    planned = fold_file(Question(DOCUMENT), drafted(DOCUMENT), path, mapping(**how), lambda *_: None).outcome.tally
    points: Counter[str] = Counter()
    for (_month, _wallet, move, _rule), number in planned.points.items():
        points[move] += number
    issued = points["issued"] - points["returned"]
    assert (issued, kept(at_once.id)[0]) == (40 if how["columns"].get("order_refunded") else 0, [(issued,)])
    assert all(verify(raw(), one.programs).is_exact for one in (stepwise, at_once))


ISSUED = """
    SELECT CAST(sum(CASE WHEN source = 'issued' THEN points WHEN target = 'issued' THEN -points ELSE 0 END) AS int)
    FROM ledger_entry WHERE program_id = %s
"""
ORDERS = "SELECT key, net_minor, refunded_minor FROM ledger_order WHERE program_id = %s ORDER BY 1"
ACCOUNTS = """
    SELECT guest, orders, spend_minor, available, pending, deficit FROM ledger_account WHERE program_id = %s ORDER BY 1
"""


def kept(program_id: int) -> list[Any]:
    return [rows(raw(), query, [program_id]) for query in (ISSUED, ORDERS, ACCOUNTS)]
