"""What machines hand over, decided together, and what each is answered.

One request is a group of one. What is wrong with one order or activity is told in its own place, in its caller's
language, and the others are kept without it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any
from uuid import UUID

from django.utils import translation
from msgspec.structs import replace

from regulars.access.waiting import bounded
from regulars.contract import activities, orders
from regulars.contract.asked import Answer, Asked, Given, Place, refused, speaking
from regulars.contract.bodies import ActivityBody
from regulars.contract.problems import Problem
from regulars.contract.reading import Reading, nobodies, nobody
from regulars.contract.taking import Arriving, Taken, taken
from regulars.intake.orders import OrderIn
from regulars.ledger.receipt import Receipt
from regulars.observing import figures
from regulars.programs.queries import Published, now


def answers(
    published: Published,
    asked: Sequence[Asked],
    within: Callable[[], AbstractContextManager[None]] = bounded,
) -> list[Answer]:
    """What is answered to each request, once all that is kept of them is kept, in one transaction made by `within`.

    No two of them may hold the same order, or the same activity. Raises what the ledger raises; nothing was kept then.
    """
    present = now(published)
    asked = _in_the_language_spoken(asked)
    arrived, unread = _read(published, asked, present)
    became = dict(zip(arrived, taken(published, _placed(asked, arrived), present, within), strict=True))
    told = _told(published, asked, became)
    figures.recorded(
        sum(
            isinstance(one, Receipt) and one.outcome == "recorded" and isinstance(arrived[place], OrderIn)
            for place, one in became.items()
        )
    )
    found: list[Answer] = []
    for number, ask in enumerate(asked):
        with speaking(ask.language):
            outcomes = [
                _outcome(given, unread.get((number, place)) or became[number, place])
                for place, given in enumerate(ask.given)
            ]
            found.append(_whole(ask, outcomes, told))
    return found


def _in_the_language_spoken(asked: Sequence[Asked]) -> Sequence[Asked]:
    """Those that are answered in the language that is active need not change it, which costs more than reading."""
    spoken = translation.get_language()
    return [replace(ask, language="") if ask.language == spoken else ask for ask in asked]


def _read(
    published: Published, asked: Sequence[Asked], present: int
) -> tuple[dict[Place, Arriving], dict[Place, Problem]]:
    """What can be read, and why the rest cannot."""
    named = {given.body.member for ask in asked for given in ask.given if given.body.member is not None}
    missing = nobodies(published.id, named)
    arrived: dict[Place, Arriving] = {}
    unread: dict[Place, Problem] = {}
    for number, ask in enumerate(asked):
        with speaking(ask.language):
            for place, given in enumerate(ask.given):
                try:
                    arrived[number, place] = _arrival(published, given, missing, present, ask.is_batch)
                except Problem as problem:
                    unread[number, place] = problem
    return arrived, unread


def _arrival(published: Published, given: Given, missing: set[UUID], present: int, is_batch: bool) -> Arriving:
    """Raises Problem. In a batch a member who is none comes before everything else that is wrong."""
    if is_batch and given.body.member in missing:
        raise nobody(given.at)
    reading = Reading(published.currency, present, given.at)
    found: Arriving
    if isinstance(given.body, ActivityBody):
        found = reading.activity(given.source, given.id, given.body)
    else:
        found = reading.order(given.source, given.id, given.body)
    if given.body.member in missing:
        raise nobody(given.at)
    return found


def _placed(asked: Sequence[Asked], arrived: Mapping[Place, Arriving]) -> list[tuple[str, Arriving]]:
    return [(asked[number].given[place].at, one) for (number, place), one in arrived.items()]


def _outcome(given: Given, became: Taken) -> Answer:
    """A repeat answers as the first time; a guest's order belongs to nobody."""
    if isinstance(became, Problem):
        return became
    guest = given.body.customer is None and given.body.member is None and given.body.card is None
    return {
        "source": given.source,
        "id": given.id,
        "outcome": "stale" if became.outcome == "stale" else "recorded",
        "problem": None,
        "member": None if guest else became.member_id,
    }


class Told:
    """How what was asked for by itself stands by now."""

    def __init__(self, published: Published, kept: Iterable[tuple[Asked, Receipt]]) -> None:
        receipts: dict[str, dict[str, Receipt]] = {"activities": {}, "orders": {}}
        for ask, receipt in kept:
            receipts[ask.sort][receipt.key] = receipt
        self._published = published
        self._activities = activities.told(published, receipts["activities"])
        self._orders = orders.told(published, receipts["orders"])

    def of(self, ask: Asked) -> dict[str, Any]:
        [(_, key)] = ask.keys()
        if ask.sort == "activities":
            return activities.written(self._published, key, self._activities)
        return orders.written(self._published, key, self._orders)


def _told(published: Published, asked: Sequence[Asked], became: Mapping[Place, Taken]) -> Told:
    """Of those that were refused nothing is told."""
    kept = [(asked[number], one) for (number, _), one in became.items() if isinstance(one, Receipt)]
    return Told(published, [(ask, receipt) for ask, receipt in kept if not ask.is_batch])


def _whole(ask: Asked, outcomes: list[Answer], told: Told) -> Answer:
    if ask.is_batch:
        shown = zip(ask.given, outcomes, strict=True)
        return {ask.sort: [refused(given, one) if isinstance(one, Problem) else one for given, one in shown]}
    [single] = outcomes
    if isinstance(single, Problem):
        return single
    return {**single, **told.of(ask)}
