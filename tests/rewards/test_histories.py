"""Whatever members do with holds, captures, releases, voids, refunds and draws, and wherever it breaks off: nothing is
lost and nothing is there twice, and nobody draws anew. A plain model counts along."""

import itertools
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from uuid import UUID, uuid5

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from msgspec import Struct

from regulars.engine.facts import Adjustment, Enrolment, Fact, Line, Order, Payment, Refund, RefundLine
from regulars.engine.grammar import read
from regulars.engine.program import Programs
from regulars.ledger.connect import raw
from regulars.ledger.due import advance_due
from regulars.ledger.queries import account_at
from regulars.ledger.receipt import Incoming
from regulars.ledger.record import record
from regulars.ledger.verify import verify
from regulars.members.models import Member
from regulars.rewards import supplies
from regulars.rewards.actions import batches, checkouts, drawing, owning, refunds
from regulars.rewards.actions.together import Ending, Opening, Wanted, together
from regulars.rewards.counter import Asked, Item
from regulars.rewards.draws import Draw
from regulars.rewards.parts import Kept
from regulars.rewards.proving import prove
from regulars.rewards.refusing import Refused
from tests.rewards.counter import MINUTE, NOW, SHOP, cart

pytestmark = pytest.mark.django_db(transaction=True)

NAMES = ("ann", "ben")
POINTS, CUPS, CUP, CAKE, WHEEL, WON = 45, 10, 10, 4, 5, 3
PRIZES = [
    {"prize": "cup", "odds": "1 in 4", "reward": "cup"},
    {"prize": "points", "odds": "1 in 2", "credit": f"{WON} points"},
]
DRAWING = SHOP | {
    "rewards": [*SHOP["rewards"], {"reward": "wheel", "costs": f"{WHEEL} points", "gives": {"draw": PRIZES}}]
}
NUMBERS = itertools.count(1)


class Cut(Exception):
    """The power fails before anything is committed."""


NOTHING = Kept(UUID(int=0), None, "", "", 0, None, None, [])


class Bought(Struct):
    """What the model knows of a checkout."""

    kept: Kept
    who: str
    points: int
    cups: int
    codes: int
    until: int | None
    state: str
    is_paid: bool = False

    def now(self, at: int) -> str:
        return "lapsed" if self.state == "held" and self.until is not None and self.until <= at else self.state


class Ticket(Struct):
    """What the model knows of one: `won` is None until it is drawn."""

    kept: Kept
    who: str
    won: Draw | None = None
    is_voided: bool = False
    is_repeated: bool = False

    @property
    def number(self) -> UUID:
        found = self.kept.parts[0].issued_id
        assert found is not None
        return found

    @property
    def awaits_another(self) -> bool:
        return self.is_voided and self.won is not None and not self.is_repeated

    def has(self, prize: str) -> bool:
        return self.won is not None and self.won.prize == prize and not self.is_voided


