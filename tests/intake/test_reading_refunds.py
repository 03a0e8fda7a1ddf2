"""What a file says came back: of which purchases, how many and how much, and never more than there was."""

import pytest

from tests.intake.staged import HEADER, read

LESS = {"when": [{"qty": {"below": "0"}}, {"total": {"below": "0"}}]}
REFUNDS = {"refunds": {"when": {"qty": {"below": "0"}}}}


def taken(found):
    return [
        (late.order, late.refund.id, [(line.line, line.quantity) for line in late.refund.lines])
        for late in found.refunds
    ]


def test_a_refund_takes_the_newest_earlier_purchases_first(tmp_path):
    content = HEADER + (
        "A,2020-01-01,lin,S,3,3\nB,2020-01-02,lin,S,2,2\nR,2020-01-03,lin,S,-4,-4\nC,2020-01-04,lin,S,9,9\n"
        "R2,2020-01-05,lin,T,-1,-1\n"
    )
    found = read(tmp_path, content, **REFUNDS)
    assert taken(found) == [("A", "R", [("1", 2)]), ("B", "R", [("1", 2)])]
    assert found.rejects == [(6, "", "1", "no_earlier_purchase")]
    assert (found.counts.refund_lines, found.counts.refunds) == (1, 2)


def test_no_more_comes_back_than_was_bought(tmp_path):
    content = HEADER + "A,2020-01-01,lin,S,3,3\nR,2020-01-02,lin,S,-5,-5\nQ,2020-01-03,lin,S,-1,-1\n"
    found = read(tmp_path, content, **REFUNDS)
    assert taken(found) == [("A", "R", [("1", 3)])]
    assert found.rejects == [(3, "", "2", "partly_refunded"), (4, "", "1", "already_refunded")]
    assert found.counts.rejected == {"already_refunded": 1}


@pytest.mark.parametrize(
    ("rows", "money"),
    [
        ("R,2020-01-02,lin,S,-1,-2.00\n", [(1, 200)]),
        ("R,2020-01-02,lin,S,-1,-3.00\n", [(1, None)]),
        ("R,2020-01-02,lin,S,-1,-3.01\n", [(1, None)]),
        ("R,2020-01-02,lin,S,-1,0\n", [(1, 0)]),
        ("R,2020-01-02,lin,S,-1,-4.00\n", [(1, 400)]),
        ("R,2020-01-02,lin,S,-2,-5.00\nR,2020-01-02,lin,S,-1,-3.00\n", [(3, 800)]),
        ("R,2020-01-02,lin,S,-2,-7.00\nQ,2020-01-03,lin,S,-1,-2.00\n", [(2, 700), (1, None)]),
    ],
)
def test_a_refund_takes_back_what_it_says(tmp_path, rows, money):
    """Units with their share where it is as much as was paid, else the amount."""
    found = read(tmp_path, HEADER + "A,2020-01-01,lin,S,3,9.00\n" + rows, **REFUNDS)
    assert [(line.quantity, line.total) for late in found.refunds for line in late.refund.lines] == money
    assert found.rejects == []


@pytest.mark.parametrize(
    ("rows", "money", "rejects"),
    [
        ("A,2020-01-02,lin,S,-1,-4\nA,2020-01-03,lin,S,-1,-5\n", [("A", 1, 400), ("A", 0, 500)], []),
        ("A,2020-01-02,lin,S,-1,-4\nA,2020-01-03,lin,S,-1,-6\n", [("A", 1, 400), ("A", 0, 500)], ["more_than_paid"]),
        ("A,2020-01-02,lin,S,0,-4\nA,2020-01-03,lin,S,-1,-5\n", [("A", 0, 400), ("A", 1, None)], []),
        ("A,2020-01-02,lin,S,-1,-9\nA,2020-01-03,lin,S,0,-1\n", [("A", 1, None)], ["already_refunded"]),
    ],
)
def test_money_of_an_order_comes_back_where_no_piece_does(tmp_path, rows, money, rejects):
    found = read(tmp_path, HEADER + "A,2020-01-01,lin,S,1,9\n" + rows, refunds={**LESS, "order": "id"})
    told = [(late.order, line.quantity, line.total) for late in found.refunds for line in late.refund.lines]
    assert (told, [reject[3] for reject in found.rejects]) == (money, rejects)


def test_money_without_an_order_is_of_the_newest_purchases(tmp_path):
    content = HEADER + "A,2020-01-01,lin,S,1,9\nB,2020-01-02,lin,S,1,3\nR,2020-01-03,lin,S,0,-4\n"
    found = read(tmp_path, content, refunds=LESS)
    told = {(late.order, line.quantity, line.total) for late in found.refunds for line in late.refund.lines}
    assert (told, found.rejects) == ({("A", 0, 100), ("B", 0, 300)}, [])


def test_refunds_may_look_one_way_or_another(tmp_path):
    content = HEADER + "A,2020-01-01,lin,S,3,9\nR,2020-01-02,lin,S,-1,3\nQ,2020-01-03,lin,S,1,-3\n"
    found = read(tmp_path, content, refunds=LESS)
    assert taken(found) == [("A", "R", [("1", 1)]), ("A", "Q", [("1", 1)])]
    assert found.rejects == []


