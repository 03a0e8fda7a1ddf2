"""What lets a phone keep the card: an app's manifest, and the worker that shows the last card without a network."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse

from regulars.portal.visiting import page
from regulars.storefront.shop import Shop


@page()
def manifest(_request: HttpRequest, shop: Shop) -> HttpResponse:
    """See https://www.w3.org/TR/appmanifest/."""
    icon = {"src": static("portal/icon.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any maskable"}
    scope = reverse("portal", args=[shop.slug])
    found = {
        "name": shop.title,
        "short_name": shop.title,
        "start_url": reverse("portal_card", args=[shop.slug]),
        "scope": scope,
        "id": scope,
        "display": "standalone",
        "background_color": "#faf8f3",
        "theme_color": "#0d6953",
        "icons": [icon],
    }
    return JsonResponse(found, content_type="application/manifest+json")


@page()
def worker(request: HttpRequest, shop: Shop) -> HttpResponse:
    """From the portal's own path, so that it serves that path alone."""
    answer = render(request, "portal/worker.js", {"shop": shop}, content_type="text/javascript")
    answer.headers["Cache-Control"] = "no-cache"
    return answer
