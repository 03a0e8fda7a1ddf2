"""How codes are spelled: 32 characters that nobody takes for each other, the last of which checks the others.

The alphabet is Crockford's: digits and capital letters without I, L, O and U. Whoever types one of these means 1, 1, 0
or V, and spaces, dashes, small letters and the full-width ones of Chinese keyboards mean what they look like.

The check character is Damm's over the field of 32 elements, x ∘ y = 2x + y (H. M. Damm, Total anti-symmetrische
Quasigruppen, 2004): every single wrong character shows, and so do two that changed places, be they neighbours or up to
30 apart. tests/rewards/test_spelling.py tries them all. Nothing here is secret: see secrecy.py.
"""

from unicodedata import normalize

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
BITS = 5
# A shop's own words before a code may contain any letter.
_MEANT = str.maketrans("ILOU", "110V")
_VALUES = {character: value for value, character in enumerate(ALPHABET)}
# x^5 + x^2 + 1, by which the field of 32 elements is made from five bits.
_POLYNOMIAL = 0b100101
_DOUBLED = [value * 2 ^ (_POLYNOMIAL if value & 16 else 0) for value in range(32)]
# Characters between dashes, for reading aloud.
_GROUP = 4
# The last characters, by which whoever may not use a code knows it.
SHOWN = 4


def plain(typed: str) -> str:
    """What somebody meant who typed a code: what it is looked up by."""
    kept = [character for character in normalize("NFKC", typed).upper() if character.isalnum()]
    return "".join(kept).translate(_MEANT)


def is_spelled(code: str) -> bool:
    """Whether a plain code has only characters of the alphabet, and the last one agrees with the others."""
    return bool(code) and all(character in _VALUES for character in code) and _weighed(code) == 0


def check_character(code: str) -> str:
    """What has to come after a plain code so that it is spelled well."""
    return ALPHABET[_DOUBLED[_weighed(code)]]


def spelled(prefix: str, number: int, length: int) -> str:
    """The code for a number below 32 ** length: as it is printed, with its prefix and its check character."""
    drawn = "".join(ALPHABET[number >> BITS * place & 31] for place in reversed(range(length)))
    drawn += check_character(plain(prefix) + drawn)
    parts = [drawn[start : start + _GROUP] for start in range(0, len(drawn), _GROUP)]
    return "-".join([prefix.rstrip("-"), *parts] if prefix else parts)


def masked(code: str) -> str:
    """A code to be told from others and not to be used: its end, and never more than a third of it."""
    meant = plain(code)
    return f"…{meant[len(meant) - min(SHOWN, len(meant) // 3) :]}" if meant else ""


def _weighed(code: str) -> int:
    found = 0
    for character in code:
        found = _DOUBLED[found] ^ _VALUES[character]
    return found
