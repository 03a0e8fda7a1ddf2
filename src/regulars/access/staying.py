"""How long somebody of the staff stays signed in: until nothing was asked for a while, for a till has many hands."""

import time
from collections.abc import Callable

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse

ASKED_AT = "asked_at"
# Written down no more often than that: most pages write nothing.
SECONDS = 600


def staying(answer: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: a session that is in use begins its time anew."""

    def answered(request: HttpRequest) -> HttpResponse:
        response, session, now = answer(request), request.session, int(time.time())
        if session.accessed and SESSION_KEY in session:
            came_in = [one["at"] for one in session.get(AUTHENTICATION_METHODS_SESSION_KEY, [])]
            if now - session.get(ASKED_AT, max(came_in, default=0)) > SECONDS:
                session[ASKED_AT] = now
        return response

    return answered
