"""Why points moved, as one sentence in the language that is active now.

The derivation is the engine's (`engine.explain`); here it only gets its words.
"""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from regulars.engine.explain import INWARD, Explanation, explain
from regulars.engine.outcome import Entry
from regulars.engine.program import Programs
from regulars.programs import wording

WHOLE = {
    "adjust": _("Given by hand: %(points)s"),
    "adjust.taken": _("Taken by hand: %(points)s"),
    "capture": _("Used, after being reserved: %(points)s"),
    "claim": _("Order %(order)s came back while its points were reserved: %(points)s taken back now"),
    "close": _("The membership ended: %(points)s forfeited"),
    "close.deficit": _("The membership ended: %(points)s no longer owed"),
    "close.paid_out": _("The membership ended: %(points)s paid out"),
    "correct": _("Counted again, because something arrived late: %(computed)s instead of %(recorded)s"),
    "earn.budget": _("%(said)s; no more than %(points)s, since the budget of %(campaign)s was used up"),
    "earn.capped": _("%(said)s; no more than %(points)s, since the limit is reached"),
    "earn.fixed": _("%(rule)s: %(points)s"),
    "earn.goal": _("%(rule)s: the goal was reached, %(points)s"),
    "earn.more": _("Order %(order)s changed: it earns %(keeps)s instead of %(kept)s (%(rule)s)"),
    "earn.multiply": _("%(rule)s: %(parts)s"),
    "earn.multiply.part": _("%(factor)s× on %(spend)s adds %(points)s"),
    "earn.per_line": _("%(rule)s: counted line by line, %(points)s"),
    "earn.per_money": _("%(rule)s: %(spend)s at %(per_step)s for every %(step)s gives %(points)s"),
    "earn.per_unit": _("%(rule)s: %(units)s units, %(per_step)s for every %(unit_step)s, gives %(points)s"),
    "earn.percent": _("%(rule)s: %(percent)s%% of %(spend)s gives %(points)s"),
    "expire": _("Not used in time: %(points)s expired"),
    "hold": _("Reserved for a purchase that is under way: %(points)s"),
    "lapse": _("The reservation ran out: %(points)s"),
    "mature": _("Order %(order)s is settled: %(points)s can be used from now on"),
    "mature.other": _("No longer waiting: %(points)s can be used from now on"),
    "merge": _("Now with the membership that this one became part of: %(points)s"),
    "merge.in": _("From the membership that became part of this one: %(points)s"),
    "receive": _("Received from another member: %(points)s"),
    "redeem": _("Used: %(points)s"),
    "redeem.again": _("Order %(order)s changed: %(points)s pay for it again"),
    "release": _("No longer reserved: %(points)s"),
    "repay": _("Used to settle what was owed from before: %(points)s"),
    "restore": _("Given back, since what they paid for was undone: %(points)s"),
    "restore.order": _("Order %(order)s came back, which gives back what paid for it: %(points)s"),
    "reverse": _("Order %(order)s came back in part: it keeps %(keeps)s of %(kept)s (%(rule)s)"),
    "reverse.all": _("Order %(order)s came back, which takes back %(kept)s (%(rule)s)"),
    "reverse.other": _("No longer due, which takes back %(kept)s (%(rule)s)"),
    "transfer": _("Passed on to another member: %(points)s"),
    "unmerge": _("Back to the membership that is one of its own again: %(points)s"),
    "unmerge.apart": _("What two memberships have apart, and had not as one: %(points)s"),
    "unmerge.as_one": _("What two memberships had as one, and have not apart: %(points)s"),
    "unmerge.in": _("Back from the membership that this one had been part of: %(points)s"),
}
# Where points were taken from, or went to, when it is not where one expects them.
FROM = {
    "charged": _("%(said)s; of which settled in money: %(points)s"),
    "claimed": _("%(said)s; of which reserved, to be taken back when they are free: %(points)s"),
    "deficit": _("%(said)s; owed from what is earned next: %(points)s"),
    "expired": _("%(said)s; of which expired before: %(points)s"),
    "written_off": _("%(said)s; of which let go, since they were spent: %(points)s"),
}
TO = {
    "deficit": _("%(said)s; of which settle what was owed: %(points)s"),
    "expired": _("%(said)s; of which expired meanwhile: %(points)s"),
}
OUTWARD = frozenset({"adjust", "capture", "claim", "redeem", "reverse", "transfer"})
# What an order's own edits and refunds do with the points that paid for it.
AT_ORDERS = {"redeem": "redeem.again", "restore": "restore.order"}
# What two members have more, or less, when they are two again.
APART = {("issued", "merged"): ".apart", ("merged", "issued"): ".as_one"}
MONEY = frozenset({"spend", "step"})
POINTS = frozenset({"computed", "keeps", "kept", "per_step", "points", "recorded", "uncapped", "wanted"})


def said(entry: Entry, programs: Programs) -> str:
    """Why this entry was made, or would be."""
    explanation = explain(entry)
    text = _worded(explanation, entry, programs)
    aside = FROM.get(entry.source) if entry.kind in OUTWARD else TO.get(entry.target) if entry.kind in INWARD else None
    if aside is None:
        return text
    moved = wording.points(entry.points, entry.wallet, programs)
    return str(aside) % {"said": text, "points": moved}


def _worded(explanation: Explanation, entry: Entry, programs: Programs) -> str:
    code = explanation.code
    if code == "reverse" and not explanation.parameters.get("keeps"):
        code = "reverse.all" if explanation.order else "reverse.other"
    elif code == "mature" and not explanation.order:
        code = "mature.other"
    elif code in ("merge", "unmerge"):
        code += APART.get((entry.source, entry.target), ".in" if entry.source == "merged" else "")
    elif code == "close" and entry.target != "forfeited":
        code += f".{entry.target}"
    elif code == "adjust" and entry.target == "issued":
        code = "adjust.taken"
    elif code in AT_ORDERS and explanation.order:
        code = AT_ORDERS[code]
    words = _words(explanation, entry, programs)
    if code == "earn.multiply":
        words["parts"] = gettext("; ").join(_worded(part, entry, programs) for part in explanation.because)
    if code == "earn.budget":
        words["campaign"] = wording.campaign(words["campaign"], entry.version, programs)
    if code in ("earn.budget", "earn.capped"):
        words["said"] = _worded(explanation.because[0], entry, programs)
    return str(WHOLE[code]) % words


def _words(explanation: Explanation, entry: Entry, programs: Programs) -> dict[str, str]:
    def shown(name: str, value: int | str) -> str:
        if name in MONEY:
            return wording.money(int(value), programs.currency)
        return wording.points(int(value), entry.wallet, programs) if name in POINTS else str(value)

    return {name: shown(name, value) for name, value in explanation.parameters.items()} | {
        "rule": wording.rule(explanation.rule, entry.version, programs),
        "order": wording.order(explanation.order),
    }
