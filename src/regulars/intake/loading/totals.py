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


def plus(one: Sum, other: Sum) -> Sum:
    return Sum(one.balances + other.balances, one.lots + other.lots, one.points + other.points)


def minus(one: Sum, other: Sum) -> Sum:
    return Sum(one.balances - other.balances, one.lots - other.lots, one.points - other.points)


class Totals(Struct):
    """`lines` = members (or lots) taken + `known` (or `repeated`) + `zero` + all of `rejected`.

    `members` joined by this list, and `joined` of them stand in the ledger as having joined, as it was read back then;
    `known` were members before it. `found` is every balance that could be read, by wallet, `taken` what of it this list
    brought into the ledger, in however many runs; `repeated` stood there already. So of all lists together each member
    and each balance is taken once.
    """

    lines: int = 0
    zero: int = 0
    members: int = 0
    known: int = 0
    joined: int = 0
    rejected: dict[str, int] = field(default_factory=dict)
    found: dict[str, Sum] = field(default_factory=dict)
    taken: dict[str, Sum] = field(default_factory=dict)
    repeated: dict[str, Sum] = field(default_factory=dict)

    @property
    def took_nothing(self) -> bool:
        return bool(self.rejected) and not (self.members or self.known or self.taken or self.repeated)

    def settle(self, counted: "Totals") -> None:
        """At the end of a run, in which `known` and `repeated` counted all that stands in the ledger by now: without
        what this list itself brought, as it was `counted` with it."""
        self.members, self.joined, self.taken = counted.members, counted.joined, counted.taken
        self.known -= counted.members
        rest = {wallet: minus(one, self.taken.get(wallet, Sum())) for wallet, one in self.repeated.items()}
        self.repeated = {wallet: one for wallet, one in rest.items() if one != Sum()}
