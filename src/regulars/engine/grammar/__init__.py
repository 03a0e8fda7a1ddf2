"""Reads a document into a version of a program, and collects everything that is wrong with it at once."""

from collections.abc import Iterable

from msgspec import Struct

from regulars.engine.calendar import calendar
from regulars.engine.document import DocumentErrors, shape
from regulars.engine.earning import earners
from regulars.engine.grammar.attributes import attributes
from regulars.engine.grammar.bounds import bound, caps
from regulars.engine.grammar.campaigns import campaigns
from regulars.engine.grammar.coupons import coupons, stacking
from regulars.engine.grammar.desk import Desk
from regulars.engine.grammar.goals import anew
from regulars.engine.grammar.lasting import renewals
from regulars.engine.grammar.others import benefits, days, joining, referral
from regulars.engine.grammar.rewards import rewards
from regulars.engine.grammar.rules import rules
from regulars.engine.grammar.sense import sense
from regulars.engine.grammar.tiers import tier_sets
from regulars.engine.grammar.wallets import wallet
from regulars.engine.grammar.when import asks_of_members
from regulars.engine.money import is_currency
from regulars.engine.problems import Problem
from regulars.engine.program import Rule, Version


class Reviewed(Struct, frozen=True):
    """A version that may be published. `warnings` say what may be meant, but probably is not."""

    version: Version
    warnings: list[Problem]


def read(tree: object, number: int = 1, starts_at: int = 0) -> Version:
    """The version that a tree of text says. Raises DocumentErrors with every problem found.

    What was published once is read for ever: whether it makes sense is asked by `reviewed`, before.
    """
    return _read(Desk(shape(tree)), number, starts_at)


def reviewed(tree: object, number: int = 1, starts_at: int = 0, before: Version | None = None) -> Reviewed:
    """The same, and what its parts together cannot mean is refused as well. `before` is the version that it follows."""
    desk = Desk(shape(tree))
    version = _read(desk, number, starts_at)
    sense(desk, version)
    if desk.problems:
        raise DocumentErrors(desk.problems)
    if before is not None:
        anew(desk, version, before)
    return Reviewed(version, desk.warnings)


def _read(desk: Desk, number: int, starts_at: int) -> Version:
    version = _version(desk, number, starts_at)
    if desk.problems:
        raise DocumentErrors(desk.problems)
    return version


def _version(desk: Desk, number: int, starts_at: int) -> Version:
    raw = desk.raw
    _head(desk)
    wallets = {name: wallet(desk, name, said) for name, said in raw.wallets.items()}
    earn = rules(desk, wallets)
    order_rules = tuple(rule for rule in earn if rule.trigger == "order")
    factor_bound, bounds = bound(desk), caps(desk, earn)
    # Rules ask for the dates of their campaigns.
    ladders, budgets = tier_sets(desk, wallets), campaigns(desk, earn, wallets)
    return Version(
        number=number,
        starts_at=starts_at,
        slug=raw.program,
        currency=raw.currency,
        zone=raw.timezone,
        name=raw.name or {"en": raw.program},
        joining=joining(desk),
        by_partner=any(rule.by_partner for rule in order_rules),
        wallets=wallets,
        tier_sets=ladders,
        order_rules=order_rules,
        earners=() if desk.problems else earners(order_rules, raw.currency, raw.multipliers, factor_bound),
        rules_on=_by_trigger(earn),
        caps=bounds,
        claim_within=desk.take("earlier_orders.claim", raw.earlier_orders.claim, days, None),
        before_joining=desk.take("earlier_orders.before_joining", raw.earlier_orders.before_joining, days, None),
        referral=referral(desk),
        benefits=benefits(desk),
        bounds={rule.name: tuple(cap for cap in bounds if rule.name in cap.rules) for rule in earn} if bounds else {},
        combine=raw.multipliers,
        factor_bound=factor_bound,
        asks_of_members=asks_of_members(raw),
        rewards=rewards(desk),
        attributes=attributes(desk),
        lifts=any(rules.lifts for rules in ladders.values()),
        goals=tuple(rule for rule in earn if rule.trigger == "goal"),
        campaigns=budgets,
        coupons=coupons(desk),
        stacking=stacking(desk),
        renews=renewals(wallets.values()),
    )


def _by_trigger(earn: Iterable[Rule]) -> dict[str, tuple[Rule, ...]]:
    found: dict[str, tuple[Rule, ...]] = {}
    for rule in earn:
        found[rule.trigger] = (*found.get(rule.trigger, ()), rule)
    return found


def _head(desk: Desk) -> None:
    """Without a wallet the rest says nothing: it is not read."""
    raw = desk.raw
    if not is_currency(raw.currency):
        desk.blame("currency", raw.currency, "currency_unknown", "TWD")
    try:
        calendar(raw.timezone)
    except (KeyError, ValueError, OSError):
        desk.blame("timezone", raw.timezone, "timezone_unknown", "Asia/Taipei")
    if not raw.wallets:
        desk.blame("wallets", "", "wallet_missing")
        raise DocumentErrors(desk.problems)
