"""One issued reward: its code, what became of it and who did that, and what can be done about it now."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from msgspec import Struct

from regulars.console import actors
from regulars.ledger import contents
from regulars.ledger.connect import raw
from regulars.programs import wording
from regulars.rewards import looking, qr, queries
from regulars.rewards.actions import granting
from regulars.rewards.copies import BEFORE, GONE_OUT
from regulars.rewards.queries import HappenedLine, IssuedLine
from regulars.rewards.spelling import masked
from regulars.storefront import words
from regulars.storefront.shop import Shop
from regulars.storefront.words import Badge

HAPPENED: dict[str, Promise] = {
    "cancelled": pgettext_lazy("reward", "Cancelled"),
    "delivered": pgettext_lazy("goods", "Delivered"),
    "held": _("Reserved at a checkout"),
    "issued": _("Issued to the member"),
    "ordered": pgettext_lazy("goods", "Ordered"),
    "drawn": pgettext_lazy("lucky draw", "Drawn"),
    "released": _("Given back by the checkout"),
    "restored": _("Can be used again"),
    "returned": _("What it won was taken back"),
    "shipped": pgettext_lazy("goods", "Shipped"),
    "used": pgettext_lazy("reward", "Used"),
}
# Reasons that the program writes by itself.
OWN_REASONS: dict[str, Promise] = {"refunded": _("its order came back")}
# Kinds of rewards that somebody may have to send.
SENT = ("gift_card", "other", "product", "voucher")


class Moment(Struct, frozen=True):
    at: datetime
    what: str | Promise
    who: str
    where: str
    reason: str | Promise
    checkout_id: UUID | None


class Step(Struct, frozen=True):
    """A step of sending goods. `word` is what the form says."""

    word: str
    name: str | Promise
    is_done: bool
    is_next: bool


class CopyPage(Struct, frozen=True):
    """`picture` is the QR, "" where the reader may not see the code or it is of no use any more."""

    line: IssuedLine
    title: str
    state: Badge
    code: str
    is_masked: bool
    picture: SafeString
    at: datetime
    valid_from: datetime | None
    until: datetime | None
    checkout_id: UUID | None
    moments: list[Moment]
    steps: list[Step]
    may_end: bool


def copy_page(shop: Shop, issued_id: UUID, *, reads_codes: bool, personal: bool) -> CopyPage | None:
    line = queries.issued(shop.id, issued_id, shop.now)
    if line is None:
        return None
    owned = looking.owned(raw(), shop.id, issued_id, shop.now)
    told = queries.history(shop.id, issued_id)
    is_open = line.state in ("issued", "held")
    picture = qr.svg(line.code) if line.code and reads_codes and is_open else ""
    return CopyPage(
        line=line,
        title=wording.reward(line.reward, shop.published.programs),
        state=words.state(line.state),
        code=line.code if reads_codes else masked(line.code),
        is_masked=not reads_codes,
        picture=mark_safe(picture),  # noqa: S308 - drawn by us from a code
        at=shop.local(line.issued_at),
        valid_from=shop.local(line.valid_from) if line.valid_from is not None else None,
        until=shop.local(line.expires_at - 1) if line.expires_at is not None else None,
        checkout_id=owned.checkout_id if owned else None,
        moments=moments(shop, told, personal=personal),
        steps=steps(shop, line),
        may_end=_may_end(shop, line),
    )


def moments(shop: Shop, told: Sequence[HappenedLine], *, personal: bool) -> list[Moment]:
    """Newest first. What people wrote may name somebody."""
    called = actors.names(shop.id, {one.actor for one in told})
    return [
        Moment(
            shop.local(one.at),
            HAPPENED[one.what],
            called[one.actor],
            one.place,
            _why(one, personal=personal),
            one.checkout_id,
        )
        for one in reversed(told)
    ]


def _why(one: HappenedLine, *, personal: bool) -> str | Promise:
    if one.what == "drawn" or not (personal or one.reason in OWN_REASONS or one.actor == granting.ACTOR):
        return ""
    return OWN_REASONS.get(one.reason, one.reason)


def _may_end(shop: Shop, line: IssuedLine) -> bool:
    """What goes into the account is used when it is issued, and can be taken out again."""
    offer = shop.published.programs.at(line.issued_at).rewards.get(line.reward)
    is_in = line.state == "used" and offer is not None and contents.goes_in(offer.gives)
    return (is_in or line.state in ("issued", "expired")) and line.fulfilment not in GONE_OUT


def steps(shop: Shop, line: IssuedLine) -> list[Step]:
    """The way of goods to the member; none where nothing is sent."""
    offer = shop.published.programs.at(line.issued_at).rewards.get(line.reward)
    if not line.fulfilment and (line.state == "cancelled" or (offer and offer.gives.kind not in SENT)):
        return []
    order = list(words.FULFILMENT)
    done = order.index(line.fulfilment) + 1 if line.fulfilment else 0
    is_open = line.state != "cancelled"
    return [
        Step(word, words.FULFILMENT[word], place < done, is_open and BEFORE[word] == line.fulfilment)
        for place, word in enumerate(order)
    ]
