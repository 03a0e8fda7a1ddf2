"""A shop that has members already: who they are and what they have comes in to the unit, once, and is proven."""

import csv
from datetime import UTC, datetime
from functools import partial

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from regulars.intake.importing import Request, import_file
from regulars.intake.loading.balances import load_balances
from regulars.intake.loading.layouts import Balances, Members, read_layout
from regulars.intake.loading.members import load_members
from regulars.intake.loading.reconciling import reconcile
from regulars.intake.loading.totals import Sum
from regulars.intake.models import Load
from regulars.intake.reading.faults import Unreadable
from regulars.intake.reading.mapping import read_mapping
from regulars.ledger.connect import raw, rows
from regulars.ledger.due import advance_due
from regulars.ledger.verify import verify
from regulars.members.actions import resolve
from regulars.members.models import Member
from regulars.programs.actions import publish
from regulars.programs.queries import Published
from tests.intake.shop import at, ledger

pytestmark = pytest.mark.django_db

# As it was before: orders count towards tiers, and give nothing that the balances do not hold already.
BEFORE = """
program: shop
name: {en: Shop}
timezone: Europe/London
currency: GBP
enrolment: first order
wallets:
  points: {worth: 1 GBP per 100, pending: 7 days, expires: 12 months}
  credit: {money: true}
tiers:
  - set: status
    window: rolling 12 months
    levels:
      - {tier: member}
      - {tier: silver, reach: 500, retain: 400}
"""
AFTER = BEFORE + "earn:\n  - {rule: base, on: order, give: 1 point per 1 GBP}\n"
MEMBERS = "source: old\ncolumns: {customer: no, joined: since, name: name, email: mail, phone: tel, card: card}\n"
BALANCES = "source: old\ncolumns: {customer: no, points: points, wallet: wallet, earned: earned, expires: last day}\n"
PEOPLE = (
    "no,since,name,mail,tel,card\n"
    "lin,2018-03-05,Lin,lin@example.com,+44 20 1,L-1\n"
    "wu,2019-06-01 09:30,,,,\n"
    "ann,2019-07-01,Ann,,,\n"
)
HELD = (
    "no,points,wallet,earned,last day\n"
    "lin,100,points,2019-03-10,\n"
    "lin,250,points,2019-09-01,2020-02-29\n"
    "lin,12.34,credit,,\n"
    "wu,7,,2019-11-11,2019-12-31\n"
    "ann,0,points,,\n"
)
AS_OF = at("2020-01-01 00:00")


@pytest.fixture
def shop(db) -> Published:
    return publish("shop", BEFORE, at("2000-01-01"), "test")


@pytest.fixture
def bring(shop, tmp_path):
    return partial(take, shop, tmp_path)


def take(shop: Published, tmp_path, text: str, kind: type = Balances, name: str = "list.csv", more: str = "", **named):
    (tmp_path / "m.yaml").write_text((MEMBERS if kind is Members else BALANCES) + more)
    (tmp_path / name).write_text(text)
    read = read_layout(tmp_path / "m.yaml", kind)
    if kind is Members:
        return load_members(shop, tmp_path / name, read, tmp_path / "r.csv", size=2, **named)
    return load_balances(shop, tmp_path / name, read, AS_OF, tmp_path / "r.csv", size=2, **named)


@pytest.fixture
def brought(bring):
    bring(PEOPLE, Members, "people.csv")
    return bring(HELD, name="held.csv")


def rejects(tmp_path) -> list[tuple[int, str, str]]:
    with (tmp_path / "r.csv").open(encoding="utf-8-sig") as file:
        return sorted((int(row["line"]), row["column"], row["reason"]) for row in csv.DictReader(file))


def accounts() -> dict[str, tuple[int, ...]]:
    asked = """
        SELECT m.external_id, a.available, a.pending, a.next_expiry_points, a.orders
        FROM members_member AS m JOIN ledger_account AS a ON a.member_id = m.id
    """
    return {name: tuple(rest) for name, *rest in rows(raw(), asked)}


def report_of(shop: Published):
    return reconcile(shop, "2020-01-02T00:00:00+00:00")


