"""How long points last, told the slow way: day by day, and by asking every order and activity anew what it renews."""

from math import inf
from typing import Any

from tests.engine.slow_clock import AFTER, Clock
from tests.engine.slow_giving import model_of, wallet_of

Tree = dict[str, Any]


def slides(wallet: Tree) -> bool:
    return AFTER in wallet.get("expires", "")


def renewed_by(wallet: Tree) -> list[str]:
    said = wallet.get("renewed_by", ["orders", "spending"]) if slides(wallet) else []
    return [said] if isinstance(said, str) else said


def term_of_tier(tree: Tree, wallet: str, tiers: list[str]) -> list[str]:
    """What the levels of these tiers say of this wallet."""
    main, found = next(iter(tree["wallets"])), []
    for level in [level for tier_set in tree.get("tiers", []) for level in tier_set["levels"]]:
        said = level.get("expires", {})
        said = {main: said} if isinstance(said, str) else said
        if level["tier"] in tiers and wallet in said:
            found.append(said[wallet])
    return found


def depends_on_tiers(tree: Tree, wallet: str) -> bool:
    every = [level["tier"] for tier_set in tree.get("tiers", []) for level in tier_set["levels"]]
    return bool(term_of_tier(tree, wallet, every))


class SlowLasting:
    """A part of SlowMember, which knows versions, orders and lots."""

    clock: Clock

    def __init__(self) -> None:
        self.active: list[tuple[str, int]] = []
        self.latest: dict[str, int] = {}
        self.unbroken: dict[str, int] = {}

    def own_end(self, tree: Tree, rule: Tree, at: int, tiers: list[str]) -> tuple[bool, int | None]:
        """Whether activity renews what the rule gives, and when it is over by itself."""
        name = wallet_of(tree, rule)
        wallet, said = tree["wallets"][name], rule.get("expires") or model_of(tree, rule).get("expires")
        terms = [said] if said else term_of_tier(tree, name, tiers) or [wallet.get("expires") or "never"]
        ends = [None if term == "never" else self.clock.end(at, term) for term in terms]
        end = None if None in ends else max(end for end in ends if end is not None)
        return not said and slides(wallet) and end is not None, end

    def like(self, tree: Tree, rule: Tree, at: int) -> Tree:
        """What tells the lots of an award by this rule; tiers may have changed since."""
        says_itself = rule.get("expires") or model_of(tree, rule).get("expires")
        if not says_itself and depends_on_tiers(tree, wallet_of(tree, rule)):
            return {}
        return {"own": self.own_end(tree, rule, at, [])}

    def renewals(self: Any, name: str) -> list[tuple[int, int]]:
        """When each thing that counts renews this wallet, and until when."""
        found = []
        for record in self.orders.values():
            wallet = record["tree"]["wallets"].get(name, {})
            if record["counts"] and not record["gone"] and "orders" in renewed_by(wallet):
                since = self.ripe(wallet.get("pending"), record["paid"])
                handed_over = record["fulfilled"] is not None and since == inf
                found.append(record["fulfilled"] if handed_over else since)
        for what, at in self.active:
            if f"activity {what}" in renewed_by(self.tree(at)["wallets"].get(name, {})):
                found.append(at)
        ends = []
        for since in found:
            wallet = {} if since == inf else self.tree(since)["wallets"].get(name, {})
            if slides(wallet):
                ends.append((since, self.clock.end(since, wallet["expires"])))
        return ends

    def will_renew(self: Any) -> list[int]:
        return [since for name in self.every_wallet() for since, _ in self.renewals(name) if since > self.now]

    def every_wallet(self: Any) -> set[str]:
        return {name for _, tree in self.versions for name in tree["wallets"]}

    def slide(self: Any, at: int) -> None:
        """All that is available lasts until the latest end, at least."""
        for name in self.every_wallet():
            until = max([end for since, end in self.renewals(name) if since <= at], default=0)
            if self.latest.get(name, 0) <= at < until:
                self.unbroken[name] = at
            self.latest[name] = until
            for lot in self.lots:
                if lot["wallet"] == name and lot["place"] == "available" and lot["own"][0]:
                    lot["expires"] = max(lot["own"][1], until)

    def prolong(self, lot: Tree) -> None:
        """What comes in lasts as long as if it had always been there."""
        name = lot["wallet"]
        if lot["own"][0] and lot["own"][1] > self.unbroken.get(name, 0):
            lot["expires"] = max(lot["own"][1], self.latest.get(name, 0))
