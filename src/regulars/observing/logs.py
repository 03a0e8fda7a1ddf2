"""Log lines as JSON, one object each, for whoever collects them: REGULARS_LOG=json.

A line names the request by its id and facts by their keys. Of an error it says the kind and the places it came through,
not its words: those of a database may hold somebody's address.
"""

import json
import logging
import random
import re
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

import psycopg

# The request that this thread or task answers.
request_id: ContextVar[str] = ContextVar("request_id", default="")
GIVEN = re.compile(r"[A-Za-z0-9_.:-]{8,64}\Z")
# What may stand in a line besides its words.
SAID = ("door", "facts", "method", "ms", "route", "status")
FACTS_MOST = 20
ABOUT_REQUESTS = ("django.request", "django.security")
NOWHERE = "(nowhere)"

requests = logging.getLogger("regulars.requests")


def id_of(given: str) -> str:
    """The caller's own id for a request where it looks like one, else a new one: no secret, so nothing is asked of
    the system for it."""
    return given if GIVEN.match(given) else f"{random.getrandbits(64):016x}"


def answered(door: str, method: str, route: str, status: int, seconds: float, facts: list[str]) -> None:
    """One line for each request, where lines of that level are kept."""
    if requests.isEnabledFor(logging.INFO):
        told = {"door": door, "method": method, "route": route, "status": status, "ms": round(seconds * 1e3, 1)}
        requests.info("%s %s %d", method, route, status, extra={**told, "facts": facts[:FACTS_MOST]})


def words(record: logging.LogRecord) -> str:
    """Django's own lines about a request hold its address, which may be somebody's name or a token: of these only what
    was answered, and where."""
    if not record.name.startswith(ABOUT_REQUESTS):
        return record.getMessage()
    found = getattr(getattr(record, "request", None), "resolver_match", None)
    return f"{getattr(record, 'status_code', 0)} {f'/{found.route}' if found else NOWHERE}"


class Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        said: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": words(record),
        }
        if request := request_id.get():
            said["request"] = request
        said |= {name: value for name in SAID if (value := getattr(record, name, None)) not in (None, [])}
        if record.exc_info and record.exc_info[1]:
            said["error"] = error_told(record.exc_info[1])
        return json.dumps(said, ensure_ascii=False, default=str)


def error_told(error: BaseException) -> dict[str, Any]:
    """Its kind, where it came through, and what caused it; of the database's also the code and the constraint."""
    kind = type(error)
    frames = traceback.extract_tb(error.__traceback__)
    told: dict[str, Any] = {
        "kind": f"{kind.__module__}.{kind.__qualname__}",
        "through": [f"{frame.filename.rpartition('/src/')[2]}:{frame.lineno} {frame.name}" for frame in frames],
    }
    if isinstance(error, psycopg.Error) and error.sqlstate:
        told["sqlstate"] = error.sqlstate
        told["constraint"] = error.diag.constraint_name or ""
    if error.__cause__ is not None:
        told["cause"] = error_told(error.__cause__)
    return told
