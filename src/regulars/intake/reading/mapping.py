"""The mapping file: how the columns of a shop's export become orders.

`docs/import.md` explains every key. A mapping is read strictly, and everything wrong with it is said at once.
"""

import hashlib
import re
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from django.utils.translation import gettext as _
from msgspec import Struct, field

from regulars.intake.reading.faults import Fault, Unreadable
from regulars.intake.reading.strict import convert_all
from regulars.programs import tree

_NUMBER = re.compile(r"-?\d{1,11}(\.\d{1,6})?")
_CURRENCY = re.compile(r"[^\d\s.,'+-]{0,5}")
_SOURCE = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")


class Test(Struct, frozen=True, forbid_unknown_fields=True):
    """What a column must look like; all that is said must hold."""

    __test__ = False
    one_of: tuple[str, ...] | None = None
    starts_with: str | None = None
    above: str | None = None
    below: str | None = None
    empty: bool | None = None


class LeaveOut(Struct, frozen=True, forbid_unknown_fields=True):
    """Lines that are neither purchase nor refund; counted under their name."""

    name: str
    when: dict[str, Test]


class Category(Struct, frozen=True, forbid_unknown_fields=True):
    """The category of lines that the file itself does not put into one."""

    category: str
    when: dict[str, Test]


class Refunds(Struct, frozen=True, forbid_unknown_fields=True):
    """What a refund looks like; of several ways one must hold. Without `order` it is of the customer's earlier
    purchases of the product.
    """

    when: dict[str, Test] | tuple[dict[str, Test], ...]
    order: str | None = None

    @property
    def ways(self) -> tuple[dict[str, Test], ...]:
        return self.when if isinstance(self.when, tuple) else (self.when,)


class Columns(Struct, frozen=True, forbid_unknown_fields=True):
    """Which column of the file holds what. Where orders have no number, `order` names several that tell one from
    another. `refunded` is what came back of the line so far, `order_refunded` of its whole order.
    """

    order: str | tuple[str, ...]
    time: str
    product: str
    customer: str | None = None
    card: str | None = None
    line: str | None = None
    quantity: str | None = None
    total: str | None = None
    unit_price: str | None = None
    category: str | None = None
    brand: str | None = None
    discount: tuple[str, ...] = ()
    channel: str | None = None
    store: str | None = None
    codes: tuple[str, ...] = ()
    refunded: str | None = None
    refunded_quantity: str | None = None
    order_refunded: str | None = None
    refunded_at: str | None = None

    @property
    def numbered(self) -> tuple[str, ...]:
        """The columns that say together which order it is."""
        return (self.order,) if isinstance(self.order, str) else self.order

    @property
    def who(self) -> str | None:
        """The column that says who bought, by the shop's number for them or by their card's."""
        return self.customer or self.card

    @property
    def given_back(self) -> str | None:
        """The column of money that came back."""
        return self.refunded or self.order_refunded


class Csv(Struct, frozen=True, forbid_unknown_fields=True):
    delimiter: str = ","
    quote: str = '"'


class Constant(Struct, frozen=True, forbid_unknown_fields=True):
    """What is the same for every order of the file."""

    channel: str = ""
    store: str = ""


class Mapping(Struct, frozen=True, forbid_unknown_fields=True):
    """`announce`: members hear of what the orders bring."""

    source: str
    columns: Columns
    time_zone: str = ""
    time_format: str = ""
    encoding: str = "utf-8"
    decimal: str = "."
    thousands: str = ""
    currency_sign: str = ""
    money: str = "major"
    csv: Csv = field(default_factory=Csv)
    constant: Constant = field(default_factory=Constant)
    guests: tuple[str, ...] = ()
    categories: tuple[Category, ...] = ()
    refunds: Refunds | None = None
    leave_out: tuple[LeaveOut, ...] = ()
    announce: bool = False

    def used(self) -> dict[str, str]:
        """Every column of the file that the mapping speaks of, by the path where it does."""
        paths: dict[str, str] = {}
        for name, column in msgspec.structs.asdict(self.columns).items():
            for one in (column,) if isinstance(column, str) else column or ():
                paths.setdefault(one, f"columns.{name}")
        if self.refunds and self.refunds.order:
            paths.setdefault(self.refunds.order, "refunds.order")
        for path, when in self.tests().items():
            for column in when:
                paths.setdefault(column, path)
        return paths

    def on_one_line(self) -> tuple[str, ...]:
        """Columns whose values hold no line break."""
        named = self.columns
        return tuple(filter(None, (*named.numbered, named.time, named.product, named.who)))

    def tests(self) -> dict[str, dict[str, Test]]:
        """Everything that looks at columns, by its path."""
        found = dict[str, dict[str, Test]]()
        if self.refunds and isinstance(self.refunds.when, dict):
            found["refunds.when"] = self.refunds.when
        elif self.refunds:
            found |= {f"refunds.when[{place}]": way for place, way in enumerate(self.refunds.ways)}
        found |= {f"leave_out[{place}].when": rule.when for place, rule in enumerate(self.leave_out)}
        return found | {f"categories[{place}].when": rule.when for place, rule in enumerate(self.categories)}

    def fingerprint(self) -> str:
        """The same for mappings that read a file the same way, however they are written."""
        return hashlib.sha256(msgspec.json.encode(self)).hexdigest()


