"""May this happen now? Points are spent by decisions, and a decision is made once, under the account's lock.

What is decided is a fact that stands, dated after every step applied so far; what is not is a refusal with a stable
code, which says whether asking again can help. Nothing here rounds but the share of an order, down. Worked examples and
all codes: docs/rules/spending.md, docs/rules/holds.md.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from regulars.engine import limits, lots, taking
from regulars.engine.account import Account, Spent, Wallet
from regulars.engine.due import advance
from regulars.engine.facts import (
    Adjustment,
    Capture,
    Closing,
    Hold,
    Merge,
    Redemption,
    Release,
    Restoration,
    Transfer,
    Unmerge,
)
from regulars.engine.program import Programs, WalletRules
from regulars.engine.tape import Tape

Request: TypeAlias = Redemption | Hold | Capture | Release | Restoration | Transfer | Adjustment | Closing
Parameters: TypeAlias = dict[str, int | str]

# Every code, and whether the same request may be granted later. Stable for ever.
CODES = {
    "above_maximum": False,
    "above_share_of_order": False,
    "account_closed": False,
    "actor_missing": False,
    "already_claimed": False,
    "already_one": False,
    "amount_not_positive": False,
    "approval_missing": False,
    "below_minimum": False,
    "claim_too_late": False,
    "cost_differs": False,
    "hold_closed": False,
    "hold_ends_too_early": False,
    "hold_lapsed": False,
    "hold_unknown": False,
    "limit_reached": True,
    "member_too_new": True,
    "merge_not_last": True,
    "merge_unknown": False,
    "more_than_left": False,
    "not_a_guest": False,
    "not_a_member": True,
    "not_a_step": False,
    "not_enough_points": True,
    "not_for_member": True,
    "reason_missing": False,
    "redemption_unknown": False,
    "reward_limit_reached": True,
    "reward_not_yet": True,
    "reward_over": False,
    "reward_unknown": False,
    "wallet_unknown": False,
    "wrong_plan": True,
    "wrong_segment": True,
    "wrong_tier": True,
}


class Refusal(Struct, frozen=True):
    """A no. `parameters` say what would have been possible."""

    code: str
    parameters: Parameters

    @property
    def retry(self) -> bool:
        """Whether the same request may be granted later."""
        return CODES[self.code]


class Scales(Struct, frozen=True):
    """What a request is weighed with: the account as of `at`, the order's total, what its redemption took."""

    account: Account
    rules: WalletRules | None
    at: int
    today: int
    order_total: int | None
    spent: Spent | None

    def wallet(self, name: str) -> Wallet:
        return self.account.wallets.get(name) or Wallet()


def decide(
    programs: Programs,
    account: Account,
    request: Request,
    now: int,
    order_total: int | None = None,
    spent: Spent | None = None,
) -> Request | Refusal:
    """The request as a fact that stands, or why not. The account handed in advances to the fact's instant.

    `order_total`: minor units of the order that is paid; `spent`: the memo of the redemption or hold that the request
    names. Whoever asks must have loaded both, and must record the fact before anything else about this account.
    """
    at = max(now, account.last[0] + 1)
    advance(Tape(programs, account), at)
    fact = replace(request, at=at)
    rules = programs.at(at).wallets.get(getattr(request, "wallet", ""))
    scales = Scales(account, rules, at, programs.calendar.day(at), order_total, spent)
    if account.closed_at is not None:
        return Refusal("account_closed", {})
    if account.enrolled_at is None and not isinstance(fact, Closing):
        return Refusal("not_a_member", {})
    if isinstance(fact, Redemption | Hold) and fact.reward and (no := taking.refused(programs, account, fact, at)):
        return Refusal(*no)
    return WEIGH[type(request)](scales, fact) or fact


def decide_merge(programs: Programs, survivor: Account, absorbed: Account, asked: Merge, now: int) -> Merge | Refusal:
    """Two members may become one unless they are; guests are claimed instead. Both accounts handed in advance to the
    fact's instant."""
    at = max(now, survivor.last[0] + 1, absorbed.last[0] + 1)
    for account in (survivor, absorbed):
        advance(Tape(programs, account), at)
        if account.closed_at is not None:
            return Refusal("account_closed", {})
    if asked.survivor == asked.absorbed or survivor.into or absorbed.into:
        return Refusal("already_one", {})
    if survivor.enrolled_at is None or absorbed.guest:
        return Refusal("not_a_member", {})
    return replace(asked, at=at)


def decide_unmerge(programs: Programs, survivor: Account, asked: Unmerge, now: int) -> Unmerge | Refusal:
    """The latest merge of a member is undone first."""
    at = max(now, survivor.last[0] + 1)
    advance(Tape(programs, survivor), at)
    if survivor.closed_at is not None:
        return Refusal("account_closed", {})
    if all(key != asked.merge for key, _ in survivor.joined):
        return Refusal("merge_unknown", {})
    if survivor.joined[-1][0] != asked.merge:
        return Refusal("merge_not_last", {})
    return replace(asked, at=at)


