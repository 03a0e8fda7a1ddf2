"""What the web server calls."""

import os

import django

from regulars.project.children import end_with_parent
from regulars.project.cycles import search_rarely
from regulars.project.database import prepare_what_repeats

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.project.settings")
# Under granian this runs in a worker of its own, which must not outlive the supervisor either.
end_with_parent()
django.setup()
prepare_what_repeats()

from django.conf import settings  # noqa: E402  # needs what stands above
from django.urls import get_resolver  # noqa: E402
from granian.utils.proxies import wrap_asgi_with_proxy_headers  # noqa: E402

from regulars.observing import figures, tracing  # noqa: E402
from regulars.project.bodies import Web  # noqa: E402
from regulars.project.turning_away import prepare  # noqa: E402

figures.begin()
tracing.begin("regulars-web")
application = Web()
# Whoever asks first need not wait until all pages are loaded.
_ = get_resolver().url_patterns
prepare()
search_rarely()
if settings.HTTPS:
    # Limits count clients, and behind a proxy every request comes from the proxy.
    application = wrap_asgi_with_proxy_headers(application, settings.PROXIES)
