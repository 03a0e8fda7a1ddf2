"""Segments made, changed, archived: each change is written down once, with before and after."""

from uuid import uuid4

import pytest
from django.db import ProgrammingError, transaction

from regulars.segments import actions, queries
from regulars.segments.actions import ChangeRefused
from regulars.segments.definition import Refused
from regulars.segments.models import Segment, SegmentChange
from tests.intake.shop import shop as published_shop

pytestmark = pytest.mark.django_db
ONE = {"groups": [{"conditions": [{"about": "orders", "is": "at_least", "values": ["1"]}]}]}
TWO = {"groups": [{"conditions": [{"about": "orders", "is": "at_least", "values": ["2"]}]}]}


@pytest.fixture
def shop(db):
    return published_shop()


def make(shop, name="Regulars", **more):
    return actions.make(shop, name, ONE, "staff:mei", uuid4(), **more)


def test_what_differs_is_written_down(shop):
    key = make(shop)
    actions.change(shop, key, 1, "Good regulars", TWO, "staff:lin", uuid4(), tells=False)
    actions.archive(shop, key, "staff:lin", uuid4())
    made, changed, archived = SegmentChange.objects.order_by("id")
    assert (made.what, made.after["name"], made.actor) == ("made", "Regulars", "staff:mei")
    assert (changed.before["name"], changed.after["name"]) == ("Regulars", "Good regulars")
    assert changed.before["definition"] == ONE
    assert set(changed.after) == {"name", "definition"}
    assert archived.after == {"archived": True}
    assert [queries.every(shop), [line.key for line in queries.every(shop, archived=True)]] == [[], [key]]


def test_nobody_can_take_it_back(shop):
    make(shop)
    with pytest.raises(ProgrammingError), transaction.atomic():
        SegmentChange.objects.update(actor="nobody")


def test_a_name_in_programs_is_made_of_the_name_and_stays(shop):
    assert make(shop, "Tea lovers") == "tea-lovers"
    assert make(shop, "Tea lovers!") == "tea-lovers-2"
    with pytest.raises(ChangeRefused, match="key_taken"):
        make(shop, key="tea-lovers")
    with pytest.raises(Refused, match="key: key_not_possible"):
        make(shop, key="Tea Lovers")


GIVEN = {
    "orders": [{"about": "orders", "is": "at_least", "values": ["5"]}],
    "orders-recency": [
        {"about": "orders", "is": "at_least", "values": ["3"]},
        {"about": "recency", "is": "over", "values": ["60"]},
    ],
    "rfm-champions-loyal": [{"about": "rfm", "is": "is", "values": ["champions", "loyal"]}],
    "rfm-not-new": [{"about": "rfm", "is": "is_not", "values": ["new"]}],
    "product": [{"about": "product", "is": "did", "values": ["烏龍茶"]}],
}


@pytest.mark.parametrize(("key", "conditions"), GIVEN.items())
@pytest.mark.parametrize("name", ["快要流失的熟客", "熟客 2026", "★"])
def test_a_name_without_latin_letters_is_called_in_programs_by_what_it_asks(shop, key, conditions, name):
    def made():
        return actions.make(shop, name, {"groups": [{"conditions": conditions}]}, "staff:mei", uuid4())

    assert [made(), made()] == [key, f"{key}-2"]


def test_a_form_that_is_sent_twice_acts_once(shop):
    number = uuid4()
    actions.make(shop, "Regulars", ONE, "staff:mei", number)
    with pytest.raises(ChangeRefused, match="done_already"):
        actions.make(shop, "Regulars", ONE, "staff:mei", number)
    assert Segment.objects.count() == 1


def test_what_somebody_else_saved_meanwhile_is_not_overwritten(shop):
    key = make(shop)
    actions.change(shop, key, 1, "Theirs", ONE, "staff:lin", uuid4(), tells=False)
    with pytest.raises(ChangeRefused, match="changed_meanwhile"):
        actions.change(shop, key, 1, "Mine", ONE, "staff:mei", uuid4(), tells=False)
    assert queries.get(shop.id, key).name == "Theirs"


def test_what_is_archived_comes_back_as_it_was(shop):
    key = make(shop, tells=True)
    actions.archive(shop, key, "staff:mei", uuid4())
    with pytest.raises(ChangeRefused, match="archived_already"):
        actions.change(shop, key, 2, "x", ONE, "staff:mei", uuid4(), tells=False)
    assert queries.told(shop.id) == frozenset()
    actions.bring_back(shop, key, "staff:mei", uuid4())
    assert queries.told(shop.id) == {key}
    with pytest.raises(ChangeRefused, match="segment_unknown"):
        actions.bring_back(shop, key, "staff:mei", uuid4())


def test_there_is_an_end_to_them(shop, monkeypatch):
    monkeypatch.setattr(actions, "SEGMENTS_MOST", 1)
    make(shop)
    with pytest.raises(ChangeRefused, match="too_many"):
        make(shop, "One more")
    actions.archive(shop, "regulars", "staff:mei", uuid4())
    make(shop, "One more")
    with pytest.raises(ChangeRefused, match="too_many"):
        actions.bring_back(shop, "regulars", "staff:mei", uuid4())
    assert queries.get(shop.id, "regulars").archived_at


def test_saving_what_is_there_already_changes_nothing(shop):
    key = make(shop)
    actions.change(shop, key, 1, "Regulars", ONE, "staff:mei", uuid4(), tells=False)
    assert queries.get(shop.id, key).edition == 1
    assert SegmentChange.objects.count() == 1
