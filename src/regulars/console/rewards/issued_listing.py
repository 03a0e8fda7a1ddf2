"""What was asked of the list of issued rewards, read from the address. Words that mean nothing count as not said."""

from collections.abc import Mapping
from urllib.parse import urlencode

import msgspec
from django.utils.translation import gettext_lazy as _
from msgspec import Struct

from regulars.console.choosing import Menu, choices
from regulars.console.rewards import issued_lines
from regulars.console.rewards.issued_lines import Page
from regulars.members import queries as members
from regulars.programs import wording
from regulars.rewards.registers import Filters
from regulars.storefront import words
from regulars.storefront.shop import Shop

# Of more members than that a name says too little.
MEMBERS = 50


class Asked(Struct, frozen=True):
    """`after` is where the page before this one ended."""

    search: str = ""
    reward: str = ""
    state: str = ""
    fulfilment: str = ""
    after: str = ""

    @property
    def narrow(self) -> bool:
        return bool(self.search or self.reward or self.state or self.fulfilment)


def asked(said: Mapping[str, str], shop: Shop) -> Asked:
    def known(name: str, among: Mapping[str, object]) -> str:
        word = said.get(name, "")
        return word if word in among else ""

    return Asked(
        search=said.get("search", "").strip(),
        reward=known("reward", rewards(shop)),
        state=known("state", words.STATES),
        fulfilment=known("fulfilment", words.FULFILMENT),
        after=said.get("after", ""),
    )


def page(shop: Shop, asked: Asked, *, personal: bool) -> Page:
    ids = ()
    if asked.search:
        ids = tuple(
            line.id for line in members.page(shop.id, asked.search, limit=MEMBERS, sort="name", personal=personal).lines
        )
        if not ids:
            return Page([], "")
    filters = Filters(asked.state, asked.fulfilment, asked.reward, ids)
    return issued_lines.page(shop, filters, asked.after, personal=personal)


def rewards(shop: Shop) -> dict[str, str]:
    """Every reward that any version has had, by its name."""
    programs = shop.published.programs
    names = dict.fromkeys(name for version in reversed(programs.versions) for name in version.rewards)
    return {name: wording.reward(name, programs) for name in names}


def menus(asked: Asked, shop: Shop) -> list[Menu]:
    return [
        Menu("reward", _("Reward"), _("Any reward"), choices(rewards(shop), asked.reward)),
        Menu("state", _("State"), _("Any state"), choices(words.STATES, asked.state)),
        Menu("fulfilment", _("Goods"), _("Any goods"), choices(words.FULFILMENT, asked.fulfilment)),
    ]


def address(asked: Asked, **changes: str) -> str:
    """The query of the same list with something changed; it begins at the first page unless told."""
    said = {**msgspec.structs.asdict(asked), "after": "", **changes}
    return "?" + urlencode({name: word for name, word in said.items() if word})
