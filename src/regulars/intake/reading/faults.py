"""What can be wrong with a file, a mapping or a line of it, in words a merchant understands.

The codes are stable: they stand in rejects files. The texts are translated where people see them.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from msgspec import Struct

# Why a line was not taken. Alphabetised; never reused with another meaning.
REASONS: dict[str, str | Promise] = {
    "already_refunded": _("What was bought has been refunded already"),
    "bad_line": _("This line cannot be read: broken quotes, or not a JSON object"),
    "below_zero": _("A balance cannot be below zero; take points by an adjustment"),
    "card_mistyped": _("This card’s number is mistyped: its last digit does not go with the others."),
    "card_taken": _("This card belongs to another member"),
    "customer_is_card": _("This is the number of a card: say in the mapping that the column holds cards"),
    "double_line": _("Two lines of this order have the same line number"),
    "double_member": _("This customer stands in the list twice"),
    "earned_after": _("This day lies after the day of the balances"),
    "fractional": _("A whole number is needed"),
    "incomplete_balance": _("Another line of this balance cannot be taken, so it is left out whole"),
    "incomplete_order": _("Another line of this order cannot be read, so the order is left out whole"),
    "joins_in_future": _("This day lies in the future"),
    "less_refunded": _("Less than was given back before: what was given back stays"),
    "member_unknown": _("There is no such member: bring in the members first"),
    "missing": _("A value is needed and the field is empty"),
    "more_than_paid": _("More money than was paid for it: what was paid comes back"),
    "negative": _("A purchase cannot be below zero; say in the mapping what a refund looks like"),
    "no_earlier_purchase": _("The customer has no earlier purchase of this product"),
    "no_such_order": _("The file has no earlier order of this number with the product"),
    "no_such_wallet": _("The program has no such wallet on that day"),
    "not_a_number": _("This is not a number"),
    "not_a_time": _("This is not a date and time"),
    "opening_conflict": _("Another balance was opened for this customer before"),
    "order_of_other_member": _("This order is already kept for another customer"),
    "order_unknown": _("The order that this refund is of is not known"),
    "partly_refunded": _("More was given back than was bought; the rest is left out"),
    "refund_of_guest": _("A refund without a customer and without an order number"),
    "several_customers": _("The lines of this order name several customers"),
    "several_refunds": _("The lines of this order name several refunded amounts"),
    "too_far_in_future": _("This order lies in the future"),
    "too_large": _("This number is too large"),
    "too_long": _("This text is too long"),
    "too_many_lines": _("The order has too many lines"),
    "too_many_lots": _("The balance has more than 1,000 lots"),
    "unreadable": _("Characters of this field cannot be read in the file's encoding"),
    "version_conflict": _("This order is already kept with other content"),
    "wrong_field_count": _("The line has more or fewer fields than the header"),
}


class Fault(Struct, frozen=True):
    """Something in a mapping, or a file that does not fit it. `path` is where: `columns.total`."""

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


class Unreadable(Exception):
    """The file cannot be imported with this mapping. `faults` holds everything that is wrong, not just the first."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults
