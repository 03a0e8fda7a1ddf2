"""Strict reading of a nested document, with everything that is wrong in it rather than the first thing."""

from collections.abc import Mapping as Record
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin

import msgspec
from django.utils.translation import gettext as _

from regulars.intake.reading.faults import Fault

T = TypeVar("T", bound=msgspec.Struct)


def convert_all(found: object, kind: type[T]) -> tuple[T | None, list[Fault]]:
    """The value, or what is wrong and where. Scalars arrive as text and are converted as the type asks."""
    faults = list(_faults(found, kind, ""))
    if faults:
        return None, faults
    return msgspec.convert(found, kind, strict=False), []


def _faults(found: object, kind: Any, path: str) -> list[Fault]:
    if isinstance(kind, UnionType) and {tuple, dict} == {get_origin(one) for one in get_args(kind)}:
        shape = tuple if isinstance(found, list) else dict
        kind = next(one for one in get_args(kind) if get_origin(one) is shape)
    struct = _struct_in(kind)
    if struct is not None and (isinstance(found, Record) or kind is struct):
        return _struct_faults(found, struct, path)
    if get_origin(kind) is tuple and isinstance(found, list):
        inner = get_args(kind)[0]
        return [fault for place, item in enumerate(found) for fault in _faults(item, inner, f"{path}[{place}]")]
    if get_origin(kind) is dict and isinstance(found, Record):
        inner = get_args(kind)[1]
        return [fault for key, item in found.items() for fault in _faults(item, inner, f"{path}.{key}")]
    try:
        msgspec.convert(found, kind, strict=False)
    except msgspec.ValidationError:
        return [Fault(path, _needed(kind))]
    return []


def _needed(kind: Any) -> str:
    """What may stand there."""
    choices = get_args(kind) if isinstance(kind, UnionType) else (kind,)
    kinds = {get_origin(one) or one for one in choices}
    if bool in kinds:
        return _("true or false is needed here")
    if dict in kinds:
        return _("a group of keys is needed here")
    if {str, tuple} <= kinds:
        return _("a value or a list of values is needed here")
    return _("a list is needed here") if tuple in kinds else _("a single value is needed here")


def _struct_in(kind: Any) -> type[msgspec.Struct] | None:
    """The struct that `kind` is, or that it is an optional of."""
    choices = [kind, *get_args(kind)] if get_origin(kind) not in (tuple, dict) else [kind]
    return next((one for one in choices if isinstance(one, type) and issubclass(one, msgspec.Struct)), None)


def _struct_faults(found: object, kind: type[msgspec.Struct], path: str) -> list[Fault]:
    if not isinstance(found, Record):
        return [Fault(path, _("a group of keys is needed here"))]
    fields = {field.name: field for field in msgspec.structs.fields(kind)}
    faults = [Fault(_join(path, key), _("there is no such key")) for key in found if key not in fields]
    for name, field in fields.items():
        if name in found:
            faults += _faults(found[name], field.type, _join(path, name))
        elif field.required:
            faults.append(Fault(_join(path, name), _("this key is needed")))
    return faults


def _join(path: str, key: object) -> str:
    return f"{path}.{key}" if path else str(key)
