"""What only some of the random stories have: bounds, occasions, funders, and whatever else a program may say.

A plain story stays plain: everything here is drawn after it, and nothing at all if the story says so first.
"""

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from regulars.engine.facts import (
    Activity,
    Details,
    Effect,
    Enrolment,
    Fact,
    Fulfilment,
    Line,
    Order,
    Payment,
    PlanStanding,
    SegmentStanding,
)

if TYPE_CHECKING:
    from tests.engine.histories import Choices

Tree = dict[str, Any]
UNITS = {"points": "point", "credits": "credit", "balance": "balance"}
DATES = ["end of next month", "31 March, earned before 29 January", "1 month, next 30 June", "2017-10-29", "never"]
PERIODS = ["day", "week", "month", "year", "lifetime"]
AT_MOST = {"points": ["40", "35", "100", "1000"], "credits": ["50", "33", "200"], "balance": ["0.40", "5", "100.01"]}
OCCASIONS = ["activity visit", "birthday", "profile", "referral", "plan premium", "anniversary", "enrolment"]
# Some of which no program declares.
DIETS: list[dict[str, str]] = [{}, {"diet": "vegan"}, {"diet": ""}, {"diet": "beef", "name": "lin"}]


# Programs


def widened(choose: "Choices", tree: Tree) -> Tree:
    """The same program with more in it."""
    wide: Tree = {"attributes": {"diet": ["vegan"]}}
    wide |= {"wallets": {name: waiting(choose, wallet) for name, wallet in tree["wallets"].items()}}
    if choose.rarely(3):
        wide["wallets"]["balance"] = {"money": "true"} | choose.pick([{}, {"expires": "3 months"}])
    names = list(wide["wallets"])
    rules = [rule_with_more(choose, rule) for rule in tree["earn"]]
    rules += [another(choose, names, place) for place in range(choose.upto(4))]
    rules += [goal(choose, names, place) for place in range(choose.pick([0, 0, 1, 2]))]
    rules = [limited(choose, rule) for rule in rules]
    more = {"referral": {"within": "60 days"}}
    wide |= {"tiers": [tier_set | {"levels": levels(choose, names, tier_set)} for tier_set in tree["tiers"]]}
    return tree | wide | more | combining(choose) | {"earn": rules, "caps": caps(choose, names, rules)}


def levels(choose: "Choices", names: list[str], tier_set: Tree) -> list[Tree]:
    """Some tiers let points last otherwise."""
    return [
        level | ({"expires": {choose.pick(names): choose.pick(["2 months", *DATES])}} if choose.rarely(6) else {})
        for level in tier_set["levels"]
    ]


def waiting(choose: "Choices", wallet: Tree) -> Tree:
    return wallet | ({"pending": "until fulfilled"} if choose.rarely(6) else {}) | lasting(choose)


def lasting(choose: "Choices") -> Tree:
    """Until a date, or as long as the member is active."""
    if choose.rarely(3):
        said = choose.pick(["1 month", "2 months", "40 days, end of month", "28 days, end of quarter"])
        length, comma, rounded = said.partition(",")
        renewed = choose.pick([{}, {}, {"renewed_by": ["orders", "activity visit"]}, {"renewed_by": "activity visit"}])
        return {"expires": f"{length} after the last activity{comma}{rounded}"} | renewed
    return {"expires": choose.pick(DATES)} if choose.rarely(4) else {}


def combining(choose: "Choices") -> Tree:
    how = choose.pick(["add", "add", "best", "multiply"])
    return {"multipliers": how} | choose.pick([{}, {}, {"multiply_at_most": "2.25"}, {"multiply_at_most": "1.6"}])


def rule_with_more(choose: "Choices", rule: Tree) -> Tree:
    """The rules of the plain story: other bases and roundings, terms and conditions of their own."""
    more: Tree = {}
    if rule.get("on", "order") == "order":
        if "give" in rule and " per " in rule["give"]:
            more = {"basis": choose.pick(["net", "net", "gross", "with shipping", "without tax"])}
            if not rule["rule"].startswith("base") and choose.rarely(3):
                more["round"] = choose.pick(["down per line", "half up per line"])
        if choose.rarely(4):
            more["when"] = (rule.get("when") or {}) | condition(choose)
        if choose.rarely(6):
            more["pending"] = choose.pick(["none", "2 days", "until fulfilled"])
        if "multiply" in rule and choose.rarely(5):
            more["multiply"] = choose.pick(["2", "1.5"])
    return rule | more | own_terms(choose)


def own_terms(choose: "Choices") -> Tree:
    terms = {"expires": choose.pick(["1 month", "never", "40 days", *DATES])} if choose.rarely(6) else {}
    return terms | ({"funded_by": choose.pick(["roaster", "bakery"])} if choose.rarely(5) else {})


