"""Screens: which permissions they need, and the shop that they are about."""

from collections.abc import Callable

from regulars.access.permissions import require
from regulars.storefront.shop import View, about_one


def screen(*needed: str, posts: bool = False) -> Callable[[View], View]:
    """Mark a view as a page about one program, for people who may do all that is `needed`. It is handed the shop.

    One that `posts` does something, and answers nothing but a form that was sent.
    """

    def mark(view: View) -> View:
        return require(*needed)(about_one(view, posts))

    return mark
