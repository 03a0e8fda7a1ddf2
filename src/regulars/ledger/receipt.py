"""What came of each fact handed to the ledger."""

from uuid import UUID

from msgspec import Struct

from regulars.engine.account import Memo
from regulars.engine.facts import Fact, Order
from regulars.engine.outcome import Entry

# recorded: new, its effect is in the ledger. repeated: already known, nothing changed. stale: older than what is known,
# nothing changed. refused: see `code`; nothing changed.
OUTCOMES = ("recorded", "refused", "repeated", "stale")

# Codes are stable for ever and never reused.
REFUSALS = (
    "activity_conflict",
    "attribute_undeclared",
    "opening_conflict",
    "order_of_other_member",
    "order_unknown",
    "redemption_of_other_member",
    "redemption_undone",
    "redemption_unknown",
    "redemption_used",
    "self_referral",
    "too_far_in_future",
    "version_conflict",
    "words_in_fact",
)

# How a snapshot got its version: `stated` by the source for ever; `read` by a door from a source that dates coarsely,
# so other content under a known version is a newer reading; `unknown`, dated on arrival, so the same content is a
# repeat.
VERSIONS = ("read", "stated", "unknown")


class Incoming(Struct, frozen=True):
    """A fact and whose it is. `member_id` None: a guest's order, or a refund of an order already known.

    `note` is what somebody wrote about it, kept beside the fact.
    """

    member_id: UUID | None
    fact: Fact
    version: str = "stated"
    note: str = ""


class Standing(Struct, frozen=True):
    """An order as it stands after the write that brought it. `memo` None: it is not paid. `entries` are those that its
    member got in the same write, oldest first."""

    order: Order
    memo: Memo | None
    entries: list[Entry]


class Receipt(Struct, frozen=True):
    """`entries` are those this fact's member got in the same write, oldest first; empty unless recorded. `standing` is
    said of orders where asking the ledger would not say more."""

    key: str
    outcome: str
    member_id: UUID | None = None
    code: str = ""
    entries: tuple[Entry, ...] = ()
    standing: Standing | None = None
