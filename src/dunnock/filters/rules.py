"""What is in a filter, one by one: keywords, and posts that it matches whatever they say."""

from __future__ import annotations

from dunnock.filters import store
from dunnock.filters.errors import FilterMissing, FilterRefused
from dunnock.filters.events import FiltersChanged
from dunnock.filters.model import MOST_POSTS, FilteredPost, Keyword, KeywordChange
from dunnock.filters.write import change_filter, hold_filter
from dunnock.foundation.db import Tx
from dunnock.posts.errors import PostMissing
from dunnock.posts.find import find_visible


async def add_keyword(tx: Tx, account_id: int, filter_id: int, *, keyword: str, whole_word: bool = True) -> Keyword:
    """A new keyword of a filter.

    Raises:
        FilterMissing: the account has no such filter.
        FilterRefused: the keyword is blank or too long, or there are too many.
    """
    if not keyword.strip():
        raise FilterRefused(say="Validation failed: Keyword can't be blank")
    change = KeywordChange(keyword=keyword, whole_word=whole_word)
    return (await change_filter(tx, account_id, filter_id, keywords=(change,))).keywords[-1]


async def change_keyword(
    tx: Tx, account_id: int, keyword_id: int, *, keyword: str | None = None, whole_word: bool | None = None
) -> Keyword:
    """Change a keyword; what is None stays. Raises FilterMissing, FilterRefused."""
    change = KeywordChange(id=keyword_id, keyword=keyword, whole_word=whole_word)
    filter_id = await _filter_of(tx, account_id, keyword_id)
    changed = await change_filter(tx, account_id, filter_id, keywords=(change,))
    return next(one for one in changed.keywords if one.id == keyword_id)


async def remove_keyword(tx: Tx, account_id: int, keyword_id: int) -> None:
    """Remove a keyword; its filter stays. Raises FilterMissing."""
    filter_id = await _filter_of(tx, account_id, keyword_id)
    await change_filter(tx, account_id, filter_id, keywords=(KeywordChange(id=keyword_id, remove=True),))


async def _filter_of(tx: Tx, account_id: int, keyword_id: int) -> int:
    found = await store.find_keyword(tx, account_id, keyword_id)
    if found is None:
        raise FilterMissing(keyword_id)
    return found.filter_id


async def add_post(tx: Tx, account_id: int, filter_id: int, *, post_id: int | None) -> FilteredPost:
    """Have a filter match a post (or a boost), whatever it says.

    Raises:
        FilterMissing: the account has no such filter.
        FilterRefused: there is no such post (that the account may see), it is in the filter already, or too many are.
    """
    await hold_filter(tx, account_id, filter_id)
    try:
        post = await find_visible(tx, post_id or 0, account_id)
    except PostMissing as error:
        raise FilterRefused(post_id, say="Validation failed: Status must exist") from error
    if await store.count_posts(tx, filter_id) >= MOST_POSTS:
        raise FilterRefused(filter_id, say=f"Validation failed: A filter holds up to {MOST_POSTS} posts")
    made = FilteredPost(tx.new_id(), filter_id, post.id)
    if not await store.add_post(tx, made):
        raise FilterRefused(post.id, say="Validation failed: Status has already been taken")
    await tx.record(FiltersChanged(account_id=account_id))
    return made


async def remove_post(tx: Tx, account_id: int, filtered_id: int) -> None:
    """Take a post out of a filter. Raises FilterMissing."""
    found = await store.find_post(tx, account_id, filtered_id)
    if found is None:
        raise FilterMissing(filtered_id)
    await hold_filter(tx, account_id, found.filter_id)
    await store.drop_post(tx, filtered_id)
    await tx.record(FiltersChanged(account_id=account_id))


async def forget_post(tx: Tx, post_id: int) -> None:
    """Take a deleted post out of everybody's filters."""
    for owner in await store.forget_post(tx, post_id):
        await tx.record(FiltersChanged(account_id=owner))
