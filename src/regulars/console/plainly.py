"""A document in plain words, as its members would read it, before it is a version of anything."""

from msgspec import Struct
from msgspec.structs import replace

from regulars.engine.program import Programs, Version
from regulars.storefront.earning import Way, ways
from regulars.storefront.promise import Rung, promise
from regulars.storefront.shop import Shop
from regulars.storefront.terms import Part, terms


class Plain(Struct, frozen=True):
    ways: list[Way]
    rungs: list[Rung]
    parts: list[Part]


def plain(shop: Shop, read: Version) -> Plain | None:
    """Nothing of one that cannot follow the versions before it."""
    known = shop.published.programs
    version = replace(read, number=known.versions[-1].number + 1, starts_at=shop.now)
    earlier = [one for one in known.versions if one.starts_at < shop.now]
    try:
        programs = Programs(shop.id, [*earlier, version])
    except ValueError:
        return None
    drafted = Shop(replace(shop.published, programs=programs), shop.now)
    # What is always so is no news, and the number of a version it has not yet.
    return Plain(ways(drafted, version), promise(drafted, version.number).rungs, terms(drafted)[:-1])
