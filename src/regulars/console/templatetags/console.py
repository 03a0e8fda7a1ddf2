"""What templates may say: figures in the reader's language, icons, the navigation."""

from collections.abc import Iterable

from django import template
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from regulars.console import navigation, writing
from regulars.insight import wording

register = template.Library()
register.filter("day", wording.day)
register.filter("day_of_month", writing.day_of_month)
register.filter("hour", writing.hour)
register.filter("moment", writing.moment)
register.filter("month", wording.month)
register.filter("number", wording.count)
register.filter("short_day", writing.short_day)
register.filter("signed", wording.signed)

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


@register.simple_tag
def icon(name: str) -> SafeString:
    """Decoration only: the words beside it, or an aria-label around it, say what it means."""
    return format_html('<svg class="icon" aria-hidden="true"><use href="#icon-{}"/></svg>', name)


@register.inclusion_tag("console/navigation.html", takes_context=True, name="navigation")
def show_navigation(context: template.Context) -> dict[str, object]:
    request, shop = context["request"], context["shop"]
    return {"jobs": navigation.links(shop.slug, request.user.permissions, request.path)}


@register.inclusion_tag("console/rewards/tabs.html", takes_context=True)
def reward_tabs(context: template.Context, here: str) -> dict[str, object]:
    request, shop = context["request"], context["shop"]
    return {"tabs": navigation.tabs(shop.slug, request.user.permissions, here)}
