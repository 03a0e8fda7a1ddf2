"""Where a story is read: the program so far, the time, the orders told so far, and all that is wrong."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct, field

from regulars.engine import phrases
from regulars.engine.calendar import Calendar, datetime_of, instant_of
from regulars.engine.facts import Order
from regulars.engine.grammar.desk import Critic
from regulars.engine.money import format_major, parse_major
from regulars.engine.problems import Wrong
from regulars.engine.program import Version, is_money
from regulars.engine.timeline import version_of

MINUTE = 60_000_000
SOURCE = "shop"
# Of steps; what follows from them by the program's own rules can then still be told as a date.
YEARS = range(1900, 2300)

_WHOLE = re.compile(r"-?\d{1,12}", re.ASCII)
_MINUTES = re.compile(r"(\d{1,4}) minutes?", re.ASCII)


class Known(Struct, frozen=True):
    """What a story has told of a member so far, as it is written."""

    birthday: str = ""
    country: str = ""
    attributes: dict[str, str] = field(default_factory=dict)


class Drawn(Struct, frozen=True):
    """The number that a ticket of a draw draws. What it wins is said by the chances that it was issued with."""

    reward: str
    number: int


class Script(Critic):
    """`now` is the instant of the step before; `documents` holds the program's tree, version by version.

    `snapshots` are all that was told of each order, `returned` are the lines that came back: (path, order's key, line).
    `spent` are the wallets of redemptions and holds by their names, `bought` those of a
    reward that leaves something with its member, `drawn` is what the step that is read draws.
    """

    calendar: Calendar
    currency: str
    versions: list[Version]
    documents: list[dict[str, Any]]
    members: list[str]
    now: int | None = None
    orders: dict[str, Order] = field(default_factory=dict)
    snapshots: dict[str, list[Order]] = field(default_factory=dict)
    returned: list[tuple[str, str, str]] = field(default_factory=list)
    buyers: dict[str, str] = field(default_factory=dict)
    known_of: dict[str, Known] = field(default_factory=dict)
    spent: dict[str, str] = field(default_factory=dict)
    bought: set[str] = field(default_factory=set)
    drawn: Drawn | None = None

    @property
    def main_wallet(self) -> str:
        return self.versions[-1].main_wallet.name

    def money(self, path: str, text: str) -> int:
        return self.take(path, text, lambda said: parse_major(self.bare(said), self.currency), 0)

    def bare(self, text: str) -> str:
        """An amount without the program's currency after it."""
        return text.removesuffix(f" {self.currency}")

    def points(self, path: str, text: str, wallet: str, default: int = 0) -> int:
        """A number of points; of a wallet of money an amount, "12.50" or "12.50 TWD"."""
        if not is_money(wallet, self.versions):
            return self.whole(path, text, default)
        return self.take(path, text, lambda said: parse_major(self.bare(said), self.currency), default)

    def counted_by(self, campaign: str) -> str:
        """The wallet that a campaign's budget counts."""
        return counted_by(campaign, self.versions)

    def whole(self, path: str, text: str, default: int = 0) -> int:
        return self.take(path, text, whole, default)

    def instant(self, path: str, text: str, default: int) -> int:
        return self.take(path, text, self.local, default)

    def maybe(self, path: str, text: str) -> int | None:
        return self.instant(path, text, 0) if text else None

    def local(self, text: str) -> int:
        """The instant of a local time: "2026-01-05 09:00", "2026-01-05" (its midnight)."""
        try:
            said = datetime.fromisoformat(text)
        except ValueError:
            raise Wrong("not_a_local_time", "2026-01-05 09:00", "2026-01-05") from None
        if said.year not in YEARS:
            raise Wrong("story_too_far")
        if said.tzinfo:
            return instant_of(said)
        found = instant_of(said.replace(tzinfo=self.calendar.zone))
        if datetime_of(found).astimezone(self.calendar.zone).replace(tzinfo=None) != said:
            raise Wrong("hour_skipped")
        return found

    def end(self, path: str, text: str) -> int | None:
        """When something ends; a day still counts."""
        found = self.maybe(path, text)
        return self.calendar.midnight(self.calendar.day(found) + 1) if found is not None and len(text) == 10 else found

    def later(self, instant: int, text: str) -> int:
        """So much after an instant: "15 minutes", "7 days"."""
        if minutes := _MINUTES.fullmatch(text):
            return instant + int(minutes[1]) * MINUTE
        span = phrases.span(text)
        try:
            found = self.calendar.after(instant, span)
            is_near = datetime_of(found).year in YEARS
        except (OverflowError, ValueError):
            is_near = False
        if not is_near:
            raise Wrong("story_too_far")
        return found

    def wallet(self, path: str, name: str) -> str:
        known = sorted({wallet for version in self.versions for wallet in version.wallets})
        if name and name not in known:
            self.blame(path, name, "not_in_program", *known, sort="wallet")
        return name or self.main_wallet

    def known(self, path: str, name: str) -> Order | None:
        """The newest snapshot told so far."""
        order = self.orders.get(key_of(name))
        if order is None:
            self.blame(path, name, "order_unknown")
        return order

    def in_force(self, name: str, at: int) -> Order | None:
        """What is known so far of an order as it was at an instant."""
        told = self.snapshots.get(key_of(name), [])
        then = [order for order in told if order.version_at <= at or order.corrects]
        return max(then or told, key=version_of, default=None)

    def ask_for_lines(self) -> None:
        """Of orders that are told later, too; one that is told nowhere is none."""
        nowhere = {path.rpartition(".lines")[0]: key for path, key, _line in self.returned if key not in self.snapshots}
        for path, key in nowhere.items():
            self.blame(f"{path}.order", key.removeprefix(f"{SOURCE}/"), "order_unknown")
        for path, key, line in self.returned:
            lines = list(dict.fromkeys(line.line for order in self.snapshots.get(key, ()) for line in order.lines))
            if key in self.snapshots and line not in lines:
                self.blame(f"{path}.line", line, "line_not_in_order", *lines)


class Here(Struct, frozen=True):
    """The deed of a step: where it is written, when it happens, a name that no other step has, and whose it is.

    `is_refused`: the story says that nothing comes of it.
    """

    script: Script
    path: str
    at: int
    name: str
    member: str = ""
    is_refused: bool = False


def whole(text: str) -> int:
    if not _WHOLE.fullmatch(text):
        raise Wrong("not_whole")
    return int(text)


def counted_by(campaign: str, versions: Sequence[Version]) -> str:
    rules = (rule for version in reversed(versions) for rule in version.rules if rule.campaign == campaign)
    return next((rule.wallet for rule in rules), "")


def as_written(count: int, wallet: str, versions: Sequence[Version]) -> str:
    """An amount of a wallet as a story says it: "1250", "12.50 TWD"."""
    currency = versions[-1].currency
    return f"{format_major(count, currency)} {currency}" if is_money(wallet, versions) else str(count)


def key_of(name: str) -> str:
    """An order's key from its name in the story: `A-1` is the shop's own, `web/A-1` says whose."""
    return name if "/" in name else f"{SOURCE}/{name}"


def listed(words: str | list[str]) -> tuple[str, ...]:
    return tuple(words) if isinstance(words, list) else (words,) if words else ()
