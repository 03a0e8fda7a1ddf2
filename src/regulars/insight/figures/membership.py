"""How many customers are members, and what members do.

Worked examples: docs/metrics/enrolment-orders.md, enrolment-customers.md, active-members.md and tier-pyramid.md.
"""

from datetime import date

from msgspec import Struct

from regulars.insight.lake import Lake, kept
from regulars.insight.periods import Period


class Enrolled(Struct, frozen=True):
    """Everybody known by name at a day's start, and the members among them."""

    identified: int
    members: int


class Activity(Struct, frozen=True):
    """Members enrolled before the window, and those of them who earned or redeemed in it."""

    members: int
    active: int


class Rung(Struct, frozen=True):
    """A tier and how many members stand on it now. `name` by language; empty for members without a tier."""

    tier: str
    name: dict[str, str]
    members: int


@kept
def enrolled(lake: Lake, until: date) -> Enrolled:
    members = lake.members.filter(lake.members.known_on < until)
    return Enrolled(
        **lake.row(members.aggregate(identified=members.count(), members=(members.enrolled_on < until).sum()))
    )


@kept
def activity(lake: Lake, period: Period) -> Activity:
    entries = lake.entries.filter(
        lake.entries.occurred_on >= period.start,
        lake.entries.occurred_on < period.end,
        (lake.entries.kind == "earn") | (lake.entries.target == "redeemed"),
    )
    members = lake.members.filter(lake.members.enrolled_on < period.start)
    each = members.left_join(entries.select("customer").distinct(), "customer")
    return Activity(**lake.row(each.aggregate(members=each.count(), active=each.customer_right.count())))


@kept
def pyramid(lake: Lake) -> tuple[Rung, ...]:
    """Members by tier as of now, lowest tier first; members without a tier come before them, if there are any."""
    members = lake.members.filter(lake.members.enrolled_on.notnull())
    counted = lake.rows(members.group_by("tier").aggregate(members=members.count()))
    found = {row["tier"] or "": row["members"] for row in counted}
    ladder = [Rung(tier.key, tier.name, found.pop(tier.key, 0)) for tier in lake.manifest.tiers]
    return (*(Rung(tier, {"en": tier} if tier else {}, count) for tier, count in sorted(found.items())), *ladder)
