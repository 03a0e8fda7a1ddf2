"""Segments that programs may use: who came and who left is told to the ledger, once, and rules give by it."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connections

from regulars.engine.account import Wallet
from regulars.engine.facts import Activity, SegmentStanding
from regulars.intake.actions import take_orders
from regulars.ledger import codec
from regulars.ledger.connect import raw, rows, run
from regulars.ledger.queries import account_at
from regulars.ledger.verify import verify
from regulars.members.erasing import erase
from regulars.members.uniting import unite
from regulars.programs.queries import now
from regulars.segments import actions, queries, standings, traits
from regulars.segments.definition import ground, read
from tests.intake.shop import order
from tests.segments.shop import DOCUMENT, NOW, happen, open_shop

LATELY = {"groups": [{"conditions": [{"about": "activity", "is": "did", "values": ["review"], "days": "7"}]}]}
RULE = """
  - {rule: press, on: order, when: {segment: writers}, give: 100 points, limit: 1 per day}
"""
FACTS = "SELECT body FROM ledger_fact WHERE program_id = %s AND member_id = %s AND kind = 9 ORDER BY seq"


@pytest.fixture
def shop(db, settings, tmp_path):
    """The shop of the page, with a rule for whoever wrote a review within a week."""
    settings.LAKE_FOLDER = tmp_path
    published, names = open_shop(DOCUMENT + RULE.lstrip("\n"))
    actions.make(published, "Writers", LATELY, "staff:mei", uuid4(), tells=True)
    return published, names


def told(published, member):
    return [codec.decode_fact(body) for (body,) in rows(raw(), FACTS, [published.id, member])]


def available(published, member):
    return account_at(raw(), published.programs, member, now(published)).wallets.get("points", Wallet()).available


def test_a_rule_gives_to_who_is_in_it_and_no_longer_to_who_left(shop, clock):
    published, names = shop
    assert standings.keep_up(published) == 1
    assert [(fact.segment, fact.belongs) for fact in told(published, names["Dee"])] == [("writers", True)]
    published = clock(published, 1)
    before = available(published, names["Dee"]), available(published, names["Bo"])
    take_orders(published, [order("1", "2026-03-06 05:00", 100_00, customer="Dee")], now(published))
    take_orders(published, [order("2", "2026-03-06 05:00", 100_00, customer="Bo")], now(published))
    gained = available(published, names["Dee"]) - before[0], available(published, names["Bo"]) - before[1]
    assert gained == (110, 10)
    published = clock(published, 8)
    assert standings.keep_up(published) == 1
    assert [fact.belongs for fact in told(published, names["Dee"])] == [True, False]
    published = clock(published, 9)
    before = available(published, names["Dee"])
    take_orders(published, [order("3", "2026-03-14 05:00", 100_00, customer="Dee")], now(published))
    assert available(published, names["Dee"]) - before == 10


def test_twice_tells_nothing_and_only_differences_are_told(shop):
    published, names = shop
    assert standings.keep_up(published) == 1
    assert standings.keep_up(published) == 0
    happen(published, names["Ana"], Activity("ana/review", "review", NOW))
    assert standings.keep_up(published) == 1
    assert len(told(published, names["Dee"])) == 1
    assert len(told(published, names["Ana"])) == 1
    line = queries.get(published.id, "writers")
    assert (line.size, [size for _, size in queries.sizes(line.id)]) == (2, [2])


def test_a_round_that_was_broken_off_goes_on(shop, monkeypatch):
    published, names = shop
    everybody = {"groups": [{"conditions": [{"about": "joined", "is": "within", "values": ["3000"]}]}]}
    actions.make(published, "All", everybody, "staff:mei", uuid4(), tells=True)
    monkeypatch.setattr(standings, "CHUNK", 1)
    tell, left = standings._tell, [2]

    def broken(*args, **named):
        left[0] -= 1
        if left[0] < 0:
            raise ConnectionError
        return tell(*args, **named)

    monkeypatch.setattr(standings, "_tell", broken)
    with pytest.raises(ConnectionError):
        standings.keep_up(published)
    monkeypatch.setattr(standings, "_tell", tell)
    assert standings.keep_up(published) == 3
    names.pop("Eli")
    assert [len(told(published, member)) for member in names.values()] == [1, 1, 1, 2]


@pytest.mark.parametrize("ends", ["archived", "no longer for programs"])
def test_everybody_leaves_a_segment_that_programs_may_no_longer_use(shop, ends):
    published, names = shop
    standings.keep_up(published)
    if ends == "archived":
        actions.archive(published, "writers", "staff:mei", uuid4())
    else:
        actions.change(published, "writers", 1, "Writers", LATELY, "staff:mei", uuid4(), tells=False)
    assert standings.keep_up(published) == 1
    assert [fact.belongs for fact in told(published, names["Dee"])] == [True, False]
    assert standings.keep_up(published) == 0


def test_what_the_ledger_was_told_otherwise_is_put_right(shop):
    """As after two members became one, who has the segments of both."""
    published, names = shop
    happen(published, names["Bo"], SegmentStanding("elsewhere", "writers", NOW - 1))
    assert standings.keep_up(published) == 2
    assert [fact.belongs for fact in told(published, names["Bo"])] == [True, False]


def test_what_only_people_look_at_is_counted_each_hour(shop, clock):
    published, names = shop
    actions.make(published, "Only looked at", LATELY, "staff:mei", uuid4())
    standings.keep_up(published)
    happen(published, names["Bo"], Activity("bo/review", "review", NOW))
    standings.keep_up(published)
    assert [queries.get(published.id, key).size for key in ("writers", "only-looked-at")] == [2, 1]
    published = clock(published, 0)
    standings.keep_up(published)
    assert queries.get(published.id, "only-looked-at").size == 2


def test_who_was_forgotten_or_became_part_of_somebody_else_is_in_none(shop):
    published, names = shop
    standings.keep_up(published)
    erase(published.programs, names["Dee"], "member_wish", "staff:mei", now(published))
    unite(published.programs, names["Ana"], names["Cem"], now(published), number=uuid4(), reason="same", actor="mei")
    standings.keep_up(published)
    assert queries.get(published.id, "writers").size == 0
    everybody = read({"groups": [{"conditions": [{"about": "joined", "is": "within", "values": ["3000"]}]}]},
                     ground(published.programs))  # fmt: skip
    assert set(queries.members_of(published, everybody, now(published))) == {names["Ana"], names["Bo"]}
    of_gone = [names["Dee"], names["Cem"]]
    assert rows(raw(), "SELECT kind FROM segments_trait WHERE member_id = ANY(%s)", [of_gone]) == []


def test_members_are_counted_and_told_while_others_keep_moving(shop, monkeypatch):
    """Somebody does something during every reading."""
    published, names = shop
    count, read = [0], standings._read

    def disturbed(*given):
        count[0] += 1
        assert count[0] < 50
        found = read(*given)
        happen(published, names["Bo"], Activity(f"bo/{count[0]}", "walk", NOW))
        return found

    monkeypatch.setattr(standings, "_read", disturbed)
    happen(published, names["Bo"], Activity("bo/0", "walk", NOW))
    assert standings.keep_up(published) == 1
    assert queries.get(published.id, "writers").size == 1


def test_nobody_is_counted_while_a_first_reading_is_under_way(shop, monkeypatch):
    published, _ = shop
    run(raw(), "DELETE FROM segments_reading")
    monkeypatch.setattr(standings, "READ_MOST", 3)
    assert standings.keep_up(published) == 0
    assert queries.get(published.id, "writers").size is None
    assert standings.keep_up(published) == 1


def test_whom_only_a_new_day_makes_stale_hold_up_nobody(shop, clock, monkeypatch):
    published, names = shop
    published = clock(published, 1)
    monkeypatch.setattr(standings, "READ_MOST", 2)
    happen(published, names["Dee"], Activity("dee/again", "review", NOW), now(published))
    assert standings.keep_up(published) == 1
    assert rows(raw(), "SELECT count(*) FROM segments_reading WHERE day = '2026-03-06'") == [(2,)]
    news, stale = traits.moved(published.programs, now(published), 10)
    assert (news, len(stale)) == ([names["Dee"]], 2)
    for _ in range(3):
        standings.keep_up(published)
    assert traits.moved(published.programs, now(published), 10) == ([], [])


def test_a_clock_that_goes_back_tells_once(shop, clock):
    published, names = shop
    published = clock(published, 2)
    standings.keep_up(published)
    published = clock(published, 0)
    actions.archive(published, "writers", "staff:mei", uuid4())
    assert [standings.keep_up(published) for _ in range(3)] == [1, 0, 0]
    assert [fact.belongs for fact in told(published, names["Dee"])] == [True, False]
    assert verify(raw(), published.programs).findings == []


@pytest.mark.django_db(transaction=True)
def test_two_rounds_at_once_tell_once(shop):
    published, names = shop
    happen(published, names["Ana"], Activity("ana/review", "review", NOW))
    begin = Barrier(2)

    def round_of_one():
        try:
            begin.wait()
            return standings.keep_up(published)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as threads:
        done = [threads.submit(round_of_one) for _ in range(2)]
        assert sum(one.result() for one in done) == 2
    assert [len(told(published, names[name])) for name in ("Ana", "Dee")] == [1, 1]


def test_a_member_who_was_told_meanwhile_is_not_told_again(shop):
    published, names = shop
    traits.catch_up(published.programs, NOW)
    one = [names["Dee"]]
    assert [standings._tell(published, "writers", one, NOW + n, belongs=True) for n in (5, 9, 2)] == [1, 0, 0]
    assert len(told(published, names["Dee"])) == 1


def test_a_segment_is_counted_only_when_it_may_have_moved(shop, clock, monkeypatch):
    published, names = shop
    published = clock(published, 0)
    actions.make(published, "Only looked at", LATELY, "staff:mei", uuid4())
    agreed = {"groups": [{"conditions": [{"about": "consent", "of": "news", "is": "is"}]}]}
    actions.make(published, "Agreed", agreed, "staff:mei", uuid4(), tells=True)
    asked, said = [], queries._statement
    monkeypatch.setattr(queries, "_statement", lambda *given: asked.append(given[1]) or said(*given))

    def counted():
        asked.clear()
        standings.keep_up(published)
        return len(asked)

    assert [counted(), counted(), counted()] == [3, 2, 1]
    happen(published, names["Ana"], Activity("ana/review", "review", NOW), now(published))
    assert [counted(), counted(), counted()] == [2, 2, 1]
    actions.change(published, "only-looked-at", 1, "Other words", LATELY, "staff:mei", uuid4(), tells=False)
    assert [counted(), counted()] == [2, 1]
    published = clock(published, 1)
    assert [counted(), counted()] == [3, 1]


def test_a_round_that_was_broken_off_between_two_segments_counts_the_second(shop, monkeypatch):
    published, names = shop
    actions.make(published, "Zz", LATELY, "staff:mei", uuid4(), tells=True)
    while standings.keep_up(published):
        pass
    happen(published, names["Ana"], Activity("ana/review", "review", NOW))
    with monkeypatch.context() as broken:
        broken.setattr(queries, "_statement", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            standings.keep_up(published)
    assert standings.keep_up(published) == 2


def test_a_segment_that_takes_too_long_holds_up_no_other(shop, monkeypatch):
    published, _ = shop
    actions.make(published, "Slow", LATELY, "staff:mei", uuid4())
    monkeypatch.setattr(queries, "HOW_MANY", "SELECT count(*) FROM ({chosen}) AS chosen, pg_sleep(5)")
    monkeypatch.setattr(standings, "COUNT_MS", 300)
    assert standings.keep_up(published) == 1
    assert [queries.get(published.id, key).size for key in ("slow", "writers")] == [None, 1]


def test_nothing_that_was_read_of_a_member_outlives_them(shop):
    published, names = shop
    ana, bo = names["Ana"], names["Bo"]
    unite(published.programs, ana, bo, now(published), number=uuid4(), reason="same", actor="mei")
    of_them = "(SELECT count(*) FROM {} WHERE member_id = ANY(%s))"
    held = f"SELECT {of_them.format('segments_trait')}, {of_them.format('segments_reading')}"
    assert rows(raw(), held, [[ana, bo]] * 2)[0][0] > 10
    erase(published.programs, ana, "member_wish", "staff:mei", now(published))
    assert rows(raw(), held, [[ana, bo]] * 2) == [(0, 0)]
    standings.keep_up(published)
    assert rows(raw(), held, [[ana, bo]] * 2)[0][0] == 0


def test_both_tables_may_be_emptied_together(shop):
    published, _ = shop
    every = "SELECT t::text FROM segments_trait AS t ORDER BY program_id, member_id, kind, value"
    before = rows(raw(), every)
    run(raw(), "DELETE FROM segments_trait")
    run(raw(), "DELETE FROM segments_reading")
    assert traits.catch_up(published.programs, NOW)
    assert rows(raw(), every) == before
