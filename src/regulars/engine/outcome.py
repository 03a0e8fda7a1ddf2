"""What a fold answers: the account, the memos it froze, the ledger entries and what is worth telling the member."""

from typing import TypeAlias

from msgspec import Struct, field

from regulars.engine.account import Account, Memo, Spent
from regulars.engine.facts import HandedLot

# Where points can be. An entry moves points from one place to another, so a ledger adds up to zero by construction.
# `charged`, `claimed`, `deficit` and `written_off` hold less than nothing.
PLACES = (
    *("available", "charged", "claimed", "deficit", "expired", "forfeited", "held", "issued", "merged", "paid_out"),
    *("pending", "redeemed", "transferred", "written_off"),
)

# Why points moved. Stable for ever: stored in entries, named in the API.
KINDS = (
    *("adjust", "capture", "claim", "close", "correct", "earn", "expire", "hold", "lapse", "mature", "merge"),
    *("open", "receive", "redeem", "release", "repay", "restore", "reverse", "transfer", "unmerge"),
)


# The inputs of a derivation, in compact form.
Why: TypeAlias = tuple[object, ...]


class Entry(Struct, frozen=True, gc=False):
    """One movement of points. `identity` names what caused it and stays the same however often it is folded again.

    `why` holds the inputs of the derivation; `explain` renders them. `funder` "": the shop itself.
    """

    identity: str
    kind: str
    wallet: str
    source: str
    target: str
    points: int
    occurred_at: int
    version: int
    why: Why = ()
    funder: str = ""


class Announcement(Struct, frozen=True):
    """Something worth telling: `member.enrolled`, `tier.changed` (payload: from, to)."""

    identity: str
    kind: str
    occurred_at: int
    payload: dict[str, str]


# What it is called when an announcement turns out not to be so. Stable for ever.
WITHDRAWALS = {
    "account.closed": "closing.withdrawn",
    "member.enrolled": "enrolment.withdrawn",
    "plan.ended": "plan.continued",
    "referral.earned": "referral.withdrawn",
    "referral.withdrawn": "referral.earned",
    "reward.granted": "reward.withdrawn",
    "reward.withdrawn": "reward.granted",
    "tier.changed": "tier.withdrawn",
}


class Told(Struct, frozen=True):
    """An announcement that is made, or `withdrawn`. It is no news where the same is said of another instant only."""

    announcement: Announcement
    withdrawn: bool = False
    is_news: bool = True

    @property
    def kind(self) -> str:
        kind = self.announcement.kind
        return WITHDRAWALS[kind] if self.withdrawn else kind


class Outcome(Struct):
    """`spent` are the memos of redemptions and holds by key, `handed` the lots of transfers, for the other side."""

    account: Account
    memos: dict[str, Memo]
    entries: list[Entry]
    announcements: list[Announcement]
    spent: dict[str, Spent] = field(default_factory=dict)
    handed: dict[str, tuple[HandedLot, ...]] = field(default_factory=dict)
