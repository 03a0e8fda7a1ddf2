"""A member's points, told the slow way: every lot apart in one list, and every movement added up by what caused it."""

from collections import Counter, defaultdict
from typing import Any

from tests.engine.slow_clock import Clock
from tests.engine.slow_giving import model_of, wallet_of

Tree = dict[str, Any]
Move = tuple[str, str, str, str, int]
YEAR = 366 * 24 * 3600 * 10**6


def new_lot(wallet: str, cause: str, matures: Any, own: Any, earned: int, funder: str) -> dict[str, Any]:
    """`own`: whether activity renews it, and when it is over by itself."""
    place = "available" if matures is None else "pending"
    return {"wallet": wallet, "cause": cause, "matures": matures, "expires": own[1], "own": own, "earned": earned,
            "place": place, "points": 0, "gone": None, "funder": funder}  # fmt: skip


def spent(lot: dict[str, Any]) -> Any:
    renews, end = lot["own"]
    return (lot["expires"] is None, lot["expires"] or 0, lot["earned"], lot["cause"], lot["funder"], renews, end or 0)


def terms_of(tree: Tree, rule: Tree) -> tuple[str | None, str | None]:
    """How long what a rule on orders gives is pending: as it says, what it multiplies, or the wallet; and whether it
    lasts otherwise than the wallet says."""
    model, wallet = model_of(tree, rule), tree["wallets"][wallet_of(tree, rule)]
    return rule.get("pending") or model.get("pending") or wallet.get("pending"), rule.get("expires") or model.get(
        "expires"
    )


class SlowLots:
    """A part of SlowMember, which knows versions and time."""

    clock: Clock

    def __init__(self) -> None:
        self.lots: list[dict[str, Any]] = []
        self.owed: Counter[str] = Counter()
        self.let_go: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.moves: Counter[Move] = Counter()

    def mature(self: Any, at: int, by: str = "mature") -> None:
        for lot in sorted(self.lots, key=lambda lot: (lot["matures"] or 0, lot["cause"], lot["funder"])):
            if lot["place"] == "pending" and lot["matures"] <= at:
                cause = f"{by}-{lot['cause']}".replace("-order:", ":")
                lot["place"] = "available"
                self.prolong(lot)
                self.move(f"{cause}|", lot["wallet"], "pending", "available", lot["points"], at)
                if lot["expires"] is None or lot["expires"] > at:
                    self.settle_debt(lot, f"{cause}|", at)

    def expire(self, at: int, by: str = "") -> None:
        for lot in self.lots:
            if lot["place"] == "available" and lot["expires"] is not None and lot["expires"] <= at and lot["points"]:
                lot["place"], lot["gone"] = "expired", at
                identity = f"expire:{lot['wallet']}/{self.clock.day(at - 1)}{by}|"
                self.move(identity, lot["wallet"], "available", "expired", lot["points"], at)

    def settle_debt(self, lot: dict[str, Any], identity: str, at: int) -> None:
        paid = min(self.owed[lot["wallet"]], lot["points"])
        self.owed[lot["wallet"]] -= paid
        lot["points"] -= paid
        self.move(f"repay:{identity}", lot["wallet"], "available", "deficit", paid, at)

    def put(self, lot: dict[str, Any], points: int, cause: str, rule: str, at: int) -> None:
        lot["points"] = points
        self.move(f"{cause}|{rule}", lot["wallet"], "issued", lot["place"], points, at)
        if lot["place"] == "available":
            self.settle_debt(lot, f"{cause}|" if cause.startswith("order:") else f"{cause}|{rule}", at)

    def take_up(self, let_go: Counter[str], wallet: str, points: int, identity: str, at: int) -> int:
        """What is left to give, after what was not asked back when it was short and is had still."""
        again = min(points, let_go[wallet])
        let_go[wallet] -= again
        self.move(identity, wallet, "issued", "written_off", again, at)
        return points - again

    def take_back(
        self: Any, like: Tree, cause: str, tree: Tree, rule: Tree, points: int, by: str, at: int, forgiven: Any
    ) -> None:
        """From what expired of the cause's lots `like` this, what is left of them, of its others, of others, policy."""
        wallet, name = wallet_of(tree, rule), f"{by}|{rule['rule']}"
        funder = rule.get("funded_by") or model_of(tree, rule).get("funded_by", "")
        mine = [lot for lot in self.lots if (lot["wallet"], lot["cause"], lot["funder"]) == (wallet, cause, funder)]
        ran_out = [lot for lot in mine if lot["place"] == "expired" and lot["gone"] >= at - YEAR]
        gone = [lot for lot in ran_out if lot["own"] == like.get("own", lot["own"])]
        waiting = sorted((lot for lot in mine if lot["place"] == "pending"), key=lambda lot: lot["matures"])
        spend = sorted((lot for lot in self.lots if lot["wallet"] == wallet and lot["place"] == "available"), key=spent)
        own = [lot for lot in spend if lot in mine]
        mine_first = [
            (place, [lot for lot in lots if all(lot[name] == like[name] for name in like) == alike])
            for alike in (True, False)
            for place, lots in (("pending", waiting), ("available", own))
        ]
        for place, lots in [("expired", gone), *mine_first, ("available", spend)]:
            for lot in lots:
                part = min(points, lot["points"])
                lot["points"] -= part
                points -= part
                self.move(name, wallet, place, "issued", part, at)
        policy = self.tree(at)["wallets"].get(wallet, {}).get("when_short", "deficit")
        self.move(name, wallet, "deficit" if policy == "deficit" else "written_off", "issued", points, at)
        (self.owed if policy == "deficit" else forgiven)[wallet] += points

    def move(self, identity: str, wallet: str, source: str, target: str, points: int, at: int) -> None:
        if points:
            self.moves[identity, wallet, source, target, at] += points
