"""How answers are made from the rooms' readings: money in major units, times in the program's own zone."""

from collections.abc import Iterable
from datetime import datetime, tzinfo
from functools import lru_cache
from typing import Any

from regulars.engine.activities import is_known
from regulars.engine.calendar import datetime_of
from regulars.engine.explain import Explanation, explain, order_of, rule_of
from regulars.engine.facts import Order
from regulars.engine.lacking import Unearned
from regulars.engine.money import format_major
from regulars.engine.outcome import Entry
from regulars.engine.program import Programs
from regulars.engine.progress import Progress
from regulars.ledger.activities import ActivityLine
from regulars.ledger.codec import decode_why, encode
from regulars.ledger.orders import OrderLine
from regulars.ledger.queries import Balance, LedgerLine, Statement
from regulars.members.queries import MemberLine
from regulars.programs import lacking, wording
from regulars.programs.explain import said
from regulars.programs.queries import Published

# What is told of what was earned, remembered: an order is often worth what another one was.
EARNED_MOST = 10_000
# Entries of one order are of one moment.
MOMENTS_MOST = 256
MONEY_PARAMETERS = ("least", "most", "spend", "step")


class Writing:
    """Answers about one program."""

    def __init__(self, published: Published) -> None:
        self.published = published
        self.programs = published.programs

    def money(self, minor: int) -> str:
        return format_major(minor, self.programs.currency)

    def time(self, instant: int | None) -> str | None:
        return None if instant is None else self.moment(datetime_of(instant))

    def moment(self, moment: datetime) -> str:
        """RFC 3339."""
        return _local(moment, self.programs.zone)

    def movement(self, entry: Entry) -> dict[str, Any]:
        return {
            "kind": entry.kind,
            "wallet": entry.wallet,
            "points": entry.points,
            "source": entry.source,
            "target": entry.target,
            "occurred_at": self.time(entry.occurred_at),
            "why": self.cause(entry),
        }

    def cause(self, entry: Entry) -> dict[str, Any]:
        """Why an entry was made, in words as well."""
        # The sentence of what is earned says nothing of its order, unless one that was there before earns more.
        if entry.kind != "earn" or not entry.why or entry.why[0] == "remains":
            return {**self.why(explain(entry)), "sentence": said(entry, self.programs)}
        earned = rule_of(entry.identity), entry.wallet, entry.points, entry.version
        told = _earned(encode(entry.why), *earned, self.programs, wording.language())
        return _about(told, order_of(entry.identity))

    def why(self, explanation: Explanation) -> dict[str, Any]:
        return _why(explanation, self.programs.currency)

    def unearned(self, one: Unearned, order: Order) -> dict[str, Any]:
        """A rule that gave nothing, and each thing that it lacked."""
        number = self.programs.at(order.paid_at or order.version_at).number
        because = [
            {**self.why(lack), "sentence": lacking.each(lack, one.rule, number, self.programs)} for lack in one.because
        ]
        return {"rule": one.rule.name, "name": wording.rule(one.rule.name, number, self.programs), "because": because}

    def entry(self, line: LedgerLine) -> dict[str, Any]:
        return {
            **self.movement(line.entry),
            "seq": line.seq,
            "available": line.available,
            "pending": line.pending,
            "recorded_at": self.moment(line.recorded_at),
            "version": line.entry.version,
        }

    def member(self, line: MemberLine, held: Statement | None, *, personal: bool) -> dict[str, Any]:
        account = held.account if held else None
        return {
            "id": line.id,
            "customer": line.external_id,
            "card": line.card,
            "language": line.language,
            "person": {"name": line.name, "email": line.email, "phone": line.phone} if personal else None,
            "enrolled_at": self.time(account.enrolled_at if account else None),
            "currency": self.programs.currency,
            "orders": account.orders if account else 0,
            "spend": self.money(account.spend if account else 0),
            "tier": self.tier(held.tier if held else ""),
            "progress": self.progress(held.progress if held else None),
            "wallets": {name: _balance(balance) for name, balance in held.balances.items()} if held else {},
        }

    def tier(self, name: str | None) -> dict[str, str] | None:
        return {"tier": name, "name": wording.tier(name, self.programs)} if name else None

    def progress(self, progress: Progress | None) -> dict[str, Any] | None:
        if progress is None:
            return None
        return {
            "grows_by": progress.grows_by,
            "growth": self.growth(progress, progress.growth),
            "waiting": self.growth(progress, progress.waiting),
            "next_tier": self.tier(progress.next_tier),
            "missing": self.growth(progress, progress.missing),
            "keep_missing": self.growth(progress, progress.keep_missing),
            "until": self.time(progress.until),
        }

    def growth(self, progress: Progress, amount: int) -> str:
        return self.money(amount) if progress.grows_by == "spend" else str(amount)

    def activity(self, line: ActivityLine) -> dict[str, Any]:
        fact = line.fact
        return {
            "name": fact.name,
            "happened_at": self.time(fact.at),
            "is_known": is_known(self.programs.at(fact.at), fact.name),
            "entries": [self.movement(entry.entry) for entry in line.entries],
        }

    def order(self, line: OrderLine | None, entries: Iterable[Entry]) -> dict[str, Any]:
        return {
            "paid_at": self.moment(line.paid_at) if line and line.paid_at else None,
            "currency": self.programs.currency,
            "net": self.money(line.net_minor if line else 0),
            "refunded": self.money(line.refunded_minor if line else 0),
            "points": line.points if line else 0,
            "entries": [self.movement(entry) for entry in entries],
        }


@lru_cache(maxsize=MOMENTS_MOST)
def _local(moment: datetime, zone: tzinfo) -> str:
    return moment.astimezone(zone).isoformat()


def _why(explanation: Explanation, currency: str) -> dict[str, Any]:
    shown = {
        name: format_major(int(value), currency) if name in MONEY_PARAMETERS else value
        for name, value in explanation.parameters.items()
    }
    because = [_why(part, currency) for part in explanation.because]
    known = {"code": explanation.code, "rule": explanation.rule, "order": explanation.order}
    return {**known, "parameters": shown, "because": because}


@lru_cache(maxsize=EARNED_MOST)
def _earned(
    why: bytes, rule: str, wallet: str, points: int, version: int, programs: Programs, _language: str
) -> dict[str, Any]:
    """Of no order."""
    entry = Entry(f"|{rule}", "earn", wallet, "", "", points, 0, version, decode_why(why))
    return {**_why(explain(entry), programs.currency), "sentence": said(entry, programs)}


def _about(told: dict[str, Any], order: str) -> dict[str, Any]:
    """The same of this order, in all its parts."""
    return {**told, "order": order, "because": [_about(part, order) for part in told["because"]]}


def _balance(balance: Balance) -> dict[str, Any]:
    last_on = balance.next_expiry_on
    return {
        "available": balance.available,
        "pending": balance.pending,
        "held": balance.held,
        "deficit": balance.deficit,
        "next_expiry": {"on": last_on.isoformat(), "points": balance.next_expiry_points} if last_on else None,
    }
