"""A member's history page by page: whatever happened between two members, no page says what another one says."""

from random import Random
from uuid import UUID, uuid4

import pytest

from regulars.engine.calendar import instant_of
from regulars.engine.facts import Line, RefundLine
from regulars.intake.actions import take_orders
from regulars.intake.orders import LateRefund, OrderIn, RefundIn
from regulars.ledger.connect import raw, rows
from regulars.ledger.queries import statement
from regulars.members.actions import Newcomer, enrol
from regulars.members.uniting import part, unite
from regulars.programs.actions import publish
from regulars.programs.queries import Published
from regulars.storefront import history
from regulars.storefront.shop import Shop
from regulars.storefront.timeline import Slip
from tests.teahouse import DOCUMENT, NOW

HOUR = 3_600_000_000
START = instant_of(NOW)
STEPS = 24
NAMES = ("lin", "wang", "zhao")
SHARED = DOCUMENT + "  - {rule: first, when: {nth_order: 1}, give: 20 points}\n"


class Days:
    """What three members do, and what is done with them, an hour after the other; some of it is told late."""

    def __init__(self, seed: int) -> None:
        self.random, self.now = Random(seed), START
        self.orders: dict[str, tuple[str, int]] = {}
        self.merges: list[tuple[UUID, str]] = []
        self.program: Published = publish("tea-house", SHARED, START - 10 * HOUR, "test")
        for name in NAMES:
            enrol(self.program.programs, Newcomer(external_id=name, name=name), START, "store", START)
        self.members = [member for (member,) in rows(raw(), "SELECT id FROM members_member ORDER BY external_id")]

    def pass_by(self) -> None:
        for _ in range(STEPS):
            self.now += HOUR
            self.random.choice((self.buy, self.buy, self.bring_back, self.edit, self.become_one, self.become_two))()

    def buy(self) -> None:
        """Now, or in an hour that is over: the same one for many."""
        over = START + HOUR * self.random.randrange((self.now - START) // HOUR)
        paid = self.random.choice((self.now, self.now, over))
        self.tell(f"O|{len(self.orders)}", self.random.choice(NAMES), paid, paid)

    def edit(self) -> None:
        if self.orders:
            number = self.random.choice(list(self.orders))
            self.tell(number, *self.orders[number], self.now)

    def tell(self, number: str, name: str, paid: int, version: int) -> None:
        self.orders[number] = (name, paid)
        lines = (Line("1", "GRN-1", 2, self.random.randrange(100, 2_000) * 200, "green-tea"),)
        take_orders(self.program, [OrderIn("till", number, lines, name, None, version, paid)], self.now)

    def bring_back(self) -> None:
        if self.orders:
            back = RefundIn(f"R-{self.now}", self.now, (RefundLine("1", 1),))
            take_orders(self.program, [LateRefund("till", self.random.choice(list(self.orders)), back)], self.now)

    def become_one(self) -> None:
        held = [statement(raw(), self.program.programs, member, self.now) for member in self.members]
        free = [one.member_id for one in held if one and not one.account.into]
        if len(free) > 1:
            survivor, absorbed = self.random.sample(free, 2)
            number = uuid4()
            unite(self.program.programs, survivor, absorbed, self.now, number=number, reason="x", actor="x")
            self.merges.append((survivor, str(number)))

    def become_two(self) -> None:
        if self.merges:
            survivor, merge = self.merges.pop()
            part(self.program.programs, survivor, merge, self.now, number=uuid4(), reason="x", actor="x")

    def pages(self, member: UUID) -> list[Slip]:
        shop, until, found = Shop(self.program, self.now), None, list[Slip]()
        held = statement(raw(), self.program.programs, member, self.now)
        while True:
            page = history.page(shop, member, held, until)
            found += page.slips
            if not page.earlier:
                return found
            until = history.place(page.earlier)


@pytest.mark.parametrize("seed", range(6))
def test_pages_of_any_size_say_together_what_one_page_says(
    db: None, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    days = Days(seed)
    days.pass_by()
    for member in days.members:
        monkeypatch.undo()
        whole = days.pages(member)
        assert whole == sorted(whole, key=lambda slip: slip.at, reverse=True)
        own = [slip.order for slip in whole if slip.amount]
        assert len(own) == len(set(own))
        for entries, orders in ((1, 1), (2, 200), (60, 2), (5, 3)):
            monkeypatch.setattr(history, "ENTRIES", entries)
            monkeypatch.setattr(history, "ORDERS", orders)
            assert days.pages(member) == whole
