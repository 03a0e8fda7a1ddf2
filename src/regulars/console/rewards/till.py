"""The till on a page: what this member could use on a cart, what was chosen, and what it comes to."""

from collections.abc import Iterable, Iterator, Mapping
from uuid import UUID

from django.utils.translation import gettext as _
from msgspec import Struct

from regulars.console.asking import Form
from regulars.console.rewards.checkout_page import title
from regulars.engine.catalogue import Reward
from regulars.engine.facts import Line
from regulars.insight.wording import MINUS
from regulars.ledger.queries import Statement
from regulars.programs import wording
from regulars.rewards import browsing, queries
from regulars.rewards.actions import checkouts
from regulars.rewards.counter import Asked, Item
from regulars.rewards.parts import Part
from regulars.rewards.pricing import Applied, Cart, Quote, Usable
from regulars.rewards.refusing import Refused
from regulars.storefront import refused, words
from regulars.storefront.shop import Shop

POINTS_AT_MOST = 1_000_000_000
# Nothing in a cart of one line says what it is: whoever chooses such a reward names the price of the thing.
PRICED = ("nothing_left", "nothing_matches")


class Blank(Struct, frozen=True):
    """What is written beside something that was ticked."""

    field: str
    label: str
    written: str
    fault: str
    mode: str


class Option(Struct, frozen=True):
    """Something to tick. `field` and `value` are what the form sends; `why_not` is empty where it can be used."""

    field: str
    value: str
    title: str
    gives: str
    costs: str
    why_not: str
    is_chosen: bool
    products: tuple[str, ...] = ()
    chosen_product: str = ""
    blanks: tuple[Blank, ...] = ()


class Choices(Struct, frozen=True):
    """`pays` is the wallet whose points are money here, with what is in it; None: none does."""

    owned: list[Option]
    rewards: list[Option]
    pays: tuple[str, str] | None


class Said(Struct, frozen=True):
    """A line of the answer."""

    title: str
    off: str
    costs: str
    adds: str
    cash: str
    why_not: str


class Answer(Struct, frozen=True):
    """What applies and what does not, as sums to read aloud; `can` is whether all that was chosen applies."""

    lines: list[Said]
    before: str
    after: str
    costs: str
    can: bool


def cart_of(shop: Shop, form: Form) -> Cart:
    """One line of the amount; what has a price of its own is taken out of it into lines of its category."""
    amount = form.money("amount", shop)
    lines = []
    for name in chosen(form, "reward"):
        offer = shop.rules.rewards.get(name)
        if offer is not None and offer.gives.category and form.text(f"price:{name}"):
            price = form.money(f"price:{name}", shop)
            lines.append(Line(f"1.{len(lines) + 1}", offer.gives.category, 1, price, offer.gives.category))
    rest = amount - sum(line.total for line in lines)
    if rest < 0:
        form.faults["amount"] = _("The amount is less than what is in it.")
    return Cart(shop.currency, (Line("1", "", 1, max(rest, 0)), *lines))


def chosen(form: Form, field: str) -> list[str]:
    """All that was ticked under this name: what a browser sent is Django's QueryDict."""
    return [value for value in form.sent.getlist(field) if value]  # type: ignore[attr-defined]


def items_of(shop: Shop, form: Form) -> list[Item]:
    """What is laid on the counter."""
    found = [
        Item(f"reward:{name}", reward=name, choice=form.text(f"choice:{name}"), points=_points(form, f"points:{name}"))
        for name in chosen(form, "reward")
    ]
    for number in chosen(form, "issued"):
        try:
            found.append(Item(f"issued:{number}", issued_id=UUID(number)))
        except ValueError:
            continue
    if code := form.text("code", 100):
        found.append(Item("code", code=code))
    if points := _points(form, "points"):
        found.append(Item("points", wallet=shop.published.programs.main_wallet, points=points))
    return found


def _points(form: Form, field: str) -> int:
    """Zero where nothing is said."""
    return form.whole(field, 1, POINTS_AT_MOST) if form.text(field) not in ("", "0") else 0


