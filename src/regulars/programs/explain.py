"""Why points moved, as one sentence in the language that is active now.

The derivation is the engine's (`engine.explain`); here it only gets its words.
"""

import re
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from msgspec.structs import replace

from regulars.engine.explain import INWARD, Explanation, explain
from regulars.engine.goals import Pursuit
from regulars.engine.outcome import Entry
from regulars.engine.program import Programs
from regulars.programs import wording

WHOLE = {
    "adjust": _("Given by hand: %(points)s"),
    "adjust.reward": _("From a reward: %(points)s"),
    "adjust.reward.taken": _("Taken back with a reward: %(points)s"),
    "adjust.taken": _("Taken by hand: %(points)s"),
    "capture": _("Used, after being reserved: %(points)s"),
    "claim": _("Order %(order)s came back or was changed while what it gave was reserved: %(points)s taken back now"),
    "close": _("The membership ended: %(points)s forfeited"),
    "close.deficit": _("The membership ended: %(points)s no longer owed"),
    "close.paid_out": _("The membership ended: %(points)s paid out"),
    "correct": _("%(computed)s instead of %(recorded)s, by what is known now"),
    "correct.back": _("%(computed)s taken back instead of %(recorded)s, by what is known now"),
    "correct.back.order": _("Order %(order)s: %(computed)s taken back instead of %(recorded)s, by what is known now"),
    "correct.back.order.rule": _(
        "Order %(order)s: %(computed)s taken back instead of %(recorded)s, by what is known now (%(rule)s)"
    ),
    "correct.back.rule": _("%(rule)s: %(computed)s taken back instead of %(recorded)s, by what is known now"),
    "correct.because": _("%(computed)s instead of %(recorded)s, by what is known now (%(said)s)"),
    "correct.order": _("Order %(order)s: %(computed)s instead of %(recorded)s, by what is known now"),
    "correct.order.because": _(
        "Order %(order)s: %(computed)s instead of %(recorded)s, by what is known now (%(said)s)"
    ),
    "correct.order.rule": _("Order %(order)s: %(computed)s instead of %(recorded)s, by what is known now (%(rule)s)"),
    "correct.rule": _("%(rule)s: %(computed)s instead of %(recorded)s, by what is known now"),
    "earn.budget": _("%(said)s; no more than %(points)s, since the budget of %(campaign)s was used up"),
    "earn.capped": _("%(said)s; no more than %(points)s, since the limit is reached"),
    "earn.capped.by": _("%(said)s; no more than %(points)s, since the limit is reached (%(cap)s)"),
    "earn.fixed": _("%(rule)s: %(points)s"),
    "earn.goal": _("%(rule)s: the goal was reached (%(reached)s), %(points)s"),
    "earn.goal.again": _("%(rule)s: the goal was reached %(times)s (%(reached)s), %(points)s"),
    "earn.more": _("Order %(order)s changed: it earns %(keeps)s instead of %(kept)s (%(rule)s)"),
    "earn.multiply": _("%(rule)s: %(parts)s"),
    "earn.multiply.part": _("%(factor)s× on %(spend)s, at %(per_step)s for every %(step)s, adds %(points)s"),
    "earn.multiply.part.beside": _(
        "%(factor)s× beside other multipliers on %(spend)s, at %(per_step)s for every %(step)s, adds %(points)s"
    ),
    "earn.multiply.share": _("%(factor)s× on %(spend)s, at %(percent)s%%, adds %(points)s"),
    "earn.multiply.share.beside": _(
        "%(factor)s× beside other multipliers on %(spend)s, at %(percent)s%%, adds %(points)s"
    ),
    "earn.per_line": _("%(rule)s: counted line by line, %(points)s"),
    "earn.per_money": _("%(rule)s: %(spend)s at %(per_step)s for every %(step)s gives %(points)s"),
    "earn.per_unit": _("%(rule)s: %(units)s at %(per_step)s for every %(unit_step)s gives %(points)s"),
    "earn.per_unit.each": _("%(rule)s: %(units)s at %(per_step)s for every unit gives %(points)s"),
    "earn.percent": _("%(rule)s: %(percent)s%% of %(spend)s gives %(points)s"),
    "expire": _("Not used in time: %(points)s expired"),
    "hold": _("Reserved for a purchase that is under way: %(points)s"),
    "lapse": _("The reservation ran out: %(points)s"),
    "mature": _("Order %(order)s is settled: %(points)s can be used from now on"),
    "mature.other": _("No longer waiting: %(points)s can be used from now on"),
    "merge": _("Now with the membership that this one became part of: %(points)s"),
    "merge.in": _("From the membership that became part of this one: %(points)s"),
    "open": _("Brought along from before: %(points)s"),
    "receive": _("Received from another member: %(points)s"),
    "redeem": _("Used: %(points)s"),
    "redeem.again": _("Order %(order)s changed: %(points)s pay for it again"),
    "release": _("No longer reserved: %(points)s"),
    "repay": _("Used to settle what was owed from before: %(points)s"),
    "restore": _("Not used after all, and given back: %(points)s"),
    "restore.edit": _("Order %(order)s was changed or cancelled, which gives back what paid for it: %(points)s"),
    "restore.order": _("Order %(order)s had a return, which gives back what paid for that: %(points)s"),
    "reverse": _("Order %(order)s came back in part, which takes back %(back)s and leaves %(keeps)s (%(rule)s)"),
    "reverse.all": _("Order %(order)s had a return, which takes back %(kept)s (%(rule)s)"),
    "reverse.cancelled": _("Order %(order)s was cancelled, which takes back %(kept)s (%(rule)s)"),
    "reverse.edit": _("Order %(order)s was changed, which takes back %(back)s and leaves %(keeps)s (%(rule)s)"),
    "reverse.edit.all": _("Order %(order)s was changed, which takes back %(kept)s (%(rule)s)"),
    "reverse.goal": _("The goal is no longer reached (%(reached)s), which takes back %(kept)s (%(rule)s)"),
    "reverse.other": _("No longer due, which takes back %(kept)s (%(rule)s)"),
    "reverse.part": _("No longer due in full: %(keeps)s of %(kept)s remain (%(rule)s)"),
    "transfer": _("Passed on to another member: %(points)s"),
    "unmerge": _("The merge was undone; back to the other membership: %(points)s"),
    "unmerge.apart": _("The merge was undone; given again, since each may have it: %(points)s"),
    "unmerge.as_one": _("The merge was undone; taken back, since only both together had reached it: %(points)s"),
    "unmerge.in": _("The merge was undone; back from the other membership: %(points)s"),
}
# Where points were taken from, or went to, when it is not where one expects them.
FROM = {
    "charged": _("settled in money: %(points)s"),
    "claimed": _("reserved, to be taken back when that ends: %(points)s"),
    "deficit": _("owed from what is earned next: %(points)s"),
    "expired": _("expired before: %(points)s"),
    "written_off": _("spent already, and let go: %(points)s"),
}
TO = {
    "deficit": _("settle what was owed: %(points)s"),
    "expired": _("expired meanwhile: %(points)s"),
}
OUTWARD = frozenset({"adjust", "capture", "claim", "redeem", "reverse", "transfer"})
OWED_ALL = _("%(said)s; all of it owed from what is earned next")
# What an order no longer earns: what is still there of it goes at once, what was spent is owed.
TAKEN = _("taken now: %(points)s")
SPENT = _("spent already, and owed from what is earned next: %(points)s")
SPENT_ALL = _("%(said)s; all of it spent already, and owed from what is earned next")
# Within which window a goal was reached; a streak, in how many of them in a row.
WITHIN = {
    "day": _("%(steps)s in a day"),
    "week": _("%(steps)s in a week"),
    "month": _("%(steps)s in a month"),
    "year": _("%(steps)s in a year"),
    "lifetime": "%(steps)s",
}
IN_A_ROW = {
    "day": _("%(steps)s in each of %(streak)s days in a row"),
    "week": _("%(steps)s in each of %(streak)s weeks in a row"),
    "month": _("%(steps)s in each of %(streak)s months in a row"),
    "year": _("%(steps)s in each of %(streak)s years in a row"),
}
# What an order's own edits and refunds do with the points that paid for it.
AT_ORDERS = {"redeem": "redeem.again", "restore": "restore.order"}
# Credit that a copy of a reward, or a ticket of a draw, put in or took out again.
OF_REWARD = re.compile(r"adjust:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/credit(/back)?\|")
UNITS = frozenset({"units", "unit_step"})
# What two members have more, or less, when they are two again.
APART = {("issued", "merged"): ".apart", ("merged", "issued"): ".as_one"}
MONEY = frozenset({"spend", "step"})
POINTS = frozenset({"computed", "keeps", "kept", "per_step", "points", "recorded", "uncapped", "wanted"})


