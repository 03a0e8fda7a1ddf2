"""A program as the fold reads it: typed rules, one compiled version after another."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from regulars.engine.account import Known
from regulars.engine.calendar import Calendar, Span, Term, calendar
from regulars.engine.clashing import clash
from regulars.engine.document import RawWhen
from regulars.engine.facts import Activity, Line, Order
from regulars.engine.levels import TierRules
from regulars.engine.outcome import Why

if TYPE_CHECKING:
    from regulars.engine.catalogue import Coupon, Reward, Stacking
    from regulars.engine.tariff import Tariff


class Worth(Struct, frozen=True):
    """So many minor units of money per so many points."""

    minor: int
    points: int


class SpendRules(Struct, frozen=True):
    """What a redemption must keep to, in points; `share_of_order` in hundredths of a percent, `per` by window.

    Adjustments by more than `approve_above` need a second person.
    """

    at_least: int = 1
    at_most: int | None = None
    step: int = 1
    share_of_order: int | None = None
    per: tuple[tuple[str, int], ...] = ()
    approve_above: int | None = None


ANY_SPENDING = SpendRules()


class WalletRules(Struct, frozen=True):
    """`grace_on_return` is how long points may still be used that come back after their last day; None: not at all.

    `by_tier` is how long points last that are earned in a tier, if other than `expires`; `renewed_by` is what puts off
    the last day of all points: `orders`, `spending`, `activity:NAME`.
    `on_closing` says what becomes of available points when somebody leaves: `forfeit` or `pay_out`.
    """

    name: str
    unit: dict[str, list[str]]
    worth: Worth | None
    pending: Span | None
    expires: Term | None
    when_short: str
    grace_on_return: Term | None = None
    spend: SpendRules = ANY_SPENDING
    is_money: bool = False
    on_closing: str = "forfeit"
    by_tier: dict[str, Term | None] = {}
    renewed_by: frozenset[str] = frozenset()

    @property
    def slides(self) -> bool:
        """Whether its points last longer with everything that renews them."""
        return bool(self.renewed_by)

    @property
    def value(self) -> Worth | None:
        """What points are worth in money; money itself is worth itself."""
        return Worth(1, 1) if self.is_money else self.worth


class Scene(Struct, frozen=True, gc=False):
    """What conditions may look at besides a line; frozen when the order is paid. `clock` is what it showed."""

    day: int
    clock: int
    tiers: tuple[str, ...]
    net: int
    what: Order | Activity
    known: Known

    @property
    def weekday(self) -> int:
        """From Monday, 0."""
        return (self.day + 3) % 7


SceneTest = Callable[[Scene], bool]
LineTest = Callable[[Scene, Line], bool]
Amount = Callable[[Line], int]
Select = Callable[[Scene, Sequence[Line]], Sequence[Line]]
Sum = Callable[[Scene, Sequence[Line]], int]


def is_matching(line: Line) -> bool:
    """Neither a discount (total below zero) nor an empty line."""
    return line.total > 0 or (line.total == 0 and line.quantity > 0)


def bought(line: Line) -> int:
    """Units; a discount is none."""
    return line.quantity if line.quantity > 0 and line.total >= 0 else 0


class Conditions(Struct, frozen=True):
    """What is asked of an order and its lines, or of an activity. `quantity_at_least` counts units of all its lines."""

    scene_test: SceneTest | None = None
    line_test: LineTest | None = None
    quantity_at_least: int = 0

    def hold(self, scene: Scene) -> bool:
        """What does not look at lines."""
        return self.scene_test is None or self.scene_test(scene)

    def matching(self, scene: Scene, lines: Sequence[Line]) -> Sequence[Line]:
        """The lines that meet them; none where the order does not, or has too few units of them."""
        if not self.hold(scene):
            return ()
        test = self.line_test
        found = lines if test is None else [line for line in lines if test(scene, line)]
        is_enough = not self.quantity_at_least or sum([bought(line) for line in found]) >= self.quantity_at_least
        return found if is_enough else ()

    def are_met(self, scene: Scene, lines: Sequence[Line]) -> bool:
        """By goods among these lines, where conditions choose lines."""
        if self.line_test is None and not self.quantity_at_least:
            return self.hold(scene)
        return any(is_matching(line) for line in self.matching(scene, lines))


class Step(Struct, frozen=True):
    """So much of a measure: spend (minor units), units, orders, or times of an activity."""

    measure: str
    amount: int
    asks: Conditions
    activity: str = ""


class Goal(Struct, frozen=True):
    """All steps within a window; with `streak` in so many windows in a row. `repeats`: each time, else once.

    What the rule `asks` of an order holds for each step; of an activity, each step asks for both.
    `key` names the rule and all that matters of what it counts and gives: one that a version changes begins anew.
    """

    steps: tuple[Step, ...]
    per: str
    repeats: bool
    streak: int
    key: str = ""
    asks: Conditions = Conditions()


class Rule(Struct, frozen=True):
    """An earning rule: `points` for every `step` of its measure times `scale`; fixed where `step` is 0.

    The measure is money of the matching lines (by the rule's basis), or their units; with `factors` it multiplies.
    `trigger` is `order`, `enrolment`, `birthday`, `anniversary`, `profile`, `activity:NAME`, `effect:NAME`,
    `tier:NAME`, `plan:NAME`, or `goal`. `pending` and `expires` are the wallet's unless the rule says otherwise.
    `campaign`: the one whose budget it draws from. `asked` are the conditions as they are written, with its days.
    One that gives a `reward` gives no points: its points are pieces.
    """

    name: str
    trigger: str
    title: dict[str, str]
    wallet: str
    points: int
    step: int
    half_up: bool
    scene_test: SceneTest | None
    line_test: LineTest | None
    select: Select
    spend: Sum
    units: Sum
    factors: tuple["Factor", ...] = ()
    kind: str = "fixed"
    scale: int = 1
    per_line: bool = False
    basis: Amount | None = None
    with_services: bool = False
    quantity_at_least: int = 0
    pending: Span | None = None
    expires: Term | None = None
    funder: str = ""
    needs: tuple[str, ...] = ()
    goal: Goal | None = None
    lot_kind: int = 0
    by_partner: bool = False
    campaign: str = ""
    asked: RawWhen | None = None
    by_tier: dict[str, Term | None] = {}
    slides: bool = False
    reward: str = ""


# A rule, the points it gives, and the inputs of their derivation.
Earned: TypeAlias = tuple[Rule, int, Why]
# What a rule gives for goods and for all lines, where the scene passes; None for nothing.
Earn = Callable[[Scene, Sequence[Line], Sequence[Line]], Earned | None]
# What of a rule's conditions a local day and the tiers decide, what else of them looks at the scene, what it gives.
Earner: TypeAlias = tuple[SceneTest | None, SceneTest | None, Earn]


class Factor(Struct, frozen=True):
    """What a multiplier adds to one per-money rule: factor − 1 as a fraction, on the lines that both rules match."""

    base: Rule
    numerator: int
    denominator: int
    line_test: LineTest | None
    spend: Sum


class Joining(Struct, frozen=True):
    """Customers become members with an order that matches, once they have spent so much with it (minor units)."""

    asks: Conditions
    spend: int


class Referral(Struct, frozen=True):
    """Which order of a referred member qualifies, and how long after they were referred."""

    asks: Conditions
    within: Span | None


class Benefit(Struct, frozen=True):
    """Something that members have while a condition holds; `asked` is the condition as it is written."""

    name: str
    title: dict[str, str]
    scene_test: SceneTest | None
    asked: RawWhen | None = None


class Cap(Struct, frozen=True):
    """At most so many points (or times) of these rules in a window of local days; `per`: order or a calendar window.

    What is too much is cut from the last rule in document order, or, with `rejects`, whole awards are.
    """

    name: str
    rules: frozenset[str]
    at_most: int
    per: str
    rejects: bool
    counts_times: bool = False


class Campaign(Struct, frozen=True):
    """Rules that together give at most `budget` points to all members, in each window `per`.

    With `is_whole` an award that does not fit into what is left is not given at all.
    """

    name: str
    title: dict[str, str]
    budget: int
    per: str
    is_whole: bool


class Version(Struct, frozen=True):
    """`combine` says how several multipliers on one line go together, `factor_bound` the most that they come to
    (thousandths, 0: no bound). `bounds` are the caps by rule, `goals` the rules that belong to a window. With
    `asks_of_members` orders freeze what is known of the member. `attributes` are what may be told of one: values by
    name. `renews` says which wallets `orders`, `spending`, `activity:NAME` renew.
    """

    number: int
    starts_at: int
    slug: str
    currency: str
    zone: str
    name: dict[str, str]
    joining: Joining | None
    wallets: dict[str, WalletRules]
    tier_sets: dict[str, TierRules]
    order_rules: tuple[Rule, ...]
    earners: tuple[Earner, ...]
    rules_on: dict[str, tuple[Rule, ...]]
    caps: tuple[Cap, ...] = ()
    bounds: dict[str, tuple[Cap, ...]] = {}
    claim_within: Span | None = None
    before_joining: Span | None = None
    referral: Referral | None = None
    benefits: tuple[Benefit, ...] = ()
    combine: str = "add"
    factor_bound: int = 0
    asks_of_members: bool = False
    by_partner: bool = False
    rewards: dict[str, "Reward"] = {}
    lifts: bool = False
    goals: tuple[Rule, ...] = ()
    campaigns: dict[str, Campaign] = {}
    attributes: dict[str, frozenset[str]] = {}
    coupons: dict[str, "Coupon"] = {}
    stacking: "Stacking | None" = None
    renews: dict[str, tuple[WalletRules, ...]] = {}

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Every earning rule, by what triggers it."""
        return tuple(rule for rules in self.rules_on.values() for rule in rules)

    @property
    def for_ever(self) -> tuple[str, str, str]:
        """What all versions of a program share: currency, time zone, main wallet."""
        return (self.currency, self.zone, self.main_wallet.name)

    @property
    def tiers(self) -> TierRules | None:
        """The main tier set: the first one written."""
        return next(iter(self.tier_sets.values()), None)

    @property
    def main_wallet(self) -> WalletRules:
        """The first one written: growth waits as long as its points do."""
        return next(iter(self.wallets.values()))


def is_money(wallet: str, versions: Iterable[Version]) -> bool:
    """Whether the points of a wallet, in any of these versions, are money in minor units."""
    return any(wallet in version.wallets and version.wallets[wallet].is_money for version in versions)


class Programs:
    """The versions of one program in order of their start; the one in force at a step's instant decides it.

    Raises ValueError when they cannot be versions of one program (`clashing`).
    """

    def __init__(self, program_id: int, versions: Sequence[Version]) -> None:
        self.program_id = program_id
        self.versions = tuple(sorted(versions, key=lambda version: (version.starts_at, version.number)))
        # Mostly there is one: who folds need not ask.
        self.sole = self.versions[0] if len(self.versions) == 1 else None
        # Before the first one starts, the first.
        self._starts = [version.starts_at for version in self.versions[1:]]
        self._by_number = {version.number: version for version in self.versions}
        newest = self.versions[-1]
        if problem := clash(self.versions):
            raise ValueError(str(problem))
        self.currency = newest.currency
        self.calendar: Calendar = calendar(newest.zone)
        self.main_wallet = newest.main_wallet.name
        # By version, local day and tiers, as far as somebody asked (`tariff`).
        self.tariffs: dict[tuple[int, int, tuple[str, ...]], Tariff] = {}
        self.has_budgets = any(version.campaigns for version in self.versions)

    @property
    def zone(self) -> tzinfo:
        return self.calendar.zone

    def at(self, instant: int) -> Version:
        return self.versions[bisect_right(self._starts, instant)]

    def numbered(self, number: int) -> Version:
        return self._by_number[number]
