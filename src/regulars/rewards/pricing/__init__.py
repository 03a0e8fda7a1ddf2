"""What rewards and coupons do to a cart: pure arithmetic, in minor units.

No database, no clock, no framework: what others share, and what a member owns, is handed in as plain values. Worked
examples: docs/rules/carts.md.
"""

from regulars.rewards.pricing.cart import Added, Applied, Cart, Laid, Quote, Refused, Shelf, Usable
from regulars.rewards.pricing.quoting import quote, usable

__all__ = ["Added", "Applied", "Cart", "Laid", "Quote", "Refused", "Shelf", "Usable", "quote", "usable"]
