"""The program as search engines read it: schema.org's MemberProgram, as JSON-LD."""

import json
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from regulars.engine.levels import UNREACHABLE, Level, TierRules
from regulars.engine.money import format_major
from regulars.programs.wording import worded
from regulars.storefront.earning import offered
from regulars.storefront.shop import Shop


def member_program(shop: Shop, address: str) -> SafeString:
    """See https://schema.org/MemberProgram. Safe inside a script element: nothing in it can end one."""
    said: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "MemberProgram",
        "name": shop.title,
        "url": address,
        "description": "; ".join(f"{way.name}: {way.gives}" for way in offered(shop)),
    }
    if tiers := [_tier(shop, rules, level) for rules in shop.rules.tier_sets.values() for level in rules.levels]:
        said["hasTiers"] = tiers
    return mark_safe(json.dumps(said, ensure_ascii=False).replace("<", "\\u003c"))  # noqa: S308  # see above


def _tier(shop: Shop, rules: TierRules, level: Level) -> dict[str, Any]:
    found: dict[str, Any] = {
        "@type": "MemberProgramTier",
        "@id": f"#{level.tier}",
        "name": worded(level.name, get_language() or "en") or level.tier,
        "hasTierBenefit": ["https://schema.org/TierBenefitLoyaltyPoints"],
    }
    if rules.grows_by == "spend" and 0 < level.reach < UNREACHABLE:
        spend = format_major(level.reach, shop.currency)
        found["hasTierRequirement"] = {"@type": "MonetaryAmount", "value": spend, "currency": shop.currency}
    return found
