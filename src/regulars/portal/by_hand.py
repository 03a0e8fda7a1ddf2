"""Why the shop gave or took points by hand, as members are told: the reason alone, nobody's name and nobody's words."""

from collections.abc import Mapping
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from regulars.engine.facts import Adjustment
from regulars.ledger import codec
from regulars.ledger.connect import raw
from regulars.ledger.queries import said_about
from regulars.storefront.shop import Shop

# Other codes are the shop's own business.
REASONS: Mapping[str, Promise] = {
    "goodwill": pgettext_lazy("to a member", "With kind regards from the shop"),
    "points_missing": pgettext_lazy("to a member", "Points that had been missing"),
    "complaint": pgettext_lazy("to a member", "Because something had gone wrong"),
    "mistake": pgettext_lazy("to a member", "To put a mistake right"),
}


def reasons(shop: Shop, people: set[UUID]) -> dict[str, tuple[str, ...]]:
    """By what entries name as their cause."""
    found = [one for one, _words in said_about(raw(), shop.id, people, (codec.KINDS[Adjustment],))]
    told = {f"adjust:{one.key}": one.reason for one in found if isinstance(one, Adjustment)}
    return {cause: (str(REASONS[code]),) for cause, code in told.items() if code in REASONS}
