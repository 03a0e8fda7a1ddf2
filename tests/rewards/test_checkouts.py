"""Holding, capturing, releasing, voiding: points, stock, codes and copies go together, or nothing does."""

import itertools
from uuid import uuid4

import pytest

from regulars.ledger import load
from regulars.ledger.connect import raw
from regulars.members.models import Member
from regulars.rewards import spelling, supplies
from regulars.rewards.actions import batches
from regulars.rewards.actions.batches import Wanted
from regulars.rewards.counter import Item
from tests.ledger.shop import member
from tests.rewards.counter import (
    MINUTE,
    NOW,
    PROGRAMS,
    balance,
    capture,
    cart,
    code,
    copies,
    everything,
    gone,
    hold,
    is_exact,
    joins,
    redeem,
    refusal,
    release,
    reward,
    void,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def lin() -> None:
    joins("lin", 25)


def coupon_code(**changes: object) -> str:
    number = batches.begin_batch(1, Wanted(**{"coupon": "first", "quantity": 1, **changes}), "mei", NOW)  # type: ignore[arg-type]
    return next(itertools.chain(*batches.make_codes(1, number)))


def test_a_hold_is_captured(lin: None):
    held = hold(reward("cup"), order_key="web/A-1")
    assert (held.state, balance(), gone("stock:cup"), copies()) == ("held", (15, 10), (0, 1), [])
    done = capture(held)
    assert (done.state, done.order_key, balance(), gone("stock:cup")) == ("captured", "web/A-1", (15, 0), (1, 0))
    assert copies() == [("cup", "used")]
    assert is_exact()


def test_a_hold_is_released(lin: None):
    held = hold(reward("cup"))
    assert release(held).state == "released"
    assert (balance(), gone("stock:cup"), copies()) == ((25, 0), (0, 0), [])
    assert is_exact()


def test_a_hold_whose_time_is_over_reserves_nothing(lin: None):
    joins("wang", 200)
    held = hold(*[reward("cup", str(n)) for n in range(2)])
    later = NOW + 10 * MINUTE
    full = [reward("cup", str(n)) for n in range(10)]
    assert refusal(hold, *full, who="wang") in ("out_of_stock",)
    assert len(hold(*full, who="wang", now=later).parts) == 10
    assert refusal(capture, held, later) == "checkout_lapsed"
    assert refusal(release, held, later) == "checkout_lapsed"
    assert refusal(void, held, later) == "checkout_lapsed"


@pytest.mark.parametrize(
    ("first", "then", "code"),
    [
        (capture, capture, "checkout_captured"),
        (capture, release, "checkout_captured"),
        (release, capture, "checkout_released"),
        (release, release, "checkout_released"),
        (release, void, "checkout_released"),
    ],
)
def test_a_checkout_ends_once(lin: None, first, then, code: str):
    held = hold(reward("cup"))
    first(held)
    assert refusal(then, held, NOW + 1) == code


def test_a_void_gives_everything_back_once(lin: None):
    done = redeem(reward("cup"), order_key="web/A-1")
    assert (done.state, balance(), gone("stock:cup"), copies()) == ("captured", (15, 0), (1, 0), [("cup", "used")])
    assert void(done, NOW + MINUTE).state == "voided"
    assert (balance(), gone("stock:cup"), copies()) == ((25, 0), (0, 0), [("cup", "cancelled")])
    assert refusal(void, done, NOW + 2 * MINUTE) == "checkout_voided"
    assert is_exact()


def test_a_void_of_what_is_still_held_releases_it(lin: None):
    assert void(hold(reward("cup"))).state == "released"
    assert balance() == (25, 0)


def test_several_things_are_held_or_none(lin: None):
    assert (
        refusal(hold, reward("cup"), reward("cake", "2"), reward("cup", "3"), reward("cake", "4"))
        == "not_enough_points"
    )
    held = hold(reward("cup"), reward("cake", "2"), reward("cup", "3"))
    assert [part.id for part in held.parts] == ["1", "2", "3"]
    assert balance() == (1, 24)


def test_a_one_time_code_is_used_once(lin: None):
    joins("wang")
    text = coupon_code()
    held = hold(code(text))
    assert refusal(redeem, code(text), who="wang") == "code_held"
    capture(held)
    assert refusal(redeem, code(text), who="wang") == "code_used"
    void(held, NOW + 1)
    assert redeem(code(text), who="wang", now=NOW + 2).state == "captured"


def test_a_code_laid_twice_is_laid_once(lin: None):
    text = coupon_code()
    assert refusal(redeem, code(text), code(text.lower(), "2")) == "code_used"


def test_a_coupon_applies_once_to_an_order(lin: None):
    assert refusal(redeem, *[code("SPRING10", str(n)) for n in range(3)]) == "not_together"
    assert refusal(redeem, code(coupon_code()), code(coupon_code(), "2")) == "not_together"
    assert refusal(redeem, code("SPRING10"), code("SPRING10", "2"), who="") == "not_together"
    done = redeem(code("SPRING10"), code(coupon_code(), "2"))
    assert [part.minor for part in done.parts] == [1000, 500]


def test_a_used_up_code_does_not_keep_another_of_its_coupon_from_applying(lin: None):
    from regulars.rewards.actions import checkouts
    from tests.rewards.counter import asked

    first, second = coupon_code(), coupon_code()
    redeem(code(first))
    quoted, refused = checkouts.quote(PROGRAMS, asked(code(first), code(second, "2")), NOW)
    assert [one.id for one in quoted.applied] == ["2"]
    assert [(one.code, one.about) for one in refused] == [("code_used", "1")]


def test_a_coupon_may_be_used_so_often_in_a_month(lin: None):
    for _ in range(3):
        redeem(code("spring-10"))
    assert refusal(redeem, code("SPRING10")) == "uses_reached"
    april = NOW + 31 * 24 * 60 * MINUTE
    assert redeem(code("SPRING10"), now=april).state == "captured"


def test_guests_use_coupons_and_no_rewards(lin: None):
    assert redeem(code("SPRING10"), who="").state == "captured"


def test_stock_that_was_added_counts(lin: None):
    joins("wang", 200)
    supplies.add(raw(), 1, "stock:cup", 1)
    assert len(redeem(*[reward("cup", str(n)) for n in range(11)], who="wang").parts) == 11
    assert refusal(redeem, reward("cup")) == "out_of_stock"


REFUSED = [
    (reward("nothing"), "reward_unknown"),
    (code("!"), "code_mistyped"),
    (code("TEA-0000-0000-01"), "code_mistyped"),
    (code(spelling.spelled("TEA", 4711, 10)), "code_unknown"),
    (Item("1", issued_id=uuid4()), "issued_unknown"),
    (Item("1", wallet="points", points=26), "not_enough_points"),
]


@pytest.mark.parametrize(("item", "said"), REFUSED)
def test_what_is_refused_changes_nothing(lin: None, item: Item, said: str):
    assert refusal(hold, item) == said
    assert refusal(redeem, item) == said


def test_carts_that_are_none(lin: None):
    assert refusal(hold, reward("cup"), cart=cart(-5)) == "cart_negative"
    assert refusal(hold) == "nothing_laid"
    assert refusal(hold, reward("cup"), minutes=0) == "hold_length"
    assert refusal(hold, reward("cup"), minutes=24 * 60 + 1) == "hold_length"
    assert refusal(hold, reward("cup"), who="nobody") == "member_unknown"


def test_a_quote_keeps_nothing(lin: None):
    from regulars.rewards.actions import checkouts
    from tests.rewards.counter import asked

    before = everything()
    quoted, refused = checkouts.quote(PROGRAMS, asked(reward("cup"), code("!", "2")), NOW)
    assert [one.id for one in quoted.applied] == ["1"]
    assert [(one.code, one.about) for one in refused] == [("code_mistyped", "2")]
    assert everything() == before


def test_a_friends_code_tells_who_brought_whom(lin: None):
    """The same person under two names brings nobody; a guest may use the code, and nobody was brought."""
    joins("wang")
    joins("mei")
    Member.objects.filter(id__in=(member("wang"), member("mei"))).update(email="wang@example.org")
    text = batches.personal_code(1, "friend", "ME", member("wang"), NOW, gives=True)
    assert refusal(redeem, code(text), who="wang") == "own_code"
    assert refusal(redeem, code(text), who="mei") == "own_code"
    capture(hold(code(text)))
    account = load.accounts(raw(), 1, {member("lin"): False})[member("lin")].account
    assert account.brought is not None
    assert account.brought.by == str(member("wang"))
    assert redeem(code(text), now=NOW + 1).state == "captured", "for whom it was brought already it is a coupon as any"
    assert redeem(code(text), who="", now=NOW + 2).state == "captured"
    Member.objects.filter(id=member("wang")).delete()
    assert refusal(redeem, code(text), now=NOW + 3) == "code_cancelled"
    assert is_exact()
