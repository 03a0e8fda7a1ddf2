"""Random histories with decisions: points are redeemed, held, passed on, given by hand, and come back."""

from hypothesis import strategies as st
from msgspec.structs import replace

from regulars.engine import grammar
from regulars.engine.calendar import DAY, HOUR
from regulars.engine.facts import (
    Adjustment,
    Capture,
    Decision,
    Fact,
    HandedLot,
    Hold,
    Opening,
    OpeningLot,
    Order,
    Payment,
    Received,
    Redemption,
    Refund,
    RefundLine,
    Release,
    Restoration,
    Transfer,
)
from regulars.engine.program import Programs
from tests.engine.histories import BEGINNING, ZONES, Choices, Story, Tree, history, tree
from tests.engine.wider import widened, wider_history

AMOUNTS = [5, 1, 12, 3, 5, 20, 2, 40, 1, 400, 10**9]
REDEMPTIONS, HOLDS = ["r0", "r1", "r2"], ["h0", "h1", "h2"]
FUNDERS = ["", "bakery"]
REWARDS = ["", "", "cup", "tea"]


@st.composite
def decided(draw: st.DrawFn, size: int = 1_000) -> Story:
    """A story with decisions among what happens, and orders that they pay. Half of them are plain, the others wide."""
    choose = Choices(draw(st.binary(min_size=size, max_size=size)))
    is_wide = choose.rarely(2)
    zone = choose.pick(ZONES)
    starts = sorted({BEGINNING, *(choose.instant(zone) for _ in range(choose.pick([0, 0, 1])))})
    wallets = choose.pick([["points", "credits"], ["credits", "points"]])
    trees = [tree(choose, zone, wallets) for _ in starts]
    happened = history(choose, zone)
    if is_wide:
        trees = [widened(choose, one) for one in trees]
        happened = wider_history(choose, happened, zone)
    said = [(start, spendable(choose, one)) for start, one in zip(starts, trees, strict=True)]
    facts = [paid(choose, fact) for fact in happened]
    facts += [decision(choose, zone, wallets, place) for place in range(1 + choose.upto(6))]
    if not choose.rarely(2):
        facts += squeeze(choose, wallets, facts)
    for name in HOLDS[: choose.upto(len(HOLDS))]:
        facts += checkout(choose, zone, wallets, name)
    for _, program in said:
        for wallet in program["wallets"].values():
            wallet.update(choose.pick([{}, {}, {"expires": "2 months after the last activity"}]))
    versions = [grammar.read(tree, number, start) for number, (start, tree) in enumerate(said, start=1)]
    once = {(type(fact), fact.key, getattr(fact, "number", 0)): fact for fact in facts}
    return Story(said, Programs(1, versions), choose.order(list(once.values())))


def spendable(choose: Choices, said: Tree) -> Tree:
    for wallet in said["wallets"].values():
        wallet.update(
            ({} if "money" in wallet else {"worth": "10 TWD per 100"})
            | choose.pick([{}, {}, {"when_short": "charge"}])
            | choose.pick([{}, {}, {"grace_on_return": "10 days"}])
            | choose.pick([{}, {"spend": {"per day": "50", "per month": "400"}}])
        )
    limit = choose.pick(["1 per month", "2 per day", "once", ""])
    said["rewards"] = [
        {"reward": "cup", "costs": f"5 {next(iter(said['wallets']))}", "limit": limit},
        {"reward": "tea", "costs": "nothing", "limit": "2 per year"},
    ]
    said["earn"] = [
        *said["earn"],
        {"rule": "gift", "give": "reward cup", "when": {"nth_order": "every 2"}},
        {"rule": "thanks", "give": "reward tea", "limit": choose.pick(["2 per month", "once"])},
    ]
    return said


