"""Rewards that members own: bought, given, used by their code, sent, cancelled, and what is written about it."""

import psycopg
import pytest
from django.conf import settings
from django.db import connection, transaction

from regulars.engine.facts import Closing
from regulars.engine.grammar import read
from regulars.engine.program import Programs
from regulars.rewards.actions import batches, checkouts, owning
from regulars.rewards.actions.batches import Wanted
from regulars.rewards.counter import Item
from regulars.rewards.parts import Kept
from regulars.rewards.queries import codes_page, history, issued, issued_to
from tests.ledger.shop import member
from tests.rewards.counter import (
    MINUTE,
    NOW,
    PROGRAMS,
    SHOP,
    asked,
    balance,
    capture,
    code,
    copies,
    gone,
    hold,
    is_exact,
    joins,
    put,
    redeem,
    refusal,
    release,
    void,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def lin() -> None:
    joins("lin", 25)


def claim(name: str = "cup", who: str = "lin", now: int = NOW) -> Kept:
    return owning.claim(PROGRAMS, member(who), name, now, actor="till-1", place="Dihua Street")


def told(kept: Kept) -> list[str]:
    return [line.what for line in history(1, kept.parts[0].issued_id)]


def text_of(kept: Kept) -> str:
    return issued(1, kept.parts[0].issued_id, NOW).code


def test_a_reward_is_bought_and_used_later_by_its_code(lin: None):
    bought = claim()
    assert (balance(), gone("stock:cup"), copies()) == ((15, 0), (1, 0), [("cup", "issued")])
    held = hold(code(text_of(bought)))
    assert issued(1, bought.parts[0].issued_id, NOW).state == "held"
    assert refusal(redeem, code(text_of(bought))) == "code_held"
    capture(held)
    assert refusal(redeem, code(text_of(bought))) == "code_used"
    assert (balance(), gone("stock:cup"), copies()) == ((15, 0), (1, 0), [("cup", "used")])
    assert told(bought) == ["issued", "held", "used"]
    assert is_exact()


def test_who_did_what_where_is_kept(lin: None):
    bought = claim()
    [line] = history(1, bought.parts[0].issued_id)
    assert (line.actor, line.place, line.checkout_id) == ("till-1", "Dihua Street", bought.id)


def test_what_was_held_can_be_used_again_when_it_is_released_or_lapses(lin: None):
    bought = claim()
    item = Item("1", issued_id=bought.parts[0].issued_id)
    release(hold(item))
    hold(item, now=NOW + MINUTE)
    later = NOW + 20 * MINUTE
    assert issued(1, bought.parts[0].issued_id, later).state == "issued"
    assert redeem(item, now=later).state == "captured"
    assert told(bought) == ["issued", "held", "released", "held", "held", "used"]


def test_others_cannot_use_it(lin: None):
    joins("wang")
    bought = claim()
    assert refusal(redeem, code(text_of(bought)), who="wang") == "code_of_other_member"
    assert refusal(redeem, code(text_of(bought)), who="") == "code_of_other_member"
    assert refusal(redeem, Item("1", issued_id=bought.parts[0].issued_id), who="wang") == "issued_unknown"


def test_a_purchase_can_be_voided_until_it_is_used(lin: None):
    bought = claim()
    used = redeem(code(text_of(bought)))
    assert refusal(void, bought, NOW + 1) == "code_used"
    void(used, NOW + 2)
    assert copies() == [("cup", "issued")]
    held = hold(code(text_of(bought)), now=NOW + 3)
    assert refusal(void, bought, NOW + 4) == "code_held"
    release(held, NOW + 5)
    void(bought, NOW + 6)
    assert (balance(), gone("stock:cup"), copies()) == ((25, 0), (0, 0), [("cup", "cancelled")])
    assert refusal(redeem, code(text_of(bought)), now=NOW + 7) == "code_cancelled"
    assert is_exact()


def test_not_enough_points_or_pieces(lin: None):
    joins("rich", 200)
    for place in range(10):
        claim(who="rich", now=NOW + place)
    assert refusal(claim, who="rich", now=NOW + 11) == "out_of_stock"
    assert refusal(claim, "cake", who="nobody") == "member_unknown"
    assert refusal(claim, "nothing") == "reward_unknown"
    joins("poor", 3)
    assert refusal(claim, "cake", who="poor") == "not_enough_points"


def test_a_gift_is_given_once_for_its_cause(lin: None):
    def give(cause: str) -> object:
        return owning.give(PROGRAMS, member("lin"), "cake", cause, NOW, actor="rules", reason="tenth-order")

    first = give("order:web/A-10")
    assert give("order:web/A-10") == first != give("order:web/A-20")
    assert (copies(), balance()) == ([("cake", "issued"), ("cake", "issued")], (25, 0))
    assert [line.reason for line in history(1, first)] == ["tenth-order"]
    assert redeem(Item("1", issued_id=first)).state == "captured"


def test_a_cause_gives_no_other_reward_and_nobody_else_one(lin: None):
    joins("wang")
    given = owning.give(PROGRAMS, member("lin"), "cup", "c", NOW, actor="rules")
    assert refusal(owning.give, PROGRAMS, member("lin"), "cake", "c", NOW, actor="rules") == "cause_reused"
    assert refusal(owning.give, PROGRAMS, member("wang"), "cup", "c", NOW, actor="rules") == "cause_reused"
    assert owning.give(PROGRAMS, member("lin"), "cup", "c", NOW, actor="rules") == given
    assert (copies(), copies("wang"), gone("stock:cup")) == ([("cup", "issued")], [], (1, 0))


def test_whoever_left_for_good_gets_and_uses_nothing(lin: None):
    bought, later = claim("cake"), NOW + 2 * MINUTE
    text = text_of(bought)
    put("lin", Closing("closing", NOW + MINUTE, "erasure", "tests"))
    assert refusal(owning.give, PROGRAMS, member("lin"), "cup", "c", later, actor="rules") == "account_closed"
    assert refusal(claim, now=later) == "account_closed"
    for laid in (Item("1", issued_id=bought.parts[0].issued_id), code(text), code("SPRING10")):
        assert refusal(redeem, laid, now=later) == "account_closed"
        assert refusal(hold, laid, now=later) == "account_closed"
    assert refusal(redeem, code(text), who="", now=later) == "code_of_other_member"
    assert copies() == [("cake", "issued")]
    assert is_exact()


def ten(takes: str, **more: str) -> dict[str, object]:
    """A shop with one reward, of so much money."""
    return SHOP | {"rewards": [{"reward": "ten", "costs": "1 point", "gives": {"discount": takes}, **more}]}


def bought_ten(programs: Programs, times: int) -> list[Item]:
    """So many copies of it, each to be laid on a counter."""
    found = [owning.claim(programs, member("lin"), "ten", NOW + place) for place in range(times)]
    return [Item(str(place), issued_id=kept.parts[0].issued_id) for place, kept in enumerate(found)]


def test_copies_that_are_used_are_charged_to_the_budget_of_their_reward(lin: None):
    programs = Programs(1, [read(ten("10 TWD", budget="25 TWD"))])
    first, second, third, fourth = bought_ten(programs, 4)
    assert gone("budget:ten") == (0, 0), "what a copy is worth is known at the cart"
    done = checkouts.redeem(programs, asked(first), NOW + MINUTE)
    held = checkouts.hold(programs, asked(second), NOW + 20 * MINUTE, NOW + MINUTE)
    assert gone("budget:ten") == (1000, 1000)
    assert refusal(checkouts.redeem, programs, asked(third), NOW + MINUTE) == "budget_gone"
    release(held, NOW + MINUTE)
    assert refusal(checkouts.redeem, programs, asked(third, fourth), NOW + MINUTE) == "budget_gone"
    checkouts.redeem(programs, asked(third), NOW + MINUTE)
    void(done, NOW + MINUTE)
    assert gone("budget:ten") == (1000, 0)


def test_a_gift_that_is_used_is_charged_to_the_budget_of_its_reward(lin: None):
    programs = Programs(1, [read(ten("10 TWD", budget="15 TWD", stock="5"))])
    gifts = [owning.give(programs, member("lin"), "ten", cause, NOW, actor="rules") for cause in "ab"]
    assert gone("stock:ten") == (2, 0)
    checkouts.redeem(programs, asked(Item("1", issued_id=gifts[0])), NOW + MINUTE)
    assert (gone("budget:ten"), gone("stock:ten")) == ((1000, 0), (2, 0))
    assert refusal(checkouts.redeem, programs, asked(Item("1", issued_id=gifts[1])), NOW + MINUTE) == "budget_gone"


def test_a_copy_is_worth_what_it_was_when_it_was_issued(lin: None):
    before = read(ten("10 TWD"), 1, 0)
    first, second = bought_ten(Programs(1, [before]), 2)
    dearer = read(ten("60 TWD"), 2, NOW + MINUTE)
    without = read(SHOP | {"rewards": []}, 3, NOW + 10 * MINUTE)
    programs = Programs(1, [before, dearer, without])
    for laid, now in ((first, NOW + 2 * MINUTE), (second, NOW + 20 * MINUTE)):
        done = checkouts.redeem(programs, asked(laid), now)
        assert [part.minor for part in done.parts] == [1000]


def test_a_budget_that_was_raised_pays_for_copies_of_before(lin: None):
    before = read(ten("10 TWD", budget="15 TWD"), 1, 0)
    first, second = bought_ten(Programs(1, [before]), 2)
    programs = Programs(1, [before, read(ten("60 TWD", budget="20 TWD"), 2, NOW + 2 * MINUTE)])
    checkouts.redeem(programs, asked(first), NOW + MINUTE)
    assert refusal(checkouts.redeem, programs, asked(second), NOW + MINUTE) == "budget_gone"
    checkouts.redeem(programs, asked(second), NOW + 2 * MINUTE)
    assert gone("budget:ten") == (2000, 0)


def test_a_gift_is_cancelled_while_nobody_uses_it(lin: None):
    given = owning.give(PROGRAMS, member("lin"), "cup", "c", NOW, actor="rules")

    def cancel() -> None:
        owning.cancel(PROGRAMS, given, NOW, actor="mei", reason="mistake")

    held = hold(Item("1", issued_id=given))
    assert refusal(cancel) == "code_held"
    release(held)
    cancel()
    assert (copies(), gone("stock:cup")) == ([("cup", "cancelled")], (0, 0))
    assert refusal(cancel) == "code_cancelled"
    assert refusal(owning.cancel, PROGRAMS, member("lin"), NOW, actor="mei") == "issued_unknown"


def test_goods_are_ordered_shipped_delivered_in_this_order(lin: None):
    bought = claim()
    number = bought.parts[0].issued_id

    def fulfil(step: str) -> None:
        owning.fulfil(1, number, step, NOW, actor="mei", note="RR123456785TW")

    assert refusal(fulfil, "shipped") == "fulfilment_order"
    fulfil("ordered")
    assert refusal(fulfil, "ordered") == "fulfilment_order"
    fulfil("shipped")
    assert refusal(void, bought, NOW + 1) == "already_shipped"
    fulfil("delivered")
    assert issued(1, number, NOW).fulfilment == "delivered"
    assert told(bought) == ["issued", "ordered", "shipped", "delivered"]
    assert refusal(owning.fulfil, 1, member("lin"), "ordered", NOW, actor="mei") == "issued_unknown"


def test_partners_codes_are_handed_out_until_the_pool_is_empty(lin: None):
    pool = batches.begin_batch(1, Wanted(reward="cake"), "mei", NOW)
    batches.import_codes(1, pool, ["KINO-1", "KINO-2"])
    texts = [text_of(claim("cake", now=NOW + place)) for place in range(2)]
    assert texts == ["KINO-1", "KINO-2"]
    assert refusal(claim, "cake", now=NOW + 5) == "pool_empty"
    assert redeem(code("kino-2"), now=NOW + 6).state == "captured"


def test_however_the_database_plans_it_one_code_leaves_the_pool(lin: None):
    pool = batches.begin_batch(1, Wanted(reward="cake"), "mei", NOW)
    batches.import_codes(1, pool, ["KINO-1"])
    # What believes in one code would look for the free one anew for each code that there is.
    with psycopg.connect(settings.DATABASE_OWNER_URL, autocommit=True) as owner:
        owner.execute("ANALYZE rewards_code")
    batches.import_codes(1, pool, ["KINO-2", "KINO-3"])
    with transaction.atomic(), connection.cursor() as cursor:
        for way in ("hashjoin", "mergejoin", "material", "bitmapscan", "indexscan"):
            cursor.execute(f"SET LOCAL enable_{way} = off")
        claim("cake")
    assert [text for _number, text in codes_page(1, pool, 0, None, are_free=True)] == ["KINO-2", "KINO-3"]


def test_what_a_member_owns_newest_first(lin: None):
    claim("cake")
    claim("cup", now=NOW + MINUTE)
    lines = issued_to(1, [member("lin")], NOW + 2 * MINUTE)
    assert [line.reward for line in lines] == ["cup", "cake"]
    assert [line.reward for line in issued_to(1, [member("lin")], NOW, before=NOW + MINUTE)] == ["cake"]
    assert len({line.code for line in lines}) == 2
    assert issued(1, member("lin"), NOW) is None


def test_a_reward_that_needs_approval_is_captured_by_somebody_who_may(lin: None, monkeypatch: pytest.MonkeyPatch):
    from msgspec.structs import replace

    from regulars.rewards import offers

    asks = offers.reward
    monkeypatch.setattr(offers, "reward", lambda *given: replace(asks(*given), needs_approval=True))
    assert refusal(claim) == "approval_missing"
    assert refusal(redeem, Item("1", reward="cup")) == "approval_missing"
    held = hold(Item("1", reward="cup"))
    assert refusal(capture, held) == "approval_missing"
    assert checkouts.capture(PROGRAMS, held.id, NOW, approved=True, actor="mei").state == "captured"
