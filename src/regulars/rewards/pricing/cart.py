"""A cart, what is laid on the counter with it, and the answer. Money is in minor units."""

from collections.abc import Mapping
from typing import TypeAlias

from msgspec import Struct

from regulars.engine.catalogue import Cost, Gives, Reward
from regulars.engine.facts import Line
from regulars.rewards.pricing.refusals import CODES

Parameters: TypeAlias = dict[str, int | str]


class Cart(Struct, frozen=True):
    """What somebody is about to buy, as the shop prices it without rewards; shipping is a line of that kind."""

    currency: str
    lines: tuple[Line, ...]
    channel: str = ""
    store: str = ""
    partner: str = ""
    country: str = ""


class Laid(Struct, frozen=True):
    """Something that is to be used on a cart. `id` is what the answer calls it.

    `reward`: bought with points now, all of its cost or so many `points` of it; `issued`: a copy that the member owns;
    `coupon`; `points`: so many of a `wallet`, as money. `choice` is the SKU chosen of several. `bought` is what a copy
    is a copy of, as it was when it was issued; None: as the version in force has it.
    """

    id: str
    kind: str
    name: str = ""
    choice: str = ""
    wallet: str = ""
    points: int = 0
    bought: Reward | None = None


class Shelf(Struct, frozen=True):
    """`left` of what all share, by its key, as of now; what is not named is unlimited. `used` are a member's own uses
    of coupons: `uses:NAME` in all, `uses:NAME/month` in the present window."""

    left: Mapping[str, int] = {}
    used: Mapping[str, int] = {}


class Added(Struct, frozen=True):
    """A free product that is not in the cart yet."""

    sku: str
    quantity: int


class Applied(Struct, frozen=True):
    """`minor` is what it takes off, `by_line` on which lines, `costs` the points to spend for it, `cash` the money that
    pays what points do not, `takes` what it uses of what all share."""

    id: str
    kind: str
    name: str
    minor: int
    by_line: dict[str, int]
    costs: tuple[Cost, ...] = ()
    cash: int = 0
    takes: dict[str, int] = {}
    adds: tuple[Added, ...] = ()
    gives: Gives | None = None


class Refused(Struct, frozen=True):
    """Why something does not apply, or (`id` is "") why nothing can; `parameters` say what would have been possible."""

    id: str
    code: str
    parameters: Parameters

    @property
    def retry(self) -> bool:
        """Whether the same may apply later."""
        return CODES[self.code]


class Quote(Struct, frozen=True):
    """What applies, in the order in which it does, and what does not. `after` is the money that is left to pay for the
    cart; what rewards cost in money besides is in `cash` of each."""

    applied: tuple[Applied, ...]
    refused: tuple[Refused, ...]
    before: int
    after: int
    by_line: dict[str, int]


class Usable(Struct, frozen=True):
    """A reward of the catalogue for a member now: what it costs them, what it would take off the cart, or why not."""

    name: str
    costs: tuple[Cost, ...]
    minor: int
    is_shown: bool
    refused: Refused | None = None
