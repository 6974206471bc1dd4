"""What accounts are called, for pages that name who did what."""

from __future__ import annotations

from collections.abc import Iterable

from dunnock.accounts.views import AccountViews


async def names_of(account_views: AccountViews, ids: Iterable[int | None]) -> dict[int, str]:
    """The handles of these accounts, by id; unknown ones and None are left out."""
    wanted = {one for one in ids if one is not None}
    return {one.id: one.handle for one in (await account_views.get(wanted)).values()}
