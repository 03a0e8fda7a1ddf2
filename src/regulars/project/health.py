"""`/health`: whether this process answers and reaches its database. For supervisors and load balancers."""

import os

from django.db import OperationalError, connection
from django.http import HttpRequest, JsonResponse

from regulars.access.permissions import public

RUN = "REGULARS_RUN"


@public
def health(_request: HttpRequest) -> JsonResponse:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except OperationalError:
        return JsonResponse({"database": "unreachable"}, status=503)
    return JsonResponse({"database": "reachable", "run": os.environ.get(RUN, "")})
