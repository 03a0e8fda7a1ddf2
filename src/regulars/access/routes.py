"""All routes of the installation, each with what it says about who may use it."""

from collections.abc import Iterable, Iterator
from inspect import getclosurevars, isfunction, unwrap
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from msgspec import Struct


class Route(Struct, frozen=True):
    """`mark` is what carries `required_permissions`: the view, or the key check of an operation of the API."""

    path: str
    methods: tuple[str, ...]
    package: str
    mark: object

    @property
    def marked(self) -> bool:
        return hasattr(self.mark, "required_permissions")

    @property
    def opens(self) -> bool:
        """Whether there is something to see; False where it only takes forms."""
        return not getattr(self.mark, "only_posts", False)

    @property
    def needs(self) -> frozenset[str] | None:
        """All of these; None for a route that is open to everyone."""
        found: frozenset[str] | None = getattr(self.mark, "required_permissions", None)
        return found


def routes() -> list[Route]:
    """Every route. One path of the API answers several methods, each a route of its own here."""
    return list(_below(get_resolver().url_patterns, ""))


def unmarked(other_packages: Iterable[str] = ("allauth", "django")) -> list[str]:
    """Paths that say nothing about who may use them, except those of packages that guard themselves."""
    return [route.path for route in routes() if not route.marked and route.package not in other_packages]


def _below(patterns: Iterable[URLPattern | URLResolver], under: str) -> Iterator[Route]:
    for pattern in patterns:
        path = under + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _below(pattern.url_patterns, path)
        else:
            yield from _operations(path, pattern.callback)


def _operations(path: str, view: Any) -> Iterator[Route]:
    """The view of an API path closes over the operations it chooses from; any other view is one operation."""
    inner = unwrap(view)
    closed_over = getclosurevars(inner).nonlocals if isfunction(inner) else {}
    operations = getattr(closed_over.get("self"), "operations", None)
    if operations is None:
        yield Route(path, (), view.__module__.partition(".")[0], view)
        return
    for operation in operations:
        checks = [check for check in operation.auth_callbacks if hasattr(check, "required_permissions")]
        mark = checks[0] if len(checks) == len(operation.auth_callbacks) == 1 else operation.view_func
        yield Route(path, tuple(operation.methods), operation.view_func.__module__.partition(".")[0], mark)