def limited(choose: "Choices", rule: Tree) -> Tree:
    if rule.get("on") == "profile" or not choose.rarely(4):
        return rule
    period = choose.pick(PERIODS)
    return rule | {"limit": choose.pick(["once", f"1 per {period}", f"2 per {period}"])}


def another(choose: "Choices", names: list[str], place: int) -> Tree:
    """A rule on units, a share of money, or for an occasion."""
    name, kind = choose.pick(names), choose.pick(["occasion", "occasion", "units", "share", "lines"])
    unit = UNITS[name]
    rule: Tree = {"rule": f"{kind}-{place}"}
    if kind == "occasion":
        rule |= {"on": choose.pick(OCCASIONS), "give": f"{choose.pick(['5', '30', '1'])} {unit}"}
        if rule["on"] == "profile":
            rule["needs"] = choose.pick([["birthday"], ["country", "diet"], ["birthday", "country"]])
        if choose.rarely(4):
            rule["when"] = of_member(choose)
        if choose.rarely(4):
            rule["pending"] = choose.pick(["2 days", "36 hours"])
        return rule | own_terms(choose)
    if kind == "units":
        rule["give"] = choose.pick([f"1 {unit} per unit", f"2 {unit} per 3 units"])
        rule["round"] = choose.pick(["down per order", "half up per order", "down per line", "half up per line"])
    elif kind == "share":
        share = name if name == "balance" else ""
        rule["give"] = f"{choose.pick(['5', '1.5', '0.125'])}% {share}" if share else f"1 {unit} per 1 TWD"
    else:
        rule |= {"give": f"1 {unit} per 1.5 TWD", "round": choose.pick(["down per line", "half up per line"])}
    return rule | ({"when": condition(choose)} if choose.rarely(3) else {}) | own_terms(choose)


def goal(choose: "Choices", names: list[str], place: int) -> Tree:
    """Most often another one than the version before had; how long its points wait and last is said anew."""
    rule = choose.goals.get(place)
    if rule is None or rule["give"].split(" ")[1] not in [UNITS[name] for name in names] or choose.rarely(2):
        rule = choose.goals[place] = another_goal(choose, names, place)
    counts_orders = "on" not in rule
    if choose.rarely(3):
        rule = rule | {"pending": choose.pick(["2 days", *(["none", "until fulfilled"] if counts_orders else [])])}
    return rule | ({"expires": choose.pick(["1 month", "never"])} if choose.rarely(4) else {})


def another_goal(choose: "Choices", names: list[str], place: int) -> Tree:
    kind = choose.pick(["spend", "spend", "orders", "units", "streak", "steps", "visits"])
    give = f"{choose.pick(['5', '30', '1'])} {UNITS[choose.pick(names)]}"
    aim: Tree = {"per": choose.pick(["month", "lifetime", "year", "week", "day"])}
    aim |= choose.pick([{"repeat": "true"}, {"repeat": "true"}, {}])
    rule: Tree = {"rule": f"goal-{place}", "give": give, "goal": aim}
    if kind == "spend":
        aim["spend"] = choose.pick(["25", "10", "3.33", "0.05"])
    elif kind in ("orders", "units"):
        aim[kind] = choose.pick(["2", "1", "3"])
    elif kind == "streak":
        aim |= {"orders": "1", "streak": "2", "per": choose.pick(["month", "year", "week", "day"])}
    elif kind == "steps":
        aim["steps"] = [{"units": choose.pick(["2", "1"])}, {"activity": "visit"}]
        aim["steps"][0] |= {"when": condition(choose)} if choose.rarely(2) else {}
    else:
        rule["on"] = "activity visit"
        aim["times"] = choose.pick(["2", "1"])
    if choose.rarely(3):
        rule["when"] = of_member(choose) if kind in ("steps", "visits") else condition(choose)
    return rule | ({"funded_by": "roaster"} if choose.rarely(5) else {})


def of_member(choose: "Choices") -> Tree:
    return dict(
        [
            choose.pick(
                [
                    ("plan", "premium"),
                    ("segment", ["press", "staff"]),
                    ("attribute", {"diet": ["vegan"]}),
                    ("country", "TW"),
                    ("hours", "02:00-12:00"),
                    ("not", {"segment": "press"}),
                ]
            )
        ]
    )


def condition(choose: "Choices") -> Tree:
    if choose.rarely(3):
        return of_member(choose)
    return dict(
        [
            choose.pick(
                [
                    ("nth_order", "1"),
                    ("nth_order", ["every 2", "3"]),
                    ("quantity_at_least", "3"),
                    ("order_at_most", "30"),
                    ("tag", "new"),
                    ("partner", "roaster"),
                    ("payment", ["card"]),
                    ("store", "north"),
                    ("any", [{"tag": "new"}, {"nth_order": "2"}]),
                    ("hours", "22:00-02:00"),
                    ("brand", "house"),
                ]
            )
        ]
    )


