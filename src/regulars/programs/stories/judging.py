"""Compares what a step brought about with what the story expects, and keeps every difference."""

from collections.abc import Callable
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from regulars.engine.account import Ladder, Wallet
from regulars.engine.benefits import benefits
from regulars.engine.calendar import date_of
from regulars.engine.derivation import Explanation
from regulars.engine.explain import explain, rule_of
from regulars.engine.facts import Order
from regulars.engine.lacking import unearned
from regulars.engine.money import format_major, parse_major
from regulars.engine.outcome import Entry
from regulars.engine.problems import Wrong
from regulars.engine.program import is_money
from regulars.engine.progress import Progress, every_progress
from regulars.programs.explain import said
from regulars.programs.stories.acting import Turn
from regulars.programs.stories.expecting import AMOUNTS, ENTRY, Expected
from regulars.programs.stories.script import as_written, counted_by

HELD_IN_ACCOUNT = ("available", "pending", "held", "deficit")


class Difference(Struct, frozen=True):
    """`what` is not as expected; `line` is where the story says so."""

    line: int
    what: str
    expected: str
    found: str


def judge(turn: Turn) -> list[Difference]:
    """All that is not so. Sentences are compared in the language that is active."""
    step = turn.step
    wrong = [] if turn.refusal == step.refused else [Difference(step.line, "refused", step.refused, turn.refusal)]
    return wrong + [found for one in step.expected if (found := _compared(turn, one))]


def _compared(turn: Turn, one: Expected) -> Difference | None:
    one, found = _in_words(turn, one), _seen(turn, one)
    if _holds(one, found):
        return None
    return Difference(one.line, one.what, shown(turn, one.what, one.wanted), shown(turn, one.what, found))


def _in_words(turn: Turn, one: Expected) -> Expected:
    """Amounts of entries are told without their wallet: they are of that of what gave them."""
    if one.what == "why":
        return replace(one, wanted=tuple(_with_amount(word, place, turn) for place, word in enumerate(one.wanted)))
    if one.what == "entries":
        return replace(one, wanted=tuple(_with_points(part, place, turn) for place, part in enumerate(one.wanted)))
    if one.what == "growth" or one.what.startswith("progress."):
        return replace(one, wanted=_as_figure(one.wanted, one.what.removeprefix("progress."), turn))
    return one


def _as_figure(text: str, name: str, turn: Turn) -> str:
    """Money as figures show it, however many zeros it has."""
    found, value = _of_progress(turn, name)
    if found is None or found.grows_by != "spend" or not isinstance(value, int):
        return text
    try:
        return _money(parse_major(text, turn.programs.currency), turn)
    except Wrong:
        return text


def _with_amount(word: str, place: int, turn: Turn) -> str:
    """ "two 59.98": a rule, and what it gave."""
    name, _space, amount = word.partition(" ")
    return f"{name} {_amount(amount, _wallet_of(name, place, turn), turn)}" if amount else word


def _with_points(part: dict[str, str], place: int, turn: Turn) -> dict[str, str]:
    if "points" not in part:
        return part
    wallet = part.get("wallet") or _wallet_of(part.get("rule", ""), place, turn)
    return part | {"points": _amount(part["points"], wallet, turn)}


def _wallet_of(name: str, place: int, turn: Turn) -> str:
    """Where something of this name moved points, in this place at best; else where the rule gives them. Without a
    name, of what stands in this place."""
    beside, versions = turn.entries[place : place + 1], turn.programs.versions
    if not name:
        return beside[0].wallet if beside else ""
    moved = [entry.wallet for entry in (*beside, *turn.entries) if name_of(entry) == name]
    given = [rule.wallet for version in reversed(versions) for rule in version.rules if rule.name == name]
    return next(iter(moved + given), "")


def _amount(text: str, wallet: str, turn: Turn) -> str:
    """As it is shown; what is no amount stays as it is, and is nowhere found."""
    versions, currency = turn.programs.versions, turn.programs.currency
    try:
        minor = parse_major(text.removesuffix(f" {currency}"), currency) if is_money(wallet, versions) else 0
    except Wrong:
        return text
    return as_written(minor, wallet, versions) if is_money(wallet, versions) else text


def _holds(one: Expected, found: Any) -> bool:
    if one.what not in ("says", "explained", "announced", "lacks") or not one.wanted:
        return bool(one.wanted == found)
    if one.what == "says":
        return all(any(sentence in spoken for spoken in found) for sentence in one.wanted)
    return set(one.wanted) <= set(found)


