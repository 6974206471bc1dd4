"""Lists whose cursor is not the id of what they show: pages, their Link header, and JSON that is finished already."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from litestar import Response

from dunnock import accounts
from dunnock.api.kit import Caller, Paging, link_header, page_limit
from dunnock.foundation.errors import Invalid

ACCOUNTS_A_PAGE = 40


def cursor_of(params: Paging, *, default: int = ACCOUNTS_A_PAGE) -> accounts.Cursor:
    """The part of a list that the query asks for."""
    return accounts.Cursor(
        limit=page_limit(params.limit, default), max_id=params.max_id, since_id=params.since_id, min_id=params.min_id
    )


def links(
    public_url: str,
    path: str,
    cursor: accounts.Cursor,
    *,
    count: int,
    newest: int | None,
    oldest: int | None,
    kept: Iterable[tuple[str, str]] = (),
) -> bytes:
    """The Link header of a page with `count` entries between `newest` and `oldest`; `kept`: other query parameters.

    A page that is not full is the last, unless it was read upwards.
    """
    more = count >= cursor.limit or cursor.upwards
    return link_header(
        public_url,
        path,
        [("limit", str(cursor.limit)), *kept],
        next={"max_id": oldest} if oldest is not None and more else None,
        prev={"min_id": newest} if newest is not None else None,
    )


def links_of(
    public_url: str, path: str, cursor: accounts.Cursor, ids: Sequence[int], *, kept: Iterable[tuple[str, str]] = ()
) -> bytes:
    """The Link header of a page of these, the newest first; `kept`: other query parameters."""
    newest, oldest = (ids[0], ids[-1]) if ids else (None, None)
    return links(public_url, path, cursor, count=len(ids), newest=newest, oldest=oldest, kept=kept)


def page_links(public_url: str, path: str, cursor: accounts.Cursor, page: accounts.Page) -> bytes:
    """The Link header of a page of accounts."""
    return links(public_url, path, cursor, count=len(page.ids), newest=page.newest, oldest=page.oldest)


def answer(body: bytes, *, link: bytes = b"") -> Response[Any]:
    """Finished JSON as an answer."""
    headers = {"link": link.decode()} if link else None
    return Response(body, media_type="application/json; charset=utf-8", headers=headers)


def me(caller: Caller) -> int:
    """The account that a caller under `require(...)` acts for."""
    if caller.account_id is None:
        raise Invalid(caller.app_id, say="This method requires an authenticated user")
    return caller.account_id


def viewer_of(caller: Caller | None) -> int:
    """The account that looks; 0 for strangers and apps."""
    return 0 if caller is None or caller.account_id is None else caller.account_id
