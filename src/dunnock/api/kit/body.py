"""A request's body and query, whatever their encoding, as one tree of dicts, lists, texts and uploads."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec

from dunnock.api.kit.errors import BadRequest, BodyTooLarge, UnsupportedBody
from dunnock.api.kit.nested import Tree, nest, pairs_of
from dunnock.api.kit.settings import Limits
from dunnock.api.kit.uploads import read_multipart

_decode_json = msgspec.json.Decoder().decode


async def read_tree(scope: Any, receive: Any, *, limits: Limits, keep: list[Path]) -> Tree:
    """Body and query string merged, the body winning (Rails does so for every method). Empty body: only the query.

    Paths of temporary files are put in `keep`.

    Raises:
        BadRequest: broken framing, encoding, JSON, multipart, nesting; the client went away or was too slow.
        BodyTooLarge, UnsupportedBody: as they say.
    """
    tree = nest(pairs_of(scope["query_string"], max_fields=limits.fields), max_depth=limits.depth)
    content_type, length = _framing(scope["headers"])
    kind = content_type.partition(";")[0].strip().lower()
    most = limits.upload_bytes + limits.body_bytes if kind == "multipart/form-data" else limits.body_bytes
    if length > most:
        raise BodyTooLarge
    chunks = _chunks(receive, most)
    try:
        async with asyncio.timeout(limits.upload_seconds if kind == "multipart/form-data" else limits.seconds):
            if kind == "multipart/form-data" and length:
                pairs = await read_multipart(chunks, content_type, limits=limits, keep=keep)
                return nest(pairs, max_depth=limits.depth, into=_shallow(tree, pairs))
            body = b"".join([chunk async for chunk in chunks])
    except TimeoutError as error:
        raise BadRequest(say="The request took too long to arrive") from error
    if not body:
        return tree
    if kind == "application/x-www-form-urlencoded":
        pairs = pairs_of(body, max_fields=limits.fields)
        return nest(pairs, max_depth=limits.depth, into=_shallow(tree, pairs))
    if kind == "application/json" or kind.endswith("+json"):
        return tree | _json(body, limits.depth)
    raise UnsupportedBody


def _framing(headers: list[tuple[bytes, bytes]]) -> tuple[str, int]:
    """Content type and announced length; -1 when none is announced."""
    kinds = [value for name, value in headers if name == b"content-type"]
    lengths = [value for name, value in headers if name == b"content-length"]
    encodings = [value for name, value in headers if name == b"content-encoding"]
    if len(kinds) > 1 or len(lengths) > 1:
        raise BadRequest(say="A header is there twice")
    if encodings and encodings != [b"identity"]:
        raise UnsupportedBody
    if lengths and not (lengths[0].isdigit() and len(lengths[0]) < 20):
        raise BadRequest(say="The length is not a number")
    return kinds[0].decode("latin-1") if kinds else "", int(lengths[0]) if lengths else -1


async def _chunks(receive: Any, most: int) -> AsyncIterator[bytes]:
    total = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise BadRequest(say="The client went away")
        chunk: bytes = message.get("body", b"")
        total += len(chunk)
        if total > most:
            raise BodyTooLarge
        yield chunk
        if not message.get("more_body", False):
            return


def _shallow(tree: Tree, pairs: list[tuple[str, Any]]) -> Tree:
    """The query's tree without what the body names, so that lists of both do not run together."""
    named = {name.partition("[")[0] for name, _ in pairs}
    return {name: value for name, value in tree.items() if name not in named}


def _json(body: bytes, depth: int) -> Tree:
    try:
        decoded = _decode_json(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadRequest(say="The JSON is broken") from error
    if decoded is None:
        return {}
    if not isinstance(decoded, dict):
        raise BadRequest(say="The JSON must be an object")
    level: list[Any] = [decoded]
    for _ in range(depth + 1):
        level = [
            child
            for node in level
            for child in (node.values() if isinstance(node, dict) else node)
            if isinstance(child, (dict, list))
        ]
        if not level:
            return decoded
    raise BadRequest(say="Parameters are nested too deeply")
