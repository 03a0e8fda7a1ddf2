"""Everything that is held about a member, as one document that they can read and take elsewhere.

JSON in UTF-8. Money is in major units of the program's currency, times are those of its zone.
"""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from regulars.engine.money import format_major
from regulars.ledger import queries as ledger
from regulars.ledger.connect import raw
from regulars.ledger.orders import OrderLine, orders
from regulars.ledger.queries import LedgerLine, Statement
from regulars.members import consenting, noting
from regulars.members.queries import MemberLine
from regulars.programs.explain import said
from regulars.rewards import draws
from regulars.rewards import queries as rewards
from regulars.rewards.draws import Draw
from regulars.storefront.shop import Shop

PAGE = 1_000


def everything(shop: Shop, line: MemberLine, statement: Statement | None) -> bytes:
    member_id = statement.member_id if statement else line.id
    people = statement.people if statement else {line.id}
    balances = statement.balances.items() if statement else ()
    found = {
        "program": {"name": shop.title, "currency": shop.currency, "time_zone": shop.zone_name},
        "made_at": shop.local(shop.now),
        "member": {
            "id": line.id, "customer": line.external_id, "card": line.card, "name": line.name, "email": line.email,
            "phone": line.phone, "language": line.language, "joined_at": line.joined_at,
        },
        "consents": [msgspec.to_builtins(one) for one in consenting.every(line.id)],
        "notes": [
            {"at": shop.local(one.at), "words": one.words, "struck_out": one.struck_at is not None}
            for one in reversed(noting.of(people))
        ],
        "tier": statement.tier if statement else "",
        "balances": {name: msgspec.to_builtins(balance) for name, balance in balances},
        "orders": [_order(shop, one) for one in _orders(shop, member_id)],
        "entries": [_entry(shop, one) for one in _entries(shop, [member_id, *sorted(people - {member_id})])],
        "draws": [_draw(shop, one) for one in _draws(shop, people)],
        "rewards": [_reward(shop, one) for one in rewards.ever_issued_to(shop.id, people, shop.now)],
    }  # fmt: skip
    return msgspec.json.format(msgspec.json.encode(found), indent=2)


def _orders(shop: Shop, member_id: UUID) -> Iterator[OrderLine]:
    before: datetime | None = None
    while found := orders(raw(), shop.id, member_id, before, PAGE):
        yield from found
        before = found[-1].paid_at
        if len(found) < PAGE:
            return


def _entries(shop: Shop, member_ids: Collection[UUID]) -> Iterator[LedgerLine]:
    """Ledger by ledger."""
    for member_id in member_ids:
        below: int | None = None
        while found := ledger.entries(raw(), shop.id, member_id, below, PAGE):
            yield from found
            below = found[-1].seq


def _draws(shop: Shop, people: Collection[UUID]) -> Iterator[Draw]:
    after: Draw | None = None
    while found := draws.listed(raw(), shop.id, member_ids=people, after=after, limit=draws.PAGE_LIMIT):
        yield from found
        after = found[-1]


def _order(shop: Shop, line: OrderLine) -> dict[str, Any]:
    order = line.order
    bought = [
        {"sku": one.sku, "category": one.category, "quantity": one.quantity, "total": _money(shop, one.total)}
        for one in order.lines
    ]
    return {
        "order": order.key,
        "paid_at": shop.local(line.paid_at) if line.paid_at else None,
        "channel": order.channel,
        "store": order.store,
        "lines": bought,
        "left": _money(shop, line.net_minor),
        "returned": _money(shop, line.refunded_minor),
        "points": line.points,
    }


def _entry(shop: Shop, line: LedgerLine) -> dict[str, Any]:
    entry = line.entry
    return {
        "number": line.seq,
        "at": shop.local(entry.occurred_at),
        "wallet": entry.wallet,
        "points": entry.points,
        "from": entry.source,
        "to": entry.target,
        "why": said(entry, shop.published.programs),
        "available": line.available,
        "pending": line.pending,
    }


def _draw(shop: Shop, one: Draw) -> dict[str, Any]:
    return {"draw": one.name, "reward": one.reward, "won": one.prize, "at": shop.local(one.at)}


def _reward(shop: Shop, line: rewards.IssuedLine) -> dict[str, Any]:
    return {
        "reward": line.reward,
        "state": line.state,
        "code": line.code,
        "taken_at": shop.local(line.issued_at),
        "expires_at": None if line.expires_at is None else shop.local(line.expires_at),
    }


def _money(shop: Shop, minor: int) -> str:
    return format_major(minor, shop.currency)
