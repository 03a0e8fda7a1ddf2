"""Numbers of the shop become members: many at once, each once, whoever comes first."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from regulars.members.actions import Newcomer, register, resolve
from regulars.members.models import Member

BATCH = 5_000


@pytest.mark.django_db
def test_a_number_always_leads_to_the_same_member() -> None:
    first = resolve(7, ["A-1", "A-2", "A-1"])
    assert first.keys() == {"A-1", "A-2"}
    assert resolve(7, ["A-2", "A-3"])["A-2"] == first["A-2"]
    assert Member.objects.filter(program_id=7).count() == 3


@pytest.mark.django_db
def test_another_program_knows_other_members() -> None:
    assert resolve(7, ["A-1"]) != resolve(8, ["A-1"])


@pytest.mark.django_db
def test_no_number_is_nobody() -> None:
    assert resolve(7, ["", ""]) == {}
    assert not Member.objects.exists()


@pytest.mark.django_db
def test_numbers_are_taken_as_they_are() -> None:
    odd = ["a-1", "A-1", "会员/１", "%_\\'", " 7 "]
    assert resolve(7, odd).keys() == set(odd)


@pytest.mark.django_db
def test_register_leaves_those_already_known_alone() -> None:
    known = resolve(7, ["A-1"])
    new = register(7, [Newcomer("A-1", name="Other"), Newcomer("A-2", name="Mei Chen", card="9001")], made=True)
    assert new.keys() == {"A-2"}
    assert Member.objects.get(id=known["A-1"]).name == ""
    assert Member.objects.values_list("name", "card", "made").get(id=new["A-2"]) == ("Mei Chen", "9001", True)


@pytest.mark.django_db(transaction=True)
def test_many_transactions_at_once_agree() -> None:
    numbers = [f"A-{number}" for number in range(500)]

    def one(turn: int) -> dict[str, object]:
        try:
            return dict(resolve(7, numbers[:: -1 if turn % 2 else 1]))
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(one, range(16)))
    assert all(answer == answers[0] for answer in answers)
    assert Member.objects.count() == len(numbers)


@pytest.mark.django_db
def test_a_batch_asks_the_same_few_times_whatever_its_size(django_assert_max_num_queries) -> None:
    numbers = [f"A-{number}" for number in range(BATCH)]
    with django_assert_max_num_queries(4):  # known, missing, and a savepoint around them
        assert len(resolve(7, numbers)) == BATCH
    with django_assert_max_num_queries(3):
        assert len(resolve(7, numbers)) == BATCH
