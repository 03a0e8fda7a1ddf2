"""What a person decides at the desk: undoing a checkout, letting one pass or not, more stock, an end to a batch.

Each is written down with who and why (see deeds.py).
"""

from collections.abc import Iterator
from uuid import UUID

from django.db import transaction

from regulars.engine.facts import Line
from regulars.engine.program import Programs
from regulars.ledger.connect import raw
from regulars.rewards import books, deeds
from regulars.rewards.actions import batches, checkouts, owning
from regulars.rewards.actions.together import HOLD_AT_MOST
from regulars.rewards.counter import Asked, Item
from regulars.rewards.parts import Kept
from regulars.rewards.pricing import Cart
from regulars.rewards.queries import codes_of, codes_page
from regulars.rewards.refusing import Refused

STOCK_AT_MOST = 1_000_000


@transaction.atomic
def void(programs: Programs, checkout_id: UUID, now: int, *, actor: str, reason: str) -> Kept:
    """As if it had not been; one that is held is released. Raises Refused."""
    done = checkouts.void(programs, checkout_id, now, actor=actor, reason=reason)
    deeds.tell(raw(), programs.program_id, deeds.about_checkout(checkout_id), done.state, now, actor, reason=reason)
    return done


@transaction.atomic
def ask(programs: Programs, member_id: UUID, reward: str, now: int, *, actor: str, number: UUID) -> Kept:
    """Hold a reward until a second person lets it pass, for a day at most. Raises Refused."""
    nothing_bought = Cart(programs.currency, (Line("1", "", 1, 0, kind="fee"),))
    asked = Asked(nothing_bought, (Item("1", reward=reward),), member_id, actor=actor, number=number)
    return checkouts.hold(programs, asked, now + HOLD_AT_MOST, now)


@transaction.atomic
def approve(programs: Programs, checkout_id: UUID, now: int, *, actor: str, reason: str = "") -> Kept:
    """What waits for a second person is used. Raises Refused, for whoever asked too."""
    _second(programs, checkout_id, now, actor)
    done = checkouts.capture(programs, checkout_id, now, actor=actor, approved=True)
    deeds.tell(raw(), programs.program_id, deeds.about_checkout(checkout_id), "approved", now, actor, reason=reason)
    return done


@transaction.atomic
def decline(programs: Programs, checkout_id: UUID, now: int, *, actor: str, reason: str) -> Kept:
    """Everything that was held is there again. Raises Refused, for whoever asked too."""
    _second(programs, checkout_id, now, actor)
    done = checkouts.release(programs, checkout_id, now, actor=actor)
    deeds.tell(raw(), programs.program_id, deeds.about_checkout(checkout_id), "declined", now, actor, reason=reason)
    return done


def _second(programs: Programs, checkout_id: UUID, now: int, actor: str) -> None:
    """Raises Refused for who asked, and where nothing waits."""
    line = books.checkout(programs.program_id, checkout_id, now)
    if line is None:
        raise Refused("checkout_unknown")
    if not line.asks_approval:
        raise Refused("approval_needless")
    if line.actor == actor:
        raise Refused("approval_own")


@transaction.atomic
def add_stock(program_id: int, reward: str, quantity: int, now: int, *, actor: str, reason: str) -> None:
    """So many pieces more than the program says. Raises Refused."""
    if not 0 < quantity <= STOCK_AT_MOST:
        raise Refused("stock_quantity", {"most": STOCK_AT_MOST})
    owning.add_stock(program_id, reward, quantity)
    deeds.tell(raw(), program_id, deeds.about_stock(reward), "added", now, actor, quantity=quantity, reason=reason)


@transaction.atomic
def cancel_batch(program_id: int, batch_id: int, now: int, *, actor: str, reason: str) -> None:
    batches.cancel_batch(program_id, batch_id, now)
    deeds.tell(raw(), program_id, deeds.about_batch(batch_id), "cancelled", now, actor, reason=reason)


@transaction.atomic
def import_codes(program_id: int, batch_id: int, codes: list[str], now: int, *, actor: str) -> batches.Imported:
    """Raises Refused."""
    done = batches.import_codes(program_id, batch_id, codes)
    deeds.tell(raw(), program_id, deeds.about_batch(batch_id), "imported", now, actor, quantity=done.kept)
    return done


def take_away(program_id: int, batch_id: int, now: int, *, actor: str, reason: str = "") -> Iterator[str]:
    """All codes of a batch, for a file; that somebody took them is written down first. Once without a reason. Raises
    Refused."""
    with transaction.atomic():
        batches.locked(program_id, batch_id)
        about = deeds.about_batch(batch_id)
        if not reason and any(deed.what == "taken" for deed in deeds.told(program_id, about)):
            raise Refused("codes_taken")
        deeds.tell(raw(), program_id, about, "taken", now, actor, reason=reason)
    return codes_of(program_id, batch_id)


@transaction.atomic
def read_page(
    program_id: int, batch_id: int, begin: int, limit: int, now: int, *, actor: str
) -> tuple[list[str], int | None]:
    """So many codes of a batch from a number on, and the number that follows; those of a pool that a member has are
    left out. Each reading is written down, for whoever reads in pages may begin with any of them."""
    found = list(codes_page(program_id, batch_id, begin, limit + 1, are_free=True))
    shown = [code for _number, code in found[:limit]]
    deeds.tell(raw(), program_id, deeds.about_batch(batch_id), "taken", now, actor, quantity=len(shown))
    return shown, found[limit][0] if len(found) > limit else None
