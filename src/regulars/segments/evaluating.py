"""Who is in a segment at an instant: one statement over members, accounts, orders and traits.

Every condition becomes a joined set and what is asked of it, out of our own words; what people wrote goes in as values.
Windows are local days: "within 30 days" begins at the midnight of the thirtieth day before today. The classes of
recency, frequency and money are those of the figure (docs/metrics/rfm.md): its borders are asked of the lake.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from msgspec import Struct, field

from regulars.engine.calendar import date_of, datetime_of, day_of
from regulars.insight.figures.rfm import SEGMENTS, Rfm
from regulars.segments.definition import Condition, Definition, Ground, Group, amount
from regulars.segments.vocabulary import NO_TIER

EVERYBODY = """
FROM members_member AS m
JOIN ledger_account AS a ON a.program_id = m.program_id AND a.member_id = m.id
LEFT JOIN segments_reading AS r ON r.program_id = m.program_id AND r.member_id = m.id{joins}
WHERE m.program_id = %(program)s AND NOT a.guest AND a.enrolled_at <= %(now)s AND r.is_gone IS NOT TRUE
    AND ({which})
"""
ORDERS = """
LEFT JOIN (
    SELECT
        member_id, count(*) AS orders, sum(net_minor) AS net_minor, max(paid_at) AS last_at,
        bool_or(refunded_minor > 0) AS returned
    FROM ledger_order
    WHERE program_id = %(program)s AND NOT guest AND NOT cancelled AND paid_at <= %(now)s{since}
    GROUP BY member_id
) AS {name} ON {name}.member_id = m.id"""
TRAITS = """
LEFT JOIN (
    SELECT member_id, max(amount) AS amount FROM segments_trait
    WHERE program_id = %(program)s AND kind = {kind}{which} GROUP BY member_id
) AS {name} ON {name}.member_id = m.id"""
CONSENT = """
LEFT JOIN (
    SELECT DISTINCT ON (member_id) member_id, given FROM members_consent WHERE kind = {kind}
    ORDER BY member_id, id DESC
) AS {name} ON {name}.member_id = m.id"""
WINDOW_OF_RFM = "rfm"


class Now(Struct, frozen=True):
    """When it is asked: the instant, and the instant at which the local day so many days ago began."""

    program_id: int
    instant: int
    today: int
    midnight: Callable[[int], int]
    # The classes as the lake has them; None where there is no lake yet: then nobody has one.
    classes: Rfm | None = None

    def since(self, days: int) -> int:
        return self.midnight(self.today - days)


class Question(Struct):
    """The statement as it grows."""

    now: Now
    known: Ground
    joins: dict[str, str] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)

    def put(self, value: object) -> str:
        name = f"v{len(self.values)}"
        self.values[name] = value
        return f"%({name})s"

    def put_instant(self, instant: int) -> str:
        return self.put(datetime_of(instant)) + "::timestamptz"

    def orders(self, days: str) -> str:
        """What each member bought in a window; the same window is read once."""
        name = f"orders_{days or 'ever'}"
        if name not in self.joins:
            since = f" AND paid_at >= {self.put_instant(self.now.since(int(days)))}" if days else ""
            self.joins[name] = ORDERS.format(name=name, since=since)
        return name

    def traits(self, kind: str, values: tuple[str, ...] = (), which: str = "") -> str:
        name = f"trait_{len(self.joins)}"
        if values:
            which = f" AND value = ANY({self.put(list(values))}::text[]){which}"
        self.joins[name] = TRAITS.format(name=name, kind=self.put(kind), which=which)
        return name


def statement(definition: Definition, known: Ground, now: Now, columns: str = "m.id") -> tuple[str, dict[str, Any]]:
    """The SELECT without its order, and the values in it."""
    question = Question(now, known)
    which = [_group(question, group) for group in definition.groups if group.conditions]
    together = (" AND " if definition.match == "all" else " OR ").join(which) or "TRUE"
    text = EVERYBODY.format(joins="".join(question.joins.values()), which=together)
    values = {**question.values, "now": datetime_of(now.instant), "program": now.program_id}
    return f"SELECT {columns}{text}", values


def _group(question: Question, group: Group) -> str:
    each = [f"coalesce({_condition(question, condition)}, FALSE)" for condition in group.conditions]
    if group.match == "all":
        return f"({' AND '.join(each)})"
    return f"{'NOT ' if group.match == 'none' else ''}({' OR '.join(each)})"


def _condition(question: Question, condition: Condition) -> str:
    """What is asked, so that it is true, false or, as false, unknown; its opposite is the opposite of that."""
    opposite = condition.how in ("is_not", "did_not")
    found = DEEDS.get(condition.about, _did)(question, condition)
    return f"NOT coalesce({found}, FALSE)" if opposite else found


def _joined(question: Question, condition: Condition) -> str:
    since = question.put_instant(question.now.since(int(condition.value)))
    return f"a.enrolled_at {'>=' if condition.how == 'within' else '<'} {since}"


def _recency(question: Question, condition: Condition) -> str:
    lately = question.orders(condition.value)
    if condition.how == "within":
        return f"{lately}.orders > 0"
    return f"{question.orders('')}.orders > 0 AND {lately}.orders IS NULL"


def _amount(question: Question, condition: Condition, of: str) -> str:
    sign = ">=" if condition.how == "at_least" else "<="
    return f"{of} {sign} {question.put(amount(condition.value, condition, question.known))}"


def _orders(question: Question, condition: Condition) -> str:
    return _amount(question, condition, f"coalesce({question.orders(condition.days)}.orders, 0)")


def _spend(question: Question, condition: Condition) -> str:
    return _amount(question, condition, f"coalesce({question.orders(condition.days)}.net_minor, 0)")


def _returned(question: Question, condition: Condition) -> str:
    return f"{question.orders(condition.days)}.returned"


def _did(question: Question, condition: Condition) -> str:
    """Something with a value of its own, lately or ever."""
    since = ""
    if condition.days:
        since = f" AND last_at >= {question.put_instant(question.now.since(int(condition.days)))}"
    return f"{question.traits(condition.about, condition.values, since)}.member_id IS NOT NULL"


def _attribute(question: Question, condition: Condition) -> str:
    return f"{question.traits(f'attribute:{condition.of}', condition.values)}.member_id IS NOT NULL"


def _birthday(question: Question, condition: Condition) -> str:
    month = date_of(question.now.today).month
    named = {"this": str(month), "next": str(month % 12 + 1)}
    months = tuple(named.get(value, value) for value in condition.values)
    return f"{question.traits('birthday', months)}.member_id IS NOT NULL"


def _language(question: Question, condition: Condition) -> str:
    return f"lower(m.language) = ANY({question.put(list(condition.values))}::text[])"


def _consent(question: Question, condition: Condition) -> str:
    name = f"consent_{condition.of}"
    question.joins[name] = question.joins.get(name) or CONSENT.format(name=name, kind=question.put(condition.of))
    return f"{name}.given"


def _tier(question: Question, condition: Condition) -> str:
    tiers = ["" if value == NO_TIER else value for value in condition.values]
    return f"a.tier = ANY({question.put(tiers)}::text[])"


def _to_next_tier(question: Question, condition: Condition) -> str:
    """Whoever stands on the highest tier has no next one, and is neither near to it nor far."""
    return _amount(question, condition, f"{question.traits('to_next_tier')}.amount")


def _balance(question: Question, condition: Condition) -> str:
    if condition.of in ("", question.known.wallets[0]):
        return _amount(question, condition, "a.available")
    return _amount(question, condition, f"coalesce({question.traits('wallet', (condition.of,))}.amount, 0)")


def _expiring(question: Question, condition: Condition) -> str:
    until = question.now.midnight(question.now.today + int(condition.value) + 1)
    return f"a.next_expiry_points > 0 AND a.next_expiry_at <= {question.put_instant(until)}"


def _plan(question: Question, condition: Condition) -> str:
    holds = " AND (last_at IS NULL OR last_at > %(now)s)"
    return f"{question.traits('plan', condition.values, holds)}.member_id IS NOT NULL"


def _classed(question: Question, classes: Rfm) -> str:
    """What each member did in the window of the classes."""
    if WINDOW_OF_RFM not in question.joins:
        begin, end = (question.now.midnight(day_of(day)) for day in (classes.start, classes.end))
        since = f" AND paid_at >= {question.put_instant(begin)} AND paid_at < {question.put_instant(end)}"
        question.joins[WINDOW_OF_RFM] = ORDERS.format(name=WINDOW_OF_RFM, since=since)
    return WINDOW_OF_RFM


def _at_least(question: Question, measure: str, rank: int) -> str:
    """The member's class is this or higher; where nobody's is, nobody's is."""
    classes = question.now.classes
    if classes is None:
        return "FALSE"
    name = _classed(question, classes)
    if rank <= 1:
        return f"{name}.orders > 0"
    borders = [one for one in classes.borders if one.measure == measure and one.rank >= rank]
    if not borders:
        return "FALSE"
    lowest = min(borders, key=lambda border: border.rank)
    if measure == "recency":
        day = classes.end - timedelta(days=lowest.most + 1)
        return f"{name}.last_at >= {question.put_instant(question.now.midnight(day_of(day)))}"
    column = "orders" if measure == "frequency" else "net_minor"
    return f"{name}.{column} >= {question.put(lowest.least)}"


