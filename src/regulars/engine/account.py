"""A member's account: everything the next step needs, and nothing else.

Accounts are folded in place: whoever calls the engine hands over a fresh copy (decoded from its stored bytes).
"""

from msgspec import Struct, field

Step = tuple[int, int, str]
NEVER: Step = (-(2**62), 0, "")


class Lot(Struct, array_like=True, gc=False):
    """What is left of one earn entry. `expires_at` None: never; `earned_at` and `identity` break ties."""

    identity: str
    points: int
    expires_at: int | None
    earned_at: int
    matures_at: int | None = None


class Wallet(Struct, array_like=True):
    """One unit's balances. `lots` are available, soonest expiring first; `waiting` are pending, soonest maturing first.

    `expired` keeps what ran out of each lot for a while, since a refund takes back the expired part first.
    """

    available: int = 0
    pending: int = 0
    held: int = 0
    deficit: int = 0
    lots: list[Lot] = field(default_factory=list)
    waiting: list[Lot] = field(default_factory=list)
    expired: dict[str, tuple[int, int]] = field(default_factory=dict)


class Growth(Struct, array_like=True):
    """What counts towards a tier: counted amounts by local day (ordinal), and amounts waiting for their order."""

    days: list[tuple[int, int]] = field(default_factory=list)
    waiting: list[tuple[int, str, int]] = field(default_factory=list)


class Standing(Struct, array_like=True):
    """The member's tier: since when, until when it is judged again, and the order that gained it."""

    tier: str = ""
    since: int = 0
    until: int | None = None
    gained_by: str = ""
    in_grace: bool = False


class Account(Struct, array_like=True):
    guest: bool = False
    enrolled_at: int | None = None
    last: Step = NEVER
    wallets: dict[str, Wallet] = field(default_factory=dict)
    growth: Growth = field(default_factory=Growth)
    standing: Standing = field(default_factory=Standing)
    orders: int = 0
    spend: int = 0
    first_order_at: int | None = None
    last_order_at: int | None = None


class Memo(Struct, array_like=True):
    """What an order froze when it was paid, and what it keeps so far.

    `counts` is false when nobody was a member yet; `kept` holds points by rule; `returned` holds (quantity, minor
    units) by line; `gross` was paid, `net` is left of it; growth is `net` until the order no longer counts.
    """

    version: int
    tier: str
    paid_at: int
    counts: bool
    growth_at: int
    gross: int
    net: int
    kept: dict[str, int] = field(default_factory=dict)
    returned: dict[str, tuple[int, int]] = field(default_factory=dict)
    gone: bool = False
