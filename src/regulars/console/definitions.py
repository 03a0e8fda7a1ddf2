"""What each figure is called, what it counts and what it is divided by, in words for a shopkeeper.

The names are those of `insight.queries.FIGURES`; docs/metrics has a page per name with a worked example.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from msgspec import Struct


class Definition(Struct, frozen=True):
    """`above` and `below` name numerator and denominator; a figure that is simply counted has only `above`."""

    name: Promise
    sentence: Promise
    above: Promise
    below: Promise | str = ""


CUSTOMERS = _("customers who bought in the period")
START_CUSTOMERS = _("customers at the start (S)")

DEFINITIONS: dict[str, Definition] = {
    "active-members": Definition(
        _("Active members"),
        _("Members who earned or used points in the period, out of all who were members before it began."),
        _("members who earned or used points"),
        _("members enrolled before the period"),
    ),
    "active-retention": Definition(
        _("Came back"),
        _("Of the customers at the start, how many bought again in the period. Recovered customers do not count."),
        _("customers at the start who bought again"),
        START_CUSTOMERS,
    ),
    "average-order-value": Definition(
        _("Average order"),
        _("What one order comes to on average, net of returns."),
        _("revenue"),
        _("orders"),
    ),
    "customers-at-end": Definition(
        _("Customers"),
        _("Everyone recognised who bought at least once in the period, members or not."),
        CUSTOMERS,
    ),
    "customers-at-start": Definition(
        _("Customers at the start"),
        _("Everyone who bought in the period before. It is the S of the retention rate."),
        _("customers who bought in the period before"),
    ),
    "enrolment-customers": Definition(
        _("Customers who are members"),
        _("How many of the customers the shop recognises have enrolled."),
        _("members"),
        _("recognised customers"),
    ),
    "enrolment-orders": Definition(
        _("Orders by members"),
        _("How many of all orders came from someone who was a member when paying."),
        _("orders by members"),
        _("orders"),
    ),
    "lifetime-value": Definition(
        _("Lifetime value so far"),
        _("Everything recognised customers have ever spent, per customer. Revenue, not margin, and nothing predicted."),
        _("revenue from recognised customers, ever"),
        _("recognised customers, ever"),
    ),
    "lost-customers": Definition(
        _("Lost customers"),
        _("Customers at the start who neither bought nor showed any sign of interest in the period."),
        _("customers at the start who were lost"),
        START_CUSTOMERS,
    ),
    "members-share-of-revenue": Definition(
        _("Members’ share of revenue"),
        _("How much of the revenue came from people who were members when paying."),
        _("revenue from members"),
        _("revenue"),
    ),
    "new-customers": Definition(
        _("New customers"),
        _("Everyone whose first purchase ever lies in the period. It is the N of the retention rate."),
        _("first-time buyers (N)"),
    ),
    "orders": Definition(_("Orders"), _("Orders paid in the period and not cancelled."), _("orders")),
    "passive-retention": Definition(
        _("Passive customers"),
        _("Customers at the start who did not buy but showed interest, for instance by using points."),
        _("customers at the start who did not buy but showed interest"),
        START_CUSTOMERS,
    ),
    "points-expired": Definition(
        _("Points expired"), _("Points whose time ran out in the period."), _("points expired")
    ),
    "points-issued": Definition(
        _("Points issued"),
        _("Points members were given in the period, less what returns took back."),
        _("points issued, less points taken back"),
    ),
    "points-outstanding": Definition(
        _("Points outstanding"),
        _("Points members hold at the end of the period: spendable, pending and reserved."),
        _("points held by members"),
    ),
    "points-redeemed": Definition(
        _("Points redeemed"), _("Points members spent on rewards in the period."), _("points redeemed")
    ),
    "points-worth": Definition(
        _("Worth of points"),
        _("What the outstanding points would buy, at the worth the program names. It is not an accounting liability."),
        _("worth of the points held by members"),
    ),
    "purchase-frequency": Definition(
        _("Orders per customer"),
        _("How often someone who bought in the period did so."),
        _("orders by recognised customers"),
        CUSTOMERS,
    ),
    "recovered-customers": Definition(
        _("Recovered customers"),
        _("Customers who had lapsed before the period and bought in it, out of all who had lapsed."),
        _("lapsed customers who bought"),
        _("customers who had lapsed"),
    ),
    "repeat-purchase-rate": Definition(
        _("Repeat purchase rate"),
        _("Of the customers who bought in the period, how many did so at least twice."),
        _("customers with two or more orders"),
        CUSTOMERS,
    ),
    "retention-rate": Definition(
        _("Retention rate"),
        _(
            "Customers at the end who are not new, over customers at the start: (E − N) / S. It also counts recovered "
            "customers and may therefore pass 100 %. Read it together with the share that came back."
        ),
        _("customers at the end less new ones (E − N)"),
        START_CUSTOMERS,
    ),
    "revenue": Definition(
        _("Revenue"),
        _("What orders paid in the period came to, net of returns."),
        _("revenue, net of returns"),
    ),
}
