"""A member's account: everything the next step needs, and nothing else.

Accounts are folded in place: whoever calls the engine hands over a fresh copy (decoded from its stored bytes).
"""

from typing import Any

from msgspec import Struct, field

Step = tuple[int, int, str]
NEVER: Step = (-(2**62), 0, "")


# Whenever points run out.
ANY = -(2**62)


class Lot(Struct, array_like=True, gc=False):
    """What is left of the points that one cause (`order:SOURCE/ID`) and one funder put into a wallet with one expiry.

    `expires_at` None: never; `earned_at`, `cause` and `funder` break ties. `funder` "": the shop itself. `lasts_on` is
    the last local day that points have by themselves which activity renews; None: nothing renews them. `ended` is when
    they ran out, or that day, before they came back and were given a grace; None: they were given none.
    """

    cause: str
    points: int
    expires_at: int | None
    earned_at: int
    matures_at: int | None = None
    funder: str = ""
    lasts_on: int | None = None
    ended: int | None = None

    @property
    def place(self) -> str:
        return "available" if self.matures_at is None else "pending"


class Claim(Struct, array_like=True, gc=False):
    """Points of a cause and funder that went back while they were held, of lots with this `end` (`lots.last`): they are
    taken when the hold ends."""

    cause: str
    points: int
    funder: str = ""
    end: int | None = ANY


class Held(Struct, array_like=True):
    """A hold: so many `points` as it was decided, the `lots` it froze, what was claimed of them meanwhile; for which
    reward."""

    key: str
    until: int
    at: int
    points: int
    lots: list[Lot] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    reward: str = ""


class Gone(Struct, array_like=True, gc=False):
    """Points by cause that ran out at an instant, of lots with one `end` (`lots.last`); None: nobody wrote it down."""

    at: int
    points: dict[str, int]
    end: int | None = None


class Wallet(Struct, array_like=True):
    """One unit's balances. `lots` are available, soonest expiring first; `waiting` are pending, soonest maturing first.

    `expired` keeps for a while what ran out: a refund takes back the expired part of its lot first; `expired_of` does
    so for points of other funders than the shop. `holds` are open, the next to lapse first. `let_go`
    holds by cause what was written off apart from refunds; `redeemed` counts what was redeemed or
    held by local day, as far back as a limit looks. `renewals` says until when activity renewed the points, and how
    often until then; `renewed_since` when it began to without a gap; `renewing` when orders will, and how many.
    """

    available: int = 0
    pending: int = 0
    held: int = 0
    deficit: int = 0
    lots: list[Lot] = field(default_factory=list)
    waiting: list[Lot] = field(default_factory=list)
    expired: list[Gone] = field(default_factory=list)
    expired_of: dict[str, list[Gone]] = field(default_factory=dict)
    holds: list[Held] = field(default_factory=list)
    let_go: dict[str, int] = field(default_factory=dict)
    redeemed: list[tuple[int, int]] = field(default_factory=list)
    renewals: list[tuple[int, int]] = field(default_factory=list)
    renewing: list[tuple[int, int]] = field(default_factory=list)
    renewed_since: int = 0


class Growth(Struct, array_like=True):
    """What counts towards a tier: amounts by local day and their `total`, and amounts waiting for their order.

    Days before `since` fell out of the window and are forgotten, and so is what counted before the step `start`: what
    concerns them changes nothing any more. `late` names what counted at its very instant, but after it: a cause and its
    rule, or what was handed over.
    """

    total: int = 0
    since: int = -(2**31)
    days: list[tuple[int, int]] = field(default_factory=list)
    waiting: list[tuple[int, str, int]] = field(default_factory=list)
    start: Step = NEVER
    late: tuple[tuple[str, str], ...] = ()


class Given(Struct, array_like=True, frozen=True):
    """What one cause was given at an instant, by which version: points by rule. So much goes back, whatever changed."""

    at: int
    version: int
    points: dict[str, int]


