"""How much of a reward was added when, by whom and why."""

from datetime import datetime

from msgspec import Struct

from regulars.console import actors
from regulars.insight.wording import signed
from regulars.rewards import deeds
from regulars.storefront.shop import Shop

SHOWN = 20


class Added(Struct, frozen=True):
    at: datetime
    quantity: str
    who: str
    reason: str


def stock_ledger(shop: Shop, reward: str) -> list[Added]:
    """Newest first."""
    told = deeds.told(shop.id, deeds.about_stock(reward), SHOWN)
    called = actors.names(shop.id, {deed.actor for deed in told})
    return [Added(shop.local(deed.at), signed(deed.quantity), called[deed.actor], deed.reason) for deed in told]
