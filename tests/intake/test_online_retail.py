"""docs/data/online-retail.md says what every line of the hardest file becomes; here it is held to it."""

import re

import pytest

from regulars.intake.importing import Request, import_file
from regulars.intake.reading.counting import count
from regulars.intake.reading.mapping import read_mapping
from regulars.intake.reading.staging import Shop
from regulars.ledger.connect import raw, rows
from regulars.project.place import CHECKOUT
from tests.intake.shared_files import shared_file
from tests.intake.shop import MAPPINGS, ZONE, shop
from tests.intake.staged import staged

PAGE = (CHECKOUT / "docs/data/online-retail.md").read_text()
MAPPING = read_mapping(MAPPINGS / "online-retail.yaml")

# Months are the shop's; Europe/London is the offset of the file, so the month of the wall clock.
COHORTS = """
WITH seen AS (SELECT DISTINCT customer, strftime(make_timestamp(at_us + us), '%Y-%m') AS month FROM ({source})),
firsts AS (SELECT customer, min(month) AS first FROM seen GROUP BY customer)
SELECT month, count(*) FILTER (WHERE month = first), count(*) FILTER (WHERE first = '2009-12')
FROM seen JOIN firsts USING (customer) GROUP BY month ORDER BY month
"""
SUMMER = "CASE WHEN at_us BETWEEN 1269738000000000 AND 1288486799999999 THEN 3600000000 ELSE 0 END AS us"
FIGURES = {
    "orders of customers": "SELECT count(*) FROM arrivals WHERE kind = 0 AND customer IS NOT NULL",
    "orders of guests": "SELECT count(*) FROM arrivals WHERE kind = 0 AND customer IS NULL",
    "refunds": "SELECT count(*) FROM arrivals WHERE kind = 1",
    "lines without a customer in the file": "SELECT count(*) FROM lines WHERE customer IS NULL",
    "invoices without a customer in the file": "SELECT count(DISTINCT order_id) FROM lines WHERE customer IS NULL",
    "invoices that become no order and no refund": """
        SELECT count(*) FROM (SELECT DISTINCT order_id FROM lines
        EXCEPT SELECT order_id FROM arrivals WHERE kind = 0 EXCEPT SELECT refund_id FROM arrivals)
    """,
    "lines of orders that repeat an earlier line of the invoice (product, quantity, total, time)": """
        SELECT count(*) - count(DISTINCT (order_id, sku, quantity, total, at_us)) FROM lines WHERE kind = 'order'
    """,
    "invoices with several timestamps that become orders": """
        SELECT count(*) FROM (
            SELECT order_id FROM lines WHERE kind = 'order' GROUP BY order_id HAVING count(DISTINCT at_us) > 1
        )
    """,
    "lines of orders with a price of more than two decimals": """
        SELECT count(*) FROM lines WHERE kind = 'order' AND rounded
    """,
} | {
    f"lines of orders in the category `{category}`": f"""
        SELECT count(*) FROM lines WHERE kind = 'order' AND category = '{category}'
    """
    for category in ("fees", "manual", "gift-cards")
}


def table(heading):
    """The rows of the table under a heading of the page, as texts and numbers."""
    section = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")][2:]
    return [[read_cell(cell) for cell in line.strip("|").split("|")] for line in lines]


def read_cell(cell):
    text = cell.strip().strip("*")
    return int(text.replace(",", "")) if re.fullmatch(r"\d[\d,]*", text) else text


@pytest.fixture(scope="module")
def conn(tmp_path_factory):
    path = shared_file("online_retail_ii/year_2009_2010.parquet")
    with staged(tmp_path_factory.mktemp("retail"), path, MAPPING, Shop(ZONE, 2)) as conn:
        yield conn


def test_every_line_is_accounted_for(conn):
    counts = count(conn)
    guests = conn.execute("SELECT count(*) FROM lines WHERE kind = 'order' AND customer IS NULL").fetchone()[0]
    dear = conn.execute("SELECT count(*) FROM rejects WHERE reason = 'more_than_paid'").fetchone()[0]
    found = {
        "refund": counts.refund_lines - counts.partly_refunded,
        "partly_refunded": counts.partly_refunded - dear,
        "more_than_paid": dear,
        "order": counts.order_lines - guests,
        "guest order": guests,
        **counts.rejected,
        **counts.left_out,
    }
    *written, (_, together, *_) = table("Every line, once")
    assert {row[3]: row[1] for row in written} == found
    assert sum(found.values()) == together == counts.lines == 525_461


@pytest.mark.parametrize("row", table("What follows"), ids=lambda row: row[0])
def test_what_follows(conn, row):
    assert conn.execute(FIGURES[row[0]]).fetchone()[0] == row[1]


def test_known_answers(conn):
    sources = ("lines WHERE customer IS NOT NULL", "arrivals WHERE kind = 0 AND customer IS NOT NULL")
    of_lines, of_orders = (
        conn.execute(COHORTS.format(source=f"SELECT *, {SUMMER} FROM {source}")).fetchall() for source in sources
    )
    found = [[month, *line, *order] for (month, *line), (_, *order) in zip(of_lines, of_orders, strict=True)]
    assert found == table("Known answers")
    assert sum(row[1] for row in found) == 4_383
    assert sum(row[3] for row in found) == 4_312


def test_all_of_it_goes_through_the_ledger(db):
    path = shared_file("online_retail_ii/year_2009_2010.parquet")
    found = import_file(shop(), Request(path, MAPPING, processes=0), lambda _: None).imported
    assert (found.tally.orders_recorded, found.tally.refunds_recorded) == (20_951, 4_439)
    assert found.tally.orders_refused == found.tally.refunds_refused == 0
    kept = "SELECT guest, count(*), sum(gross_minor)::bigint FROM ledger_order GROUP BY guest ORDER BY guest"
    assert rows(raw(), kept) == [(False, 19_213, 883_200_326), (True, 1_738, 147_388_875)]
    over = "SELECT count(*) FROM ledger_order WHERE net_minor < 0 OR net_minor + refunded_minor <> gross_minor"
    assert rows(raw(), over) == [(0,)]
