"""Earning rules: what triggers them, their conditions, what they give or multiply."""

import re
from functools import partial

from msgspec.structs import replace

from regulars.engine import phrases
from regulars.engine.calendar import UNTIL_FULFILLED, Span, Term
from regulars.engine.conditions import both, categories_alone, listed
from regulars.engine.document import RawRule
from regulars.engine.facts import Line
from regulars.engine.grammar.campaigns import dated, within
from regulars.engine.grammar.desk import Desk
from regulars.engine.grammar.given import given_reward
from regulars.engine.grammar.goals import counts_orders, goal, named
from regulars.engine.grammar.when import of_member, of_order
from regulars.engine.phrases import Gift
from regulars.engine.problems import Wrong
from regulars.engine.program import Amount, Conditions, Factor, Rule, Scene, WalletRules
from regulars.engine.selection import money, selecting, units

# Triggers that stand alone, and those that name something.
ALONE = ("order", "enrolment", "birthday", "anniversary", "profile", "referral", "referred")
NAMING = ("activity", "tier", "plan")
_TRIGGER = re.compile(rf"({'|'.join(NAMING)}) ([a-z][a-z0-9_-]*)", re.ASCII)
BASES: dict[str, Amount | None] = {
    "net": None,
    "gross": lambda line: max(line.total, 0) + line.discount,
    "with shipping": lambda line: line.total,
    "without tax": lambda line: line.total - line.tax,
}
NOTHING = Gift("0", "", "fixed")
PIECE = Gift("1", "", "fixed")
# Whoever sold what the order holds pays for its points.
PARTNER = "the order's partner"
ALMOST_PARTNER = ("partner", "the partner", "order's partner", "the orders partner", "order partner", PARTNER)


def rules(desk: Desk, wallets: dict[str, WalletRules]) -> tuple[Rule, ...]:
    """All of them, in document order; multipliers know what they multiply."""
    found = tuple(_rule(desk, f"earn[{place}]", raw, wallets) for place, raw in enumerate(desk.raw.earn))
    _names_once(desk)
    return _numbered(_multipliers(desk, found))


def _rule(desk: Desk, path: str, raw: RawRule, wallets: dict[str, WalletRules]) -> Rule:
    trigger = _trigger(desk, path, raw)
    asks = within(desk, raw, (of_order if trigger == "order" else of_member)(desk, f"{path}.when", raw.when))
    reward = given_reward(desk, path, raw)
    gift = (
        PIECE
        if reward
        else desk.take(f"{path}.give", raw.give, partial(phrases.give, currency=desk.raw.currency), NOTHING)
    )
    if raw.paid_only == "true":
        asks = _of_paid_goods(desk, path, raw, gift, asks)
    if bool(raw.give) == bool(raw.multiply):
        desk.blame(path, raw.rule, "give_or_multiply")
    aim = goal(desk, path, raw, asks)
    if aim is not None:
        _only_for_goals(desk, path, raw, gift)
    elif trigger != "order":
        _only_for_orders(desk, path, raw, gift)
    if raw.funded_by == PARTNER and trigger != "order":
        desk.blame(f"{path}.funded_by", raw.funded_by, "funder_without_order")
    if raw.funded_by != PARTNER and raw.funded_by.lower() in ALMOST_PARTNER:
        desk.warn(f"{path}.funded_by", raw.funded_by, "funder_like_partner", PARTNER)
    if raw.needs and trigger != "profile":
        desk.blame(f"{path}.needs", ", ".join(listed(raw.needs)), "needs_without_profile")
    if trigger == "profile" and not raw.needs:
        desk.blame(f"{path}.needs", "", "profile_without_needs")
    test, categories, basis = asks.line_test, _categories(raw), BASES[raw.basis]
    rule = Rule(
        raw.rule, "goal" if aim else trigger, raw.name, desk.main_wallet, 0, 0,
        raw.round.startswith("half up"), asks.scene_test, test,
        selecting(test, categories), money(test, categories, basis), units(test, categories),
        kind=gift.kind if raw.give else "multiply",
        per_line=raw.round.endswith("line"),
        basis=basis,
        with_services=raw.basis == "with shipping",
        quantity_at_least=asks.quantity_at_least,
        funder="" if raw.funded_by == PARTNER else raw.funded_by,
        by_partner=raw.funded_by == PARTNER,
        needs=listed(raw.needs),
        goal=aim,
        campaign=raw.campaign,
        asked=dated(desk.raw, raw),
        reward=reward,
    )  # fmt: skip
    given = replace(rule, wallet="", points=1) if reward else _given(desk, path, raw, rule, gift)
    found = named(desk, path, raw, given)
    return found if reward else _dated(desk, path, raw, found, wallets)


