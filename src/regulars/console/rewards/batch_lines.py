"""Batches of codes as people see them: for what, how many there are, how many are used, who did what to them."""

from datetime import datetime

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from msgspec import Struct

from regulars.console import actors
from regulars.engine.calendar import DAY
from regulars.insight.wording import count
from regulars.programs import wording
from regulars.rewards import deeds, registers
from regulars.rewards.actions.batches import PERSONAL, YEARS_AHEAD
from regulars.rewards.registers import BatchRow
from regulars.storefront import words
from regulars.storefront.shop import Shop
from regulars.storefront.words import Badge

DEEDS: dict[str, Promise] = {
    "cancelled": gettext_lazy("Ended"),
    "imported": gettext_lazy("Codes brought in"),
    "taken": gettext_lazy("Codes downloaded"),
}


class BatchLine(Struct, frozen=True):
    """`is_making`: some of its codes are still to be made; `is_pool`: they are a partner's, handed out by a reward."""

    id: int
    title: str
    kind: str
    url: str
    made: int
    wanted: int
    used: int
    looks: str
    when: str
    state: Badge | None
    at: datetime
    who: str
    is_making: bool
    is_over: bool
    is_pool: bool
    is_personal: bool


class Deed(Struct, frozen=True):
    at: datetime
    what: str
    who: str
    reason: str


def lines(shop: Shop) -> list[BatchLine]:
    found = registers.batches(shop.id)
    called = actors.names(shop.id, {row.made_by for row in found})
    return [_line(shop, row, called[row.made_by]) for row in found]


def line(shop: Shop, batch_id: int) -> BatchLine | None:
    row = registers.batch(shop.id, batch_id)
    return _line(shop, row, actors.names(shop.id, {row.made_by})[row.made_by]) if row else None


def journal(shop: Shop, batch_id: int) -> list[Deed]:
    """Newest first."""
    told = deeds.told(shop.id, deeds.about_batch(batch_id))
    called = actors.names(shop.id, {one.actor for one in told})
    return [
        Deed(
            shop.local(one.at),
            f"{DEEDS[one.what]}: {count(one.quantity)}" if one.quantity else str(DEEDS[one.what]),
            called[one.actor],
            one.reason,
        )
        for one in told
    ]


def _line(shop: Shop, row: BatchRow, who: str) -> BatchLine:
    over = row.cancelled_at is not None
    expired = row.expires_at is not None and row.expires_at <= shop.now
    state = Badge(_("Ended")) if over else Badge(words.STATES["expired"]) if expired else None
    making = not over and row.made < row.wanted
    return BatchLine(
        id=row.id,
        title=title(shop, row),
        kind=_("A partner’s codes") if row.reward else _("Codes of a coupon"),
        url=reverse("batch", args=[shop.slug, row.id]),
        made=row.made,
        wanted=row.wanted,
        used=row.used,
        looks=_looks(row),
        when=_when(shop, row),
        state=Badge(_("Being made"), "is-attention") if making and not expired else state,
        at=shop.local(row.made_at),
        who=who,
        is_making=making,
        is_over=over,
        is_pool=bool(row.reward),
        is_personal=row.made_by == PERSONAL,
    )


def title(shop: Shop, row: BatchRow) -> str:
    if row.reward:
        return wording.reward(row.reward, shop.published.programs)
    offer = shop.rules.coupons.get(row.coupon)
    return words.title(offer) if offer else row.coupon


def _looks(row: BatchRow) -> str:
    """How its codes begin."""
    return f"{row.prefix}-…" if row.prefix else ""


def _when(shop: Shop, row: BatchRow) -> str:
    """What ends farther ahead than a batch may today has no end that anybody waits for, nor a day that can be shown."""
    calendar = shop.published.programs.calendar
    far = row.made_at + YEARS_AHEAD * 366 * DAY
    since = None if row.valid_from is None else calendar.day(min(row.valid_from, far))
    if row.expires_at is None or row.expires_at > far:
        return words.days(since, None)
    return words.days(since, calendar.day(max(row.expires_at - 1, 0)))
