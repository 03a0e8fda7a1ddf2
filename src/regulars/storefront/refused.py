"""Why something about rewards was not done, as a sentence for whoever stands at the counter."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from django.utils.translation import gettext as _

from regulars.access import waiting
from regulars.ledger.claims import is_busy
from regulars.programs.wording import one_of
from regulars.rewards.pricing import Refused as NotApplied
from regulars.rewards.refusing import Refused
from regulars.rewards.saying import precisely
from regulars.rewards.titles import TITLES
from regulars.storefront.shop import Shop
from regulars.storefront.writing import short_day

# Parameters that are days.
DAYS = ("from", "until")


def said(shop: Shop, refused: Refused | NotApplied) -> str:
    """With what would have been possible, where that is known."""
    if refused.code == "member_unknown":
        return _("Nobody has this card, telephone, number or code.")
    if refused.code == "busy":
        return _("Somebody else is changing the same thing; try again in a moment")
    return precisely(refused.code, _as_people_say(shop, refused), shop.money) or str(TITLES[refused.code])


@contextmanager
def bounded() -> Iterator[None]:
    """A transaction in which nobody before the screen waits for long. Raises Refused where somebody else is at it."""
    try:
        with waiting.bounded():
            yield
    except Exception as error:
        if not is_busy(error):
            raise
        raise Refused("busy") from None


def _as_people_say(shop: Shop, refused: Refused | NotApplied) -> dict[str, object]:
    """Days as people write them, tiers by their names."""
    words = {
        name: short_day(date.fromisoformat(value)) if name in DAYS and isinstance(value, str) else value
        for name, value in refused.parameters.items()
    }
    if refused.code == "wrong_tier":
        words["needed"] = one_of([shop.tier(key) for key in str(words["needed"]).split(", ")])
    return words
