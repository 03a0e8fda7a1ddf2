"""What gave nothing for an order, and why."""

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from msgspec import Struct

from regulars.engine import lacking as engine
from regulars.ledger.orders import OrderLine
from regulars.programs import lacking, wording
from regulars.programs.beginning import gives
from regulars.storefront.shop import Shop
from regulars.storefront.writing import moment


class Unearned(Struct, frozen=True):
    """A rule by the name that the reader knows, and all that it lacked."""

    rule: str
    why: str


def unearned(shop: Shop, line: OrderLine) -> list[Unearned]:
    """Every rule on orders that gave nothing, in the program's order. None where all of the order came back, since
    nothing is left that could earn."""
    programs, memo = shop.published.programs, line.memo
    if not line.may_earn:
        return []
    if memo is not None and not memo.counts:
        return [Unearned(_("Every rule"), _("whoever paid was not a member yet"))]
    number = memo.version if memo else programs.at(line.order.version_at).number
    if not gives(programs.numbered(number)):
        return [Unearned(_("Every rule"), _before(shop))]
    return [
        Unearned(wording.rule(one.rule.name, number, programs), lacking.said(one, number, programs))
        for one in engine.unearned(programs, line.order, memo)
    ]


def _before(shop: Shop) -> str:
    """Why nothing could be earned yet, and from when on it can, where that is known."""
    first = next((version for version in shop.published.programs.versions if gives(version)), None)
    if first is None:
        return _("the program has no rules yet")
    since = moment(shop.local(first.starts_at))
    return _("it was paid before the first rules were in force, on %(moment)s") % {"moment": since}


def why_nothing(shop: Shop, line: OrderLine) -> str:
    """Why none of the rules gave anything, where all lacked the same."""
    whys = {one.why for one in unearned(shop, line)}
    return capfirst(whys.pop()) if len(whys) == 1 else ""
