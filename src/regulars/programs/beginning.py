"""A program whose books are open while nothing is earned yet: what is published next is what the shop begins with."""

from collections.abc import Iterable

from regulars.engine.program import Version


def gives(version: Version) -> bool:
    """Whether anything is earned by it."""
    return bool(version.earners or version.order_rules or version.rules_on)


def has_begun(versions: Iterable[Version]) -> bool:
    return any(gives(version) for version in versions)