def choices(shop: Shop, member_id: UUID, statement: Statement | None, form: Form, cart: Cart | None) -> Choices:
    """Everything that may be ticked; what cannot be used says why not."""
    mine, picked = set(chosen(form, "issued")), set(chosen(form, "reward"))
    known = statement.account if statement else None
    usable = browsing.catalogue(shop.published.programs, member_id, shop.now, cart, known)
    balances = statement.balances if statement else {}
    has = {name: balance.available for name, balance in balances.items()}
    rewards = [_reward(shop, form, one, has, one.name in picked) for one in usable]
    wallet = shop.rules.wallets[shop.published.programs.main_wallet]
    balance = balances.get(wallet.name)
    pays = None
    if wallet.worth is not None and balance is not None and balance.available:
        worth = words.money(shop, balance.available * wallet.worth.minor // wallet.worth.points)
        pays = (wording.points(balance.available, wallet.name, shop.published.programs), worth)
    return Choices(list(_owned(shop, member_id, mine)), sorted(rewards, key=lambda one: bool(one.why_not)), pays)


def _reward(shop: Shop, form: Form, one: Usable, has: Mapping[str, int], is_chosen: bool) -> Option:
    offer, no = shop.rules.rewards[one.name], one.refused
    is_priced = bool(offer.gives.category) and (no is None or no.code in PRICED)
    split = _split(shop, form, offer, one, has)
    goes = no is None or is_priced or no.code == "choice_missing" or (split and no.code == "not_enough_points")
    why_not = "" if goes or no is None else refused.said(shop, no)
    if offer.needs_approval and not why_not:
        why_not = _("A second person has to let it pass: ask for it on the member’s page.")
    return Option(
        field="reward",
        value=one.name,
        title=words.title(offer),
        gives=words.gives(shop, offer.gives),
        costs=words.costs(shop, one.costs),
        why_not=why_not,
        is_chosen=is_chosen and not why_not,
        products=offer.gives.products if len(offer.gives.products) > 1 else (),
        chosen_product=form.text(f"choice:{one.name}"),
        blanks=(*([_price(form, one.name)] if is_priced else []), *([split] if split else [])),
    )


def _price(form: Form, name: str) -> Blank:
    said = _("Price of the free one, as in the amount")
    return Blank(f"price:{name}", said, form.text(f"price:{name}"), form.faults.get(f"price:{name}", ""), "decimal")


def _split(shop: Shop, form: Form, offer: Reward, one: Usable, has: Mapping[str, int]) -> Blank | None:
    """How many of its points are used, where money may pay the rest and there are enough of them: all, if not said, or
    as many as there are."""
    if not offer.cash or not one.costs:
        return None
    cost, least = one.costs[0], max(offer.points_at_least, 1)
    available = has.get(cost.wallet, 0)
    if available < least:
        return None
    said = _("How many points of it, from %(points)s on; the rest in money (%(money)s instead of all)") % {
        "points": wording.points(least, cost.wallet, shop.published.programs),
        "money": words.money(shop, offer.cash),
    }
    field = f"points:{one.name}"
    written = form.text(field) or (str(available) if available < cost.points else "")
    return Blank(field, said, written, form.faults.get(field, ""), "numeric")


def _owned(shop: Shop, member_id: UUID, picked: set[str]) -> Iterator[Option]:
    for line in queries.good_of(shop.id, [member_id], shop.now):
        offer = _then(shop, line.reward, line.issued_at)
        if line.state != "issued" or offer is None:
            continue
        early = line.valid_from is not None and line.valid_from > shop.now
        yield Option(
            field="issued",
            value=str(line.id),
            title=words.title(offer),
            gives=words.gives(shop, offer.gives),
            costs=_("has it already"),
            why_not=refused.said(shop, Refused("code_not_yet_valid")) if early else "",
            is_chosen=str(line.id) in picked,
        )


def _then(shop: Shop, name: str, issued_at: int) -> Reward | None:
    """The reward as it was when a copy was issued."""
    return shop.published.programs.at(issued_at).rewards.get(name)


def answered(shop: Shop, asked: Asked, options: Iterable[Option]) -> Answer:
    """Quoted: nothing is kept. Raises Refused for the cart as a whole."""
    quoted, noes = checkouts.quote(shop.published.programs, asked, shop.now)
    named = {f"{option.field}:{option.value}": option.title for option in options}
    lines = [_applied(shop, one) for one in quoted.applied]
    lines += [Said(_named(named, no.about), "", "", "", "", refused.said(shop, no)) for no in noes]
    return Answer(
        lines=lines,
        before=words.money(shop, quoted.before),
        after=words.money(shop, quoted.after + sum(one.cash for one in quoted.applied)),
        costs=_spent(shop, quoted),
        can=bool(quoted.applied) and not noes,
    )


def _named(named: Mapping[str, str], about: str) -> str:
    return named.get(about) or {"code": _("The code"), "points": _("Points as money")}.get(about, about)


def _applied(shop: Shop, one: Applied) -> Said:
    part = Part(one.id, one.kind, one.name, one.minor, one.by_line)
    return Said(
        title=title(shop, part),
        off=f"{MINUS}{words.money(shop, one.minor)}" if one.minor else "",
        costs=words.costs(shop, one.costs) if one.costs else "",
        adds=wording.listed(f"{added.quantity} × {added.sku}" for added in one.adds),
        cash=words.money(shop, one.cash) if one.cash else "",
        why_not="",
    )


def _spent(shop: Shop, quoted: Quote) -> str:
    spent: dict[str, int] = {}
    for one in quoted.applied:
        for cost in one.costs:
            spent[cost.wallet] = spent.get(cost.wallet, 0) + cost.points
    return " + ".join(
        wording.points(count, wallet, shop.published.programs) for wallet, count in spent.items() if count
    )
