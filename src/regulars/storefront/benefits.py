"""Benefits, said to members: what comes with a tier, what comes with something else, and what one member has now."""

from msgspec.structs import replace

from regulars.engine.benefits import benefits
from regulars.engine.conditions import listed
from regulars.engine.program import Benefit, Version
from regulars.ledger.queries import Statement
from regulars.programs.wording import language, worded
from regulars.storefront.earning import conditions
from regulars.storefront.shop import Shop


def of_tier(shop: Shop, version: Version, tier: str) -> list[str]:
    """What comes with a tier, each with what is asked besides."""
    asked = [(one, one.asked) for one in version.benefits if one.asked and tier in listed(one.asked.tier)]
    return [" · ".join([_called(one), *conditions(shop, replace(when, tier=""))]) for one, when in asked]


def others(shop: Shop, version: Version) -> list[str]:
    """What comes with no tier that it names: with a plan, a segment, or for every member."""
    found = [one for one in version.benefits if not (one.asked and one.asked.tier)]
    return [" · ".join([_called(one), *conditions(shop, one.asked)]) for one in found]


def had(shop: Shop, statement: Statement) -> list[str]:
    """What this member has now."""
    names = benefits(shop.published.programs, statement.account, shop.now)
    return [_called(one) for one in shop.rules.benefits if one.name in names]


def _called(one: Benefit) -> str:
    return worded(one.title, language()) or one.name.replace("-", " ").capitalize()
