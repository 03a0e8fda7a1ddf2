"""An order in another currency: converted once, at a rate that is kept with its date, and reversed at the same one.

Each amount of a line rounds once, half up, away from zero: lines that stay as they are stay so in every snapshot. What
comes back with an amount of its own is rounded up, so that parts of a line in any order come to the whole of it; more
than that never comes back. Worked examples: docs/rules/currency.md.
"""

import re

from msgspec.structs import replace

from regulars.engine.facts import Exchange, Line, Payment, RefundLine
from regulars.engine.money import minor_digits

_RATE = re.compile(r"(\d{1,9})(?:\.(\d{1,9}))?", re.ASCII)


def fraction(exchange: Exchange, currency: str) -> tuple[int, int]:
    """Minor units of `currency` for a minor unit of the other one, as a fraction. Raises ValueError."""
    found = _RATE.fullmatch(exchange.rate)
    if not found or not (rate := int(found[1] + (found[2] or ""))):
        raise ValueError("a rate such as '31.505' is needed, above zero and with at most nine decimals")
    return rate * 10 ** minor_digits(currency), 10 ** (len(found[2] or "") + minor_digits(exchange.currency))


def converted(minor: int, exchange: Exchange, currency: str) -> int:
    """Half up, away from zero."""
    numerator, denominator = fraction(exchange, currency)
    amount = (2 * abs(minor) * numerator + denominator) // (2 * denominator)
    return -amount if minor < 0 else amount


def given_back(minor: int, exchange: Exchange, currency: str) -> int:
    """Up, away from zero."""
    numerator, denominator = fraction(exchange, currency)
    amount = -(-abs(minor) * numerator // denominator)
    return -amount if minor < 0 else amount


def line_in(line: Line, exchange: Exchange, currency: str) -> Line:
    total, discount, tax = (converted(part, exchange, currency) for part in (line.total, line.discount, line.tax))
    return replace(line, total=total, discount=discount, tax=tax)


def payment_in(payment: Payment, exchange: Exchange, currency: str) -> Payment:
    return replace(payment, amount=converted(payment.amount, exchange, currency))


def refund_line_in(line: RefundLine, exchange: Exchange, currency: str) -> RefundLine:
    return line if line.total is None else replace(line, total=given_back(line.total, exchange, currency))
