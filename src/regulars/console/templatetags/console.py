"""What templates of the console may say besides: who did something, roles, the navigation."""

from collections.abc import Iterable

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from regulars.console import navigation

register = template.Library()

ROLE_NAMES: dict[str, Promise] = {
    "analyst": _("Analyst"),
    "cashier": _("Cashier"),
    "finance": _("Finance"),
    "owner": _("Owner"),
    "program_manager": _("Program manager"),
    "service_desk": _("Service desk"),
}


@register.filter
def role_name(role: str) -> Promise:
    return ROLE_NAMES[role]


@register.filter
def called(said: str | Iterable[str], names: dict[str, str]) -> str:
    """One who did something, or several, by the names that people know."""
    return ", ".join(names[one] for one in ([said] if isinstance(said, str) else said))


@register.inclusion_tag("console/navigation.html", takes_context=True, name="navigation")
def show_navigation(context: template.Context) -> dict[str, object]:
    request, shop = context["request"], context["shop"]
    return {"jobs": navigation.links(shop.slug, request.user.permissions, request.path)}


@register.inclusion_tag("console/rewards/tabs.html", takes_context=True)
def reward_tabs(context: template.Context, here: str) -> dict[str, object]:
    request, shop = context["request"], context["shop"]
    return {"tabs": navigation.tabs(shop.slug, request.user.permissions, here)}
