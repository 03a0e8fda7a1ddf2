"""What a customer can do, in a form that means something wherever it stands: parts of a sequence can be left out."""

from typing import TypeAlias

from msgspec import Struct


class Good(Struct, frozen=True):
    """Units of something that invites (its place in the ground), each for so many minor units, and `odd` for all."""

    bait: int
    quantity: int
    price: int
    odd: int = 0


class Wait(Struct, frozen=True):
    """Until time alone does something (`due`), for a span of the calendar ("7 days"), or until a bait's hour."""

    until: str
    span: str = ""
    bait: int = 0


class Enrol(Struct, frozen=True):
    member: int


class Buy(Struct, frozen=True):
    """`paid_with`: the wallet whose points pay as far as they go."""

    member: int
    order: str
    goods: tuple[Good, ...]
    setting: int = 0
    paid_with: str = ""


class Back(Struct, frozen=True):
    """Units of one line come back; no line: everything that is left."""

    order: str
    line: int | None = None
    quantity: int = 1


class Edit(Struct, frozen=True):
    order: str
    goods: tuple[Good, ...]


class Cancel(Struct, frozen=True):
    order: str


class Spend(Struct, frozen=True):
    """`share` of what is available: all, half, one. With `lasts` it is held first."""

    member: int
    name: str
    wallet: str
    share: str
    lasts: str = ""


class Take(Struct, frozen=True):
    """A reward that puts something into the account, at its price. With `lasts` it is held first."""

    member: int
    name: str
    reward: str
    lasts: str = ""


class Settle(Struct, frozen=True):
    """What was spent or held: `capture`, `release` or `restore`."""

    how: str
    name: str


class Give(Struct, frozen=True):
    """Points go to the other member."""

    member: int
    wallet: str
    share: str


class Refer(Struct, frozen=True):
    """The member says who brought them."""

    member: int
    by: int


class Act(Struct, frozen=True):
    member: int
    activity: str
    setting: int = 0


class Stand(Struct, frozen=True):
    """A plan or a segment begins, or ends."""

    member: int
    sort: str
    name: str
    on: bool


class Unite(Struct, frozen=True):
    """The other member turns out to be the same person, and is part of this one from now on."""

    member: int


Move: TypeAlias = Wait | Enrol | Buy | Back | Edit | Cancel | Spend | Take | Settle | Give | Refer | Act | Stand | Unite
