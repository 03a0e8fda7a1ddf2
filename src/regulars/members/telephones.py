"""Telephone numbers as people write them: with signs between the digits, with or without the country's code."""

import re

# Fewer digits would find whoever left a part of a number.
DIGITS_LEAST = 6
# Hong Kong, Macau, Taiwan, mainland China: where members leave the code away, or the nought that stands for it.
CODES = ("852", "853", "886", "86")
WRITTEN = re.compile(r"[+(]?\d[\d\s()./-]*")


def spellings(written: str) -> list[str]:
    """The digits under which this number may have been left; none for what is no telephone number."""
    digits = re.sub(r"\D", "", written)
    if len(digits) < DIGITS_LEAST or not WRITTEN.fullmatch(written.strip()):
        return []
    bare = digits.removeprefix("00") if digits.startswith("00") else digits.removeprefix("0")
    stems = {bare, *(bare.removeprefix(code) for code in CODES if len(bare) - len(code) >= DIGITS_LEAST)}
    return sorted({digits, *stems, *(f"0{stem}" for stem in stems), *(code + stem for code in CODES for stem in stems)})
