"""The program document as it is written: every scalar is text, unknown names are refused.

This is stage one, the shape. What the phrases mean ("1 point per 100 TWD") is read by `grammar`.
"""

from typing import Literal

from msgspec import Struct, field
from msgspec.structs import replace

from regulars.engine.problems import Problem
from regulars.engine.shape import shaped

Words = str | list[str]


class RawSpend(Struct, forbid_unknown_fields=True):
    at_least: str = ""
    at_most: str = ""
    step: str = ""
    share_of_order: str = ""
    per_day: str = field(default="", name="per day")
    per_week: str = field(default="", name="per week")
    per_month: str = field(default="", name="per month")
    per_year: str = field(default="", name="per year")


class RawWallet(Struct, forbid_unknown_fields=True):
    unit: dict[str, Words] = field(default_factory=dict)
    worth: str = ""
    pending: str = ""
    expires: str = ""
    renewed_by: Words = ""
    when_short: Literal["charge", "deficit", "write_off"] = "deficit"
    grace_on_return: str = ""
    spend: RawSpend = field(default_factory=RawSpend)
    approve_above: str = ""
    money: Literal["", "true", "false"] = ""
    on_closing: Literal["forfeit", "pay_out"] = "forfeit"


class RawLevel(Struct, forbid_unknown_fields=True):
    tier: str
    name: dict[str, str] = field(default_factory=dict)
    reach: str = ""
    retain: str = ""
    valid: str = ""
    grace: str = ""
    invitation: Literal["true", "false"] = "false"
    expires: dict[str, str] | str = ""


class RawTierSet(Struct, forbid_unknown_fields=True):
    set: str
    levels: list[RawLevel]
    grows_by: str = "spend"
    window: str = "rolling 12 months"
    upgrade_applies: Literal["next order", "this order"] = "next order"
    downgrade: Literal["one level", "full", "never"] = "one level"
    growth_counts: Literal["when points mature", "at payment"] = "when points mature"
    floor: str = ""
    visit: Words = ""
    engagement: dict[str, str] = field(default_factory=dict)


class RawWhen(Struct, forbid_unknown_fields=True, omit_defaults=True):
    product: Words = ""
    category: Words = ""
    brand: Words = ""
    tag: Words = ""
    channel: Words = ""
    store: Words = ""
    partner: Words = ""
    country: Words = ""
    payment: Words = ""
    code: Words = ""
    tier: Words = ""
    plan: Words = ""
    segment: Words = ""
    attribute: dict[str, Words] = field(default_factory=dict)
    weekday: Words = ""
    hours: Words = ""
    starts: str = field(default="", name="from")
    ends: str = field(default="", name="until")
    nth_order: Words = ""
    order_at_least: str = ""
    order_at_most: str = ""
    quantity_at_least: str = ""
    every: list["RawWhen"] = field(default_factory=list, name="all")
    some: list["RawWhen"] = field(default_factory=list, name="any")
    none: "RawWhen | None" = field(default=None, name="not")


class RawStep(Struct, forbid_unknown_fields=True):
    spend: str = ""
    units: str = ""
    orders: str = ""
    times: str = ""
    activity: str = ""
    when: RawWhen | None = None


class RawGoal(Struct, forbid_unknown_fields=True):
    spend: str = ""
    units: str = ""
    orders: str = ""
    times: str = ""
    steps: list[RawStep] = field(default_factory=list)
    per: Literal["day", "week", "month", "year", "lifetime"] = "lifetime"
    repeat: Literal["", "true", "false"] = ""
    streak: str = ""


class RawRule(Struct, forbid_unknown_fields=True):
    rule: str
    name: dict[str, str] = field(default_factory=dict)
    on: str = "order"
    when: RawWhen | None = None
    give: str = ""
    multiply: dict[str, str] | str = ""
    basis: Literal["net", "gross", "with shipping", "without tax"] = "net"
    round: Literal["down per order", "half up per order", "down per line", "half up per line"] = "down per order"
    limit: str = ""
    pending: str = ""
    expires: str = ""
    funded_by: str = ""
    needs: Words = ""
    goal: RawGoal | None = None
    campaign: str = ""
    paid_only: Literal["true", "false"] = "false"


class RawJoining(Struct, forbid_unknown_fields=True):
    when: RawWhen | None = None
    spend: str = ""


class RawEarlier(Struct, forbid_unknown_fields=True):
    """Orders from before somebody was known, or joined."""

    claim: str = ""
    before_joining: str = ""


class RawReferral(Struct, forbid_unknown_fields=True):
    when: RawWhen | None = None
    within: str = ""


class RawBenefit(Struct, forbid_unknown_fields=True):
    benefit: str
    name: dict[str, str] = field(default_factory=dict)
    when: RawWhen | None = None


class RawCap(Struct, forbid_unknown_fields=True):
    at_most: str
    per: Literal["order", "day", "week", "month", "year", "lifetime"]
    wallet: str = ""
    rules: Words = ""
    over: Literal["truncate", "reject"] = "truncate"
    cap: str = ""


