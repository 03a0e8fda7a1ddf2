"""The page of a plan: whole by itself, readable in three languages, its drawings as its tables."""

import re
from collections import Counter
from datetime import date
from xml.etree import ElementTree

import pytest
from django.utils.translation import override

from regulars.insight.plans import drawing
from regulars.insight.plans.columns import columns
from regulars.insight.plans.drawing import Series
from regulars.insight.plans.page import page
from regulars.intake.planning import drafted
from regulars.programs.planning.assuming import BEHAVIOURS, Assumed
from regulars.programs.planning.comparing import Change, Comparison, Outcome
from regulars.programs.planning.report import Ground, report
from regulars.programs.planning.tallying import Tally

DOCUMENT = """
program: shop
name: {en: Shop, zh-Hant: 小店, zh-Hans: 小店}
timezone: Asia/Taipei
currency: TWD
enrolment: first order
wallets:
  points: {worth: 1 TWD per 1, expires: 12 months}
tiers:
  - set: status
    window: rolling 12 months
    levels:
      - {tier: member, name: {en: Member, zh-Hant: 會員, zh-Hans: 会员}}
      - {tier: gold, name: {en: Gold, zh-Hant: 金卡, zh-Hans: 金卡}, reach: 500, retain: 400}
earn:
  - {rule: base, name: {en: Points, zh-Hant: 購物積點, zh-Hans: 购物积分}, on: order, give: 1 point per 100 TWD}
  - {rule: idle, name: {en: Idle, zh-Hant: 沒用到, zh-Hans: 没用到}, on: order, when: {channel: web}, give: 5 points}
caps:
  - {wallet: points, at_most: 50, per: month}
"""
JANUARY = 2024 * 12
# Not words of ours: currencies, the style sheet's own, and what the shop calls things.
NAMES = {"NT", "TWD", "points", "lin", "usual"}


def told(in_force=True):
    tally = Tally(
        customers=3,
        joined=Counter({JANUARY: 2, JANUARY + 1: 1}),
        orders=Counter({JANUARY: 4, JANUARY + 2: 1}),
        revenue=Counter({JANUARY: 900_000, JANUARY + 2: 100_000}),
        points=Counter({(JANUARY, "points", "issued", "base"): 90, (JANUARY + 2, "points", "issued", "base"): 10}),
        times=Counter({"base": 5}),
        cut=Counter({("points", "cap:points/month"): 2}),
        climbs=Counter({(JANUARY, "status", "", "member"): 3, (JANUARY + 2, "status", "member", "gold"): 1}),
        got=Counter({("base", "points", "member"): 40, ("base", "points", "gold"): 60}),
        getters=Counter({("base", "points", "member"): 2, ("base", "points", "gold"): 1}),
    )
    comparison = Comparison()
    for change in (Change("lin", 10_000, 2_500, "member", "gold"), Change("<b>", 10, 20, "", "member")):
        comparison.compare(change)
    programs = drafted(DOCUMENT)
    outcome = Outcome(tally, tally, comparison) if in_force else Outcome(tally)
    assumed = Assumed(BEHAVIOURS["usual"], 3_000, 500_000, 300, 100, "usual")
    return programs, report(programs, outcome, assumed, programs if in_force else None)


def shown(language="en", in_force=True):
    with override(language):
        programs, found = told(in_force)
        return page(found, programs, Ground(7, 3, 2))


@pytest.mark.parametrize("language", ["en", "zh-hant", "zh-hans"])
def test_nothing_is_fetched_and_nothing_runs(language):
    html = shown(language)
    assert not re.search(r"<script|<link|<img|<iframe|@import|url\(|https?:|\son\w+=", html)
    assert f'lang="{"en" if language == "en" else language[:3] + language[3:].title()}"' in html


def test_its_drawings_are_whole_and_stand_twice():
    drawings = re.findall(r"<svg.*?</svg>", shown(), re.DOTALL)
    for one in drawings:
        ElementTree.fromstring(one)
    roles = Counter(re.search(r'class="(\w+)"', one)[1] for one in drawings)
    assert roles["wide"] == roles["narrow"] == 6
    assert not re.search(r"nan|inf|None", "".join(drawings))


@pytest.mark.parametrize("language", ["zh-hant", "zh-hans"])
def test_no_english_is_left(language):
    body = re.sub(r"<style>.*?</style>|<[^>]+>", " ", shown(language), flags=re.DOTALL)
    attributes = " ".join(re.findall(r'(?:aria-label|data-name)="([^"]*)"', shown(language)))
    words = set(re.findall(r"[A-Za-z]{2,}", re.sub(r"&\w+;", " ", body + attributes)))
    assert words <= NAMES, words - NAMES


def test_what_a_shop_calls_things_is_no_markup():
    assert "&lt;b&gt;" in shown()
    assert "<b>" not in shown()


def test_it_says_what_was_measured_what_was_assumed_and_what_never_fired():
    html = shown()
    for said in (
        "Assumed, not measured",
        "70.0\N{NO-BREAK SPACE}% of all points are spent",
        "Orders of guests, which are not in it: 7",
        "2 of 3 members",
    ):
        assert said in html
    assert "<li>Idle</li>" in html
    assert "left less 2 times" in html
    assert "Against the program in force" not in shown(in_force=False)


def test_every_chart_has_its_figures_as_a_table():
    html = shown()
    assert html.count("<figure>") == html.count("<details>") == 6
    assert html.count('<th scope="row">Jan 2024</th>') == 5


def test_a_column_is_as_high_as_its_value():
    months = [date(2024, 1, 1), date(2024, 2, 1)]
    series = [Series("A", "first", (100, 50), ("100", "50")), Series("B", "third", (100, -50), ("100", "-50"))]
    wide, _ = columns(months, series, "", "said")
    boxes = [box for box in ElementTree.fromstring(wide).iter("rect") if box.find("title") is not None]
    heights = {box.find("title").text: float(box.get("height")) for box in boxes}
    tops = {box.find("title").text: float(box.get("y")) for box in boxes}
    assert heights["Jan 2024, A: 100"] == pytest.approx(2 * heights["Feb 2024, A: 50"], abs=0.2)
    assert tops["Jan 2024, B: 100"] + heights["Jan 2024, B: 100"] == pytest.approx(tops["Jan 2024, A: 100"], abs=0.2)
    # Below nothing it hangs from the line.
    foot = tops["Feb 2024, A: 50"] + heights["Feb 2024, A: 50"]
    assert tops["Feb 2024, B: -50"] == pytest.approx(foot, abs=0.2)


@pytest.mark.parametrize(("least", "most"), [(0, 0), (0, 1), (-3, 7), (-120, 0), (12, 4_900_000), (0, 0.3)])
def test_ticks_are_round_and_hold_everything(least, most):
    found = drawing.scale(least, most, 0, 100)
    assert found.ticks[0] <= least
    assert found.ticks[-1] >= most
    assert 1 <= len(found.ticks) - 1 <= 7
