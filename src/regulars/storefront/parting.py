"""What goes when a membership ends, and what the shop would owe: by what the member has now."""

from msgspec import Struct

from regulars.engine.charging import money_for
from regulars.engine.closing import is_paid_out
from regulars.ledger.queries import Statement
from regulars.storefront.shop import Shop


class Parting(Struct, frozen=True):
    """`lost` by wallet, without those that hold nothing; `owed` in minor units."""

    lost: dict[str, int]
    owed: int


def parting(shop: Shop, statement: Statement | None) -> Parting:
    lost, owed = {}, 0
    for name, balance in statement.balances.items() if statement else ():
        rules = shop.rules.wallets.get(name)
        usable = balance.available + balance.held
        is_paid = is_paid_out(rules)
        if gone := (0 if is_paid else usable) + balance.pending:
            lost[name] = gone
        if rules is not None and rules.value is not None and is_paid:
            owed += money_for(rules.value, usable)
    return Parting(lost, owed)