def refusal_of_spending(scales: Scales, asked: Redemption | Hold) -> Refusal | None:
    """Bounds of one redemption first, then what the member has, then what they used before.

    A reward has a price of its own, which may be nothing, instead of bounds.
    """
    if refused := refusal_of_amount(scales, asked.points) if asked.points or not asked.reward else None:
        return refused
    rules = scales.rules
    assert rules is not None
    if not asked.reward and (refused := refusal_of_bounds(rules, scales.order_total, asked.points)):
        return refused
    if refused := refusal_of_balance(scales, asked.wallet, asked.points):
        return refused
    room = limits.room(rules.spend, scales.wallet(asked.wallet), scales.today)
    if room is not None and asked.points > room:
        return Refusal("limit_reached", {"room": room})
    return None


def refusal_of_bounds(rules: WalletRules, order_total: int | None, points: int) -> Refusal | None:
    bounds = rules.spend
    bounded: tuple[tuple[bool, str, Parameters], ...] = (
        (points < bounds.at_least, "below_minimum", {"at_least": bounds.at_least}),
        (points > (bounds.at_most or points), "above_maximum", {"at_most": bounds.at_most or 0}),
        (points % bounds.step != 0, "not_a_step", {"step": bounds.step}),
    )
    for wrong, code, parameters in bounded:
        if wrong:
            return Refusal(code, parameters)
    most = share(rules, order_total)
    if most is not None and points > most:
        return Refusal("above_share_of_order", {"at_most": most})
    return None


def share(rules: WalletRules, order_total: int | None) -> int | None:
    """How many points may pay for an order of so many minor units, rounded down; None: any number."""
    part, value = rules.spend.share_of_order, rules.value
    if order_total is None or part is None or value is None or not value.minor:
        return None
    return order_total * part * value.points // (10_000 * value.minor)


def refusal_of_amount(scales: Scales, points: int) -> Refusal | None:
    if scales.rules is None:
        return Refusal("wallet_unknown", {})
    return Refusal("amount_not_positive", {}) if points <= 0 else None


def refusal_of_balance(scales: Scales, name: str, points: int) -> Refusal | None:
    available = scales.wallet(name).available
    return Refusal("not_enough_points", {"available": available}) if points > available else None


def refusal_of_hold(scales: Scales, asked: Hold) -> Refusal | None:
    if asked.until <= scales.at:
        return Refusal("hold_ends_too_early", {})
    return refusal_of_spending(scales, asked)


def refusal_of_ending(scales: Scales, asked: Capture | Release) -> Refusal | None:
    """A hold ends once; whoever comes later hears how it ended."""
    if any(held.key == asked.hold for wallet in scales.account.wallets.values() for held in wallet.holds):
        return None
    spent = scales.spent
    if spent is None or spent.fate == "redeemed":
        return Refusal("hold_unknown", {})
    return Refusal("hold_lapsed", {}) if spent.fate == "held" else Refusal("hold_closed", {"fate": spent.fate})


def refusal_of_restoration(scales: Scales, asked: Restoration) -> Refusal | None:
    spent = scales.spent
    if spent is None or spent.fate not in ("redeemed", "captured"):
        return Refusal("redemption_unknown", {})
    left = spent.short + lots.total(spent.lots)
    if asked.points is not None and asked.points <= 0:
        return Refusal("amount_not_positive", {})
    was_free = bool(spent.reward) and not spent.points and not spent.is_back
    is_too_much = not (left or was_free) or (asked.points or 0) > left
    return Refusal("more_than_left", {"left": left}) if is_too_much else None


def refusal_of_transfer(scales: Scales, asked: Transfer) -> Refusal | None:
    return refusal_of_amount(scales, asked.points) or refusal_of_balance(scales, asked.wallet, asked.points)


def refusal_of_adjustment(scales: Scales, asked: Adjustment) -> Refusal | None:
    """Reason and actor always, above a limit somebody else's approval."""
    if refused := refusal_of_amount(scales, abs(asked.points)):
        return refused
    if not asked.reason.strip() or not asked.actor:
        return Refusal("actor_missing" if asked.reason.strip() else "reason_missing", {})
    assert scales.rules is not None
    above = scales.rules.spend.approve_above
    if above is not None and abs(asked.points) > above and asked.approver in ("", asked.actor):
        return Refusal("approval_missing", {"above": above})
    return refusal_of_balance(scales, asked.wallet, -asked.points)


WEIGH: dict[type[Request], Callable[[Scales, Any], Refusal | None]] = {
    Adjustment: refusal_of_adjustment,
    Capture: refusal_of_ending,
    Closing: lambda scales, _: Refusal("already_one", {}) if scales.account.into else None,
    Hold: refusal_of_hold,
    Redemption: refusal_of_spending,
    Release: refusal_of_ending,
    Restoration: refusal_of_restoration,
    Transfer: refusal_of_transfer,
}
