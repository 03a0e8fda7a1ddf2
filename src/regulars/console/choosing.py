"""What a form offers to choose from: options, which of them is chosen, and the fields that hold them."""

from collections.abc import Mapping

from django.utils.functional import Promise
from msgspec import Struct


class Choice(Struct, frozen=True):
    value: str
    name: str | Promise
    chosen: bool


class Group(Struct, frozen=True):
    """Options under a heading of their own."""

    name: str | Promise
    choices: list[Choice]


class Menu(Struct, frozen=True):
    """A field to choose from; `anything` is what it says while nothing is chosen, empty where something always is."""

    name: str
    label: str | Promise
    anything: str | Promise
    choices: list[Choice]


def choices(names: Mapping[str, str | Promise], chosen: str) -> list[Choice]:
    return [Choice(value, name, value == chosen) for value, name in names.items()]
