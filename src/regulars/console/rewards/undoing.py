"""A redemption that is undone at the desk: what it brings back of its points, as the ledger says it did, or would."""

from uuid import UUID

from django.utils.translation import gettext as _
from msgspec import Struct

from regulars.console.adjusting import foreseen
from regulars.engine.outcome import Entry
from regulars.ledger import deciding
from regulars.ledger import queries as ledger
from regulars.ledger.connect import raw
from regulars.programs import wording
from regulars.programs.explain import said as sentence
from regulars.rewards.actions import desk
from regulars.storefront.shop import Shop

# Of one redemption there are no more entries than this.
MOST = 200
# What was due all the same.
BY_TIME = frozenset({"expire", "mature"})


class Undone(Struct, frozen=True):
    """`lines` say what becomes of the points, `balance` what the member has then; "" where nobody spent any."""

    lines: list[str]
    balance: str


def preview(shop: Shop, checkout_id: UUID, member_id: UUID | None, actor: str) -> Undone:
    """It is done, looked at, and undone before anybody else could see it. Raises Refused."""
    return foreseen(lambda: undo(shop, checkout_id, member_id, actor, ""))


def undo(shop: Shop, checkout_id: UUID, member_id: UUID | None, actor: str, reason: str) -> Undone:
    """Raises Refused."""
    programs = shop.published.programs
    owner = deciding.seen(raw(), programs.program_id, member_id)[0] if member_id else None
    known = ledger.entries(raw(), programs.program_id, owner, None, 1) if owner else []
    desk.void(programs, checkout_id, shop.now, actor=actor, reason=reason)
    if owner is None:
        return Undone([], "")
    newest, head = ledger.entries(raw(), programs.program_id, owner, None, MOST), known[0].seq if known else 0
    entries = [line.entry for line in reversed(newest) if line.seq > head and line.entry.kind not in BY_TIME]
    has = ledger.statement(raw(), programs, owner, shop.now)
    if not entries or has is None:
        return Undone([], "")
    wallets = dict.fromkeys(entry.wallet for entry in entries)
    balance = [wording.points(has.balances[wallet].available, wallet, programs) for wallet in wallets]
    return Undone([_said(shop, entry) for entry in entries], wording.listed(balance))


def _said(shop: Shop, entry: Entry) -> str:
    """What simply comes back keeps its end, which the ledger does not say."""
    if entry.kind in ("release", "restore") and entry.target == "available":
        points = wording.points(entry.points, entry.wallet, shop.published.programs)
        return _("%(points)s go back to the member, with the expiry they had.") % {"points": points}
    return sentence(entry, shop.published.programs)
