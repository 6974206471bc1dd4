"""Paging of lists on pages: from the query to a cursor, and on to the links."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from dunnock import accounts
from dunnock.feeds import Cursor, Page
from dunnock.web.pages import PageParams

PER_PAGE = 20


class Steps(msgspec.Struct, frozen=True):
    """Where the links to newer and older posts lead; None: no link."""

    newer: int | None
    older: int | None


def cursor_of(params: PageParams) -> Cursor:
    """Which posts the query asks for."""
    return Cursor(limit=PER_PAGE, max_id=params.max_id, min_id=params.min_id)


def steps_of(page: Page, cursor: Cursor) -> Steps:
    """The links of a page; the first page has none to newer posts, a short one none to older."""
    inside = cursor.max_id is not None or cursor.min_id is not None
    full = len(page.entries) == cursor.limit or cursor.min_id is not None
    return Steps(page.newest if inside else None, page.oldest if full else None)


def steps_between(ids: Sequence[int], cursor: accounts.Cursor) -> Steps:
    """The same for rows whose cursors are `ids`, newest first."""
    inside = cursor.max_id is not None or cursor.upwards
    full = len(ids) == cursor.limit or cursor.upwards
    return Steps(ids[0] if ids and inside else None, ids[-1] if ids and full else None)


def steps_of_people(page: accounts.Page, cursor: accounts.Cursor) -> Steps:
    """The same for people."""
    inside = cursor.max_id is not None or cursor.upwards
    full = len(page.ids) == cursor.limit or cursor.upwards
    return Steps(page.newest if inside else None, page.oldest if full else None)
