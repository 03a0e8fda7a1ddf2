"""What a step expects to be true, read into comparisons that `judging` can make."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from msgspec import Struct

from regulars.engine.outcome import PLACES
from regulars.engine.problems import Wrong
from regulars.engine.progress import Progress
from regulars.programs.stories.script import Script, listed, whole

# What is expected as a list of words, and as a number or a name.
LISTS = ("why", "says", "explained", "announced", "benefits", "lacks")
COUNTS = ("orders",)
WORDS = ("tier", "progress", "growth", "budget", "drew", "entries", "expiry")
AMOUNTS = ("spend",)
ENTRY = ("rule", "kind", "wallet", "points", "from", "to", "funder")
PROGRESS = Progress.__struct_fields__
DAYS = ("until", "window_until")


class Expected(Struct, frozen=True):
    """One comparison: its place in the file, what it is about (`points.available`), and what must be there."""

    path: str
    what: str
    wanted: Any
    line: int = 0


def expected(script: Script, path: str, said: dict[str, Any]) -> list[Expected]:
    found: list[Expected] = []
    for name, tree in said.items():
        found += _one(script, f"{path}.{name}", name, tree)
    return found


def _one(script: Script, path: str, name: str, tree: Any) -> Iterator[Expected]:
    if name in LISTS:
        yield from _words(script, path, name, tree)
    elif name == "entries":
        yield from _entries(script, path, tree)
    elif name in ("tier", "progress", "budget") and isinstance(tree, dict):
        for part, wanted in tree.items():
            yield from _named(script, f"{path}.{part}", name, part, wanted)
    elif name == "expiry":
        yield from _expiry(script, path, tree)
    elif name == "tier":
        yield from _tier(script, path, name, tree, next(iter(script.versions[-1].tier_sets), ""))
    elif name in ("drew", "growth"):
        yield from _sum(script, path, name, tree)
    elif name in COUNTS:
        yield from _number(script, path, name, tree)
    elif name in AMOUNTS:
        yield from _amount(script, path, name, tree)
    else:
        yield from _balances(script, path, name, tree)


def _words(script: Script, path: str, name: str, tree: Any) -> Iterator[Expected]:
    if isinstance(tree, dict) or not all(isinstance(word, str) for word in tree):
        script.blame(path, "", "not_words")
        return
    if name == "benefits":
        known = [benefit.name for version in script.versions for benefit in version.benefits]
        _each_of(script, path, listed(tree), "benefit", known)
    yield Expected(path, name, listed(tree))


def _named(script: Script, path: str, name: str, part: str, tree: Any) -> Iterator[Expected]:
    """A tier by its set, a figure of the progress by its name, or by its set and its name."""
    sets = {found for version in script.versions for found in version.tier_sets}
    if name == "budget":
        yield from _of_campaign(script, path, part, tree)
    elif name == "progress" and part in sets and isinstance(tree, dict):
        for figure, wanted in tree.items():
            yield from _figure(script, f"{path}.{figure}", figure, f"{name}.{part}.{figure}", wanted)
    elif name == "progress":
        yield from _figure(script, path, part, f"{name}.{part}", tree)
    elif part in sets:
        yield from _tier(script, path, f"{name}.{part}", tree, part)
    else:
        script.blame(path, part, "not_in_program", *sorted(sets), sort="tier set")


def _tier(script: Script, path: str, what: str, tree: Any, tier_set: str) -> Iterator[Expected]:
    """One of this set; none of it is said by an empty word."""
    for said in _word(script, path, what, tree):
        rules = [version.tier_sets[tier_set] for version in script.versions if tier_set in version.tier_sets]
        _each_of(
            script, path, [said.wanted] if said.wanted else [], "tier", [one.tier for r in rules for one in r.levels]
        )
        yield said


def _each_of(script: Script, path: str, words: Sequence[str], sort: str, known: Sequence[str]) -> None:
    for word in words:
        if word not in known:
            script.blame(path, word, "not_in_program", *dict.fromkeys(known), sort=sort)


def _on_a_day(script: Script, expected: Expected, *others: str) -> Expected:
    """What is expected as a day, or as one of other words."""
    if expected.wanted not in others:
        script.take(expected.path, expected.wanted, _day, "")
    return expected


def _day(text: str) -> str:
    try:
        found = str(date.fromisoformat(text))
    except ValueError:
        found = ""
    if found != text:
        raise Wrong("not_a_date", "2027-01-31")
    return found


def _expiry(script: Script, path: str, tree: Any) -> Iterator[Expected]:
    """The last day of what expires next, by wallet or of the main one."""
    by_wallet = tree if isinstance(tree, dict) else {script.main_wallet: tree}
    for wallet, day in by_wallet.items():
        below = f"{path}.{wallet}" if isinstance(tree, dict) else path
        for said in _word(script, below, f"expiry.{script.wallet(below, wallet)}", day):
            yield _on_a_day(script, said, "never")


def _of_campaign(script: Script, path: str, part: str, tree: Any) -> Iterator[Expected]:
    known = sorted({campaign for version in script.versions for campaign in version.campaigns})
    if part in known:
        yield from _points(script, path, f"budget.{part}", tree, script.counted_by(part))
    else:
        script.blame(path, part, "not_in_program", *known, sort="campaign")


def _figure(script: Script, path: str, figure: str, what: str, tree: Any) -> Iterator[Expected]:
    if figure in DAYS:
        yield from (_on_a_day(script, said) for said in _word(script, path, what, tree))
    elif figure in PROGRESS:
        yield from _sum(script, path, what, tree)
    else:
        script.blame(path, figure, "one_of", *PROGRESS)


def _balances(script: Script, path: str, wallet: str, tree: Any) -> Iterator[Expected]:
    """`points: 100` are available ones; else by place."""
    known = sorted({name for version in script.versions for name in version.wallets})
    if wallet not in known:
        possible = [*known, *WORDS, *LISTS, *COUNTS, *AMOUNTS]
        script.blame(path, wallet, "one_of", *possible)
        return
    for place, text in (tree if isinstance(tree, dict) else {"available": tree}).items():
        below = f"{path}.{place}" if isinstance(tree, dict) else path
        if place in PLACES:
            yield from _points(script, below, f"{wallet}.{place}", text, wallet)
        else:
            script.blame(below, place, "one_of", *PLACES)


def _entries(script: Script, path: str, tree: Any) -> Iterator[Expected]:
    """A list of entries, each told by some of its parts."""
    if not isinstance(tree, list) or not all(isinstance(one, dict) for one in tree):
        script.blame(path, "", "not_entries", *ENTRY)
        return
    for place, one in enumerate(tree):
        for name in one:
            if name not in ENTRY:
                script.blame(f"{path}[{place}].{name}", name, "one_of", *ENTRY)
    yield Expected(path, "entries", tuple(tree))


def _word(script: Script, path: str, what: str, tree: Any) -> Iterator[Expected]:
    if isinstance(tree, str):
        yield Expected(path, what, tree)
    else:
        script.blame(path, "", "not_one_word")


def _sum(script: Script, path: str, what: str, tree: Any) -> Iterator[Expected]:
    """A word; where it is money, its currency may be said."""
    for said in _word(script, path, what, tree):
        yield Expected(path, what, script.bare(said.wanted))


def _number(script: Script, path: str, what: str, tree: Any) -> Iterator[Expected]:
    for said in _word(script, path, what, tree):
        yield Expected(path, what, script.take(path, said.wanted or "-", whole, 0))


def _points(script: Script, path: str, what: str, tree: Any, wallet: str) -> Iterator[Expected]:
    for said in _word(script, path, what, tree):
        yield Expected(path, what, script.points(path, said.wanted or "-", wallet))


def _amount(script: Script, path: str, what: str, tree: Any) -> Iterator[Expected]:
    for said in _word(script, path, what, tree):
        yield Expected(path, what, script.money(path, said.wanted or "-"))