def _of_paid_goods(desk: Desk, path: str, raw: RawRule, gift: Gift, asks: Conditions) -> Conditions:
    """The same of goods that cost something which points did not pay."""
    counts_money = raw.goal is not None and any([raw.goal.spend, *[step.spend for step in raw.goal.steps]])
    if raw.on != "order" or raw.multiply or gift.kind not in ("fixed", "per_unit") or counts_money:
        desk.blame(f"{path}.paid_only", raw.paid_only, "paid_only_not_possible")
    return replace(asks, line_test=both(asks.line_test, _is_paid))


def _is_paid(_scene: Scene, line: Line) -> bool:
    return line.total > 0


def _categories(raw: RawRule) -> frozenset[str] | None:
    return categories_alone(raw.when) if raw.paid_only == "false" else None


def _numbered(found: tuple[Rule, ...]) -> tuple[Rule, ...]:
    """What goes to one wallet with one funder and the same dates goes to one lot."""
    kinds: dict[object, int] = {}
    dated = [
        (rule.wallet, rule.funder, rule.by_partner, rule.pending, rule.expires, rule.slides, bool(rule.by_tier))
        for rule in found
    ]
    return tuple(
        replace(rule, lot_kind=kinds.setdefault(kind, len(kinds))) for rule, kind in zip(found, dated, strict=True)
    )


def _trigger(desk: Desk, path: str, raw: RawRule) -> str:
    if raw.on in ALONE:
        return "effect:referral" if raw.on == "referral" else raw.on
    found = _TRIGGER.fullmatch(raw.on)
    if not found:
        desk.blame(f"{path}.on", raw.on, "trigger_unknown", *ALONE, *(f"{word} NAME" for word in NAMING))
        return "order"
    tiers = [level.tier for tier_set in desk.raw.tiers for level in tier_set.levels]
    if found[1] == "tier" and found[2] not in tiers:
        desk.blame(f"{path}.on", raw.on, "not_in_program", *tiers, sort="tier")
    return f"{found[1]}:{found[2]}"


def _only_for_goals(desk: Desk, path: str, raw: RawRule, gift: Gift) -> None:
    if gift.kind != "fixed" or raw.multiply:
        desk.blame(path, raw.rule, "goal_gives_fixed")
    if raw.basis != "net":
        desk.blame(f"{path}.basis", raw.basis, "goal_basis")
    if raw.funded_by == PARTNER and raw.on == "order":
        desk.blame(f"{path}.funded_by", raw.funded_by, "goal_partner")


def _only_for_orders(desk: Desk, path: str, raw: RawRule, gift: Gift) -> None:
    if raw.multiply or gift.kind != "fixed":
        desk.blame(path, raw.rule, "only_orders_multiply")
    if raw.basis != "net":
        desk.blame(f"{path}.basis", raw.basis, "only_orders_have_basis")


def _given(desk: Desk, path: str, raw: RawRule, rule: Rule, gift: Gift) -> Rule:
    """The rule with its wallet, points, step and scale."""
    if not raw.give or gift is NOTHING:
        return rule
    named = [name for name in desk.raw.wallets if gift.unit in (name, name.removesuffix("s"))]
    if not named:
        desk.blame(f"{path}.give", raw.give, "unit_unknown", *desk.raw.wallets)
        return rule
    is_money = desk.raw.wallets[named[0]].money == "true"
    if gift.kind == "percent":
        if not is_money:
            desk.blame(f"{path}.give", raw.give, "percent_of_points")
        return replace(rule, wallet=named[0], points=1, scale=int(gift.amount), step=gift.per)
    points = desk.take(f"{path}.give", raw.give, lambda _: _amount(desk, gift.amount, is_money), 1)
    if gift.kind == "per_money" and points > gift.per * phrases.MOST_POINTS_PER_MINOR:
        desk.blame(f"{path}.give", raw.give, "too_many_points", most=f"{phrases.MOST_POINTS_PER_MINOR:,}")
    return replace(rule, wallet=named[0], points=points, step=gift.per)


