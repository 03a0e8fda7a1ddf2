"""What each kind of offer takes off what is left of a cart.

Money is rounded once for each offer, half up, and spread over its lines by largest remainder, ties by line order; so no
line goes below zero, and none is left with a fraction. Worked examples: docs/rules/carts.md.
"""

from collections.abc import Callable, Sequence

from msgspec import Struct

from regulars.engine.catalogue import Gives
from regulars.engine.facts import Line
from regulars.engine.program import Conditions, Scene
from regulars.rewards.pricing.cart import Added, Parameters
from regulars.rewards.pricing.remaining import Off, Rest, cheapest, shared, units_of

WHOLE = 10_000


class No(Exception):
    """It does not apply, for a reason with a code."""

    def __init__(self, code: str, **parameters: int | str) -> None:
        super().__init__(code)
        self.code = code
        self.parameters: Parameters = parameters


class Counter(Struct, frozen=True):
    """A cart as an offer meets it: what is left of its lines, what conditions may look at, and a choice of goods."""

    rests: Sequence[Rest]
    scene: Scene
    choice: str = ""

    @property
    def goods(self) -> list[Rest]:
        return [rest for rest in self.rests if rest.line.kind == "goods"]

    def matching(self, asks: Conditions) -> list[Rest]:
        """Goods that meet the conditions."""
        goods = self.goods
        lines: Sequence[Line] = [rest.line for rest in goods]
        found = {line.line for line in asks.matching(self.scene, lines)}
        return [rest for rest in goods if rest.line.line in found]


class Result(Struct, frozen=True):
    """What an offer takes off, and what it adds to the cart."""

    off: Off
    adds: tuple[Added, ...] = ()


def discount(gives: Gives, counter: Counter) -> Result:
    """What it does to the cart. Raises No."""
    missing = gives.order_at_least - counter.scene.net
    if missing > 0:
        raise No("order_too_small", order_at_least=gives.order_at_least, missing=missing)
    result = KINDS[gives.kind](gives, counter)
    return Result(result.off.at_most(gives.at_most), result.adds)


def _amount(gives: Gives, counter: Counter) -> Result:
    lefts = _lefts(counter.matching(gives.asks))
    return Result(Off(shared(min(gives.minor, sum(lefts.values())), lefts)))


def _percent(gives: Gives, counter: Counter) -> Result:
    lefts = _lefts(counter.matching(gives.asks))
    return Result(Off(shared(part_of(sum(lefts.values()), gives.hundredths), lefts)))


def _shipping(gives: Gives, counter: Counter) -> Result:
    """Of a cart whose goods meet the conditions."""
    if not gives.asks.are_met(counter.scene, [rest.line for rest in counter.goods]):
        raise No("nothing_matches")
    lefts = _lefts([rest for rest in counter.rests if rest.line.kind == "shipping"])
    return Result(Off(lefts))


def _lefts(rests: Sequence[Rest]) -> dict[str, int]:
    """What is left of these lines, where anything is."""
    if not rests:
        raise No("nothing_matches")
    found = {rest.line.line: rest.left for rest in rests if rest.left > 0}
    if not found:
        raise No("nothing_left")
    return found


def _product(gives: Gives, counter: Counter) -> Result:
    """Units of one product in the cart; those that are not in it are added, where the product is named."""
    sku = _chosen(gives, counter)
    mine = [rest for rest in _offered(gives, counter) if rest.line.sku == sku]
    if gives.category and not units_of(mine):
        raise No("nothing_left")
    off = _free(cheapest(mine, gives.quantity), WHOLE)
    more = gives.quantity - sum(off.freed.values()) if gives.products else 0
    return Result(off, (Added(sku, more),) if more else ())


def _offered(gives: Gives, counter: Counter) -> list[Rest]:
    """Goods of the cart among which the gift may be."""
    if gives.products:
        return [rest for rest in counter.goods if rest.line.sku in gives.products]
    return [rest for rest in counter.matching(gives.asks) if rest.line.category == gives.category]


def _chosen(gives: Gives, counter: Counter) -> str:
    """The product: as chosen, or where there is only one."""
    in_cart = list(dict.fromkeys(rest.line.sku for rest in _offered(gives, counter)))
    possible = gives.products or tuple(in_cart)
    if counter.choice:
        if counter.choice not in possible:
            raise No("choice_not_offered", products=", ".join(possible))
        return counter.choice
    if not possible:
        raise No("nothing_matches")
    for only in (possible, in_cart):
        if len(only) == 1:
            return only[0]
    raise No("choice_missing", products=", ".join(possible))


def _buy_get(gives: Gives, counter: Counter) -> Result:
    """For every so many units, the cheapest of them; or of other goods, where the offer names them."""
    bought = counter.matching(gives.asks)
    if gives.get_from is None:
        among, each = bought, gives.buy + gives.get
    else:
        among = [rest for rest in counter.matching(gives.get_from) if rest not in bought]
        each = gives.buy
    count = min(units_of(bought) // each * gives.get, units_of(among))
    if not count:
        raise No("too_few_units", needed=each)
    return Result(_free(cheapest(among, count), gives.hundredths))


def _cheapest(gives: Gives, counter: Counter) -> Result:
    among = counter.matching(gives.asks)
    if units_of(among) < gives.of:
        raise No("too_few_units", needed=gives.of)
    return Result(_free(cheapest(among, gives.get), gives.hundredths))


def _free(units: Sequence[tuple[Rest, int]], hundredths: int) -> Off:
    """So much off these units, all of it or a share."""
    worth = {rest.line.line: rest.worth(count) for rest, count in units}
    freed = {rest.line.line: count for rest, count in units}
    return Off(shared(part_of(sum(worth.values()), hundredths), worth), freed)


def part_of(minor: int, hundredths: int) -> int:
    """A share of money, half up."""
    return (2 * minor * hundredths + WHOLE) // (2 * WHOLE)


KINDS: dict[str, Callable[[Gives, Counter], Result]] = {
    "amount": _amount,
    "buy_get": _buy_get,
    "cheapest": _cheapest,
    "percent": _percent,
    "product": _product,
    "shipping": _shipping,
}
