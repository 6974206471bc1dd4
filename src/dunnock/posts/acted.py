"""Who liked or boosted a post. Mastodon: favourited_by, reblogged_by; the cursor is the act."""

from __future__ import annotations

from dunnock.accounts.paging import Cursor, Page, page_of
from dunnock.foundation.db import Reader
from dunnock.posts.find import find_original
from dunnock.posts.model import Act
from dunnock.posts.store import acts


async def favourited_by(reader: Reader, post_id: int, viewer_id: int | None, cursor: Cursor) -> Page:
    """Who likes the post, latest first, as far as the viewer may see them. Raises PostMissing as `favourite`."""
    return await _who(reader, Act.FAVOURITE, post_id, viewer_id, cursor)


async def boosted_by(reader: Reader, post_id: int, viewer_id: int | None, cursor: Cursor) -> Page:
    """Who boosted the post for all to see, latest first, as far as the viewer may see them. Raises PostMissing as `boost`."""
    return await _who(reader, Act.BOOST, post_id, viewer_id, cursor)


async def _who(reader: Reader, act: Act, post_id: int, viewer_id: int | None, cursor: Cursor) -> Page:
    post = await find_original(reader, post_id, viewer_id)
    rows = await acts.people(reader, act, post.id, viewer_id, **cursor.bounds, up=cursor.upwards)
    return page_of(rows, upwards=cursor.upwards)
