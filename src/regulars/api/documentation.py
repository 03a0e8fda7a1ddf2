"""The API described: for programs as OpenAPI 3.1, for people as pages that need no script from anywhere."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from msgspec import Struct

from regulars.access.permissions import public
from regulars.contract.fields import NO_CONTROL
from regulars.contract.problems import KINDS, MEDIA_TYPE

Schema = dict[str, Any]
# How long, how large, how many: the least and the most of each.
RANGES = {"characters": ("minLength", "maxLength"), "items": ("minItems", "maxItems"), "": ("minimum", "maximum")}

# What holds for every request; names and examples are the same in every language.
RULES = (
    _('Send JSON with "Authorization: Bearer rk_…": a key of one program, whose scopes say what it may do.'),
    _('Money is decimal text in major units, "12.50"; a JSON number is refused.'),
    _("Times carry their offset, 2026-01-10T15:00:00+08:00, and lie at most five minutes ahead."),
    _("Unknown fields are refused. A body has at most 1 MB, an order 1,000 lines, a page 200 entries."),
    _("A refusal is a problem with a stable code and pointers into the body; nothing was changed."),
    _("The same order or activity again gets the first answer. POST /v1/members does so by its Idempotency-Key."),
    _("Answers are in the language of Accept-Language: en, zh-Hant, zh-Hans."),
)


class FieldLine(Struct, frozen=True):
    """One field of a body or an answer, under its whole path: `lines[].total`."""

    path: str
    kind: str
    needed: bool
    bounds: str
    description: str


class OperationPage(Struct, frozen=True):
    method: str
    path: str
    summary: str
    description: str
    scope: str
    parameters: list[FieldLine]
    asks: list[FieldLine]
    answers: list[FieldLine]


@public
def openapi(_request: HttpRequest) -> HttpResponse:
    return JsonResponse(described(), json_dumps_params={"ensure_ascii": False})


@public
def docs(request: HttpRequest) -> HttpResponse:
    return render(request, "api/docs.html", {"operations": list(pages(described())), "rules": RULES})


@public
def problems(request: HttpRequest) -> HttpResponse:
    return render(request, "api/problems.html", {"kinds": KINDS.items()})


@cache
def described() -> Schema:
    """The OpenAPI document. Refusals are problems, which ninja does not know."""
    from regulars.api.urls import api

    schema: Schema = api.get_openapi_schema(path_prefix="/v1/")
    for operation in _operations(schema):
        for status, answer in operation["responses"].items():
            if int(status) >= 400 and "content" in answer:
                answer["content"] = {MEDIA_TYPE: next(iter(answer["content"].values()))}
    return schema


def pages(schema: Schema) -> Iterator[OperationPage]:
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
            answer = next(answer for status, answer in operation["responses"].items() if int(status) < 400)
            yield OperationPage(
                method.upper(),
                path,
                operation["summary"],
                operation.get("description", ""),
                operation["x-scope"],
                [_parameter(parameter) for parameter in operation["parameters"]],
                list(_fields(body, schema)),
                list(_fields(answer["content"]["application/json"]["schema"], schema)),
            )


def _operations(schema: Schema) -> Iterator[Schema]:
    for methods in schema["paths"].values():
        yield from methods.values()


def _parameter(parameter: Schema) -> FieldLine:
    shape = _plain(parameter["schema"])
    said = shape.get("description", "")
    return FieldLine(parameter["name"], parameter["in"], parameter.get("required", False), _bounds(shape), said)


def _fields(shape: Schema, schema: Schema, under: str = "") -> Iterator[FieldLine]:
    """The fields of a shape, those of the shapes inside it right after each."""
    shape = _resolved(shape, schema)
    for name, field in shape.get("properties", {}).items():
        plain = _resolved(_plain(field), schema)
        path = f"{under}.{name}" if under else name
        kind = plain.get("type", "object")
        said = field.get("description") or ""
        yield FieldLine(path, kind, name in shape.get("required", ()), _bounds(plain), said)
        yield from (
            _fields(plain.get("items", {}), schema, f"{path}[]") if kind == "array" else _fields(plain, schema, path)
        )


def _resolved(shape: Schema, schema: Schema) -> Schema:
    name = shape.get("$ref", "").rpartition("/")[2]
    return {**schema["components"]["schemas"][name], **shape} if name else shape


def _plain(shape: Schema) -> Schema:
    """A shape that may be null, without the null."""
    choices = [choice for choice in shape.get("anyOf", ()) if choice.get("type") != "null"]
    return {**choices[0], **shape} if len(choices) == 1 else shape


def _bounds(shape: Schema) -> str:
    """What a value must keep to: "1 to 100 characters, no control characters"."""
    found = [_range(shape.get(least), shape.get(most), unit) for unit, (least, most) in RANGES.items()]
    found.append(shape.get("format", ""))
    pattern = shape.get("pattern", "")
    found.append("no control characters" if pattern == NO_CONTROL else pattern)
    if shape.get("default") not in (None, "", [], False):
        found.append(f"{shape['default']} unless said")
    return ", ".join(filter(None, found))


def _range(least: object, most: object, unit: str) -> str:
    if most is None:
        return ""
    return f"{least} to {most} {unit}".rstrip() if least else f"at most {most} {unit}".rstrip()