def _amount(desk: Desk, text: str, is_money: bool) -> int:
    """In the wallet's smallest unit."""
    found = phrases.money(text, desk.raw.currency) if is_money else phrases.whole(text)
    if not found:
        raise Wrong("gift_of_nothing")
    return found


def _dated(desk: Desk, path: str, raw: RawRule, rule: Rule, wallets: dict[str, WalletRules]) -> Rule:
    """How long what it gives is pending and lasts: as the wallet says, unless the rule says otherwise.

    Only what orders earn waits by itself.
    """
    wallet = wallets[rule.wallet]
    pending = wallet.pending if raw.on == "order" else None
    expires = wallet.expires
    others = {} if raw.expires else {"by_tier": wallet.by_tier, "slides": wallet.slides}
    said: Span | None = desk.take(f"{path}.pending", raw.pending, phrases.wait, None)
    if said is not None:
        pending = None if said == phrases.IMMEDIATE else said
        if said == UNTIL_FULFILLED and rule.trigger != "order" and not counts_orders(rule):
            desk.blame(f"{path}.pending", raw.pending, "only_orders_are_fulfilled")
    lasts: Term | None = desk.take(f"{path}.expires", raw.expires, phrases.lasting, None)
    if lasts is not None:
        expires = None if lasts == phrases.NEVER else lasts
    return replace(rule, pending=pending, expires=expires, **others)


def _names_once(desk: Desk) -> None:
    seen: set[str] = set()
    for place, rule in enumerate(desk.raw.earn):
        if rule.rule in seen:
            desk.blame(f"earn[{place}].rule", rule.rule, "name_taken", sort="rule")
        if not rule.rule or "|" in rule.rule:
            desk.blame(f"earn[{place}].rule", rule.rule, "name_not_possible", sort="rule", signs="|")
        seen.add(rule.rule)


def _multipliers(desk: Desk, found: tuple[Rule, ...]) -> tuple[Rule, ...]:
    """Multipliers know the rules they multiply, and give to the same wallet.

    A bare factor multiplies every rule that gives points of the main wallet per money.
    """
    bases = {rule.name: rule for rule in found if rule.kind in ("per_money", "percent") and not rule.per_line}
    return tuple(
        _multiplier(desk, f"earn[{place}].multiply", rule, raw, bases)
        for place, (rule, raw) in enumerate(zip(found, desk.raw.earn, strict=True))
    )


def _multiplier(desk: Desk, path: str, rule: Rule, raw: RawRule, bases: dict[str, Rule]) -> Rule:
    if not raw.multiply:
        return rule
    said = raw.multiply
    if isinstance(said, str):
        said = {name: said for name, base in bases.items() if base.wallet == desk.main_wallet}
        if not said:
            desk.blame(path, str(raw.multiply), "nothing_to_multiply")
    if raw.round.endswith("line"):
        desk.blame(path, raw.round, "multiplier_rounding")
    if raw.basis != "net":
        desk.blame(f"{path[: -len('.multiply')]}.basis", raw.basis, "multiplier_basis")
    factors = tuple(_factor(desk, path, rule, raw, bases[name], text) for name, text in said.items() if name in bases)
    for name in [name for name in said if name not in bases]:
        if name not in {one.rule for one in desk.raw.earn}:
            desk.blame(f"{path}.{name}", name, "not_in_program", *bases, sort="rule")
            continue
        desk.blame(path, name, "rule_not_multiplied", *bases)
    wallets = sorted({factor.base.wallet for factor in factors})
    if len(wallets) > 1:
        desk.blame(path, ", ".join(wallets), "multiplier_of_several")
    if not factors:
        return rule
    base = factors[0].base
    return replace(
        rule,
        factors=factors,
        wallet=wallets[0],
        pending=rule.pending if raw.pending else base.pending,
        expires=rule.expires if raw.expires else base.expires,
        by_tier=rule.by_tier if raw.expires else base.by_tier,
        slides=rule.slides if raw.expires else base.slides,
        funder=rule.funder or base.funder,
        by_partner=rule.by_partner or (base.by_partner and not rule.funder),
    )


def _factor(desk: Desk, path: str, rule: Rule, raw: RawRule, base: Rule, text: str) -> Factor:
    numerator, denominator = desk.take(f"{path}.{base.name}", text, phrases.beyond_one, (0, 1))
    test = both(rule.line_test, base.line_test)
    categories = categories_alone(raw.when) if base.line_test is None else None
    return Factor(base, numerator, denominator, test, money(test, categories, base.basis))