def test_members_come_in_with_what_is_known_of_them(bring, shop):
    totals = bring(PEOPLE, Members)
    assert (totals.lines, totals.members, totals.joined, totals.rejected) == (3, 3, 3, {})
    lin = Member.objects.get(external_id="lin")
    assert (lin.name, lin.email, lin.phone, lin.card) == ("Lin", "lin@example.com", "+44 20 1", "L-1")
    assert lin.joined_at == datetime(2018, 3, 5, tzinfo=UTC)
    enrolled = "SELECT enrolled_at FROM ledger_account AS a JOIN members_member AS m ON m.id = member_id"
    assert rows(raw(), f"{enrolled} WHERE external_id = 'wu'") == [(datetime(2019, 6, 1, 8, 30, tzinfo=UTC),)]


def test_balances_come_in_lot_by_lot(brought):
    assert brought.taken == {"points": Sum(2, 3, 357), "credit": Sum(1, 1, 1234)}
    assert (brought.lines, brought.zero, brought.rejected) == (5, 1, {})
    lots = rows(raw(), "SELECT wallet, target, points FROM ledger_entry WHERE kind = 'open' ORDER BY wallet, points")
    assert lots == [("credit", "available", 1234), ("points", "expired", 7), ("points", "available", 350)]
    assert accounts()["lin"] == (350, 0, 250, 0), "the first last day is 29 February"


def test_each_lot_has_its_last_day(brought, shop):
    seen = []
    for day in ("2020-02-29 23:59", "2020-03-01 00:00", "2020-03-10 23:59", "2020-03-11 00:00"):
        advance_due(raw(), shop.programs, at(day))
        seen.append(accounts()["lin"][0])
    assert seen == [350, 100, 100, 0], "what says no last day lasts as long as points that were earned on its day"
    assert verify(raw(), shop.programs).is_exact


def test_twice_is_once(brought, bring):
    before = ledger(), list(Member.objects.order_by("id").values_list())
    bring(PEOPLE, Members, "people.csv")
    again = bring(HELD, name="held.csv")
    assert (again.taken, again.rejected) == (brought.taken, {})
    assert (ledger(), list(Member.objects.order_by("id").values_list())) == before
    assert Load.objects.count() == 2


@pytest.mark.parametrize(
    ("line", "column", "reason"),
    [
        ("lin,1.5,points,,", "points", "fractional"),
        ("lin,-1,points,,", "points", "below_zero"),
        ("lin,many,points,,", "points", "not_a_number"),
        ("lin,1000000000000,points,,", "points", "too_large"),
        ("lin,,points,,", "points", "missing"),
        ("lin,1.005,credit,,", "points", "fractional"),
        ("lin,1,stars,,", "wallet", "no_such_wallet"),
        ("lin,1,points,yesterday,", "earned", "not_a_time"),
        ("lin,1,points,2019-02-30,", "earned", "not_a_time"),
        ("lin,1,points,,31/12/2020", "last day", "not_a_time"),
        ("nobody,1,points,,", "no", "member_unknown"),
        (",1,points,,", "no", "missing"),
        ("lin,1,points,2020-01-02,", "earned", "earned_after"),
        (f"lin,1.{'0' * 40}1,points,,", "points", "fractional"),
        ("lin,1\0,points,,", "points", "unreadable"),
    ],
)
def test_what_is_not_taken_is_said(bring, tmp_path, line, column, reason):
    bring(PEOPLE, Members)
    before = ledger()
    totals = bring(f"no,points,wallet,earned,last day\n{line}\n")
    assert (totals.taken, totals.rejected, totals.lines) == ({}, {reason: 1}, 1)
    assert [(found, why) for _, found, why in rejects(tmp_path)] == [(column, reason)]
    assert ledger() == before


