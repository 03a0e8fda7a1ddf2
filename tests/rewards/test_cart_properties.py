"""Whatever is laid with whatever cart: no line below zero or above its price, sums exact, bounds held."""

from collections.abc import Sequence

from hypothesis import assume, given
from hypothesis import strategies as st

from regulars.engine.catalogue import ALONE, ON_CARTS
from regulars.engine.facts import Line
from regulars.engine.program import Programs
from regulars.rewards.pricing import Cart, Laid, Quote, quote
from regulars.rewards.pricing.refunding import Bought, goes_back, points_back
from tests.builders import Tree, document, programs
from tests.rewards.carts import NOW, member

CATEGORIES = ["tea", "cups", "cake"]
GROUPS = ["", "", "", "season", "welcome", "gift", "alone"]
GIVES: list[Tree] = [
    {"discount": "10%"},
    {"discount": "33.33%", "at_most": "7.77 TWD"},
    {"discount": "50%", "on": {"category": "tea"}},
    {"discount": "12.34 TWD"},
    {"discount": "100 TWD", "order_at_least": "150 TWD"},
    {"discount": "9.99 TWD", "on": {"category": ["cups", "cake"]}},
    {"free_shipping": "true"},
    {"product": "sku-tea", "quantity": "2"},
    {"product_from": "cake"},
    {"buy": "2", "get": "1"},
    {"buy": "1", "get": "1", "off": "50%", "on": {"category": "tea"}},
    {"buy": "1", "get": "2", "on": {"category": "tea"}, "get_from": {"category": "cake"}},
    {"cheapest": "2", "of": "4", "off": "33.33%"},
]


@st.composite
def lines(draw: st.DrawFn) -> tuple[Line, ...]:
    names = draw(st.lists(st.sampled_from([*CATEGORIES, "shipping"]), min_size=1, max_size=5))
    return tuple(
        Line(f"{name}-{place}", f"sku-{name}", draw(st.integers(0, 6)), draw(st.integers(0, 20_000)), name,
             kind="shipping" if name == "shipping" else "goods")
        for place, name in enumerate(names)
    )  # fmt: skip


@st.composite
def shops(draw: st.DrawFn) -> tuple[Programs, list[Laid]]:
    """A program of coupons with groups and a bound, and some of them laid in some order."""
    given = draw(st.lists(st.sampled_from(GIVES), min_size=1, max_size=5))
    coupons = [
        {"coupon": f"c{place}", "code": f"CODE{place}", "gives": gives, "group": draw(st.sampled_from(GROUPS))}
        for place, gives in enumerate(given)
    ]
    stacking: Tree = {
        "groups": {"season": "highest", "welcome": "lowest", "gift": "first"},
        "at_most": draw(st.sampled_from(["", "50%", "0.01%", "20 TWD"])),
        "order": draw(st.lists(st.sampled_from(ON_CARTS), unique=True)),
    }
    tree = document(wallets={"points": {"worth": "1 TWD per 3"}}, coupons=coupons, stacking=stacking)
    laid = [Laid(one["coupon"], "coupon", one["coupon"]) for one in draw(st.permutations(coupons))]
    paying = draw(st.sampled_from([0, 1, 50, 10_000]))
    return programs(tree), [*laid, *([Laid("p", "points", "", "", "points", paying)] if paying else [])]


def answered(shop: Programs, cart: Sequence[Line], laid: Sequence[Laid]) -> Quote:
    found = quote(shop, member(shop, 10_000), Cart("TWD", tuple(cart)), laid, NOW)
    assert isinstance(found, Quote)
    return found


@given(shops(), lines())
def test_sums_are_exact_and_no_line_leaves_its_price(shop: tuple[Programs, list[Laid]], cart: tuple[Line, ...]):
    versions, laid = shop
    answer = answered(versions, cart, laid)
    for line in cart:
        assert 0 <= answer.by_line.get(line.line, 0) <= line.total
    assert answer.before == sum(line.total for line in cart)
    assert answer.after == answer.before - sum(one.minor for one in answer.applied) >= 0
    for one in answer.applied:
        assert one.minor == sum(one.by_line.values())
        assert all(minor > 0 for minor in one.by_line.values())
    assert sorted(one.id for one in (*answer.applied, *answer.refused)) == sorted(one.id for one in laid)


