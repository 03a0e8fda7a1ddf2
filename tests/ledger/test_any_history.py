"""Random histories of random programs, in the order in which they happen to arrive: all end as folded from nothing."""

from itertools import count
from random import Random

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from regulars.engine import grammar
from regulars.engine.calendar import DAY
from regulars.engine.facts import Enrolment, Fact, Hold, Order, Redemption, Referred, Refund, RefundLine
from regulars.engine.program import Programs
from regulars.ledger import codec, orders, resume
from regulars.ledger.connect import raw
from regulars.ledger.due import advance_due
from regulars.ledger.effects import pass_on
from regulars.ledger.receipt import Incoming, Receipt
from regulars.ledger.record import record
from regulars.ledger.verify import verify
from tests.engine.histories import END, LONG, Choices, Story, stories
from tests.ledger.shop import member

pytestmark = pytest.mark.django_db(transaction=True)

# Keys are a program's own, so each history is one of another program.
PROGRAM_IDS = count(1000)
in_the_ledger = settings(
    max_examples=int(60 * LONG),
    derandomize=LONG <= 1,
    deadline=None,
    database=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)


def happened(story: Story, random: Random) -> list[Fact]:
    """Everything, also what is spent and who brought the member."""
    zone, choose = str(story.programs.zone), Choices(random.randbytes(200))
    facts = [*story.facts, *(spends(choose, zone, f"S{place}") for place in range(choose.pick([0, 0, 1, 2])))]
    if choose.rarely(2):
        facts.append(Referred("lin", str(member("wang")), choose.instant(zone)))
    return facts


def spends(choose: Choices, zone: str, key: str) -> Fact:
    at, points = choose.instant(zone), 1 + choose.upto(40)
    if choose.rarely(3):
        return Hold(key, "points", points, at, at + choose.pick([1, 40, 400]) * DAY)
    return Redemption(key, "points", points, at)


def joining_late(story: Story, random: Random) -> Story:
    """Orders from before joining count, and nobody joins by an order."""
    choose = Choices(random.randbytes(20))
    at = max(choose.instant(str(story.programs.zone)) for _ in range(3))
    facts = [fact for fact in story.facts if not isinstance(fact, Enrolment)]
    if choose.rarely(2):
        facts += [back_at_once(fact) for fact in facts if isinstance(fact, Order) and fact.number == 0]
    trees = [(start, tree | {"enrolment": "explicit"}) for start, tree in story.trees]
    versions = [grammar.read(tree, number, start) for number, (start, tree) in enumerate(trees, start=1)]
    joins = Enrolment("lin", at, since=at - choose.pick([400, 100, 10]) * DAY)
    return Story(trees, Programs(1, versions), [*facts, joins])


def back_at_once(order: Order) -> Refund:
    lines = tuple(RefundLine(line.line, max(line.quantity, 1), line.total) for line in order.lines)
    return Refund(f"{order.key}/all", order.key, order.version_at, lines)


def as_heard(facts: list[Fact], random: Random) -> list[list[Fact]]:
    """In batches: as it happened, a few of them late, or in any order."""
    heard = sorted(facts, key=lambda fact: codec.occurred_at(fact) or 0)
    for _ in range(random.choice([0, 1, 3, len(heard)])):
        heard.append(heard.pop(random.randrange(len(heard))))
    batches = []
    while heard:
        size = random.choice([1, 1, 2, 4])
        batches.append(heard[:size])
        del heard[:size]
    return batches


def told(programs: Programs, receipts: list[Receipt]) -> None:
    """What is told of new orders without asking is what the ledger says of them."""
    new = {receipt.key: receipt.standing for receipt in receipts if receipt.standing}
    asked = orders.orders_by_key(raw(), programs.program_id, list(new))
    entries = orders.entries_of_orders(raw(), programs.program_id, {key: whose for key, (whose, _) in asked.items()})
    for key, standing in new.items():
        line, brought = orders.order_as_written(programs, standing)
        assert line == asked[key][1]
        assert codec.encode(brought) == codec.encode([one.entry for one in entries[key]])


@in_the_ledger
@given(stories(), st.randoms(use_true_random=False), st.sampled_from([0, resume.CHECKPOINTS_FROM]))
def test_every_order_of_arrival_ends_as_folded_from_nothing(story: Story, random: Random, checkpoints_from: int):
    if random.random() < 0.5:
        story = joining_late(story, random)
    programs = Programs(next(PROGRAM_IDS), story.programs.versions)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(resume, "CHECKPOINTS_FROM", checkpoints_from)
        for batch in as_heard(happened(story, random), random):
            note(str(batch))
            with transaction.atomic():
                told(programs, record(raw(), programs, [Incoming(member("lin"), fact, "read") for fact in batch], END))
                if random.random() < 0.2:
                    pass_on(raw(), programs, END)
                if random.random() < 0.3:
                    advance_due(raw(), programs, END, until=max(codec.occurred_at(fact) or 0 for fact in batch))
    note(str(story.trees))
    with transaction.atomic():
        while pass_on(raw(), programs, END):
            pass
    assert verify(raw(), programs).findings == []
