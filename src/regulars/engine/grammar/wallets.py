"""Wallets: what their points are called, are worth, wait for, and how long they last."""

import re

from regulars.engine import phrases
from regulars.engine.conditions import listed
from regulars.engine.document import RawWallet
from regulars.engine.grammar.desk import Desk
from regulars.engine.grammar.lasting import by_tier, of_wallet
from regulars.engine.program import SpendRules, Version, WalletRules

_NAME = re.compile(r"[a-z][a-z_-]*")


def wallet(desk: Desk, name: str, raw: RawWallet) -> WalletRules:
    path = f"wallets.{name}"
    if not _NAME.fullmatch(name):
        desk.blame(path, name, "wallet_name_not_possible")
    pending = desk.take(f"{path}.pending", raw.pending, phrases.wait, None)
    expires, renewed_by = of_wallet(desk, name, raw)
    if pending == phrases.IMMEDIATE:
        pending = None
    worth = desk.take(f"{path}.worth", raw.worth, lambda text: phrases.worth(text, desk.raw.currency), None)
    if not worth and raw.money != "true":
        if raw.when_short == "charge":
            desk.blame(f"{path}.when_short", raw.when_short, "worth_missing")
        if raw.on_closing == "pay_out":
            desk.blame(f"{path}.on_closing", raw.on_closing, "worth_missing")
        if raw.spend.share_of_order:
            desk.blame(f"{path}.spend.share_of_order", raw.spend.share_of_order, "worth_missing")
    grace = desk.take(f"{path}.grace_on_return", raw.grace_on_return, phrases.term, None)
    unit = {language: list(listed(words)) for language, words in raw.unit.items()}
    return WalletRules(
        name,
        unit,
        worth,
        pending,
        expires,
        raw.when_short,
        grace_on_return=grace,
        spend=_spend(desk, name, raw),
        is_money=raw.money == "true",
        on_closing=raw.on_closing,
        by_tier=by_tier(desk, name),
        renewed_by=renewed_by,
    )


def _spend(desk: Desk, name: str, wallet: RawWallet) -> SpendRules:
    path, raw = f"wallets.{name}", wallet.spend

    def points(field: str, text: str) -> int | None:
        def read(said: str) -> int:
            if wallet.money == "true":
                return phrases.money(said, desk.raw.currency)
            return phrases.points(said, name)

        return desk.take(f"{path}.{field}", text, read, None)

    per = [("day", raw.per_day), ("week", raw.per_week), ("month", raw.per_month), ("year", raw.per_year)]
    rules = SpendRules(
        at_least=points("spend.at_least", raw.at_least) or 1,
        at_most=points("spend.at_most", raw.at_most),
        step=points("spend.step", raw.step) or 1,
        share_of_order=desk.take(f"{path}.spend.share_of_order", raw.share_of_order, phrases.percent, None),
        per=tuple((period, most) for period, text in per if (most := points(f"spend.per {period}", text))),
        approve_above=points("approve_above", wallet.approve_above),
    )
    if rules.at_most is not None and rules.at_most < rules.at_least:
        desk.blame(f"{path}.spend.at_most", raw.at_most, "most_below_least")
    return rules


def spendable(desk: Desk, version: Version) -> None:
    """Bounds between which no number of points lies. Asked of wallets that are right in their parts."""
    for name, wallet in version.wallets.items():
        path, raw, rules = f"wallets.{name}.spend", desk.raw.wallets[name].spend, wallet.spend
        least = -(-rules.at_least // rules.step) * rules.step
        if rules.at_most is not None and rules.at_most < least:
            desk.blame(f"{path}.step", raw.step, "step_beyond_bounds")
        said = {"day": raw.per_day, "week": raw.per_week, "month": raw.per_month, "year": raw.per_year}
        for period, most in rules.per:
            if most < least:
                desk.blame(f"{path}.per {period}", said[period], "less_than_at_once")
