"""What people write into forms, read: numbers, money, days. What cannot be read is said at its field."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from uuid import UUID, uuid4

from django.utils.translation import gettext as _
from msgspec import Struct, field

from regulars.engine.money import parse_major
from regulars.engine.problems import Wrong
from regulars.insight.wording import count
from regulars.storefront.shop import Shop

REASON_LIMIT = 200


class Form(Struct):
    """What was sent, and what is wrong with it by the field's name."""

    sent: Mapping[str, str]
    faults: dict[str, str] = field(default_factory=dict)

    def text(self, name: str, limit: int = REASON_LIMIT) -> str:
        return self.sent.get(name, "").replace("\0", "").strip()[:limit]

    def needed(self, name: str) -> str:
        """Text that must not be missing: a reason."""
        said = self.text(name)
        if not said:
            self.faults[name] = _("Say why, in a few words.")
        return said

    def whole(self, name: str, least: int, most: int) -> int:
        said = self.text(name).replace(",", "")
        if said.isascii() and said.isdigit() and least <= int(said) <= most:
            return int(said)
        self.faults[name] = _("A whole number from %(least)s to %(most)s.") % {
            "least": count(least),
            "most": count(most),
        }
        return least

    def money(self, name: str, shop: Shop) -> int:
        """In minor units, at least zero."""
        try:
            minor = parse_major(self.text(name).replace(",", ""), shop.currency)
        except Wrong:
            minor = -1
        if minor < 0:
            self.faults[name] = _("An amount, such as %(example)s.") % {"example": "1280"}
        return max(minor, 0)

    def percent(self, name: str) -> int | None:
        """In hundredths of a per cent, up to a hundred; None where nothing was said."""
        said = self.text(name)
        if not said:
            return None
        if re.fullmatch(r"\d{1,3}(?:\.\d{1,2})?", said) and Decimal(said) <= 100:
            return int(Decimal(said) * 100)
        self.faults[name] = _("Per cent from 0 to 100, such as %(example)s.") % {"example": "12.5"}
        return None

    def day(self, name: str) -> date | None:
        """None where nothing was said."""
        said = self.text(name)
        try:
            return date.fromisoformat(said) if said else None
        except ValueError:
            self.faults[name] = _("A day, such as %(example)s.") % {"example": "2026-12-31"}
            return None

    def number(self, name: str) -> UUID:
        """What the form is called, so that one that is sent twice acts once."""
        try:
            return UUID(self.text(name))
        except ValueError:
            return uuid4()
