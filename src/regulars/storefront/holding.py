"""What a member has now: points, what becomes of them next, and the way to the next tier."""

from datetime import date

from django.utils.translation import gettext as _
from msgspec import Struct

from regulars.engine.progress import Progress
from regulars.insight import wording
from regulars.ledger.queries import Balance, Statement
from regulars.storefront.benefits import had
from regulars.storefront.shop import Shop

NOTHING = Balance(0, 0, 0, 0, None, 0)


class Way(Struct, frozen=True):
    """Progress to the next tier in what the main tier set grows by; `waiting` says what orders add that do not count
    yet, `keep` what it takes to stay."""

    done: int
    whole: int
    words: str
    waiting: str
    keep: str
    next_tier: str


class Holding(Struct, frozen=True):
    available: int
    pending: int
    held: int
    deficit: int
    worth: str
    expiry_points: int
    expiry_on: date | None
    tier: str
    way: Way | None
    benefits: list[str]


def holding(shop: Shop, statement: Statement | None) -> Holding:
    wallet = shop.published.programs.main_wallet
    balance = statement.balances.get(wallet, NOTHING) if statement else NOTHING
    return Holding(
        available=balance.available,
        pending=balance.pending,
        held=balance.held,
        deficit=balance.deficit,
        worth=_worth(shop, balance.available),
        expiry_points=balance.next_expiry_points,
        expiry_on=balance.next_expiry_on,
        tier=shop.tier(statement.tier) if statement else "",
        way=_way(shop, statement.progress) if statement and statement.progress else None,
        benefits=had(shop, statement) if statement else [],
    )


def _worth(shop: Shop, points: int) -> str:
    """What the points would buy, rounded down; nothing where the program names no worth."""
    worth = shop.rules.wallets[shop.published.programs.main_wallet].worth
    return shop.money(points * worth.minor // worth.points) if worth and points else ""


def _way(shop: Shop, progress: Progress) -> Way:
    done, waiting, keep = progress.growth, _waiting(shop, progress), _keep(shop, progress)
    if progress.next_tier is None:
        return Way(done, max(done, 1), _("This is the highest tier."), waiting, keep, "")
    tier = shop.tier(progress.next_tier)
    words = _("%(amount)s more to reach %(tier)s") % {
        "amount": shop.growth(progress.grows_by, progress.missing),
        "tier": tier,
    }
    return Way(done, done + progress.missing, words, waiting, keep, tier)


def _waiting(shop: Shop, progress: Progress) -> str:
    if not progress.waiting:
        return ""
    return _("Not counted yet: %(amount)s") % {"amount": shop.growth(progress.grows_by, progress.waiting)}


def _keep(shop: Shop, progress: Progress) -> str:
    if progress.until is None:
        return ""
    day = wording.day(shop.local(progress.until).date())
    if not progress.keep_missing:
        return _("Kept for another term after %(day)s.") % {"day": day}
    return _("%(amount)s more by %(day)s to keep this tier.") % {
        "amount": shop.growth(progress.grows_by, progress.keep_missing),
        "day": day,
    }
