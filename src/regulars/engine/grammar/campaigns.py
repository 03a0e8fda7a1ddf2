"""Campaigns: dated sets of rules with a budget that all members share."""

import re
from collections.abc import Sequence
from functools import partial

from msgspec.structs import replace

from regulars.engine import phrases
from regulars.engine.conditions import both_scenes, of_scene
from regulars.engine.document import RawCampaign, RawDocument, RawRule, RawWhen
from regulars.engine.grammar.desk import Desk
from regulars.engine.money import parse_major
from regulars.engine.problems import Wrong
from regulars.engine.program import Campaign, Conditions, Rule, WalletRules

_AMOUNT = re.compile(r"(\d{1,15}(?:\.\d+)?) ([A-Z]{3}|[a-z][a-z_-]*)", re.ASCII)
# Rules that time alone may trigger: it asks no budget.
BY_TIME = ("birthday", "anniversary", "referred", "tier:")


def campaigns(desk: Desk, earn: Sequence[Rule], wallets: dict[str, WalletRules]) -> dict[str, Campaign]:
    found = {}
    for place, raw in enumerate(desk.raw.campaigns):
        path = f"campaigns[{place}]"
        if not raw.campaign or "/" in raw.campaign:
            desk.blame(f"{path}.campaign", raw.campaign, "name_not_possible", sort="campaign", signs="/")
        if raw.campaign in found:
            desk.blame(f"{path}.campaign", raw.campaign, "name_taken", sort="campaign")
        found[raw.campaign] = _campaign(desk, path, raw, earn, wallets)
    for place, rule in enumerate(earn):
        said = desk.raw.earn[place].campaign
        if said and said not in found:
            desk.blame(f"earn[{place}].campaign", said, "not_in_program", *found, sort="campaign")
        elif said and rule.trigger.startswith(BY_TIME):
            desk.blame(f"earn[{place}].campaign", said, "budget_by_time")
    return found


def _campaign(
    desk: Desk, path: str, raw: RawCampaign, earn: Sequence[Rule], wallets: dict[str, WalletRules]
) -> Campaign:
    first, last = _dates(desk, path, raw)
    if first is not None and last is not None and first > last:
        desk.blame(f"{path}.until", raw.until, "dates_backwards")
    names = sorted({rule.wallet for rule in earn if rule.campaign == raw.campaign})
    if not names:
        desk.blame(f"{path}.campaign", raw.campaign, "campaign_without_rules")
    elif len(names) > 1:
        desk.blame(f"{path}.budget", raw.budget, "budget_of_several", wallets=", ".join(names))
    budget, wallet = 0, wallets.get(names[0]) if names else None
    if wallet is not None:
        read = partial(_budget, currency=desk.raw.currency, wallet=wallet)
        budget = desk.take(f"{path}.budget", raw.budget, read, 0)
    return Campaign(raw.campaign, raw.name, budget, raw.per, raw.at_end == "all_or_nothing")


def _budget(text: str, currency: str, wallet: WalletRules) -> int:
    """In the wallet's smallest unit; money by what points are worth, rounded down."""
    found = _AMOUNT.fullmatch(text)
    if not found or found[2] not in (currency, wallet.name, wallet.name.removesuffix("s")):
        raise Wrong("not_a_budget", f"100000 {wallet.name}", f"10000 {currency}")
    if found[2] != currency and not wallet.is_money:
        points = phrases.whole(found[1])
    elif wallet.value is None or not wallet.value.minor:
        raise Wrong("budget_without_worth")
    else:
        points = parse_major(found[1], currency) * wallet.value.points // wallet.value.minor
    if not points:
        raise Wrong("budget_of_nothing")
    return points


def _dates(desk: Desk, path: str, raw: RawCampaign) -> tuple[int | None, int | None]:
    first: int | None = desk.take(f"{path}.from", raw.since, phrases.local_day, None)
    last: int | None = desk.take(f"{path}.until", raw.until, phrases.local_day, None)
    return first, last


def dated(raw: RawDocument, rule: RawRule) -> RawWhen | None:
    """What a rule asks, with the dates of its campaign."""
    days = _days(raw, rule)
    return rule.when if days is None else replace(days, every=[rule.when] if rule.when else [])


def within(desk: Desk, raw: RawRule, asks: Conditions) -> Conditions:
    """What a rule asks, on the days of its campaign; dates that are wrong are blamed where the campaign is read."""
    try:
        is_on = of_scene(_days(desk.raw, raw))
    except Wrong:
        return asks
    return replace(asks, scene_test=both_scenes(is_on, asks.scene_test))


def _days(raw: RawDocument, rule: RawRule) -> RawWhen | None:
    """From and until when a rule's campaign lasts."""
    found = [one for one in raw.campaigns if one.campaign == rule.campaign and (one.since or one.until)]
    return RawWhen(starts=found[0].since, ends=found[0].until) if found else None
