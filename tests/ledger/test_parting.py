"""Members who become one and two again, whatever they spend and whatever a budget gives them, learned late or in time.

Everything is decided on the ledger as it stands, as a shop would; what happened comes when it comes.
"""

import random
from collections import Counter

import msgspec
import pytest
from django.db import transaction

from regulars.engine.account import Account
from regulars.engine.calendar import DAY
from regulars.engine.decide import Refusal, decide
from regulars.engine.facts import (
    Activity,
    Capture,
    Decision,
    Fact,
    Hold,
    Merge,
    Payment,
    Redemption,
    Release,
    Restoration,
    Transfer,
    Unmerge,
)
from regulars.engine.fold import fold
from regulars.engine.grammar import read
from regulars.engine.outcome import PLACES
from regulars.engine.program import Programs
from regulars.engine.purse import Purse
from regulars.engine.tape import Tape
from regulars.engine.timeline import unrolled
from regulars.ledger import load, uniting
from regulars.ledger.connect import raw, rows
from regulars.ledger.due import advance_due
from regulars.ledger.receipt import Incoming
from regulars.ledger.record import record
from regulars.ledger.verify import verify
from tests.ledger.shop import DOCUMENT, at, member, order, refund

pytestmark = pytest.mark.django_db(transaction=True)

NAMES = ("ann", "ben", "cyd")
BUDGETS = {"spring": 260, "hello": 60, "daily": 50}
SAID = DOCUMENT | {
    "enrolment": "first order",
    "wallets": {"points": {"expires": "3 months", "worth": "10 TWD per 100", "spend": {"per month": "900"}}},
    "campaigns": [
        {"campaign": "spring", "budget": "260 points"},
        {"campaign": "hello", "budget": "60 points"},
        {"campaign": "daily", "budget": "50 points", "per": "day", "at_end": "all_or_nothing"},
    ],
    "earn": [
        {"rule": "base", "give": "1 point per 25 TWD"},
        {"rule": "rate", "campaign": "spring", "give": "1 point per 20 TWD"},
        {"rule": "welcome", "campaign": "hello", "on": "enrolment", "give": "25 points"},
        {"rule": "first", "campaign": "hello", "when": {"nth_order": "1"}, "give": "9 points", "limit": "once"},
        {"rule": "goal", "campaign": "spring", "goal": {"orders": "2", "repeat": "true"}, "give": "20 points"},
        {"rule": "visit", "campaign": "daily", "on": "activity visit", "give": "20 points", "limit": "2 per day"},
    ],
}  # fmt: skip
PROGRAMS = Programs(1, [read(SAID)])


