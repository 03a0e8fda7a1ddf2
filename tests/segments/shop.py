"""The shop of docs/segments.md: its members as the page lists them, brought in through the real rooms."""

from pathlib import Path
from uuid import UUID

from regulars.engine.calendar import datetime_of
from regulars.engine.facts import Activity, Details, Fact, Line, PlanStanding, Redemption, RefundLine
from regulars.intake.actions import take_orders
from regulars.intake.orders import OrderIn, RefundIn
from regulars.ledger.connect import raw
from regulars.ledger.receipt import Incoming
from regulars.ledger.record import record
from regulars.members import consenting, referring
from regulars.members.actions import Newcomer, enrol
from regulars.programs.actions import publish
from regulars.programs.clock import real_now
from regulars.programs.queries import Published
from regulars.segments import traits
from tests.builders import at

PAGE = (Path(__file__).parents[2] / "docs" / "segments.md").read_text()
NOW = at("2026-03-05 12:00")
DOCUMENT = """
program: corner
timezone: Asia/Taipei
currency: TWD
attributes: {skin: [dry, oily]}
wallets:
  points: {expires: 3 months}
  stars: {}
tiers:
  - set: status
    window: rolling 12 months
    levels: [{tier: member}, {tier: silver, reach: 1000, retain: 500}]
earn:
  - {rule: base, on: order, give: 1 point per 10 TWD}
  - {rule: words, on: activity review, give: 5 stars}
"""


def tables() -> list[list[dict[str, str]]]:
    """The page's tables, rows by column name."""
    found: list[list[list[str]]] = [[]]
    for line in PAGE.splitlines():
        if line.startswith("|"):
            found[-1].append([cell.strip() for cell in line.strip("|").split("|")])
        elif found[-1]:
            found.append([])
    return [[dict(zip(rows[0], row, strict=True)) for row in rows[2:]] for rows in found if rows]


def open_shop(document: str = DOCUMENT) -> tuple[Published, dict[str, UUID]]:
    """The shop and its customers by name, at the instant of the page."""
    shop = publish("corner", document, at("2020-01-01"), "test", clock_offset_us=NOW - real_now())
    names = {row["member"]: _arrive(shop, row) for row in tables()[1]}
    ana, bo, dee = names["Ana"], names["Bo"], names["Dee"]
    referring.refer(shop.programs, dee, ana, at("2026-03-04 11:00"), NOW)
    consenting.say(dee, "news", 1, "Letters.", True, datetime_of(NOW))
    happen(shop, ana, Details("ana/skin", at("2025-01-11"), (3, 14), attributes={"skin": "dry"}))
    happen(shop, ana, Redemption("ana/1", "points", 10, at("2026-03-02")))
    happen(shop, bo, PlanStanding("bo/prime", "prime", at("2026-02-21"), at("2026-12-31")))
    happen(shop, dee, Activity("dee/review", "review", at("2026-03-04 12:00")))
    while traits.catch_up(shop.programs, NOW):
        pass
    return shop, names


def happen(shop: Published, member: UUID, fact: Fact, now: int = NOW) -> None:
    [receipt] = record(raw(), shop.programs, [Incoming(member, fact)], now)
    assert receipt.outcome == "recorded"


def _arrive(shop: Published, row: dict[str, str]) -> UUID:
    orders = [_order(row["member"], text) for text in filter(None, row["orders"].split("; "))]
    member = None
    if row["joined"]:
        newcomer = Newcomer(row["member"], name=row["member"], language=row["language"])
        joined = at(f"{row['joined']} 10:00")
        member = enrol(shop.programs, newcomer, joined, row["by"], NOW).member_id
    for receipt in take_orders(shop, orders, NOW):
        member = member or receipt.member_id
    assert member
    if row["birthday"]:
        month, day = map(int, row["birthday"].split("-"))
        happen(shop, member, Details(f"{row['member']}/birthday", at(row["joined"]), (month, day)))
    return member


def _order(customer: str, text: str) -> OrderIn:
    """ "2026-03-01 OOL oolong 700 returned"."""
    day, sku, category, price, *returned = text.split()
    paid = at(f"{day} 12:00")
    lines = (Line("1", sku, 1, int(price) * 100, category),)
    refunds = (RefundIn("R", paid + 1, (RefundLine("1", 1),)),) if returned else ()
    return OrderIn("till", f"{customer}-{day}", lines, customer, paid_at=paid, version_at=paid, refunds=refunds)
