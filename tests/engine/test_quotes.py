"""Quotes: the worked examples of the page, and that a quote says what then happens."""

import re

import pytest
from hypothesis import given

from regulars.engine import quotes
from regulars.engine.account import Account
from regulars.engine.calendar import date_of
from regulars.engine.difference import net
from regulars.engine.facts import Fact, Order, Refund
from regulars.engine.fold import fold
from regulars.engine.money import format_major
from regulars.engine.tape import Tape
from regulars.engine.timeline import unrolled
from tests.builders import copied
from tests.engine.histories import END, Story, stories, thoroughly
from tests.engine.pages import PAGES, Row, Stage, Table, instant, tables

TABLES = [table for table in tables(PAGES / "quotes.md") if "asked" in table.columns]
DEED = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d) (.+)")


def tell(stage: Stage, said: str) -> Fact:
    """ "2026-01-06 12:00 buys A: tea 100"."""
    found = DEED.fullmatch(said)
    assert found, said
    return stage.fact(found[2], instant(found[1], stage.zone), f"R{len(stage.facts)}")


def answered(table: Table, row: Row) -> Row:
    stage = Stage(table)
    for said in filter(None, row["happened"].split("; ")):
        stage.facts.append(tell(stage, said))
    asked = tell(stage, row["asked"])
    if isinstance(asked, Order):
        assert asked.paid_at is not None
        return of_order(quotes.of_order(stage.programs, stage.facts, asked, asked.paid_at))
    assert isinstance(asked, Refund)
    guest = row.get("as guest") == "yes"
    return of_refund(quotes.of_refund(stage.programs, stage.facts, asked, asked.at, guest), stage)


def of_order(quote: quotes.OrderQuote) -> Row:
    shares = [f"{line} {rule} {points}" for line, rules in quote.by_line.items() for rule, points in rules.items()]
    return {
        "earns": str(quote.earns.get("points", 0)),
        "by line": ", ".join(shares),
        "could spend": str(quote.spendable.get("points", "")),
        "tier": tier(quote.tiers),
    }


def of_refund(quote: quotes.RefundQuote, stage: Stage) -> Row:
    calendar = stage.programs.calendar
    back = [f"{one.points} until {date_of(calendar.day((one.expires_at or 0) - 1))}" for one in quote.returns]
    return {
        "goes back": str(quote.goes_back.get("points", 0)),
        "returns": ", ".join(back),
        "cash": format_major(quote.cash, "TWD").removesuffix(".00"),
        "short": str(quote.short.get("points", 0)),
        "withhold": format_major(quote.withhold.get("points", 0), "TWD").removesuffix(".00"),
        "tier": tier(quote.tiers),
    }


def tier(tiers: dict[str, tuple[str, str]]) -> str:
    return ", ".join(f"{before} to {after}" for before, after in tiers.values())


@pytest.mark.parametrize("table", TABLES, ids=str)
def test_the_page(table: Table):
    for number, row in enumerate(table.rows, start=1):
        expected = {name: text for name, text in row.items() if name not in ("as guest", "happened", "asked")}
        assert answered(table, row) == expected, f"row {number}"


@thoroughly
@given(stories())
def test_a_quote_is_what_then_happens(story: Story):
    """The newest order, quoted without it, adds what the whole history has more."""
    orders = [fact for fact in story.facts if isinstance(fact, Order) and fact.paid_at is not None]
    if not orders:
        return
    asked = max(orders, key=lambda order: (order.version_at, order.number))
    others = [fact for fact in story.facts if not (isinstance(fact, Order) and fact.key == asked.key)]
    quote = quotes.of_order(story.programs, others, asked, END)
    whole = fold(Tape(story.programs, Account()), unrolled([*others, asked]), END)
    assert quote.account == whole.account
    before = fold(Tape(story.programs, Account()), unrolled(others), END)
    settled = {key: points for key, (points, _) in net([*before.entries, *quote.entries]).items() if points}
    assert settled == {key: points for key, (points, _) in net(whole.entries).items() if points}
    for shares in quote.by_line.values():
        assert all(points > 0 for points in shares.values())


@thoroughly
@given(stories())
def test_the_account_as_it_stands_quotes_like_the_whole_history(story: Story):
    orders = [fact for fact in story.facts if isinstance(fact, Order) and fact.paid_at is not None]
    if not orders:
        return
    account = fold(Tape(story.programs, Account()), unrolled(story.facts)).account
    at = max(account.last[0], 0) + 1
    asked = Order("shop/cart", at, orders[0].lines, at)
    quick = quotes.of_next_order(story.programs, copied(account), asked, END)
    assert quick is not None
    slow = quotes.of_order(story.programs, story.facts, asked, END)
    assert (quick.account, quick.by_line) == (slow.account, slow.by_line)
    # What the years to come bring is no part of an order.
    if not any(rule.get("on") in ("anniversary", "birthday") for _, tree in story.trees for rule in tree["earn"]):
        assert quick.earns == slow.earns


def test_a_late_order_is_not_quoted_from_the_account():
    stage = Stage(TABLES[0])
    stage.facts += [tell(stage, "2026-01-05 12:00 joins"), tell(stage, "2026-01-06 12:00 buys A: tea 100")]
    account = fold(Tape(stage.programs, Account()), unrolled(stage.facts)).account
    late = tell(stage, "2026-01-06 11:00 buys B: tea 100")
    assert isinstance(late, Order)
    assert quotes.of_next_order(stage.programs, account, late, late.version_at) is None


def test_a_quote_of_a_refund_names_the_policy_in_force():
    stage = Stage(TABLES[1])
    happened = "2026-01-05 12:00 joins; 2026-01-06 12:00 buys A: tea 1000; 2026-01-14 12:00 redeems D: 120"
    stage.facts += [tell(stage, said) for said in happened.split("; ")]
    refund = tell(stage, "2026-01-15 12:00 returns A: everything")
    assert isinstance(refund, Refund)
    quote = quotes.of_refund(stage.programs, stage.facts, refund, refund.at)
    assert (quote.policies, quote.short, quote.withhold) == ({"points": "deficit"}, {"points": 15}, {"points": 150})
    assert refund not in stage.facts
