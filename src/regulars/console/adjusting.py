"""Points to be given or taken by hand: what the form says, and what would come of it."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import TypeVar
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from msgspec import Struct

from regulars.console import reasons
from regulars.console.asking import Form
from regulars.engine.calendar import date_of
from regulars.engine.program import is_money
from regulars.ledger import queries as ledger
from regulars.ledger.connect import raw
from regulars.programs import wording
from regulars.programs.explain import said as sentence
from regulars.rewards.actions import adjusting
from regulars.rewards.actions.adjusting import Wish
from regulars.rewards.queries import WaitingLine
from regulars.storefront import refused
from regulars.storefront.shop import Shop

MOST = 1_000_000_000
T = TypeVar("T")


class Purse(Struct, frozen=True):
    """A wallet that can be adjusted. `limit` says above what somebody else must approve; empty where nobody must."""

    name: str
    title: str
    available: str
    limit: str


class Preview(Struct, frozen=True):
    """What would be: `lines` are the entries in words, `waits` whether somebody else approves first."""

    points: str
    before: str
    after: str
    lasts_until: date | None
    lines: list[str]
    waits: bool
    reason: str


class Waiting(Struct, frozen=True):
    id: UUID
    member_id: UUID
    points: str
    reason: str
    words: str
    asked_by: str
    who: str
    at: object


def purses(shop: Shop, held: ledger.Statement | None) -> list[Purse]:
    found = []
    for name, rules in shop.rules.wallets.items():
        balance, above = held.balances.get(name) if held else None, rules.spend.approve_above
        limit = wording.points(above, name, shop.published.programs) if above is not None else ""
        available = wording.points(balance.available if balance else 0, name, shop.published.programs)
        found.append(Purse(name, wording.unit(name, shop.published.programs), available, limit))
    return found


def wish(form: Form, shop: Shop) -> Wish:
    """What the form asks for; what is wrong stands at its fields."""
    wallets = list(shop.rules.wallets)
    wallet = form.text("wallet") or wallets[0]
    if wallet not in wallets:
        form.faults["wallet"] = _("There is no such wallet.")
    if form.text("way") not in ("give", "take"):
        form.faults["way"] = _("Choose whether points are given or taken.")
    is_paid = wallet in wallets and is_money(wallet, shop.published.programs.versions)
    points = form.money("points", shop) if is_paid else form.whole("points", 1, MOST)
    code = reasons.chosen(form)
    return Wish(wallet, -points if form.text("way") == "take" else points, code, form.text("words"))


def preview(shop: Shop, member_id: UUID, wanted: Wish, actor: str) -> Preview:
    """It is done, looked at, and undone before anybody else could see it. Raises Refused."""
    return foreseen(lambda: _tried(shop, member_id, wanted, actor))


def foreseen(act: Callable[[], T]) -> T:
    """What an action comes to, of which nothing is kept. Raises Refused where somebody else is at it."""
    with refused.bounded():
        try:
            return act()
        finally:
            transaction.set_rollback(True)


def _tried(shop: Shop, member_id: UUID, wanted: Wish, actor: str) -> Preview:
    programs = shop.published.programs
    before = ledger.account_at(raw(), programs, member_id, shop.now)
    done = adjusting.adjust(programs, member_id, wanted, shop.now, actor=actor)
    after = ledger.account_at(raw(), programs, member_id, shop.now)
    had, has = (one.wallets[wanted.wallet].available if one and wanted.wallet in one.wallets else 0
                for one in (before, after))  # fmt: skip
    entries = () if isinstance(done, UUID) else done
    lots = after.wallets[wanted.wallet].lots if after and wanted.wallet in after.wallets else []
    ends = [lot.expires_at for lot in lots if lot.expires_at and any(lot.cause in e.identity for e in entries)]
    return Preview(
        points=wording.points(abs(wanted.points), wanted.wallet, programs),
        before=wording.points(had, wanted.wallet, programs),
        after=wording.points(had + wanted.points if isinstance(done, UUID) else has, wanted.wallet, programs),
        lasts_until=date_of(programs.calendar.day(max(ends) - 1)) if ends and wanted.points > 0 else None,
        lines=[sentence(entry, programs) for entry in entries],
        waits=isinstance(done, UUID),
        reason=reasons.said(wanted.reason),
    )


def waiting(shop: Shop, lines: list[WaitingLine], called: Mapping[str, str], *, personal: bool) -> list[Waiting]:
    """What somebody wrote stands there only if `personal`."""
    return [
        Waiting(
            id=line.id,
            member_id=line.member_id,
            points=_signed(shop, line),
            reason=reasons.said(line.reason),
            words=line.words if personal else "",
            asked_by=line.asked_by,
            who=called[line.asked_by],
            at=shop.local(line.asked_at),
        )
        for line in lines
    ]


def _signed(shop: Shop, line: WaitingLine) -> str:
    sign = "+" if line.points > 0 else "−"
    return sign + wording.points(abs(line.points), line.wallet, shop.published.programs)
