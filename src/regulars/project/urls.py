"""Which door opens at which path. A door's urls.py says what lies behind it."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from regulars.project.health import health, livez, readyz

DOORS = {"v1/": "regulars.api.urls", "m/": "regulars.portal.urls", "": "regulars.console.urls"}

urlpatterns: list[URLPattern | URLResolver] = [
    path("health", health),
    path("livez", livez),
    path("readyz", readyz),
    path("i18n/", include("django.conf.urls.i18n")),
    *(path(prefix, include(door)) for prefix, door in DOORS.items() if find_spec(door)),
]
