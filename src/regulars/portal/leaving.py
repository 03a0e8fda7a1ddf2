"""What goes with a member who leaves, and what the shop would owe them: said before anything is done."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from msgspec import Struct

from regulars.engine.charging import money_for
from regulars.engine.closing import is_paid_out
from regulars.portal import having
from regulars.portal.visiting import Visit
from regulars.programs.wording import points


class Going(Struct, frozen=True):
    """What is lost, a sentence for each wallet and one for rewards; `owed` in minor units, by what they have now."""

    lost: list[str]
    owed: int


def going(visit: Visit) -> Going:
    return Going(list(_lost(visit)) or [_("You have nothing that is lost.")], _owed(visit))


def asks_in_shop(visit: Visit, owed: int) -> str:
    return _("Please ask in the shop: we owe you %(money)s.") % {"money": visit.shop.money(owed)}


def _lost(visit: Visit) -> Iterator[str]:
    programs, rules = visit.shop.published.programs, visit.shop.rules.wallets
    for name, balance in visit.statement.balances.items() if visit.statement else ():
        usable = 0 if is_paid_out(rules.get(name)) else balance.available + balance.held
        if gone := usable + balance.pending:
            yield _("You lose %(points)s.") % {"points": points(gone, name, programs)}
    if unused := len(having.ready(visit)):
        yield ngettext(
            "You lose %(count)s reward that you have not used.", "You lose %(count)s rewards that you have not used.",
            unused,
        ) % {"count": unused}  # fmt: skip


def _owed(visit: Visit) -> int:
    owed = 0
    for name, balance in visit.statement.balances.items() if visit.statement else ():
        rules = visit.shop.rules.wallets.get(name)
        if rules is not None and rules.value is not None and is_paid_out(rules):
            owed += money_for(rules.value, balance.available + balance.held)
    return owed
