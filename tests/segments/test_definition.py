"""What cannot be a segment is refused at its place; what people write never becomes part of a statement."""

import pytest

from regulars.segments import queries
from regulars.segments.definition import CODES, CONDITIONS_MOST, Ground, Refused, read, written
from tests.segments.shop import NOW, open_shop

KNOWN = Ground("TWD", ("member", "silver"), ("points", "stars"), {"skin": ("dry", "oily")}, growth_in_money=True)
ORDERS = {"about": "orders", "is": "at_least", "values": ["2"]}


def one(**condition):
    return {"groups": [{"conditions": [ORDERS, condition]}]}


def fault(tree):
    with pytest.raises(Refused) as no:
        read(tree, KNOWN)
    assert {one.code for one in no.value.faults} <= set(CODES)
    first = no.value.faults[0]
    return first.path.removeprefix("groups[0].conditions[1]."), first.code, first.allowed


@pytest.mark.parametrize(
    ("condition", "path", "code", "allowed"),
    [
        ({"about": "shoe_size", "is": "is"}, "about", "condition_unknown", None),
        ({"about": "joined", "is": "is", "values": ["3"]}, "is", "one_of", ("within", "over")),
        ({"about": "joined", "is": "within"}, "values", "condition_without_value", ()),
        ({"about": "joined", "is": "within", "values": ["3651"]}, "values", "days_not_possible", ("1", "3650")),
        ({"about": "joined", "is": "within", "values": ["3", "4"]}, "values", "too_many", ("1",)),
        ({"about": "joined", "is": "within", "values": ["3"], "days": "4"}, "days", "word_not_needed", ()),
        ({**ORDERS, "days": "0"}, "days", "days_not_possible", ("1", "3650")),
        ({**ORDERS, "values": ["-1"]}, "values", "number_not_possible", ("0", "1000000000000")),
        ({**ORDERS, "values": ["٣"]}, "values", "number_not_possible", ("0", "1000000000000")),
        ({**ORDERS, "of": "stars"}, "of", "word_not_needed", ()),
        ({"about": "spend", "is": "at_most", "values": ["1.234"]}, "values", "number_not_possible", None),
        ({"about": "balance", "of": "gems", "is": "at_most", "values": ["1"]}, "of", "one_of", ("points", "stars")),
        ({"about": "attribute", "of": "skin", "is": "is", "values": ["fine"]}, "values", "one_of", ("dry", "oily")),
        ({"about": "tier", "is": "is", "values": ["gold"]}, "values", "one_of", ("member", "silver", "-")),
        ({"about": "product", "is": "did", "values": ["x" * 201]}, "values", "word_too_long", ("200",)),
        ({"about": "product", "is": "did", "values": ["a\0b"]}, "values", "word_too_long", ("200",)),
        ({"about": "product", "is": "did", "values": ["x"] * 51}, "values", "too_many", ("50",)),
        ({"about": "returned", "is": "did", "values": ["yes"]}, "values", "word_not_needed", ()),
    ],
)
def test_each_fault_is_told_with_its_place_and_what_is_possible(condition, path, code, allowed):
    told = fault(one(**condition))
    assert told[:2] == (path, code)
    assert allowed is None or told[2] == allowed


@pytest.mark.parametrize(
    ("tree", "path", "code"),
    [
        ({"groups": []}, "groups", "group_of_nothing"),
        ({"groups": [{"conditions": []}]}, "groups[0].conditions", "group_of_nothing"),
        ({"groups": [{"conditions": [ORDERS]}] * 6}, "groups", "too_many"),
        ({"groups": [{"conditions": [ORDERS] * (CONDITIONS_MOST + 1)}]}, "groups", "too_many"),
        ({"match": "none", "groups": [{"conditions": [ORDERS]}]}, "match", "one_of"),
        ({"groups": [{"match": "some", "conditions": [ORDERS]}]}, "groups[0].match", "one_of"),
        ({"groups": [{"conditions": [{**ORDERS, "sql": "1=1"}]}]}, "", "not_a_segment"),
        ({"groups": [{"conditions": [{"groups": []}]}]}, "", "not_a_segment"),
        ("everybody", "", "not_a_segment"),
    ],
)
def test_so_is_the_whole(tree, path, code):
    assert fault(tree)[:2] == (path, code)


def test_what_is_kept_reads_as_it_was():
    tree = one(about="attribute", of="skin", values=["dry"], **{"is": "is"})
    assert written(read(tree, KNOWN)) == tree


@pytest.mark.django_db
def test_words_of_people_are_values():
    """Nobody is in it who did not buy something that is called so; and the statement stays one."""
    published, names = open_shop()
    for word in ("' OR TRUE --", "%(now)s", "%s", "{program}", "\\", "茶%'", "1; DROP TABLE segments_trait"):
        for about in ("product", "joined_by", "country", "plan", "activity"):
            hows = {"joined_by": "is", "country": "is", "plan": "is"}
            tree = {"groups": [{"conditions": [{"about": about, "is": hows.get(about, "did"), "values": [word]}]}]}
            assert queries.members_of(published, read(tree, KNOWN), NOW) == []
    assert len(names) == 5