class Standing(Struct, array_like=True):
    """A tier: since when, until when it is judged again, and the order that gained it.

    `gained_with` is the growth that gained it, where the window begins anew with the tier; `gift` welcomed to it.
    """

    tier: str = ""
    since: int = 0
    until: int | None = None
    gained_by: str = ""
    in_grace: bool = False
    gained_with: int = 0
    gift: Given | None = None


class Grant(Struct, array_like=True):
    """A tier given by hand, until it is judged."""

    tier: str
    since: int
    until: int


class Ladder(Struct, array_like=True):
    """A member on one tier set: the `tier` that shows, growth, the standing gained by it, and a grant over it.

    A grant shows while it is above what growth gained.
    """

    tier: str = ""
    growth: Growth = field(default_factory=Growth)
    standing: Standing = field(default_factory=Standing)
    grant: Grant | None = None

    @property
    def shown(self) -> Standing:
        """The standing, or the grant where that shows."""
        grant = self.grant
        if grant is None or self.tier != grant.tier or self.tier == self.standing.tier:
            return self.standing
        return Standing(grant.tier, grant.since, grant.until)


class Known(Struct, array_like=True, frozen=True, gc=False):
    """What conditions may ask about a member, as it is at an instant. `nth` is the number of the order, from 1.

    `birthday` is (month, day).
    """

    nth: int = 0
    plans: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    country: str = ""
    attributes: dict[str, str] = {}
    birthday: tuple[int, int] | None = None


NOTHING_KNOWN = Known()


class Award(Struct, array_like=True, frozen=True, gc=False):
    """What a goal gave for a window at once: `points` for so many `times`, the first of them its `number`-th; when,
    under which version.

    It `waits_for` an order to be handed over, or did until `matured_at`; most have no need to.
    """

    window: int
    number: int
    points: int
    at: int
    version: int = 0
    waits_for: str = ""
    matured_at: int | None = None
    times: int = 1


class Brought(Struct, array_like=True):
    """Who referred this member, and when. `order` qualified and counts at `due_at`; None: it has not, or has counted.

    `given` is what it gave. `others` qualified after it: when they were paid, and when they would count.
    """

    by: str
    at: int
    order: str = ""
    due_at: int | None = None
    given: Given | None = None
    others: tuple[tuple[int, str, int], ...] = ()


class Account(Struct, array_like=True):
    """`ladders` are by tier set, the main one first. `known` is what conditions may ask; `plan_ends` when plans end,
    soonest first; `plans_ended` which did last, and when. `used` says by bound how much of each window is used up,
    `effects` what causes at other members gave. `birthday_year` is the last one given.
    `tallies` are what counts for goals, by rule and window, `awards` what they gave. `into` is the member that this
    one is part of now, `joined` by merge the members who are part of this one, the latest last. `parted` are those who
    were one with this one, and until when.
    """

    guest: bool = False
    enrolled_at: int | None = None
    last: Step = NEVER
    wallets: dict[str, Wallet] = field(default_factory=dict)
    ladders: dict[str, Ladder] = field(default_factory=dict)
    orders: int = 0
    spend: int = 0
    first_order_at: int | None = None
    last_order_at: int | None = None
    known: Known = NOTHING_KNOWN
    plan_ends: list[tuple[int, str]] = field(default_factory=list)
    used: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    effects: dict[str, Given] = field(default_factory=dict)
    birthday_at: int | None = None
    birthday_year: int = 0
    anniversary_at: int | None = None
    anniversaries: int = 0
    tallies: dict[str, dict[int, list[int]]] = field(default_factory=dict)
    awards: dict[str, list[Award]] = field(default_factory=dict)
    brought: Brought | None = None
    plans_ended: tuple[int, tuple[str, ...]] = (0, ())
    into: str = ""
    joined: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    parted: list[tuple[str, int]] = field(default_factory=list)
    closed_at: int | None = None

    @property
    def main_ladder(self) -> Ladder:
        """The member on the program's main tier set; an empty one where there is none yet."""
        return next(iter(self.ladders.values()), None) or Ladder()

    @property
    def standing(self) -> Standing:
        return self.main_ladder.shown

    @property
    def growth(self) -> Growth:
        return self.main_ladder.growth


