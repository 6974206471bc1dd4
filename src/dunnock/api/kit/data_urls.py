"""Files sent as text: a `data:` URL where a form takes an upload, as Mastodon takes avatars and thumbnails in JSON."""

from __future__ import annotations

import base64
import binascii
import functools
import os
import re
import tempfile
from pathlib import Path
from typing import Any

from msgspec import inspect

from dunnock.api.kit.errors import BadRequest
from dunnock.api.kit.settings import Limits
from dunnock.api.kit.uploads import Upload

# Source: RFC 2397, in the base64 form, which is the only one that libraries send.
_DATA_URL = re.compile(r"data:(?P<type>[^;,]{0,100})(?:;[^;,]{1,100}){0,5}?;base64,", re.ASCII | re.IGNORECASE)


def spool_data_urls(tree: Any, into: Any, *, limits: Limits, keep: list[Path]) -> None:
    """Put an `Upload` in place of each `data:` URL that stands in the tree where the struct has an upload.

    The size is bounded by that of the body. Paths of temporary files are put in `keep`; the caller removes them.

    Raises:
        BadRequest: what stands behind `base64,` is no base64, or there are too many files.
    """
    if plan := _plan(into):
        _spool(tree, plan, limits, keep)


@functools.cache
def _plan(into: Any) -> dict[str, Any]:
    return _plan_of(inspect.type_info(into))


def _plan_of(kind: inspect.Type) -> dict[str, Any]:
    """Names of fields that take uploads: to None, or to the plan of the struct (or of each in the list) below."""
    match kind:
        case inspect.Metadata(type=inner):
            return _plan_of(inner)
        case inspect.UnionType(types=types):
            return {name: below for one in types for name, below in _plan_of(one).items()}
        case inspect.ListType(item_type=item) | inspect.VarTupleType(item_type=item):
            return _plan_of(item)
        case inspect.StructType(fields=fields):
            below = {one.encode_name: _takes_upload(one.type) or _plan_of(one.type) for one in fields}
            return {name: None if found is True else found for name, found in below.items() if found}
    return {}


def _takes_upload(kind: inspect.Type) -> bool:
    return any(
        isinstance(one, inspect.CustomType) and one.cls is Upload
        for one in (kind.types if isinstance(kind, inspect.UnionType) else (kind,))
    )


def _spool(value: Any, plan: dict[str, Any], limits: Limits, keep: list[Path]) -> None:
    if isinstance(value, list):
        for one in value:
            _spool(one, plan, limits, keep)
        return
    if not isinstance(value, dict):
        return
    if not plan.keys() & value.keys():
        for one in value.values():  # a list written with numbers: media_attributes[0][thumbnail]
            if isinstance(one, dict):
                _spool(one, plan, limits, keep)
        return
    for name, below in plan.items():
        found = value.get(name)
        if below is not None:
            _spool(found, below, limits, keep)
        elif isinstance(found, str) and (said := _DATA_URL.match(found)):
            value[name] = _write(said["type"], found[said.end() :], limits, keep)


def _write(claimed_type: str, text: str, limits: Limits, keep: list[Path]) -> Upload:
    if len(keep) >= limits.files:
        raise BadRequest(say="Too many files")
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadRequest(say="A data URL is broken") from error
    handle, name = tempfile.mkstemp(prefix="upload-", dir=limits.spool)
    keep.append(Path(name))
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    return Upload(Path(name), filename="", size=len(content), claimed_type=claimed_type)
