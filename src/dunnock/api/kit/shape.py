"""Lenient decoding: what Rails clients send ("1", "", one value where a list is meant) made to fit a msgspec struct."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Any, TypeAlias, TypeVar

import msgspec
from msgspec import inspect

from dunnock.api.kit.uploads import Upload
from dunnock.foundation.errors import Invalid, Missing

T = TypeVar("T")
Fit: TypeAlias = Callable[[Any], Any]

ABSENT: Any = object()
# Source: ActiveModel::Type::Boolean::FALSE_VALUES; every other text is true.
FALSE_TEXTS = frozenset({"0", "f", "false", "off"})
BIGGEST_ID = 2**63 - 1
_INDEX = re.compile(r"-?[0-9]+")


def fit(tree: dict[str, Any], into: type[T], *, forgiving: bool = False) -> T:
    """The tree as a struct: texts to booleans and numbers, "" to None, a single value or an index-hash to a list.

    A null for a field that may not be null counts as missing; unknown names are ignored.
    `forgiving` (for query strings) drops every value that does not fit, so that the default stands.

    Raises:
        Missing: an `Id` that is none.
        Invalid: anything else that does not fit; the text names the field.
    """
    key: Any = into
    try:
        return msgspec.convert(_fitter(key, forgiving=forgiving)(tree), into, strict=False)
    except msgspec.ValidationError as error:
        raise Invalid(say=f"Validation failed: {error}") from error


@functools.cache
def _fitter(into: Any, *, forgiving: bool) -> Fit:
    return _for(inspect.type_info(into), forgiving=forgiving)


def _for(kind: inspect.Type, *, forgiving: bool) -> Fit:
    match kind:
        case inspect.Metadata(extra={"id": True}):
            return functools.partial(_id, forgiving=forgiving)
        case inspect.Metadata(type=inner):
            return _for(inner, forgiving=forgiving)
        case inspect.StructType():
            return _struct(kind, forgiving=forgiving)
        case inspect.ListType() | inspect.SetType() | inspect.FrozenSetType() | inspect.VarTupleType():
            return _list(kind, forgiving=forgiving)
        case inspect.UnionType(types=types):
            return _union(types, forgiving=forgiving)
        case inspect.BoolType():
            return _bool
        case inspect.IntType():
            return functools.partial(_whole, forgiving=forgiving)
        case inspect.FloatType() | inspect.DateTimeType() | inspect.DateType():
            return _blank_absent
        case inspect.LiteralType() | inspect.EnumType():
            return _blank_absent
        case inspect.StrType():
            return _str
        case inspect.CustomType(cls=cls) if cls is Upload:
            return lambda value: value if isinstance(value, Upload) else ABSENT
    return _as_it_is


def _as_it_is(value: Any) -> Any:
    return value


def _struct(kind: inspect.StructType, *, forgiving: bool) -> Fit:
    types = {field.encode_name: field.type for field in msgspec.structs.fields(kind.cls)}
    plan = [(one.encode_name, _for(one.type, forgiving=forgiving), types[one.encode_name]) for one in kind.fields]

    def fit_struct(value: Any) -> Any:
        if not isinstance(value, dict):
            return ABSENT if value is None or value == "" or forgiving else value
        fitted = {}
        for name, fit_field, field_type in plan:
            if name in value:
                found = fit_field(value[name])
                if found is not ABSENT and not (forgiving and not _converts(found, field_type)):
                    fitted[name] = found
        return fitted

    return fit_struct


def _converts(value: Any, into: Any) -> bool:
    try:
        msgspec.convert(value, into, strict=False)
    except (msgspec.ValidationError, OverflowError):
        return False
    return True


def _list(kind: Any, *, forgiving: bool) -> Fit:
    item = _for(kind.item_type, forgiving=forgiving)

    def fit_list(value: Any) -> Any:
        if isinstance(value, dict):
            # The numbers say nothing but "these are elements"; they come in the order in which they were sent.
            value = list(value.values()) if all(map(_INDEX.fullmatch, value)) else [value]
        elif value is None:
            return ABSENT
        elif not isinstance(value, list):
            value = [value]
        fitted = (item(element) for element in value if element is not None and element != "")
        return [element for element in fitted if element is not ABSENT]

    return fit_list


def _union(types: tuple[inspect.Type, ...], *, forgiving: bool) -> Fit:
    nullable = any(isinstance(kind, inspect.NoneType) for kind in types)
    others = [kind for kind in types if not isinstance(kind, inspect.NoneType)]
    if len(others) != 1:
        return _as_it_is
    inner = _for(others[0], forgiving=forgiving)
    text = isinstance(others[0], inspect.StrType)

    def fit_nullable(value: Any) -> Any:
        if value is None or (value == "" and not text):
            # An empty list is a list: `media_ids[]=` takes all away.
            return [] if value == "" and isinstance(others[0], inspect.ListType) else None
        return inner(value)

    return fit_nullable if nullable else inner


def _bool(value: Any) -> Any:
    if isinstance(value, str):
        return ABSENT if value == "" else value.strip().lower() not in FALSE_TEXTS
    if isinstance(value, (int, float)):
        return bool(value)
    return ABSENT


def _blank_absent(value: Any) -> Any:
    if isinstance(value, str):
        value = value.strip()
    return ABSENT if value is None or value == "" else value


def _whole(value: Any, *, forgiving: bool) -> Any:
    value = _blank_absent(value)
    try:
        fits = not isinstance(value, (int, str)) or abs(int(value)) <= BIGGEST_ID
    except ValueError:
        fits = True  # no number at all: the decoder says so better
    if fits:
        return value
    if forgiving:
        return ABSENT
    raise Invalid(say="Validation failed: a number is out of range")  # no database column holds it


def _str(value: Any) -> Any:
    if isinstance(value, str):
        if "\0" in value:
            raise Invalid(say="Validation failed: text contains a null character")
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    return ABSENT if value is None or isinstance(value, Upload) else value


def _id(value: Any, *, forgiving: bool) -> Any:
    if value is None or value == "":
        return ABSENT
    number = parse_id(value)
    if number is not None:
        return number
    if forgiving:
        return ABSENT
    raise Missing


def parse_id(value: Any) -> int | None:
    """An id from its decimal text (or a JSON integer); None when it can't be one."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 19:
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value <= BIGGEST_ID:
        return value
    return None
