"""Screens: which permissions they need, and the shop that they are about."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

from regulars.access.permissions import require
from regulars.storefront.shop import shop_named

Screen = Callable[..., HttpResponse]


def screen(*needed: str, posts: bool = False) -> Callable[[Screen], Screen]:
    """Mark a view as a page about one program, for people who may do all that is `needed`. It is handed the shop.

    One that `posts` does something, and answers nothing but a form that was sent.
    """

    def mark(view: Screen) -> Screen:
        @wraps(view)
        def opened(request: HttpRequest, slug: str, **named: object) -> HttpResponse:
            if posts and request.method != "POST":
                return HttpResponseNotAllowed(["POST"])
            return view(request, shop_named(slug), **named)

        opened.only_posts = posts  # type: ignore[attr-defined]
        return require(*needed)(opened)

    return mark