@pytest.mark.parametrize("customer", ["lin", ""])
def test_a_discount_among_the_lines_of_an_order_is_no_return(tmp_path, customer):
    """The order would be too large without it, so it is left out whole; an exchange stays what it is."""
    content = HEADER + f"A,2020-01-01,lin,S,3,9\nD,2020-01-02,{customer},T,1,20\nD,2020-01-02,{customer},OFF,1,-5\n"
    content += "X,2020-01-03,lin,U,1,8\nX,2020-01-03,lin,S,-1,-3\n"
    found = read(tmp_path, content, refunds={"when": [{"qty": {"below": "0"}}, {"total": {"below": "0"}}]})
    assert taken(found) == [("A", "X", [("1", 1)])]
    assert list(found.orders) == ["A", "X"]
    assert (found.rejects[0][0], found.rejects[0][3]) == (3, "incomplete_order")


def test_a_refund_of_an_amount_over_several_purchases(tmp_path):
    content = HEADER + "A,2020-01-01,lin,S,2,4\nB,2020-01-02,lin,S,1,3\nR,2020-01-03,lin,S,-3,-1.00\n"
    found = read(tmp_path, content, **REFUNDS)
    assert [late.refund.lines[0].total for late in found.refunds] == [58, 42]
    assert found.counts.refunded == 100


def test_no_more_money_comes_back_than_was_paid(tmp_path):
    content = HEADER + "A,2020-01-01,lin,S,1,3\nR,2020-01-02,lin,S,-1,-5\n"
    found = read(tmp_path, content, **REFUNDS)
    assert [line.total for late in found.refunds for line in late.refund.lines] == [300]
    assert found.rejects == [(3, "", "", "more_than_paid")]
    assert (found.counts.refund_lines, found.counts.partly_refunded, found.counts.refunded) == (1, 1, 300)


def test_a_guests_refund_without_an_order_is_reported(tmp_path):
    found = read(tmp_path, HEADER + "A,2020-01-01,,S,3,3\nR,2020-01-02,,S,-1,-1\n", **REFUNDS)
    assert found.counts.rejected == {"refund_of_guest": 1}


def test_a_refund_that_names_its_order(tmp_path):
    content = (
        "id,at,who,sku,qty,total,of,type\n"
        "A,2020-01-01,,S,3,3,,sale\nB,2020-01-02,,S,3,3,,sale\nR,2020-01-03,,S,1,1,A,return\nR,2020-01-03,,S,1,1,,return\n"
        "R,2020-01-03,,S,1,1,Z,return\n"
    )
    found = read(tmp_path, content, refunds={"when": {"type": {"one_of": ["return"]}}, "order": "of"})
    assert taken(found) == [("A", "R", [("1", 1)])]
    assert [(line, code) for line, _, _, code in found.rejects] == [(5, "no_such_order"), (6, "no_such_order")]


def test_several_lines_of_a_refund_on_one_line_of_an_order(tmp_path):
    content = HEADER + "A,2020-01-01,lin,S,3,3\nR,2020-01-02,lin,S,-1,-1\nR,2020-01-02,lin,S,-1,-1\n"
    found = read(tmp_path, content, **REFUNDS)
    assert taken(found) == [("A", "R", [("1", 2)])]
    assert found.counts.refund_lines == 2


def test_a_refund_number_at_several_times_is_several_refunds(tmp_path):
    """The ledger takes a key once: without a number of its own the second part would be a repeat of the first."""
    content = HEADER + (
        "A1,2020-01-01 09:00,lin,X,1,3\nA1,2020-01-01 09:00,lin,Y,1,5\n"
        "C9,2020-01-02 10:00,lin,X,-1,-3\nC9,2020-01-02 10:01,lin,Y,-1,-5\n"
    )
    found = read(tmp_path, content, **REFUNDS)
    assert taken(found) == [("A1", "C9", [("1", 1)]), ("A1", "C9@2020-01-02 10:01:00", [("2", 1)])]


@pytest.mark.parametrize("earlier", ["A1,2020-01-02 10:00,,X,1,3,A1,return\n", ""])
def test_a_return_that_only_names_its_order_is_known_by_its_time(tmp_path, earlier):
    """Also in the next month's file, which no longer has the earlier return."""
    content = (
        "id,at,who,sku,qty,total,of,type\nA1,2020-01-01,,X,1,3,,sale\nA1,2020-01-01,,Y,1,5,,sale\n"
        f"{earlier}A1,2020-01-03 10:00,,Y,1,5,A1,return\n"
    )
    found = read(tmp_path, content, refunds={"when": {"type": {"one_of": ["return"]}}, "order": "of"})
    assert taken(found)[-1] == ("A1", "A1@2020-01-03 10:00:00", [("2", 1)])
    assert len({late.refund.id for late in found.refunds}) == len(earlier.splitlines()) + 1
