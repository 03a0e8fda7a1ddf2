"""A list of what members have taken in: each lot a line, with the day on which it was earned and its last day.

All lots of a customer in a wallet are one fact, so a balance comes in whole or not at all.
"""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from uuid import UUID

from django.db import transaction
from msgspec import Struct

from regulars.engine.facts import Opening, OpeningLot
from regulars.engine.money import minor_digits
from regulars.engine.program import Version
from regulars.intake.loading.keeping import BATCH, List, batches, counting, finish, list_of, patiently
from regulars.intake.loading.layouts import Balances
from regulars.intake.loading.records import Record, Rejects, customers, rejects_in
from regulars.intake.loading.totals import Sum, Totals
from regulars.intake.loading.values import Unfit, Values
from regulars.intake.models import Load
from regulars.intake.orders import order_key
from regulars.ledger.connect import raw
from regulars.ledger.receipt import Incoming, Receipt
from regulars.ledger.record import record
from regulars.members.queries import members_of
from regulars.programs.queries import Published, now

LOTS_MAX = 1_000


class Balance(Struct):
    """What a customer has in a wallet: the lines that say so, each with its lot."""

    customer: str
    wallet: str
    parts: list[tuple[Record, OpeningLot]]

    @property
    def lots(self) -> tuple[OpeningLot, ...]:
        return tuple(lot for _, lot in self.parts)

    @property
    def points(self) -> int:
        return sum(lot.points for lot in self.lots)


def load_balances(
    published: Published,
    path: Path,
    layout: Balances,
    as_of: int,
    rejects: Path | None = None,
    progress: Callable[[int], None] = lambda _: None,
    size: int = BATCH,
) -> Totals:
    """What members had at `as_of`. Safe to stop at any point and to run again. Raises Unreadable."""
    totals, one = Totals(), list_of(published.id, Load.BALANCES, path, layout, as_of)
    with rejects_in(rejects, layout) as found:
        reading = _Reading(published, layout, as_of, found, totals)
        for batch in batches(reading.balances(path), size):
            _keep(published, one, as_of, batch, found, totals)
            progress(totals.lines)
        totals.rejected = dict(sorted(found.counts.items()))
    finish(one, totals)
    return totals


class _Reading:
    def __init__(self, published: Published, layout: Balances, as_of: int, rejects: Rejects, totals: Totals) -> None:
        self._layout, self._as_of, self._rejects, self._totals = layout, as_of, rejects, totals
        self._values = Values(layout, published.zone, minor_digits(published.currency))
        self._version: Version = published.programs.at(as_of)
        self._main = layout.wallet or published.programs.main_wallet

    def balances(self, path: Path) -> Iterator[Balance]:
        for group in customers(path, self._layout, self._rejects, is_whole=True):
            self._totals.lines += len(group)
            yield from self._of(group)

    def _of(self, group: list[Record]) -> Iterator[Balance]:
        """Of one customer; a wallet of which a line cannot be read is left out whole, and so is a customer of whom one
        does not say which wallet it is."""
        found: dict[str, Balance] = {}
        spoilt: set[str] = set()
        for line in group:
            wallet = self._wallet(line)
            if wallet is None:
                spoilt.add("")
                continue
            number = self._rejects.tried(line, "customer", self._values.needed)
            lot = self._lot(line, wallet) if number is not None else None
            if number is None or lot is None:
                spoilt.add(wallet)
                continue
            balance = found.setdefault(wallet, Balance(number, wallet, []))
            balance.parts.append((line, lot))
        for wallet, balance in found.items():
            if len(balance.parts) > LOTS_MAX:
                _leave_out(balance, "too_many_lots", self._rejects)
            elif spoilt & {"", wallet}:
                _leave_out(balance, "incomplete_balance", self._rejects)
            else:
                yield from self._worth(balance)

    def _worth(self, balance: Balance) -> Iterator[Balance]:
        """Without the lots of nothing."""
        worth = Balance(balance.customer, balance.wallet, [part for part in balance.parts if part[1].points])
        self._totals.zero += len(balance.parts) - len(worth.parts)
        if worth.parts:
            self._totals.found.setdefault(worth.wallet, Sum()).add(len(worth.parts), worth.points)
            yield worth

    def _wallet(self, record: Record) -> str | None:
        name = self._rejects.tried(record, "wallet", self._values.text)
        if name is not None and (name or self._main) not in self._version.wallets:
            self._rejects.reject(record, "wallet", "no_such_wallet")
            return None
        return None if name is None else name or self._main

    def _lot(self, record: Record, wallet: str) -> OpeningLot | None:
        values, said, name = self._values, record.fields, "points"
        try:
            points = values.points(said["points"], self._version.wallets[wallet].is_money)
            name = "earned"
            earned = values.since(said.get(name))
            if earned is not None and earned > self._as_of:
                raise Unfit("earned_after")
            name = "expires"
            expires = values.until(said.get(name))
        except Unfit as unfit:
            self._rejects.reject(record, name, unfit.reason)
            return None
        return OpeningLot(points, self._as_of if earned is None else earned, expires)


def _keep(
    published: Published, one_list: List, as_of: int, batch: list[Balance], rejects: Rejects, totals: Totals
) -> None:
    known = members_of(published.id, {one.customer for one in batch})
    strangers = [one for one in batch if one.customer not in known]
    for one in strangers:
        _leave_out(one, "member_unknown", rejects)
    members = [one for one in batch if one.customer in known]
    receipts = patiently(partial(_recorded, published, one_list, as_of, members, known))
    for one, receipt in zip(members, receipts, strict=True):
        if receipt.outcome == "refused":
            _leave_out(one, receipt.code, rejects)
        else:
            totals.repeated.setdefault(one.wallet, Sum()).add(len(one.parts), one.points)


@transaction.atomic
def _recorded(
    published: Published, one_list: List, as_of: int, balances: list[Balance], known: dict[str, UUID]
) -> list[Receipt]:
    source = one_list.said["source"]
    facts = [
        Incoming(
            known[one.customer],
            Opening(f"{order_key(source, one.customer)}/{one.wallet}", one.wallet, one.lots, as_of),
        )
        for one in balances
    ]
    with counting(one_list) as totals:
        receipts = record(raw(), published.programs, facts, now(published), sends=False)
        for one, receipt in zip(balances, receipts, strict=True):
            if receipt.outcome == "recorded":
                totals.taken.setdefault(one.wallet, Sum()).add(len(one.parts), one.points)
    return receipts


def _leave_out(balance: Balance, reason: str, rejects: Rejects) -> None:
    for line, _ in balance.parts:
        rejects.reject(line, "customer", reason)
