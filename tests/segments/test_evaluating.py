"""Who is in a segment: the tables of docs/segments.md, acted out, and the classes of the figure."""

import pytest
import yaml

from regulars.insight.actions import refresh_lake
from regulars.insight.figures.rfm import SEGMENTS, rfm
from regulars.insight.periods import DAY
from regulars.insight.queries import lake_of
from regulars.intake.actions import take_orders
from regulars.jobs.upkeep import keep_up
from regulars.programs.actions import set_clock
from regulars.programs.clock import real_now
from regulars.segments import queries
from regulars.segments.definition import ground, read
from regulars.segments.vocabulary import ABOUT
from tests.intake.shop import at, order, shop
from tests.segments.shop import NOW, open_shop, tables

ASKED = [row for table in tables() for row in table if "asked" in row]


def definition(published, asked: str):
    tree = yaml.load(asked.strip("`"), yaml.BaseLoader)
    return read(tree if "groups" in tree else {"groups": [{"conditions": [tree]}]}, ground(published.programs))


@pytest.mark.django_db
def test_everybody_on_the_page_is_where_it_says():
    """One shop for all rows: it takes a second to open."""
    published, names = open_shop()
    called = {member: name for name, member in names.items()}
    found, wrong = 0, []
    for row in ASKED:
        asked = definition(published, row["asked"])
        who = sorted(called[member] for member in queries.members_of(published, asked, NOW))
        each = [name for name, member in names.items() if queries.is_in(published, asked, member, NOW)]
        counted = queries.found(published, asked, NOW)
        assert (counted.members, counted.of, len(counted.sample)) == (len(who), 4, len(who))
        if not ", ".join(who) == row["who"] == ", ".join(each):
            wrong.append((row["asked"], row["who"], who, each))
        found += 1
    assert wrong == []
    assert found > 40


def test_the_page_asks_everything_there_is_but_what_another_page_or_test_does():
    asked = " ".join(row["asked"] for row in ASKED)
    elsewhere = {
        "brand",
        "country",
        "channel",
        "store",
        "tag",
        "rfm",
        "recency_class",
        "frequency_class",
        "money_class",
    }
    assert {about for about in ABOUT if f"about: {about}," not in asked} <= elsewhere


@pytest.mark.django_db(transaction=True)
def test_classes_are_those_of_the_figure(settings, tmp_path):
    """Every customer of this shop is a member, so that each box holds as many."""
    settings.LAKE_FOLDER = tmp_path
    published = shop()
    days = [(name, day) for place, name in enumerate("ABCDEFGHIJ", 1) for day in range(1, place + 1, 2)]
    orders = [order(f"{name}{day}", f"2019-{12 - day:02}-0{day}", 500 * day, customer=name) for name, day in days]
    take_orders(published, orders, at("2019-12-31 12:00"))
    published = set_clock(published.slug, at("2019-12-31 13:00") - real_now())
    keep_up(published)
    refresh_lake(published)
    lake = lake_of(published)
    figure = rfm(lake, lake.manifest.today + DAY)
    now = at("2019-12-31 13:00")
    by_name = {name: sum(box.customers for box in figure.boxes if box.segment == name) for name in queries_names()}
    for name, customers in by_name.items():
        assert count(published, {"about": "rfm", "is": "is", "values": [name]}, now) == customers, name
    for measure in ("recency", "frequency", "money"):
        for rank in range(1, 6):
            above = sum(one.customers for one in figure.borders if one.measure == measure and one.rank >= rank)
            asked = {"about": f"{measure}_class", "values": [str(rank)]}
            assert count(published, {**asked, "is": "at_least"}, now) == above
            equal = sum(one.customers for one in figure.borders if one.measure == measure and one.rank == rank)
            assert count(published, {**asked, "is": "at_most"}, now) == 10 - above + equal
    assert len([name for name, customers in by_name.items() if customers]) > 2


def queries_names() -> set[str]:
    return {name for row in SEGMENTS.values() for name in row}


def count(published, condition, now) -> int:
    asked = read({"groups": [{"conditions": [condition]}]}, ground(published.programs))
    return len(queries.members_of(published, asked, now))