def said(entry: Entry, programs: Programs) -> str:
    """Why this entry was made, or would be."""
    return said_together([entry], programs)


def said_together(entries: Sequence[Entry], programs: Programs) -> str:
    """Why the entries of one identity and kind were made: points that were taken from several places, or went to
    several, are one thing to whoever reads it."""
    whole = entries[0]
    if len(entries) > 1:
        whole = replace(whole, points=sum(entry.points for entry in entries))
    explanation = explain(whole)
    text, parts = _worded(explanation, whole, programs), list[str]()
    for entry in sorted(entries, key=lambda entry: entry.source in FROM or entry.target in TO):
        aside = _aside(entry, is_all=entry.points == _taken(explanation))
        if aside is OWED_ALL or aside is SPENT_ALL:
            return str(aside) % {"said": text}
        if aside:
            parts.append(str(aside) % {"points": wording.points(entry.points, entry.wallet, programs)})
    if not parts:
        return text
    return gettext("%(said)s; of which %(parts)s") % {"said": text, "parts": gettext("; ").join(parts)}


def _aside(entry: Entry, *, is_all: bool) -> Promise | None:
    """What is to be said of the place that is not where one expects these points, or of a part that is."""
    if entry.kind in INWARD:
        return TO.get(entry.target)
    if entry.kind not in OUTWARD:
        return None
    is_back = entry.kind == "reverse"
    if entry.source == "deficit":
        return (SPENT_ALL if is_back else OWED_ALL) if is_all else SPENT if is_back else FROM["deficit"]
    return FROM.get(entry.source) or (TAKEN if is_back and not is_all else None)


