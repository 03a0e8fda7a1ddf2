"""Dates and lengths at the far ends: no document that is read makes an order fail, and who means never says so."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.engine import grammar
from regulars.engine.calendar import DAY, FIRST_DAY, HOUR, LAST_DAY, Span, Term, Yearly, calendar, day_of, instant_of
from regulars.engine.facts import Activity, Details, Enrolment, Hold, Order, PlanStanding, Redemption, Refund
from regulars.engine.program import Programs
from tests.builders import Tree, back, document, line, told

LAST_INSTANT = instant_of(datetime.max.replace(tzinfo=UTC))
FIRST_INSTANT = instant_of(datetime.min.replace(tzinfo=UTC))
ZONES = ["Asia/Taipei", "America/New_York", "Pacific/Kiritimati", "Pacific/Pago_Pago", "UTC"]
NOW = instant_of(datetime(2026, 1, 5, 4, tzinfo=UTC))
DATES = ["0001-01-01", "1582-10-15", "1969-12-31", "2026-01-05", "9998-12-31", "9999-12-30", "9999-12-31"]
SPANS = ["9999 hours", "9999 days", "9999 weeks", "1200 months", "100 years"]
TERMS = [*SPANS[1:], *(f"{span}, end of year" for span in SPANS[1:])]

dates, waits = st.sampled_from(DATES), st.sampled_from(["none", "until fulfilled", *SPANS])
terms, days = st.sampled_from(TERMS), st.sampled_from(SPANS[1:])
lasting = st.one_of(
    dates,
    terms,
    days.map(lambda span: f"{span}, next 29 February"),
    days.map(lambda span: f"{span} after the last activity"),
)
asked = st.fixed_dictionaries({}, optional={"from": dates, "until": dates})
levels = st.fixed_dictionaries(
    {"tier": st.just("silver"), "reach": st.just("1")}, optional={"valid": terms, "grace": terms}
)
wallets = st.fixed_dictionaries(
    {"expires": lasting}, optional={"pending": waits, "grace_on_return": terms, "when_short": st.just("write_off")}
)
rules = st.fixed_dictionaries(
    {"give": st.just("1 point per 1 TWD"), "when": asked}, optional={"pending": waits, "expires": dates | terms}
)
windows = st.sampled_from(["calendar year", "since joining", "since tier start", "lifetime"]) | days.map(
    "rolling {}".format
)
moments = st.sampled_from(
    [FIRST_INSTANT, FIRST_INSTANT + 400 * DAY, -DAY, 0, NOW - DAY, NOW, NOW + HOUR]
) | st.integers(FIRST_INSTANT, NOW)


@st.composite
def documents(draw: st.DrawFn) -> Tree:
    ladder = {"set": "status", "window": draw(windows), "levels": [{"tier": "member"}, draw(levels)]}
    goal = {
        "rule": "often",
        "give": "3 points",
        "goal": {"orders": "1", "per": "year", "repeat": "true"},
        "when": draw(asked),
    }
    return document(
        timezone=draw(st.sampled_from(ZONES)),
        wallets={"points": draw(wallets)},
        tiers=[ladder],
        earn=[
            {"rule": "base"} | draw(rules),
            {"rule": "joined", "on": "enrolment", "give": "5 points"}
            | draw(st.fixed_dictionaries({"expires": dates | terms})),
            {"rule": "year", "on": "anniversary", "give": "5 points"},
            {"rule": "born", "on": "birthday", "give": "5 points"},
            goal,
        ],
        referral={"within": draw(st.sampled_from(SPANS))},
        earlier_orders={"claim": draw(days), "before_joining": draw(days)},
    )


@settings(max_examples=60, deadline=None)
@given(
    documents(),
    moments,
    st.lists(moments, min_size=1, max_size=3),
    st.sampled_from([None, 0, LAST_INSTANT]),
)
def test_no_document_makes_an_order_fail(tree: Tree, joined: int, paid: list[int], until: int | None):
    lines = (line("a", 500), line("b", 300))
    facts = [
        Enrolment("e", joined),
        Details("d", joined, (2, 29)),
        PlanStanding("p", "gold", joined, until),
        Activity("v", "visit", NOW),
        *[Order(f"shop/A-{place}", moment, lines, paid_at=moment) for place, moment in enumerate(paid)],
        Redemption("r", "points", 100, NOW + 1),
        Hold("h", "points", 100, NOW + 2, NOW + HOUR),
        Refund("shop/A-0/R-1", "shop/A-0", NOW + 3 * HOUR, (back("a"),)),
    ]
    told(Programs(1, [grammar.read(tree)]), facts, "2126-01-05")


@pytest.mark.parametrize("zone", ZONES)
def test_the_calendar_begins_and_ends(zone: str):
    clock, today = calendar(zone), day_of(date(2026, 1, 5))
    assert clock.term_end(today, Term(Span(0, "day"), until=LAST_DAY + 365)) == clock.midnight(LAST_DAY)
    assert clock.term_end(today, Term(Span(9999, "week"))) < clock.midnight(LAST_DAY)
    assert clock.term_end(LAST_DAY, Term(Span(1, "day"), yearly=Yearly((1, 1), (12, 31)))) == clock.midnight(LAST_DAY)
    assert clock.after(clock.midnight(LAST_DAY), Span(1, "month")) == clock.midnight(LAST_DAY)
    assert clock.back(FIRST_DAY, Span(1, "month")) == FIRST_DAY
    assert (clock.day(FIRST_INSTANT) < FIRST_DAY, clock.day(LAST_INSTANT) > LAST_DAY) == (True, True)
