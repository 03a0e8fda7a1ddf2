"""What may not be used: each with a code of its own, in three languages, and nothing is changed."""

import itertools
from collections.abc import Callable

import pytest
from django.utils.translation import override
from msgspec.structs import replace

from regulars.engine.grammar import read
from regulars.engine.program import Programs
from regulars.rewards.actions import batches, checkouts, owning
from regulars.rewards.actions.batches import Wanted
from regulars.rewards.pricing.refusals import CODES as QUOTED
from regulars.rewards.queries import issued
from regulars.rewards.refusing import CODES, Refused
from regulars.rewards.spelling import spelled
from regulars.rewards.titles import TITLES
from tests.ledger.shop import member
from tests.rewards import counter
from tests.rewards.counter import (
    MINUTE,
    NOW,
    PROGRAMS,
    SHOP,
    capture,
    cart,
    code,
    hold,
    joins,
    redeem,
    refusal,
    release,
    reward,
)

pytestmark = pytest.mark.django_db

DAY = 24 * 60 * MINUTE
CASES: dict[str, Callable[[], str]] = {}
# Why members are never told these: other requests have them.
ELSEWHERE = {
    "actor_missing", "already_claimed", "already_one", "claim_too_late", "member_unknown", "merge_not_last",
    "merge_unknown", "not_a_guest", "reason_missing",
}  # fmt: skip


def case(said: str) -> Callable[[Callable[[], str]], None]:
    def keep(happens: Callable[[], str]) -> None:
        CASES[said] = happens

    return keep


def made(**changes: object) -> str:
    number = batches.begin_batch(1, Wanted(**{"coupon": "first", "quantity": 1, **changes}), "mei", NOW)  # type: ignore[arg-type]
    return next(itertools.chain(*batches.make_codes(1, number)))


@case("code_expired")
def _expired() -> str:
    return refusal(redeem, code(made(expires_at=NOW + 1)), now=NOW + 1)


@case("code_days")
def _ends_before_it_begins() -> str:
    return refusal(made, expires_at=NOW)


@case("code_unknown")
def _foreign() -> str:
    return refusal(redeem, code(spelled("TEA", 99, 10)))


@case("code_used")
def _used() -> str:
    text = made()
    redeem(code(text))
    return refusal(redeem, code(text))


@case("code_mistyped")
def _mistyped() -> str:
    text = made()
    return refusal(redeem, code(("2" if text[0] == "1" else "1") + text[1:]))


@case("code_not_yet_valid")
def _not_yet_valid() -> str:
    return refusal(redeem, code(made(valid_from=NOW + 1)))


@case("code_cancelled")
def _cancelled() -> str:
    number = batches.begin_batch(1, Wanted(coupon="first", quantity=1), "mei", NOW)
    text = next(itertools.chain(*batches.make_codes(1, number)))
    batches.cancel_batch(1, number, NOW)
    return refusal(redeem, code(text))


@case("wrong_tier")
def _wrong_tier() -> str:
    return refusal(redeem, reward("tasting"))


@case("out_of_stock")
def _out_of_stock() -> str:
    redeem(reward("rare"))
    return refusal(redeem, reward("rare"))


@case("budget_gone")
def _budget_gone() -> str:
    redeem(code("RICH"))
    return refusal(redeem, code("RICH"))


@case("checkout_lapsed")
def _hold_timed_out() -> str:
    return refusal(capture, hold(reward("cake")), NOW + 10 * MINUTE)


@case("checkout_captured")
def _capture_twice() -> str:
    held = hold(reward("cake"))
    capture(held)
    return refusal(capture, held)


@case("checkout_released")
def _capture_after_release() -> str:
    held = hold(reward("cake"))
    release(held)
    return refusal(capture, held)


@case("code_of_other_member")
def _other_members() -> str:
    joins("wang")
    bought = owning.claim(counter.PROGRAMS, member("wang"), "cake", NOW)
    found = issued(1, bought.parts[0].issued_id, NOW)
    return refusal(redeem, code(found.code))


@case("cart_negative")
def _negative_cart() -> str:
    return refusal(redeem, reward("cake"), cart=cart(100, -5))


@case("cart_currency")
def _other_currency() -> str:
    return refusal(redeem, reward("cake"), cart=replace(cart(), currency="USD"))


@case("coupon_limit_reached")
def _once_each() -> str:
    redeem(code("ONCE"))
    return refusal(redeem, code("ONCE"))


@pytest.mark.parametrize("said", CASES)
def test_each_has_its_code_and_changes_nothing(said: str, monkeypatch: pytest.MonkeyPatch):
    more = {
        "rewards": [
            *SHOP["rewards"],
            {"reward": "tasting", "costs": "5 points", "when": {"tier": "silver"}},
            {"reward": "rare", "costs": "5 points", "stock": "1"},
        ],
        "coupons": [
            *SHOP["coupons"],
            {"coupon": "rich", "code": "RICH", "gives": {"discount": "50 TWD"}, "budget": "60 TWD"},
        ],
    }
    monkeypatch.setattr(counter, "PROGRAMS", Programs(1, [read(SHOP | more)]))
    joins("lin", 25)
    assert CASES[said]() == said


def test_every_code_is_said_in_three_languages():
    assert set(TITLES) == (set(CODES) | set(QUOTED)) - ELSEWHERE
    said = {}
    for language in ("en", "zh-hant", "zh-hans"):
        with override(language):
            said[language] = {code: str(title) for code, title in TITLES.items()}
    assert all(said["en"][code] != said["zh-hant"][code] for code in TITLES)
    assert all(said["en"][code] != said["zh-hans"][code] for code in TITLES)


def test_a_hold_is_at_most_a_day_long():
    joins("lin", 25)
    with pytest.raises(Refused, match="hold_length"):
        checkouts.hold(PROGRAMS, counter.asked(reward("cake")), NOW + DAY + 1, NOW)