def test_a_balance_is_taken_whole_or_not_at_all(bring, tmp_path):
    bring(PEOPLE, Members)
    totals = bring(
        "no,points,wallet,earned,last day\n"
        "lin,1,points,,\nlin,2,points,,?\nlin,3,credit,,\n"
        "wu,4,points,,\nwu,5,stars,,\nann,6,points,,\n"
    )
    assert totals.taken == {"credit": Sum(1, 1, 300), "points": Sum(1, 1, 6)}
    assert rejects(tmp_path) == [
        (2, "no", "incomplete_balance"),
        (3, "last day", "not_a_time"),
        (5, "no", "incomplete_balance"),
        (6, "wallet", "no_such_wallet"),
    ]


def test_a_line_that_is_no_record_stops_the_whole_list(bring, tmp_path):
    """Nobody knows whose it is, and what would be opened without it could not be put right by the corrected list."""
    bring(PEOPLE, Members)
    before = ledger()
    with pytest.raises(Unreadable, match="3"):
        bring("no,points,wallet,earned,last day\nlin,100,points,,\nlin,50,points,,,extra\n")
    assert rejects(tmp_path) == [(3, "", "wrong_field_count")]
    assert (ledger(), Load.objects.filter(kind="balances").count()) == (before, 0)


@pytest.mark.parametrize("blank", ["\t", "\x0b", "\x85", "\u2028", "\u3000", "\u00a0"])
def test_lines_of_a_customer_belong_together_whatever_blank_stands_about_the_number(bring, blank):
    bring("no,since,name,mail,tel,card\nC1,2018-03-05,,,,\nC10,2018-03-05,,,,\n", Members, "people.csv")
    held = f'no,points,wallet,earned,last day\nC1,100,points,,\nC10,1,points,,\n"C1{blank}",50,points,,\n'
    assert bring(held).rejected == {}
    assert accounts()["C1"][0] == 150


def test_somebody_known_from_orders_alone_is_no_member(bring, shop, tmp_path):
    resolve(shop.id, ["eve"])
    assert bring("no,points,wallet,earned,last day\neve,1,points,,\n").rejected == {"member_unknown": 1}
    assert accounts() == {}


def test_another_balance_under_the_same_name_is_refused(brought, bring, shop, tmp_path):
    before = ledger()
    totals = bring(HELD.replace("lin,100", "lin,101"))
    assert totals.rejected == {"opening_conflict": 2}
    assert {reason for _, _, reason in rejects(tmp_path)} == {"opening_conflict"}
    assert ledger() == before
    assert totals.repeated == {"points": Sum(1, 1, 7), "credit": Sum(1, 1, 1234)}
    report = report_of(shop)
    assert report.agrees, "wu's balance stands in two lists, and was brought by one"
    assert {one.wallet: one.left_out for one in report.wallets} == {"points": Sum(1, 2, 351), "credit": Sum()}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("lin,2019-01-01,,,,", "double_member"),
        ("eve,,,,,", "missing"),
        ("eve,soon,,,,", "not_a_time"),
        ("eve,2090-01-01,,,,", "joins_in_future"),
        ("zoe,2019-01-01,,,,L-1", "card_taken"),
        (",2019-01-01,,,,", "missing"),
        (f"eve,2019-01-01,{'e' * 201},,,", "too_long"),
    ],
)
def test_whoever_is_not_taken_is_said(bring, tmp_path, line, reason):
    totals = bring(f"{PEOPLE}{line}\n", Members)
    assert (totals.lines, totals.members, totals.joined, totals.rejected) == (4, 3, 3, {reason: 1})
    assert set(Member.objects.values_list("external_id", flat=True)) == {"lin", "wu", "ann"}


def test_a_customer_of_known_orders_joins(bring, shop, tmp_path):
    history(shop, tmp_path, "A,2019-05-01 10:00,wu,TEA,1,600\n")
    before = Member.objects.get(external_id="wu")
    totals = bring(PEOPLE.replace("wu,2019-06-01 09:30,", "wu,2019-04-01,Wu"), Members)
    after = Member.objects.get(external_id="wu")
    assert (totals.members, after.id, before.joined_at, after.name) == (3, before.id, None, "Wu")


