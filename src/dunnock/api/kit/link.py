"""Paging by `Link` headers: clients follow these and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

CURSORS = frozenset({"max_id", "min_id", "since_id", "page", "offset"})


def link_header(
    base_url: str,
    path: str,
    query_pairs: Iterable[tuple[str, str]],
    *,
    next: Mapping[str, object] | None,  # noqa: A002 - the name of the relation
    prev: Mapping[str, object] | None,
) -> bytes:
    """`<url>; rel="next", <url>; rel="prev"` with absolute URLs; other query parameters are kept, cursors replaced.

    `next` and `prev` are the cursor of each direction (`{"max_id": 5}`), None for no link. Empty bytes: send no header.
    """
    kept = [(name, value) for name, value in query_pairs if name not in CURSORS]
    links = []
    for relation, cursor in (("next", next), ("prev", prev)):
        if cursor:
            pairs = [(name, value) for name, value in kept if name not in cursor]
            pairs += [(name, str(value)) for name, value in cursor.items()]
            links.append(f'<{base_url}{path}?{urlencode(pairs)}>; rel="{relation}"')
    return ", ".join(links).encode()
