"""The tables of docs/rules/carts.md."""

import pytest

from regulars.engine.money import parse_major
from regulars.rewards.pricing.refunding import Bought, goes_back, points_back
from tests.engine.pages import PAGES, Table, tables
from tests.rewards.carts import answered, money, seen

ALL = list(tables(PAGES / "carts.md"))
ASKED = {"cart", "laid", "has", "left", "used"}


@pytest.mark.parametrize("table", [table for table in ALL if "cart" in table.columns], ids=str)
def test_what_is_laid_with_a_cart(table: Table):
    versions = table.programs()
    for number, row in enumerate(table.rows, start=1):
        answer = answered(versions, row)
        expected = {name: text for name, text in row.items() if name not in ASKED}
        found = {name: seen(versions, row, answer, name) for name in expected}
        assert found == expected, f"row {number}: {row['cart']} with {row['laid']}"


@pytest.mark.parametrize("table", [table for table in ALL if "comes back" in table.columns], ids=str)
def test_what_goes_back(table: Table):
    for row in table.rows:
        total, off = parse_major(row["total"], "TWD"), parse_major(row["off"], "TWD")
        line = Bought("tea", int(row["units"]), total, {"offer": off})
        before, worth, found = 0, 0, list[tuple[str, str, str]]()
        for units in map(int, row["comes back"].split(", ")):
            back = goes_back([line], {"tea": before}, {"tea": units})
            points = points_back(int(row["points"]), off, worth, back.off["offer"])
            found.append((money(back.cash), money(back.off["offer"]), str(points)))
            before, worth = before + units, worth + back.off["offer"]
        shown = [row[name].split(", ") for name in ("cash", "of the offer", "points back")]
        assert found == list(zip(*shown, strict=True)), row


def test_every_table_is_acted_out():
    assert [table for table in ALL if not table.columns & {"cart", "comes back", "code", "quote"}] == []
