"""Why a rule gave nothing for an order, as a phrase in the language that is active now.

Codes and parameters are the engine's (`engine.lacking`); here they only get their words.
"""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from regulars.engine.derivation import Explanation
from regulars.engine.lacking import Unearned
from regulars.engine.program import Programs, Rule
from regulars.programs import wording

PHRASES = {
    "lacks.any": _("needs one of: %(wanted)s"),
    "lacks.attribute": _("needs %(attribute)s %(wanted)s"),
    "lacks.base": _("multiplies %(rules)s, and there is nothing of that here"),
    "lacks.brand": _("needs a line of the brand %(wanted)s"),
    "lacks.budget": _("the budget of %(campaign)s is used up"),
    "lacks.category": _("needs a line of the category %(wanted)s"),
    "lacks.channel": _("needs the channel %(wanted)s"),
    "lacks.code": _("needs the code %(wanted)s"),
    "lacks.country": _("needs the country %(wanted)s"),
    "lacks.from": _("needs %(wanted)s or later"),
    "lacks.goods": _("there are no goods that count"),
    "lacks.hours": _("needs the hours %(wanted)s"),
    "lacks.member": _("needs somebody who is a member"),
    "lacks.not": _("not for %(wanted)s"),
    "lacks.nth_order": _("needs the order with the number %(wanted)s"),
    "lacks.order_at_least": _("needs %(least)s, had %(spend)s"),
    "lacks.order_at_most": _("needs no more than %(most)s, had %(spend)s"),
    "lacks.paid": _("needs goods that cost something"),
    "lacks.partner": _("needs the partner %(wanted)s"),
    "lacks.payment": _("must be paid, at least in part, by %(wanted)s"),
    "lacks.plan": _("needs the plan %(wanted)s"),
    "lacks.product": _("needs the product %(wanted)s"),
    "lacks.quantity_at_least": _("needs %(wanted)s of what is asked for, had %(had)s"),
    "lacks.room": _("the limit is reached"),
    "lacks.room.by": _("the limit is reached (%(cap)s)"),
    "lacks.segment": _("needs the segment %(wanted)s"),
    "lacks.step": _("gives for every %(step)s, had %(spend)s"),
    "lacks.store": _("needs the store %(wanted)s"),
    "lacks.tag": _("needs a line with the tag %(wanted)s"),
    "lacks.tier": _("needs the tier %(wanted)s"),
    "lacks.together": _("needs one line with all of: %(wanted)s"),
    "lacks.units": _("gives for every %(wanted)s, had %(had)s"),
    "lacks.unpaid": _("needs an order that is paid"),
    "lacks.until": _("needs %(wanted)s or earlier"),
    "lacks.weekday": _("needs %(wanted)s"),
}
MONEY = frozenset({"least", "most", "spend", "step"})
UNITS = frozenset({"lacks.quantity_at_least", "lacks.units"})


def said(one: Unearned, version: int, programs: Programs) -> str:
    """All that it lacked: "needs a line of the category tea, had cups; needs NT$500, had NT$430"."""
    return gettext("; ").join(each(lack, one.rule, version, programs) for lack in one.because)


def each(lack: Explanation, rule: Rule, version: int, programs: Programs) -> str:
    code, words = lack.code, {name: str(value) for name, value in lack.parameters.items()}
    words |= {name: wording.money(int(words[name]), programs.currency) for name in MONEY & words.keys()}
    if code in UNITS:
        return str(PHRASES[code]) % {name: wording.units(int(count)) for name, count in words.items()}
    if code == "lacks.room" and (cap := wording.cap(words["cap"], rule.wallet, version, programs)):
        code, words["cap"] = "lacks.room.by", cap
    if "campaign" in words:
        words["campaign"] = wording.campaign(words["campaign"], version, programs)
    if "rules" in words:
        words["rules"] = wording.one_of([wording.rule(name, version, programs) for name in words["rules"].split(", ")])
    if "had" not in words:
        return str(PHRASES[code]) % words
    words["wanted"] = wording.one_of(_called(code, words["wanted"], programs))
    text = str(PHRASES[code]) % words
    had = gettext(", ").join(_called(code, words["had"], programs))
    return gettext("%(said)s, had %(had)s") % {"said": text, "had": had} if had else text


def _called(code: str, names: str, programs: Programs) -> list[str]:
    """Names as the reader knows them."""
    said = names.split(", ") if names else []
    if code == "lacks.weekday":
        return [wording.weekday(name) for name in said]
    if code == "lacks.nth_order":
        return [_numbers(name) for name in said]
    return [wording.tier(name, programs) for name in said] if code == "lacks.tier" else said


def _numbers(nth: str) -> str:
    """ "3, 6, 9 …" of `every 3`: which orders those are."""
    if not nth.startswith("every "):
        return nth
    each = int(nth.removeprefix("every "))
    return f"{gettext(', ').join(str(each * times) for times in (1, 2, 3))} …"
