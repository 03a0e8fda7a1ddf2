"""What each move does on the stage, and how the story tells it. A move that is not possible there does nothing."""

from collections.abc import Callable, Sequence
from typing import Any

from msgspec.structs import replace

from regulars.engine import facts, payments
from regulars.engine.decide import Refusal, decide_merge
from regulars.engine.facts import Line, Order, Payment, RefundLine
from regulars.engine.money import format_major
from regulars.engine.returns import NOTHING, what_is_left
from regulars.engine.taking import costs_of
from regulars.ledger.contents import put_in
from regulars.programs.attack import moves
from regulars.programs.attack.enacting import MEMBERS, Said, Stage
from regulars.programs.attack.ground import Bait
from regulars.programs.stories.acting import is_oneself
from regulars.programs.stories.script import key_of


def enrol(stage: Stage, move: moves.Enrol) -> None:
    if stage.tape(move.member).account.enrolled_at is None:
        stage.happen(move.member, facts.Enrolment(stage.key, stage.now), {"enrol": {}})


def buy(stage: Stage, move: moves.Buy) -> None:
    key = key_of(move.order)
    if key in stage.orders:
        return
    setting = stage.ground.baits[move.setting]
    lines = lines_of(stage, move.goods)
    paid = pay(stage, move, key, sum(line.total for line in lines)) if move.paid_with else ()
    if move.paid_with and not paid:
        return
    place(stage, move.member, setting, Order(key, stage.now, lines, stage.now, payments=paid))


def place(stage: Stage, member: int, setting: Bait, order: Order) -> None:
    """As the setting asks; paid by its method, unless something else was said."""
    asked = (Payment(setting.method, sum(line.total for line in order.lines)),) if setting.method else ()
    order = replace(
        order,
        payments=order.payments or asked,
        channel=setting.channel,
        store=setting.store,
        codes=setting.codes,
        partner=setting.partner,
        country=setting.country,
    )
    again(stage, member, order, {"order": told(order, stage.ground.raw.currency)})


