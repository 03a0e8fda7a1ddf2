"""What a body or a parameter must not be, said in the reader's language and with a pointer to the place."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from django.utils.translation import gettext_lazy as _

from regulars.contract.problems import Fault, Problem
from regulars.programs.wording import one_of

# By pydantic's name for the kind of error; `_` words are filled from its context.
SAID = {
    "bool_parsing": _("true or false is needed"),
    "bool_type": _("true or false is needed"),
    "dict_type": _("an object is needed"),
    "extra_forbidden": _("there is no such field"),
    "greater_than_equal": _("at least %(ge)s is needed"),
    "int_from_float": _("a whole number is needed"),
    "int_parsing": _("a whole number is needed"),
    "int_type": _("a whole number is needed"),
    "less_than_equal": _("at most %(le)s is allowed"),
    "list_type": _("a list is needed"),
    "literal_error": _("one of these is needed: %(allowed)s"),
    "missing": _("this is needed"),
    "model_attributes_type": _("an object is needed"),
    "model_type": _("an object is needed"),
    "string_pattern_mismatch": _("this must look like %(pattern)s"),
    "string_too_long": _("at most %(max_length)s characters are allowed"),
    "string_too_short": _("at least %(min_length)s characters are needed"),
    "string_type": _("text is needed"),
    "string_unicode": _("text is needed"),
    "too_long": _("at most %(max_length)s items are allowed"),
    "too_short": _("at least %(min_length)s items are needed"),
    "uuid_parsing": _("a UUID is needed"),
    "uuid_type": _("a UUID is needed"),
}
OTHER = _("this does not fit")
QUOTED = re.compile("'[^']*'")


def decoded(body: bytes) -> Any:
    """JSON as RFC 8259 has it: no NaN, no endless nesting. Raises Problem."""
    try:
        return msgspec.json.decode(body)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise Problem("malformed_json", str(error)) from None


def faults(errors: Iterable[Mapping[str, Any]]) -> list[Fault]:
    """ninja's list of validation errors, each with its place."""
    return [_fault(error) for error in errors]


def _fault(error: Mapping[str, Any]) -> Fault:
    where, *path = error["loc"]
    if where == "body":
        # The first step names our function's argument, which is none of the caller's business.
        return Fault(_detail(error), pointer="".join(f"/{_escaped(str(step))}" for step in path[1:]))
    return Fault(_detail(error), parameter=str(path[-1]))


def _detail(error: Mapping[str, Any]) -> str:
    context = dict(error.get("ctx", {}))
    if error["type"] == "value_error":  # raised by ourselves, in the reader's language already
        return str(context["error"])
    if error["type"] == "literal_error":
        context["allowed"] = one_of(QUOTED.findall(context["expected"]))
    return str(SAID.get(error["type"], OTHER)) % context


def _escaped(step: str) -> str:
    return step.replace("~", "~0").replace("/", "~1")
