"""Money is an integer in the currency's minor unit and travels as a decimal string in major units.

Digits after the point follow ISO 4217 (list one, 2024): TWD has two, so NT$499 is 49900.
"""

import re

from regulars.engine.problems import Wrong

WITHOUT_MINOR = frozenset([
    "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG",
    "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF",
])  # fmt: skip
THREE_DIGITS = frozenset(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"))

_DECIMAL = re.compile(r"(-?)(\d{1,15})(?:\.(\d{1,4}))?", re.ASCII)
_CODE = re.compile(r"[A-Z]{3}")


def is_currency(code: str) -> bool:
    return _CODE.fullmatch(code) is not None


def minor_digits(currency: str) -> int:
    if currency in WITHOUT_MINOR:
        return 0
    return 3 if currency in THREE_DIGITS else 2


def parse_major(text: str, currency: str) -> int:
    """Minor units of "12.5". Raises Wrong when it is no plain decimal or has more digits than the currency."""
    digits = minor_digits(currency)
    found = _DECIMAL.fullmatch(text)
    if found:
        sign, whole, fraction = found.groups("")
        if len(fraction.rstrip("0")) <= digits:
            minor = int(whole + fraction[:digits].ljust(digits, "0"))
            return -minor if sign else minor
    raise Wrong("not_an_amount", "100", f"100 {currency}", currency=currency)


def format_major(minor: int, currency: str) -> str:
    """The decimal string in major units, all digits written: 49900 TWD is "499.00"."""
    digits = minor_digits(currency)
    if not digits:
        return str(minor)
    whole, fraction = divmod(abs(minor), 10**digits)
    return f"{'-' if minor < 0 else ''}{whole}.{fraction:0{digits}}"
