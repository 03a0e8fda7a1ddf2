"""Take orders in: one use case behind the API, the file import and the demo. Imports remember how far they are."""

from collections import Counter
from collections.abc import Mapping, Sequence

from django.db import transaction
from django.db.models.functions import Now
from msgspec import Struct, to_builtins

from regulars.engine.facts import Fact, Order, Refund
from regulars.intake.exchanging import exchanged
from regulars.intake.facts import Known, facts
from regulars.intake.models import ImportPart, ImportRefusal, ImportRun
from regulars.intake.orders import ActivityIn, Arrival, OrderIn
from regulars.intake.queries import imported
from regulars.intake.reading.arranging import PARTS
from regulars.intake.reading.building import Batch
from regulars.intake.reading.counting import Counts
from regulars.intake.spreading import spreading
from regulars.ledger.connect import raw
from regulars.ledger.receipt import Incoming, Receipt
from regulars.ledger.record import record
from regulars.ledger.redemptions import refusals
from regulars.members.actions import drop_strangers, introduce
from regulars.members.queries import carded
from regulars.programs.queries import Published
from regulars.rewards.actions.refunds import note_returns


@transaction.atomic(savepoint=False)
def take_orders(published: Published, orders: Sequence[Arrival], now: int, sends: bool = True) -> list[Receipt]:
    """Keep orders, refunds and activities, in one transaction. One receipt per fact: an order's, then its refunds'.

    `now` is the program's clock in microseconds. Other content under a version that the door states is refused with
    `version_conflict`; without one, as from a file, it is a newer reading (RULES 1). Raises the ledger's `Contended`
    when another request is recording the same fact. With `sends` false nobody hears of what is announced. An order is
    refused that names a redemption which nobody made, or somebody else, which was undone or pays for another order
    (`redemption_unknown`, `redemption_of_other_member`, `redemption_undone`, `redemption_used`). So is what
    names the number of a card as its customer (`customer_is_card`), or a card that nobody has (`member_unknown`). A
    customer of whom nothing was kept is not made known.
    """
    conn = raw()
    orders = exchanged(conn, published.id, published.currency, orders)
    owned = [one for one in orders if isinstance(one, ActivityIn | OrderIn)]
    members, new = introduce(published.id, {one.customer for one in owned if one.customer})
    cards = {one.card for one in owned if one.card is not None}
    known = Known(members, carded(published.id, cards) if cards else {})
    translated = list(facts(orders, known, spreading(conn, published.id, orders), now))
    refused = refusals(conn, published.id, [one for one in translated if isinstance(one, Incoming)])
    found = [_unless_refused(one, refused) for one in translated]
    incoming = [one for one in found if isinstance(one, Incoming)]
    recorded = iter(record(conn, published.programs, incoming, now, sends))
    note_returns(conn, published.id, {key for one in incoming if (key := _order_of(one.fact))})
    receipts = [one if isinstance(one, Receipt) else next(recorded) for one in found]
    if new and any(receipt.outcome == "refused" for receipt in receipts):
        drop_strangers(published.id, new)
    return receipts


def _unless_refused(one: Incoming | Receipt, refused: Mapping[str, str]) -> Incoming | Receipt:
    """An order that is refused takes with it the refunds that came with it."""
    if isinstance(one, Receipt) or (order := _order_of(one.fact)) not in refused:
        return one
    code = refused[order] if isinstance(one.fact, Order) else "order_unknown"
    return Receipt(one.fact.key, "refused", one.member_id, code)


def _order_of(fact: Fact) -> str:
    """The order that a fact is about; "" where it is about none."""
    return fact.key if isinstance(fact, Order) else fact.order if isinstance(fact, Refund) else ""


class Overtaken(Exception):
    """Another process is importing the same part of the same file; nothing was written."""


class Taken(Struct, frozen=True):
    """What a batch brought."""

    orders: int = 0
    lines: int = 0
    refunds: int = 0
    refused: int = 0


@transaction.atomic
def begin_import(program_id: int, file_name: str, file_digest: str, mapping_digest: str) -> ImportRun:
    """The run of this file with this mapping: a new one, or the one that was begun before.

    One that ended with nothing kept begins anew: what stood in its way may be gone.
    """
    run, _ = ImportRun.objects.get_or_create(
        program_id=program_id,
        file_digest=file_digest,
        mapping_digest=mapping_digest,
        defaults={"file_name": file_name},
    )
    run = ImportRun.objects.select_for_update().get(id=run.id)
    if run.finished_at is not None and imported(run.id).took_nothing:
        run.parts.all().delete()
        run.refusals.all().delete()
        run.counts, run.started_at, run.finished_at = {}, Now(), None
        run.save(update_fields=["counts", "started_at", "finished_at"])
        run.refresh_from_db()
    parts = [ImportPart(run=run, part=part) for part in range(PARTS)]
    ImportPart.objects.bulk_create(parts, ignore_conflicts=True)
    run.parts.update(heard_at=Now())
    return run


@transaction.atomic
def note_counts(run: ImportRun, counts: Counts) -> None:
    ImportRun.objects.filter(id=run.id).update(counts=to_builtins(counts))


@transaction.atomic
def take_batch(
    published: Published, run_id: int, part: int, position: int, batch: Batch, now: int, sends: bool = False
) -> Taken:
    """Take the next orders of a part, and remember in the same transaction that they were taken.

    With `sends` members hear of what is announced. Raises Overtaken when the part is no longer at `position`.
    """
    progress = ImportPart.objects.select_for_update().get(run_id=run_id, part=part)
    if progress.position != position:
        raise Overtaken
    receipts = take_orders(published, batch.arrivals, now, sends)
    counted = Counter[str]()
    for arrival, lines, receipt in zip(batch.arrivals, batch.line_counts, receipts, strict=True):
        outcome = receipt.outcome if receipt.outcome in ("recorded", "refused") else "known"
        if isinstance(arrival, OrderIn):
            counted[f"orders_{outcome}"] += 1
            counted[f"lines_{outcome}"] += lines
        else:
            counted[f"refunds_{outcome}"] += 1
    for name, number in counted.items():
        setattr(progress, name, getattr(progress, name) + number)
    progress.position += len(batch.arrivals)
    progress.heard_at = Now()
    progress.save()
    refused = [(line, one) for line, one in zip(batch.first_lines, receipts, strict=True) if one.outcome == "refused"]
    ImportRefusal.objects.bulk_create(
        ImportRefusal(run_id=run_id, line=line, key=receipt.key, code=receipt.code) for line, receipt in refused
    )
    refunds = sum(not isinstance(arrival, OrderIn) for arrival in batch.arrivals)
    return Taken(len(batch.arrivals) - refunds, sum(batch.line_counts), refunds, len(refused))


@transaction.atomic
def finish_import(run: ImportRun) -> None:
    ImportRun.objects.filter(id=run.id, finished_at=None).update(finished_at=Now())
