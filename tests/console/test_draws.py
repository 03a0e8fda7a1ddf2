"""Lucky draws in the console: the chances, opening a ticket, what was won, and the proof."""

import re
from uuid import UUID

import pytest
from django.test import Client

from regulars.engine.calendar import DAY
from regulars.programs.models import Program
from regulars.programs.queries import Published, now
from regulars.rewards.actions import drawing, owning
from tests.console.conftest import signed_in
from tests.console.pages import text
from tests.rewarded import richest
from tests.rewards.counter import everything
from tests.rewards.guesses import forget_guesses
from tests.teahouse import DRAWING, open_teahouse

SHOP = "/programs/tea-house"
WHEEL = f"{SHOP}/rewards/of/wheel"
QUERIES = 15
SAMPLER = 324


@pytest.fixture
def shop(db: None) -> Published:
    forget_guesses()
    return open_teahouse(16, DRAWING)


def ticket(shop: Published, place: int = 0) -> UUID:
    found = owning.claim(shop.programs, richest(shop, 3)[place], "wheel", now(shop)).parts[0].issued_id
    assert found is not None
    return found


def drawn(shop: Published, seed: int, place: int = 0) -> UUID:
    number = ticket(shop, place)
    drawing.draw(shop.programs, number, now(shop), actor="staff:mei", fresh=lambda: seed.to_bytes(32))
    return number


def shown(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return text(answer.content)


def test_chances_stand_on_the_rewards_page(owner: Client, shop: Published) -> None:
    said = shown(owner, WHEEL)
    for words in (
        "Prizes and chances",
        "A tea pot",
        "1 in 100",
        "200 points",
        "1 in 4",
        "1 in 200",
        "No prize",
        "23.5",
    ):
        assert words in said, words
    assert "On average a draw gives NT$5.08" in said
    assert "Nobody has drawn yet" in said


def test_a_ticket_is_drawn_by_whoever_redeems(owner: Client, shop: Published) -> None:
    number = ticket(shop)
    address = f"{SHOP}/rewards/issued/{number}"
    assert "Not drawn yet" in shown(owner, address)
    manager = signed_in("program_manager")
    assert "Draw</button>" not in manager.get(address).content.decode()
    before = everything()
    assert manager.post(f"{address}/draw").status_code == 403
    assert owner.get(f"{address}/draw").status_code == 405
    assert everything() == before
    done = text(owner.post(f"{address}/draw", follow=True).content)
    assert "Drawn" in done
    assert "2026-03-05/1" in done
    assert "The seed is told an hour after the day is over" in done
    assert "2026-03-05/1" in shown(owner, WHEEL)
    assert owner.post(f"{SHOP}/rewards/issued/{richest(shop, 1)[0]}/draw").status_code == 404


def test_the_proof_is_told_when_the_day_is_over(owner: Client, shop: Published) -> None:
    number = drawn(shop, 1)
    address = f"{SHOP}/rewards/issued/{number}"
    assert "secret until the day is over" in shown(owner, f"{SHOP}/rewards/draws")
    assert "0" * 63 + "1" not in owner.get(address).content.decode()
    Program.objects.filter(id=shop.id).update(clock_offset_us=shop.clock_offset_us + 2 * DAY)
    assert "0" * 63 + "1" in shown(owner, address)
    assert "0" * 63 + "1" in shown(owner, f"{SHOP}/rewards/draws")


def test_what_was_won_says_by_which_draw(owner: Client, shop: Published) -> None:
    """With this seed the first draw of the day is the tea sampler."""
    number = drawn(shop, SAMPLER)
    said = owner.get(f"{SHOP}/rewards/issued/{number}").content.decode()
    [copy] = {found for found in re.findall(r"rewards/issued/([0-9a-f-]{36})\"", said) if found != str(number)}
    assert "Won by 2026-03-05/1" in shown(owner, f"{SHOP}/rewards/issued/{copy}")


def test_a_list_of_draws_with_names_for_those_who_may_see_them(
    owner: Client, cashier: Client, shop: Published, django_assert_max_num_queries
) -> None:
    for seed in range(3):
        drawn(shop, seed, seed)
    for client in (owner, cashier):
        said = shown(client, f"{SHOP}/rewards/draws")
        assert said.count("Lucky wheel") == 3
    with django_assert_max_num_queries(QUERIES):
        owner.get(f"{SHOP}/rewards/draws")
    assert shown(owner, f"{SHOP}/rewards/draws?after=nothing") == shown(owner, f"{SHOP}/rewards/draws")


def test_the_members_page_says_what_they_drew(owner: Client, shop: Published) -> None:
    mine, theirs = richest(shop, 2)
    drawn(shop, SAMPLER)
    said = shown(owner, f"{SHOP}/members/{mine}/rewards")
    assert "Lucky draws" in said
    assert "2026-03-05/1" in said
    assert "Lucky draws" not in shown(owner, f"{SHOP}/members/{theirs}/rewards")


def test_a_house_without_draws_says_so(owner: Client, teahouse: Published) -> None:
    said = shown(owner, f"{SHOP}/rewards/draws")
    assert "Nobody has drawn yet" in said
    assert "they come with the first reward that is a draw" in said


@pytest.mark.parametrize(("language", "words"), [("zh-hant", "獎品與機率"), ("zh-hans", "奖品与概率")])
def test_pages_are_translated(owner: Client, shop: Published, language: str, words: str) -> None:
    owner.cookies["django_language"] = language
    assert words in shown(owner, WHEEL)
