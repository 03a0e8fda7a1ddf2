"""How members earn, said to members: when each rule gives, what, for what, and how often."""

from collections.abc import Iterator
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from msgspec import Struct

from regulars.engine.conditions import listed
from regulars.engine.document import RawWhen
from regulars.engine.phrases import money
from regulars.engine.program import Rule, Version
from regulars.insight.wording import percent
from regulars.programs import wording
from regulars.programs.wording import AT_MOST, language, worded
from regulars.storefront import writing
from regulars.storefront.shop import Shop
from regulars.storefront.writing import short_day

# What sets a rule off besides orders, as a member does it.
OCCASIONS: dict[str, Promise] = {
    "anniversary": gettext_lazy("Every year on the day you joined"),
    "birthday": gettext_lazy("On your birthday"),
    "enrolment": gettext_lazy("When you join"),
    "goal": gettext_lazy("When you reach the goal"),
    "profile": gettext_lazy("When your profile is complete"),
}
NAMED_OCCASIONS: dict[str, Promise] = {
    "activity": gettext_lazy("For %(name)s"),
    "effect": gettext_lazy("For friends you bring"),
    "plan": gettext_lazy("With the plan %(name)s"),
    "tier": gettext_lazy("When you reach %(name)s"),
}
CONDITIONS: dict[str, Promise] = {
    "brand": gettext_lazy("on %(names)s"),
    "category": gettext_lazy("on %(names)s"),
    "channel": gettext_lazy("bought here: %(names)s"),
    "code": gettext_lazy("with the code %(names)s"),
    "country": gettext_lazy("in %(names)s"),
    "nth_order": gettext_lazy("on your order number %(names)s"),
    "partner": gettext_lazy("at %(names)s"),
    "payment": gettext_lazy("paid with %(names)s"),
    "plan": gettext_lazy("with the plan %(names)s"),
    "product": gettext_lazy("on %(names)s"),
    "segment": gettext_lazy("for %(names)s"),
    "store": gettext_lazy("in the store %(names)s"),
    "tag": gettext_lazy("on %(names)s"),
    "tier": gettext_lazy("as %(names)s"),
    "weekday": gettext_lazy("on %(names)s"),
}
EXCEPT: dict[str, Promise] = {
    "brand": gettext_lazy("not on %(names)s"),
    "category": gettext_lazy("not on %(names)s"),
    "channel": gettext_lazy("not bought here: %(names)s"),
    "payment": gettext_lazy("not paid with %(names)s"),
    "product": gettext_lazy("not on %(names)s"),
    "store": gettext_lazy("not in the store %(names)s"),
    "tag": gettext_lazy("not on %(names)s"),
    "tier": gettext_lazy("not as %(names)s"),
    "weekday": gettext_lazy("not on %(names)s"),
}


class Way(Struct, frozen=True):
    """One way to earn: what it is called, what it gives, and the rest in a line."""

    name: str
    gives: str
    when: str


def ways(shop: Shop, version: Version) -> list[Way]:
    """Every rule of a version, in the program's order."""
    return [_way(shop, version, rule) for rule in version.rules]


def offered(shop: Shop) -> list[Way]:
    """The rules in force that can still give something: whose dates are not over."""
    version, today = shop.rules, shop.local(shop.now).date()
    return [_way(shop, version, rule) for rule in version.rules if not _is_over(rule.asked, today)]


def _is_over(when: RawWhen | None, today: date) -> bool:
    if when is None:
        return False
    ended = bool(when.ends) and date.fromisoformat(when.ends) < today
    return ended or any(_is_over(nested, today) for nested in when.every)


def _way(shop: Shop, version: Version, rule: Rule) -> Way:
    name = worded(rule.title, language()) or _said(rule.name)
    said = [_occasion(shop, rule), *conditions(shop, rule.asked), *_limits(shop, version, rule)]
    return Way(name, gives(shop, rule), " · ".join(filter(None, said)))