def _taken(explanation: Explanation) -> int:
    """How many points its sentence says are taken."""
    told = explanation.parameters
    return int(told["kept"]) - int(told["keeps"]) if "kept" in told else int(told["points"])


def _worded(explanation: Explanation, entry: Entry, programs: Programs) -> str:
    code, because = _sentence(explanation, entry), explanation.because
    words = _words(explanation, entry, programs)
    if code in ("earn.multiply.part", "earn.multiply.share"):
        own = _own_factor(explanation, entry, programs)
        told = words["factor"].split(", ")
        if len(told) > 1 or (own and own != told[0]):
            code, words["factor"] = f"{code}.beside", own or wording.listed(told)
    if _rounded_up(explanation):
        words["points"] = gettext("%(points)s, rounded") % {"points": words["points"]}
    if code == "earn.multiply":
        words["parts"] = gettext("; ").join(_worded(part, entry, programs) for part in because)
    if code == "earn.budget":
        words["campaign"] = wording.campaign(words["campaign"], entry.version, programs)
    if code == "earn.capped" and (cap := wording.cap(words["cap"], entry.wallet, entry.version, programs)):
        code, words["cap"] = "earn.capped.by", cap
    if code in ("earn.budget", "earn.capped", "earn.capped.by") or code.endswith(".because"):
        words["said"] = _worded(because[0], entry, programs)
    if code in ("earn.goal", "earn.goal.again"):
        words["reached"], words["times"] = _reached(explanation, programs), wording.times(_times(explanation))
    if code == "reverse.goal":
        words["reached"] = _reached(because[0], programs)
    return str(WHOLE[code]) % words


def _sentence(explanation: Explanation, entry: Entry) -> str:
    """Which of the sentences of a code it is."""
    code, order = explanation.code, explanation.order
    if code == "reverse":
        code = _reversed(explanation, entry)
    elif code == "correct":
        code = _corrected(explanation, entry)
    elif code == "mature" and not order:
        code = "mature.other"
    elif code in ("merge", "unmerge"):
        code += APART.get((entry.source, entry.target), ".in" if entry.source == "merged" else "")
    elif code == "close" and entry.target != "forfeited":
        code += f".{entry.target}"
    elif code == "adjust":
        code += ".reward" if OF_REWARD.match(entry.identity) else ""
        code += ".taken" if entry.target == "issued" else ""
    elif code.startswith("earn."):
        code = _earned(explanation)
    elif code in AT_ORDERS and order:
        is_edit = code == "restore" and entry.identity.startswith("edit:")
        code = "restore.edit" if is_edit else AT_ORDERS[code]
    return code


def _own_factor(part: Explanation, entry: Entry, programs: Programs) -> str:
    """By how much the rule multiplies where no other one does, as the program says it; "" where it does not."""
    rules = {rule.name: rule for rule in programs.numbered(entry.version).rules}
    for factor in rules[part.rule].factors if part.rule in rules else ():
        if factor.base.name == part.parameters["base"]:
            return f"{(1 + Decimal(factor.numerator) / factor.denominator).normalize():f}"
    return ""


def _rounded_up(explanation: Explanation) -> bool:
    """Whether rounding made more of it than the whole steps give. What is counted line by line does not say so."""
    told, steps = explanation.parameters, explanation.parameters.get("steps", 0)
    if explanation.code == "earn.per_money":
        whole = Fraction(told["spend"]) / told["step"]
    elif explanation.code == "earn.per_unit":
        whole = Fraction(told["units"]) / told["unit_step"]
    elif explanation.code == "earn.percent":
        steps, whole = told["points"], Fraction(told["spend"]) * Fraction(told["percent"]) / 100
    elif explanation.code == "earn.multiply.part" and "," not in str(told["factor"]):
        share = Fraction(told["percent"]) / 100 if told["percent"] else Fraction(1, told["step"])
        whole = told["spend"] * (Fraction(told["factor"]) - 1) * share
    else:
        return False
    return steps > whole


