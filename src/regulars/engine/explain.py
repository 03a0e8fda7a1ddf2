"""Why points moved: the derivation that an entry carries, as a stable code with its parameters.

Rounds nothing that the fold did not round: the same steps are counted again from the inputs the entry kept. Sentences
are made elsewhere; codes and parameters are listed in docs/rules/explain.md and never change their meaning.
"""

from msgspec.structs import replace

from regulars.engine.derivation import Explanation, Parameters, Stored, computed, derived
from regulars.engine.outcome import Entry

# Decisions, which move lots; some of them back into the wallet.
INWARD = frozenset({"lapse", "open", "receive", "release", "restore"})
DECIDED = INWARD | {"adjust", "capture", "claim", "close", "hold", "merge", "redeem", "transfer", "unmerge"}


def explain(entry: Entry) -> Explanation:
    """The derivation of one entry. Money in minor units."""
    rule, order = rule_of(entry.identity), order_of(entry.identity)
    if not entry.why:
        return Explanation(entry.kind, rule, order, {"points": entry.points})
    return _told(entry, entry.why, rule, order)


def recompute(entry: Entry) -> int | None:
    """The points that the derivation gives for all entries of this identity and kind together.

    A reversal may take its points from several places and is then several entries. None where an entry only moves
    points on (`mature`, `repay`): what they sum up to was explained when it was earned.
    """
    why: Stored = entry.why
    if why and why[0] in DECIDED:
        return sum(int(points) for _, points in why[1:])
    return _computed(why) if why else None


def rule_of(identity: str) -> str:
    return identity.rpartition("|")[2]


def brought_by(identity: str) -> str:
    """`order:SOURCE/ID`: points that settle a deficit belong to what brought them. A shop's numbers may hold "|"."""
    return identity.rpartition("|")[0].removeprefix("repay:")


def order_of(identity: str) -> str:
    """The order that an identity is about: `refund:SOURCE/ORDER/ID|rule` and all others; "" when it is none."""
    cause, _, key = brought_by(identity).partition(":")
    if cause == "refund":
        return key.rpartition("/")[0]
    if cause == "edit":
        return key.rpartition("@")[0]
    return key if cause in ("order", "mature", "fulfilled") else ""


def _told(entry: Entry, why: Stored, rule: str, order: str) -> Explanation:
    """What decisions do with lots is told of the lots, anything else of rules."""
    code, *parts = why
    if code not in DECIDED:
        return _explained(entry, why, rule, order)
    inward = code in INWARD or entry.source in ("issued", "merged") or code == "close"
    moved: Parameters = {"points": entry.points, "place": entry.target if inward else entry.source}
    if code == "claim":
        return Explanation(code, "", order_of(f"{parts[0][0]}|"), moved)
    return Explanation(code, "", order, moved, tuple(_lot(cause, points) for cause, points in parts))


def _computed(why: Stored) -> int:
    code, *inputs = why
    if code == "remains":
        kept, _, *rest = inputs
        return abs(int(kept) - (computed(rest) if rest else 0))
    if code == "correct":
        had, wanted, *_ = inputs
        return abs(int(wanted) - int(had))
    return sum(points for _, points in inputs) if code == "expire" else computed(why)


def _explained(entry: Entry, why: Stored, rule: str, order: str) -> Explanation:
    code, *inputs = why
    if code == "remains":
        kept, keeps, *rest = inputs
        named, place = ("reverse", entry.source) if keeps < kept else ("earn.more", entry.target)
        moved: Parameters = {"kept": kept, "keeps": keeps, "points": entry.points, "place": place}
        return Explanation(named, rule, order, moved, (derived(rest, rule, order),) if rest else ())
    if code == "correct":
        had, wanted, *rest = inputs
        sign = -1 if (wanted or had) < 0 else 1
        settled: Parameters = {"recorded": had * sign, "computed": wanted * sign, "points": entry.points}
        because = (_told(_meant(entry, wanted), rest, rule, order),) if rest else ()
        return Explanation("correct", rule, order, settled, because)
    if code == "expire":
        lots = tuple(_expired(cause, points) for cause, points in inputs)
        return Explanation("expire", rule, order, {"points": _computed(why)}, lots)
    return derived(why, rule, order)


def _meant(entry: Entry, wanted: int) -> Entry:
    """What a correction leaves, as if it had been known at once. Net points have the sign of their places' order."""
    low, high = sorted((entry.source, entry.target))
    source, target = (low, high) if wanted > 0 else (high, low)
    return replace(entry, source=source, target=target, points=abs(wanted))


def _lot(cause: str, points: int) -> Explanation:
    """Without a cause: what was owed for the rest."""
    return Explanation("lot" if cause else "owed", "", order_of(f"{cause}|"), {"points": points})


def _expired(cause: str, points: int) -> Explanation:
    return Explanation("expire.lot", "", order_of(f"{cause}|"), {"points": points})
