"""All routes of the installation, each with what it says about who may use it."""

from collections.abc import Callable, Iterable, Iterator
from inspect import getclosurevars, isfunction
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from msgspec import Struct


class Route(Struct, frozen=True):
    """`needs` is None for a route that is open to everyone. Not `marked`: nobody has said."""

    path: str
    methods: tuple[str, ...]
    view: Callable[..., Any]

    @property
    def marked(self) -> bool:
        return hasattr(self.view, "required_permissions")

    @property
    def needs(self) -> frozenset[str] | None:
        found: frozenset[str] | None = getattr(self.view, "required_permissions", None)
        return found


def routes() -> list[Route]:
    """Every route. One path of the API answers several methods, each a route of its own here."""
    return list(_below(get_resolver().url_patterns, ""))


def unmarked(other_packages: Iterable[str] = ("django.", "ninja.", "allauth.")) -> list[str]:
    """Paths that say nothing about who may use them, except those of packages that guard themselves."""
    foreign = tuple(other_packages)
    return [route.path for route in routes() if not route.marked and not route.view.__module__.startswith(foreign)]


def _below(patterns: Iterable[URLPattern | URLResolver], under: str) -> Iterator[Route]:
    for pattern in patterns:
        path = under + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _below(pattern.url_patterns, path)
        else:
            yield from _operations(path, pattern.callback)


def _operations(path: str, view: Any) -> Iterator[Route]:
    """The view of an API path closes over the operations it chooses from; any other view is one operation."""
    closed_over = getclosurevars(view).nonlocals if isfunction(view) else {}
    operations = getattr(closed_over.get("self"), "operations", None)
    if operations is None:
        yield Route(path, (), view)
        return
    for operation in operations:
        yield Route(path, tuple(operation.methods), operation.view_func)