def paid(choose: Choices, fact: Fact) -> Fact:
    """Some orders are paid with a redemption, or a hold; some refunds withhold money."""
    if isinstance(fact, Order) and choose.rarely(2):
        names = choose.some(REDEMPTIONS + HOLDS)
        payments = [Payment("points", choose.pick([100, 33, 1, 5_000]), name) for name in names]
        return replace(fact, payments=(Payment("card", 700), *payments))
    if isinstance(fact, Refund) and choose.rarely(3):
        return replace(fact, withheld=(("points", choose.pick([1, 20])),))
    return fact


def checkout(choose: Choices, zone: str, wallets: list[str], name: str) -> list[Decision]:
    """A hold, and most often what ended it, in time or too late."""
    at = choose.instant(zone)
    until = at + choose.pick([40 * DAY, DAY, 400 * DAY, HOUR, 0])
    then = at + choose.pick([HOUR, 20 * DAY, 100 * DAY, DAY])
    ends = [Capture(f"c-{name}", name, then), Release(f"l-{name}", name, then + choose.pick([0, 1, -HOUR]))]
    reward = choose.pick(REWARDS)
    hold = Hold(name, choose.pick(wallets), priced(choose, reward), at, until, reward=reward)
    return [hold, *choose.pick([ends[:1], ends, ends[1:], []])]


def squeeze(choose: Choices, wallets: list[str], facts: list[Fact]) -> list[Fact]:
    """What an order gave is held while the order comes back; then the hold ends."""
    order = next((fact for fact in facts if isinstance(fact, Order) and fact.paid_at and not fact.cancelled), None)
    if order is None:
        return []
    at = (order.paid_at or 0) + choose.pick([28, 0, 14]) * DAY + HOUR
    lines = tuple(RefundLine(line.line, 1 + choose.upto(3)) for line in order.lines)
    end = choose.pick(
        [Capture("c-s", "s", at + DAY), Release("l-s", "s", at + DAY), Redemption("r-s", "points", 5, at)]
    )
    hold = Hold("s", wallets[0], choose.pick(AMOUNTS), at, at + choose.pick([2, 400]) * DAY)
    again = replace(order, version_at=at + choose.pick([2 * HOUR, 2 * DAY]), number=20, corrects=False)
    back = Refund(f"{order.key}/R9", order.key, at + HOUR, lines)
    return [hold, back, end, *choose.pick([[], [replace(again, cancelled=True)], [replace(again, lines=())]])]


def decision(choose: Choices, zone: str, wallets: list[str], place: int) -> Decision | Opening:
    key, wallet, at = f"d{place}", choose.pick(wallets), choose.instant(zone)
    points, kind = choose.pick(AMOUNTS), choose.pick([*"rrrcvvlgtiijjo"])
    hold, reward = choose.pick(HOLDS), choose.pick(REWARDS)
    made: dict[str, Decision | Opening] = {
        "r": Redemption(choose.pick(REDEMPTIONS), wallet, priced(choose, reward), at, reward=reward),
        "c": Capture(key, hold, at),
        "l": Release(key, hold, at),
        "v": Restoration(key, choose.pick(REDEMPTIONS + HOLDS), at, choose.pick([None, None, 2, points])),
        "t": Transfer(key, wallet, points, at, "wang"),
        "i": Received(key, wallet, handed(choose, at), at, "wang/1"),
        "o": Opening(key, wallet, brought(choose, at), at),
        "j": Adjustment(key, wallet, points, at, "sorry", "lin"),
        "g": Adjustment(key, wallet, -points, at, "mistaken", "lin"),
    }
    return made[kind]


def priced(choose: Choices, reward: str) -> int:
    """A reward may be free."""
    return 0 if reward == "tea" else choose.pick(AMOUNTS)


def brought(choose: Choices, at: int) -> tuple[OpeningLot, ...]:
    return tuple(OpeningLot(lot.points, lot.earned_at, lot.expires_at, lot.funder) for lot in handed(choose, at))


def handed(choose: Choices, at: int) -> tuple[HandedLot, ...]:
    return tuple(
        HandedLot(choose.pick([7, 1, 30]), choose.pick([None, at + DAY, at + 100 * DAY, at - 1]), at - DAY, funder)
        for funder in FUNDERS
    )
