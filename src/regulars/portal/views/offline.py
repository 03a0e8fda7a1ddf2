"""What lets a phone keep the card: an app's manifest, and the worker that shows the last card without a network."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse

from regulars.portal.visiting import page
from regulars.storefront.shop import Shop

# The PNG are drawn from the SVG, for phones that take nothing else.
ICONS = (
    ("icon.svg", "any", "image/svg+xml"),
    ("icon-192.png", "192x192", "image/png"),
    ("icon-512.png", "512x512", "image/png"),
)


@page()
def manifest(_request: HttpRequest, shop: Shop) -> HttpResponse:
    """See https://www.w3.org/TR/appmanifest/."""
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
        "icons": [
            {"src": static(f"portal/{name}"), "sizes": sizes, "type": kind, "purpose": "any maskable"}
            for name, sizes, kind in ICONS
        ],
    }
    return JsonResponse(found, content_type="application/manifest+json")


@page()
def worker(request: HttpRequest, shop: Shop) -> HttpResponse:
    """From the portal's own path, so that it serves that path alone."""
    answer = render(request, "portal/worker.js", {"shop": shop}, content_type="text/javascript")
    answer.headers["Cache-Control"] = "no-cache"
    return answer
