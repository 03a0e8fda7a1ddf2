"""How the columns of a shop's lists of members and of balances are to be read. `docs/import.md` explains every key."""

import hashlib
from pathlib import Path
from typing import TypeVar

import msgspec
from django.utils.translation import gettext as _
from msgspec import Struct, field

from regulars.intake.reading.faults import Fault, Unreadable
from regulars.intake.reading.mapping import Csv, manner_faults
from regulars.intake.reading.strict import convert_all
from regulars.programs import tree

L = TypeVar("L", "Members", "Balances")


class MemberColumns(Struct, frozen=True, forbid_unknown_fields=True):
    customer: str
    joined: str
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    card: str | None = None
    language: str | None = None


class BalanceColumns(Struct, frozen=True, forbid_unknown_fields=True):
    customer: str
    points: str
    wallet: str | None = None
    earned: str | None = None
    expires: str | None = None


class Layout(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What both lists may say; a day or a time without an offset is what the clock on the wall showed."""

    source: str
    time_zone: str = ""
    time_format: str = ""
    encoding: str = "utf-8"
    decimal: str = "."
    thousands: str = ""
    money: str = "major"
    csv: Csv = field(default_factory=Csv)

    def columns_by_name(self) -> dict[str, str]:
        """The columns of the file, by what they are to us."""
        named: Struct = self.columns  # type: ignore[attr-defined]
        return {name: column for name, column in msgspec.structs.asdict(named).items() if column}

    def used(self) -> dict[str, str]:
        """Every column of the file that is spoken of, by the path where it is."""
        return {column: f"columns.{name}" for name, column in reversed(self.columns_by_name().items())}

    def on_one_line(self) -> tuple[str, ...]:
        return tuple(self.columns_by_name().values())

    def fingerprint(self) -> str:
        """The same for layouts that read a file the same way, however they are written."""
        return hashlib.sha256(msgspec.json.encode(self)).hexdigest()


class Members(Layout, frozen=True, kw_only=True, forbid_unknown_fields=True):
    columns: MemberColumns


class Balances(Layout, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`wallet` where the file has no column for it; the program's first one unless said."""

    columns: BalanceColumns
    wallet: str = ""


def read_layout(path: Path, kind: type[L]) -> L:
    """The layout in a YAML file. Raises Unreadable with everything that is wrong with it."""
    try:
        found = tree.grown(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tree.Unreadable) as problem:
        raise Unreadable(Fault(path.name, str(problem))) from problem
    layout, faults = convert_all(found.tree, kind)
    if layout is not None:
        faults = [*faults, *manner_faults(layout)]
        if isinstance(layout, Balances) and layout.wallet and layout.columns.wallet:
            faults.append(Fault("wallet", _("either here or as a column, not both")))
    if layout is None or faults:
        raise Unreadable(*faults)
    return layout