class Spending(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.programs = Programs(next(NUMBERS), [read(DRAWING)])
        self.now, self.bought, self.orders = NOW, list[Bought](), itertools.count(1)
        self.tickets = list[Ticket]()
        for name in NAMES:
            Member.objects.create(id=self.id_of(name), program_id=self.programs.program_id, external_id=name)
            given = Adjustment(f"A-{name}", "points", POINTS - 10, NOW, "opening", "tests")
            self.put(name, Enrolment(name, NOW), given)
        number = batches.begin_batch(self.programs.program_id, batches.Wanted(coupon="first", quantity=1), "mei", NOW)
        self.code = next(itertools.chain(*batches.make_codes(self.programs.program_id, number)))
        self.now += 1

    def id_of(self, name: str) -> UUID:
        return uuid5(UUID(int=self.programs.program_id), name)

    def put(self, name: str, *facts: Fact) -> None:
        with transaction.atomic():
            record(raw(), self.programs, [Incoming(self.id_of(name), fact) for fact in facts], self.now)

    # What happens

    @rule(minutes=st.sampled_from([0, 1, 4, 6]), job=st.booleans())
    def time_passes(self, minutes: int, job: bool) -> None:
        self.now += minutes * MINUTE + 1
        if job:
            with transaction.atomic():
                advance_due(raw(), self.programs, self.now)

    @rule(
        who=st.sampled_from(NAMES),
        cups=st.integers(0, 3),
        cakes=st.integers(0, 2),
        code=st.booleans(),
        held=st.booleans(),
        cut=st.booleans(),
    )
    def takes(self, who: str, cups: int, cakes: int, code: bool, held: bool, cut: bool) -> None:
        items = [Item(f"cup{n}", reward="cup") for n in range(cups)] + [
            Item(f"c{n}", reward="cake") for n in range(cakes)
        ]
        items += [Item("code", code=self.code)] if code else []
        points = CUP * cups + CAKE * cakes
        possible = (
            bool(items)
            and points <= self.left_of(who)
            and cups <= CUPS - self.used(lambda one: one.cups)
            and not (code and self.used(lambda one: one.codes))
        )
        asked = Asked(cart(100), tuple(items), self.id_of(who), actor="till-1")
        until = self.now + 5 * MINUTE if held else None
        act = (
            (lambda: checkouts.hold(self.programs, asked, until, self.now))
            if until
            else (lambda: checkouts.redeem(self.programs, asked, self.now))
        )
        kept = self.happens(act, possible, cut)
        if kept is not None:
            self.bought.append(Bought(kept, who, points, cups, int(code), until, kept.state))

    @precondition(lambda self: self.bought)
    @rule(place=st.integers(0, 1000), cut=st.booleans())
    def is_captured(self, place: int, cut: bool) -> None:
        one = self.bought[place % len(self.bought)]
        possible = one.now(self.now) == "held"
        kept = self.happens(lambda: checkouts.capture(self.programs, one.kept.id, self.now), possible, cut)
        if kept is not None:
            one.state = "captured"

    @precondition(lambda self: self.bought)
    @rule(place=st.integers(0, 1000), cut=st.booleans())
    def is_released(self, place: int, cut: bool) -> None:
        one = self.bought[place % len(self.bought)]
        possible = one.now(self.now) == "held"
        kept = self.happens(lambda: checkouts.release(self.programs, one.kept.id, self.now), possible, cut)
        if kept is not None:
            one.state = "released"

    @precondition(lambda self: self.bought)
    @rule(place=st.integers(0, 1000), cut=st.booleans())
    def is_voided(self, place: int, cut: bool) -> None:
        one = self.bought[place % len(self.bought)]
        before = one.now(self.now)
        kept = self.happens(
            lambda: checkouts.void(self.programs, one.kept.id, self.now), before in ("held", "captured"), cut
        )
        if kept is not None:
            one.state = "released" if before == "held" else "voided"

    @precondition(lambda self: any(one.state == "captured" and not one.is_paid for one in self.bought))
    @rule(place=st.integers(0, 1000), named=st.booleans(), cut=st.booleans())
    def comes_back(self, place: int, named: bool, cut: bool) -> None:
        """Its order is paid, naming what points paid or not, and refunded as a whole."""
        paid = [one for one in self.bought if one.state == "captured" and not one.is_paid]
        one = paid[place % len(paid)]
        key = f"web/{next(self.orders)}"
        payments = tuple(Payment("points", 10, fact) for fact in one.kept.facts) if named else ()
        order = Order(key, self.now, (Line("1", "tea", 1, 9000),), self.now, payments=payments)
        refund = Refund(f"{key}/R", key, self.now + 1, (RefundLine("1", 1),))
        raw().execute("UPDATE rewards_checkout SET order_key = %s WHERE id = %s", [key, one.kept.id])
        self.put(one.who, order)
        one.is_paid = True

        def act() -> None:
            self.put(one.who, refund)
            refunds.note_returns(raw(), self.programs.program_id, [key])
            assert refunds.follow_returns(self.programs, self.now + 2) == 1

        self.happens(act, True, cut)
        if not cut:
            one.state = "voided"
        self.now += 3

    @rule(
        opened=st.lists(
            st.tuples(st.sampled_from(NAMES), st.integers(0, 4), st.integers(0, 2), st.booleans()), max_size=5
        ),
        ended=st.lists(
            st.tuples(st.sampled_from(["capture", "release", "void"]), st.integers(0, 1000)), min_size=1, max_size=4
        ),
        data=st.data(),
        cut=st.booleans(),
    )
    def many_come_together(self, opened: list[Any], ended: list[Any], data: st.DataObject, cut: bool) -> None:
        """Each as if those before it had been, whoever they are; some of the same member, or about one checkout."""
        self.ids = [one.kept.id for one in self.bought]
        wishes = data.draw(st.permutations([*opened, *(ended if self.bought else [])]))
        wanted = [self.wish(one) for one in wishes]
        with suppress(Cut), transaction.atomic():
            came = together(self.programs, wanted, self.now) if wanted else []
            if cut:
                raise Cut
        if cut or not wanted:
            return
        for one, asked, became in zip(wishes, wanted, came, strict=True):
            if isinstance(asked, Opening):
                self.was_opened(one, became)
            elif became is None:
                # What was captured is voided alone.
                assert len(wanted) > 1
                assert asked.verb == "void"
            else:
                self.was_ended(one, became)

    def wish(self, one: Any) -> Wanted:
        if len(one) == 2:
            return Ending(one[0], self.bought[one[1] % len(self.bought)].kept.id)
        who, cups, cakes, held = one
        items = [Item(f"cup{n}", reward="cup") for n in range(cups)] + [
            Item(f"c{n}", reward="cake") for n in range(cakes)
        ]
        asked = Asked(cart(100), tuple(items), self.id_of(who), actor="till-1")
        return Opening(asked, self.now + 5 * MINUTE if held else None)

    def was_opened(self, one: Any, became: Any) -> None:
        who, cups, cakes, held = one
        points = CUP * cups + CAKE * cakes
        possible = 0 < points <= self.left_of(who) and cups <= CUPS - self.used(lambda one: one.cups)
        assert isinstance(became, Kept) == possible, became
        if possible:
            until = self.now + 5 * MINUTE if held else None
            self.bought.append(Bought(became, who, points, cups, 0, until, became.state))

    def was_ended(self, one: Any, became: Any) -> None:
        verb, place = one
        # Those that were opened together with it are not among those it could be about.
        known = next(known for known in self.bought if known.kept.id == self.ids[place % len(self.ids)])
        before = known.now(self.now)
        assert isinstance(became, Kept) == (before == "held" or (verb == "void" and before == "captured")), became
        if isinstance(became, Kept):
            known.state = became.state

    @rule(who=st.sampled_from(NAMES), cut=st.booleans())
    def buys_a_ticket(self, who: str, cut: bool) -> None:
        possible = self.left_of(who) >= WHEEL
        kept = self.happens(lambda: owning.claim(self.programs, self.id_of(who), "wheel", self.now), possible, cut)
        if kept is not None:
            self.tickets.append(Ticket(kept, who))

    @precondition(lambda self: self.tickets)
    @rule(place=st.integers(0, 1000), cut=st.booleans())
    def is_drawn(self, place: int, cut: bool) -> None:
        """Again it is what it was, and whoever gave a drawn ticket back draws what that one won."""
        one = self.tickets[place % len(self.tickets)]
        has_cups = self.used(lambda known: known.cups) < CUPS
        possible = not one.is_voided or one.won is not None
        won = self.happens(
            lambda: drawing.draw(self.programs, one.number, self.now, fresh=lambda: bytes(32)), possible, cut
        )
        if won is None:
            return
        if one.won is not None:
            assert won == one.won
            return
        waiting = [two for two in self.tickets if two.who == one.who and two.awaits_another]
        before = next((two for two in waiting if two.number == won.again_of), None)
        assert (before is None) == (not waiting)
        if before is not None and before.won is not None:
            assert before.won.at == min(two.won.at for two in waiting if two.won)
            assert (won.drawn, won.number) == (before.won.drawn, None)
            before.is_repeated = True
        first = before.won.prize if before is not None and before.won is not None else won.drawn
        assert won.prize == (first if has_cups or first != "cup" else "points")
        one.won = won

    @precondition(lambda self: self.tickets)
    @rule(place=st.integers(0, 1000), cut=st.booleans())
    def ticket_is_voided(self, place: int, cut: bool) -> None:
        """Unless it won nothing."""
        one = self.tickets[place % len(self.tickets)]
        possible = not one.is_voided and (one.won is None or bool(one.won.prize))
        if self.happens(lambda: checkouts.void(self.programs, one.kept.id, self.now), possible, cut) is not None:
            one.is_voided = True

    @rule(who=st.sampled_from(NAMES))
    def tries_anew(self, who: str) -> None:
        """Draws, gives the ticket back, and draws again."""
        for _ in range(2):
            bought = len(self.tickets)
            self.buys_a_ticket(who, cut=False)
            if len(self.tickets) > bought:
                self.is_drawn(bought, cut=False)
                self.ticket_is_voided(bought, cut=False)

    def happens(self, act: Callable[[], Any], possible: bool, cut: bool) -> Any:
        """What came of it; None where it was refused, or where the power failed before it was over."""
        try:
            with transaction.atomic():
                found = act()
                if cut:
                    raise Cut
        except Cut:
            assert possible
            return None
        except Refused:
            if possible:
                raise
            return None
        assert possible
        return found

    # What must be true

    def left_of(self, who: str) -> int:
        mine = [one for one in self.tickets if one.who == who and not one.is_voided]
        spent = sum(one.points for one in self.living() if one.who == who) + WHEEL * len(mine)
        return POINTS - spent + WON * sum(one.has("points") for one in mine)

    def used(self, of: Callable[[Bought], int]) -> int:
        cups = sum(one.has("cup") for one in self.tickets)
        return sum(map(of, self.living())) + of(Bought(NOTHING, "", 0, cups, 0, None, ""))

    def living(self) -> list[Bought]:
        return [one for one in self.bought if one.now(self.now) in ("held", "captured")]

    @invariant()
    def nothing_is_lost_or_doubled(self) -> None:
        for name in NAMES:
            account = account_at(raw(), self.programs, self.id_of(name), self.now)
            assert account is not None
            wallet = account.wallets["points"]
            held = sum(one.points for one in self.living() if one.who == name and one.now(self.now) == "held")
            assert (wallet.available, wallet.held) == (self.left_of(name), held)
        level = supplies.read(raw(), self.programs.program_id, ["stock:cup"], self.now).get("stock:cup")
        reserved = sum(one.cups for one in self.living() if one.now(self.now) == "held")
        assert (level.taken if level else 0, level.reserved if level else 0) == (
            self.used(lambda one: one.cups) - reserved,
            reserved,
        )

    def teardown(self) -> None:
        verdict = verify(raw(), self.programs)
        assert not verdict.findings, verdict.findings
        assert prove(raw(), self.programs).holds


def test_whatever_happens():
    run_state_machine_as_test(
        Spending,
        settings=settings(
            max_examples=20, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
