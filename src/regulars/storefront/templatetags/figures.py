"""What every template may say: figures in the reader's language, and icons. Settings load it everywhere."""

from django import template
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString

from regulars.insight import wording
from regulars.programs.wording import listed
from regulars.storefront import writing

register = template.Library()
register.filter("day", wording.day)
register.filter("day_of_month", writing.day_of_month)
register.filter("hour", writing.hour)
register.filter("listed", listed)
register.filter("moment", writing.moment)
register.filter("month", wording.month)
register.filter("number", wording.count)
register.filter("short_day", writing.short_day)
register.filter("signed", wording.signed)


@register.simple_tag
def command() -> str:
    """How the program is called where it was started."""
    said: str = settings.COMMAND
    return said


@register.simple_tag
def icon(name: str) -> SafeString:
    """Decoration only: the words beside it, or an aria-label around it, say what it means."""
    return format_html('<svg class="icon" aria-hidden="true"><use href="#icon-{}"/></svg>', name)
