"""Pages, styles and scripts go out compressed; answers to machines do not: there the time counts, not the bytes."""

from django.http import HttpRequest, HttpResponseBase
from django.middleware.gzip import GZipMiddleware

PACKED = ("text/html", "text/css", "text/javascript", "application/javascript", "image/svg+xml")


class PackPages(GZipMiddleware):
    """Django's adds bytes of random length, so that the size of a page tells nothing of what stands in it."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.headers.get("Content-Type", "").startswith(PACKED):
            return super().process_response(request, response)
        return response
