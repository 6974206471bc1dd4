"""Flat pairs with Rails-style names (`poll[options][]`, `fields_attributes[0][name]`) to nested dicts and lists."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias
from urllib.parse import unquote_to_bytes

from dunnock.api.kit.errors import BadRequest

Tree: TypeAlias = dict[str, Any]
Pair: TypeAlias = tuple[str, Any]


def split_name(name: str, *, max_depth: int) -> list[str]:
    """`a[b][][c]` to `["a", "b", "", "c"]`; a name with stray brackets is taken whole, as Rails does.

    Raises:
        BadRequest: more than `max_depth` levels.
    """
    if name[-1:] != "]" or "[" not in name[1:] or name[0] == "[":
        return [name]
    head, _, rest = name[:-1].partition("[")
    parts = [head, *rest.split("][")]
    if len(parts) > max_depth:
        raise BadRequest(say="Parameters are nested too deeply")
    if any("[" in part or "]" in part for part in parts):
        return [name]
    return parts


def nest(pairs: Iterable[Pair], *, max_depth: int = 8, into: Tree | None = None) -> Tree:
    """Build one tree of the pairs.

    Later scalars win, `[]` appends, `[][x]` starts a new element when `x` is there already.

    Raises:
        BadRequest: one name is used as a scalar and as a container, or nests deeper than `max_depth`.

    Source: Rack::QueryParser.
    """
    root: Tree = {} if into is None else into
    for name, value in pairs:
        if name:
            _put(root, split_name(name, max_depth=max_depth), value)
    return root


def _put(node: Tree, parts: list[str], value: Any) -> None:
    head, rest = parts[0], parts[1:]
    if not rest:
        held = node.get(head)
        if isinstance(held, list):
            held.append(value)  # `id=1&id=2` after `id[]=0`
        else:
            node[head] = value
    elif rest[0] == "":
        items = node.setdefault(head, [])
        if not isinstance(items, list):
            if isinstance(items, dict):
                raise BadRequest(say=f"Parameter {head!r} is used in two ways")
            items = node[head] = [items]
        if len(rest) == 1:
            items.append(value)
            return
        last = items[-1] if items else None
        if not isinstance(last, dict) or _has(last, rest[1:]):
            last = {}
            items.append(last)
        _put(last, rest[1:], value)
    else:
        child = node.setdefault(head, {})
        if not isinstance(child, dict):
            raise BadRequest(say=f"Parameter {head!r} is used in two ways")
        _put(child, rest, value)


def _has(node: Tree, parts: list[str]) -> bool:
    """Is there a value at this place already, so that a new list element must begin?"""
    held = node.get(parts[0])
    if held is None:
        return False
    if len(parts) == 1:
        return True
    if parts[1] == "":
        return False
    return isinstance(held, dict) and _has(held, parts[1:])


def pairs_of(encoded: bytes, *, max_fields: int = 1000) -> list[Pair]:
    """The pairs of a query string or an `application/x-www-form-urlencoded` body, in order.

    Raises:
        BadRequest: text that is no UTF-8, or more than `max_fields` pairs.
    """
    if not encoded:
        return []
    if encoded.count(b"&") >= max_fields:
        raise BadRequest(say="Too many parameters")
    try:
        return [
            (_text(name), _text(value))
            for name, _, value in (item.partition(b"=") for item in encoded.split(b"&") if item)
        ]
    except UnicodeDecodeError as error:
        raise BadRequest(say="Parameters are not valid UTF-8") from error


def _text(raw: bytes) -> str:
    if b"+" in raw:
        raw = raw.replace(b"+", b" ")
    return (unquote_to_bytes(raw) if b"%" in raw else raw).decode()