@given(shops(), lines())
def test_what_goes_together_is_held_to(shop: tuple[Programs, list[Laid]], cart: tuple[Line, ...]):
    versions, laid = shop
    version = versions.at(NOW)
    answer = answered(versions, cart, laid)
    offers = [version.coupons[one.name] for one in answer.applied if one.kind == "coupon"]
    groups = [offer.group for offer in offers if offer.group]
    assert len(groups) == len(set(groups))
    assert ALONE not in groups or len(offers) == 1
    stacking = version.stacking
    assert stacking is not None
    kinds = [stacking.order.index(offer.gives.kind) for offer in offers]
    assert kinds == sorted(kinds)
    goods = sum(line.total for line in cart if line.kind == "goods")
    off = sum(one.minor for one in answer.applied if one.gives and one.gives.kind != "shipping")
    if stacking.at_most is not None:
        assert off <= stacking.at_most
    if stacking.share is not None:
        assert off <= goods * stacking.share // 10_000


@given(st.sampled_from(GIVES), lines(), st.data())
def test_the_order_of_lines_makes_no_difference(gives: Tree, cart: tuple[Line, ...], data: st.DataObject):
    """But to which of several alike gets the last minor unit."""
    prices = [line.total * 720 // line.quantity for line in cart if line.quantity]
    assume(len(prices) == len(set(prices)))
    versions = programs(document(coupons=[{"coupon": "c", "code": "CODE", "gives": gives}]))
    laid = [Laid("c", "coupon", "c")]
    one = answered(versions, cart, laid)
    other = answered(versions, data.draw(st.permutations(cart)), laid)
    assert (one.after, one.refused) == (other.after, other.refused)
    assert all(abs(one.by_line.get(line.line, 0) - other.by_line.get(line.line, 0)) <= 1 for line in cart)


@given(lines(), st.integers(1, 3), st.integers(1, 2))
def test_the_cheapest_units_are_found(cart: tuple[Line, ...], buy: int, get: int):
    cart = tuple(
        Line(line.line, line.sku, line.quantity, line.total * line.quantity, line.category, kind=line.kind)
        for line in cart
    )
    gives = {"buy": str(buy), "get": str(get)}
    versions = programs(document(coupons=[{"coupon": "c", "code": "CODE", "gives": gives}]))
    units = sorted(line.total // line.quantity for line in cart for _ in range(line.quantity) if line.kind == "goods")
    free = len(units) // (buy + get) * get
    answer = answered(versions, cart, [Laid("c", "coupon", "c")])
    assert answer.before - answer.after == sum(units[:free])


@given(st.permutations(["c0", "c1", "c2", "c3"]), lines())
def test_the_order_in_which_kinds_are_laid_makes_no_difference(names: list[str], cart: tuple[Line, ...]):
    given = [GIVES[0], GIVES[3], GIVES[6], GIVES[9]]
    coupons = [{"coupon": f"c{place}", "code": f"CODE{place}", "gives": one} for place, one in enumerate(given)]
    versions = programs(document(coupons=coupons))
    first = answered(versions, cart, [Laid(name, "coupon", name) for name in sorted(names)])
    assert answered(versions, cart, [Laid(name, "coupon", name) for name in names]).applied == first.applied


# Refunds


@given(st.integers(0, 5), st.integers(0, 10_000), st.data())
def test_parts_in_any_order_give_back_the_whole(quantity: int, total: int, data: st.DataObject):
    first = data.draw(st.integers(0, total))
    second = data.draw(st.integers(0, total - first))
    line = Bought("tea", quantity, total, {"a": first, "b": second})
    points = data.draw(st.integers(0, 1000))
    steps = data.draw(st.permutations([1] * quantity + [1]))
    before = cash = worth = back_points = 0
    off = {"a": 0, "b": 0}
    for units in steps:
        back = goes_back([line], {"tea": before}, {"tea": units})
        assert back.cash >= 0
        assert all(minor >= 0 for minor in back.off.values())
        back_points += points_back(points, first, worth, back.off["a"])
        worth += back.off["a"]
        before, cash = before + units, cash + back.cash
        off = {name: minor + back.off[name] for name, minor in off.items()}
    assert (cash, off) == (total - first - second, {"a": first, "b": second})
    assert back_points == (points if first else 0)
