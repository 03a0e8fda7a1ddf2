"""A file of codes as somebody uploads it: one a line, or the first column of a table; spreadsheets say which."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

# As much as one page carries; `regulars codes` and the API take more in parts.
CODES_AT_MOST = 10_000
BYTES_AT_MOST = 1_000_000
HEADINGS = frozenset(("code", "codes", "coupon", "voucher", "兌換碼", "兑换码", "優惠碼", "优惠码", "代碼", "代码"))
SEPARATORS = ",;\t"


class Unreadable(Exception):
    """The file as a whole cannot be read; says why."""


def text_of(content: bytes) -> str:
    """Raises Unreadable."""
    if len(content) > BYTES_AT_MOST:
        raise Unreadable(_("The file is larger than a megabyte: split it."))
    for encoding in ("utf-8-sig", "utf-16"):
        try:
            return content.decode(encoding)
        except UnicodeError:
            continue
    raise Unreadable(_("This is no text file. Save the table as CSV and try again."))


def codes_in(text: str) -> list[tuple[int, str]]:
    """Each code with the number of its line. Raises Unreadable."""
    found = list(_codes(text.replace("\0", "")))
    if not found:
        raise Unreadable(_("There is no code in it."))
    if len(found) > CODES_AT_MOST:
        raise Unreadable(_("There are more than ten thousand codes in it: split the file."))
    return found


def _codes(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.splitlines(), 1):
        first = line
        for separator in SEPARATORS:
            first = first.split(separator)[0]
        said = first.strip().strip("\"'").strip()
        if said and not (number == 1 and said.lower() in HEADINGS):
            yield number, said
