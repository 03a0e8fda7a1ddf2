"""Who was there at the start, who came, who stayed away: the bridge from one period's customers to the next.

Customers are identified buyers, members or not; guests cannot be recognised and are left out. A purchase is any paid
order, whatever it cost. Worked examples: docs/metrics/retention-rate.md.
"""

from datetime import timedelta

import ibis
from msgspec import Struct

from regulars.insight import periods
from regulars.insight.lake import Lake, kept
from regulars.insight.periods import Period


class Bridge(Struct, frozen=True):
    """Counts of customers: end − new = active + recovered (+ carried), and start = active + passive + lost (+ carried).

    `lapsed` had bought, but not lately enough to count at the start: recovered customers come from them.
    """

    start: int
    new: int
    end: int
    active: int
    passive: int
    lost: int
    recovered: int
    carried: int
    lapsed: int


class LookBackTooShort(ValueError):
    """A look-back must be as long as the period, or customers would be active in it and not at its end."""


@kept
def bridge(lake: Lake, period: Period, look_back_days: int | None = None) -> Bridge:
    """Count customers over the period; active by calendar period, or by a look-back of so many days."""
    if look_back_days is not None and look_back_days < period.days:
        raise LookBackTooShort(f"look back at least {period.days} days")
    each = _each_customer(lake, period, look_back_days)
    stayed_away = each.before & ~each.during
    carried = stayed_away & each.at_end
    passive = stayed_away & ~each.at_end & each.engaged
    known = each.first_on < period.start
    return Bridge(
        **lake.row(
            each.aggregate(
                start=each.before.sum(),
                new=(~known).sum(),
                end=each.at_end.sum(),
                active=(each.before & each.during).sum(),
                passive=passive.sum(),
                lost=(stayed_away & ~each.at_end & ~each.engaged).sum(),
                recovered=(known & ~each.before & each.during).sum(),
                carried=carried.sum(),
                lapsed=(known & ~each.before).sum(),
            )
        )
    )


def _each_customer(lake: Lake, period: Period, look_back_days: int | None) -> ibis.Table:
    """One row per customer who ever bought before the period's end: when first, and in which windows again."""
    orders = lake.orders.filter(~lake.orders.guest, lake.orders.paid_on < period.end)
    day = orders.paid_on
    before, at_end = _windows(period, look_back_days)
    seen = orders.group_by("customer").aggregate(
        first_on=day.min(),
        before=_any_within(day, before),
        during=_any_within(day, period),
        at_end=_any_within(day, at_end),
    )
    engaged = _engaged(lake, period)
    joined = seen.left_join(engaged, "customer")
    return joined.select(
        "first_on", "before", "during", "at_end", engaged=joined.engaged.fill_null(ibis.literal(value=False))
    )


def _windows(period: Period, look_back_days: int | None) -> tuple[Period, Period]:
    if look_back_days is None:
        return periods.previous(period), period
    reach = timedelta(days=look_back_days)
    return (
        Period("range", period.start - reach, period.start),
        Period("range", period.end - reach, period.end),
    )


def _any_within(day: ibis.Value, window: Period) -> ibis.Value:
    return ((day >= window.start) & (day < window.end)).any()


def _engaged(lake: Lake, period: Period) -> ibis.Table:
    """Members who showed themselves without buying. So far one sign of it is recorded: a redemption."""
    entries, members = lake.entries, lake.members
    signs = entries.filter(
        entries.target == "redeemed", entries.occurred_on >= period.start, entries.occurred_on < period.end
    )
    enrolled = members.filter(members.enrolled_on < period.end)
    return signs.semi_join(enrolled, "customer").select("customer").distinct().mutate(engaged=ibis.literal(value=True))