class RawCampaign(Struct, forbid_unknown_fields=True):
    campaign: str
    budget: str
    name: dict[str, str] = field(default_factory=dict)
    since: str = field(default="", name="from")
    until: str = ""
    per: Literal["day", "week", "month", "year", "lifetime"] = "lifetime"
    at_end: Literal["partial", "all_or_nothing"] = "partial"


class RawPrize(Struct, forbid_unknown_fields=True):
    prize: str
    odds: str
    name: dict[str, str] = field(default_factory=dict)
    reward: str = ""
    credit: str = ""


class RawGives(Struct, forbid_unknown_fields=True):
    """What somebody gets: one of discount, free_shipping, product, …, with what else belongs to it."""

    discount: str = ""
    free_shipping: Literal["", "true"] = ""
    product: Words = ""
    product_from: str = ""
    quantity: str = ""
    buy: str = ""
    get: str = ""
    get_from: RawWhen | None = None
    cheapest: str = ""
    of: str = ""
    off: str = ""
    gift_card: str = ""
    credit: str = ""
    voucher: str = ""
    event: str = ""
    early_access: str = ""
    plan: str = ""
    months: str = ""
    donation: str = ""
    to: str = ""
    draw: list[RawPrize] = field(default_factory=list)
    at_most: str = ""
    order_at_least: str = ""
    on: RawWhen | None = None


class RawReward(Struct, forbid_unknown_fields=True):
    """Something that points buy: what it costs, what it gives, who may have it, how often and when."""

    reward: str
    costs: Words
    name: dict[str, str] = field(default_factory=dict)
    gives: RawGives = field(default_factory=RawGives)
    when: RawWhen | None = None
    limit: Words = ""
    valid: str = ""
    terms: dict[str, str] = field(default_factory=dict)
    picture: dict[str, str] = field(default_factory=dict)
    category: str = ""
    costs_for: dict[str, Words] = field(default_factory=dict)
    cash: str = ""
    points_at_least: str = ""
    since: str = field(default="", name="from")
    until: str = ""
    shown_from: str = ""
    shown_until: str = ""
    stock: str = ""
    budget: str = ""
    limit_of_all: Words = ""
    member_for: str = ""
    approval: Literal["", "true", "false"] = ""
    group: str = ""


class RawCoupon(Struct, forbid_unknown_fields=True):
    """A code that takes something off a cart, and is not bought with points."""

    coupon: str
    gives: RawGives
    name: dict[str, str] = field(default_factory=dict)
    terms: dict[str, str] = field(default_factory=dict)
    codes: Literal["public", "personal", "batch"] = "public"
    code: str = ""
    prefix: str = ""
    length: str = ""
    when: RawWhen | None = None
    limit: Words = ""
    valid: str = ""
    since: str = field(default="", name="from")
    until: str = ""
    budget: str = ""
    limit_of_all: Words = ""
    member_for: str = ""
    first_order_only: Literal["", "true", "false"] = ""
    refers: Literal["", "true", "false"] = ""
    group: str = ""


class RawStacking(Struct, forbid_unknown_fields=True):
    """What goes together on one order, in which order, and up to where."""

    order: list[str] = field(default_factory=list)
    groups: dict[str, Literal["highest", "lowest", "first"]] = field(default_factory=dict)
    at_most: str = ""


class RawDocument(Struct, forbid_unknown_fields=True):
    program: str
    timezone: str
    currency: str
    wallets: dict[str, RawWallet]
    name: dict[str, str] = field(default_factory=dict)
    enrolment: Literal["explicit", "first order"] | RawJoining = "explicit"
    multipliers: Literal["add", "best", "multiply"] = "add"
    multiply_at_most: str = ""
    tiers: list[RawTierSet] = field(default_factory=list)
    earn: list[RawRule] = field(default_factory=list)
    caps: list[RawCap] = field(default_factory=list)
    earlier_orders: RawEarlier = field(default_factory=RawEarlier)
    referral: RawReferral | None = None
    benefits: list[RawBenefit] = field(default_factory=list)
    rewards: list[RawReward] = field(default_factory=list)
    campaigns: list[RawCampaign] = field(default_factory=list)
    attributes: dict[str, Words] = field(default_factory=dict)
    coupons: list[RawCoupon] = field(default_factory=list)
    stacking: RawStacking = field(default_factory=RawStacking)


class DocumentErrors(ValueError):
    """The document cannot be a program; `problems` says all that is wrong with it."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = problems


def shape(tree: object) -> RawDocument:
    """The document's shape from a tree of mappings, lists and text. Raises DocumentErrors with all that is wrong."""
    raw, problems = shaped(tree, RawDocument)
    if raw is None:
        raise DocumentErrors([problem if problem.path else replace(problem, path="document") for problem in problems])
    return raw
