"""A tier set as the fold reads it: what it grows by, the window, the levels and how one falls from them."""

from msgspec import Struct

from regulars.engine.calendar import Span, Term

# More than anybody's growth: a threshold that growth never meets.
UNREACHABLE = 2**62
ROLLING, CALENDAR, JOINING, TIER, LIFETIME = "rolling", "calendar", "joining", "tier", "lifetime"


class Window(Struct, frozen=True):
    """Which growth is looked at. `span` of a rolling window, of no other; `period` of one by the calendar."""

    kind: str
    span: Span | None = None
    period: str = ""

    @property
    def begins_anew(self) -> bool:
        """At some point it is empty again, whatever was in it."""
        return self.kind in (CALENDAR, JOINING, TIER)


class Level(Struct, frozen=True):
    """A tier; `reach` and `retain` in what the set grows by, inclusive. By `invitation`: growth never reaches it."""

    tier: str
    name: dict[str, str]
    reach: int
    retain: int
    valid: Term
    grace: Term | None
    invitation: bool = False


class TierRules(Struct, frozen=True):
    """`places` says where on the ladder a tier stands. Money in minor units, all else in whole numbers.

    `grows_by` is spend, orders, points (of `wallet`) or activities (`weights` by name; a visit weighs one). `lifts`: an
    order is priced at the tier that it gains. `floor` is the place nobody falls below who has reached it. `above` is
    for each tier the least growth that enters a higher one. `pending` is how long an order's growth waits.
    """

    name: str
    window: Window
    levels: tuple[Level, ...]
    places: dict[str, int]
    grows_by: str = "spend"
    wallet: str = ""
    weights: dict[str, int] = {}
    at_payment: bool = False
    lifts: bool = False
    downgrade: str = "one level"
    floor: int = 0
    above: dict[str, int] = {}
    pending: Span | None = None

    @property
    def for_ever(self) -> tuple[str, str]:
        """What growth that is already counted means."""
        return (self.grows_by, self.wallet)

    @property
    def grows_by_orders(self) -> bool:
        return not self.weights

    def index(self, tier: str) -> int:
        """Where the tier stands; a tier this version does not know counts as the lowest."""
        return self.places.get(tier, 0)

    def knows(self, tier: str) -> bool:
        return tier in self.places

    def reached(self, growth: int) -> int:
        """The highest tier that so much growth enters; the lowest is everyone's."""
        place = len(self.levels) - 1
        while place and growth < self.levels[place].reach:
            place -= 1
        return place

    def below(self, present: int, growth: int) -> int:
        """Where a member lands who cannot stay: by the set's policy, no lower than its floor."""
        if self.downgrade == "never":
            return present
        place = present - 1
        if self.downgrade == "full":
            place = min(self.reached(growth), place)
        while self.levels[place].invitation:
            place -= 1
        return max(place, min(present, self.floor))

    def following(self, present: int) -> Level | None:
        """The next tier that growth can reach."""
        return next((level for level in self.levels[present + 1 :] if not level.invitation), None)
