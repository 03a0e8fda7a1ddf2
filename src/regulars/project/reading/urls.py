"""The doors, and beside them an operation that reads one row by its key: as little as an answer can ask."""

from uuid import UUID

from django.http import HttpRequest
from django.urls import path
from ninja import Schema

from regulars.api.door import Api, StrictParser, operation, program_of
from regulars.ledger.connect import raw, rows
from regulars.project import urls

ROW = "SELECT available FROM ledger_account WHERE program_id = %s AND member_id = %s"

bench = Api(openapi_url=None, docs_url=None, parser=StrictParser(), urls_namespace="bench")


class RowAnswer(Schema):
    available: int


@bench.get("/rows/{uuid:member}", **operation("members:read", RowAnswer))
def row(request: HttpRequest, member: UUID) -> dict[str, int]:
    [[available]] = rows(raw(), ROW, [program_of(request).id, member])
    return {"available": available}


urlpatterns = [path("bench/", bench.urls), *urls.urlpatterns]
