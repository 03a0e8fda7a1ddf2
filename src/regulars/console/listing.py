"""What was asked of the member list, read from the address. Words that mean nothing are taken as not said."""

from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import urlencode

import msgspec
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from msgspec import Struct

from regulars.console.choosing import Menu, choices
from regulars.engine.calendar import datetime_of
from regulars.members.queries import Filters
from regulars.storefront.shop import Shop

PAGE_SIZE = 50
SORTS: dict[str, Promise] = {
    "-last_order": _("Latest order first"),
    "last_order": _("Oldest order first"),
    "name": _("Name"),
    "-points": _("Most points"),
    "-spend": _("Highest spend"),
}
POINTS: dict[str, Promise] = {"some": _("Has points"), "none": _("No points")}
# Days since the last order, and whether it must be younger or older than that.
LAST_ORDERS: dict[str, tuple[int, bool, Promise]] = {
    "30": (30, True, _("In the last 30 days")),
    "90": (90, True, _("In the last 90 days")),
    "not-90": (90, False, _("Not for 90 days")),
    "not-180": (180, False, _("Not for 180 days")),
}


class Asked(Struct, frozen=True):
    """`after` is where the page before this one ended."""

    search: str = ""
    tier: str = ""
    points: str = ""
    last_order: str = ""
    sort: str = "-last_order"
    after: str | None = None

    @property
    def narrow(self) -> bool:
        return bool(self.search or self.tier or self.points or self.last_order)

    def filters(self, shop: Shop) -> Filters:
        days, younger, _name = LAST_ORDERS.get(self.last_order, (0, True, ""))
        since = datetime_of(shop.now) - timedelta(days=days) if days else None
        return Filters(
            tier=self.tier or None,
            has_points={"some": True, "none": False}.get(self.points),
            ordered_since=since if younger else None,
            not_ordered_since=None if younger else since,
        )


def asked(words: Mapping[str, str], shop: Shop) -> Asked:
    def said(name: str, known: Mapping[str, object]) -> str:
        word = words.get(name, "")
        return word if word in known else ""

    return Asked(
        search=words.get("search", "").strip(),
        tier=said("tier", shop.tiers),
        points=said("points", POINTS),
        last_order=said("last_order", LAST_ORDERS),
        sort=said("sort", SORTS) or Asked().sort,
        after=words.get("after") or None,
    )


def menus(asked: Asked, shop: Shop) -> list[Menu]:
    last_orders = {key: name for key, (_days, _younger, name) in LAST_ORDERS.items()}
    return [
        Menu("tier", _("Tier"), _("Any tier"), choices(shop.tiers, asked.tier)),
        Menu("points", _("Points"), _("Any balance"), choices(POINTS, asked.points)),
        Menu("last_order", _("Last order"), _("Any time"), choices(last_orders, asked.last_order)),
        Menu("sort", _("Sort by"), "", choices(SORTS, asked.sort)),
    ]


def address(asked: Asked, **changes: str) -> str:
    """The query of the same list with something changed; a new order begins at the first page."""
    words = {**msgspec.structs.asdict(asked), "after": None, **changes}
    return "?" + urlencode({name: word for name, word in words.items() if word and word != getattr(Asked(), name)})
