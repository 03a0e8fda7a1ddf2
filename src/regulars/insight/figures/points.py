"""Points given, spent, lapsed and still owed, read off the ledger's entries at the time they count for.

An entry moves points from one place to another; a place's flow is what went in less what came out, so corrections and
claw-backs lower the figure of the period in which they count. Worked examples: docs/metrics/points-*.md.
"""

from datetime import date

import ibis
from msgspec import Struct

from regulars.insight.lake import Lake, kept
from regulars.insight.periods import Period

OWED_TO_MEMBERS = ("available", "pending", "held")


class Flow(Struct, frozen=True):
    """Points of one wallet: issued = redeemed + expired + written off + outstanding + deficit."""

    issued: int
    redeemed: int
    expired: int
    written_off: int
    outstanding: int
    deficit: int


@kept
def flow(lake: Lake, period: Period) -> Flow:
    """What moved in the period; `outstanding` and `deficit` are changes. Members owe a deficit: it is below 0."""
    entries = lake.entries
    return _flow(lake, (entries.occurred_on >= period.start) & (entries.occurred_on < period.end))


@kept
def flow_until(lake: Lake, until: date) -> Flow:
    """What moved from the beginning: `outstanding` is what stands."""
    return _flow(lake, lake.entries.occurred_on < until)


def _flow(lake: Lake, when: ibis.Value) -> Flow:
    entries = lake.entries.filter(lake.entries.wallet == lake.manifest.wallet, when)
    return Flow(
        **lake.row(
            entries.aggregate(
                issued=-_into(entries, "issued"),
                redeemed=_into(entries, "redeemed"),
                expired=_into(entries, "expired"),
                written_off=_into(entries, "written_off"),
                outstanding=_into(entries, *OWED_TO_MEMBERS),
                deficit=_into(entries, "deficit"),
            )
        )
    )


def _into(entries: ibis.Table, *places: str) -> ibis.Value:
    """Net points that came into these places."""
    came = entries.points.sum(where=entries.target.isin(places)).fill_null(0)
    went = entries.points.sum(where=entries.source.isin(places)).fill_null(0)
    return came - went