def gives(shop: Shop, rule: Rule) -> str:
    """What a rule gives, in a few words."""
    programs = shop.published.programs
    if rule.factors:
        factor = rule.factors[0]
        return _("%(factor)s× points") % {"factor": writing.plain(1 + factor.numerator / factor.denominator)}
    if rule.reward:
        return wording.reward(rule.reward, programs)
    if rule.kind == "percent":
        share = percent(rule.scale / rule.step, 0 if rule.scale * 100 % rule.step == 0 else 2)
        return _("%(share)s back as %(wallet)s") % {"share": share, "wallet": wording.unit(rule.wallet, programs)}
    points = wording.points(rule.points, rule.wallet, programs)
    if not rule.step:
        return points
    if rule.kind == "per_unit":
        return ngettext("%(points)s for each item", "%(points)s for every %(count)s items", rule.step) % {
            "points": points,
            "count": rule.step,
        }
    return _("%(points)s for every %(step)s") % {"points": points, "step": shop.money(rule.step)}


def _said(name: str) -> str:
    """A name of the document, where nobody gave it words: "double-tea" → "Double tea"."""
    return name.replace("-", " ").replace("_", " ").capitalize()


def _occasion(shop: Shop, rule: Rule) -> str:
    kind, _colon, name = rule.trigger.partition(":")
    if kind == "order":
        return ""
    if kind in OCCASIONS:
        return str(OCCASIONS[kind])
    named = shop.tier(name) if kind == "tier" else name.replace("_", " ")
    return str(NAMED_OCCASIONS[kind]) % {"name": named} if kind in NAMED_OCCASIONS else name


def conditions(shop: Shop, when: RawWhen | None) -> Iterator[str]:
    """What is asked, in words; of several that one may do, each."""
    if when is None:
        return
    for name, words in CONDITIONS.items():
        if asked := listed(getattr(when, name)):
            yield str(words) % {"names": wording.one_of([_called(shop, name, one) for one in asked])}
    yield from _times(when)
    yield from _sizes(shop, when)
    for nested in when.every:
        yield from conditions(shop, nested)
    for name, asked in when.attribute.items():
        yield _("%(name)s: %(values)s") % {"name": _said(name), "values": wording.one_of(listed(asked))}
    if when.some:
        yield wording.one_of([_(", ").join(conditions(shop, nested)) for nested in when.some])
    if when.none:
        yield _except(shop, when.none)


def _except(shop: Shop, none: RawWhen) -> str:
    """One name that is left out is said as it is called; of several conditions it is all of them together."""
    asked = [name for name in none.__struct_fields__ if getattr(none, name)]
    if len(asked) == 1 and asked[0] in EXCEPT:
        names = [_called(shop, asked[0], one) for one in listed(getattr(none, asked[0]))]
        return str(EXCEPT[asked[0]]) % {"names": wording.one_of(names)}
    return _("but not: %(conditions)s") % {"conditions": _(", ").join(conditions(shop, none))}


def _times(when: RawWhen) -> Iterator[str]:
    if when.hours:
        yield wording.one_of([hours.replace("-", "–") for hours in listed(when.hours)])
    if when.starts:
        yield _("from %(day)s") % {"day": short_day(date.fromisoformat(when.starts))}
    if when.ends:
        yield _("until %(day)s") % {"day": short_day(date.fromisoformat(when.ends))}


def _sizes(shop: Shop, when: RawWhen) -> Iterator[str]:
    if when.order_at_least:
        yield _("orders of %(money)s or more") % {"money": _money(shop, when.order_at_least)}
    if when.order_at_most:
        yield _("orders of %(money)s or less") % {"money": _money(shop, when.order_at_most)}
    if when.quantity_at_least:
        yield _("%(count)s or more at once") % {"count": when.quantity_at_least}


def _called(shop: Shop, condition: str, name: str) -> str:
    if condition == "tier":
        return shop.tier(name)
    return wording.weekday(name) if condition == "weekday" else name.replace("_", " ")


def _money(shop: Shop, said: str) -> str:
    return shop.money(money(said, shop.currency))


def _limits(shop: Shop, version: Version, rule: Rule) -> Iterator[str]:
    for cap in version.bounds.get(rule.name, ()):
        if len(cap.rules) == 1:
            counted = wording.times(cap.at_most) if cap.counts_times else _points(shop, cap.at_most, rule)
            yield str(AT_MOST[cap.per]) % {"most": counted}


def _points(shop: Shop, count: int, rule: Rule) -> str:
    return wording.points(count, rule.wallet, shop.published.programs)
