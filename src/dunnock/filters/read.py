"""Read one's filters."""

from __future__ import annotations

from dunnock.filters import store
from dunnock.filters.errors import FilterMissing
from dunnock.filters.model import Filter, FilteredPost, Keyword
from dunnock.foundation.db import Reader


async def filters_of(reader: Reader, account_id: int) -> list[Filter]:
    """The account's filters, oldest first, also those whose time is over."""
    return await store.all_of(reader, account_id)


async def find_filter(reader: Reader, account_id: int, filter_id: int) -> Filter:
    """One of the account's filters.

    Raises:
        FilterMissing: it has no such filter.
    """
    found = await store.find(reader, account_id, filter_id)
    if found is None:
        raise FilterMissing(filter_id)
    return found


async def find_keyword(reader: Reader, account_id: int, keyword_id: int) -> Keyword:
    """A keyword of the account's. Raises FilterMissing."""
    found = await store.find_keyword(reader, account_id, keyword_id)
    if found is None:
        raise FilterMissing(keyword_id)
    return found


async def find_filtered_post(reader: Reader, account_id: int, filtered_id: int) -> FilteredPost:
    """A post in one of the account's filters. Raises FilterMissing."""
    found = await store.find_post(reader, account_id, filtered_id)
    if found is None:
        raise FilterMissing(filtered_id)
    return found
