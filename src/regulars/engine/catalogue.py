"""Rewards and coupons as a program says them: what they cost, what they give, who may have them, how often and when.

What points buy is counted by the fold; what all members share (stock, budgets) is counted by whoever sells it, under
the keys that stand here. What an offer does to a cart is told elsewhere: the engine takes points for it, no more.
Worked examples: docs/rules/rewards.md.
"""

from msgspec import Struct

from regulars.engine.calendar import Calendar, Span, Term
from regulars.engine.program import Cap, Conditions, SceneTest

# What changes a cart, in the order in which it applies unless the program says another.
ON_CARTS = ("product", "buy_get", "cheapest", "percent", "amount", "shipping")
KINDS = (
    *ON_CARTS,
    *("credit", "donation", "draw", "early_access", "gift_card", "other", "plan", "seat", "voucher"),
)
ALONE = "alone"


class Cost(Struct, frozen=True):
    """So many points of a wallet."""

    wallet: str
    points: int


class Prize(Struct, frozen=True):
    """What a draw may give, with a chance of `odds` in a million: a reward of the program, points, or neither: a blank.

    Where it cannot be given, because its shelf is empty, the next one of the draw's list is.
    """

    name: str
    title: dict[str, str]
    odds: int
    reward: str = ""
    cost: Cost | None = None

    @property
    def is_blank(self) -> bool:
        return not self.reward and self.cost is None


class Gives(Struct, frozen=True):
    """What an offer gives. `minor` is money, `hundredths` a share in hundredths of a per cent, `at_most` bounds what it
    takes off.

    `products` are one SKU or a choice of several, `category` one of whose goods may be chosen; `quantity` of them are
    free. For every `buy` units of what `asks` matches, `get` units of `get_from` (else of the same) are off; of `of`
    units the `get` cheapest once. `named` is the partner, event, plan, product or cause.
    """

    kind: str = "other"
    minor: int = 0
    hundredths: int = 10_000
    at_most: int | None = None
    order_at_least: int = 0
    products: tuple[str, ...] = ()
    category: str = ""
    quantity: int = 1
    buy: int = 0
    get: int = 0
    of: int = 0
    named: str = ""
    months: int = 0
    cost: Cost | None = None
    prizes: tuple[Prize, ...] = ()
    asks: Conditions = Conditions()
    get_from: Conditions | None = None

    @property
    def changes_cart(self) -> bool:
        return self.kind in ON_CARTS

    @property
    def is_draw(self) -> bool:
        return self.kind == "draw"


class Ask(Struct, frozen=True):
    """What is asked of whoever wants an offer; `code` is the answer where it is not so, `named` what would do."""

    code: str
    named: str
    test: SceneTest


class Supply(Struct, frozen=True):
    """What all members share: at most `size` pieces, uses or minor units under a key, in each calendar window `per`."""

    key: str
    size: int
    per: str = "lifetime"


class Offer(Struct, frozen=True, kw_only=True):
    """A reward or a coupon. Days are local, the last one still counts; `limits` are for each member.

    `member_for` is how long somebody must have been a member, `valid` how long an issued one lasts. Of one `group` one
    offer applies to an order; one that is `alone` goes with nothing else.
    """

    name: str
    title: dict[str, str]
    gives: Gives = Gives()
    terms: dict[str, str] = {}
    asks: tuple[Ask, ...] = ()
    member_for: Span | None = None
    since: int | None = None
    until: int | None = None
    valid: Term | None = None
    limits: tuple[Cap, ...] = ()
    supply: tuple[Supply, ...] = ()
    group: str = ""

    def expires_at(self, calendar: Calendar, issued_at: int) -> int | None:
        """The first instant at which one that was issued then is over; None: never."""
        return None if self.valid is None else calendar.term_end(calendar.day(issued_at), self.valid)


class Reward(Offer, frozen=True, kw_only=True):
    """What points buy. `costs_for` are the costs at a tier, if other than `costs`; none at all: it is free.

    Where `cash` is said, so much money (minor units) is worth the whole cost, and pays what points do not, of which at
    least `points_at_least` are asked.
    """

    costs: tuple[Cost, ...] = ()
    costs_for: dict[str, tuple[Cost, ...]] = {}
    main_wallet: str = ""
    cash: int = 0
    points_at_least: int = 0
    picture: dict[str, str] = {}
    category: str = ""
    shown_since: int | None = None
    shown_until: int | None = None
    needs_approval: bool = False

    @property
    def wallet(self) -> str:
        """Of its first cost: whoever spends there took the reward."""
        return self.costs[0].wallet if self.costs else self.main_wallet

    @property
    def points(self) -> int:
        return self.costs[0].points if self.costs else 0

    def is_shown(self, day: int) -> bool:
        return is_within(day, self.shown_since, self.shown_until)


class Coupon(Offer, frozen=True, kw_only=True):
    """What a code takes off a cart. `code` is the public one; others begin with `prefix` and have `length` letters.

    Who uses one that `refers` was brought by its owner.
    """

    codes: str = "public"
    code: str = ""
    prefix: str = ""
    length: int = 12
    first_order_only: bool = False
    refers: bool = False


class Stacking(Struct, frozen=True):
    """What goes together on an order: kinds in the order in which they apply; by group which one does (`highest`,
    `lowest`, `first`); the most that is taken off all goods, as money or as hundredths of a per cent of them."""

    order: tuple[str, ...] = ON_CARTS
    groups: dict[str, str] = {}
    at_most: int | None = None
    share: int | None = None


def is_within(day: int, since: int | None, until: int | None) -> bool:
    return (since is None or day >= since) and (until is None or day <= until)