def pay(stage: Stage, move: moves.Buy, key: str, total: int) -> tuple[Payment, ...]:
    """A redemption for an order that is about to be placed; nothing when it is refused."""
    rules = stage.ground.version.wallets.get(move.paid_with)
    wallet = stage.tape(move.member).account.wallets.get(move.paid_with)
    if rules is None or rules.value is None or wallet is None or not rules.value.minor:
        return ()
    needed = -(-total * rules.value.points // rules.value.minor)
    points = min(needed, wallet.available) // rules.spend.step * rules.spend.step
    amount = min(points * rules.value.minor // rules.value.points, total)
    name = f"pays-{move.order}"
    said = {"points": stage.written(points, rules.name), "wallet": rules.name, "order": move.order, "id": name}
    said["total"] = format_major(total, stage.ground.raw.currency)
    request = facts.Redemption(name, rules.name, points, stage.now, key)
    if not amount or not stage.ask(move.member, request, {"redeem": said}, total):
        return ()
    return (
        (Payment("card", total - amount), Payment("points", amount, name))
        if amount < total
        else (Payment("points", amount, name),)
    )


def back(stage: Stage, move: moves.Back) -> None:
    """As many units as are left of the line, at most."""
    found = stage.orders.get(key_of(move.order))
    if found is None:
        return
    key, memo = found.order.key, stage.tape(found.member).touched[found.order.key].memo
    said: dict[str, Any] = {"order": move.order}
    if move.line is None:
        left = what_is_left(found.order, memo.returned)
        lines = tuple(RefundLine(line.line, max(line.quantity, 1)) for line in found.order.lines)
        said["lines"] = "everything"
    else:
        if move.line >= len(found.order.lines):
            return
        line = found.order.lines[move.line]
        units = min(move.quantity, line.quantity - memo.returned.get(line.line, NOTHING).units)
        left = what_is_left(found.order, memo.returned) if units > 0 else ()
        lines = (RefundLine(line.line, units),)
        said["lines"] = [{"line": line.line, "quantity": str(units)}]
    if left:
        fact = facts.Refund(f"{key}/{stage.key}", key, stage.now, lines)
        stage.happen(found.member, fact, {"refund": said})


def edit(stage: Stage, move: moves.Edit) -> None:
    """What was not paid by points may be exchanged."""
    found = stage.orders.get(key_of(move.order))
    if found is None or found.order.cancelled or any(payment.redemption for payment in found.order.payments):
        return
    lines = lines_of(stage, move.goods)
    again(stage, found.member, replace(found.order, version_at=stage.now, lines=lines), told_edit(move, lines, stage))


def told_edit(move: moves.Edit, lines: Sequence[Line], stage: Stage) -> Said:
    return {"edit": {"order": move.order, "lines": [told_line(line, stage.ground.raw.currency) for line in lines]}}


def cancel(stage: Stage, move: moves.Cancel) -> None:
    found = stage.orders.get(key_of(move.order))
    if found is not None and not found.order.cancelled:
        again(stage, found.member, replace(found.order, version_at=stage.now, cancelled=True), {"cancel": move.order})


def again(stage: Stage, member: int, order: Order, said: Said) -> None:
    stage.orders[order.key] = stage.bought(member, order)
    stage.happen(member, order, said)
    if cash(stage, order.key) > 0:
        stage.paid.add(order.key)


def spend(stage: Stage, move: moves.Spend) -> None:
    wallet = stage.tape(move.member).account.wallets.get(move.wallet)
    if wallet is None:
        return
    step = stage.ground.version.wallets[move.wallet].spend.step
    points = portion(wallet.available, move.share) // step * step
    said: dict[str, Any] = {"points": stage.written(points, move.wallet), "wallet": move.wallet, "id": move.name}
    if not move.lasts:
        request: Any = facts.Redemption(move.name, move.wallet, points, stage.now)
        stage.ask(move.member, request, {"redeem": said})
    else:
        until = stage.later(move.lasts)
        request = facts.Hold(move.name, move.wallet, points, stage.now, until)
        stage.ask(move.member, request, {"hold": said | {"for": move.lasts}})


def take(stage: Stage, move: moves.Take) -> None:
    """All that it costs; of several wallets the reward's own last, which makes it the member's."""
    tape, reward = stage.tape(move.member), stage.ground.version.rewards[move.reward]
    if move.name in stage.spent:
        return
    costs = {cost.wallet: cost.points for cost in costs_of(reward, tape.account)} or {reward.wallet: 0}
    if isinstance(put_in(tape.programs, reward.gives, "", tape.account, stage.now), Refusal):
        return
    for wallet, points in sorted(costs.items(), key=lambda cost: cost[0] == reward.wallet):
        name = move.name if wallet == reward.wallet else f"{move.name}-{wallet}"
        said: dict[str, Any] = {"reward": move.reward, "id": name} | ({"wallet": wallet} if len(costs) > 1 else {})
        if move.lasts:
            until = stage.later(move.lasts)
            asked: Any = facts.Hold(name, wallet, points, stage.now, until, reward=move.reward)
            said = {"hold": said | {"for": move.lasts}}
        else:
            asked, said = facts.Redemption(name, wallet, points, stage.now, reward=move.reward), {"redeem": said}
        if not stage.ask(move.member, asked, said):
            return


def portion(available: int, share: str) -> int:
    return {"all": available, "half": available // 2, "one": min(available, 1)}[share]


def settle(stage: Stage, move: moves.Settle) -> None:
    member = stage.spent.get(move.name)
    if member is None:
        return
    if move.how == "capture":
        stage.ask(member, facts.Capture(stage.key, move.name, stage.now), {"capture": move.name})
    elif move.how == "release":
        stage.ask(member, facts.Release(stage.key, move.name, stage.now), {"release": move.name})
    elif not stage.tape(member).spent[move.name].reward:
        fact = facts.Restoration(stage.key, move.name, stage.now)
        stage.ask(member, fact, {"restore": {"redemption": move.name}})


def give(stage: Stage, move: moves.Give) -> None:
    """To the other one, who must be a member; the lots handed over arrive a microsecond later, as in a story."""
    wallet, other = stage.tape(move.member).account.wallets.get(move.wallet), 1 - move.member
    if wallet is None or stage.one is not None or stage.tape(other).account.enrolled_at is None:
        return
    points = portion(wallet.available, move.share)
    said = {"to": MEMBERS[other], "points": stage.written(points, move.wallet), "wallet": move.wallet}
    stage.hand_over(move.member, facts.Transfer(stage.key, move.wallet, points, stage.now, MEMBERS[other]), said)


def unite(stage: Stage, move: moves.Unite) -> None:
    """The other member is part of this one from now on."""
    tapes, other = stage.tapes, 1 - move.member
    name, absorbed = MEMBERS[move.member], MEMBERS[other]
    asked = facts.Merge(absorbed, absorbed, name, stage.now, name)
    if not isinstance(
        decide_merge(tapes[0].programs, *(tapes[one].account for one in (move.member, other)), asked, stage.now),
        Refusal,
    ):
        stage.become_one(move.member, asked, {"merge": absorbed})


def refer(stage: Stage, move: moves.Refer) -> None:
    fact = facts.Referred(stage.key, MEMBERS[move.by], stage.now)
    if is_oneself(MEMBERS[move.member], fact):
        return
    stage.oneself = stage.oneself or move.by == move.member
    stage.happen(move.member, fact, {"referred": MEMBERS[move.by]})


def act(stage: Stage, move: moves.Act) -> None:
    setting = stage.ground.baits[move.setting]
    where = {"channel": setting.channel, "store": setting.store, "partner": setting.partner, "country": setting.country}
    fact = facts.Activity(stage.key, move.activity, stage.now, *where.values())
    plain = {name: word for name, word in where.items() if word}
    stage.happen(move.member, fact, {"activity": {"name": move.activity, **plain} if plain else move.activity})


def stand(stage: Stage, move: moves.Stand) -> None:
    if move.sort == "segment":
        fact: Any = facts.SegmentStanding(stage.key, move.name, stage.now, move.on)
        said = {"segment": move.name} | ({} if move.on else {"belongs": "no"})
        stage.happen(move.member, fact, {"segment": said})
        return
    until = None if move.on else stage.now
    fact = facts.PlanStanding(stage.key, move.name, stage.now, until)
    said = {"plan": move.name} | ({} if move.on else {"until": stage.local(stage.now)})
    stage.happen(move.member, fact, {"plan": said})


DEEDS: dict[type, Callable[[Stage, Any], None]] = {
    moves.Wait: Stage.wait,
    moves.Enrol: enrol,
    moves.Buy: buy,
    moves.Back: back,
    moves.Edit: edit,
    moves.Cancel: cancel,
    moves.Spend: spend,
    moves.Take: take,
    moves.Settle: settle,
    moves.Give: give,
    moves.Refer: refer,
    moves.Act: act,
    moves.Stand: stand,
    moves.Unite: unite,
}


def make(stage: Stage, move: moves.Move) -> None:
    DEEDS[type(move)](stage, move)


def return_all(stage: Stage) -> None:
    """Everything that money was paid for comes back."""
    for key in list(stage.orders):
        if cash(stage, key) > 0:
            back(stage, moves.Back(key.partition("/")[2]))


def cash(stage: Stage, key: str) -> int:
    """Minor units of money that are paid for what is left of an order."""
    found = stage.orders[key]
    memo = stage.tape(found.member).touched[key].memo
    return memo.net - sum(payments.left_of_shares(found.order, memo.returned).values())


# Lines, as facts and as words


def lines_of(stage: Stage, goods: Sequence[moves.Good]) -> tuple[Line, ...]:
    return tuple(line_of(stage.ground.baits[good.bait], good, str(place + 1)) for place, good in enumerate(goods))


def line_of(bait: Bait, good: moves.Good, name: str) -> Line:
    total = good.price * good.quantity + good.odd
    return Line(name, bait.sku, good.quantity, total, bait.category, bait.brand, 0, bait.tags)


def told(order: Order, currency: str) -> Said:
    said: Said = {"id": order.key.partition("/")[2]}
    for name in ("channel", "store", "partner", "country"):
        said |= {name: getattr(order, name)} if getattr(order, name) else {}
    if order.codes:
        said["codes"] = list(order.codes)
    if order.payments:
        said["payments"] = [told_payment(one, currency) for one in order.payments]
    return said | {"lines": [told_line(line, currency) for line in order.lines]}


def told_payment(one: Payment, currency: str) -> Said:
    named = {"redemption": one.redemption} if one.redemption else {}
    return {"method": one.method, "amount": format_major(one.amount, currency), **named}


def told_line(line: Line, currency: str) -> Said:
    words = {"sku": line.sku, "category": line.category, "brand": line.brand, "tags": list(line.tags)}
    counted = {"quantity": str(line.quantity)} if line.quantity != 1 else {}
    return (
        {name: word for name, word in words.items() if word} | counted | {"total": format_major(line.total, currency)}
    )
