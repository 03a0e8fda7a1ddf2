"""A mapping for a file that nobody has written one for: as it looks, and what somebody has to say."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from msgspec import Struct

from regulars.intake.reading.guessing import Manner
from regulars.intake.reading.peeking import Peek

NEEDED = ("order", "time", "product")
UNKNOWN: Mapping[str, Promise] = {
    "time_format": gettext_lazy("No way of writing times that is known here: write them as 2026-03-05 14:30."),
    "numbers": gettext_lazy("No way of writing amounts that is known here: leave currencies out of them."),
}


class Proposal(Struct, frozen=True):
    """`said` is the tree of a mapping file. `missing` names columns that no column of the file looks like, and
    `unclear` what can be read in several ways, or in none: `time_format`, `numbers`."""

    said: dict[str, object]
    manner: Manner
    missing: tuple[str, ...]
    unclear: tuple[str, ...]


def proposed(
    peek: Peek, columns: Mapping[str, str], form: str | None = None, signs: tuple[str, str] | None = None
) -> Proposal:
    """`form` of the times and `signs` in the numbers, where somebody chose them. A line total goes before a price, a
    customer's number before a card's."""
    named = {meant: name for meant, name in columns.items() if name}
    if "total" in named:
        named.pop("unit_price", None)
    if "customer" in named:
        named.pop("card", None)
    found = peek.manner(named)
    missing = [name for name in NEEDED if name not in named]
    if "total" not in named and "unit_price" not in named:
        missing.append("total")
    unclear = []
    if form is None and len(found.times) == 1:
        form = found.times[0].form
    elif form is None and "time" in named:
        unclear.append("time_format")
    if signs is None and len(found.numbers) == 1:
        signs = (found.numbers[0].decimal, found.numbers[0].thousands)
    elif signs is None and "total" not in missing:
        unclear.append("numbers")
    decimal, thousands = signs or (".", "")
    said: dict[str, object] = {
        "source": "shop",
        "columns": named,
        "encoding": peek.encoding,
        "csv": {"delimiter": peek.delimiter},
        "decimal": decimal,
        "thousands": thousands,
        "time_format": form or "",
    }
    if found.currency:
        said["currency_sign"] = found.currency
    below = [{named[name]: {"below": "0"}} for name in ("quantity", "total", "unit_price") if name in named]
    if below and not ("refunded" in named or "order_refunded" in named):
        said["refunds"] = {"when": below}
    return Proposal(said, found, tuple(missing), tuple(unclear))


def why_unclear(found: Manner, name: str) -> str:
    """What whoever has to choose is told."""
    if found.times if name == "time_format" else found.numbers:
        return _("This can be read in several ways. Choose the one that is meant.")
    return str(UNKNOWN[name])
