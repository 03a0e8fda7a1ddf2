"""Every table in docs/rules is acted out, and what it promises must be so."""

import re
from collections import Counter
from datetime import datetime, timedelta

import pytest
from hypothesis import given

from regulars.engine.account import Account, Wallet
from regulars.engine.benefits import benefits
from regulars.engine.calendar import Span, date_of, datetime_of
from regulars.engine.charging import withheld
from regulars.engine.explain import explain, rule_of
from regulars.engine.facts import Order
from regulars.engine.fold import fold
from regulars.engine.money import format_major
from regulars.engine.outcome import Outcome
from regulars.engine.phrases import lasting, span
from regulars.engine.program import Programs
from regulars.engine.progress import every_progress
from regulars.engine.tape import Tape
from regulars.engine.timeline import unrolled
from tests.builders import document, programs
from tests.engine.histories import END, Story, stories, thoroughly
from tests.engine.pages import PAGES, Row, Stage, Table, instant, order_lines, tables

ALL = [
    table
    for page in sorted(PAGES.glob("*.md"))
    for table in tables(page)
    if "code" not in table.columns or "order" in table.columns
]
PLACES = {
    "available",
    "pending",
    "held",
    "owed",
    "claimed",
    "charged",
    "expired",
    "written off",
    "forfeited",
    "paid out",
}
LAST_DAY = "last day of the next"
BALANCES = PLACES | {"orders", "spend", "why", "announced", "benefits", "funders", "withheld", LAST_DAY}
TIERS = {"tier", "growth", "waiting", "next", "missing", "to keep", "by", "projected", "told"}


def test_every_page_has_a_table_that_is_acted_out():
    without = {page.name for page in PAGES.glob("*.md")} - {table.page for table in ALL} - {"explain.md", "README.md"}
    assert not without


@pytest.mark.parametrize("table", [table for table in ALL if "what happens" in table.columns], ids=str)
def test_a_story(table: Table):
    stage = Stage(table)
    for number, row in enumerate(table.rows, start=1):
        outcome = stage.act(row)
        of_tiers = {name for name in row if name.partition(" of ")[0] in TIERS}
        expected = {name: text for name, text in row.items() if name in BALANCES | of_tiers and text}
        found = {
            name: (standing if name in of_tiers else seen)(stage.programs, outcome, name, row) for name in expected
        }
        assert found == expected, f"row {number}: {row['when']} {row['what happens']}"
        if "left" in row:
            assert stage.left(row) == row["left"], f"row {number}"
        if row.get("asks"):
            assert stage.answer(row["asks"], outcome, instant(row["when"], stage.zone)) == row["answer"], (
                f"row {number}"
            )
        unknown = (
            row.keys() - BALANCES - of_tiers - {"when", "learned", "what happens", "because", "asks", "answer", "left"}
        )
        assert not unknown, "no test looks at these columns"
    stage.act_again(outcome)


def seen(versions: Programs, outcome: Outcome, name: str, row: Row) -> str:
    account = outcome.account
    wallet = account.wallets.get(versions.main_wallet) or Wallet()
    if name == "why":
        when = instant(row["when"], str(versions.zone))
        return ", ".join(
            f"{rule_of(e.identity) or e.kind} {e.points}" for e in outcome.entries if e.occurred_at == when
        )
    if name == "announced":
        when = instant(row["when"], str(versions.zone))
        told = [one for one in outcome.announcements if one.occurred_at == when]
        return ", ".join(" ".join(filter(None, (one.kind, *about(one.payload)))) for one in told)
    if name == "funders":
        held = Counter[str]()
        for lot in (*wallet.lots, *wallet.waiting):
            held[lot.funder or "house"] += lot.points
        return ", ".join(f"{funder} {points}" for funder, points in sorted(held.items()))
    if name == "benefits":
        return ", ".join(benefits(versions, account, instant(row["when"], str(versions.zone))))
    if name in PLACES - {"available", "pending", "held", "owed"}:
        place = name.replace(" ", "_")
        moved = sum((e.target == place) * e.points - (e.source == place) * e.points for e in outcome.entries)
        return str(abs(moved))
    end = wallet.lots[0].expires_at if wallet.lots else None
    plain = {
        LAST_DAY: "–" if end is None else date_of(versions.calendar.day(end - 1)),
        "available": wallet.available,
        "pending": wallet.pending,
        "held": wallet.held,
        "owed": wallet.deficit,
        "orders": account.orders,
        "spend": money(account.spend),
        "withheld": money(
            sum(withheld(None, memo).get(versions.main_wallet, (0, 0))[1] for memo in outcome.memos.values())
        ),
    }
    return str(plain[name])


