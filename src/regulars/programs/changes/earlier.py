"""What becomes of the orders that are here already when a document becomes the next version, in words.

Each order is read by the version in force when it was paid, for ever: a version that gives nothing gives nothing for it
later either, and what is bought counts towards tiers from the version on that has them.
"""

from django.utils.translation import gettext as _

from regulars.engine.levels import TierRules
from regulars.engine.program import Version
from regulars.ledger.connect import raw
from regulars.ledger.orders import is_any_order
from regulars.programs.beginning import has_begun
from regulars.programs.queries import Published
from regulars.programs.wording import language, worded


def earlier_orders(published: Published, after: Version) -> list[str]:
    """Nothing where there is no order."""
    if not is_any_order(raw(), published.id):
        return []
    versions = published.programs.versions
    is_first = not has_begun(versions)
    known = {name for version in versions for name in version.tier_sets}
    found = [
        _("The orders that are here already give no points: they were paid before any rule was in force.")
        if is_first
        else _("Orders that were paid before it begins keep the points that they gave. They are not counted again.")
    ]
    for name, rules in after.tier_sets.items():
        if name not in known:
            found.append(_begun(rules))
        elif is_first:
            found.append(
                _("They do count towards the tiers: whoever bought enough stands on theirs from the first day.")
            )
    if is_first:
        found.append(_("What members had before, in another system, is brought in as opening balances."))
    return found


def _begun(rules: TierRules) -> str:
    lowest = rules.levels[0]
    return _(
        "They do not count towards the tiers, which begin with this version: every member begins on %(tier)s, "
        "and what they buy from then on counts."
    ) % {"tier": worded(lowest.name, language()) or lowest.tier}
