"""The pages that are written from the grammar: every word of a document, and every problem that one may have."""

import re
from collections.abc import Iterator
from typing import Any

from regulars.engine.problems import CODES
from regulars.programs.problems import SENTENCES
from regulars.programs.schema import program_schema

HEAD = """\
# The program document, word by word

`./run schema --page` writes this page from the grammar. A word in **bold** must be said; all others may be left out.
Every value is text: quotes are only needed around what YAML would take apart, such as a comma inside of braces. How the
parts work is told, with worked tables, in [the rules](rules/).

[The tea house](../src/regulars/programs/presets/tea-house.yaml) is an example that uses most of it.
"""
PROBLEMS = """\
# What may be wrong with a program or a story

`./run schema --problems` writes this page. Each problem has a **code** that never changes its meaning. With `--json`
it comes with its `line` and `path`, the `value` that stands there, what is `allowed` (all of it, or examples), and the
`message`, which is the last column in the reader's language. Programs are written [word by word](document.md), stories
[step by step](stories.md); what makes no sense as a whole has [worked tables](publishing.md), and so has what is
[refused](refusals.md).

| code | when | what is said |
|---|---|---|
"""
GAP = re.compile(r"%\(\w+\)s")
TITLES = {
    "Document": "A program",
    "TierSet": "One of `tiers`",
    "Rule": "One of `earn`",
    "When": "`when`, wherever it stands",
    "Joining": "`enrolment`, as conditions",
    "Earlier": "`earlier_orders`",
    "Level": "One of `levels`",
    "Step": "One of a goal's `steps`",
    "Goal": "`goal`",
    "Cap": "One of `caps`",
    "Campaign": "One of `campaigns`",
    "Referral": "`referral`",
    "Benefit": "One of `benefits`",
    "Reward": "One of `rewards`",
    "Gives": "`gives`, of rewards and coupons",
    "Prize": "One of a draw's prizes",
    "Coupon": "One of `coupons`",
    "Stacking": "`stacking`",
    "Wallet": "One of `wallets`",
    "Spend": "`spend` of a wallet",
}


# What a phrase looks like, by the word it stands at.
EXAMPLES = {
    "activity": "review", "approve_above": "500 points", "at_least": "100 points", "at_most": "1000",
    "attribute": "{hair: dry}", "attributes": "{hair: [dry, oily]}", "before_joining": "30 days",
    "benefit": "free-shipping", "brand": "Alishan", "budget": "10000 TWD", "campaign": "spring", "cap": "monthly",
    "category": "[oolong, black-tea]", "channel": "store", "claim": "30 days", "code": "SPRING", "costs": "150 points",
    "country": "TW", "currency": "TWD", "engagement": "{review: 2}", "expires": "12 months, end of month",
    "floor": "silver", "from": "2026-05-01", "funded_by": "the order's partner", "give": "1 point per 100 TWD",
    "gives": "{product: TEA-SAMPLER}", "grace": "30 days", "grace_on_return": "30 days", "grows_by": "spend",
    "hours": "14:00-17:00", "limit": "3 per month", "multiply": "{base: 2}", "multiply_at_most": "3",
    "name": "{en: Tea House Rewards}", "needs": "[birthday, country]", "nth_order": "every 5", "on": "activity review",
    "order_at_least": "500 TWD", "order_at_most": "500 TWD", "orders": "3", "partner": "bakery", "payment": "card",
    "pending": "7 days", "per day": "1000 points", "per month": "1000 points", "per week": "1000 points",
    "per year": "1000 points", "plan": "plus", "product": "OOLONG-150", "program": "tea-house",
    "quantity_at_least": "2", "reach": "10000", "retain": "8000", "reward": "tea-sampler", "rule": "base",
    "rules": "[base, double-tea]", "segment": "press", "set": "status", "share_of_order": "50%", "spend": "3000 TWD",
    "step": "100 points", "store": "ximen", "streak": "4", "tag": "new", "tier": "[silver, gold]", "times": "3",
    "timezone": "Asia/Taipei", "unit": "{en: [point, points]}", "units": "10", "until": "2026-05-31",
    "valid": "12 months", "visit": "[check-in]", "wallet": "points", "weekday": "[sat, sun]",
    "renewed_by": "[orders, spending]", "window": "rolling 12 months", "within": "60 days", "worth": "10 TWD per 100",
    "buy": "2", "cash": "300 TWD", "cheapest": "1", "coupon": "spring", "credit": "100 points",
    "costs_for": "{gold: 120 points}", "discount": "10%", "donation": "100 TWD", "early_access": "OOLONG-150",
    "event": "spring-tasting", "get": "1", "gift_card": "500 TWD", "group": "seasonal", "groups": "{seasonal: highest}",
    "length": "12", "limit_of_all": "100 per month", "member_for": "30 days", "months": "3", "odds": "1 in 200",
    "of": "3", "off": "50%", "order": "[percent, amount]", "picture": "{en: /pictures/cup.jpg}",
    "points_at_least": "100", "prefix": "SP-", "prize": "cup", "product_from": "cake", "quantity": "1",
    "shown_from": "2026-05-01", "shown_until": "2026-05-31", "stock": "100", "terms": "{en: One per visit.}",
    "to": "forest", "voucher": "cinema",
}  # fmt: skip


def reference() -> str:
    found = program_schema()
    parts = [_part(TITLES[name], part) for name, part in found["$defs"].items()]
    return "\n".join([HEAD, *parts])


def problems() -> str:
    """The page of all codes, in English."""
    return PROBLEMS + "".join(
        f"| `{code}` | {when} | {GAP.sub('…', str(SENTENCES[code])).replace('%%', '%')} |\n"
        for code, when in CODES.items()
    )


def _part(title: str, part: dict[str, Any]) -> str:
    must = part.get("required", [])
    rows = [_row(word, said, word in must) for word, said in part["properties"].items()]
    return "\n".join([f"# {title}", "", "| word | what it says | it is |", "|---|---|---|", *rows, ""])


def _row(word: str, said: dict[str, Any], must: bool) -> str:
    name = f"**`{word}`**" if must else f"`{word}`"
    allowed = list(dict.fromkeys(_allowed(said)))
    if not allowed:
        allowed = [f"such as `{EXAMPLES[word]}`"]
    usual = f" (`{said['default']}` unless said)" if isinstance(said.get("default"), str) else ""
    return f"| {name} | {said.get('description', '')} | {' or '.join(allowed)}{usual} |"


def _allowed(said: dict[str, Any]) -> Iterator[str]:
    """Words of a closed list, and parts; nothing for phrases."""
    if "anyOf" in said:
        for one in said["anyOf"]:
            yield from _allowed(one)
    elif "enum" in said:
        yield ", ".join(f"`{value}`" for value in said["enum"] if isinstance(value, str) and value)
    elif "$ref" in said:
        yield f"[a part]({_anchor(TITLES[said['$ref'].rpartition('/')[2]])})"
    elif said.get("type") == "array":
        yield from (f"a list, each {one}" for one in _allowed(said["items"]))
    elif said.get("type") == "object":
        yield from (f"names, each with {one}" for one in _allowed(said.get("additionalProperties", {})))


def _anchor(title: str) -> str:
    """Where the page has it."""
    return "#" + "".join(letter for letter in title.lower() if letter.isalnum() or letter in " _-").replace(" ", "-")
