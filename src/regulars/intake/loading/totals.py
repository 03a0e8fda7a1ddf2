"""What stood in a list, and what of it was taken: sums that must come out again when the ledger is asked."""

from msgspec import Struct, field


class Sum(Struct):
    """Balances, which are lots of a customer in one wallet, and the points of all of them."""

    balances: int = 0
    lots: int = 0
    points: int = 0

    def add(self, lots: int, points: int) -> None:
        self.balances += 1
        self.lots += lots
        self.points += points


class Totals(Struct):
    """`lines` = lines of members (or lots) taken + `zero` + all of `rejected`.

    `members` were taken; `joined` of them stand in the ledger as having joined, as it was read back. `found` is every
    balance that could be read, by wallet, `taken` what of it the ledger has.
    """

    lines: int = 0
    zero: int = 0
    members: int = 0
    joined: int = 0
    rejected: dict[str, int] = field(default_factory=dict)
    found: dict[str, Sum] = field(default_factory=dict)
    taken: dict[str, Sum] = field(default_factory=dict)

    @property
    def took_nothing(self) -> bool:
        return bool(self.rejected) and not self.members and not self.taken
