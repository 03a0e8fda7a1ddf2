"""Letters that the portal sends at once, because somebody waits for them on the page."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from regulars.members import entering
from regulars.storefront.shop import Shop


def send_code(shop: Shop, email: str, code: str) -> None:
    """Raises what the mail server says."""
    minutes = int(entering.CODE_LASTS.total_seconds()) // 60
    subject = _("%(code)s is your code for %(program)s") % {"code": code, "program": shop.title}
    body = render_to_string("portal/code.txt", {"shop": shop, "code": code, "minutes": minutes})
    EmailMessage(" ".join(subject.split()), body, settings.DEFAULT_FROM_EMAIL, [email]).send()


def folder(request: HttpRequest) -> str:
    """Where letters are written that nobody sends, for whoever sits at the machine itself; "" for others."""
    is_here = request.get_host().partition(":")[0] in ("localhost", "127.0.0.1")
    return str(settings.EMAIL_FILE_PATH) if is_here and not settings.SENDS_MAIL else ""