def _seen(turn: Turn, one: Expected) -> Any:
    """What is there, in the form in which it is expected."""
    account, entries = turn.account, turn.entries
    what, _, part = one.what.partition(".")
    plain: dict[str, Callable[[], Any]] = {
        "orders": lambda: account.orders,
        "spend": lambda: account.spend,
        "growth": lambda: _figure(turn, "growth"),
        "tier": lambda: (account.ladders.get(part, Ladder()) if part else account.main_ladder).tier,
        "progress": lambda: _figure(turn, part),
        "drew": lambda: turn.drew,
        "budget": lambda: turn.left.get(part, 0),
        "why": lambda: _why(turn, one.wanted),
        "says": lambda: tuple(said(entry, turn.programs) for entry in entries),
        "explained": lambda: tuple(sorted({code for entry in entries for code in _codes(explain(entry))})),
        "announced": lambda: tuple(announcement.kind for announcement in turn.announced),
        "benefits": lambda: tuple(benefits(turn.programs, turn.account, turn.step.now)),
        "expiry": lambda: _expiry(turn, part),
        "lacks": lambda: _lacks(turn),
        "entries": lambda: _entries(turn, one.wanted),
    }
    return plain[what]() if what in plain else _balance(turn, what, part)


def _balance(turn: Turn, wallet: str, place: str) -> int:
    if place in HELD_IN_ACCOUNT:
        return int(getattr(turn.account.wallets.get(wallet) or Wallet(), place))
    return sum(
        (entry.target == place) * entry.points - (entry.source == place) * entry.points
        for entry in turn.ledger
        if entry.wallet == wallet
    )


def _lacks(turn: Turn) -> tuple[str, ...]:
    """ "double-tea category": the rules that gave nothing for the step's order, with each thing they lacked."""
    if not isinstance(turn.step.fact, Order):
        return ()
    silent = unearned(turn.programs, turn.step.fact, turn.memo)
    return tuple(f"{one.rule.name} {lack.code.removeprefix('lacks.')}" for one in silent for lack in one.because)


def _expiry(turn: Turn, name: str) -> str:
    """ "never" where points last for ever, "" where there are none."""
    lots = (turn.account.wallets.get(name) or Wallet()).lots
    ends = [lot.expires_at for lot in lots if lot.expires_at is not None]
    if not ends:
        return "never" if lots else ""
    return str(date_of(turn.programs.calendar.day(min(ends) - 1)))


def _figure(turn: Turn, name: str) -> str:
    """A figure of the progress (of a set: `status.missing`): money in major units, instants as their last local day."""
    found, value = _of_progress(turn, name)
    if isinstance(value, int) and name.endswith("until"):
        return str(date_of(turn.programs.calendar.day(value - 1)))
    if isinstance(value, int):
        return _money(value, turn) if found and found.grows_by == "spend" else str(value)
    return value or ""


def _of_progress(turn: Turn, name: str) -> tuple[Progress | None, int | str | None]:
    """The set's progress, and the figure of it."""
    of_set, _, name = name.rpartition(".")
    sets = every_progress(turn.programs, turn.account, turn.step.now)
    found = next((one for one in sets if of_set in ("", one.tier_set)), None)
    return found, getattr(found, name) if found else None


def _money(minor: int, turn: Turn) -> str:
    text = format_major(minor, turn.programs.currency)
    return text.rstrip("0").rstrip(".") if "." in text else text


def name_of(entry: Entry) -> str:
    """The rule, or what time or a decision did."""
    return rule_of(entry.identity) or entry.kind


def _why(turn: Turn, wanted: tuple[str, ...]) -> tuple[str, ...]:
    """Names, with points where they are expected with points."""
    with_points, names = any(" " in word for word in wanted), [name_of(entry) for entry in turn.entries]
    said = [f"{name} {_points(entry, turn)}" for name, entry in zip(names, turn.entries, strict=True)]
    return tuple(said if with_points else names)


def _points(entry: Entry, turn: Turn) -> str:
    return as_written(entry.points, entry.wallet, turn.programs.versions)


def _entries(turn: Turn, wanted: tuple[dict[str, str], ...]) -> tuple[dict[str, str], ...]:
    """All entries by the parts that are expected of the one in the same place, in full where none is."""
    entries = turn.entries
    full = [[*ENTRY] if entry.funder else [*ENTRY[:-1]] for entry in entries[len(wanted) :]]
    asked = [*map(list, wanted), *full]
    parts = [dict(zip(ENTRY, _parts(entry, turn), strict=True)) for entry in entries]
    return tuple({name: whole[name] for name in names} for names, whole in zip(asked, parts, strict=False))


def _parts(entry: Entry, turn: Turn) -> tuple[str, ...]:
    points = _points(entry, turn)
    return (name_of(entry), entry.kind, entry.wallet, points, entry.source, entry.target, entry.funder)


def _codes(explanation: Explanation) -> set[str]:
    return {explanation.code}.union(*(_codes(one) for one in explanation.because))


def shown(turn: Turn, what: str, value: Any) -> str:
    name, _, part = what.partition(".")
    if what in AMOUNTS:
        return _money(value, turn)
    if part and isinstance(value, int):
        wallet = counted_by(part, turn.programs.versions) if name == "budget" else name
        return as_written(value, wallet, turn.programs.versions)
    if what == "entries":
        return "\n".join(", ".join(f"{name}: {text}" for name, text in one.items()) for one in value)
    return ("\n" if what == "says" else ", ").join(value) if isinstance(value, tuple) else str(value)