def about(payload: dict[str, str]) -> list[str]:
    """By what, or which reward, and how many if not one."""
    count = payload.get("count", "1")
    return [payload.get("by", ""), payload.get("reward", ""), "" if count == "1" else count]


def standing(versions: Programs, outcome: Outcome, column: str, row: Row) -> str:
    """A column about the main tier set, or "growth of club" about another one, as of the row's time."""
    name, _, wanted = column.partition(" of ")
    when = instant(row["learned" if "learned" in row else "when"], str(versions.zone))
    if name == "told":
        told = [one.payload for one in outcome.announcements if one.kind == "tier.changed" and one.occurred_at == when]
        return ", ".join(f"{one['to']}: {one['because']}" + " withdrawn" * ("withdraws" in one) for one in told)
    ladders, ways = outcome.account.ladders, every_progress(versions, outcome.account, when)
    if name == "tier":
        return ladders[wanted].tier if wanted else outcome.account.standing.tier
    way = next(way for way in ways if wanted in ("", way.tier_set))

    def amount(growth: int) -> str:
        return money(growth) if way.grows_by == "spend" else str(growth)

    plain = {
        "growth": amount(way.growth),
        "waiting": amount(way.waiting),
        "next": way.next_tier or "–",
        "missing": amount(way.missing),
        "to keep": amount(way.keep_missing),
        "by": "–" if way.until is None else str(date_of(versions.calendar.day(way.until - 1))),
        "projected": way.projected,
    }
    return plain[name]


def money(minor: int) -> str:
    return format_major(minor, "TWD").removesuffix(".00")


@pytest.mark.parametrize("table", [table for table in ALL if "order" in table.columns], ids=str)
def test_what_an_order_earns(table: Table):
    """Columns named after rules hold their points; `give` and `round` stand for a program of that one rule."""
    for number, row in enumerate(table.rows, start=1):
        versions = table.programs()
        if "give" in row:
            versions = programs(
                document(
                    earn=[{"rule": "points", "give": row["give"], "round": f"{row.get('round') or 'down'} per order"}]
                )
            )
        points = earned(versions, row)
        rules = {rule.name for version in versions.versions for rule in version.order_rules}
        expected = {name: int(text) for name, text in row.items() if name in rules}
        assert expected, "no column is named after a rule"
        assert {name: points[name] for name in expected} == expected, f"row {number}: {row}"
        assert not row.keys() - rules - {"give", "round", "order", "when", "channel", "store", "code", "because"}


def earned(versions: Programs, row: Row) -> Counter[str]:
    at = instant(row.get("when") or "2026-01-07 12:00", str(versions.zone))
    codes = (row["code"],) if row.get("code") else ()
    order = Order("shop/A", at, order_lines(row["order"]), at, 0, row.get("channel", ""), row.get("store", ""), codes)
    outcome = fold(Tape(versions, Account()), unrolled([order]))
    return Counter({rule_of(entry.identity): entry.points for entry in outcome.entries if entry.kind == "earn"})


@pytest.mark.parametrize("table", [table for table in ALL if "last day" in table.columns], ids=str)
def test_the_last_day_of_points(table: Table):
    for row in table.rows:
        clock = programs(document(timezone=row.get("zone") or "Asia/Taipei")).calendar
        day = clock.day(instant(row["earned"], str(clock.zone)))
        ends_at = clock.term_end(day, lasting(row["expires"]))
        assert str(date_of(clock.day(ends_at - 1))) == row["last day"], row
        assert clock.day(ends_at) > clock.day(ends_at - 1)


@pytest.mark.parametrize("table", [table for table in ALL if "can be spent from" in table.columns], ids=str)
def test_when_points_can_be_spent(table: Table):
    for row in table.rows:
        clock = programs(document(timezone=row.get("zone") or "Asia/Taipei")).calendar
        length: Span = span(row["pending"])
        matures_at = clock.after(instant(row["bought"], str(clock.zone)), length)
        local: datetime = datetime_of(matures_at) + timedelta(microseconds=clock.offset(matures_at))
        assert local.strftime("%Y-%m-%d %H:%M") == row["can be spent from"], row


def documented() -> dict[str, set[str]]:
    """The codes on the page about explanations, and the parameters that it promises."""
    rows = [row for table in tables(PAGES / "explain.md") for row in table.rows if "code" in row]
    plain = {row["code"]: re.sub(r"\([^)]*\)", "", row["parameters"]) for row in rows}
    return {code: set(re.findall(r"[a-z_]+", text)) for code, text in plain.items()}


@thoroughly
@given(stories())
def test_every_explanation_is_on_the_page(story: Story):
    page = documented()
    outcome = fold(Tape(story.programs, Account()), unrolled(story.facts), END)
    told = [explain(entry) for entry in outcome.entries]
    while told:
        one = told.pop()
        assert set(one.parameters) == page[one.code]
        told += one.because
