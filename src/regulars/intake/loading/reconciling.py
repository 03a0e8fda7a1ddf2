"""What stood in the lists of a first load, what the ledger holds of it, and the difference: a report that is signed.

It is signed with the installation's own secret (HMAC-SHA256 by Django's signer), so that whoever is shown it later can
have it checked: not a figure of it was changed, and it came from here. Points are in each wallet's smallest unit.
"""

from typing import Any

import msgspec
from django.core.signing import BadSignature, Signer
from msgspec import Struct, convert, to_builtins

from regulars.engine.calendar import instant_of
from regulars.intake.loading.totals import Sum, Totals, minus, plus
from regulars.intake.loading.values import day_of
from regulars.intake.models import ImportRun, Load
from regulars.intake.queries import imported
from regulars.ledger import openings
from regulars.ledger.connect import one_moment, raw
from regulars.ledger.openings import Opened
from regulars.programs.queries import Published

TITLE = "regulars reconciliation 1"
SALT = "regulars.reconciliation"


class Listed(Struct, frozen=True):
    """A list that was taken in: `sha256` of the file; `as_of` only of balances; `finished_at` "" where it was stopped
    before its end. `taken` came in by this list, `repeated` was there already."""

    kind: str
    file: str
    sha256: str
    source: str
    as_of: str
    finished_at: str
    lines: int
    taken: int
    zero: int
    rejected: dict[str, int]
    repeated: int = 0


class Wallet(Struct, frozen=True):
    """What one source brought into a wallet. `left_out` could be read and was not taken. `moved` are the points of
    `ledger` by where they went at once: `available`, or `expired`. `difference` is `files` less `ledger`."""

    source: str
    wallet: str
    files: Sum
    left_out: Sum
    ledger: Sum
    moved: dict[str, int]
    difference: Sum

    @property
    def agrees(self) -> bool:
        return self.difference == Sum() and sum(self.moved.values()) == self.ledger.points


class History(Struct, frozen=True):
    """A file of orders that was imported: orders new, known before, and refused."""

    file: str
    sha256: str
    recorded: int
    known: int
    refused: int


class Report(Struct, frozen=True):
    """`members` joined by the lists, and `joined` of them stood in the ledger when they had. `held` is what all
    members have now, by wallet, less what they owe; `orders` how many the ledger holds, by source."""

    program: str
    currency: str
    made_at: str
    lists: list[Listed]
    members: int
    joined: int
    wallets: list[Wallet]
    held: dict[str, int]
    history: list[History]
    orders: dict[str, int]
    report: str = TITLE

    @property
    def agrees(self) -> bool:
        return self.members == self.joined and self.is_whole and all(wallet.agrees for wallet in self.wallets)

    @property
    def is_whole(self) -> bool:
        """Was no list stopped, unless a later one of its source took its place."""
        last = {(one.kind, one.source): one for one in self.lists}
        return all(one.finished_at for one in last.values())


def reconcile(published: Published, made_at: str) -> Report:
    """As of one moment."""
    loads = list(Load.objects.filter(program_id=published.id).order_by("id"))
    told = [(load, convert(load.totals, Totals)) for load in loads]
    with one_moment(raw()):
        opened = openings.opened(raw(), published.id)
        held, orders = openings.held_now(raw(), published.id), openings.orders_by_source(raw(), published.id)
    runs = ImportRun.objects.filter(program_id=published.id).exclude(finished_at=None).order_by("id")
    return Report(
        program=published.slug,
        currency=published.currency,
        made_at=made_at,
        lists=[_listed(load, totals, published.zone) for load, totals in told],
        members=sum(totals.members for _, totals in told),
        joined=sum(totals.joined for _, totals in told),
        wallets=_wallets(told, opened),
        held=dict(sorted(held.items())),
        history=[_history(run) for run in runs],
        orders=orders,
    )


def _listed(load: Load, totals: Totals, zone: str) -> Listed:
    return Listed(
        kind=load.kind,
        file=load.file_name,
        sha256=load.file_digest,
        source=load.source,
        as_of=day_of(instant_of(load.as_of), zone) if load.as_of else "",
        finished_at=load.finished_at.isoformat(timespec="seconds") if load.finished_at else "",
        lines=totals.lines,
        taken=totals.members + sum(one.lots for one in totals.taken.values()),
        zero=totals.zero,
        rejected=totals.rejected,
        repeated=totals.known + sum(one.lots for one in totals.repeated.values()),
    )


def _wallets(told: list[tuple[Load, Totals]], opened: dict[tuple[str, str], Opened]) -> list[Wallet]:
    left: dict[tuple[str, str], Sum] = {}
    taken: dict[tuple[str, str], Sum] = {}
    for load, totals in told:
        for wallet, one in totals.taken.items():
            taken[load.source, wallet] = plus(taken.get((load.source, wallet), Sum()), one)
        for wallet, one in totals.found.items():
            there = plus(totals.taken.get(wallet, Sum()), totals.repeated.get(wallet, Sum()))
            left[load.source, wallet] = plus(left.get((load.source, wallet), Sum()), minus(one, there))
    wallets = []
    for source, wallet in sorted({*left, *taken, *opened}):
        files = taken.get((source, wallet), Sum())
        there = opened.get((source, wallet), Opened())
        ledger = Sum(there.balances, there.lots, there.points)
        left_out = left.get((source, wallet), Sum())
        moved = dict(sorted(there.moved.items()))
        wallets.append(Wallet(source, wallet, files, left_out, ledger, moved, minus(files, ledger)))
    return wallets


def _history(run: ImportRun) -> History:
    tally = imported(run.id).tally
    return History(run.file_name, run.file_digest, tally.orders_recorded, tally.orders_known, tally.orders_refused)


class NotOurs(ValueError):
    """A file that is no report of this installation, or was changed."""


def signed(report: Report) -> bytes:
    """The report as it is handed on."""
    content = to_builtins(report)
    document = {**content, "signature": Signer(salt=SALT).signature(_plain(content))}
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"


def checked(document: bytes) -> Report:
    """The report in a document that `signed` made. Raises NotOurs."""
    try:
        content = msgspec.json.decode(document, type=dict[str, Any])
        signature = str(content.pop("signature"))
        Signer(salt=SALT).unsign(f"{_plain(content)}:{signature}")
        return convert(content, Report)
    except (BadSignature, KeyError, msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        raise NotOurs from None


def _plain(content: dict[str, Any]) -> str:
    """The same text however the document is laid out."""
    return msgspec.json.encode(content, order="sorted").decode()
