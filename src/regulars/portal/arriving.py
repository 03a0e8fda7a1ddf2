"""Somebody between asking for a code and being in: what their browser carries, signed, for an hour; we keep no word."""

from secrets import token_urlsafe
from typing import Self

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from msgspec import Struct, ValidationError, convert, to_builtins

from regulars.storefront.shop import Shop

COOKIE = "regulars_arriving"
SECONDS = 3_600


class Arriving(Struct, frozen=True):
    """The address, the token that its code was sent for, and whose invitation they followed."""

    email: str = ""
    token: str = ""
    invitation: str = ""

    @classmethod
    def of(cls, email: str, invitation: str) -> Self:
        return cls(email, token_urlsafe(32), invitation)


def arriving(request: HttpRequest, shop: Shop) -> Arriving:
    """What this browser carries; nothing where that is too old or not ours."""
    try:
        said = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_salt(shop), max_age=SECONDS)
        return convert(said, Arriving)
    except (signing.BadSignature, ValidationError):
        return Arriving()


def keep(answer: HttpResponse, shop: Shop, coming: Arriving | None) -> HttpResponse:
    """Hand it to the browser; None: they have arrived."""
    path = reverse("portal", args=[shop.slug])
    if coming is None:
        answer.delete_cookie(COOKIE, path=path)
    elif coming != Arriving():
        said = signing.dumps(to_builtins(coming), salt=_salt(shop))
        answer.set_cookie(
            COOKIE, said, max_age=SECONDS, path=path, secure=settings.HTTPS, httponly=True, samesite="Lax"
        )
    return answer


def _salt(shop: Shop) -> str:
    return f"regulars.portal.arriving.{shop.id}"