def caps(choose: "Choices", names: list[str], rules: list[Tree]) -> list[Tree]:
    """Each gives way to no fixed gift: none is above what a cap allows."""
    found = []
    for _ in range(choose.pick([0, 1, 1, 2, 3])):
        wallet = choose.pick(names)
        cap: Tree = {"at_most": choose.pick(AT_MOST[wallet]), "per": choose.pick(["order", *PERIODS])}
        mine = [rule for rule in rules if rule.get("give", "").split(" ")[1:2] in ([wallet], [UNITS[wallet]])]
        if wallet == "balance" and any(is_fixed(rule) for rule in mine):
            cap["at_most"] = "100.01"
        if choose.rarely(3) and mine:
            cap["rules"] = [choose.pick(mine)["rule"], choose.pick(mine)["rule"]]
        else:
            cap["wallet"] = wallet
        found.append(cap | choose.pick([{}, {"over": "reject"}]))
    bounds = {(cap.get("wallet", ""), *cap.get("rules", ()), cap["per"]): cap for cap in found}
    return list(bounds.values())


def is_fixed(rule: Tree) -> bool:
    return " per " not in rule["give"] and "%" not in rule["give"]


# What happens


def wider_history(choose: "Choices", facts: list[Fact], zone: str) -> list[Fact]:
    """The same orders in more detail, and what else happens to a member."""
    found = [wider_order(choose, fact) if isinstance(fact, Order) else fact for fact in facts]
    found += [details(choose, f"{place}", choose.instant(zone)) for place in range(choose.pick([0, 1, 2, 3]))]
    for place in range(choose.pick([0, 1, 2, 3])):
        found.append(plan(choose, f"{place}", zone, found))
    for place in range(choose.pick([0, 0, 1, 2])):
        segment = choose.pick(["press", "press", "staff"])
        found.append(SegmentStanding(f"{place}", segment, choose.instant(zone), not choose.rarely(3)))
    for place in range(choose.pick([0, 1, 2, 4, 6])):
        where = {"channel": choose.pick(["web", "store"]), "country": choose.pick(["", "TW"])}
        found.append(Activity(f"V{place}", choose.pick(["visit", "visit", "share"]), choose.instant(zone), **where))
    for place in range(choose.pick([0, 1, 2, 3])):
        cause = choose.pick(["F1", "F2"])
        found.append(Effect(f"E{place}", "referral", choose.instant(zone), cause, choose.rarely(3)))
    # The last of them are the first by their own names.
    handed = zip("DCBA", ("A", "B", "C", "D")[: choose.upto(4)], strict=False)
    found += [Fulfilment(f"G{name}", f"shop/{key}", choose.instant(zone)) for name, key in handed]
    return [with_earlier_orders(choose, fact, zone) if isinstance(fact, Enrolment) else fact for fact in found]


def with_earlier_orders(choose: "Choices", joins: Enrolment, zone: str) -> Enrolment:
    return replace(joins, since=min(choose.instant(zone), joins.at)) if choose.rarely(2) else joins


def wider_order(choose: "Choices", order: Order) -> Order:
    if not choose.rarely(2):
        return order
    return replace(
        order,
        lines=tuple(wider_line(choose, line) for line in order.lines),
        store=choose.pick(["", "north"]),
        partner=choose.pick(["", "roaster"]),
        country=choose.pick(["", "TW", "JP"]),
        payments=choose.pick([(), (Payment("card", 100),), (Payment("cash", 1), Payment("card", 2))]),
    )


def wider_line(choose: "Choices", line: Line) -> Line:
    if not choose.rarely(2):
        return line
    return replace(
        line,
        brand=choose.pick(["", "house"]),
        tags=choose.pick([(), ("new",), ("old", "new")]),
        discount=choose.pick([0, 50, 333]),
        tax=choose.pick([0, 5, 47]),
        kind=choose.pick(["goods", "goods", "goods", "shipping", "gift_card", "fee"]),
    )


def details(choose: "Choices", key: str, at: int) -> Details:
    birthday = choose.pick([(2, 29), (12, 31), (3, 26), (1, 1), None])
    return Details(key, at, birthday, choose.pick(["TW", "", "JP"]), choose.pick(DIETS))


def plan(choose: "Choices", key: str, zone: str, known: list[Fact]) -> PlanStanding:
    """Some are renewed at the very instant at which they end."""
    ends = [fact.until for fact in known if isinstance(fact, PlanStanding) and fact.until]
    at = choose.pick(ends) if ends and choose.rarely(2) else choose.instant(zone)
    return PlanStanding(
        key, choose.pick(["premium", "premium", "basic"]), at, choose.pick([None, choose.instant(zone)])
    )
