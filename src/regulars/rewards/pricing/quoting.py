"""What a member could use on a cart, and why not the rest.

First everything that is laid is tried by itself; then groups and what stands alone are settled; then what is left
applies in the program's order, each offer to what the ones before it left, up to the most that an order may get. Points
pay last. Money is rounded once for each offer (`discounts`), the bound of an order down. Worked examples:
docs/rules/carts.md.
"""

from collections.abc import Sequence

from msgspec import Struct, field

from regulars.engine import taking
from regulars.engine.account import Account
from regulars.engine.catalogue import ALONE, Offer, Reward, Stacking
from regulars.engine.due import advance
from regulars.engine.facts import Activity
from regulars.engine.packing import copied
from regulars.engine.program import Programs, Scene
from regulars.engine.tape import Tape
from regulars.rewards.pricing import member, stacking
from regulars.rewards.pricing.cart import Applied, Cart, Laid, Quote, Refused, Shelf, Usable
from regulars.rewards.pricing.discounts import Counter, No, Result, discount
from regulars.rewards.pricing.member import Purse, Visit
from regulars.rewards.pricing.paying import pay
from regulars.rewards.pricing.remaining import Off, Rest, rests, taken_off
from regulars.rewards.pricing.stacking import Candidate

NOWHERE = Shelf()
NO_CART = Cart("", ())


class Counting(Struct):
    """A quote under way: what is left of the cart, what may still be taken off goods, what was answered so far."""

    visit: Visit
    scene: Scene
    rests: list[Rest]
    room: int | None
    purse: Purse = field(default_factory=Purse)
    applied: list[Applied] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)

    def refuse(self, laid: Laid, no: No) -> None:
        self.refused.append(Refused(laid.id, no.code, no.parameters))

    @property
    def left(self) -> int:
        return sum(rest.left for rest in self.rests)


def quote(
    programs: Programs, account: Account | None, cart: Cart, laid: Sequence[Laid], now: int, shelf: Shelf = NOWHERE
) -> Quote | Refused:
    """What applies and what does not; a refusal where the cart itself cannot be. The account is not changed."""
    if refused := refusal_of(programs, cart, laid):
        return refused
    visit = _visit(programs, account, cart, now, shelf)
    counting = _counting(visit, cart)
    _apply_offers(counting, _candidates(counting, laid))
    for one in laid:
        if one.kind == "points":
            _pay(counting, one)
    before = sum(line.total for line in cart.lines)
    by_line = {rest.line.line: rest.line.total - rest.left for rest in counting.rests}
    order = {one.id: place for place, one in enumerate(laid)}
    answers = sorted(counting.refused, key=lambda one: order[one.id])
    return Quote(
        tuple(counting.applied),
        tuple(answers),
        before,
        counting.left,
        {line: minor for line, minor in by_line.items() if minor},
    )


def refusal_of(programs: Programs, cart: Cart, laid: Sequence[Laid]) -> Refused | None:
    """What is wrong with the cart, whatever is laid there."""
    if cart.currency != programs.currency:
        return Refused("", "cart_currency", {"currency": programs.currency})
    for line in cart.lines:
        if line.total < 0 or line.quantity < 0:
            return Refused("", "cart_negative", {"line": line.line})
    if twice := _repeated([line.line for line in cart.lines]):
        return Refused("", "cart_line_repeated", {"line": twice})
    if twice := _repeated([one.id for one in laid]):
        return Refused("", "laid_repeated", {"id": twice})
    return None if cart.lines else Refused("", "cart_empty", {})


def _repeated(names: Sequence[str]) -> str:
    return next((name for name in names if names.count(name) > 1), "")


def _visit(programs: Programs, account: Account | None, cart: Cart, now: int, shelf: Shelf) -> Visit:
    """The member as of now: time passes on a copy."""
    if account is not None:
        account = copied(account)
        advance(Tape(programs, account), now)
    return Visit(
        programs, account, now, Activity("", "", now, cart.channel, cart.store, cart.partner, cart.country), shelf
    )


def _counting(visit: Visit, cart: Cart) -> Counting:
    scene = visit.scene(cart)
    return Counting(visit, scene, rests(cart.lines), stacking.bound(_rules(visit), scene.net))


def _rules(visit: Visit) -> Stacking:
    return visit.version.stacking or Stacking()


# Offers


def _candidates(counting: Counting, laid: Sequence[Laid]) -> list[Candidate]:
    """What would apply by itself."""
    found: list[Candidate] = []
    for place, one in enumerate(laid):
        if one.kind == "points":
            continue
        try:
            tried = _tried(counting, one, place)
            stacking.check_once(found, tried)
            found.append(tried)
        except No as no:
            counting.refuse(one, no)
    return found


