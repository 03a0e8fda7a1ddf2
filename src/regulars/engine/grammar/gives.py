"""What a reward or a coupon gives: one thing, and what belongs to it."""

import re
from collections.abc import Callable
from functools import partial

from msgspec.structs import replace

from regulars.engine import phrases
from regulars.engine.catalogue import Gives, Prize
from regulars.engine.conditions import listed
from regulars.engine.document import RawGives, RawPrize
from regulars.engine.grammar.costs import cost
from regulars.engine.grammar.desk import Desk
from regulars.engine.grammar.when import of_order
from regulars.engine.luck import MILLION
from regulars.engine.problems import Wrong

# What may be given, and the words that may stand beside it.
_CART = ("at_most", "order_at_least", "on")
WORDS: dict[str, tuple[str, ...]] = {
    "discount": _CART,
    "free_shipping": _CART,
    "product": ("quantity", "order_at_least"),
    "product_from": ("quantity", *_CART),
    "buy": ("get", "off", "get_from", *_CART),
    "cheapest": ("of", "off", *_CART),
    "gift_card": (),
    "credit": (),
    "voucher": (),
    "event": (),
    "early_access": (),
    "plan": ("months",),
    "donation": ("to",),
    "draw": (),
}
NEEDED = {"buy": "get", "cheapest": "of", "plan": "months", "donation": "to"}
BESIDE = ("quantity", "get", "get_from", "of", "off", "months", "to", *_CART)
_ODDS = re.compile(r"([1-9]\d{0,5}) in ([1-9]\d{0,6})", re.ASCII)


def gives(desk: Desk, path: str, raw: RawGives) -> Gives:
    """Nothing said: it is handed over by hand."""
    said = [word for word in WORDS if getattr(raw, word)]
    if len(said) > 1:
        desk.blame(path, ", ".join(said), "gives_several")
    if not said:
        _stray(desk, path, raw, ())
        return Gives()
    word = said[0]
    _stray(desk, path, raw, WORDS[word])
    needed = NEEDED.get(word)
    if needed and not getattr(raw, needed):
        desk.blame(path, word, "word_missing", word=needed)
    found = READ[word](desk, path, raw)
    return _on_carts(desk, path, raw, found)


def _stray(desk: Desk, path: str, raw: RawGives, allowed: tuple[str, ...]) -> None:
    for word in BESIDE:
        if getattr(raw, word) and word not in allowed:
            owners = [name for name, words in WORDS.items() if word in words]
            desk.blame(f"{path}.{word}", word, "gives_beside", *owners)


def _on_carts(desk: Desk, path: str, raw: RawGives, found: Gives) -> Gives:
    read = _money(desk)
    return replace(
        found,
        at_most=desk.take(f"{path}.at_most", raw.at_most, _above(read), None),
        order_at_least=desk.take(f"{path}.order_at_least", raw.order_at_least, read, 0),
        asks=of_order(desk, f"{path}.on", raw.on),
    )


def _money(desk: Desk) -> Callable[[str], int]:
    return partial(phrases.money, currency=desk.raw.currency)


def _above(read: Callable[[str], int]) -> Callable[[str], int]:
    def above(text: str) -> int:
        found = read(text)
        if not found:
            raise Wrong("amount_of_nothing")
        return found

    return above


def _amount(desk: Desk, path: str, text: str) -> int:
    """Money above zero, which is said."""
    return desk.take(path, text, _above(_money(desk)), 0)


def _number(desk: Desk, path: str, text: str) -> int:
    """Above zero; one if nothing is said."""
    return desk.take(path, text, _above(phrases.whole), 1)


def _share(desk: Desk, path: str, text: str) -> int:
    """The whole of it if nothing is said."""
    return desk.take(path, text, phrases.percent, 10_000)


def _discount(desk: Desk, path: str, raw: RawGives) -> Gives:
    if raw.discount.endswith("%"):
        return Gives("percent", hundredths=_share(desk, f"{path}.discount", raw.discount))
    if raw.at_most:
        desk.blame(f"{path}.at_most", raw.at_most, "bound_not_needed")
    return Gives("amount", minor=_amount(desk, f"{path}.discount", raw.discount))