def _class(question: Question, condition: Condition) -> str:
    measure, rank = condition.about.removesuffix("_class"), int(condition.value)
    if condition.how == "at_least":
        return _at_least(question, measure, rank)
    bought = _at_least(question, measure, 1)
    return f"{bought} AND NOT ({_at_least(question, measure, rank + 1)})"


def _is_class(question: Question, measure: str, rank: int) -> str:
    return f"{_at_least(question, measure, rank)} AND NOT ({_at_least(question, measure, rank + 1)})"


def _rfm(question: Question, condition: Condition) -> str:
    boxes = [
        f"({_is_class(question, 'recency', recency)} AND {_is_class(question, 'frequency', frequency)})"
        for recency, names in SEGMENTS.items()
        for frequency, name in enumerate(names, 1)
        if name in condition.values
    ]
    return f"({' OR '.join(boxes)})"


DEEDS: dict[str, Callable[[Question, Condition], str]] = {
    "attribute": _attribute,
    "balance": _balance,
    "birthday": _birthday,
    "consent": _consent,
    "expiring": _expiring,
    "frequency_class": _class,
    "joined": _joined,
    "language": _language,
    "money_class": _class,
    "orders": _orders,
    "plan": _plan,
    "recency": _recency,
    "recency_class": _class,
    "returned": _returned,
    "rfm": _rfm,
    "spend": _spend,
    "tier": _tier,
    "to_next_tier": _to_next_tier,
}