def _tried(counting: Counting, one: Laid, place: int) -> Candidate:
    """By itself, on the cart as it stands. Raises No."""
    if one.kind not in ("reward", "issued", "coupon"):
        raise No("laid_unknown")
    offer = member.checked(counting.visit, one)
    minor = _result(counting, one, offer).off.minor
    member.take(counting.visit, Purse(), one, offer, minor)
    return Candidate(one, offer, place, minor)


def _result(counting: Counting, one: Laid, offer: Offer) -> Result:
    if not offer.gives.changes_cart:
        return Result(Off({}))
    return discount(offer.gives, Counter(counting.rests, counting.scene, one.choice))


def _apply_offers(counting: Counting, candidates: Sequence[Candidate]) -> None:
    rules = _rules(counting.visit)
    kept, losing = stacking.chosen(rules, candidates)
    kept, lonely = _settle_alone(counting, rules, kept)
    for candidate in candidates:
        if with_ := (losing | lonely).get(candidate.laid.id):
            counting.refuse(candidate.laid, No("not_together", **{"with": with_}))
    for candidate in stacking.in_order(rules, kept):
        _apply(counting, candidate)


def _settle_alone(
    counting: Counting, rules: Stacking, kept: Sequence[Candidate]
) -> tuple[list[Candidate], dict[str, str]]:
    """Either what stands alone or all the others, whichever takes off more; what leaves the cart alone goes along."""
    best = stacking.alone(kept)
    if best is None:
        return list(kept), {}
    beside = [one for one in kept if not one.offer.gives.changes_cart]
    others = [one for one in kept if one.offer.gives.changes_cart and one.offer.group != ALONE]
    trial = Counting(counting.visit, counting.scene, list(counting.rests), counting.room)
    for candidate in stacking.in_order(rules, others):
        _apply(trial, candidate)
    if counting.left - trial.left > best.minor:
        winners, first = others, others[0]
    else:
        winners, first = [best], best
    on_cart = [one for one in kept if one.offer.gives.changes_cart]
    return [*beside, *winners], {one.laid.id: first.laid.id for one in on_cart if one not in winners}


def _apply(counting: Counting, candidate: Candidate) -> None:
    """To what is left, as far as an order may get it."""
    one, offer = candidate.laid, candidate.offer
    try:
        result = _result(counting, one, offer)
        off = _within_bound(counting, offer, result.off)
        costs, cash, takes = member.take(counting.visit, counting.purse, one, offer, off.minor)
    except No as no:
        counting.refuse(one, no)
        return
    counting.rests = taken_off(counting.rests, off)
    if counting.room is not None and offer.gives.kind != "shipping":
        counting.room -= off.minor
    counting.applied.append(
        Applied(one.id, one.kind, one.name, off.minor, off.by_line, costs, cash, takes, result.adds, offer.gives)
    )


def _within_bound(counting: Counting, offer: Offer, off: Off) -> Off:
    """What is taken off goods is bounded; shipping is none."""
    if offer.gives.kind == "shipping" or not off.minor:
        return off
    if counting.room == 0:
        raise No("order_discount_reached")
    return off.at_most(counting.room)


# Points as money


def _pay(counting: Counting, one: Laid) -> None:
    try:
        off, cost = pay(counting.visit, counting.purse, one, counting.rests)
    except No as no:
        counting.refuse(one, no)
        return
    counting.rests = taken_off(counting.rests, off)
    counting.applied.append(Applied(one.id, one.kind, "", off.minor, off.by_line, (cost,)))


# The catalogue


def usable(
    programs: Programs, account: Account | None, cart: Cart | None, now: int, shelf: Shelf = NOWHERE
) -> tuple[Usable, ...]:
    """Every reward of the program for this member now, in document order; without a cart, what it would do to one is
    left out."""
    visit = _visit(programs, account, cart or NO_CART, now, shelf)
    counting = _counting(visit, cart or NO_CART)
    day = programs.calendar.day(now)
    return tuple(_usable(counting, reward, cart is not None, day) for reward in visit.version.rewards.values())


def _usable(counting: Counting, reward: Reward, has_cart: bool, day: int) -> Usable:
    visit, one = counting.visit, Laid(reward.name, "reward", reward.name)
    costs = taking.costs_of(reward, visit.account) if visit.account else reward.costs
    minor, refused = 0, None
    try:
        member.checked(visit, one)
        minor = _result(counting, one, reward).off.minor if has_cart else 0
        member.take(visit, Purse(), one, reward, minor)
    except No as no:
        refused = Refused(one.id, no.code, no.parameters)
    return Usable(reward.name, costs, minor, reward.is_shown(day), refused)