class Shop:
    """Days go by; each brings something that happens, or is only heard of, or is asked for."""

    def __init__(self, choose: random.Random) -> None:
        self.choose = choose
        self.now = at("2026-01-05 12:00")
        self.number = 0
        self.redeemed: list[str] = []
        self.held: list[str] = []
        self.merges: list[tuple[str, str]] = []

    def act(self) -> None:
        self.now += self.choose.choice([1, DAY // 3, DAY, 4 * DAY])
        self.number += 1
        name = self.choose.choice(NAMES)
        deed = self.choose.choices(
            [self.buy, self.bring_back, self.visit, self.spend, self.end, self.join, self.part, self.wait],
            [8, 4, 2, 5, 3, 3, 2, 1],
        )[0]
        deed(name)

    def buy(self, name: str) -> None:
        paid = self.now - self.choose.choice([0, 0, 0, 2, 9, 30]) * DAY
        key = f"{name}-{self.choose.choice([self.number, self.number, self.choose.randint(1, self.number)])}"
        more: dict[str, object] = {"paid_at": paid, "version_at": paid + self.choose.choice([0, self.now - paid])}
        if self.redeemed and self.choose.random() < 0.4:
            more["payments"] = (Payment("points", 5_00, self.choose.choice(self.redeemed)),)
        if self.choose.random() < 0.2:
            more |= {"corrects": self.choose.random() < 0.5, "cancelled": self.choose.random() < 0.4}
        self.take(name, order(key, "2026-01-01 12:00", self.choose.choice([150, 640, 990]), **more))

    def bring_back(self, name: str) -> None:
        found = rows(raw(), "SELECT key FROM ledger_order WHERE paid_at IS NOT NULL", [])
        if found:
            key = self.choose.choice(sorted(found))[0].removeprefix("web/")
            back = refund(key, "2026-01-01 12:00", quantity=self.choose.randint(1, 2), name=f"R{self.number}")
            late = self.choose.choice([0, 0, 3, 20]) * DAY
            self.take(None, msgspec.structs.replace(back, at=self.now - late))

    def visit(self, name: str) -> None:
        self.take(name, Activity(f"V{self.number}", "visit", self.now - self.choose.choice([0, 0, 9]) * DAY))

    def spend(self, name: str) -> None:
        key, points = f"S{self.number}", self.choose.choice([1, 7, 20, 45])
        asked: Decision = self.choose.choice(
            [
                Redemption(key, "points", points, 0),
                Redemption(key, "points", points, 0),
                Hold(key, "points", points, 0, self.now + self.choose.choice([2, 20]) * DAY),
                Transfer(key, "points", points, 0, str(member("dan"))),
            ]
        )
        if self.ask(name, asked) and not isinstance(asked, Transfer):
            (self.held if isinstance(asked, Hold) else self.redeemed).append(key)

    def end(self, name: str) -> None:
        key = f"E{self.number}"
        if self.held and self.choose.random() < 0.6:
            hold = self.choose.choice(self.held)
            asked: Decision = self.choose.choice([Capture(key, hold, 0), Release(key, hold, 0)])
            if self.ask(name, asked) and isinstance(asked, Capture):
                self.redeemed.append(hold)
        elif self.redeemed:
            points = self.choose.choice([None, 3, 10])
            self.ask(name, Restoration(key, self.choose.choice(self.redeemed), 0, points))

    def join(self, name: str) -> None:
        other = self.choose.choice([one for one in NAMES if one != name])
        with transaction.atomic():
            asked = Merge(f"M{self.number}", "", "", 0, "", "same_person", "owner")
            if isinstance(uniting.merge(raw(), PROGRAMS, member(name), member(other), asked, self.now), Merge):
                self.merges.append((name, asked.key))

    def part(self, _: str) -> None:
        if self.merges:
            name, key = self.choose.choice(self.merges)
            with transaction.atomic():
                asked = Unmerge(f"U{self.number}", key, 0, "mistake", "owner")
                uniting.unmerge(raw(), PROGRAMS, member(name), asked, self.now)

    def wait(self, _: str) -> None:
        self.now += 20 * DAY
        with transaction.atomic():
            advance_due(raw(), PROGRAMS, self.now)

    def ask(self, name: str, asked: Decision) -> bool:
        """Decided on what is there, as a shop does."""
        with transaction.atomic():
            account = load.accounts(raw(), 1, {member(name): False})[member(name)].account
            named = getattr(asked, "redemption", "") or getattr(asked, "hold", "")
            spent = self.folded(name).spent.get(named) if named else None
            said = decide(PROGRAMS, account, asked, self.now, None, spent)
            if isinstance(said, Refusal):
                return False
            record(raw(), PROGRAMS, [Incoming(member(name), said)], max(self.now, said.at))
            return True

    def folded(self, name: str) -> Tape:
        facts = [fact for _, fact in load.history(raw(), 1, member(name))]
        others = {
            str(member(of)): Purse(ruled=load.rulings(raw(), 1, member(of)), asks=False) for of in NAMES if of != name
        }
        purse = Purse(ruled=load.rulings(raw(), 1, member(name)), asks=False, others=others)
        tape = Tape(PROGRAMS, Account(), purse=purse)
        fold(tape, unrolled(facts), self.now)
        return tape

    def take(self, name: str | None, fact: Fact) -> None:
        with transaction.atomic():
            record(raw(), PROGRAMS, [Incoming(member(name) if name else None, fact)], self.now)


def agrees(account: Account) -> None:
    for wallet in account.wallets.values():
        frozen = [lot for held in wallet.holds for lot in held.lots]
        assert wallet.available == sum(lot.points for lot in wallet.lots)
        assert wallet.held == sum(lot.points for lot in frozen)
        assert min(wallet.available, wallet.pending, wallet.held, wallet.deficit) >= 0
        assert not (wallet.available and wallet.deficit)
    assert all(ladder.growth.total >= 0 for ladder in account.ladders.values())


@pytest.mark.parametrize("seed", range(10))
def test_whatever_two_members_do_who_are_one_for_a_while(seed: int):
    shop = Shop(random.Random(seed))
    for _ in range(45):
        shop.act()
        used = dict(rows(raw(), "SELECT budget, used FROM ledger_budget", []))
        assert all(0 <= points <= BUDGETS[budget.partition("/")[0]] for budget, points in used.items())
    verdict = verify(raw(), PROGRAMS)
    assert verdict.findings == []
    assert verdict.entries > 20
    places = Counter[str]()
    for (_, place), points in verdict.places.items():
        places[place] += points
    assert places["merged"] == sum(places[place] for place in PLACES) == 0
    with transaction.atomic():
        for name in NAMES:
            agrees(load.accounts(raw(), 1, {member(name): False})[member(name)].account)