class Nothing(dict[str, Any]):
    """An empty mapping that stays empty: one for all orders, since most need none, and making it takes its time.

    Whoever has something to write gives the memo a mapping of its own.
    """

    def __setitem__(self, key: str, value: object) -> None:
        raise TypeError("nothing is written here: give the memo a mapping of its own")


NOTHING = Nothing()


class Returned(Struct, array_like=True, frozen=True, gc=False):
    """What came back of a line: units, how many of them for their share of it, and the money stated for others."""

    units: int
    shared: int
    stated: int


class Charged(Struct, array_like=True, frozen=True):
    """Points that the till withheld money for, the minor units, and how many of the points were charged at which worth
    (minor units for so many points)."""

    points: int = 0
    minor: int = 0
    by_worth: dict[tuple[int, int], int] = {}


class Memo(Struct, array_like=True, gc=False):
    """What an order froze when it was paid, and what it keeps so far.

    `tiers` are those it is priced at, of all sets, the main one first. `counts` is false when nobody was a member yet.
    `growth` holds by tier set when the order counts, and how much. `gross` was paid, `net` is left of it, `merchandise`
    is the part of that which earns. `kept` holds points by rule, `returned` what came back by line. `gone`: nothing is
    left. `forgiven` holds by wallet the points that went back on paper only, as written off. `known` is kept where the
    version asks about the member, `rooms` where something of a bound was used up before. `with_points` is what points
    paid, `given_back` how many of them came back by redemption, `charged` by wallet what the till withheld for points
    that were short. `lifts` holds by tier set what the order met when it was paid, where it is priced at the tier that
    it gains: the tier and the growth. `asked` holds by rule what a budget was asked for, where it granted less;
    `awaited_by` names the awards of goals that wait for it to be handed over: key, window, number. `partner` is kept
    where rules are funded by it; None: the newest snapshot says. `dating` are the tiers that say how long its points
    last, where what is left of it may be priced at others; None: it is priced at those.
    """

    version: int
    tiers: tuple[str, ...]
    paid_at: int
    counts: bool
    growth: dict[str, tuple[int, int]]
    gross: int
    net: int
    kept: dict[str, int] = field(default_factory=dict)
    returned: dict[str, Returned] = NOTHING
    gone: bool = False
    forgiven: dict[str, int] = NOTHING
    with_points: int = 0
    given_back: dict[str, int] = NOTHING
    charged: dict[str, Charged] = NOTHING
    known: Known = NOTHING_KNOWN
    rooms: dict[str, int] = NOTHING
    merchandise: int = 0
    fulfilled_at: int | None = None
    counted: dict[str, tuple[int, ...]] = NOTHING
    lifts: dict[str, tuple[str, int]] = NOTHING
    asked: dict[str, int] = NOTHING
    awaited_by: tuple[tuple[str, int, int], ...] = ()
    partner: str | None = None
    dating: tuple[str, ...] | None = None


class Spent(Struct, array_like=True):
    """What a redemption or a hold took, kept by its key for whoever gives it back.

    `points` as decided, `lots` the parts of lots it used and did not give back, `short` what it owes for. `fate`:
    redeemed at once, or held, then captured or released; a hold that is still `held` after `until` has lapsed.
    `reward` is what it took, which `is_back` with all of its points.
    """

    wallet: str
    points: int
    at: int
    lots: list[Lot]
    short: int = 0
    until: int | None = None
    fate: str = "redeemed"
    reward: str = ""
    is_back: bool = False