def read_mapping(path: Path) -> Mapping:
    """The mapping in a YAML file. Raises Unreadable with everything that is wrong with it."""
    try:
        # Every scalar stays text: `no`, `1_000` and `12:30` are what the merchant wrote.
        found = tree.grown(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tree.Unreadable) as problem:
        raise Unreadable(Fault(path.name, str(problem))) from problem
    return mapping_of(found.tree)


def mapping_of(found: object) -> Mapping:
    mapping, faults = convert_all(found, Mapping)
    if mapping is not None:
        faults = [*faults, *_contradictions(mapping)]
    if mapping is None or faults:
        raise Unreadable(*faults)
    return mapping


def _contradictions(mapping: Mapping) -> list[Fault]:
    """What the types alone cannot say."""
    columns = mapping.columns
    is_priced = bool(columns.total or columns.unit_price)
    faults = [] if is_priced else [Fault("columns", _("name a column for total or for unit_price"))]
    if not columns.numbered:
        faults.append(Fault("columns.order", _("name at least one column")))
    if columns.customer and columns.card:
        faults.append(Fault("columns.card", _("customers are known by their number, or by their card: not both")))
    if not _CURRENCY.fullmatch(mapping.currency_sign):
        faults.append(Fault("currency_sign", _("up to five characters, and no digit, sign or point: NT$")))
    return faults + _doubled_refunds(mapping) + manner_faults(mapping) + _faulty_tests(mapping)


def _doubled_refunds(mapping: Mapping) -> list[Fault]:
    """What came back is said in one way: what is said in two would come back twice."""
    columns, faults = mapping.columns, list[Fault]()
    if columns.refunded and columns.order_refunded:
        faults.append(Fault("columns.order_refunded", _("what came back of the line, or of its order: not both")))
    if columns.refunded_quantity and not columns.refunded:
        faults.append(Fault("columns.refunded_quantity", _("needs a column for refunded too")))
    if columns.refunded_at and not columns.given_back:
        faults.append(Fault("columns.refunded_at", _("needs a column for refunded or order_refunded too")))
    if columns.given_back and mapping.refunds:
        faults.append(Fault("refunds", _("the orders' own lines say what came back already: it would come back twice")))
    return faults


class Manner(Protocol):
    """How a file is written, whatever it is about."""

    @property
    def source(self) -> str: ...
    @property
    def time_zone(self) -> str: ...
    @property
    def encoding(self) -> str: ...
    @property
    def decimal(self) -> str: ...
    @property
    def thousands(self) -> str: ...
    @property
    def money(self) -> str: ...
    @property
    def csv(self) -> Csv: ...
    def used(self) -> dict[str, str]: ...
    def on_one_line(self) -> tuple[str, ...]: ...


def manner_faults(mapping: Manner) -> list[Fault]:
    """What the types alone cannot say of how a file is written."""
    checks = [
        ("source", _SOURCE.fullmatch(mapping.source), _("lower-case letters, digits, '.', '_' and '-' only")),
        ("encoding", _is_encoding(mapping.encoding), _("there is no encoding of this name")),
        ("time_zone", _is_zone(mapping.time_zone), _("there is no time zone of this name, e.g. Asia/Taipei")),
        ("decimal", mapping.decimal in (".", ","), _("'.' or ','")),
        ("thousands", mapping.thousands in ("", ".", ",", " ", "'"), _("one of '.', ',', ' ' and \"'\", or nothing")),
        ("thousands", mapping.thousands != mapping.decimal, _("cannot be the same as decimal")),
        ("money", mapping.money in ("major", "minor"), _("'major' (12.50) or 'minor' (1250)")),
        ("csv.delimiter", len(mapping.csv.delimiter) == 1, _("exactly one character")),
        ("csv.quote", len(mapping.csv.quote) == 1, _("exactly one character")),
    ]
    return [Fault(path, message) for path, holds, message in checks if not holds]


def _faulty_tests(mapping: Mapping) -> list[Fault]:
    rules = mapping.tests()
    faults = [Fault(path, _("name at least one column")) for path, when in rules.items() if not when]
    if mapping.refunds and not mapping.refunds.ways:
        faults.append(Fault("refunds.when", _("name at least one column")))
    for path, when in rules.items():
        for column, test in when.items():
            faults += [Fault(f"{path}.{column}{key}", message) for key, message in _test_faults(test)]
    return faults


def _test_faults(test: Test) -> list[tuple[str, str]]:
    said = {name: value for name, value in msgspec.structs.asdict(test).items() if value is not None}
    faults = [] if said else [("", _("say what the column must look like"))]
    bounds = [name for name in ("above", "below") if name in said and not _NUMBER.fullmatch(said[name])]
    return faults + [(f".{name}", _("a plain number is needed")) for name in bounds]


def _is_encoding(name: str) -> bool:
    try:
        return bool(b"a".decode(name, "replace"))
    except (LookupError, ValueError):
        return False


def _is_zone(name: str) -> bool:
    try:
        return name == "" or bool(ZoneInfo(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
