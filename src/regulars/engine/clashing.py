"""What all versions of a program have in common, since money, days, balances and growth that were counted before cannot
change their meaning: currency, time zone, the main wallet and the main tier set (the first ones written), which wallets
hold money, and what a tier set grows by. Worked examples: docs/rules/versions.md.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from regulars.engine.problems import Problem

if TYPE_CHECKING:
    from regulars.engine.program import Version

# Where a version says what belongs to its program, and the problem when a later one says something else.
FOR_EVER = (("currency", "currency_changed"), ("timezone", "timezone_changed"), ("wallets", "main_wallet_changed"))


def clash(versions: "Sequence[Version]") -> Problem | None:
    """What these versions, in this order, cannot be together; `allowed` is what it has to stay."""
    was = versions[0].for_ever
    for version in versions:
        for (path, code), before, value in zip(FOR_EVER, was, version.for_ever, strict=True):
            if value != before:
                return Problem(path, value, code, (before,))
    return _of_wallets(versions) or _of_tier_sets(versions)


def _of_wallets(versions: "Iterable[Version]") -> Problem | None:
    """Points of a wallet that became money would be minor units of it."""
    was: dict[str, bool] = {}
    for version in versions:
        for name, rules in version.wallets.items():
            if was.setdefault(name, rules.is_money) != rules.is_money:
                said, meant = ("true" if is_money else "false" for is_money in (rules.is_money, was[name]))
                return Problem(f"wallets.{name}.money", said, "money_changed", (meant,), {"wallet": name})
    return None


def _of_tier_sets(versions: "Iterable[Version]") -> Problem | None:
    main = ""
    grows_by: dict[str, tuple[str, str]] = {}
    for version in versions:
        for place, rules in enumerate(version.tier_sets.values()):
            main = main or rules.name
            if not place and rules.name != main:
                return Problem("tiers[0].set", rules.name, "main_tiers_changed", (main,))
            before = grows_by.setdefault(rules.name, rules.for_ever)
            if before != rules.for_ever:
                said, meant = (" of ".join(filter(None, one)) for one in (rules.for_ever, before))
                return Problem(f"tiers[{place}].grows_by", said, "tiers_changed", (meant,), {"set": rules.name})
    return None