def _product(desk: Desk, path: str, raw: RawGives) -> Gives:
    quantity = _number(desk, f"{path}.quantity", raw.quantity)
    return Gives("product", products=listed(raw.product), category=raw.product_from, quantity=quantity)


def _buy(desk: Desk, path: str, raw: RawGives) -> Gives:
    return Gives(
        "buy_get",
        hundredths=_share(desk, f"{path}.off", raw.off),
        buy=_number(desk, f"{path}.buy", raw.buy),
        get=_number(desk, f"{path}.get", raw.get),
        get_from=of_order(desk, f"{path}.get_from", raw.get_from) if raw.get_from else None,
    )


def _cheapest(desk: Desk, path: str, raw: RawGives) -> Gives:
    get = _number(desk, f"{path}.cheapest", raw.cheapest)
    of = desk.take(f"{path}.of", raw.of, _above(phrases.whole), get + 1)
    if of <= get:
        desk.blame(f"{path}.of", raw.of, "free_units_too_many")
    return Gives("cheapest", hundredths=_share(desk, f"{path}.off", raw.off), get=get, of=of)


def _gift_card(desk: Desk, path: str, raw: RawGives) -> Gives:
    return Gives("gift_card", minor=_amount(desk, f"{path}.gift_card", raw.gift_card))


def _credit(desk: Desk, path: str, raw: RawGives) -> Gives:
    return Gives("credit", cost=cost(desk, f"{path}.credit", raw.credit))


def _plan(desk: Desk, path: str, raw: RawGives) -> Gives:
    return Gives("plan", named=raw.plan, months=_number(desk, f"{path}.months", raw.months))


def _donation(desk: Desk, path: str, raw: RawGives) -> Gives:
    return Gives("donation", minor=_amount(desk, f"{path}.donation", raw.donation), named=raw.to)


def _draw(desk: Desk, path: str, raw: RawGives) -> Gives:
    """Chances are published, and those of all prizes together are at most a certainty."""
    prizes = tuple(_prize(desk, f"{path}.draw[{place}]", one) for place, one in enumerate(raw.draw))
    if len({prize.name for prize in prizes}) < len(prizes):
        desk.blame(f"{path}.draw", "", "name_taken", sort="prize")
    if sum(prize.odds for prize in prizes) > MILLION:
        desk.blame(f"{path}.draw", "", "chances_above_certainty")
    return Gives("draw", prizes=prizes)


def _prize(desk: Desk, path: str, raw: RawPrize) -> Prize:
    draws = {one.reward for one in desk.raw.rewards if one.gives.draw}
    rewards = [one.reward for one in desk.raw.rewards if one.reward not in draws]
    if raw.reward in draws:
        desk.blame(f"{path}.reward", raw.reward, "prize_is_draw")
    elif raw.reward and raw.reward not in rewards:
        desk.blame(f"{path}.reward", raw.reward, "not_in_program", *rewards, sort="reward")
    if raw.reward and raw.credit:
        desk.blame(path, f"{raw.reward}, {raw.credit}", "prize_of_several")
    points = cost(desk, f"{path}.credit", raw.credit) if raw.credit else None
    return Prize(raw.prize, raw.name, desk.take(f"{path}.odds", raw.odds, odds, 0), raw.reward, points)


def odds(text: str) -> int:
    """Chances in a million, of "1 in 200" or "0.5%"; they must come out even."""
    found = _ODDS.fullmatch(text)
    if found is None:
        return phrases.percent(text) * 100
    times, of = int(found[1]), int(found[2])
    if times > of or times * MILLION % of:
        raise Wrong("not_a_chance", "1 in 200", "0.5%")
    return times * MILLION // of


READ: dict[str, Callable[[Desk, str, RawGives], Gives]] = {
    "discount": _discount,
    "free_shipping": lambda _desk, _path, _raw: Gives("shipping"),
    "product": _product,
    "product_from": _product,
    "buy": _buy,
    "cheapest": _cheapest,
    "gift_card": _gift_card,
    "credit": _credit,
    "voucher": lambda _desk, _path, raw: Gives("voucher", named=raw.voucher),
    "event": lambda _desk, _path, raw: Gives("seat", named=raw.event),
    "early_access": lambda _desk, _path, raw: Gives("early_access", named=raw.early_access),
    "plan": _plan,
    "donation": _donation,
    "draw": _draw,
}
