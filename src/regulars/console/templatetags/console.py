"""What templates of the console may say besides: who did something, roles, the navigation."""

from collections.abc import Iterable
from uuid import UUID, uuid4

from django import template
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from regulars.access import queries
from regulars.console import navigation
from regulars.programs import wording
from regulars.programs.planning import saying
from regulars.programs.version_list import titles

register = template.Library()

ROLE_NAMES: dict[str, Promise] = {
    "analyst": _("Analyst"),
    "auditor": _("Auditor"),
    "cashier": _("Cashier"),
    "finance": _("Finance"),
    "owner": _("Owner"),
    "program_manager": _("Program manager"),
    "service_desk": _("Service desk"),
}


@register.simple_tag
def nobody_yet() -> bool:
    """Whether nobody could sign in: an installation that was made just now."""
    return not queries.is_anybody()


@register.filter
def in_fours(secret: str) -> str:
    """As people copy it by eye; whoever asks for it ignores the spaces."""
    return " ".join(secret[place : place + 4] for place in range(0, len(secret), 4))


@register.filter
def role_name(role: str) -> Promise:
    return ROLE_NAMES[role]


@register.filter
def called(said: str | Iterable[str], names: dict[str, str]) -> str:
    """One who did something, or several, by the names that people know."""
    return wording.listed(names[one] for one in ([said] if isinstance(said, str) else said))


@register.inclusion_tag("console/navigation.html", takes_context=True, name="navigation")
def show_navigation(context: template.Context) -> dict[str, object]:
    request, shop = context["request"], context["shop"]
    jobs = navigation.links(shop.slug, request.user.permissions, request.path)
    return {"jobs": jobs, "far": [job for job in jobs if job.is_far]}


@register.inclusion_tag("console/settings_tabs.html", takes_context=True)
def settings_tabs(context: template.Context, here: str) -> dict[str, object]:
    request, shop = context["request"], context["shop"]
    return {"tabs": navigation.tabs(shop.slug, request.user.permissions, here, navigation.SETTINGS_TABS)}


@register.inclusion_tag("console/program_menu.html", takes_context=True)
def program_menu(context: template.Context) -> dict[str, object]:
    """The way from one program to another; nothing where there is one and nobody may make a second."""
    request, shop = context["request"], context["shop"]
    known = titles(get_language() or "en")
    may_make = "programs:publish" in request.user.permissions
    return {"others": known if len(known) > 1 else [], "may_make": may_make, "shop": shop}


@register.simple_tag
def new_number() -> UUID:
    """What a form is called, so that one that is sent twice acts once."""
    return uuid4()


@register.filter
def in_a_row(sentences: Iterable[str]) -> str:
    """One after the other, with what the language has between them."""
    return saying.joined(sentences)


@register.filter
def fault_in(field: str, faults: dict[str, str]) -> str:
    return faults.get(field, "")


@register.inclusion_tag("console/rewards/tabs.html", takes_context=True)
def reward_tabs(context: template.Context, here: str) -> dict[str, object]:
    request, shop = context["request"], context["shop"]
    return {"tabs": navigation.tabs(shop.slug, request.user.permissions, here)}