def _earned(explanation: Explanation) -> str:
    code, told = explanation.code, explanation.parameters
    if code == "earn.goal" and _times(explanation) > 1:
        return "earn.goal.again"
    if code == "earn.per_unit" and told["unit_step"] == 1:
        return "earn.per_unit.each"
    return "earn.multiply.share" if code == "earn.multiply.part" and told["percent"] else code


def _reversed(explanation: Explanation, entry: Entry) -> str:
    left = explanation.because[0].code if explanation.because else ""
    is_all = not explanation.parameters["keeps"]
    if left == "order.cancelled":
        return "reverse.cancelled"
    if not explanation.order:
        return "reverse.part" if not is_all else "reverse.goal" if left == "earn.goal" else "reverse.other"
    if entry.identity.startswith("edit:"):
        return "reverse.edit.all" if is_all else "reverse.edit"
    return "reverse.all" if is_all else "reverse"


def _corrected(explanation: Explanation, entry: Entry) -> str:
    """What is said of a decision does not say what it comes to. What had been taken back goes the way of the entry only
    where more of it is."""
    code = ".order" if explanation.order else ""
    if explanation.because and f"{explanation.because[0].code}.".startswith(("earn.", "reverse.", "expire.")):
        return f"correct{code}.because"
    is_more = int(explanation.parameters["computed"]) > int(explanation.parameters["recorded"])
    back = ".back" if (entry.target if is_more else entry.source) == "issued" else ""
    return f"correct{back}{code}" + (".rule" if explanation.rule else "")


def _times(goal: Explanation) -> int:
    """How often a goal was reached by now, in its window."""
    told = [step.parameters for step in goal.because]
    return min([int(step["amount"]) // int(step["each"] or step["amount"]) for step in told], default=1)


def _reached(goal: Explanation, programs: Programs) -> str:
    """What a goal asks for; where it is not reached, what is there of it."""
    steps, is_met = [], bool(goal.parameters["points"])
    for step in goal.because:
        told = step.parameters
        measure, amount, missing = str(told["measure"]), int(told["amount"]), int(told["missing"])
        needed = _measured(measure, amount, programs)
        if is_met:
            steps.append(needed)
        elif missing:
            count = amount - missing
            had = wording.money(count, programs.currency) if measure == "spend" else f"{count:,}"
            steps.append(gettext("%(count)s of %(needed)s") % {"count": had, "needed": needed})
    words = {"steps": gettext(", ").join(steps), "streak": goal.parameters["streak"]}
    form = (IN_A_ROW if goal.parameters["streak"] else WITHIN)[str(goal.parameters["per"])]
    return str(form) % words


def far_from(pursuit: Pursuit, programs: Programs) -> str:
    """How far a goal is: "7 of 8 units in a month"."""
    goal = pursuit.rule.goal
    assert goal is not None
    because = tuple(
        Explanation("goal.step", "", "", {"measure": measure, "amount": amount, "missing": max(amount - count, 0)})
        for measure, count, amount in pursuit.steps
    )
    told = Explanation("earn.goal", "", "", {"points": 0, "per": goal.per, "streak": goal.streak}, because)
    return _reached(told, programs) if any(step.parameters["missing"] for step in because) else ""


def _measured(measure: str, amount: int, programs: Programs) -> str:
    if measure == "spend":
        return gettext("%(money)s spent") % {"money": wording.money(amount, programs.currency)}
    if measure == "orders":
        return ngettext("%(count)s order", "%(count)s orders", amount) % {"count": f"{amount:,}"}
    return wording.units(amount) if measure == "units" else wording.times(amount)


def _words(explanation: Explanation, entry: Entry, programs: Programs) -> dict[str, str]:
    def shown(name: str, value: int | str) -> str:
        if name in MONEY:
            return wording.money(int(value), programs.currency)
        if name in UNITS:
            return wording.units(int(value))
        return wording.points(int(value), entry.wallet, programs) if name in POINTS else str(value)

    back = {"back": shown("points", _taken(explanation))} if "kept" in explanation.parameters else {}
    return {name: shown(name, value) for name, value in explanation.parameters.items()} | {
        **back,
        "rule": wording.rule(explanation.rule, entry.version, programs),
        "order": wording.order(explanation.order),
    }
