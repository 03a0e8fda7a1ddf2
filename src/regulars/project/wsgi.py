"""What the web server calls."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from granian.utils.proxies import wrap_wsgi_with_proxy_headers

from regulars.observing import figures, tracing
from regulars.project.children import end_with_parent
from regulars.project.database import prepare_what_repeats

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.project.settings")
# Under granian this runs in a worker of its own, which must not outlive the supervisor either.
end_with_parent()
figures.begin()
tracing.begin("regulars-web")
application = get_wsgi_application()
if settings.HTTPS:
    # Limits count clients, and behind a proxy every request comes from the proxy.
    application = wrap_wsgi_with_proxy_headers(application, settings.PROXIES)
prepare_what_repeats()