def test_customers_of_known_orders_who_bring_one_card(bring, shop, tmp_path):
    resolve(shop.id, ["a", "b", "c", "d"])
    lines = "a,2018-03-05,,,,X\nb,2018-03-05,,,,X\nc,2018-03-05,,,,\nd,2018-03-05,,,,\n"
    totals = bring("no,since,name,mail,tel,card\n" + lines, Members)
    assert (totals.members, totals.rejected, rejects(tmp_path)) == (3, {"card_taken": 1}, [(3, "card", "card_taken")])
    assert dict(Member.objects.exclude(card="").values_list("external_id", "card")) == {"a": "X"}


def test_what_is_known_of_a_customer_stays_where_the_list_says_nothing(bring, shop):
    resolve(shop.id, ["lin"])
    Member.objects.filter(external_id="lin").update(card="K-1", name="Known", email="known@example.com")
    bring("no,since,name,mail,tel,card\nlin,2018-03-05,Lin,,,\n", Members)
    lin = Member.objects.get(external_id="lin")
    assert (lin.card, lin.name, lin.email) == ("K-1", "Lin", "known@example.com")


def test_a_member_who_is_known_stays_as_they_are(bring):
    bring(PEOPLE, Members)
    bring(PEOPLE.replace("Lin", "Somebody"), Members)
    assert Member.objects.get(external_id="lin").name == "Lin"


def history(shop: Published, tmp_path, lines: str) -> None:
    (tmp_path / "o.yaml").write_text(
        "source: old\ncolumns: {order: id, time: at, customer: who, product: sku, quantity: qty, total: total}\n"
    )
    (tmp_path / "orders.csv").write_text("id,at,who,sku,qty,total\n" + lines)
    request = Request(tmp_path / "orders.csv", read_mapping(tmp_path / "o.yaml"), processes=0)
    import_file(shop, request, lambda _: None)


def test_history_counts_and_gives_nothing_that_the_balances_hold(brought, shop, tmp_path):
    history(shop, tmp_path, "A,2019-05-01 10:00,lin,TEA,1,600\nB,2019-06-01 10:00,wu,TEA,1,5\n")
    later = publish("shop", AFTER, None, "test")
    assert accounts()["lin"] == (350, 0, 250, 1)
    tier = "SELECT tier FROM ledger_account AS a JOIN members_member AS m ON m.id = member_id WHERE external_id = 'lin'"
    assert rows(raw(), tier) == [("silver",)]
    report = report_of(later)
    assert report.agrees
    assert (report.orders, report.history[0].recorded, report.held) == ({"old": 2}, 2, {"credit": 1234, "points": 350})


def test_a_parquet_list(shop, tmp_path):
    people = {"no": ["lin", "wu"], "since": [datetime(2019, 1, 1).date()] * 2}  # noqa: DTZ001
    pq.write_table(pa.table(people), tmp_path / "p.parquet")
    (tmp_path / "m.yaml").write_text("source: old\ncolumns: {customer: no, joined: since}\n")
    assert load_members(shop, tmp_path / "p.parquet", read_layout(tmp_path / "m.yaml", Members)).members == 2
    held = {"no": ["lin", "wu"], "points": [5, 6], "last": [datetime(2020, 1, 31).date(), None]}  # noqa: DTZ001
    pq.write_table(pa.table(held), tmp_path / "b.parquet")
    (tmp_path / "b.yaml").write_text(
        "source: old\nwallet: points\ncolumns: {customer: no, points: points, expires: last}\n"
    )
    totals = load_balances(shop, tmp_path / "b.parquet", read_layout(tmp_path / "b.yaml", Balances), AS_OF)
    assert totals.taken == {"points": Sum(2, 2, 11)}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("source: Old\ncolumns: {customer: no, points: p}\n", "source"),
        ("source: old\ncolumns: {customer: no}\n", "columns.points"),
        ("source: old\nwallet: points\ncolumns: {customer: no, points: p, wallet: w}\n", "wallet"),
        ("source: old\ncolumns: {customer: no, points: p, colour: c}\n", "columns.colour"),
    ],
)
def test_what_is_wrong_with_a_mapping(tmp_path, text, said):
    (tmp_path / "m.yaml").write_text(text)
    with pytest.raises(Unreadable) as told:
        read_layout(tmp_path / "m.yaml", Balances)
    assert said in [fault.path for fault in told.value.faults]
